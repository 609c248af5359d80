"""Builtins that ask an object's class for a method: a user's is folded."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from ..runtime.guards import class_of
from .errors import Raised
from .frames import Frame
from .operators import NATIVE, Call, fold_operator, iterate, length_of, listed, user_method

_OPERATORS = (bool, repr, str, abs, format)
_ITERATING: tuple[object, ...] = (
    *(list, tuple, set, frozenset, dict, enumerate, zip, map, filter, sorted, sum, any, all),
    *(min, max),
)
# By identity, since a callable may have an equality of its own.
_OPERATING, _RUNNING_THROUGH = (frozenset(map(id, known)) for known in (_OPERATORS, _ITERATING))


def fold_protocol(
    frame: Frame, callee: Any, args: list[Any], kwargs: dict[str, object], call: Call
) -> Any:
    """Return what a builtin gives where the user wrote the method that it asks, else `NATIVE`."""
    if kwargs or not args:
        return NATIVE
    if id(callee) in _OPERATING and len(args) == (2 if callee is format else 1):
        return fold_operator(frame, callee, tuple(args), call)
    ask = _ASKS.get(callee)
    return NATIVE if ask is None else ask(frame, args, call)


def iterated(frame: Frame, callee: Any, args: list[Any], call: Call) -> list[Any]:
    """Return the arguments of a builtin that runs through them, a user's iterables as iterators."""
    if id(callee) not in _RUNNING_THROUGH or (callee in (min, max) and len(args) > 1):
        return args
    listing = any(callee is one for one in (list, tuple, sorted))
    walk = listed if listing else iterate
    return [
        walk(frame, arg, call) if user_method(class_of(arg), "__iter__") else arg for arg in args
    ]


def _len(frame: Frame, args: list[Any], call: Call) -> Any:
    return length_of(frame, args[0], call) if len(args) == 1 else NATIVE


def _iter(frame: Frame, args: list[Any], call: Call) -> Any:
    method = user_method(class_of(args[0]), "__iter__")
    return NATIVE if method is None or len(args) != 1 else call(frame, method, [args[0]])


def _next(frame: Frame, args: list[Any], call: Call) -> Any:
    step = user_method(class_of(args[0]), "__next__")
    if step is None:
        return NATIVE
    try:
        return call(frame, step, [args[0]])
    except Raised as raised:
        if len(args) == 2 and isinstance(raised.exception, StopIteration):
            return args[1]
        raise


_ASKS: dict[Any, Callable[[Frame, list[Any], Call], Any]] = {
    builtins.len: _len,
    builtins.iter: _iter,
    builtins.next: _next,
}
