"""Decide which results are written past the cache, from how much the cache holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import cast

from xdsl.context import Context
from xdsl.dialects import func, memref, scf
from xdsl.dialects.builtin import AffineMapAttr, MemRefType, ModuleOp
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Attribute, Block, SSAValue
from xdsl.ir.affine import AffineDimExpr
from xdsl.passes import ModulePass

from ..dialects.access import linear_access, storage_of
from ..dialects.past_cache import LINE, PastCache
from .loop_nests import bytes_of
from .structured_ops import element_of, generic, shape_of


@dataclass(frozen=True)
class ScheduleStoresPass(ModulePass):
    """Mark loops whose results are too large to be in the cache when somebody reads them.

    They get the attribute `schedule` with the kind `past_cache`: whole lines go to memory, which
    the processor need not read before, and what is read stays in the cache.
    A result is an argument of the function that none of its loops reads; it is marked if the loop,
    or the tile loop around it, touches more than `past_bytes` of memory.
    `fetched` are operands of which the elements `ahead` bytes further on are fetched into the cache
    meanwhile. In a loop over tiles, where what is read at the beginning of each would be waited
    for, these are at least `ahead_bytes`, in whole tiles, also of what the tile's other loops read:
    inputs that the body doesn't use. Else they are a few lines, where the body has many ops; for
    short ones processors do as well by themselves.
    Source: Intel 64 and IA-32 Architectures Optimization Reference Manual, section 9.5,
    non-temporal stores and software prefetching.
    """

    name = "schedule-stores"

    past_bytes: int = 16 << 20
    ahead_bytes: int = 16384

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Attach schedules in place; some ops get further inputs."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and not function.is_declaration:
                arguments = set[SSAValue](filter(_is_memory, function.body.block.args))
                if sum(map(_bytes_of, arguments)) > self.past_bytes:
                    self._schedule(function, arguments - _read(function))

    def _schedule(self, function: func.FuncOp, results: set[SSAValue]) -> None:
        for nests in _together(function):
            found = [nest for nest in nests if _may_pass(nest, results)]
            if found and _touched(nests) > self.past_bytes:
                for nest in found:
                    tile = _bytes_of(nest.outputs[0])
                    if len(nests) > 1:
                        _attach(nest, nests, -(-self.ahead_bytes // tile) * tile)
                    elif len(list(nest.body.block.ops)) > _SHORT:
                        _attach(nest, nests, _NEAR)
                    else:
                        PastCache().attach(nest)


_SHORT, _NEAR = 5, 16 * LINE
"""Ops of a body with which a processor looks far enough ahead by itself, and how far is enough."""


def _together(function: func.FuncOp) -> Iterator[Sequence[GenericOp]]:
    """Give loop nests that run in turn on parts of memory, and each of the others alone."""
    around: dict[Block, list[GenericOp]] = {}
    for op in function.walk():
        block = op.parent_block()
        if isinstance(op, GenericOp) and block is not None:
            around.setdefault(block, []).append(op)
    for block, nests in around.items():
        if isinstance(block.parent_op(), scf.ForOp):
            yield nests
        else:
            yield from ([nest] for nest in nests)


def _read(function: func.FuncOp) -> set[SSAValue]:
    """Return the memory that something in a function reads, or does who knows what with."""
    read: set[SSAValue] = set()
    for op in function.walk():
        if isinstance(op, GenericOp):
            outputs = zip(op.outputs, op.body.block.args[len(op.inputs) :], strict=True)
            used = [value for value, argument in outputs if argument.first_use is not None]
            read.update(storage_of(value) for value in (*op.inputs, *used) if _is_memory(value))
        elif not isinstance(op, memref.SubviewOp | memref.ReinterpretCastOp | memref.DeallocOp):
            read.update(storage_of(value) for value in op.operands if _is_memory(value))
    return read


def _may_pass(nest: GenericOp, results: set[SSAValue]) -> bool:
    """Return whether a nest writes whole lines of results, in loops that sum nothing up."""
    if "schedule" in nest.attributes:
        return False
    if any(kind.data is not IteratorType.PARALLEL for kind in nest.iterator_types):
        return False
    maps = list(nest.indexing_maps)[len(nest.inputs) :]
    return all(
        storage_of(value) in results and _is_in_lines(value, map)
        for value, map in zip(nest.outputs, maps, strict=True)
    )


def _is_in_lines(value: SSAValue, map: AffineMapAttr) -> bool:
    """Return whether each row of neighbours that a nest writes is a number of whole lines."""
    strides = cast("MemRefType[Attribute]", value.type).get_strides()
    if strides is None or any(stride is None for stride in strides):
        return False
    access = linear_access(map.data, [stride or 0 for stride in strides], 0)
    if access is None:
        return False
    size, row = bytes_of(value), 1
    loops = {s: n for s, n in zip(access.steps, _extents(value, map), strict=True) if n > 1}
    while row in loops:
        row *= loops.pop(row)
    return row * size % LINE == 0 and all(step and step * size % LINE == 0 for step in loops)


def _extents(value: SSAValue, map: AffineMapAttr) -> list[int]:
    """Return how many rounds each loop has that moves through a buffer; others have one."""
    found = [1] * map.data.num_dims
    for expression, extent in zip(map.data.results, shape_of(value), strict=True):
        if isinstance(expression, AffineDimExpr):
            found[expression.position] = extent
    return found


def _attach(nest: GenericOp, nests: Sequence[GenericOp], ahead: int) -> None:
    """Write the schedule on a nest, which gets what is fetched for others as further inputs."""
    written = nest.outputs[0]
    map = nest.indexing_maps.data[len(nest.inputs)]
    fetched = [
        number
        for number, value in enumerate(nest.inputs)
        if nest.indexing_maps.data[number] == map and _comes_from_memory(value, written)
    ]
    here = {nest.inputs[number] for number in fetched}
    others = [
        value
        for value in dict.fromkeys(value for other in nests for value in other.inputs)
        if value not in here and value is not written and _comes_from_memory(value, written)
    ]
    if others:
        fetched += range(len(nest.inputs), len(nest.inputs) + len(others))
        nest = _with_inputs(nest, others, map)
    PastCache(ahead if fetched else 0, tuple(fetched)).attach(nest)


def _with_inputs(nest: GenericOp, more: Sequence[SSAValue], map: AffineMapAttr) -> GenericOp:
    """Replace a nest by one that has inputs that its body doesn't use."""
    maps, count = list(nest.indexing_maps), len(nest.inputs)
    block = nest.body.block
    for number, value in enumerate(more):
        block.insert_arg(element_of(value), count + number)
    maps[count:count] = [map] * len(more)
    parallel = [True] * len(nest.iterator_types)
    inputs, outputs = [*nest.inputs, *more], list(nest.outputs)
    region = nest.detach_region(nest.body)
    new = generic(inputs, outputs, maps, parallel, region, nest.location)
    around = nest.parent_block()
    assert around is not None
    around.insert_op_before(new, nest)
    nest.detach()
    nest.erase()
    return new


def _comes_from_memory(value: SSAValue, written: SSAValue) -> bool:
    """Return whether a buffer is laid out as the one that is written, in memory as large."""
    if not _is_memory(value) or isinstance(storage_of(value).owner, memref.AllocOp):
        return False
    strides = [cast("MemRefType[Attribute]", one.type).get_strides() for one in (value, written)]
    same = shape_of(value) == shape_of(written) and strides[0] == strides[1]
    return same and _bytes_of(storage_of(value)) >= _bytes_of(storage_of(written))


def _touched(nests: Iterable[GenericOp]) -> int:
    """Return the bytes of all memory that nests touch parts of."""
    values = (value for nest in nests for value in nest.operands if _is_memory(value))
    return sum(map(_bytes_of, {storage_of(value) for value in values}))


def _bytes_of(value: SSAValue) -> int:
    return prod(shape_of(value)) * bytes_of(value)


def _is_memory(value: SSAValue) -> bool:
    return value.type.name == "memref"
