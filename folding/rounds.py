"""The rounds of `while` and `for`: unrolled while the fold knows them, else a loop of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from xdsl.ir import Operation, SSAValue

from ..dialects.source import CompileError
from ..runtime.tracing import ValueNeeded
from .calls import decided, iterator_of
from .code import BREAK, CONTINUE, RETURN, Expression
from .errors import Raised, run
from .forks import Fork, Run, Signal, after, branch, turn
from .frames import Frame
from .iterator_copies import copied
from .places import Result
from .run_time_loops import BROKEN, RETURNED, Loop
from .run_time_ranges import RunTimeRange
from .tensor_numbers import TensorNumber, number_value
from .unmerged import Unstable

_END = object()
_PEELED = 2
"""Rounds that are folded before a loop whose first ones change the types of what it carries."""
_FORKS = 4
"""Rounds of a `while` that some ways leave, after which a loop of the graph is tried."""
_LONG = 32
"""Rounds of a range from which on a loop of the graph is tried."""


class LoopStep:
    """One run of a `while` statement."""

    def __init__(self, op: Operation, body: Run, orelse: Run, condition: Expression):
        self._op = op
        self._body = body
        self._orelse = orelse
        self._condition = condition
        self._peeled = 0
        self._forks = 0
        """How many rounds were folded of which only some ways go on."""

    def __call__(self, frame: Frame) -> Signal:
        """Run it; return how it ended."""
        while True:
            signal = self._test(frame, self._round_or_end)
            if type(signal) is Fork:
                return after(frame, signal, self._peel, (_AGAIN,))
            if signal is not _AGAIN:
                return signal
            frame.folding.count_iteration()
            signal = self._body(frame)
            if type(signal) is Fork:
                return self._go_on(frame, signal)
            if signal == BREAK:
                return None
            if signal == RETURN:
                return signal

    def _test(self, frame: Frame, decide: Callable[[Frame, bool | SSAValue], Signal]) -> Signal:
        """Evaluate the condition, and decide by it."""

        def run(frame: Frame) -> Signal:
            frame.op = self._op
            return decide(frame, decided(frame, frame.slots[self._condition.given]))

        return self._condition.then(frame, run)

    def _round_or_end(self, frame: Frame, holds: bool | SSAValue) -> Any:
        if holds is True:
            loop = self._rolled(frame) if self._forks == _FORKS else None
            return _AGAIN if loop is None else ended(frame, loop, self._orelse)
        return self._orelse(frame) if holds is False else self._at_run_time(frame, holds)

    def _go_on(self, frame: Frame, fork: Signal) -> Signal:
        """Go on with the next round on each way that comes to it, and end where `break` says so."""
        self._forks += 1
        return broken_off(after(frame, fork, self, (None, CONTINUE)))

    # Loops of the graph.

    def _at_run_time(self, frame: Frame, first: SSAValue) -> Signal:
        loop = Loop(frame, self._once)
        try:
            loop.run(first)
        except Unstable as unstable:
            if self._peeled == _PEELED:
                frame.folding.reject(str(unstable.why), unstable.why.hint)
            self._peeled += 1
            return branch(frame, first, self._peel, self._orelse)
        return ended(frame, loop, self._orelse)

    def _rolled(self, frame: Frame) -> Loop | None:
        """Fold the rounds that are left as a loop of the graph; None if that isn't possible."""
        self._forks += 1

        def roll() -> Loop:
            loop = Loop(frame, self._once)
            loop.run(number_value(frame.folding, True))
            return loop

        return tried(frame, roll)

    def _peel(self, frame: Frame) -> Signal:
        """Fold one round by itself, and then the others."""
        frame.folding.count_iteration()
        signal = self._body(frame)
        if type(signal) is Fork:
            return self._go_on(frame, signal)
        if signal in (None, CONTINUE):
            return self(frame)
        return broken_off(signal)

    def _once(self, frame: Frame, loop: Loop) -> Signal:
        """Fold a round, and what decides whether the next one comes."""

        def decide(frame: Frame, holds: bool | SSAValue) -> None:
            loop.go_on(holds)

        return rounded(frame, loop, self._body, lambda frame: self._test(frame, decide))


