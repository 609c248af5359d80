"""Calls of Cells in GRAPH_MODE: `construct` compiled, once for each class that defines one."""

from __future__ import annotations

import types
from typing import Any

from foldaway.runtime.locks import ForkSafeLock

from .compile_options import CompileOptions
from .jit import Jitted

_COMPILED = "__foldaway_compiled__"
"""Kept on the function, so that both go together."""

_lock = ForkSafeLock()


def call_compiled(cell: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what `cell.construct(*args, **kwargs)` gives, compiled.

    Instances of one class share code where what is read of them is equal. They are LAX, unless a
    setting or their `jit_config` says otherwise.
    Raises as a compiled function does.
    """
    config, form = getattr(cell, "jit_config", None), compiled_form(cell)
    if config is form.own_config:
        return form(cell, *args, **kwargs)
    return form.call((cell, *args), kwargs, config)


def compiled_form(cell: object) -> Jitted:
    """Return the compiled form of a cell's `construct`, made once for each function.

    Raises TypeError for a `construct` that is no Python function.
    """
    construct: Any = getattr(type(cell), "construct", None)
    if type(construct) is types.FunctionType:
        found: Jitted | None = construct.__dict__.get(_COMPILED)
        if found is not None:
            return found
    if isinstance(construct, Jitted):
        return construct
    if not isinstance(construct, types.FunctionType):
        raise TypeError(f"construct of {type(cell).__name__} is no Python function")
    with _lock:
        found = vars(construct).get(_COMPILED)
        if found is None:
            found = vars(construct)[_COMPILED] = Jitted(construct, CompileOptions(lax=True))
        return found
