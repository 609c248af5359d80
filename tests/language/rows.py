"""What the rows of the table in docs/language.md are proven with: one function for each row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from foldaway import Tensor

ROWS: dict[str, "Row"] = {}
LOG: list[object] = []
"""Emptied before each run."""


@dataclass
class Row:
    """A function that uses one construct, and what makes its arguments anew for each call."""

    function: Callable[..., Any]
    arguments: Callable[[], tuple[Any, ...]]


def vector():
    return Tensor([1.0, 2.0, 3.0])


def row(*more):
    """Register a function of a vector and of more arguments; a lambda makes one."""

    def register(function):
        assert function.__name__ not in ROWS
        ROWS[function.__name__] = Row(
            function, lambda: (vector(), *(one() if _makes(one) else one for one in more))
        )
        return function

    return register


def _makes(argument):
    return getattr(argument, "__name__", None) == "<lambda>"
