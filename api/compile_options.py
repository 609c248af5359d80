"""What a decorator says about compiling."""

from __future__ import annotations

from typing import NamedTuple


class CompileOptions(NamedTuple):
    """How one function is compiled."""

    style: str = "str"
    """How run-time prints show tensors: `str`, or `elements` for `ms_function`."""
    fullgraph: bool | None = None
    """Whether all must be compiled: STRICT; None leaves it to the settings."""
    jit_config: object = None
    """A JitConfig or a dict, of which the `jit_syntax_level` counts."""
    lax: bool = False
    """Whether it is LAX where nothing says otherwise."""
