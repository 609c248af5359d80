"""What handlers of exceptions ask, whether their bodies may wait or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..runtime.guards import class_of
from .errors import Raised

if TYPE_CHECKING:
    from .session import Folding


def catches(exception: BaseException, classes: Any) -> bool:
    """Return whether `except classes` takes an exception; Python's TypeError for no class."""
    check_classes(classes)
    return isinstance(exception, classes)


def check_classes(classes: Any) -> list[type[BaseException]]:
    """Return the classes that a handler names; Python's TypeError for what is none."""
    kinds: list[Any] = list(classes) if class_of(classes) is tuple else [classes]
    for kind in kinds:
        if not isinstance(kind, type) or not issubclass(kind, BaseException):
            raise TypeError(
                "catching classes that do not inherit from BaseException is not allowed"
            )
    return kinds


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
