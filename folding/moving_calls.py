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

import numpy as np

from ..dialects.emitter import WeakNumber
from ..runtime.array_data import ArrayData
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor

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
# By identity, since a callable may have an equality of its own.
_MOVING, _TAKING_NUMBERS = (frozenset(map(id, known)) for known in (_CALLABLES, _TAKES_NUMBERS))
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

_ELEMENTWISE: dict[str, frozenset[str]] = {
    "foldaway.elementwise": frozenset(
        "add sub mul div floor_div mod pow maximum minimum clip".split()
    ),
    "foldaway.logic": frozenset(
        "equal not_equal less less_equal greater greater_equal select"
        " bitwise_and bitwise_or bitwise_xor".split()
    ),
    "foldaway.runtime.tensor_elementwise": frozenset(
        "add sub mul div floor_divide remainder pow maximum minimum clip eq ne lt le gt ge".split()
    ),
}
"""Functions and methods that hand their operands to the builders, which take numbers."""
_OPERANDS = (Tensor, ArrayData, WeakNumber, int, float, str, type(None))


def only_moves(callee: Any, args: list[object], kwargs: dict[str, object]) -> bool:
    """Return whether a native callable takes run-time numbers as they are."""
    if is_elementwise(callee, [*args, *kwargs.values()]):
        return True
    owner = _method_of(callee)
    if callee is dict or (owner is dict and callee.__name__ == "update"):
        # Of pairs, the first one is a key.
        return all(class_of(arg) is dict for arg in args)
    return owner is not None or id(callee) in _MOVING


def takes_numbers(callee: Any) -> bool:
    """Return whether arguments, not only items in them, may be run-time numbers.

    Of a callable that only moves numbers.
    """
    if isinstance(callee, types.FunctionType | types.MethodType | np.ufunc):
        return True
    return id(callee) in _TAKING_NUMBERS or _method_of(callee) is not None


def is_elementwise(callee: Any, args: list[object]) -> bool:
    """Return whether a call is an operation on tensors that takes numbers as operands."""
    operands = args
    if isinstance(callee, types.MethodType):
        callee, operands = callee.__func__, [callee.__self__, *args]
    if isinstance(callee, np.ufunc):
        arrays = sum(isinstance(one, ArrayData) for one in operands)
        return arrays > 0 and all(isinstance(one, _OPERANDS) for one in operands)
    if not isinstance(callee, types.FunctionType):
        return False
    if callee.__name__ not in _ELEMENTWISE.get(callee.__module__, ()):
        return False
    tensors = sum(isinstance(one, Tensor) for one in operands)
    return tensors > 0 and all(isinstance(one, _OPERANDS) for one in operands)


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
