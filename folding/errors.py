"""Errors while folding: those of the user's program, and how they reach the user."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NoReturn

from xdsl.dialects.builtin import FileLineColLoc, IntAttr, LocationAttr, StringAttr, UnknownLoc

from ..dialects.source import CompileError
from ..runtime.interrupts import is_interrupt
from ..runtime.tracebacks import MARK, traceback_at
from ..runtime.tracing import ValueNeeded
from .numbers import constant
from .unwinding import Unwinding

HOOK = "__foldaway__"
"""The one captured variable of functions that are made while folding: what folds their bodies."""

_PACKAGE = __name__.partition(".")[0]


class Raised(BaseException):
    """The user's program raised; wrapped, so that no bug of the folder looks like it.

    `traceback` has the user's frames alone, the innermost last.
    """

    def __init__(self, exception: BaseException):
        super().__init__(exception)
        self.exception = exception
        self.traceback: types.TracebackType | None = None
        self.shown = False
        """Whether the traceback has the running function: a second raise there adds no line."""
        self.location: LocationAttr = UnknownLoc()
        """Where it was raised: the innermost place in the user's code."""
        self.before: Any = None
        """What is left of a function that raises this after it changed something: a `Folded`."""

    def passes(self, name: str, location: LocationAttr) -> None:
        """Add the function that the exception leaves, at the line where it stood."""
        if self.shown:
            self.shown = False
        elif isinstance(location, FileLineColLoc):
            if isinstance(self.location, UnknownLoc):
                self.location = location
            inner = traceback_at(name, location)
            frame, at = inner.tb_frame, inner.tb_lasti
            self.traceback = types.TracebackType(self.traceback, frame, at, inner.tb_lineno)

    def note_place(self, location: LocationAttr) -> None:
        """Be told where it is raised now, unless it was raised before."""
        if not isinstance(self.location, UnknownLoc):
            return
        trace, self.location = self.traceback, location
        while trace is not None:
            file = StringAttr(trace.tb_frame.f_code.co_filename)
            self.location = FileLineColLoc(file, IntAttr(trace.tb_lineno), IntAttr(1))
            trace = trace.tb_next

    def reraise(self) -> NoReturn:
        """Raise the user's exception as itself, its traceback ending at the user's line.

        To be called when no exception is being handled: that would become its context.
        """
        self.exception.args = constant(self.exception.args)
        raise self.exception.with_traceback(self.traceback)


def run(function: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
    """Return what the interpreter computes; what it raises is wrapped in `Raised`.

    A refusal to compile, what the folder raises for itself and an interrupt aren't the program's
    exceptions: no handler of the program may see them.
    """
    try:
        return function(*args, **kwargs)
    except (CompileError, Raised, Unwinding, ValueNeeded, RecursionError):
        # The interpreter's own frames run out sooner here than in the program.
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        raise wrapped(error) from None


def wrapped(error: BaseException) -> Raised:
    """Return what the program raised in native code, ready to pass through folded code."""
    if isinstance(error.__context__, Raised):
        # The folder was handling it; the program's own context is set where it is known.
        error.__context__ = None
    raised = Raised(error)
    raised.traceback = _others_frames(error.__traceback__)
    return raised


def outward(function: Callable[[], object]) -> Any:
    """Return what folded code gives native code that called it; what it raises goes bare.

    `run`, on the other side of the native code, wraps it again.
    """
    try:
        return function()
    except Raised as error:
        raised = error
    raise raised.exception.with_traceback(raised.traceback)


def _others_frames(trace: types.TracebackType | None) -> types.TracebackType | None:
    """Return the entries of a traceback that are not the compiler's own: what Python would show."""
    kept: list[types.TracebackType] = []
    while trace is not None:
        names, shell = trace.tb_frame.f_globals, trace.tb_frame.f_code.co_freevars == (HOOK,)
        ours = str(names.get("__name__")).partition(".")[0] == _PACKAGE and MARK not in names
        if not ours and not shell:
            kept.append(trace)
        trace = trace.tb_next
    made = None
    for entry in reversed(kept):
        made = types.TracebackType(made, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return made
