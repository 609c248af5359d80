"""Chooses for each tensor the memory it is computed into, from the results backwards."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import tensor
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, SSAValue

from .buffers import Buffer, Place
from .control_regions import has_blocks, initial_values

_VIEWS = (tensor.CollapseShapeOp, tensor.ExpandShapeOp)


def destinations(
    ops: Sequence[Operation], results: Sequence[Buffer | None]
) -> dict[SSAValue, Place]:
    """Return where each tensor goes that an op of a block computes.

    What the last op gives goes into `results`; what only one op updates, or a loop starts with,
    goes where that goes; the parts of a concatenation go into the whole. Nothing else shares
    memory.
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
