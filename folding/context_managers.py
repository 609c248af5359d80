"""How a `with` finds its manager's methods and leaves it, whether its body may wait or not."""

from __future__ import annotations

import contextlib
import types
from typing import Any

from xdsl.ir import Operation

from ..runtime.guards import class_of
from .calls import call, truth
from .classify import is_inlined
from .errors import Raised
from .exception_handling import take_up
from .frames import Frame

_MISSING = object()


def enter(frame: Frame, manager: object) -> tuple[object, object]:
    """Enter a manager; return what it gives, and its `__exit__`."""
    enter, leave = _methods(manager)
    frame.folding.note_object(manager)
    return call(frame, enter, [manager], {}), leave


def leave_by_error(
    frame: Frame, op: Operation, raised: Raised, manager: object, leave: object
) -> None:
    """Leave a manager with what the body of its `with` raised.

    Raises that again unless the manager takes it.
    """
    raised.passes(frame.name, frame.location)
    exception, frame.op = raised.exception, op
    raised.shown = True
    take_up(frame.folding, raised)
    exception.__traceback__ = raised.traceback
    details = [manager, type(exception), exception, exception.__traceback__]
    frame.folding.handled.append(exception)
    try:
        if not truth(frame, call(frame, leave, details, {})):
            raise raised
    finally:
        frame.folding.handled.pop()


def leave_quietly(manager: object, leave: Any) -> None:
    """Leave a library's manager that was entered in a fold which is thrown away.

    What it set for the whole process, as `numpy.errstate` does, must not stay so.
    """
    is_users = isinstance(leave, types.FunctionType) and is_inlined(leave)
    # One that `contextmanager` made would go on with the user's generator.
    if not is_users and class_of(manager).__name__ != "_GeneratorContextManager":
        with contextlib.suppress(Exception):
            leave(manager, None, None, None)


def _methods(manager: object) -> tuple[object, object]:
    """Return `__enter__` and `__exit__` of a manager's class, with Python's error without them."""
    kind = type(manager)
    enter, leave = getattr(kind, "__enter__", _MISSING), getattr(kind, "__exit__", _MISSING)
    if enter is _MISSING or leave is _MISSING:
        missed = "" if enter is _MISSING else " (missed __exit__ method)"
        raise Raised(
            TypeError(
                f"'{kind.__name__}' object does not support the context manager protocol{missed}"
            )
        )
    return enter, leave
