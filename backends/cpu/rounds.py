"""What one round of a kernel's innermost loop does, as text that is written for several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .kernel import Kernel, Place
from .nest import Dimension, Operand
from .widening import (
    Template,
    bits_of,
    can_widen,
    memory_bits,
    names_in,
    operand_types,
    parts_of,
    renamed,
    widened,
)

Write = Callable[[Kernel, Place], Sequence[str]]
"""Writes a round at a place; returns the values that the next one is given."""


@dataclass(frozen=True)
class Round:
    """Instructions on numbers, apart from those that give the same in each round."""

    steady: list[str]
    varying: list[str]
    types: dict[str, str]
    """LLVM's types of the steady values that the others use."""
    results: list[str]
    moving: dict[int, str]
    """What stands for the addresses that move, by the operand's position."""
    resting: dict[int, str]
    declarations: tuple[str, ...]
    lanes: int
    """How many elements a vector has: the widest in memory fill one."""

    @property
    def size(self) -> int:
        """How many instructions a round takes, about."""
        return self.template(1).text.count("\n") + 1

    def template(self, lanes: int) -> Template:
        """Return the round on vectors; a steady value's vector is `%name;`."""
        names = {name: f"{name};" for name in self.types}
        text = "\n".join(widened(self.varying, lanes, names))
        return Template(text, tuple(names.get(value, value) for value in self.results))


def accumulator(number: int) -> str:
    """Return what stands for a value that a round is given by the one before."""
    return f"%in{number};"


def round_of(
    kernel: Kernel, along: Dimension, write: Write, types: Sequence[str] = ()
) -> Round | None:
    """Return a round of a loop, or None if it can't be written on vectors.

    `types` are LLVM's of the values that it hands on; they are in registers.
    """
    if not kernel.scalars.instructions.vector_bytes or kernel.asks_for_rounds:
        return None
    moving: dict[int, str] = {}
    resting: dict[int, str] = {}
    for position, (operand, step) in enumerate(zip(kernel.nest.operands, along.steps, strict=True)):
        if operand is not None:
            if step not in (0, 1):
                return None
            kept = moving if step else resting
            kept[position] = f"%{'at' if step else 'from'}{_same(kernel, operand, along)};"
    places = [moving.get(n) or resting.get(n) or "" for n in range(len(kernel.nest.operands))]
    inner = Kernel(kernel.nest, kernel.constants, kernel.scalars.instructions)
    results = list(write(inner, Place(tuple(places), {})))
    split = _Split({*moving.values(), *(accumulator(n) for n in range(len(types)))})
    for line in inner.text.lines:
        split.add(line)
    instructions = [parts_of(line)[1] for line in split.varying]
    bits = max([*memory_bits(instructions), *map(bits_of, types)], default=0)
    if not bits or not all(can_widen(instruction) for instruction in instructions):
        return None
    return Round(
        split.steady,
        split.varying,
        split.used,
        [split.same.get(value, value) for value in results],
        moving,
        resting,
        tuple(inner.scalars.declarations),
        max(kernel.scalars.instructions.vector_bytes * 8 // bits, 1),
    )


def _same(kernel: Kernel, operand: Operand, along: Dimension) -> int:
    """Return the first operand that is the same element in each round."""
    for position, other in enumerate(kernel.nest.operands):
        if other is not None and other.parameter == operand.parameter:
            if (other.access, other.buffer.element) == (operand.access, operand.buffer.element):
                return position
    raise AssertionError("an operand is one of its nest's")


@dataclass
class _Split:
    """Goes through the instructions of a round; leaves out what was computed before."""

    moved: set[str]
    """What differs from round to round."""
    steady: list[str] = field(default_factory=list[str])
    varying: list[str] = field(default_factory=list[str])
    used: dict[str, str] = field(default_factory=dict[str, str])
    same: dict[str, str] = field(default_factory=dict[str, str])
    known: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, line: str) -> None:
        name, instruction = parts_of(line)
        instruction = renamed(instruction, self.same)
        if name and instruction in self.known:
            self.same[name] = self.known[instruction]
            return
        self.known[instruction] = name
        line = f"{name} = {instruction}" if name else instruction
        if not self.moved.intersection(names_in(instruction)):
            self.steady.append(line)
            return
        self.varying.append(line)
        self.moved.add(name)
        for operand, type in operand_types(instruction):
            if operand not in self.moved:
                self.used[operand] = type
