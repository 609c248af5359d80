"""Loops that follow a product, as functions for a part of its result, and the calls of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Operation, SSAValue

from ...dialects.access import Access
from ...dialects.contraction import contraction_of
from ...dialects.epilogue import Epilogue, epilogues_of, is_marked
from ..llvm_ir.buffers import Buffer
from ..llvm_ir.elements import Element
from ..llvm_ir.instructions import Instructions
from ..llvm_ir.text import FunctionText
from .kernel import Kernel, Place
from .nest import Dimension, Nest, nest_of


@dataclass(frozen=True)
class TailOperand:
    """An operand of a tail, in the function of the product."""

    pointer: str
    """The first element of the part."""
    parameter: int
    element: Element
    access: Access
    is_written: bool


@dataclass(frozen=True)
class Tail:
    """What is done with a part of a product's result when its sums are complete."""

    functions: Mapping[int, str]
    """By the columns of a panel: they take the operands, the number of rows and that of panels."""
    operands: tuple[TailOperand, ...]

    def started(self, text: FunctionText) -> Tail:
        """Write the addresses of the first elements."""
        return self._with(
            text.offset(one.pointer, one.element.memory, str(one.access.first), 1)
            for one in self.operands
        )

    def moved(self, text: FunctionText, axis: int, index: str, factor: int = 1) -> Tail:
        """Write the addresses that many rounds of one of the product's loops further on."""
        return self._with(
            text.offset(one.pointer, one.element.memory, index, one.access.steps[axis] * factor)
            for one in self.operands
        )

    def _with(self, pointers: Iterable[str]) -> Tail:
        pairs = zip(self.operands, pointers, strict=True)
        return replace(self, operands=tuple(replace(one, pointer=new) for one, new in pairs))

    def call(self, text: FunctionText, rows: int, panels: int | str, columns: int) -> None:
        """Write the call for some rows of panels that lie side by side."""
        addresses = [f"ptr {one.pointer}" for one in self.operands]
        arguments = ", ".join([*addresses, f"i64 {rows}", f"i64 {panels}"])
        text.emit(f"call void {self.functions[columns]}({arguments})")


def touched_by(tails: Iterable[Tail]) -> Iterator[tuple[int, int, bool]]:
    """Give what tails touch by the product's parameters."""
    for tail in tails:
        for one in tail.operands:
            yield one.parameter, one.element.bytes, one.is_written


@dataclass(frozen=True)
class Follower:
    """A marked op behind a product; its function has a parameter for each place in memory."""

    epilogue: Epilogue
    nest: Nest
    places: tuple[int, ...]
    """The first operand of each parameter."""
    numbers: tuple[int, ...]
    """The parameter of each operand."""

    def touched(self) -> Iterator[tuple[int, int, bool]]:
        """Give each operand's parameter, the bytes of an element, and whether it is written."""
        for position, operand in enumerate(self.nest.operands):
            if operand is not None:
                size = operand.buffer.element.bytes
                yield self.numbers[position], size, position >= self.nest.inputs

    def write(
        self, columns: int, constants: Mapping[SSAValue, str], instructions: Instructions
    ) -> Kernel:
        """Write the loops over rows, panels and a panel's columns, whose number LLVM knows."""
        kernel = Kernel(self.nest, constants, instructions)
        text = kernel.text
        m, n = (self._loop(axis) for axis in range(2))
        place = Place(tuple(f"%p{number}" for number in self.numbers), {})
        with text.loop("%rows") as row:
            left = kernel.advance(place, m, row.index)
            with text.loop("%panels") as panel:
                start = kernel.advance(left, n, panel.index, columns)
                with text.loop(columns) as column:
                    here = kernel.advance(start, n, column.index)
                    values = kernel.body(here, {})
                    for number, value in enumerate(kernel.yielded()):
                        position, operand = kernel.output(number)
                        kernel.store(values[value], here.pointers[position], operand)
        text.emit("ret void")
        return kernel

    def tail(
        self, functions: Mapping[int, str], roots: dict[str, int], firsts: Sequence[int]
    ) -> Tail:
        """Return how the product calls it; adds to the base addresses that have parameters.

        `firsts` are the elements that the product's own parameters are the addresses of.
        """
        operands: list[TailOperand] = []
        written = set(self.numbers[self.nest.inputs :])
        for number, position in enumerate(self.places):
            operand, access = self.nest.operands[position], self.epilogue.accesses[position]
            assert operand is not None
            assert access is not None
            root = roots.setdefault(self.nest.roots[operand.parameter], len(roots))
            element = operand.buffer.element
            begin = firsts[root] if root < len(firsts) else 0
            access = replace(access, first=access.first - begin)
            operands.append(TailOperand(f"%p{root}", root, element, access, number in written))
        return Tail(functions, tuple(operands))

    def _loop(self, axis: int) -> Dimension:
        accesses = self.epilogue.accesses
        return Dimension(axis, 0, False, tuple(a.steps[axis] if a else 0 for a in accesses))


def followers_of(nest: Nest, buffers: dict[SSAValue, Buffer]) -> list[Follower]:
    """Return the marked ops right behind a product that may run on its parts."""
    contraction = contraction_of(nest.op)
    if contraction is None:
        return []
    found = epilogues_of(nest.op, contraction, _marked(nest.op))
    return [_follower(epilogue, nest_of(epilogue.op, buffers)) for epilogue in found]


def _marked(op: Operation) -> Iterator[GenericOp]:
    following = op.next_op
    while isinstance(following, GenericOp) and is_marked(following):
        yield following
        following = following.next_op


def _follower(epilogue: Epilogue, nest: Nest) -> Follower:
    found: dict[tuple[int, Access], int] = {}
    places: list[int] = []
    numbers: list[int] = []
    for position, (operand, access) in enumerate(
        zip(nest.operands, epilogue.accesses, strict=True)
    ):
        if operand is None or access is None:
            numbers.append(-1)
            continue
        key = operand.parameter, access
        if key not in found:
            found[key] = len(places)
            places.append(position)
        numbers.append(found[key])
    return Follower(epilogue, nest, tuple(places), tuple(numbers))
