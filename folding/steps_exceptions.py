"""Steps of `try`, `with` and `raise`, on what is known while compiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from xdsl.ir import Operation

from ..dialects import pyobj
from .calls import call
from .code import (
    BREAK,
    CONTINUE,
    RETURN,
    CodeMaker,
    Expression,
    Step,
    makes,
    run_steps,
)
from .context_managers import enter, leave_by_error, leave_quietly
from .errors import Raised, run
from .exception_handling import catches, set_context, take_up
from .forks import Fork, Run, Signal, after, handle, turn
from .frames import Frame
from .generating import Waiting, drain
from .steps_generating_exceptions import Handler, handle_group

_ELSE = "else"
"""How a side ends whose body of a `try` came to its end."""


@dataclass(frozen=True)
class _Handler:
    """One `except`: what gives its classes (None: bare), its variable, its steps."""

    classes: Expression | None
    name: str
    steps: list[Step]


@makes(pyobj.TryOp)
def try_(maker: CodeMaker, op: Operation) -> Step:
    """Run the body, the handler that fits or `else`, and `finally`."""
    try_op = cast(pyobj.TryOp, op)
    body, orelse = maker.block(try_op.body.block), maker.block(try_op.orelse.block)
    final = maker.block(try_op.finalbody.block)
    handlers: list[_Handler] = []
    for index, name in enumerate(try_op.names.data):
        kind, handler = try_op.handlers[2 * index], try_op.handlers[2 * index + 1]
        classes = maker.expression(kind) if kind.block.first_op is not None else None
        handlers.append(_Handler(classes, name, maker.block(handler.block)))

    groups = [_of_group(handler) for handler in handlers] if try_op.star is not None else []

    def handled(frame: Frame) -> Signal:
        try:
            signal = run_steps(body, frame)
        except Raised as error:
            return caught(frame, error)
        if type(signal) is Fork:
            # No handler here sees what `else` raises, and it doesn't follow a handler.
            signal = turn(signal, {None: _ELSE})
            signal = handle(frame, signal, caught) if type(signal) is Fork else signal
            return after(frame, signal, partial(run_steps, orelse), (_ELSE,))
        return run_steps(orelse, frame) if signal is None else signal

    def caught(frame: Frame, raised: Raised) -> Signal:
        if groups:
            return drain(handle_group(frame, raised, groups))
        return _handle(frame, raised, handlers)

    def step(frame: Frame) -> Signal:
        frame.op = op
        return _finally(frame, handled, final)

    return step


def _of_group(handler: _Handler) -> Handler:
    """Return an `except*` in the form that may wait; this one never does."""
    classes = handler.classes
    assert classes is not None

    def compute(frame: Frame) -> Waiting:
        return classes(frame)
        yield

    return Handler(compute, handler.name, [(False, step) for step in handler.steps])


def _finally(frame: Frame, inner: Run, final: list[Step]) -> Signal:
    """Run `inner`, then `final`, whose own return, break or error wins."""
    if not final:
        return inner(frame)
    try:
        signal = inner(frame)
    except Raised as raised:
        raised.note_place(frame.location)
        return _at_last(frame, final, None, raised)
    if type(signal) is Fork:
        # Each side is marked, so that `final` runs once in it, whatever it ends with itself.
        signal = handle(frame, signal, lambda frame, raised: _marked(frame, final, None, raised))
        for end in _DONE:
            signal = after(frame, signal, partial(_marked, final=final, end=end), (end,))
        return _unmarked(signal)
    return _at_last(frame, final, signal, None)


_DONE: dict[str | None, str | None] = {
    end: f"done {end}" for end in (None, BREAK, CONTINUE, RETURN)
}
"""How a side ends that has left a `try` or a `with`, to how it ended."""
_ENDED: dict[str | None, str | None] = {done: end for end, done in _DONE.items()}


def _marked(
    frame: Frame, final: list[Step], end: str | None, raised: Raised | None = None
) -> Signal:
    """Run `final` after a side that ended so; say that it has run."""
    signal = _at_last(frame, final, end, raised)
    return turn(signal, _DONE) if type(signal) is Fork else _DONE.get(signal, signal)


def _unmarked(signal: Signal) -> Signal:
    return turn(signal, _ENDED) if type(signal) is Fork else _ENDED.get(signal, signal)


def _at_last(frame: Frame, final: list[Step], signal: str | None, raised: Raised | None) -> Signal:
    """Run `final` after what ended with a signal or an exception, and end in that way, too."""
    result, place = frame.result, frame.op
    last = _with_context(frame, final, raised)
    if last is not None:
        return _in_the_end(frame, last, partial(_as_before, result, place, signal, raised))
    return _as_before(result, place, signal, raised, frame)


def _as_before(
    result: object, place: Operation | None, signal: str | None, raised: Raised | None, frame: Frame
) -> Signal:
    """End as what `final` came after."""
    frame.folding.journal.result(frame)
    frame.result, frame.op = result, place
    if raised is not None:
        raise raised
    return signal


def _in_the_end(frame: Frame, last: Signal, go: Run) -> Signal:
    """Return how `final` itself ended; on the ways that came to its end, as what it is for did."""
    return after(frame, last, go) if type(last) is Fork else last


def _handle(frame: Frame, raised: Raised, handlers: Sequence[_Handler]) -> Signal:
    """Run the first handler that fits; without one the exception goes on."""
    frame.folding.check_needed()
    exception, place = raised.exception, frame.op
    for handler in handlers:
        if handler.classes is not None:
            try:
                fits = run(catches, exception, handler.classes(frame))
            except Raised as error:
                set_context(error, raised)
                raise
            if not fits:
                continue
        # The traceback shows the line that raised, not that of the handler.
        frame.op = place
        raised.passes(frame.name, frame.location)
        exception.__traceback__ = raised.traceback
        if handler.name:
            frame.store(handler.name, exception)
        try:
            return _with_context(frame, handler.steps, raised)
        finally:
            if handler.name:
                frame.folding.journal.variable(frame, handler.name)
                frame.forget(handler.name)
    frame.op = place
    raise raised


def _with_context(frame: Frame, steps: list[Step], raised: Raised | None) -> Signal:
    """Run steps while an exception is handled: it is the context of what they raise."""
    if raised is None:
        return run_steps(steps, frame)
    take_up(frame.folding, raised)
    frame.folding.handled.append(raised.exception)
    try:
        return run_steps(steps, frame)
    except Raised as error:
        set_context(error, raised)
        raise
    finally:
        frame.folding.handled.pop()


@makes(pyobj.WithOp)
def with_(maker: CodeMaker, op: Operation) -> Step:
    """Enter the manager, run the body, and leave the manager with what the body raised."""
    with_op = cast(pyobj.WithOp, op)
    manager, entered = maker.slot(with_op.manager), maker.slot(with_op.body.block.args[0])
    body = maker.block(with_op.body.block)

    def step(frame: Frame) -> Signal:
        frame.op = op
        value = frame.slots[manager]
        frame.slots[entered], leave = enter(frame, value)
        try:
            signal = run_steps(body, frame)
        except Raised as error:
            return failed(frame, error, value, leave)
        except BaseException:
            leave_quietly(value, leave)
            raise
        if type(signal) is not Fork:
            return left(frame, value, leave, signal)
        # Each side is marked, so that it leaves once, whatever leaving it ends with.
        signal = handle(frame, signal, partial(failed, value=value, leave=leave, done=_DONE[None]))
        for end, done in _DONE.items():
            going = partial(left, value=value, leave=leave, signal=end, done=done)
            signal = after(frame, signal, going, (end,))
        return _unmarked(signal)

    def left(
        frame: Frame, value: object, leave: object, signal: str | None, done: str | None = None
    ) -> Signal:
        result, frame.op = frame.result, op
        call(frame, leave, [value, None, None, None], {})
        frame.result = result
        return signal if done is None else done

    def failed(
        frame: Frame, raised: Raised, value: object, leave: object, done: str | None = None
    ) -> Signal:
        leave_by_error(frame, op, raised, value, leave)
        return done

    return step


@makes(pyobj.RaiseOp)
def raise_(maker: CodeMaker, op: Operation) -> Step:
    """Raise while compiling: unless a handler is there, the call raises."""
    slots: Sequence[int] = maker.slots(op.operands)

    def step(frame: Frame) -> str | None:
        frame.op = op
        if not slots:
            if not frame.folding.handled:
                raise Raised(RuntimeError("No active exception to reraise"))
            again = Raised(frame.folding.handled[-1])
            again.traceback, again.shown = again.exception.__traceback__, True
            raise again
        values = [frame.slots[slot] for slot in slots]
        made = [
            call(frame, value, [], {}) if isinstance(value, type) else value for value in values
        ]
        exception = made[0]
        if not isinstance(exception, BaseException):
            raise Raised(TypeError("exceptions must derive from BaseException"))
        if len(made) > 1:
            cause = made[1]
            if cause is not None and not isinstance(cause, BaseException):
                raise Raised(TypeError("exception causes must derive from BaseException"))
            exception.__cause__ = cause
        if frame.folding.handled and frame.folding.handled[-1] is not exception:
            exception.__context__ = None
        raised = Raised(exception)
        raised.traceback = exception.__traceback__
        take_up(frame.folding, raised)
        raise raised

    return step
