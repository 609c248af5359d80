"""What tests of compiled functions say."""

from __future__ import annotations

from typing import Any

from .compile_cell import compiled_form
from .jit import Jitted
from .nn_cell import Cell


def assert_fully_compiled(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Call `f` with the arguments, and return the result, if all of it was compiled.

    `f` is a compiled function, or a Cell in GRAPH_MODE.
    Raises AssertionError with the report otherwise, TypeError for what is never compiled, and
    what the call raises.
    """
    compiled = compiled_form(f) if isinstance(f, Cell) else f
    if not isinstance(compiled, Jitted):
        raise TypeError(f"{f!r} is not compiled: decorate it with jit")
    before, runs = compiled.report().ops_python, compiled.lazy_runs
    result = f(*args, **kwargs)
    report = compiled.report()
    if compiled.lazy_runs != runs:
        raise AssertionError(f"the function ran in Python:\n{report}")
    if report.ops_python != before:
        raise AssertionError(f"tensor operations ran in Python:\n{report}")
    return result
