"""What compiled code raises: it only says which failure it met, and Python raises it."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from .retreat import Retreat

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr


Place = tuple[str, int, int]
"""File, line and column of the user's, from 1."""


class Failure(NamedTuple):
    """An exception that compiled code may raise at one place."""

    exception: str
    """A builtin exception, or `Retreat`."""
    text: str
    """The one argument; an exception without text has none."""
    location: LocationAttr | Place | None
    """A `Place` where the code comes from a file, without IR."""


def raise_failure(failure: Failure, function: str) -> NoReturn:
    """Raise an exception whose traceback ends at the user's line.

    `function` names the compiled one, for a place that is not in a Python function.
    """
    from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr

    from .tracebacks import function_at, traceback_at

    kind: type[Exception] = getattr(builtins, failure.exception, Retreat)
    error = kind(failure.text) if failure.text else kind()
    place = failure.location
    if isinstance(place, tuple):
        file, line, column = place
        place = FileLineColLoc(StringAttr(file), IntAttr(line), IntAttr(column))
    if isinstance(place, FileLineColLoc):
        error.__traceback__ = traceback_at(function_at(place) or function, place)
    raise error
