"""A cache of what is made once for each code object."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import ref

_Made = TypeVar("_Made")


class CodeCache(Generic[_Made]):
    """Keeps one value for each code object, as long as that lives.

    By identity: equal code objects may come from different files.
    """

    def __init__(self, make: Callable[[types.FunctionType], _Made]):
        self._make = make
        self._made: dict[int, tuple[ref[types.CodeType], _Made]] = {}

    def __call__(self, function: types.FunctionType) -> _Made:
        """Return what belongs to a function's code; it is made the first time."""
        code = function.__code__
        key = id(code)
        found = self._made.get(key)
        if found is None:
            made = self._make(function)
            found = self._made[key] = (ref(code, lambda _: self._made.pop(key, None)), made)
        return found[1]
