"""Finds which values of a loop may be computed where the ones of the round before lie."""

from __future__ import annotations

from xdsl.dialects import tensor
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import Block, Operation, OpResult, SSAValue

_VIEWS = (tensor.ExtractSliceOp, tensor.CollapseShapeOp, tensor.ExpandShapeOp)


class Overwriting:
    """Answers for the loops of one function, and knows in which order their ops stand."""

    def __init__(self) -> None:
        self._positions: dict[Operation, int] = {}

    def may_overwrite(self, block: Block, old: SSAValue, new: SSAValue) -> bool:
        """Return whether `new`, computed in the block, can take the memory of `old`.

        Nothing may read `old` after that, and what writes `new` only the element it writes.
        """
        if not isinstance(new, OpResult) or new.op.parent is not block or not new.has_one_use():
            return False
        op = new.op
        if op.name == "scf.if":
            return self._branch_may(block, old, new)
        writer = _writer(op, new, old)
        return writer is not None and self._is_read_before(block, old, writer, old)

    def _branch_may(self, block: Block, old: SSAValue, new: OpResult) -> bool:
        """Return whether each side leaves `old` as it is, or may overwrite it there."""
        for region in new.op.regions:
            last = region.block.last_op
            assert last is not None
            given = last.operands[new.index]
            if given is not old and not self.may_overwrite(region.block, old, given):
                return False
        return self._is_read_before(block, old, new.op, old)

    def _is_read_before(
        self, block: Block, value: SSAValue, writer: Operation, old: SSAValue
    ) -> bool:
        """Return whether all reads of a value, views of it too, in the block are before a writer.

        Those of the writer itself were looked at before, but for views.
        """
        for use in value.uses:
            user, is_view = _ancestor(block, use.operation), isinstance(use.operation, _VIEWS)
            if user is writer and writer.name != "scf.if" and (is_view or value is not old):
                return False
            if user is not None and self._position(user) > self._position(writer):
                return False
            # A view from outside the block may be read inside.
            for view in use.operation.results if is_view else ():
                if not self._is_read_before(block, view, writer, old):
                    return False
        return True

    def _position(self, op: Operation) -> int:
        if op not in self._positions and op.parent is not None:
            self._positions |= {inner: n for n, inner in enumerate(op.parent.ops)}
        return self._positions[op]


def _writer(op: Operation, new: OpResult, old: SSAValue) -> Operation | None:
    """Return the first op that writes into the memory of a value; None if that must be other."""
    match op:
        case linalg.GenericOp():
            return op if _is_elementwise(op, new, old) else None
        case tensor.InsertSliceOp():
            first = op
            while (
                isinstance(below := first.dest.owner, tensor.InsertSliceOp)
                and below.parent is op.parent
                and below.result.has_one_use()
                and first.source is not old
            ):
                first = below
            return first if first.dest is old and first.source is not old else None
        case _:
            return None


def _is_elementwise(op: linalg.GenericOp, new: OpResult, old: SSAValue) -> bool:
    """Return whether each round of the loops reads of `old` at most the element it writes."""
    number, count = new.index, len(op.inputs)
    updated = op.outputs[number]
    if updated is not old and not isinstance(updated.owner, tensor.EmptyOp):
        return False
    maps = list(op.indexing_maps)
    parallel = all(kind.data is IteratorType.PARALLEL for kind in op.iterator_types)
    return all(
        value is not old or (parallel and map.data == maps[count + number].data)
        for value, map in zip(op.inputs, maps, strict=False)
    )


def _ancestor(block: Block, op: Operation) -> Operation | None:
    """Return the op of a block that an op is, or is inside; None for one that isn't in it."""
    found: Operation | None = op
    while found is not None and found.parent is not block:
        found = found.parent_op()
    return found
