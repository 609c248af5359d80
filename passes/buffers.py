"""Memory that tensors are put in: allocations, parameters, and views of them."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager

from xdsl.dialects import arith, memref, tensor
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    LocationAttr,
    MemRefType,
    NoneAttr,
    StridedLayoutAttr,
)
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from .scalar_ops import INDEX, ScalarOps
from .structured_ops import element_of, generic, identity, segments, shape_of, slice_properties


class Storage:
    """A piece of memory of its own: a parameter, a constant or an allocation."""

    def __init__(self, value: SSAValue, owned: bool) -> None:
        self.value = value
        self.owned = owned
        """Whether it was allocated here, and may be used again once nothing reads it."""
        self.readers = 0
        """How many uses are still to come of the tensors in it."""


class Buffer:
    """Where the elements of a tensor lie."""

    def __init__(
        self,
        value: SSAValue,
        storage: Storage,
        strides: tuple[int, ...],
        offset: int,
        moved: SSAValue | None = None,
    ) -> None:
        self.value = value
        self.storage = storage
        self.strides = strides
        self.offset = offset
        self.moved = moved
        """How many elements it begins behind the offset, where only the call knows that."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent of each axis."""
        return shape_of(self.value)

    @property
    def starts_dense(self) -> bool:
        """Whether the elements lie without gaps from the start of the storage on."""
        rows = row_major(self.shape)
        return (
            self.offset == 0
            and self.moved is None
            and all(
                n <= 1 or a == b for n, a, b in zip(self.shape, self.strides, rows, strict=True)
            )
        )


class Place:
    """Memory chosen for a tensor before it is computed; it is allocated when first needed.

    Either a parameter, an allocation of its own, or a view of another place.
    """

    def __init__(
        self,
        type: Attribute,
        *,
        buffer: Buffer | None = None,
        parent: Place | None = None,
        part: tuple[Sequence[int], Sequence[int]] | None = None,
    ) -> None:
        self.type = type
        self.buffer = buffer
        self.parent = parent
        self.part = part
        """Offsets and strides in the parent; without them it is the parent in another shape."""

    @property
    def is_whole(self) -> bool:
        """Whether it has all of a storage, so that it can be seen in another shape."""
        return self.part is None and (self.buffer is None or self.buffer.starts_dense)


