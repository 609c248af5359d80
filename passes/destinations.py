"""Chooses for each tensor the memory it is computed into, from the results backwards."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import func, tensor
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Operation, SSAValue

from .buffers import Buffer, Place

_VIEWS = (tensor.CollapseShapeOp, tensor.ExpandShapeOp)


def destinations(ops: Sequence[Operation], results: Sequence[Buffer]) -> dict[SSAValue, Place]:
    """Return where each tensor that an op computes goes.

    A result goes into its parameter; what only one op updates goes where the updated tensor
    goes; the parts of a concatenation go into the whole. Nothing else shares memory.
    """
    places: dict[SSAValue, Place] = {}
    done: set[Operation] = set()
    for op in reversed(ops):
        match op:
            case func.ReturnOp():
                for value, buffer in zip(op.operands, results, strict=True):
                    if value not in places:
                        places[value] = Place(value.type, buffer=buffer)
            case linalg.GenericOp():
                for value, out in zip(op.results, op.outputs, strict=True):
                    _claim(places, out, _place_of(places, value))
            case tensor.InsertSliceOp():
                place = _place_of(places, op.results[0])
                _claim(places, op.dest, place)
                if op not in done:
                    _claim_parts(places, done, op, place)
            case tensor.CollapseShapeOp() | tensor.ExpandShapeOp():
                place = places.get(op.results[0])
                if place is not None and place.is_whole:
                    _claim(places, op.src, Place(op.src.type, parent=place))
            case _:
                pass
    return places


def _place_of(places: dict[SSAValue, Place], value: SSAValue) -> Place:
    if value not in places:
        places[value] = Place(value.type)
    return places[value]


def _claim(places: dict[SSAValue, Place], value: SSAValue, place: Place) -> None:
    """Let a tensor be computed into a place, if it is computed at all and read only once."""
    computed = isinstance(value.owner, (linalg.GenericOp, tensor.InsertSliceOp, *_VIEWS))
    if computed and value not in places and value.has_one_use():
        places[value] = place


def _claim_parts(
    places: dict[SSAValue, Place], done: set[Operation], last: tensor.InsertSliceOp, place: Place
) -> None:
    """Let tensors be computed into the parts of an empty one that they are inserted into."""
    chain = [last]
    while isinstance(below := chain[-1].dest.owner, tensor.InsertSliceOp):
        if not below.results[0].has_one_use():
            break
        chain.append(below)
    done.update(chain)
    if not isinstance(chain[-1].dest.owner, tensor.EmptyOp) or not _apart(chain):
        return
    for op in chain:
        offsets, strides = op.static_offsets.get_values(), op.static_strides.get_values()
        if not isinstance(op.source.owner, _VIEWS):
            _claim(places, op.source, Place(op.source.type, parent=place, part=(offsets, strides)))


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
