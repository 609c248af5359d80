"""Objects that the fold made and that hold others: their parts, and which ones form a circle."""

from __future__ import annotations

import types
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

from ..dialects.pyobj.literals import is_literal
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .edits import EDITS, kind_of, slots_of

_DICTS = (dict, OrderedDict, Counter, defaultdict)


def cyclic_objects(value: object, is_known: Callable[[object], bool]) -> set[int]:
    """Return the ids of those that contain themselves, in what can be reached from a value.

    What the host knows already is not looked into.
    """
    found, seen, path = set[int](), set[int](), dict[int, object]()

    def visit(one: object) -> None:
        key = id(one)
        if key in path:
            keys = list(path)
            found.update(keys[keys.index(key) :])
            return
        if key in seen or is_known(one):
            return
        seen.add(key)
        parts = parts_of(one)
        if parts:
            path[key] = one
            for part in parts:
                visit(part)
            del path[key]

    if not is_literal(value):
        visit(value)
    return found


def is_rebuilt(kind: type[Any]) -> bool:
    """Return whether the host makes instances of a class without any code of the user's.

    Those of classes that Python's own `object` makes, and that nothing is done for at the end.
    """
    if kind.__new__ is not object.__new__ or hasattr(kind, "__del__"):
        return False
    if kind.__module__.partition(".")[0] == "foldaway" or issubclass(kind, BaseException):
        return False
    return all(_is_python_class(base) for base in kind.__mro__ if base is not object)


def _is_python_class(kind: type[Any]) -> bool:
    """Return whether a class statement made it: what its instances hold has names."""
    slots = len([*slots_of(kind)]) + 2
    return bool(kind.__flags__ & _HEAP) and kind.__basicsize__ <= object.__basicsize__ + 8 * slots


_HEAP = 1 << 9
"""Py_TPFLAGS_HEAPTYPE."""


def parts_of(value: Any) -> list[Any]:
    """Return what a fold-time value holds."""
    kind = class_of(value)
    if kind in _DICTS:
        return [part for pair in value.items() for part in pair]
    if kind in EDITS or kind is frozenset or issubclass(kind, tuple):
        return list(value)
    if kind is types.MethodType:
        return [value.__self__]
    if not isinstance(value, Tensor) and is_rebuilt(kind):
        return list(kind_of(value).read(value).values())
    return []
