"""Copies of iterators: each side of a run-time branch in a loop goes on with the items by itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ..runtime.rows import Rows

_SIMPLE = tuple(
    type(iter(one)) for one in ((), [], range(0), range(1 << 70, 1 << 71), "", b"", {}, {}.values())
)
_NESTED = (enumerate, zip, map, filter)


def copied(iterator: Any) -> Any | None:
    """Return an iterator that gives the same items from now on; None for one without copies."""
    kind = type(iterator)
    if kind is Rows or kind in _SIMPLE:
        return copy.copy(iterator)
    if kind not in _NESTED and kind is not type(reversed([])):
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
