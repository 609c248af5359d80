"""Branches on data that exist only at run time: both sides are folded, and become a `graph.if`.

A side ends as a block of statements ends: at its end, or by `break`, `continue`, `return` or a
raise. Sides that end alike are merged, and the fold goes on with what both left; sides that don't
stay apart as a `Fork`, and what follows is folded in each side that comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn, final

from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects import graph
from ..dialects.graph.control import end_block
from ..runtime.tensor import Tensor
from .errors import Raised
from .exception_handling import take_up
from .journal import Outcome
from .merging import Merge, follow
from .unmerged import Unmergeable
from .unwinding import Unwinding

if TYPE_CHECKING:
    from .frames import Frame
    from .session import Folding

RAISE, LEFT = "raise", "left"
"""How a side may end beside the signals: with an exception that a handler may catch, and for good:
the function is left, so that nothing follows."""

MOST_COPIES = 32
"""How many times one fold may fold what follows a branch in both of its sides."""

Run = Callable[["Frame"], "str | Fork | None"]
"""Runs steps; returns how they ended."""


class Left(Unwinding):
    """No way is left on which the program goes on: each one raises, or has returned."""


class Apart(Unwinding):
    """Start the fold again: the sides of a branch leave a variable that can't be merged, and that
    is used later. What follows is to be folded in both."""

    def __init__(self, op: Operation):
        super().__init__(op.name)
        self.op = op


class Way:
    """One side of a branch: the block that has its ops, what it left, and how it ended."""

    def __init__(self, block: Block):
        self.block = block
        self.outcome = Outcome()
        self.end: str | Fork | None = None
        self.raised: Raised | None = None
        self.raised_at: Operation | None = None
        """The op of the frame that raised; None once the exception has left that frame."""
        self.tensors: dict[int, Tensor] = {}
        """The tensors that were made in it, and live on, by identity."""

    def run(self, frame: Frame, go: Run) -> None:
        """Run `go` in this side, where it had come to."""
        folding = frame.folding
        place = frame.op
        with self.entered(folding):
            try:
                self.end = go(frame)
            except Raised as raised:
                folding.check_needed()
                self._raise(folding, raised)
            except Left:
                self.end = LEFT
        frame.op = place

    def _raise(self, folding: Folding, raised: Raised) -> None:
        raised.note_place(folding.location)
        take_up(folding, raised)
        if folding.protected:
            self.end, self.raised = RAISE, raised
            self.raised_at = None if folding.frame is None else folding.frame.op
        else:
            folding.host.leave_by_raising(raised)
            self.end = LEFT

    def has_made(self, folding: Folding, value: object) -> bool:
        """Return whether an object was made in this side: nobody outside knows it."""
        if id(value) in self.outcome.made:
            return True
        return id(value) in self.tensors and folding.source(value) is None

    @contextmanager
    def entered(self, folding: Folding) -> Generator[None]:
        """Put everything as this side left it, and add ops to its block, until the block ends."""
        journal, outer = folding.journal, folding.block
        journal.begin()
        journal.redo(self.outcome)
        folding.block = self.block
        try:
            with folding.watching_tensors(self.tensors):
                yield
        finally:
            folding.block = outer
            self.outcome = journal.end()


@final
class Fork:
    """A branch whose sides haven't been merged, or not yet. It is a signal as `break` is one."""

    def __init__(self, folding: Folding, condition: SSAValue):
        self.folding = folding
        self.condition = condition
        self.statement = folding.frame.op if folding.frame is not None else None
        self.ways = (Way(Block()), Way(Block()))
        self.why: Unmergeable | None = None
        """Why the sides could not be merged."""
        self.op = graph.IfOp.create(
            operands=[condition],
            regions=[Region(way.block) for way in self.ways],
            location=folding.location,
        )
        folding.block.add_op(self.op)
        folding.has_branches = True

    @property
    def stays_apart(self) -> bool:
        """Whether no variable may be given up, because one of them is used later."""
        return self.statement in self.folding.options.apart

    def goes_on_once(self, ends: tuple[str | None, ...]) -> bool:
        """Return whether at most one way ended in one of these."""
        return _count(self, ends) <= 1

    def refuse(self) -> NoReturn:
        """Raise CompileError where what follows can't be folded in both sides."""
        refuse(self)

    def replace(self, types: list[SSAValue]) -> list[SSAValue]:
        """Let the op give values of these types; return them."""
        block = self.op.parent
        assert block is not None
        made = graph.IfOp.create(
            operands=[self.condition],
            result_types=[value.type for value in types],
            regions=[self.op.detach_region(region) for region in list(self.op.regions)],
            location=self.op.location,
        )
        block.insert_op_before(made, self.op)
        self.op.detach()
        self.op.erase()
        self.op = made
        return list(made.results)


Signal = str | Fork | None


def branch(frame: Frame, condition: SSAValue, then: Run, orelse: Run) -> Signal:
    """Fold both sides of a branch on a run-time bool and return how they ended.

    Raises `Left` where no side comes to an end.
    """
    fork = Fork(frame.folding, condition)
    for way, go in zip(fork.ways, (then, orelse), strict=True):
        way.run(frame, go)
    return settle(fork)


def after(frame: Frame, signal: Signal, go: Run, ends: tuple[str | None, ...] = (None,)) -> Signal:
    """Go on where steps ended in one of `ends`, on each way that did; return how that ended."""
    if type(signal) is Fork:
        return resume(frame, signal, go, ends)
    return go(frame) if signal in ends else signal


