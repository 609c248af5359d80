"""The statements and values that may wait in the middle: with a `yield` in them.

Each does what its step in the other modules `steps_*` does; that one can't wait.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..dialects import pyobj
from .attribute_changes import set_attribute
from .attributes import get_attribute
from .calls import call, descent_of, iterator_of, negated, operate, truth
from .changes import set_item
from .code import BREAK, RETURN
from .errors import Raised, run
from .exception_groups import Caught, regroup, take
from .exception_handling import catches, manager_methods, set_context, take_up
from .frames import Frame
from .generating import (
    GeneratingMaker,
    Part,
    Waiting,
    WaitingStep,
    run_parts,
    waits,
)
from .patterns import matches
from .steps_statements import augment
from .steps_values import COMPARE, is_same
from .unpacking import arguments_of

_END = object()


@waits(pyobj.IfOp)
def if_(maker: GeneratingMaker, op: pyobj.IfOp) -> WaitingStep:
    """Run the first block whose condition holds."""
    cases: list[tuple[list[Part], pyobj.IfOp, int, list[Part]]] = []
    before: list[Part] = []
    current = op
    while True:
        body = maker.parts(current.body.block)
        cases.append((before, current, maker.slot(current.condition), body))
        orelse = current.orelse.block
        last = orelse.last_op
        if not isinstance(last, pyobj.IfOp):
            final = maker.parts(orelse)
            break
        before, current = maker.parts(orelse, but_last=True), last

    def step(frame: Frame) -> Waiting:
        for before, case, condition, body in cases:
            yield from run_parts(before, frame)
            frame.op = case
            if truth(frame, frame.slots[condition]):
                return (yield from run_parts(body, frame))
        return (yield from run_parts(final, frame))

    return step


@waits(pyobj.WhileOp)
def while_(maker: GeneratingMaker, op: pyobj.WhileOp) -> WaitingStep:
    """Run a block while a condition holds."""
    condition = maker.value(op.condition)
    body, orelse = maker.parts(op.body.block), maker.parts(op.orelse.block)

    def step(frame: Frame) -> Waiting:
        while True:
            value = yield from condition(frame)
            frame.op = op
            if not truth(frame, value):
                return (yield from run_parts(orelse, frame))
            frame.folding.count_iteration()
            signal = yield from run_parts(body, frame)
            if signal == BREAK:
                return None
            if signal == RETURN:
                return signal

    return step


@waits(pyobj.ForOp)
def for_(maker: GeneratingMaker, op: pyobj.ForOp) -> WaitingStep:
    """Run a block for each item."""
    iterable, item_slot = maker.slot(op.iterable), maker.slot(op.body.block.args[0])
    body, orelse = maker.parts(op.body.block), maker.parts(op.orelse.block)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        iterator = iterator_of(frame, frame.slots[iterable])
        while True:
            frame.op = op
            item = run(next, iterator, _END)
            if item is _END:
                return (yield from run_parts(orelse, frame))
            frame.folding.count_iteration()
            frame.slots[item_slot] = item
            signal = yield from run_parts(body, frame)
            if signal == BREAK:
                return None
            if signal == RETURN:
                return signal

    return step


@waits(pyobj.MatchOp)
def match_(maker: GeneratingMaker, op: pyobj.MatchOp) -> WaitingStep:
    """Run the first case whose pattern fits and whose guard holds."""
    subject = maker.slot(op.subject)
    cases: list[tuple[ast.pattern, WaitingStep | None, list[Part]]] = []
    for index, pattern in enumerate(op.patterns.data):
        guard, body = op.cases[2 * index], op.cases[2 * index + 1]
        cases.append((pattern.data, maker.optional(guard), maker.parts(body.block)))

    def step(frame: Frame) -> Waiting:
        value = frame.slots[subject]
        for pattern, guard, body in cases:
            frame.op = op
            bound: dict[str, object] = {}
            fits = matches(frame, pattern, value, bound)
            if fits is not True and (fits is False or not frame.folding.undecided(fits)):
                continue
            for name, item in bound.items():
                frame.store(name, item)
            if guard is None or truth(frame, (yield from guard(frame))):
                return (yield from run_parts(body, frame))
        return None

    return step


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
        enter, leave = manager_methods(value)
        frame.folding.note_object(value)
        frame.slots[entered] = call(frame, enter, [value], {})
        try:
            signal = yield from run_parts(body, frame)
        except Raised as error:
            raised = error
        else:
            result, frame.op = frame.result, op
            call(frame, leave, [value, None, None, None], {})
            frame.result = result
            return signal
        raised.passes(frame.name, frame.location)
        raised.shown = True
        take_up(frame.folding, raised)
        exception, frame.op = raised.exception, op
        exception.__traceback__ = raised.traceback
        details = [value, type(exception), exception, exception.__traceback__]
        frame.folding.handled.append(exception)
        try:
            if not truth(frame, call(frame, leave, details, {})):
                raise raised
        finally:
            frame.folding.handled.pop()
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


@waits(pyobj.CallOp)
def call_(maker: GeneratingMaker, op: pyobj.CallOp) -> WaitingStep:
    """Wait for a call of a function that is folded; any other is done at once."""
    callee, slot = maker.slot(op.callee), maker.slot(op.results[0])
    arguments, layout = maker.slots(op.arguments), op.layout.data

    def step(frame: Frame) -> Waiting:
        frame.op = op
        slots = frame.slots
        values = [slots[argument] for argument in arguments]
        args, kwargs = arguments_of(slots[callee], layout, values)
        descent = descent_of(frame, slots[callee], args, kwargs)
        if descent is not None:
            slots[slot] = yield descent
        else:
            slots[slot] = call(frame, slots[callee], args, kwargs)

    return step


@waits(pyobj.AndOp, pyobj.OrOp)
def logic(maker: GeneratingMaker, op: Any) -> WaitingStep:
    """Evaluate operands until one decides."""
    first, slot = maker.slot(op.first), maker.slot(op.results[0])
    deciding = isinstance(op, pyobj.OrOp)
    others = [maker.value(region) for region in op.others]

    def step(frame: Frame) -> Waiting:
        value = frame.slots[first]
        for other in others:
            frame.op = op
            if truth(frame, value) == deciding:
                break
            value = yield from other(frame)
        frame.slots[slot] = value

    return step


@waits(pyobj.ChainOp)
def chain(maker: GeneratingMaker, op: pyobj.ChainOp) -> WaitingStep:
    """Compare neighbours until one comparison is false."""
    first, slot = maker.slot(op.first), maker.slot(op.results[0])
    signs = op.operators.data
    others = [maker.value(region) for region in op.comparators]

    def step(frame: Frame) -> Waiting:
        left = frame.slots[first]
        result: object = True
        for index, (sign, other) in enumerate(zip(signs, others, strict=True)):
            right = yield from other(frame)
            frame.op = op
            if sign in ("is", "is not"):
                same = is_same(frame, left, right)
                result = same if sign == "is" else negated(frame, same)
            else:
                result = operate(frame, COMPARE[sign], left, right)
            if index + 1 < len(others) and not truth(frame, result):
                break
            left = right
        frame.slots[slot] = result

    return step


@waits(pyobj.IfExpOp)
def ifexp(maker: GeneratingMaker, op: pyobj.IfExpOp) -> WaitingStep:
    """Evaluate one of two expressions."""
    condition, slot = maker.slot(op.condition), maker.slot(op.results[0])
    body, orelse = maker.value(op.body), maker.value(op.orelse)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        chosen = body if truth(frame, frame.slots[condition]) else orelse
        frame.slots[slot] = yield from chosen(frame)

    return step


@waits(pyobj.AugStoreOp)
def aug_store(maker: GeneratingMaker, op: pyobj.AugStoreOp) -> WaitingStep:
    """`x += value`."""
    name, sign, right = op.variable.data, op.operator.data, maker.value(op.value)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        old = frame.load(name)
        value = yield from right(frame)
        frame.op = op
        frame.store(name, augment(frame, sign, old, value))

    return step


@waits(pyobj.AugSetAttrOp)
def aug_setattr(maker: GeneratingMaker, op: pyobj.AugSetAttrOp) -> WaitingStep:
    """`o.x += value`."""
    owner, name, sign = maker.slot(op.owner), op.attribute.data, op.operator.data
    right = maker.value(op.value)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        target = frame.slots[owner]
        old = get_attribute(frame, target, name)
        value = yield from right(frame)
        frame.op = op
        set_attribute(frame, target, name, augment(frame, sign, old, value))

    return step


@waits(pyobj.AugSetItemOp)
def aug_setitem(maker: GeneratingMaker, op: pyobj.AugSetItemOp) -> WaitingStep:
    """`o[k] += value`."""
    owner, key, sign = maker.slot(op.owner), maker.slot(op.key), op.operator.data
    right = maker.value(op.value)

    def step(frame: Frame) -> Waiting:
        frame.op = op
        target, index = frame.slots[owner], frame.slots[key]
        old = operate(frame, operator.getitem, target, index)
        value = yield from right(frame)
        frame.op = op
        set_item(frame, target, index, augment(frame, sign, old, value))

    return step
