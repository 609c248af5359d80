"""What a decorator says about compiling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CompileOptions:
    """How one function is compiled."""

    style: str = "str"
    """How run-time prints show tensors: `str`, or `elements` for `ms_function`."""
