"""The statements and values that may wait in the middle: with a `yield` in them.

Each does what its step in the other modules `steps_*` does; that one can't wait.
"""

from __future__ import annotations

import ast
import operator
from typing import Any

from ..dialects import pyobj
from .attribute_changes import set_attribute
from .attributes import get_attribute
from .calls import call, descent_of, iterator_of, negated, operate, truth
from .changes import set_item
from .code import BREAK, RETURN
from .errors import run
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
