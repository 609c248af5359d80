"""Arguments bound to parameters without a look at the function's source."""

from __future__ import annotations

import inspect
import types
from typing import TYPE_CHECKING, Any

# A start that keeps no forms needs none of it.
if TYPE_CHECKING:
    from .stored_forms import FormPlace

_COLLECTS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def bind_plainly(
    function: types.FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[object] | None:
    """Return a value for each parameter; None where it takes more to bind them, or to say why not.

    That is so for a function with `*` or `**`, and for arguments that don't fit.
    """
    code, defaults = function.__code__, function.__defaults__ or ()
    count = code.co_argcount
    if code.co_flags & _COLLECTS or code.co_kwonlyargcount or len(args) > count:
        return None
    bound: list[object] = list(args)
    names = code.co_varnames[:count]
    given = dict(kwargs)
    for index in range(len(args), count):
        name = names[index]
        if name in given and index >= code.co_posonlyargcount:
            bound.append(given.pop(name))
        elif index - count >= -len(defaults):
            bound.append(defaults[index - count])
        else:
            return None
    return None if given else bound


class PlacedArguments(list[object]):
    """Bound arguments of a call, with where forms for it are on disk: to find out takes a while."""

    def __init__(self, arguments: list[object], places: dict[bool, FormPlace]) -> None:
        super().__init__(arguments)
        self.places = places

    def is_stored(self) -> bool:
        """Return whether there may be a form, for which no source is needed."""
        from .stored_forms import has_forms

        return any(map(has_forms, self.places.values()))
