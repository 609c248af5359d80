"""Kernels that find the place of the best element by the threads of a block, as argmax does.

Each thread keeps the best of the elements that it has seen, in their order, and its place; then
threads compare theirs, and of equal ones the first wins. What the outputs hold is the best so far,
at the place 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import arith
from xdsl.dialects.builtin import BFloat16Type, Float16Type, IntegerAttr, f32, i1, i32
from xdsl.dialects.linalg.ops import IndexOp, YieldOp
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects import simt
from ..dialects.simt.schedule import BEST_PLACE, Schedule
from .buffers import memref_of
from .scalar_ops import width
from .simt_kernel import Kernels, rounds_of
from .simt_nests import Nest, is_countable
from .simt_product_ops import KernelOps, Number, Values
from .simt_reduction import (
    WARP,
    Machine,
    Reduction,
    is_across,
    lanes_for,
    power_of_two,
    width_of,
)

_COMPARISONS = (arith.CmpfOp, arith.CmpiOp, arith.AndIOp, arith.OrIOp, arith.ExtFOp)


def best_place_schedule(nest: Nest, machine: Machine) -> Schedule | None:
    """Return how blocks find the best place; None where a nest does something else."""
    if _taken_if(nest) is None or is_across(nest) or not is_countable(nest.points):
        return None
    neighbours = width_of(nest)
    rounds = rounds_of(nest.reductions) // neighbours
    lanes = min(power_of_two(rounds), 512, max(WARP, lanes_for(nest.points, machine)))
    threads = max(lanes, min(256, lanes * power_of_two(nest.points)))
    numbers = {"threads": threads, "lanes": lanes, "across": 1, "width": neighbours, "parts": 1}
    return Schedule(BEST_PLACE, numbers)


def lower_best_place(nest: Nest, schedule: Schedule, kernels: Kernels) -> None:
    """Replace a nest by a kernel."""
    _BestPlace(nest, (), schedule, starts=kernels.starts.get(nest.op, {})).write(kernels)


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


class _BestPlace(Reduction):
    """One kernel. A state is the best element and its place."""

    def start(self, rounds: Sequence[Number]) -> Values:
        """Return what the outputs hold."""
        nest, body = self.nest, self.body
        return [
            self.before_all(position, body.index(position, nest.parallel, rounds))
            for position in nest.outputs
        ]

    def of_thread(self, state: Values) -> list[SSAValue]:
        """Return the state as it is."""
        return list(state)

    def round(self, rounds: Sequence[Number], number: Number, state: Values) -> Values:
        """Append the comparison with some neighbours, one after the other."""
        taken = self.taken(number)
        (loop,) = self.nest.reductions
        for lane, element in enumerate(self.loaded(0, [*rounds, *taken])):
            at = {loop.number: self.ops.add(taken[0], lane)}
            state = self.body.write({0: element, 1: state[0], 2: state[1]}, at)
        return state

    def together(
        self, partial: Sequence[SSAValue], lane: Number, thread: Number, results: int
    ) -> list[SSAValue]:
        """Append the comparison of all lanes' states; the first lane has what wins."""
        ops, state = self.ops, list(partial)
        state = self._among(state, min(self.lanes, WARP))
        warps = self.lanes // WARP
        if warps <= 1:
            return state
        types = [self.body.place(position).element for position in self.nest.outputs]
        many = self.threads // WARP
        memories = [ops.append(simt.SharedOp(memref_of(type, (many,))))[0] for type in types]
        warp, in_warp = ops.divide(thread, WARP)

        def keep() -> None:
            for memory, value in zip(memories, state, strict=True):
                ops.append(simt.StoreOp(memory, ops.value(warp), [value]))

        ops.branch(ops.equal(in_warp, 0), keep)
        ops.barrier()
        first = ops.multiply(ops.quotient(thread, self.lanes), warps)
        index = ops.value(ops.add(first, ops.remainder(thread, warps)))
        loaded = [
            ops.append(simt.LoadOp(memory, index, [type]))[0]
            for memory, type in zip(memories, types, strict=True)
        ]
        return self._among(loaded, warps)

    def finish(
        self, totals: Sequence[SSAValue], rounds: Sequence[Number], point: Number, part: Number
    ) -> None:
        """Append the stores."""
        nest, body = self.nest, self.body
        for position, value in zip(nest.outputs, totals, strict=True):
            body.store(position, body.index(position, nest.parallel, rounds), [value])

    def _among(self, state: list[SSAValue], lanes: int) -> list[SSAValue]:
        offset = lanes // 2
        while offset:
            others = [_from_lane(self.ops, value, offset) for value in state]
            state = self._better(others, state)
            offset //= 2
        return state

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
        condition = _taken_if(self.nest)
        assert condition is not None, "a schedule is only of what finds a place"
        needed = _ops_of(condition)
        skipped = [op for op in self.nest.op.body.block.ops if op not in needed]
        known = self.body.values({0: new[0], 1: old[0], 2: old[1]}, {}, skipped)
        return known[condition]


def _ops_of(value: SSAValue) -> set[Operation]:
    op = value.owner
    if not isinstance(op, Operation):
        return set()
    return {op}.union(*(_ops_of(operand) for operand in op.operands))


def _from_lane(ops: KernelOps, value: SSAValue, offset: int) -> SSAValue:
    """Append an exchange with the lane whose number differs in a bit; any type."""
    type, lane = value.type, ops.constant(offset)
    bits = width(type)
    wide: Attribute = type
    if isinstance(type, Float16Type | BFloat16Type):
        wide = f32
        value = ops.emit(arith.ExtFOp, wide, value)
    elif bits is not None and bits < 32:
        wide = i32
        value = ops.emit(arith.ExtUIOp, wide, value)
    other = ops.append(simt.ShuffleOp("xor", value, lane))[0]
    if wide == type:
        return other
    return ops.emit(arith.TruncFOp if wide == f32 else arith.TruncIOp, type, other)
