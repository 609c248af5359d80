"""Steps of the statements that decide what runs next, and of the ops that are graph already."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import partial
from typing import NoReturn, cast

from xdsl.dialects.func import ReturnOp as FuncReturnOp
from xdsl.ir import Operation, SSAValue

from ..dialects import graph, pyobj
from ..dialects.append import append
from ..runtime.dispatch import from_value
from ..runtime.tensor import Tensor
from .calls import decided
from .code import BREAK, CONTINUE, RETURN, CodeMaker, Expression, Step, makes, run_steps
from .errors import Raised
from .forks import Signal, after, branch
from .frames import Frame
from .patterns import matches
from .rounds import ForStep, LoopStep

_Case = tuple[list[Step], pyobj.IfOp, int, list[Step]]
"""What computes a condition, its `if`, the condition's slot, and what runs where it holds."""


@makes(pyobj.IfOp)
def if_(maker: CodeMaker, op: Operation) -> Step:
    """Run the first block whose condition holds; a chain of `elif` is a loop here, too.

    From a condition on that only the call decides, both sides are run.
    """
    cases, final = _chain(maker, cast(pyobj.IfOp, op))

    def taken(frame: Frame, index: int, holds: bool | SSAValue) -> Signal:
        body = cases[index][3]
        if holds is True:
            return run_steps(body, frame)
        if holds is False:
            return step(frame, index + 1)
        return branch(frame, holds, partial(run_steps, body), partial(step, start=index + 1))

    def decide(frame: Frame, index: int) -> Signal:
        _, frame.op, condition, _ = cases[index]
        return taken(frame, index, decided(frame, frame.slots[condition]))

    def step(frame: Frame, start: int = 0) -> Signal:
        for index in range(start, len(cases)):
            before, case, condition, _ = cases[index]
            signal = run_steps(before, frame) if before else None
            if signal is not None:
                return after(frame, signal, partial(decide, index=index))
            frame.op = case
            holds = frame.slots[condition]
            if holds is not True and holds is not False:
                holds = decided(frame, holds)
            if holds is not False:
                return taken(frame, index, holds)
        return run_steps(final, frame)

    return step


def _chain(maker: CodeMaker, op: pyobj.IfOp) -> tuple[list[_Case], list[Step]]:
    """Return what an `if` with its `elif`s may run, and its `else`."""
    cases: list[_Case] = []
    before: list[Step] = []
    current = op
    while True:
        body = maker.block(current.body.block)
        cases.append((before, current, maker.slot(current.condition), body))
        orelse = current.orelse.block
        last = orelse.last_op
        if not isinstance(last, pyobj.IfOp):
            return cases, maker.block(orelse)
        before, current = maker.block(orelse, last), last


@makes(pyobj.WhileOp)
def while_(maker: CodeMaker, op: Operation) -> Step:
    """Run a block while a condition holds; once only the call decides, it becomes a loop."""
    while_op = cast(pyobj.WhileOp, op)
    condition = maker.expression(while_op.condition)
    body = partial(run_steps, maker.block(while_op.body.block))
    orelse = partial(run_steps, maker.block(while_op.orelse.block))

    def step(frame: Frame) -> Signal:
        return LoopStep(op, body, orelse, condition)(frame)

    return step


@makes(pyobj.ForOp)
def for_(maker: CodeMaker, op: Operation) -> Step:
    """Run a block for each item; rounds over a long range become a loop of the graph."""
    for_op = cast(pyobj.ForOp, op)
    iterable, item = maker.slot(for_op.iterable), maker.slot(for_op.body.block.args[0])
    body = partial(run_steps, maker.block(for_op.body.block))
    orelse = partial(run_steps, maker.block(for_op.orelse.block))
    rounds = ForStep(op, body, orelse, item)

    def step(frame: Frame) -> Signal:
        frame.op = op
        return rounds.over(frame, frame.slots[iterable])

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

    def step(frame: Frame) -> Signal:
        frame.op = op
        holds = decided(frame, frame.slots[condition])
        if holds is False:
            fail(frame)
        if isinstance(holds, SSAValue):
            return branch(frame, holds, lambda frame: None, fail)
        return None

    def fail(frame: Frame) -> NoReturn:
        raise Raised(AssertionError() if text is None else AssertionError(text(frame)))

    return step


@makes(*graph.Graph.operations)
def graph_op(maker: CodeMaker, op: Operation) -> Step:
    """Copy an op that is graph already into the graph."""
    operands, results = maker.slots(op.operands), maker.slots(op.results)
    kind, types = type(op), [result.type for result in op.results]

    def step(frame: Frame) -> None:
        frame.op = op
        folding = frame.folding
        values = [cast(Tensor, frame.slots[slot]).graph_value(folding) for slot in operands]
        new = append(folding.block, kind, values, types, op.properties, op.location)
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

    def enter(frame: Frame, index: int, bound: dict[str, object]) -> Signal:
        """Bind the names of a case that fits, and run it if its guard holds, else go on."""
        _, guard, body = cases[index]
        for name, item in bound.items():
            frame.store(name, item)
        holds = True if guard is None else decided(frame, guard(frame))
        if holds is True:
            return run_steps(body, frame)
        rest = partial(step, start=index + 1)
        return (
            rest(frame) if holds is False else branch(frame, holds, partial(run_steps, body), rest)
        )

    def step(frame: Frame, start: int = 0) -> Signal:
        for index in range(start, len(cases)):
            frame.op = op
            bound: dict[str, object] = {}
            fits = matches(frame, cases[index][0], frame.slots[subject], bound)
            if fits is True:
                return enter(frame, index, bound)
            if fits is not False:
                rest = partial(step, start=index + 1)
                return branch(frame, fits, partial(enter, index=index, bound=bound), rest)
        return None

    return step