class Memory:
    """Appends allocations, views and copies to a block, and knows which memory is free.

    The block may be that of a branch or loop in `body`; memory is allocated in `body`, once.
    """

    def __init__(self, body: Block, location: LocationAttr) -> None:
        self.body = body
        self.block = body
        self.location = location
        self.allocated: list[SSAValue] = []
        self.free: dict[Attribute, list[Storage]] = {}

    def add(self, op: Operation) -> SSAValue:
        """Append an op and return its first result."""
        self.block.add_op(op)
        return op.results[0]

    def allocate(self, type: Attribute) -> Buffer:
        """Return memory for a tensor type, some that is no longer read where there is such."""
        element, shape = element_type(type), extents(type)
        kept = memref_of(element, shape)
        unused = self.free.get(kept)
        if unused:
            storage = unused.pop()
        else:
            alloc = memref.AllocOp.create(
                result_types=(kept,),
                properties={"operandSegmentSizes": segments(0, 0)},
                location=self.location,
            )
            self.body.add_op(alloc)
            storage = Storage(alloc.memref, owned=True)
            self.allocated.append(storage.value)
        return Buffer(storage.value, storage, row_major(shape), 0)

    def resolve(self, place: Place) -> Buffer:
        """Return the memory of a place."""
        chain = [place]
        while chain[-1].buffer is None and chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        for link in reversed(chain):
            if link.buffer is None:
                if link.parent is None or link.parent.buffer is None:
                    link.buffer = self.allocate(link.type)
                elif link.part is None:
                    link.buffer = self.reshaped(link.parent.buffer, extents(link.type))
                else:
                    sizes = extents(link.type)
                    link.buffer = self.part(link.parent.buffer, link.part[0], sizes, link.part[1])
        assert place.buffer is not None
        return place.buffer

    def part(
        self, source: Buffer, offsets: Sequence[int], sizes: Sequence[int], strides: Sequence[int]
    ) -> Buffer:
        """Append a view of a part of a buffer."""
        shape = tuple(sizes)
        steps = tuple(a * b for a, b in zip(source.strides, strides, strict=True))
        jumps = (a * b for a, b in zip(source.strides, offsets, strict=True))
        offset = source.offset + sum(jumps)
        if source.moved is not None:
            return self._view(source, shape, steps, offset, source.moved)
        layout = StridedLayoutAttr(steps, offset)
        view = memref.SubviewOp.create(
            operands=(source.value,),
            result_types=(MemRefType(element_of(source.value), shape, layout),),
            properties=slice_properties(1, offsets, sizes, strides),
            location=self.location,
        )
        return Buffer(self.add(view), source.storage, steps, offset)

    def reshaped(self, source: Buffer, shape: tuple[int, ...]) -> Buffer:
        """Append a view in another shape, of a copy where strides can't say that shape."""
        element, strides = element_of(source.value), reshaped_strides(source, shape)
        if strides is None:
            copy = self.allocate(memref_of(element, source.shape))
            self.copy(source, copy)
            source, strides = copy, row_major(shape)
        return self._view(source, shape, strides, source.offset, source.moved)

    def entry(self, source: Buffer, axis: int, index: SSAValue) -> Buffer:
        """Append a view of the part at a run-time index of an axis, whose extent becomes 1."""
        scalars = ScalarOps(self.block, self.location)
        moved, step = index, source.strides[axis]
        if step != 1:
            moved = scalars.emit(arith.MuliOp, INDEX, index, scalars.constant(step, INDEX))
        if source.moved is not None:
            moved = scalars.emit(arith.AddiOp, INDEX, source.moved, moved)
        shape = tuple(1 if i == axis else extent for i, extent in enumerate(source.shape))
        return self._view(source, shape, source.strides, source.offset, moved)

    def _view(
        self,
        source: Buffer,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        offset: int,
        moved: SSAValue | None,
    ) -> Buffer:
        """Append a view of a buffer's storage, by its own strides and first element."""
        first, element = moved, element_of(source.value)
        if moved is not None and offset:
            scalars = ScalarOps(self.block, self.location)
            first = scalars.emit(arith.AddiOp, INDEX, moved, scalars.constant(offset, INDEX))
        if first is None and offset == 0 and strides == row_major(shape):
            type = memref_of(element, shape)
        else:
            layout = StridedLayoutAttr(strides, offset if first is None else None)
            type = MemRefType(element, shape, layout)
        given = () if first is None else (first,)
        static = offset if first is None else DYNAMIC_INDEX
        view = memref.ReinterpretCastOp.create(
            operands=(source.storage.value, *given),
            result_types=(type,),
            properties=slice_properties(1, (static,), shape, strides, moved=len(given)),
            location=self.location,
        )
        return Buffer(self.add(view), source.storage, strides, offset, moved)

    def copy(self, source: Buffer, target: Buffer) -> None:
        """Append a copy of all elements."""
        if 0 in target.shape:
            return
        element, rank = element_of(source.value), len(target.shape)
        region = Block(arg_types=(element, element))
        ScalarOps(region, self.location).give(region.args[0])
        self.block.add_op(
            generic(
                [source.value],
                [target.value],
                [identity(rank)] * 2,
                [True] * rank,
                Region(region),
                self.location,
            )
        )

    def release(self, storage: Storage) -> None:
        """Let memory be used again when nothing will read it."""
        if storage.owned and storage.readers == 0:
            unused = self.free.setdefault(storage.value.type, [])
            if storage not in unused:
                unused.append(storage)

    @contextmanager
    def holding(self, storages: Iterable[Storage]) -> Generator[None]:
        """Keep memory from being used again meanwhile."""
        held = list(dict.fromkeys(storages))
        for storage in held:
            storage.readers += 1
        yield
        for storage in held:
            storage.readers -= 1
            self.release(storage)

    def deallocate(self) -> None:
        """Append the end of all memory allocated here."""
        for value in self.allocated:
            self.block.add_op(memref.DeallocOp.create(operands=(value,), location=self.location))


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides of a tensor whose elements lie without gaps, the last axis innermost."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def reshaped_strides(source: Buffer, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the strides by which a buffer's elements are seen in another shape, if there are any.

    Axes are split and merged from the last on: those that become one must lie without gaps.
    """
    if 0 in shape:
        return row_major(shape)
    axes = [axis for axis, extent in enumerate(source.shape) if extent > 1]
    strides: list[int] = []
    # How many elements are left of the axes that were merged last, and how far apart.
    count, step = 1, 1
    for extent in reversed(shape):
        if extent > 1 and count == 1:
            axis = axes.pop()
            count, step = source.shape[axis], source.strides[axis]
        while count % extent and axes and source.strides[axes[-1]] == step * count:
            count *= source.shape[axes.pop()]
        if count % extent:
            return None
        strides.append(step)
        count, step = count // extent, step * extent
    return tuple(reversed(strides))


def has_value(value: SSAValue) -> bool:
    """Return whether a tensor's elements are worth a copy."""
    return not isinstance(value.owner, tensor.EmptyOp)


def memref_of(element: Attribute, shape: tuple[int, ...]) -> MemRefType[Attribute]:
    """Return the type of dense memory; making one is slow, so they are kept."""
    found = _memrefs.get((element, shape))
    if found is None:
        if len(_memrefs) > 10_000:
            _memrefs.clear()
        found = _memrefs[element, shape] = MemRefType(element, shape, NoneAttr())
    return found


def element_type(type: Attribute) -> Attribute:
    """Return the element type of a tensor or memref type."""
    return getattr(type, "element_type", type)


def extents(type: Attribute) -> tuple[int, ...]:
    """Return the shape of a tensor or memref type."""
    return tuple(type.get_shape())  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType, reportUnknownArgumentType]


_memrefs: dict[tuple[Attribute, tuple[int, ...]], MemRefType[Attribute]] = {}