def broken_off(signal: Signal) -> Signal:
    """Let `break` end the loop alone: a way that did it goes on after the loop."""
    if type(signal) is Fork:
        return turn(signal, {BREAK: None})
    return None if signal == BREAK else signal


def rounded(frame: Frame, loop: Loop, body: Run, test: Run) -> Signal:
    """Fold a round of a loop of the graph; each way of it says whether the next one comes."""
    signal = after(frame, body(frame), test, (None, CONTINUE))
    signal = after(frame, signal, lambda frame: loop.leave(BROKEN), (BREAK,))
    return after(frame, signal, lambda frame: loop.leave(RETURNED), (RETURN,))


def tried(frame: Frame, roll: Callable[[], Loop]) -> Loop | None:
    """Return the loop of the graph that rounds become which the fold could unroll, too.

    None if they can't become one.
    """
    folding, place = frame.folding, frame.op
    if not folding.rolls:
        return None
    needed, copies = folding.needed, folding.copies
    folding.rolling += 1
    try:
        loop = roll()
    except (CompileError, ValueNeeded, Unstable, Raised):
        folding.needed, folding.copies, frame.op = needed, copies, place
        return None
    finally:
        folding.rolling -= 1
    folding.has_rolled = True
    return loop


def ended(frame: Frame, loop: Loop, orelse: Run) -> Signal:
    """Go on after a loop of the graph, by what it ended with."""
    if not loop.ends:
        return orelse(frame)

    def returned(frame: Frame) -> Signal:
        return RETURN

    def by_break(frame: Frame) -> Signal:
        frame.folding.journal.write(Result(frame), None)
        if loop.ends == {RETURNED}:
            return orelse(frame)
        return _asked(frame, loop, BROKEN, lambda frame: None, orelse)

    if RETURNED not in loop.ends:
        return by_break(frame)
    return _asked(frame, loop, RETURNED, returned, by_break)


def _asked(frame: Frame, loop: Loop, why: int, then: Run, orelse: Run) -> Signal:
    """Branch on why a loop ended."""
    found = loop.why.content
    if not isinstance(found, TensorNumber):
        return then(frame) if found == why else orelse(frame)
    condition = frame.folding.builder.compare("eq", found.value, why)
    return branch(frame, condition, then, orelse)


_AGAIN: Any = object()


