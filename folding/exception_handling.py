"""What `try` and `with` ask, whether their bodies may wait or not."""

from __future__ import annotations

import contextlib
import types
from typing import TYPE_CHECKING, Any

from ..runtime.guards import class_of
from .classify import is_inlined
from .errors import Raised

if TYPE_CHECKING:
    from .session import Folding

_MISSING = object()


def catches(exception: BaseException, classes: Any) -> bool:
    """Return whether `except classes` takes an exception; Python's TypeError for no class."""
    kinds: list[Any] = list(classes) if class_of(classes) is tuple else [classes]
    for kind in kinds:
        if not isinstance(kind, type) or not issubclass(kind, BaseException):
            raise TypeError(
                "catching classes that do not inherit from BaseException is not allowed"
            )
    return isinstance(exception, classes)


def set_context(error: Raised, raised: Raised | None) -> None:
    """Note that an exception was raised while another one was handled."""
    if raised is not None:
        _link(error.exception, raised.exception)


def take_up(folding: Folding, raised: Raised) -> None:
    """Give an exception that is to be handled the one that was handled when it was raised."""
    if folding.handled:
        _link(raised.exception, folding.handled[-1])


def _link(inner: BaseException, outer: BaseException) -> None:
    """Make `outer` the context of `inner`, unless it has one; as in Python, without a cycle."""
    if inner is outer or inner.__context__ is not None:
        return
    seen = {id(inner)}
    last = outer
    while last.__context__ is not None and id(last.__context__) not in seen:
        last = last.__context__
        seen.add(id(last))
    if last.__context__ is inner:
        last.__context__ = None
    inner.__context__ = outer


def leave_quietly(manager: object, leave: Any) -> None:
    """Leave a library's manager that was entered in a fold which is thrown away.

    What it set for the whole process, as `numpy.errstate` does, must not stay so.
    """
    is_users = isinstance(leave, types.FunctionType) and is_inlined(leave)
    # One that `contextmanager` made would go on with the user's generator.
    if not is_users and class_of(manager).__name__ != "_GeneratorContextManager":
        with contextlib.suppress(Exception):
            leave(manager, None, None, None)


def manager_methods(manager: object) -> tuple[object, object]:
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
