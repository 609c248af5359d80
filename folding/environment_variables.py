"""Environment variables that every call of a compiled function looks at."""

from __future__ import annotations

import os
from typing import Any

_environment: Any = os.environ


class Variable:
    """One variable, which the program may set and delete at any time.

    `os.environ` takes 1 µs for an answer, its table 0.1 µs.
    """

    def __init__(self, name: str):
        self._key: Any = _environment.encodekey(name)

    def raw(self) -> object:
        """Return the value in the form that the system has it: the same object until it is set."""
        return _environment._data.get(self._key)

    def place(self) -> tuple[dict[Any, Any], object]:
        """Return the table that has it, and its key there."""
        return _environment._data, self._key

    def get(self) -> str | None:
        """Return the value as it is now, None if it isn't set."""
        found = _environment._data.get(self._key)
        return None if found is None else _environment.decodevalue(found)