class ForStep:
    """What a `for` statement does, each time that it runs."""

    def __init__(self, op: Operation, body: Run, orelse: Run, item: int):
        self._op = op
        self._body = body
        self._orelse = orelse
        self._item = item

    def over(self, frame: Frame, iterable: object) -> Signal:
        """Run it over what it iterates; return how it ended."""
        if type(iterable) is range and len(iterable) > _LONG and frame.folding.rolls:
            return self._over_range(frame, iterable)
        if type(iterable) is RunTimeRange:
            return self._over_run_time_range(frame, iterable)
        return self._rounds(frame, iterator_of(frame, iterable))

    def _rounds(self, frame: Frame, iterator: Iterator[object]) -> Signal:
        """Unroll the rounds that are left."""
        while True:
            frame.op = self._op
            item = run(next, iterator, _END)
            if item is _END:
                return self._orelse(frame)
            frame.folding.count_iteration()
            frame.slots[self._item] = item
            signal = self._body(frame)
            if type(signal) is Fork:
                return self._go_on(frame, signal, iterator)
            if signal == BREAK:
                return None
            if signal == RETURN:
                return signal

    def _go_on(self, frame: Frame, fork: Fork, iterator: Iterator[object]) -> Signal:
        """Go on with the next item on each way that comes to it."""
        once = fork.goes_on_once((None, CONTINUE))

        def go(frame: Frame) -> Signal:
            own = iterator if once else copied(iterator)
            return fork.refuse() if own is None else self._rounds(frame, own)

        return broken_off(after(frame, fork, go, (None, CONTINUE)))

    # Loops of the graph.

    def _over_range(self, frame: Frame, rounds: range, peeled: int = 0) -> Signal:
        """Fold a long range as one loop, after some of its rounds; else unroll it.

        The first one is always folded by itself: what computes with known numbers alone is
        for the fold, and leaves known numbers.
        """
        if frame.folding.rolls and peeled and len(rounds) > _LONG // 2:
            loop = self._rolled(frame, rounds)
            if loop is not None:
                return ended(frame, loop, self._orelse)
        last = frame.folding.block.last_op
        if peeled > _PEELED:
            return self._rounds(frame, iter(rounds))
        signal = self._one_round(frame, rounds[0])
        if type(signal) is not Fork and frame.folding.block.last_op is last:
            peeled = _PEELED
        rest = partial(self._over_range, rounds=rounds[1:], peeled=peeled + 1)
        return broken_off(after(frame, signal, rest, (None, CONTINUE)))

    def _one_round(self, frame: Frame, item: object) -> Signal:
        frame.folding.count_iteration()
        frame.slots[self._item] = item
        return self._body(frame)

    def _rolled(self, frame: Frame, rounds: range) -> Loop | None:
        """Fold a range as a loop of the graph; None if that isn't possible."""
        folding = frame.folding

        def roll() -> Loop:
            loop = Loop(frame, self._once)
            try:
                loop.roll(rounds.start, rounds.step, len(rounds))
            except Unstable:
                if not loop.ends:
                    raise
                bounds = RunTimeRange(frame, rounds.start, rounds.stop, rounds.step)
                return self._counted(frame, bounds, number_value(folding, True))
            return loop

        return tried(frame, roll)

    def _once(self, frame: Frame, loop: Loop) -> Signal:
        frame.folding.journal.put(frame, self._item, loop.item.content)
        return rounded(frame, loop, self._body, lambda frame: None)

    def _counted(self, frame: Frame, rounds: RunTimeRange, first: SSAValue) -> Loop:
        """Fold a loop that counts by itself, and goes on as long as the item is in the range."""
        journal = frame.folding.journal

        def once(frame: Frame, loop: Loop) -> Signal:
            current = loop.item.content
            if isinstance(current, TensorNumber):
                frame.folding.bounds[current.value] = rounds.items
            journal.put(frame, self._item, current)
            next_ = rounds.after(frame, current)
            journal.write(loop.item, next_)
            holds = rounds.holds(frame, next_)
            return rounded(frame, loop, self._body, lambda frame: loop.go_on(holds))

        loop = Loop(frame, once)
        loop.item.content = rounds.start
        loop.run(first)
        return loop

    def _over_run_time_range(self, frame: Frame, rounds: RunTimeRange) -> Signal:
        """Fold a range whose end only the call knows; the first rounds by themselves if need be."""
        first = rounds.holds(frame, rounds.start)
        if first is True:
            first = number_value(frame.folding, True)
        if first is False:
            return self._orelse(frame)
        return self._counted_from(frame, rounds, first, _PEELED)

    def _counted_from(
        self, frame: Frame, rounds: RunTimeRange, first: SSAValue, peeled: int
    ) -> Signal:
        try:
            loop = self._counted(frame, rounds, first)
        except Unstable as unstable:
            if not peeled:
                frame.folding.reject(str(unstable.why), unstable.why.hint)
            return branch(
                frame, first, lambda frame: self._peel(frame, rounds, peeled - 1), self._orelse
            )
        return ended(frame, loop, self._orelse)

    def _peel(self, frame: Frame, rounds: RunTimeRange, peeled: int) -> Signal:
        """Fold one round by itself, and then the others."""
        signal = self._one_round(frame, rounds.start)
        rest = RunTimeRange(frame, rounds.after(frame, rounds.start), rounds.stop, rounds.step)

        def go(frame: Frame) -> Signal:
            holds = rest.holds(frame, rest.start)
            if holds is False:
                return self._orelse(frame)
            first = number_value(frame.folding, True) if holds is True else holds
            return self._counted_from(frame, rest, first, peeled)

        return broken_off(after(frame, signal, go, (None, CONTINUE)))
