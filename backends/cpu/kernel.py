"""One `linalg.generic` as one LLVM function: the loops around a body of scalar ops."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from xdsl.dialects import arith
from xdsl.dialects.linalg.ops import IndexOp, YieldOp
from xdsl.ir import Operation, SSAValue

from ..llvm_ir.instructions import Instructions
from ..llvm_ir.scalars import ScalarText, literal
from ..llvm_ir.text import FunctionText, Loop
from .nest import Dimension, Nest, Operand


@dataclass(frozen=True)
class Place:
    """Where the loops are: the address of each operand's element, and each loop's round."""

    pointers: tuple[str, ...]
    rounds: Mapping[int, str]


class Kernel:
    """Writes the loops of one op. Its parameters are addresses of first elements."""

    def __init__(
        self, nest: Nest, constants: Mapping[SSAValue, str], instructions: Instructions
    ) -> None:
        self.nest = nest
        self.constants = constants
        self.text = FunctionText()
        self.scalars = ScalarText(
            self.text, instructions=instructions, is_single=not nest.dimensions
        )
        self.is_finished = not nest.dimensions
        """Whether LLVM's optimiser would find nothing to do that is worth its time."""

    def start(self) -> Place:
        """Write the addresses of the first elements; return where the loops begin."""
        pointers = tuple(
            ""
            if operand is None
            else self.text.offset(
                f"%p{operand.parameter}",
                operand.buffer.element.memory,
                str(operand.access.first - self.nest.firsts[operand.parameter]),
                1,
            )
            for operand in self.nest.operands
        )
        return Place(pointers, {})

    def advance(self, place: Place, dimension: Dimension, index: str, factor: int = 1) -> Place:
        """Write the addresses `index * factor` rounds of a loop further on."""
        pointers = tuple(
            pointer
            if operand is None
            else self.text.offset(pointer, operand.buffer.element.memory, index, step * factor)
            for pointer, operand, step in zip(
                place.pointers, self.nest.operands, dimension.steps, strict=True
            )
        )
        return Place(pointers, self._rounds(place, dimension, index, factor))

    def _rounds(
        self, place: Place, dimension: Dimension, index: str, factor: int
    ) -> Mapping[int, str]:
        if not self.asks_for_rounds:
            return place.rounds
        moved = str(int(index) * factor) if index.isdecimal() else self.text.scaled(index, factor)
        before = place.rounds.get(dimension.number)
        if before is not None:
            moved = self.text.assign(f"add nsw i64 {before}, {moved}")
        return {**place.rounds, dimension.number: moved}

    @cached_property
    def asks_for_rounds(self) -> bool:
        """Whether the body has a `linalg.index`."""
        return any(type(op) is IndexOp for op in self.nest.op.body.block.ops)

    @contextmanager
    def loop(
        self, place: Place, dimension: Dimension, carried: Sequence[tuple[str, str]] = ()
    ) -> Generator[tuple[Loop, Place]]:
        """Write a loop over all rounds of a dimension; give it and the place inside."""
        with self.text.loop(dimension.extent, carried) as loop:
            yield loop, self.advance(place, dimension, loop.index)

    def load(self, pointer: str, operand: Operand) -> str:
        """Write the load of an element; return its value as registers hold it."""
        element = operand.buffer.element
        value = self.text.assign(f"load {element.memory}, ptr {pointer}, align {element.bytes}")
        return self.scalars.from_memory(value, element)

    def store(self, value: str, pointer: str, operand: Operand) -> None:
        """Write the store of a value."""
        element = operand.buffer.element
        bits = self.scalars.to_memory(value, element)
        self.text.emit(f"store {element.memory} {bits}, ptr {pointer}, align {element.bytes}")

    def output(self, number: int) -> tuple[int, Operand]:
        """Return the position and the operand of an output."""
        position = self.nest.inputs + number
        operand = self.nest.operands[position]
        assert operand is not None, "the verifier holds that outputs are buffers"
        return position, operand

    def body(
        self,
        place: Place,
        accumulators: Mapping[int, str],
        flags: Mapping[Operation, str | None] | None = None,
    ) -> dict[SSAValue, str]:
        """Write the ops of the body once; return the names of all values.

        `accumulators` are the outputs' elements that are in registers; `flags` are fast-math
        flags of some ops, and None for an op that must not be written.
        """
        values: dict[SSAValue, str] = dict(self.constants)
        flags = flags or {}
        block = self.nest.op.body.block
        for number, argument in enumerate(block.args):
            operand = self.nest.operands[number]
            if number - self.nest.inputs in accumulators:
                values[argument] = accumulators[number - self.nest.inputs]
            elif operand is None:
                values[argument] = values[self.nest.op.operands[number]]
            elif argument.first_use is not None:
                values[argument] = self.load(place.pointers[number], operand)
        for op in block.ops:
            flag = flags.get(op, "")
            if type(op) is arith.ConstantOp:
                values[op.result] = literal(op)
            elif type(op) is IndexOp:
                values[op.result] = place.rounds.get(op.dim.value.data, "0")
            elif type(op) is not YieldOp and flag is not None:
                operands = [values[operand] for operand in op.operands]
                values[op.results[0]] = self.scalars.emit(op, operands, flag)
        return values

    def write_round(self, place: Place) -> list[str]:
        """Write the body and the stores of what it gives; nothing is for the next round."""
        values = self.body(place, {})
        for number, value in enumerate(self.yielded()):
            position, operand = self.output(number)
            self.store(values[value], place.pointers[position], operand)
        return []

    def yielded(self) -> Sequence[SSAValue]:
        """Return the values that the body gives, one for each output."""
        last = self.nest.op.body.block.last_op
        assert isinstance(last, YieldOp), "the verifier holds that the body ends so"
        return last.operands
