"""Arguments bound to parameters by the function's source, with all that Python says of them."""

from __future__ import annotations

import types
from typing import Any

from foldaway.folding.errors import Raised
from foldaway.folding.functions import Body, bind
from foldaway.frontend.lower_function import heading_of, lower_function


def positional_count(function: types.FunctionType) -> int | None:
    """Return how many parameters a function has, if all can be given by position; else None."""
    parameters = heading_of(function).parameters
    if parameters.keyword_only or parameters.vararg is not None or parameters.kwarg is not None:
        return None
    return len(parameters.names)


def bind_by_source(
    function: types.FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[object]:
    """Return a value for each parameter.

    Raises Python's TypeError for arguments that don't fit, CompileError for a function that can't
    be read.
    """
    parameters, lowered = heading_of(function).parameters, lower_function(function)
    body = Body(lowered.body.block, parameters, lowered.name, False, function)
    try:
        found = bind(body, function, list(args), kwargs)
    except Raised as raised:
        raise raised.exception from None
    return [found[name] for name in parameters.names]
