"""Steps of the statements that decide what runs next, and of the ops that are graph already."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import cast

from xdsl.dialects.func import ReturnOp as FuncReturnOp
from xdsl.ir import Operation

from ..dialects import graph, pyobj
from ..runtime.dispatch import from_value
from ..runtime.tensor import Tensor
from .calls import iterator_of, truth
from .code import BREAK, CONTINUE, RETURN, CodeMaker, Expression, Step, makes, run_steps
from .errors import Raised, run
from .frames import Frame
from .patterns import matches

_END = object()


@makes(pyobj.IfOp)
def if_(maker: CodeMaker, op: Operation) -> Step:
    """Run the first block whose condition holds; a chain of `elif` is a loop here, too."""
    cases: list[tuple[list[Step], Operation, int, list[Step]]] = []
    before: list[Step] = []
    current = cast(pyobj.IfOp, op)
    while True:
        body = maker.block(current.body.block)
        cases.append((before, current, maker.slot(current.condition), body))
        orelse = current.orelse.block
        last = orelse.last_op
        if not isinstance(last, pyobj.IfOp):
            final = maker.block(orelse)
            break
        before, current = maker.block(orelse, last), last

    def step(frame: Frame) -> str | None:
        for before, case, condition, body in cases:
            signal = run_steps(before, frame)
            if signal is not None:
                return signal
            frame.op = case
            if truth(frame, frame.slots[condition]):
                return run_steps(body, frame)
        return run_steps(final, frame)

    return step


@makes(pyobj.WhileOp)
def while_(maker: CodeMaker, op: Operation) -> Step:
    """Run a block while a condition that is known while compiling holds."""
    while_op = cast(pyobj.WhileOp, op)
    condition = maker.expression(while_op.condition)
    body, orelse = maker.block(while_op.body.block), maker.block(while_op.orelse.block)

    def step(frame: Frame) -> str | None:
        while True:
            value = condition(frame)
            frame.op = op
            if not truth(frame, value):
                return run_steps(orelse, frame)
            frame.folding.count_iteration()
            signal = run_steps(body, frame)
            if signal == BREAK:
                return None
            if signal == RETURN:
                return signal

    return step


@makes(pyobj.ForOp)
def for_(maker: CodeMaker, op: Operation) -> Step:
    """Run a block for each item of what is known while compiling."""
    for_op = cast(pyobj.ForOp, op)
    iterable, item_slot = maker.slot(for_op.iterable), maker.slot(for_op.body.block.args[0])
    body, orelse = maker.block(for_op.body.block), maker.block(for_op.orelse.block)

    def step(frame: Frame) -> str | None:
        frame.op = op
        iterator = iterator_of(frame, frame.slots[iterable])
        while True:
            frame.op = op
            item = run(next, iterator, _END)
            if item is _END:
                return run_steps(orelse, frame)
            frame.folding.count_iteration()
            frame.slots[item_slot] = item
            signal = run_steps(body, frame)
            if signal == BREAK:
                return None
            if signal == RETURN:
                return signal

    return step


@makes(pyobj.BreakOp, pyobj.ContinueOp)
def jump(maker: CodeMaker, op: Operation) -> Step:
    """End the block with a signal."""
    signal = BREAK if isinstance(op, pyobj.BreakOp) else CONTINUE
    return lambda frame: signal


@makes(pyobj.ReturnOp)
def return_(maker: CodeMaker, op: Operation) -> Step:
    """Leave the function."""
    value = maker.slot(op.operands[0]) if op.operands else None

    def step(frame: Frame) -> str:
        frame.op = op
        frame.folding.journal.result(frame)
        frame.result = None if value is None else frame.slots[value]
        return RETURN

    return step


@makes(FuncReturnOp)
def func_return(maker: CodeMaker, op: Operation) -> Step:
    """Leave a function that is graph throughout, with one tensor or several."""
    slots: Sequence[int] = maker.slots(op.operands)

    def step(frame: Frame) -> str:
        frame.op = op
        values = tuple(frame.slots[slot] for slot in slots)
        frame.result = values[0] if len(values) == 1 else values
        return RETURN

    return step


@makes(pyobj.AssertOp)
def assert_(maker: CodeMaker, op: Operation) -> Step:
    """Raise AssertionError while compiling if a known condition fails."""
    assert_op = cast(pyobj.AssertOp, op)
    condition = maker.slot(assert_op.condition)
    message = assert_op.message.block
    text = maker.expression(assert_op.message) if message.first_op is not None else None

    def step(frame: Frame) -> None:
        frame.op = op
        if not truth(frame, frame.slots[condition]):
            raise Raised(AssertionError() if text is None else AssertionError(text(frame)))

    return step


@makes(*graph.Graph.operations)
def graph_op(maker: CodeMaker, op: Operation) -> Step:
    """Copy an op that is graph already into the graph."""
    operands, results = maker.slots(op.operands), maker.slots(op.results)

    def step(frame: Frame) -> None:
        frame.op = op
        folding = frame.folding
        values = [cast(Tensor, frame.slots[slot]).graph_value(folding) for slot in operands]
        new = type(op).create(
            operands=values,
            result_types=[result.type for result in op.results],
            properties=op.properties,
            location=op.location,
        )
        folding.block.add_op(new)
        for slot, result in zip(results, new.results, strict=True):
            frame.slots[slot] = from_value(folding, result)

    return step


@makes(pyobj.MatchOp)
def match_(maker: CodeMaker, op: Operation) -> Step:
    """Run the first case whose pattern fits and whose guard holds."""
    match_op = cast(pyobj.MatchOp, op)
    subject = maker.slot(match_op.subject)
    cases: list[tuple[ast.pattern, Expression | None, list[Step]]] = []
    for index, pattern in enumerate(match_op.patterns.data):
        guard, body = match_op.cases[2 * index], match_op.cases[2 * index + 1]
        condition = maker.expression(guard) if guard.block.first_op is not None else None
        cases.append((pattern.data, condition, maker.block(body.block)))

    def step(frame: Frame) -> str | None:
        value = frame.slots[subject]
        for pattern, guard, body in cases:
            frame.op = op
            bound: dict[str, object] = {}
            if not matches(frame, pattern, value, bound):
                continue
            for name, item in bound.items():
                frame.store(name, item)
            if guard is None or truth(frame, guard(frame)):
                return run_steps(body, frame)
        return None

    return step