def resume(frame: Frame, fork: Fork, go: Run, ends: tuple[str | None, ...] = (None,)) -> Signal:
    """Go on in each side that ended in one of `ends`, and merge what can be merged then."""
    if _count(fork, ends) > 1:
        _count_copy(frame.folding, fork)
    for way in fork.ways:
        end = way.end
        if type(end) is Fork:
            way.run(frame, lambda frame, end=end: resume(frame, end, go, ends))
        elif end in ends:
            way.run(frame, go)
    return settle(fork)


def handle(frame: Frame, fork: Fork, handler: Callable[[Frame, Raised], Signal]) -> Signal:
    """Run a handler in each side that ended with an exception."""
    for way in fork.ways:
        end, raised = way.end, way.raised
        if type(end) is Fork:
            way.run(frame, lambda frame, end=end: handle(frame, end, handler))
        elif end == RAISE and raised is not None:
            way.raised = None
            way.run(frame, partial(_handled, handler=handler, raised=raised, at=way.raised_at))
    return settle(fork)


def _handled(
    frame: Frame,
    handler: Callable[[Frame, Raised], Signal],
    raised: Raised,
    at: Operation | None,
) -> Signal:
    """Run a handler where the exception was raised: its traceback shows that line."""
    frame.op = frame.op if at is None else at
    return handler(frame, raised)


def pass_frame(fork: Fork, frame: Frame) -> None:
    """Let what its sides raised leave a frame."""
    for way in fork.ways:
        if type(way.end) is Fork:
            pass_frame(way.end, frame)
        elif way.end == RAISE and way.raised is not None and way.raised_at is not None:
            way.raised.passes(frame.name, way.raised_at.location)
            way.raised_at = None


def leave(frame: Frame, raised: Raised) -> NoReturn:
    """Let the side that is being folded raise for good: no handler is there."""
    frame.folding.host.leave_by_raising(raised)
    raise Left


def settle(fork: Fork, forced: bool = False) -> Signal:
    """Merge the sides if they ended alike, and return how; else return the fork.

    A side that has left the function is no longer asked. With `forced`, at the end of a loop's
    round, variables that can't be merged are given up even where one of them is used later.
    Raises `Left` if both have left.
    """
    first, second = fork.ways
    _settle_inner(fork, forced)
    if first.end == LEFT and second.end == LEFT:
        raise Left
    if LEFT in (first.end, second.end):
        return _go_on_in_one(fork, second if first.end == LEFT else first)
    if first.end != second.end or first.end == RAISE or type(first.end) is Fork:
        return fork
    merge = Merge(fork.folding, first, second)
    try:
        give_up = forced or not fork.stays_apart
        merge.plan(give_up, fork.statement, at_end=forced)
    except Unmergeable as why:
        fork.why = why
        return fork
    merge.apply(fork)
    return first.end


def _settle_inner(fork: Fork, forced: bool) -> None:
    for way in fork.ways:
        end = way.end
        if type(end) is Fork:
            with way.entered(fork.folding):
                try:
                    way.end = settle(end, forced)
                except Left:
                    way.end = LEFT


def _go_on_in_one(fork: Fork, way: Way) -> Signal:
    """Let the fold go on as the only side left it: its values come out of the branch."""
    if type(way.end) is Fork or way.end == RAISE:
        return fork
    folding = fork.folding
    folding.may_have_left = True
    folding.journal.redo(way.outcome)
    tensors, numbers = follow(way), folding.numbers_made_in(way.block)
    values = list(
        dict.fromkeys(
            [
                *(tensor.graph_value(folding) for tensor in tensors),
                *(number.value for number in numbers),
                *folding.aliases.flags_in(way.block),
            ]
        )
    )
    renamed = dict(zip(values, fork.replace(values), strict=True))
    for tensor in tensors:
        tensor.stand_for(renamed[tensor.graph_value(folding)])
    for number in numbers:
        number.value = renamed[number.value]
        folding.note_number(number)
    folding.aliases.rename(renamed)
    for one in fork.ways:
        end_block(one.block, graph.GiveOp.create(operands=values if one is way else []))
    return way.end


def _count(fork: Fork, ends: tuple[str | None, ...]) -> int:
    return sum(
        _count(way.end, ends) if type(way.end) is Fork else way.end in ends for way in fork.ways
    )


def _count_copy(folding: Folding, fork: Fork) -> None:
    folding.copies += 1
    if folding.copies > MOST_COPIES:
        refuse(fork)


def turn(fork: Fork, ends: dict[str | None, str | None]) -> Signal:
    """Let sides that ended in one way count as ended in another, and merge what can be merged."""
    _turn(fork, ends)
    return settle(fork)


def _turn(fork: Fork, ends: dict[str | None, str | None]) -> None:
    for way in fork.ways:
        end = way.end
        if type(end) is Fork:
            _turn(end, ends)
        elif end in ends:
            way.end = ends[end]


def innermost(fork: Fork) -> Fork:
    """Return the fork, in it or in one of its sides, that knows why it can't be merged."""
    if fork.why is not None:
        return fork
    for way in fork.ways:
        if type(way.end) is Fork:
            return innermost(way.end)
    return fork


def refuse(fork: Fork) -> NoReturn:
    """Raise CompileError for a branch whose sides can't be merged, where they must be."""
    folding, inner = fork.folding, innermost(fork)
    if folding.frame is not None and inner.statement is not None:
        folding.frame.op = inner.statement
    if inner.why is not None:
        folding.reject(str(inner.why), inner.why.hint)
    folding.reject(
        "one side of a branch on run-time data leaves the block, and what follows can't be"
        " compiled twice here",
        "let both sides come to the same end, or choose between values with where",
    )
