"""Loops over a product's result that may run on a part of it as soon as its sums are complete.

`schedule-epilogues` marks them, backends run them so: neither knows the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.dialects.builtin import DictionaryAttr, MemRefType, StringAttr
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp, IndexOp
from xdsl.ir import Attribute, Operation, SSAValue

from .access import Access, buffer_access, storage_of
from .contraction import Contraction

_MARK = DictionaryAttr({"kind": StringAttr("epilogue")})


@dataclass(frozen=True)
class Epilogue:
    """An op that goes through a product's result, and how: by the loops of the product.

    Of an access the steps are those along `m`, `n` and each of the product's outer loops.
    """

    op: GenericOp
    accesses: tuple[Access | None, ...]
    """One for each operand; a scalar has none."""


@dataclass(frozen=True)
class _Touched:
    """What the ops so far touch of one piece of memory."""

    access: Access | None
    """None if a round may touch what others do."""
    is_written: bool


def mark(op: GenericOp) -> None:
    """Say that an op runs together with the product before it, as the attribute `schedule`."""
    op.attributes["schedule"] = _MARK


def unmark(op: GenericOp) -> None:
    """Say that an op runs by itself."""
    op.attributes.pop("schedule", None)


def is_marked(op: Operation | None) -> bool:
    """Return whether an op is to run together with the product before it."""
    return op is not None and op.attributes.get("schedule") == _MARK


def epilogues_of(
    product: GenericOp, contraction: Contraction, ops: Iterable[GenericOp]
) -> list[Epilogue]:
    """Return how the ops behind a product, up to the first that can't, may run on its parts.

    Each has to read, at the element that it is at, the product's result or what one of the others
    leaves there, and may not touch what the product or another still needs or has yet to write.
    """
    touched = _by_product(product, contraction)
    found: list[Epilogue] = []
    for op in ops if touched else ():
        epilogue = _epilogue(op, contraction, touched)
        if epilogue is None:
            break
        found.append(epilogue)
    return found


def _by_product(product: GenericOp, contraction: Contraction) -> dict[SSAValue, _Touched]:
    """Return what a product touches; nothing if its result's place isn't known."""
    written = product.outputs[0]
    result = buffer_access(written, product.indexing_maps.data[-1].data)
    touched = {storage_of(value): _Touched(None, False) for value in product.inputs}
    if result is None or storage_of(written) in touched:
        return {}
    loops = _loops(contraction)
    access = Access(result.first, tuple(step for _, step in loops))
    return {**touched, storage_of(written): _Touched(access, True)}


def _loops(contraction: Contraction) -> list[tuple[int, int]]:
    """Return how many rounds the loops have that the result has axes for, and their steps."""
    loops = (contraction.m, contraction.n, *contraction.outer)
    return [(loop.extent, loop.out) for loop in loops]


def _epilogue(
    op: GenericOp, contraction: Contraction, touched: dict[SSAValue, _Touched]
) -> Epilogue | None:
    """Return how an op may run, having noted what it touches; None if it can't."""
    if any(kind.data is not IteratorType.PARALLEL for kind in op.iterator_types):
        return None
    if any(isinstance(inner, IndexOp) for inner in op.body.block.ops):
        return None
    buffers = {n: v for n, v in enumerate(op.operands) if isinstance(v.type, MemRefType)}
    maps = op.indexing_maps.data
    plain = {number: buffer_access(value, maps[number].data) for number, value in buffers.items()}
    known = {number: access for number, access in plain.items() if access is not None}
    if len(known) != len(plain):
        return None
    chains = _chains(op, contraction, touched, known)
    if chains is None:
        return None
    after = dict(touched)
    accesses: list[Access | None] = [None] * len(op.operands)
    for number, access in known.items():
        steps = [_step(access, chain) for chain in chains]
        if None in steps:
            return None
        moved = Access(access.first, tuple(step for step in steps if step is not None))
        accesses[number] = moved
        storage = storage_of(buffers[number])
        new = _Touched(moved, number >= len(op.inputs))
        together = _together(after.get(storage), new)
        if together is None:
            return None
        after[storage] = together
    touched |= after
    return Epilogue(op, tuple(accesses))


def _together(old: _Touched | None, new: _Touched) -> _Touched | None:
    """Return what two ops touch of one piece of memory; None if their order could be seen."""
    if old is None or old == new:
        return new
    is_written = old.is_written or new.is_written
    if old.access == new.access:
        return _Touched(new.access, is_written)
    return None if is_written else _Touched(None, False)


Chain = Sequence[tuple[int, int]]
"""Loops of an epilogue, innermost first, that are one loop of the product: numbers, extents."""


def _chains(
    op: GenericOp,
    contraction: Contraction,
    touched: Mapping[SSAValue, _Touched],
    accesses: Mapping[int, Access],
) -> list[Chain] | None:
    """Return which of an op's loops each loop of the product is; None if they don't fit."""
    extents = _extents(op)
    for number, access in accesses.items():
        before = touched.get(storage_of(op.operands[number]))
        if before is None or before.access is None or not before.is_written:
            continue
        loops = _loops(contraction)
        left = {n: step for n, step in enumerate(access.steps) if extents[n] > 1}
        chains: list[Chain] = []
        for (extent, _), step in zip(loops, before.access.steps, strict=True):
            chain = _chain(extent, step, extents, left)
            if chain is None:
                return None
            chains.append(chain)
            for n, _ in chain:
                del left[n]
        return None if left else chains
    return None


def _chain(extent: int, step: int, extents: Sequence[int], left: Mapping[int, int]) -> Chain | None:
    """Return the loops that go evenly through one loop of the product."""
    chain: list[tuple[int, int]] = []
    rounds = 1
    if extent > 1 and step == 0:
        return None
    while rounds < extent:
        number = next((n for n, found in left.items() if found == step * rounds), None)
        if number is None:
            return None
        chain.append((number, extents[number]))
        rounds *= extents[number]
    return chain if rounds == extent else None


def _step(access: Access, chain: Chain) -> int | None:
    """Return the step of one loop that has the rounds of a chain; None if it isn't even."""
    step, rounds = 0, 1
    for number, extent in chain:
        step = access.steps[number] if rounds == 1 else step
        if access.steps[number] != step * rounds:
            return None
        rounds *= extent
    return step


def _extents(op: GenericOp) -> list[int]:
    found = [1] * len(op.iterator_types)
    for value, map in zip(op.operands, op.indexing_maps, strict=True):
        if isinstance(value.type, MemRefType):
            shape = cast("MemRefType[Attribute]", value.type).get_shape()  # pyright: ignore[reportUnknownMemberType]
            for expression, extent in zip(map.data.results, shape, strict=True):
                position = getattr(expression, "position", None)
                if position is not None:
                    found[position] = extent
    return found
