"""Bodies as lists of Python closures, made once, so that a step costs microseconds.

Each op becomes a step: a function of the frame that returns None, or a signal that ends the
block. A value of the body is a slot of the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from xdsl.ir import Block, Operation, Region, SSAValue

from .forks import Fork, Run, after, resume
from .frames import Frame

Step = Callable[[Frame], "str | Fork | None"]
Maker = Callable[["CodeMaker", Operation], Step]

BREAK, CONTINUE, RETURN = "break", "continue", "return"


class Expression:
    """The steps of a region that gives a value."""

    __slots__ = ("given", "steps")

    def __init__(self, steps: list[Step], given: int):
        self.steps = steps
        self.given = given

    def __call__(self, frame: Frame) -> Any:
        """Return the value. Raises CompileError where it comes about in two ways."""
        for step in self.steps:
            signal = step(frame)
            if signal is not None:
                refuse_fork(signal)
        return frame.slots[self.given]

    def run(self, frame: Frame, slot: int, op: Operation) -> str | Fork | None:
        """Put the value into the slot of an op, on each way that it comes about.

        Returns how the steps end.
        """

        def put(frame: Frame) -> None:
            frame.folding.journal.put(frame, slot, frame.slots[self.given], op)

        return self.then(frame, put)

    def then(self, frame: Frame, go: Run, start: int = 0) -> str | Fork | None:
        """Run the steps from an index on, and then `go`, on each way that comes to their end.

        One way after the other, since they share the slots.
        """
        for index in range(start, len(self.steps)):
            signal = self.steps[index](frame)
            if signal is not None:
                rest = partial(self.then, go=go, start=index + 1)
                return after(frame, cast(Any, signal), rest)
        return go(frame)


def refuse_fork(signal: object) -> None:
    """Raise CompileError for a fork where nothing can go on in both of its sides."""
    if type(signal) is Fork:
        signal.refuse()


MAKERS: dict[type[Operation], Maker] = {}
"""What makes the step of each op; filled by the modules `steps_*`."""


@dataclass(frozen=True)
class Code:
    """A body: its steps, and the number of slots that a frame needs for it."""

    steps: list[Step]
    slots: int
    arguments: tuple[int, ...]
    given: int | None
    """The slot of the value that the body of a lambda gives."""


class CodeMaker:
    """Makes the steps of one body and of the regions in it; they share the slots."""

    def __init__(self):
        self._slots: dict[SSAValue, int] = {}
        self._defined: set[SSAValue] = set()

    @property
    def size(self) -> int:
        """Number of slots given out so far."""
        return len(self._slots)

    def slot(self, value: SSAValue) -> int:
        """Return the slot of a value."""
        return self._slots.setdefault(value, len(self._slots))

    def slots(self, values: object) -> tuple[int, ...]:
        """Return the slots of several values."""
        return tuple(self.slot(value) for value in values)  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportUnknownArgumentType]

    def block(self, block: Block, without: Operation | None = None) -> list[Step]:
        """Return the steps of a block, without its `pyobj.give`, or without its last ops."""
        self.define(block)
        steps: list[Step] = []
        for op in block.ops:
            if op is without:
                break
            if op.name not in ("pyobj.give", "pyobj.pass"):
                steps.append(MAKERS.get(type(op), unknown)(self, op))
        return steps

    def define(self, block: Block) -> None:
        """Be told that the values of a block belong to this body."""
        self._defined.update(block.args)
        for op in block.ops:
            self._defined.update(op.results)

    def check(self) -> None:
        """Raise ValueError if an op uses a value of a body around: only variables go there."""
        if not self._defined.issuperset(self._slots):
            raise ValueError("an op uses a value of another function's body")

    def expression(self, region: Region) -> Expression:
        """Return what computes the value that a region gives."""
        steps = self.block(region.block)
        last = region.block.last_op
        assert last is not None
        return Expression(steps, self.slot(last.operands[0]))


def run_steps(steps: list[Step], frame: Frame) -> str | Fork | None:
    """Run steps until one gives a signal, and return that.

    After a fork the rest is run in each side that comes to it.
    """
    for step in steps:
        signal = step(frame)
        if signal is not None:
            if type(signal) is not Fork:
                return signal
            return resume(frame, signal, partial(run_steps, steps[steps.index(step) + 1 :]))
    return None


_CODE = "foldaway_code"
"""Kept on the block, so that both go together: the steps hold its ops."""


def code_of(block: Block) -> Code:
    """Return the code of a function's, a lambda's or a comprehension's body, made once."""
    found = vars(block).get(_CODE)
    if found is None:
        maker = CodeMaker()
        arguments = tuple(maker.slot(argument) for argument in block.args)
        steps = maker.block(block)
        maker.check()
        last = block.last_op
        lambda_ = last is not None and last.name == "pyobj.give"
        given = maker.slot(last.operands[0]) if lambda_ and last is not None else None
        found = vars(block)[_CODE] = Code(steps, maker.size, arguments, given)
    return found


def makes(*kinds: type[Operation]) -> Callable[[Maker], Maker]:
    """Register the function that makes the steps of some ops."""

    def register(maker: Maker) -> Maker:
        for kind in kinds:
            MAKERS[kind] = maker
        return maker

    return register


def unknown(maker: CodeMaker, op: Operation) -> Step:
    """Return a step that refuses an op which nobody folds."""
    words = op.name.removeprefix("pyobj.").replace("_", " ")

    def step(frame: Frame) -> None:
        frame.op = op
        frame.folding.reject(
            f"'{words}' can't be compiled yet", "do this outside the compiled function"
        )

    return step
