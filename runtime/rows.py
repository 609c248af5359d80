"""The rows of a tensor or an array, one by one."""

from __future__ import annotations

from typing import Any


class Rows:
    """An iterator over what indexing with 0, 1, … gives. A copy goes on from where it stands."""

    __slots__ = ("_count", "_of", "_row")

    def __init__(self, of: Any, count: int, row: int = 0):
        self._of = of
        self._count = count
        self._row = row

    def __iter__(self) -> Rows:
        return self

    def __next__(self) -> Any:
        if self._row >= self._count:
            raise StopIteration
        self._row += 1
        return self._of[self._row - 1]

    def __length_hint__(self) -> int:
        return self._count - self._row

    def __copy__(self) -> Rows:
        return Rows(self._of, self._count, self._row)
