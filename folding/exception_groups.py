"""`except*`: which part of an exception each handler takes, and what is raised in the end.

Source: <https://peps.python.org/pep-0654/#semantics>.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from .exception_handling import check_classes

Group = BaseExceptionGroup[BaseException]


@dataclass
class Caught:
    """The exception of a `try`, and those that its handlers raised."""

    original: BaseException
    raised: list[BaseException] = field(default_factory=list[BaseException])


def take(
    exception: BaseException | None, classes: Any
) -> tuple[BaseException | None, BaseException | None]:
    """Return the part of an exception that `except* classes` takes, and the rest.

    An exception that is no group is taken in a group of its own.
    Raises TypeError for classes that can't be caught so.
    """
    for kind in check_classes(classes):
        if issubclass(kind, BaseExceptionGroup):
            raise TypeError(
                "catching ExceptionGroup with except* is not allowed. Use except instead."
            )
    if exception is None:
        return None, None
    if not isinstance(exception, BaseExceptionGroup):
        if not isinstance(exception, classes):
            return None, exception
        group = BaseExceptionGroup("", [exception])
        group.__traceback__ = exception.__traceback__
        return group, None
    return cast(Any, exception).split(classes)


def regroup(caught: Caught, rest: BaseException | None) -> BaseException | None:
    """Return what is raised after the handlers: what they raised, and what none of them took."""
    original, raised = caught.original, caught.raised
    if not isinstance(original, BaseExceptionGroup):
        return raised[0] if raised else rest
    group = cast(Group, original)
    again = [error for error in raised if _is_part(error, group)]
    new = [error for error in raised if not _is_part(error, group)]
    again += [] if rest is None else [rest]
    left = _projection(group, again) if again else None
    if not new:
        return left
    if left is not None:
        new.append(left)
    return new[0] if len(new) == 1 else BaseExceptionGroup("", new)


def _is_part(error: BaseException, original: BaseException) -> bool:
    """Return whether an exception is a part of the original one, raised again."""
    names = ("__traceback__", "__cause__", "__context__", "__notes__")
    return all(getattr(error, name, None) is getattr(original, name, None) for name in names)


def _projection(original: Group, parts: list[BaseException]) -> BaseException | None:
    """Return the original with only those leaves that are in one of the parts."""
    kept = {id(leaf) for part in parts for leaf in _leaves(part)}
    return original.subgroup(lambda leaf: id(leaf) in kept)


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for inner in cast(Group, error).exceptions for leaf in _leaves(inner)]
