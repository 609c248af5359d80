"""Kernels that find the place of the best element by the threads of a block, as argmax does.

Each thread keeps the best of the elements that it has seen, in their order, and its place; then
threads compare theirs, and of equal ones the first wins. What the outputs hold is the best so far,
at the place 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerAttr, i1
from xdsl.dialects.linalg.ops import IndexOp, YieldOp
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects.simt.memory import bytes_of
from ..dialects.simt.schedule import BEST_PLACE, Schedule
from .simt_block_reduction import BlockReduction
from .simt_kernel import Kernels, body_values, rounds_of
from .simt_nests import Nest
from .simt_product_ops import Number, Values
from .simt_reduction_parts import InParts
from .simt_reduction_schedule import Machine, schedule_by_blocks

_COMPARISONS = (arith.CmpfOp, arith.CmpiOp, arith.AndIOp, arith.OrIOp, arith.ExtFOp)


def best_place_schedule(nest: Nest, machine: Machine) -> Schedule | None:
    """Return how blocks find the best place; None where a nest does something else."""
    if _taken_if(nest) is None:
        return None
    return schedule_by_blocks(BEST_PLACE, nest, machine, sum(map(bytes_of, _types(nest))))


def lower_best_place(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a nest by a kernel, or by two."""
    starts = kernels.starts_of(nest)
    if schedule["parts"] <= 1:
        _BestPlace(nest, schedule, starts=starts).write(kernels)
        return
    parts = InParts(nest, _types(nest), schedule["parts"], lambda ops, found, before: found)
    _BestPlace(nest, schedule, parts.memories, starts=starts).write(kernels)
    last = _BestOfParts(parts.nest, parts.schedule(), before=nest.op, starts=parts.moved(starts))
    last.compared = nest
    last.write(kernels)
    parts.free()


def finds_place(nest: Nest) -> bool:
    """Return whether a nest finds the place of the best element, and nothing else."""
    return _taken_if(nest) is not None


def _types(nest: Nest) -> list[Attribute]:
    places = [nest.places[position] for position in nest.outputs]
    return [place.element for place in places if place is not None]


def _taken_if(nest: Nest) -> SSAValue | None:
    """Return the body's bool that says whether an element is better than the best so far."""
    block = nest.op.body.block
    last = block.last_op
    if not isinstance(last, YieldOp) or len(block.args) != 3 or len(last.operands) != 2:
        return None
    best, place = (value.owner for value in last.operands)
    if not (isinstance(best, arith.SelectOp) and isinstance(place, arith.SelectOp)):
        return None
    index = place.lhs.owner
    fits = (
        len(nest.reductions) == 1
        and nest.inputs == 1
        and nest.is_reduced(1)
        and nest.is_reduced(2)
        and rounds_of(nest.loops) > 0
        and place.cond is best.cond
        and (best.lhs, best.rhs, place.rhs) == tuple(block.args)
        and isinstance(index, arith.IndexCastOp)
        and isinstance(index.input.owner, IndexOp)
        and index.input.owner.dim.value.data == nest.reductions[0].number
        and _compares(best.cond, block.args[:2])
    )
    return best.cond if fits else None


def _compares(value: SSAValue, arguments: Sequence[SSAValue]) -> bool:
    """Return whether nothing but some arguments decides a value."""
    op = value.owner
    if value in arguments:
        return True
    return isinstance(op, _COMPARISONS) and all(_compares(one, arguments) for one in op.operands)


class _BestPlace(BlockReduction):
    """One kernel, or the first of two. A state is the best element and its place."""

    compared: Nest | None = None
    """The nest that says what is better, if it is another one."""

    def start(self, rounds: Sequence[Number]) -> Values:
        """Return what the outputs hold."""
        nest, body = self.nest, self.body
        return [
            self.before_all(position, body.index(position, nest.parallel, rounds))
            for position in nest.outputs
        ]

    def round(self, rounds: Sequence[Number], number: Number, state: Values) -> Values:
        """Append the comparison with some neighbours, one after the other."""
        taken = self.taken(number)
        (loop,) = self.nest.reductions
        for lane, element in enumerate(self.loaded(0, [*rounds, *taken])):
            at = {loop.number: self.ops.add(taken[0], lane)}
            state = self.body.write({0: element, 1: state[0], 2: state[1]}, at)
        return state

    def combined(self, state: Values, other: Values) -> Values:
        """Append the choice between two states."""
        return self._better(other, state)

    def finish(self, totals: Values, rounds: Sequence[Number]) -> None:
        """Append the stores."""
        nest, body = self.nest, self.body
        for position, value in zip(nest.outputs, totals, strict=True):
            body.store(position, body.index(position, nest.parallel, rounds), [value])

    def _better(self, new: Sequence[SSAValue], old: Sequence[SSAValue]) -> list[SSAValue]:
        """Append the choice between two states: the better, or of equal ones the first."""
        ops = self.ops
        take, keep = self._is_better(new, old), self._is_better(old, new)
        yes = ops.known(arith.ConstantOp(IntegerAttr(1, i1)))
        worse = ops.emit(arith.XOrIOp, i1, keep, yes)
        first = ops.less(new[1], old[1])
        assert isinstance(first, SSAValue), "places are values"
        tied = ops.emit(arith.AndIOp, i1, worse, first)
        taken = ops.emit(arith.OrIOp, i1, take, tied)
        return [ops.select(taken, a, b) for a, b in zip(new, old, strict=True)]

    def _is_better(self, new: Sequence[SSAValue], old: Sequence[SSAValue]) -> SSAValue:
        compared = self.compared or self.nest
        condition = _taken_if(compared)
        assert condition is not None, "a schedule is only of what finds a place"
        needed = _ops_of(condition)
        op = compared.op
        skipped = [inner for inner in op.body.block.ops if inner not in needed]
        known: dict[SSAValue, SSAValue] = {}
        known |= zip(op.body.block.args, (new[0], *old), strict=True)
        body_values(self.builder, op, known, {}, skipped)
        return known[condition]


class _BestOfParts(_BestPlace):
    """The second of two kernels: a round brings the best element of a part, and its place."""

    def round(self, rounds: Sequence[Number], number: Number, state: Values) -> Values:
        """Append the choice between a part's state and what was best before."""
        places = [*rounds, *self.taken(number)]
        found = [self.loaded(position, places)[0] for position in range(self.nest.inputs)]
        return self._better(found, state)


def _ops_of(value: SSAValue) -> set[Operation]:
    op = value.owner
    if not isinstance(op, Operation):
        return set()
    return {op}.union(*(_ops_of(operand) for operand in op.operands))
