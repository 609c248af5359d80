"""Errors while folding: those of the user's program, and how they reach the user."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NoReturn

from xdsl.dialects.builtin import FileLineColLoc, LocationAttr


class Raised(BaseException):
    """The user's program raised; wrapped, so that no bug of the folder looks like it.

    `traceback` has the user's frames alone, the innermost last.
    """

    def __init__(self, exception: BaseException):
        super().__init__(exception)
        self.exception = exception
        self.traceback: types.TracebackType | None = None

    def passes(self, name: str, location: LocationAttr) -> None:
        """Add the function that the exception leaves, at the line where it stood."""
        if isinstance(location, FileLineColLoc):
            file, line = location.filename.data, location.line.data
            frame = _frame_of(file, name)
            self.traceback = types.TracebackType(self.traceback, frame, 0, line)

    def reraise(self) -> NoReturn:
        """Raise the user's exception as itself, its traceback ending at the user's line."""
        raise self.exception.with_traceback(self.traceback) from self.exception.__cause__


def run(function: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
    """Return what the interpreter computes; what it raises is wrapped in `Raised`."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        raise Raised(error) from None


def _frame_of(file: str, name: str) -> types.FrameType:
    """Return a finished frame that tracebacks show as function `name` of `file`."""
    code = compile("def f():\n raise ValueError\n", file, "exec")
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    function: types.FunctionType = namespace["f"]
    function.__code__ = function.__code__.replace(co_name=name, co_qualname=name)
    try:
        function()
    except ValueError as error:
        traceback = error.__traceback__
        assert traceback is not None and traceback.tb_next is not None
        return traceback.tb_next.tb_frame
    raise AssertionError("the frame's function always raises")
