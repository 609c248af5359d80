"""Loops whose end only the call decides, and long uniform ones: `graph.while` and `graph.for`.

The body is folded with what it changes as carried values, again and again until no fold finds
more that changes: tensors of one type, numbers of one class, and tuples and containers of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import IntegerAttr, i64
from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects import graph
from ..dialects.dtypes import TensorSpec, int64, tensor_type
from ..dialects.graph.control import end_block
from ..runtime.tensor import Tensor
from .carried import Carried, Planner
from .errors import Raised
from .forks import Fork, Left, Signal, settle
from .places import Cell, Place, Result, Slot, Variable
from .tensor_numbers import TensorNumber
from .unmerged import ABSENT, Unmergeable, Unmerged, Unstable
from .unwinding import Unwinding

if TYPE_CHECKING:
    from .frames import Frame

MOST_ROUNDS = 12
"""How often a body is folded to find what it changes."""

GOES_ON, BROKEN, RETURNED = 0, 1, 2
"""Why a loop has ended: by its condition, by `break`, or by `return`."""


class Unroll(Unwinding):
    """Start the fold again without loops that could be unrolled: something asked for a number."""


class Loop:
    """One loop while it is folded: what it carries, and what the fold itself keeps of it."""

    def __init__(self, frame: Frame, once: Callable[[Frame, Loop], Signal]):
        self.frame = frame
        self.folding = frame.folding
        self.again = Cell("whether the loop goes on")
        self.why = Cell("why the loop ended", GOES_ON)
        self.item = Cell("the item of the loop")
        self.ends = set[int]()
        """How the body is left beside its end."""
        self._items = range(0)
        self._once = once
        self._statement = frame.op
        self._carried: dict[tuple[object, ...], Carried] = {}
        self._given: list[SSAValue] = []
        self._unmerged: list[Unmerged] = []

    def go_on(self, holds: bool | SSAValue) -> None:
        """Say, in a round, whether the next one comes."""
        number: object = holds
        if isinstance(holds, SSAValue):
            number = TensorNumber(self.folding.numbers, holds, bool)
        self.folding.journal.write(self.again, number)

    def leave(self, why: int) -> None:
        """Say, in a round, that it is the last one."""
        self.ends.add(why)
        self.folding.journal.write(self.again, False)
        self.folding.journal.write(self.why, why)

    # The ops.

    def run(self, first: SSAValue) -> None:
        """Emit a `graph.while` whose first round comes if a run-time bool says so.

        Raises `Unstable` for what can't be carried.
        """
        self.again.content = TensorNumber(self.folding.numbers, first, bool)
        body = self._fold_body(self.again)
        initial = self._initial()
        test = Block(arg_types=body.arg_types)
        again = test.args[self._carried[self.again.key].first]
        test.add_op(graph.GiveOp.create(operands=[again]))
        op = graph.WhileOp.create(
            operands=initial,
            result_types=[value.type for value in initial],
            regions=[Region(test), Region(body)],
            location=self.folding.location,
        )
        self._finish(op)

    def roll(self, start: int, step: int, count: int) -> None:
        """Emit a `graph.for`.

        Raises `Unstable` for what can't be carried, and for a body that may end the loop.
        """
        self.again.content = True
        self._items = range(start, start + step * count, step)
        body = self._fold_body(None)
        if self.ends:
            _throw_away(body)
            raise Unstable(Unmergeable("the loop may end before its last round"))
        initial = self._initial()
        numbers = {"start": start, "step": step, "count": count}
        op = graph.ForOp.create(
            operands=initial,
            result_types=[value.type for value in initial],
            properties={name: IntegerAttr(value, i64) for name, value in numbers.items()},
            regions=[Region(body)],
            location=self.folding.location,
        )
        self._finish(op)

    # Folding the body.

    def _fold_body(self, carried: Place | None) -> Block:
        """Return the body's block, folded until nothing else turns out to change."""
        if carried is not None:
            self._carried[carried.key] = Carried(carried, carried.read())
        copies = self.folding.copies
        for _ in range(MOST_ROUNDS):
            self.ends.clear()
            self.folding.copies = copies
            body = self._round(indexed=carried is None)
            if body is not None:
                return body
        raise Unstable(Unmergeable("what the loop changes has another type after each round"))

    def _round(self, indexed: bool) -> Block | None:
        """Return the body, folded once; None if it changes more than is carried by now."""
        folding, frame = self.folding, self.frame
        journal, outer, place = folding.journal, folding.block, frame.op
        body = Block()
        holder = graph.ForOp.create(regions=[Region(body)])
        outer.add_op(holder)
        made: dict[int, Tensor] = {}
        more = True
        journal.begin()
        folding.block = body
        try:
            if indexed:
                argument = body.insert_arg(tensor_type(TensorSpec((), int64)), 0)
                self.item.content = TensorNumber(folding.numbers, argument, int)
                folding.bounds[argument] = self._items
            journal.write(Result(frame), ABSENT)
            with folding.watching_tensors(made):
                for carried in self._carried.values():
                    carried.enter(folding, body)
                self._settled(self._once(frame, self))
            more = self._widen(made)
            if not more:
                self._give(body)
        except (Left, Raised):
            # The first round raises, if there is one: a branch, not a loop.
            folding.check_needed()
            raise Unstable(Unmergeable("each round of the loop raises an exception")) from None
        finally:
            folding.block, frame.op = outer, place
            journal.end()
            holder.detach_region(holder.regions[0]).detach_block(body)
            holder.detach()
            holder.erase()
            if more:
                _throw_away(body)
        return None if more else body

    def _settled(self, signal: Signal) -> None:
        if type(signal) is Fork:
            signal = settle(signal, forced=True)
        if type(signal) is Fork:
            signal.refuse()

    def _give(self, body: Block) -> None:
        """End the body with the values for the next round."""
        given = [
            value
            for carried in self._carried.values()
            for value in carried.node.values(self.folding, carried.place.read())
        ]
        end_block(body, graph.GiveOp.create(operands=given))

    def _widen(self, made: dict[int, Tensor]) -> bool:
        """Carry what a round has changed; return whether that is more than was carried."""
        more = False
        planner = Planner(self.folding, made)
        for key, change in self.folding.journal.changes().items():
            carried = self._carried.get(key)
            if carried is None:
                if isinstance(change.place, Slot) or change.new is change.old:
                    continue
                owner = change.place.owner
                outside = self.folding.source(owner) is not None
                if self.folding.journal.is_new(owner) or (id(owner) in made and not outside):
                    continue
                initial = ABSENT if self._is_result(change.place) else change.old
                carried = Carried(change.place, initial)
            try:
                changed = carried.widen(change.new, planner)
            except Unmergeable as why:
                self._give_up(carried, why)
                changed = True
            new = key not in self._carried and self._is_result(change.place)
            if changed or (new and change.new is not ABSENT):
                self._carried[key] = carried
                more = True
        return more

    def _is_result(self, place: Place) -> bool:
        return isinstance(place, Result) and place.frame is self.frame

    def _give_up(self, carried: Carried, why: Unmergeable) -> None:
        """Hope that nobody reads a variable before it is bound anew; else the loop is unstable."""
        if not isinstance(carried.place, Variable):
            raise Unstable(why)
        if self._statement in self.folding.options.apart:
            raise Unstable(why)
        unmerged = Unmerged(str(carried.place), why, self._statement)
        unmerged.in_loop = True
        self._unmerged.append(unmerged)
        carried.give_up(unmerged)

    # After the loop.

    def _initial(self) -> list[SSAValue]:
        values: list[SSAValue] = []
        for carried in self._carried.values():
            carried.first = len(values)
            values += carried.node.values(self.folding, carried.initial)
        return values

    def _finish(self, op: Operation) -> None:
        """Add the op, and let all places hold its results."""
        folding, results = self.folding, list(op.results)
        folding.block.add_op(op)
        folding.has_branches = True
        for unmerged in self._unmerged:
            unmerged.in_loop = False
        for carried in self._carried.values():
            values = results[carried.first : carried.first + len(carried.node.types)]
            content = carried.node.enter(folding, values)
            if isinstance(carried.place, Cell):
                # Asked for at once, and never again.
                carried.place.write(content)
            else:
                folding.journal.write(carried.place, content)


def _throw_away(body: Block) -> None:
    """Let the ops of a body that isn't wanted use no values: who asks for users finds none."""
    body.drop_all_references()
