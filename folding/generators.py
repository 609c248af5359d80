"""Generator functions: a call gives a real Python generator, whose body is folded as it goes on.

Source: <https://docs.python.org/3/reference/expressions.html#generator-iterator-methods>.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xdsl.ir import Operation

from ..dialects import pyobj
from ..dialects.source import CompileError, reject
from ..runtime.interrupts import is_interrupt
from ..runtime.tracing import current_tracer
from .errors import Raised, run, wrapped
from .frames import Frame
from .functions import Body
from .generating import (
    GeneratingCode,
    GeneratingMaker,
    Waiting,
    WaitingStep,
    generating_code,
    run_parts,
    waits,
)
from .taint import taint_of_call

if TYPE_CHECKING:
    from .session import Folding

_CODE = "foldaway_generating"


class GeneratorFrame(Frame):
    """The frame of a generator; it is entered and left many times."""

    __slots__ = ("around", "depth", "handled", "started")

    def enter(self) -> None:
        """Go on where the body waited."""
        folding = self.folding
        folding.unfinished.pop(id(self), None)
        if folding.journal.depth != self.depth:
            folding.reject(
                f"the generator '{self.name}' goes on in a branch or loop that depends on run-time"
                " data, and was made outside of it",
                "make the generator where it is used, or use a list",
            )
        self.around = self.caller = folding.frame
        folding.frame = self
        folding.depth += 1
        self.started = len(folding.handled)
        folding.handled += self.handled

    def wait(self, op: Operation, guarded: bool) -> None:
        """Leave the body where handlers may stand around."""
        if guarded:
            self.folding.unfinished[id(self)] = (self, op)
        self.leave()

    def leave(self) -> None:
        """Wait, or end."""
        folding = self.folding
        self.handled = folding.handled[self.started :]
        del folding.handled[self.started :]
        folding.depth -= 1
        folding.frame, self.around = self.around, None


def make_generator(
    caller: Frame, body: Body, variables: dict[str, object], qualname: str
) -> types.GeneratorType[Any, Any, Any]:
    """Return the generator that a call of a generator function gives."""
    code = generating_code(body.block, _CODE, pyobj.YieldOp, pyobj.YieldFromOp)
    folding = caller.folding
    frame = GeneratorFrame(
        folding, body.name, body.scope, code.slots, body.function, body.parent, qualname
    )
    frame.bind(body.parameters, variables)
    frame.around, frame.handled, frame.started = None, [], 0
    frame.depth = folding.journal.depth
    frame.tainted = taint_of_call(caller, body.parameters)
    frame.op = caller.op
    made: Any = _generate(frame, code)
    made.__name__, made.__qualname__ = body.name, qualname
    folding.journal.made(made)
    return made


def _generate(frame: GeneratorFrame, code: GeneratingCode) -> Waiting:
    """Drive a body; what is thrown goes into it as `Raised`, and what it raises comes out bare.

    The body itself is never closed: Python would close each of its parts by itself.
    """
    raised: Raised | None = None
    body = run_parts(code.parts, frame)
    resume: Callable[[Any], Any] = body.send
    given: Any = None
    try:
        while True:
            frame.enter()
            value = resume(given)
            try:
                given = yield value
                resume = body.send
            except GeneratorExit as error:
                if not _may_close(frame.folding):
                    raise
                resume, given = body.throw, wrapped(error)
            except BaseException as error:
                if is_interrupt(error):
                    raise
                resume, given = body.throw, wrapped(error)
    except StopIteration:
        pass
    except Raised as error:
        frame.folding.check_needed()
        error.passes(frame.name, frame.location)
        raised = error
    finally:
        if frame.folding.frame is frame:
            frame.leave()
    if raised is not None:
        # Native code may be asking: it knows nothing of `Raised`.
        raise raised.exception.with_traceback(raised.traceback)
    result = frame.result if code.given is None else frame.slots[code.given]
    return frame.folding.handed_out(result)


def _may_close(folding: Folding) -> bool:
    """Return whether the program closes a generator, not the interpreter that frees it.

    For the latter no handler runs; `check_finished` refuses it where there is one.
    """
    return current_tracer() is folding and folding.native_calls > 0


@waits(pyobj.YieldOp)
def yield_(maker: GeneratingMaker, op: pyobj.YieldOp) -> WaitingStep:
    """Give a value, wait, and go on with what was sent or thrown."""
    value = maker.slot(op.operands[0]) if op.operands else None
    slot, guarded = maker.slot(op.results[0]), _is_guarded(op)

    def step(frame: Any) -> Waiting:
        frame.op = op
        given = None if value is None else frame.folding.handed_out(frame.slots[value])
        frame.wait(op, guarded)
        sent: Any = yield given
        frame.slots[slot] = sent

    return step


@waits(pyobj.YieldFromOp)
def yield_from(maker: GeneratingMaker, op: pyobj.YieldFromOp) -> WaitingStep:
    """Give what another iterator gives, send and throw into it, and take what it returns.

    Source: <https://peps.python.org/pep-0380/#formal-semantics>.
    """
    value, slot, guarded = maker.slot(op.operands[0]), maker.slot(op.results[0]), _is_guarded(op)

    def step(frame: Any) -> Waiting:
        frame.op = op
        frame.folding.meet(frame.slots[value])
        inner: Any = run(iter, frame.slots[value])
        ask: Callable[[], Any] = functools.partial(next, inner)
        while True:
            try:
                given = run(ask)
            except Raised as ended:
                if not isinstance(ended.exception, StopIteration):
                    raise
                frame.slots[slot] = ended.exception.value
                return
            frame.wait(op, guarded)
            try:
                sent: Any = yield given
            except Raised as thrown:
                ask = _throwing(frame, inner, thrown)
            else:
                ask = functools.partial(*((next, inner) if sent is None else (inner.send, sent)))

    return step


def _throwing(frame: Frame, inner: Any, thrown: Raised) -> Callable[[], Any]:
    """Return what throws into an inner iterator; one that can't take it gets the exception back."""
    error = thrown.exception
    if isinstance(error, GeneratorExit):
        if hasattr(inner, "close"):
            frame.folding.native_calls += 1
            try:
                run(inner.close)
            finally:
                frame.folding.native_calls -= 1
        raise thrown
    if not hasattr(inner, "throw"):
        raise thrown
    return functools.partial(inner.throw, error)


def check_finished(folding: Folding) -> None:
    """Raise CompileError for a generator that the program leaves inside a `try` or a `with`.

    When its handlers run depends on when the interpreter frees it.
    """
    for frame, op in folding.unfinished.values():
        raise _unfinished(frame, op)


def _unfinished(frame: Frame, op: Operation) -> CompileError:
    try:
        reject(
            op,
            f"the generator '{frame.name}' is left unfinished inside 'try' or 'with'",
            "go on to its end, or close it",
        )
    except CompileError as error:
        return error


def _is_guarded(op: Operation) -> bool:
    """Return whether an op stands inside a `try` or a `with`, whose handlers a close would run."""
    around = op.parent_op()
    while around is not None and not isinstance(around, pyobj.DefOp | pyobj.LambdaOp):
        if isinstance(around, pyobj.TryOp | pyobj.WithOp):
            return True
        around = around.parent_op()
    return False
