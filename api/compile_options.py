"""What a decorator says about compiling."""

from __future__ import annotations

from typing import Final


class CompileOptions:
    """How one function is compiled."""

    def __init__(
        self,
        style: str = "str",
        fullgraph: bool | None = None,
        jit_config: object = None,
        lax: bool = False,
    ) -> None:
        self.style: Final = style
        """How run-time prints show tensors: `str`, or `elements` for `ms_function`."""
        self.fullgraph: Final = fullgraph
        """Whether all must be compiled: STRICT; None leaves it to the settings."""
        self.jit_config: Final = jit_config
        """A JitConfig or a dict, of which the `jit_syntax_level` counts."""
        self.lax: Final = lax
        """Whether it is LAX where nothing says otherwise."""
