"""Native calls that only move run-time numbers, compare them or ask for their truth.

Containers' methods, `zip`, `sorted`, `functools.reduce` and their like take the numbers as they
are; before any other native call they become constants.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import types
from collections import deque
from typing import Any

from ..runtime.guards import class_of

_BUILTINS = "list tuple zip enumerate reversed iter next len map filter sorted any all min max"
_ITERTOOLS = (
    "accumulate chain combinations combinations_with_replacement compress cycle dropwhile"
    " filterfalse groupby islice pairwise permutations product repeat starmap takewhile zip_longest"
)
_CALLABLES: tuple[Any, ...] = (
    *(getattr(builtins, name) for name in _BUILTINS.split()),
    *(getattr(itertools, name) for name in _ITERTOOLS.split()),
    *(functools.reduce, deque, itertools.chain.from_iterable),
)
_TAKES_NUMBERS = (min, max, functools.reduce, itertools.repeat, itertools.accumulate)
_CALLS_FIRST: tuple[Any, ...] = (
    *(map, filter, functools.reduce, itertools.takewhile, itertools.dropwhile),
    *(itertools.filterfalse, itertools.starmap),
)
_CALLS_SECOND: tuple[Any, ...] = (itertools.accumulate, itertools.groupby)
_SEQUENCE_METHODS = frozenset(
    "append appendleft extend extendleft insert pop popleft copy reverse rotate clear"
    " index count remove sort __len__ __iter__ __reversed__ __contains__".split()
)
_METHODS: dict[type, frozenset[str]] = {
    list: _SEQUENCE_METHODS,
    deque: _SEQUENCE_METHODS,
    tuple: _SEQUENCE_METHODS,
    dict: frozenset("get pop setdefault update items keys values copy clear popitem".split()),
}
_KEYED = frozenset(("get", "pop", "setdefault"))


def only_moves(callee: Any, args: list[object]) -> bool:
    """Return whether a native callable takes run-time numbers as they are."""
    owner = _method_of(callee)
    if callee is dict or (owner is dict and callee.__name__ == "update"):
        # Of pairs, the first one is a key.
        return all(class_of(arg) is dict for arg in args)
    return owner is not None or any(callee is one for one in _CALLABLES)


def takes_numbers(callee: Any) -> bool:
    """Return whether arguments of a callable, not only items in them, may be run-time numbers."""
    return any(callee is one for one in _TAKES_NUMBERS) or _method_of(callee) is not None


def callbacks_of(callee: Any, args: list[object], kwargs: dict[str, object]) -> list[object]:
    """Return those arguments that a callable which only moves numbers calls with them."""
    found = [kwargs[name] for name in ("key", "func") if name in kwargs]
    if any(callee is one for one in _CALLS_FIRST) or (callee is iter and len(args) == 2):
        found += args[:1]
    elif any(callee is one for one in _CALLS_SECOND):
        found += args[1:2]
    return [one for one in found if one is not None]


def keyed_by_first(callee: Any) -> bool:
    """Return whether the first argument is a key, whose number must be a constant."""
    return _method_of(callee) is dict and callee.__name__ in _KEYED


def _method_of(callee: Any) -> type | None:
    """Return the container class that a method belongs to, None for any other callable."""
    if not isinstance(callee, types.BuiltinMethodType):
        return None
    kind = class_of(callee.__self__)
    return kind if callee.__name__ in _METHODS.get(kind, ()) else None
