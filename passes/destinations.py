"""Chooses for each tensor the memory it is computed into, from the results backwards."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import func, tensor
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import Block, Operation, OpResult, SSAValue

from .buffers import Buffer, Place
from .control_regions import has_blocks, initial_values

_VIEWS = (tensor.CollapseShapeOp, tensor.ExpandShapeOp)


def destinations(
    ops: Sequence[Operation], results: Sequence[Buffer | None]
) -> dict[SSAValue, Place]:
    """Return where each tensor goes that an op of a block computes.

    What the last op gives goes into `results`; what only one op updates, or a loop starts with,
    goes where that goes; the parts of a concatenation go into the whole; a product, where the
    loops that follow it go. Nothing else shares memory.
    """
    block = ops[-1].parent
    assert block is not None
    chooser = _Chooser(block)
    for value, buffer in zip(ops[-1].operands, results, strict=False):
        if buffer is not None and value not in chooser.places and chooser.is_inside(value):
            chooser.places[value] = Place(value.type, buffer=buffer)
    for op in reversed(ops):
        chooser.visit(op)
    return chooser.places


class _Chooser:
    """The walk over one block, backwards."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.places: dict[SSAValue, Place] = {}
        self.done: set[Operation] = set()

    def visit(self, op: Operation) -> None:
        """Choose where the results of an op go, and what it updates."""
        match op:
            case linalg.GenericOp():
                for value, out in zip(op.results, op.outputs, strict=True):
                    self._claim(out, self._place_of(value))
                    if isinstance(out.owner, tensor.EmptyOp):
                        self._claim_product(op, value)
            case tensor.InsertSliceOp():
                place = self._place_of(op.results[0])
                self._claim(op.dest, place)
                if op not in self.done:
                    self._claim_parts(op, place)
            case tensor.CollapseShapeOp() | tensor.ExpandShapeOp():
                place = self.places.get(op.results[0])
                if place is not None and place.is_whole:
                    self._claim(op.src, Place(op.src.type, parent=place))
            case _ if has_blocks(op):
                places = [self._place_of(value) for value in op.results]
                for first, place in zip(initial_values(op), places, strict=False):
                    self._claim(first, place)
            case _:
                pass

    def is_inside(self, value: SSAValue) -> bool:
        """Return whether an op of this block computes the value, not one around it."""
        owner = value.owner
        return isinstance(owner, Operation) and owner.parent is self.block

    def _place_of(self, value: SSAValue) -> Place:
        if value not in self.places:
            self.places[value] = Place(value.type)
        return self.places[value]

    def _claim(self, value: SSAValue, place: Place) -> None:
        """Let a tensor be computed into a place, if it is computed here and read only once."""
        owner = value.owner
        computed = isinstance(owner, (linalg.GenericOp, tensor.InsertSliceOp, *_VIEWS))
        # A loop's values change places at the end of a round, for which they need a whole one.
        computed = computed or (isinstance(owner, Operation) and owner.name == "scf.if")
        if computed and self.is_inside(value) and value not in self.places and value.has_one_use():
            self.places[value] = place

    def _claim_product(self, op: linalg.GenericOp, result: OpResult) -> None:
        """Let a product be computed where loops that follow it leave their result.

        Not if a reduction reads that, or several products are added up, which go through a few rows
        at a time; nor in a region if the place is given, which may be that of a value that others
        read until the loops write.
        """
        place = self._place_of(result)
        if any(_reduces(use.operation) for use in result.uses) or not self._is_free(place):
            return
        maps = op.indexing_maps.data
        written = maps[len(op.inputs) + result.index]
        for value, map in zip(op.inputs, maps, strict=False):
            if value.type == result.type and map == written and _multiplies(value.owner):
                self._claim(value, place)
                return

    def _is_free(self, place: Place) -> bool:
        """Return whether nothing else is in a place before the value that it is chosen for."""
        root = place
        while root.buffer is None and root.parent is not None:
            root = root.parent
        return root.buffer is None or isinstance(self.block.parent_op(), func.FuncOp)

    def _claim_parts(self, last: tensor.InsertSliceOp, place: Place) -> None:
        """Let tensors be computed into the parts of an empty one that they are inserted into."""
        chain = [last]
        while isinstance(below := chain[-1].dest.owner, tensor.InsertSliceOp):
            if not below.results[0].has_one_use() or below.parent is not self.block:
                break
            chain.append(below)
        self.done.update(chain)
        if not isinstance(chain[-1].dest.owner, tensor.EmptyOp) or not _apart(chain):
            return
        for op in chain:
            offsets, strides = op.static_offsets.get_values(), op.static_strides.get_values()
            if not isinstance(op.source.owner, _VIEWS):
                part = offsets, strides
                self._claim(op.source, Place(op.source.type, parent=place, part=part))


def _reduces(op: Operation) -> bool:
    """Return whether an op reduces one tensor."""
    return isinstance(op, linalg.GenericOp) and len(op.inputs) == 1 and _has_sums(op)


def _multiplies(op: Operation | Block) -> bool:
    """Return whether an op sums up what it combines of several tensors, and adds to no sums."""
    if not isinstance(op, linalg.GenericOp) or len(op.inputs) < 2 or not _has_sums(op):
        return False
    start = op.outputs[0].owner
    return not (isinstance(start, linalg.GenericOp) and _has_sums(start))


def _has_sums(op: linalg.GenericOp) -> bool:
    return any(kind.data is not IteratorType.PARALLEL for kind in op.iterator_types)


def _apart(chain: Sequence[tensor.InsertSliceOp]) -> bool:
    """Return whether the parts lie one after the other along an axis, the last insertion last."""
    if len(chain) == 1:
        return True
    starts = [op.static_offsets.get_values() for op in chain]
    axes = {i for offsets in starts for i, n in enumerate(offsets) if n != starts[-1][i]}
    if len(axes) != 1 or any(set(op.static_strides.get_values()) != {1} for op in chain):
        return False
    (axis,) = axes
    ends = [
        a[axis] + op.static_sizes.get_values()[axis] for a, op in zip(starts, chain, strict=True)
    ]
    return all(end <= above[axis] for end, above in zip(ends[1:], starts, strict=False))
