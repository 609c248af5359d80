"""`try`, `with` and `assert` that may wait in the middle.

Each does what its step in `steps_exceptions` does; that one can't wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..dialects import pyobj
from .calls import call, truth
from .context_managers import enter, leave_by_error
from .errors import Raised, run
from .exception_groups import Caught, regroup, take
from .exception_handling import catches, set_context, take_up
from .frames import Frame
from .generating import GeneratingMaker, Part, Waiting, WaitingStep, run_parts, waits


@dataclass(frozen=True)
class Handler:
    """One `except`: what gives its classes (None: bare), its variable, its parts."""

    classes: WaitingStep | None
    name: str
    parts: list[Part]


@waits(pyobj.TryOp)
def try_(maker: GeneratingMaker, op: pyobj.TryOp) -> WaitingStep:
    """Run the body, the handler that fits or `else`, and `finally`."""
    body, orelse = maker.parts(op.body.block), maker.parts(op.orelse.block)
    final = maker.parts(op.finalbody.block)
    handle = _handle if op.star is None else handle_group
    handlers = [
        Handler(
            maker.optional(op.handlers[2 * index]),
            name,
            maker.parts(op.handlers[2 * index + 1].block),
        )
        for index, name in enumerate(op.names.data)
    ]

    def handled(frame: Frame) -> Waiting:
        try:
            signal = yield from run_parts(body, frame)
        except Raised as error:
            raised = error
        else:
            return signal if signal is not None else (yield from run_parts(orelse, frame))
        return (yield from handle(frame, raised, handlers))

    def step(frame: Frame) -> Waiting:
        frame.op = op
        return (yield from (_finally(frame, handled, final) if final else handled(frame)))

    return step


def _finally(frame: Frame, inner: Callable[[Frame], Waiting], final: list[Part]) -> Waiting:
    """Run `inner`, then `final`, whose own return, break or error wins."""
    raised: Raised | None = None
    signal = None
    try:
        signal = yield from inner(frame)
    except Raised as error:
        raised = error
    result, place = frame.result, frame.op
    last = yield from _with_context(frame, final, raised)
    if last is not None:
        return last
    frame.folding.journal.result(frame)
    frame.result, frame.op = result, place
    if raised is not None:
        raise raised
    return signal


def _with_context(frame: Frame, parts: list[Part], raised: Raised | None) -> Waiting:
    if raised is None:
        return (yield from run_parts(parts, frame))
    take_up(frame.folding, raised)
    exception, handled = raised.exception, frame.folding.handled
    handled.append(exception)
    try:
        return (yield from run_parts(parts, frame))
    except Raised as error:
        set_context(error, raised)
        raise
    finally:
        if handled and handled[-1] is exception:
            handled.pop()


def _handle(frame: Frame, raised: Raised, handlers: Sequence[Handler]) -> Waiting:
    """Run the first handler that fits; without one the exception goes on."""
    frame.folding.check_needed()
    exception, place = raised.exception, frame.op
    for handler in handlers:
        if handler.classes is None or (
            yield from _asked(frame, handler.classes, raised, catches, exception)
        ):
            # The traceback shows the line that raised, not that of the handler.
            frame.op = place
            raised.passes(frame.name, frame.location)
            exception.__traceback__ = raised.traceback
            return (yield from _run_handler(frame, handler, exception, raised))
    frame.op = place
    raise raised


def _asked(
    frame: Frame,
    classes: WaitingStep,
    raised: Raised,
    question: Callable[[Any, Any], object],
    exception: BaseException | None,
) -> Waiting:
    """Return what `question` says about an exception and the classes of a handler."""
    try:
        kinds = yield from classes(frame)
        return run(question, exception, kinds)
    except Raised as error:
        set_context(error, raised)
        raise


def _run_handler(
    frame: Frame, handler: Handler, exception: BaseException, raised: Raised
) -> Waiting:
    if handler.name:
        frame.store(handler.name, exception)
    try:
        return (yield from _with_context(frame, handler.parts, raised))
    finally:
        if handler.name:
            frame.forget(handler.name)


def handle_group(frame: Frame, raised: Raised, handlers: Sequence[Handler]) -> Waiting:
    """Run each handler with what it takes of the exception, and raise what is left."""
    frame.folding.check_needed()
    raised.passes(frame.name, frame.location)
    original = rest = raised.exception
    original.__traceback__ = raised.traceback
    caught = Caught(original)
    for handler in handlers:
        assert handler.classes is not None
        taken, rest = yield from _asked(frame, handler.classes, raised, take, rest)
        if taken is None:
            continue
        part = Raised(taken)
        part.traceback = raised.traceback
        try:
            yield from _run_handler(frame, handler, taken, part)
        except Raised as error:
            caught.raised.append(error.exception)
    left = regroup(caught, rest)
    if left is not None:
        if left is original:
            raise raised
        again = Raised(left)
        again.traceback = None if left.__traceback__ is None else raised.traceback
        raise again
    return None


@waits(pyobj.WithOp)
def with_(maker: GeneratingMaker, op: pyobj.WithOp) -> WaitingStep:
    """Enter the manager, run the body, and leave the manager with what the body raised."""
    manager, entered = maker.slot(op.manager), maker.slot(op.body.block.args[0])
    body = maker.parts(op.body.block)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        value = frame.slots[manager]
        frame.slots[entered], leave = enter(frame, value)
        try:
            signal = yield from run_parts(body, frame)
        except Raised as error:
            raised = error
        else:
            result, frame.op = frame.result, op
            call(frame, leave, [value, None, None, None], {})
            frame.result = result
            return signal
        leave_by_error(frame, op, raised, value, leave)
        return None

    return step


@waits(pyobj.AssertOp)
def assert_(maker: GeneratingMaker, op: pyobj.AssertOp) -> WaitingStep:
    """Raise AssertionError if a condition fails."""
    condition, message = maker.slot(op.condition), maker.optional(op.message)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        if not truth(frame, frame.slots[condition]):
            text = () if message is None else ((yield from message(frame)),)
            raise Raised(AssertionError(*text))

    return step
