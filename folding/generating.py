"""Bodies as lists of generators: the form of a body that may wait in the middle.

A part of a body that never waits is an ordinary step. A part that may wait, a `yield` or what has
one in it, is a function of the frame that returns a Python generator; that gives the part's signal.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, cast

from xdsl.ir import Block, Operation, Region

from ..dialects import pyobj
from .code import MAKERS, CodeMaker, refuse_fork, unknown
from .frames import Frame

Waiting = Generator[Any, Any, Any]
WaitingStep = Callable[[Frame], Waiting]
Part = tuple[bool, Any]
"""Whether it may wait, and the step or the waiting step."""

WaitingMaker = Callable[["GeneratingMaker", Any], WaitingStep]

WAITING: dict[type[Operation], WaitingMaker] = {}
"""What makes the waiting step of each op that may wait; filled by the modules `steps_*`."""

_INNER = (pyobj.DefOp, pyobj.LambdaOp, pyobj.ClassOp, pyobj.ComprehensionOp)
"""Ops whose regions are bodies of their own: what waits there doesn't make these wait."""


class GeneratingMaker(CodeMaker):
    """Makes the parts of one body, of which the ops of some kinds wait."""

    def __init__(self, *kinds: type[Operation]):
        super().__init__()
        self._kinds = kinds
        self._known: dict[Operation, bool] = {}

    def waits(self, op: Operation) -> bool:
        """Return whether an op, or one in its regions, waits."""
        found = self._known.get(op)
        if found is None:
            found = isinstance(op, self._kinds) or (
                not isinstance(op, _INNER)
                and any(
                    self.waits(inner)
                    for region in op.regions
                    for block in region.blocks
                    for inner in block.ops
                )
            )
            self._known[op] = found
        return found

    def parts(self, block: Block, but_last: bool = False) -> list[Part]:
        """Return the parts of a block, without its `pyobj.give`, or without its last op."""
        self.define(block)
        made: list[Part] = []
        for op in block.ops:
            if op.name in ("pyobj.give", "pyobj.pass") or (but_last and op is block.last_op):
                continue
            waiting = WAITING.get(type(op)) if self.waits(op) else None
            if waiting is not None:
                made.append((True, waiting(self, op)))
            else:
                made.append((False, MAKERS.get(type(op), unknown)(self, op)))
        return made

    def value(self, region: Region) -> WaitingStep:
        """Return what computes the value that a region gives."""
        parts = self.parts(region.block)
        last = region.block.last_op
        assert last is not None
        given = self.slot(last.operands[0])

        def compute(frame: Frame) -> Waiting:
            yield from run_parts(parts, frame)
            return frame.slots[given]

        return compute

    def optional(self, region: Region) -> WaitingStep | None:
        """Return what computes a value, None for an empty region."""
        return None if region.block.first_op is None else self.value(region)


def run_parts(parts: list[Part], frame: Frame) -> Waiting:
    """Run parts until one gives a signal, and return that.

    Raises CompileError for sides of a branch that can't be merged: who asks can't go on in both.
    """
    for waits, step in parts:
        signal = cast(Any, (yield from step(frame)) if waits else step(frame))
        if signal is not None:
            refuse_fork(signal)
            return signal
    return None


@dataclass(frozen=True)
class GeneratingCode:
    """A body in parts, and the number of slots that a frame needs for it."""

    parts: list[Part]
    slots: int
    given: int | None
    """The slot of the value that the body of a lambda gives."""


def generating_code(block: Block, key: str, *kinds: type[Operation]) -> GeneratingCode:
    """Return the code of a body in which ops of some kinds wait, made once for each key."""
    found: GeneratingCode | None = vars(block).get(key)
    if found is None:
        maker = GeneratingMaker(*kinds)
        for argument in block.args:
            maker.slot(argument)
        parts = maker.parts(block)
        maker.check()
        last = block.last_op
        gives = last is not None and last.name == "pyobj.give"
        given = maker.slot(last.operands[0]) if gives and last is not None else None
        found = vars(block)[key] = GeneratingCode(parts, maker.size, given)
    return found


def waits(*kinds: type[Operation]) -> Callable[[WaitingMaker], WaitingMaker]:
    """Register the function that makes the waiting steps of some ops."""

    def register(maker: WaitingMaker) -> WaitingMaker:
        for kind in kinds:
            WAITING[kind] = maker
        return maker

    return register


def drain(waiting: Waiting) -> Any:
    """Return what a generator that never waits returns."""
    try:
        next(waiting)
    except StopIteration as done:
        return done.value
    raise AssertionError("a body without 'yield' waits")
