"""Copies of iterators: each side of a run-time branch in a loop takes the items by itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ..runtime.guards import class_of
from ..runtime.rows import Rows

_TABLE: dict[Any, Any] = {}
_ITEMS: list[Any] = []
_SAMPLES: tuple[Any, ...] = (
    *((), _ITEMS, range(0), range(1 << 70, 1 << 71), "", b"", _TABLE, _TABLE.values()),
)
_SIMPLE = tuple(class_of(iter(one)) for one in _SAMPLES)
_NESTED: tuple[Any, ...] = (enumerate, zip, map, filter, type(reversed(_ITEMS)))


def copied(iterator: Any) -> Any | None:
    """Return an iterator that gives the same items from now on; None for one without copies."""
    kind = class_of(iterator)
    if kind is Rows or kind in _SIMPLE:
        return copy.copy(iterator)
    if kind not in _NESTED:
        return None
    make, arguments, *rest = iterator.__reduce__()
    made: list[Any] = []
    for argument in arguments:
        if isinstance(argument, Iterator):
            argument = copied(argument)
            if argument is None:
                return None
        made.append(argument)
    found = make(*made)
    if rest and rest[0] is not None:
        found.__setstate__(rest[0])
    return found
