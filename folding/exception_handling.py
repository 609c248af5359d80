"""What `try` and `with` ask, whether their bodies may wait or not."""

from __future__ import annotations

from typing import Any

from ..runtime.guards import class_of
from .errors import Raised

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
    inner = error.exception
    if raised is not None and inner is not raised.exception and inner.__context__ is None:
        inner.__context__ = raised.exception


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
