"""Steps of what evaluates operands only until one decides: `and`, `a < b < c`, `a if b else c`."""

from __future__ import annotations

from functools import partial
from typing import cast

from xdsl.ir import Block, Operation, SSAValue

from ..dialects import pyobj
from .calls import decided, negated, operate
from .code import CodeMaker, Expression, Step, makes, run_steps
from .forks import Signal, after, branch
from .frames import Frame
from .steps_values import COMPARE, is_same
from .tensor_numbers import TensorNumber


@makes(pyobj.ChainOp)
def chain(maker: CodeMaker, op: Operation) -> Step:
    """Compare neighbours until one comparison is false."""
    chain_op = cast(pyobj.ChainOp, op)
    first, slot = maker.slot(chain_op.first), maker.slot(op.results[0])
    signs = chain_op.operators.data
    others = [maker.expression(region) for region in chain_op.comparators]

    def compared(frame: Frame, index: int, left: object) -> Signal:
        """Compare with the operands from an index on, as long as that holds."""
        while True:
            right = others[index](frame)
            frame.op = op
            frame.folding.journal.put(frame, slot, one(frame, signs[index], left, right), op)
            index += 1
            if index == len(others):
                return None
            holds = decided(frame, frame.slots[slot])
            if isinstance(holds, SSAValue):
                rest = partial(compared, index=index, left=right)
                return branch(frame, holds, rest, _stay)
            if not holds:
                return None
            left = right

    def one(frame: Frame, sign: str, left: object, right: object) -> object:
        if sign not in ("is", "is not"):
            return operate(frame, COMPARE[sign], left, right)
        same = is_same(frame, left, right)
        return same if sign == "is" else negated(frame, same)

    def step(frame: Frame) -> Signal:
        return compared(frame, 0, frame.slots[first])

    return step


@makes(pyobj.AndOp, pyobj.OrOp)
def logic(maker: CodeMaker, op: Operation) -> Step:
    """Evaluate operands until one decides."""
    logic_op = cast(pyobj.AndOp, op)
    first, slot = maker.slot(logic_op.first), maker.slot(op.results[0])
    others = [maker.expression(region) for region in logic_op.others]
    deciding, only_asked = isinstance(op, pyobj.OrOp), is_only_asked(op)

    def known(frame: Frame, index: int) -> bool | SSAValue | None:
        """Return whether the value in the slot counts as true; None where nobody asks."""
        if index == len(others) and not only_asked:
            return None
        frame.op = op
        holds = decided(frame, frame.slots[slot])
        if only_asked and not isinstance(frame.slots[slot], bool):
            frame.folding.journal.put(frame, slot, as_bool(frame, holds), op)
        return holds

    def go_on(frame: Frame, index: int = 0) -> Signal:
        """Stop at the value in the slot if it decides, or go on with the operands from an index."""
        while True:
            holds = known(frame, index)
            if index == len(others) or holds is deciding:
                return None
            if isinstance(holds, SSAValue):
                rest = partial(evaluate, index=index)
                sides = (_stay, rest) if deciding else (rest, _stay)
                return branch(frame, holds, *sides)
            signal = others[index].run(frame, slot, op)
            index += 1
            if signal is not None:
                return after(frame, signal, partial(go_on, index=index))

    def evaluate(frame: Frame, index: int) -> Signal:
        signal = others[index].run(frame, slot, op)
        return after(frame, signal, partial(go_on, index=index + 1))

    def step(frame: Frame) -> Signal:
        frame.folding.journal.put(frame, slot, frame.slots[first], op)
        return go_on(frame)

    return step


def _stay(frame: Frame) -> None:
    return None


def as_bool(frame: Frame, holds: bool | SSAValue) -> object:
    """Return a bool that is known, or a run-time one."""
    return holds if isinstance(holds, bool) else TensorNumber(frame.folding.numbers, holds, bool)


def is_only_asked(op: Operation) -> bool:
    """Return whether the program asks of a value but whether it counts as true."""
    user = op.results[0].get_user_of_unique_use()
    if isinstance(user, pyobj.IfOp | pyobj.IfExpOp | pyobj.AssertOp):
        return user.operands[0] is op.results[0]
    if isinstance(user, pyobj.UnaryOp):
        return user.operator.data == "not"
    if isinstance(user, pyobj.AndOp | pyobj.OrOp):
        return is_only_asked(user)
    if not isinstance(user, pyobj.GiveOp):
        return False
    around, region = user.parent_op(), user.parent_region()
    if isinstance(around, pyobj.WhileOp):
        return region is around.condition
    return isinstance(around, pyobj.AndOp | pyobj.OrOp) and is_only_asked(around)


@makes(pyobj.IfExpOp)
def ifexp(maker: CodeMaker, op: Operation) -> Step:
    """Evaluate the first expression whose condition holds; a chain of them is a loop here."""
    cases: list[tuple[list[Step], Operation, int, Expression]] = []
    before: list[Step] = []
    current = cast(pyobj.IfExpOp, op)
    while True:
        body = maker.expression(current.body)
        cases.append((before, current, maker.slot(current.condition), body))
        inner = last_choice(current.orelse.block)
        if inner is None:
            final = maker.expression(current.orelse)
            break
        before, current = maker.block(current.orelse.block, inner), inner
    slot = maker.slot(op.results[0])

    def taken(frame: Frame, index: int) -> Signal:
        _, frame.op, condition, body = cases[index]
        holds = decided(frame, frame.slots[condition])
        if isinstance(holds, bool):
            return body.run(frame, slot, op) if holds else step(frame, index + 1)
        then = partial(body.run, slot=slot, op=op)
        return branch(frame, holds, then, partial(step, start=index + 1))

    def step(frame: Frame, start: int = 0) -> Signal:
        for index in range(start, len(cases)):
            before, case, condition, body = cases[index]
            signal = run_steps(before, frame)
            if signal is not None:
                return after(frame, signal, partial(taken, index=index))
            frame.op = case
            holds = decided(frame, frame.slots[condition])
            if holds is True:
                return body.run(frame, slot, op)
            if holds is not False:
                then, rest = partial(body.run, slot=slot, op=op), partial(step, start=index + 1)
                return branch(frame, holds, then, rest)
        return final.run(frame, slot, op)

    return step


def last_choice(block: Block) -> pyobj.IfExpOp | None:
    """Return the `a if b else c` whose value a block gives, None if it gives another one."""
    last = block.last_op
    given = last.prev_op if last is not None else None
    is_given = isinstance(given, pyobj.IfExpOp) and last.operands[0] is given.results[0]  # pyright: ignore[reportOptionalMemberAccess]
    return given if isinstance(given, pyobj.IfExpOp) and is_given else None
