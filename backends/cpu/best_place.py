"""The place of the best element, with several candidates side by side in the lanes of vectors.

LLVM's vectoriser leaves such a loop as it is. Each lane keeps the best of the elements that it has
seen and the round in which; at the end the lanes are compared, and of equal ones the first wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import cast

from xdsl.dialects import arith
from xdsl.dialects.linalg.ops import IndexOp
from xdsl.ir import Operation, SSAValue

from ..llvm_ir.elements import Element, element_of
from ..llvm_ir.scalars import COMPARE_FLOATS, COMPARE_INTEGERS
from .kernel import Kernel, Place
from .nest import Dimension, Nest

_BYTES, _VECTORS = 32, 4
"""Bytes of a vector, and how many are worked on in a round."""
_BOOLEAN: dict[type[Operation], str] = {arith.OrIOp: "or", arith.AndIOp: "and"}


@dataclass(frozen=True)
class BestPlace:
    """A reduction to the best element and its index: `take` says whether another is better."""

    nest: Nest
    take: SSAValue
    along: Dimension

    @property
    def element(self) -> Element:
        """What the elements are."""
        operand = self.nest.operands[0]
        assert operand is not None
        return operand.buffer.element

    @property
    def lanes(self) -> int:
        """Elements of a vector."""
        return _BYTES // self.element.bytes


def best_place_of(nest: Nest) -> BestPlace | None:
    """Return how a nest finds the best of neighbouring elements, if it does and there are many."""
    block = nest.op.body.block
    last = block.last_op
    reductions = [dimension for dimension in nest.dimensions if dimension.is_reduction]
    if last is None or len(block.args) != 3 or len(last.operands) != 2 or len(reductions) != 1:
        return None
    best, place = (value.owner for value in last.operands)
    if not (isinstance(best, arith.SelectOp) and isinstance(place, arith.SelectOp)):
        return None
    found = BestPlace(nest, best.cond, reductions[0])
    index = place.lhs.owner
    fits = (
        place.cond is best.cond
        and (best.lhs, best.rhs, place.rhs) == tuple(block.args)
        and isinstance(index, arith.IndexCastOp)
        and isinstance(index.input.owner, IndexOp)
        and index.input.owner.dim.value.data == found.along.number
        and _is_comparison(best.cond, block.args[:2])
        and found.element.bytes in (4, 8)
        and found.along.steps == (1, 0, 0)
        and _VECTORS * found.lanes <= found.along.extent < 1 << 31
    )
    return found if fits else None


def _is_comparison(value: SSAValue, arguments: Sequence[SSAValue]) -> bool:
    """Return whether a bool says which of two elements is better, and nothing else counts."""
    op = value.owner
    if isinstance(op, arith.CmpfOp | arith.CmpiOp):
        return all(operand in arguments for operand in op.operands)
    if not isinstance(op, Operation) or type(op) not in _BOOLEAN:
        return False
    return all(_is_comparison(operand, arguments) for operand in op.operands)


def write_best_place(
    kernel: Kernel, found: BestPlace, place: Place, parallel: Sequence[Dimension]
) -> None:
    """Write the loops; what the outputs hold is the best so far, at the place 0."""
    with ExitStack() as stack:
        for dimension in parallel:
            _, place = stack.enter_context(kernel.loop(place, dimension))
        outputs = kernel.output(0), kernel.output(1)
        state = [kernel.load(place.pointers[position], operand) for position, operand in outputs]
        rounds, left = divmod(found.along.extent, _VECTORS * found.lanes)
        state = _in_lanes(kernel, found, place.pointers[0], rounds, state)
        if left:
            start = found.along.extent - left
            state = _one_by_one(kernel, found, place.pointers[0], start, left, state)
        for value, (position, operand) in zip(state, outputs, strict=True):
            kernel.store(value, place.pointers[position], operand)


def _in_lanes(
    kernel: Kernel, found: BestPlace, pointer: str, rounds: int, state: list[str]
) -> list[str]:
    """Write the loop over vectors, and the comparison of the lanes."""
    text, element, lanes = kernel.text, found.element, found.lanes
    number = f"i{8 * element.bytes}"
    kinds = f"<{lanes} x {element.register}>", f"<{lanes} x {number}>"
    firsts = _spread(kernel, kinds[0], element.register, state[0]), "zeroinitializer"
    carried = list(zip(kinds * _VECTORS, firsts * _VECTORS, strict=True))
    with text.loop(rounds, carried) as loop:
        counter = text.assign(f"trunc i64 {loop.index} to {number}") if number != "i64" else ""
        now = _spread(kernel, kinds[1], number, counter or loop.index)
        start = text.offset(pointer, element.memory, loop.index, _VECTORS * lanes)
        for vector in range(_VECTORS):
            at = text.offset(start, element.memory, str(vector * lanes), 1)
            value = text.assign(f"load {kinds[0]}, ptr {at}, align {element.bytes}")
            best, place = loop.carried[2 * vector : 2 * vector + 2]
            take = _compare(kernel, found, f"{lanes} x ", value, best)
            loop.next[2 * vector : 2 * vector + 2] = [
                text.assign(f"select <{lanes} x i1> {take}, {kind} {new}, {kind} {old}")
                for kind, new, old in zip(kinds, (value, now), (best, place), strict=True)
            ]
    return _best_of_lanes(kernel, found, kinds, loop.next, state)


def _spread(kernel: Kernel, kind: str, type: str, value: str) -> str:
    """Write a vector whose lanes are all one number."""
    first = kernel.text.assign(f"insertelement {kind} poison, {type} {value}, i64 0")
    lanes = kind[1:].split()[0]
    return kernel.text.assign(
        f"shufflevector {kind} {first}, {kind} poison, <{lanes} x i32> zeroinitializer"
    )


def _best_of_lanes(
    kernel: Kernel, found: BestPlace, kinds: tuple[str, str], state: list[str], before: list[str]
) -> list[str]:
    """Write a loop over all lanes, which lie in memory for it."""
    text, element, lanes = kernel.text, found.element, found.lanes
    count, number = _VECTORS * lanes, f"i{8 * element.bytes}"
    values, places = (text.allocate(f"[{count} x {type}]") for type in (element.register, number))
    for vector in range(_VECTORS):
        for kind, array, type, value in zip(
            kinds, (values, places), (element.register, number), state[2 * vector :], strict=False
        ):
            at = text.offset(array, type, str(vector * lanes), 1)
            text.emit(f"store {kind} {value}, ptr {at}, align {_BYTES}")
    carried = [(element.register, before[0]), ("i64", before[1])]
    with text.loop(count, carried) as loop:
        at = [
            text.offset(array, type, loop.index, 1)
            for array, type in ((values, element.register), (places, number))
        ]
        value = text.assign(f"load {element.register}, ptr {at[0]}")
        round = text.assign(f"load {number}, ptr {at[1]}")
        if number != "i64":
            round = text.assign(f"zext {number} {round} to i64")
        index = text.assign(f"add i64 {text.scaled(round, count)}, {loop.index}")
        loop.next = _better(kernel, found, (value, index), loop.carried)
    return loop.next


def _better(kernel: Kernel, found: BestPlace, new: Sequence[str], old: Sequence[str]) -> list[str]:
    """Write the choice between two candidates: the better, or of equal ones the first."""
    text = kernel.text
    take = _compare(kernel, found, "", new[0], old[0])
    keep = _compare(kernel, found, "", old[0], new[0])
    worse = text.assign(f"xor i1 {keep}, true")
    first = text.assign(f"icmp slt i64 {new[1]}, {old[1]}")
    tied = text.assign(f"and i1 {worse}, {first}")
    taken = text.assign(f"or i1 {take}, {tied}")
    return [
        text.assign(f"select i1 {taken}, {type} {yes}, {type} {no}")
        for type, yes, no in zip((found.element.register, "i64"), new, old, strict=True)
    ]


def _one_by_one(
    kernel: Kernel, found: BestPlace, pointer: str, start: int, count: int, state: list[str]
) -> list[str]:
    """Write the loop over the elements that no whole round of vectors has."""
    text, register = kernel.text, found.element.register
    rest = text.offset(pointer, found.element.memory, str(start), 1)
    with text.loop(count, list(zip((register, "i64"), state, strict=True))) as loop:
        at = text.offset(rest, found.element.memory, loop.index, 1)
        value = text.assign(f"load {found.element.memory}, ptr {at}")
        index = text.assign(f"add i64 {loop.index}, {start}")
        take = _compare(kernel, found, "", value, loop.carried[0])
        loop.next = [
            text.assign(f"select i1 {take}, {type} {yes}, {type} {no}")
            for type, yes, no in zip((register, "i64"), (value, index), loop.carried, strict=True)
        ]
    return loop.next


def _compare(kernel: Kernel, found: BestPlace, lanes: str, value: str, best: str) -> str:
    """Write whether an element is better, or in each lane; `lanes` is as in LLVM's vector types."""
    arguments = found.nest.op.body.block.args
    return _condition(kernel, found.take, lanes, {arguments[0]: value, arguments[1]: best})


def _condition(kernel: Kernel, value: SSAValue, lanes: str, known: Mapping[SSAValue, str]) -> str:
    op = cast(Operation, value.owner)

    def type(register: str) -> str:
        return f"<{lanes}{register}>" if lanes else register

    if isinstance(op, arith.CmpfOp | arith.CmpiOp):
        is_float = isinstance(op, arith.CmpfOp)
        names = COMPARE_FLOATS if is_float else COMPARE_INTEGERS
        predicate = names[op.predicate.value.data]
        operands = ", ".join(known[operand] for operand in op.operands)
        kind = type(element_of(op.lhs.type).register)
        return kernel.text.assign(f"{'f' if is_float else 'i'}cmp {predicate} {kind} {operands}")
    parts = [_condition(kernel, operand, lanes, known) for operand in op.operands]
    return kernel.text.assign(f"{_BOOLEAN[op.__class__]} {type('i1')} {', '.join(parts)}")
