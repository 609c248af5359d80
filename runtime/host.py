"""What host programs call by name: the functions behind `pyobj.runtime`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .tensor import Tensor


def print_tensors(stream: str, style: str, texts: tuple[str, ...], *tensors: Tensor) -> None:
    """Print the texts with a tensor between each two of them.

    `style` is `elements`, nested tuples of Python numbers, or `str`, what `str(tensor)` gives.
    """
    pieces = [texts[0]]
    for tensor, text in zip(tensors, texts[1:], strict=True):
        shown = _nested(tensor.tolist()) if style == "elements" else str(tensor)
        pieces += (str(shown), text)
    out = sys.stdout if stream == "stdout" else sys.stderr
    print("".join(pieces), end="", file=out)


def _nested(value: Any) -> object:
    """Return nested lists as nested tuples."""
    return tuple(_nested(item) for item in value) if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def python_float(value: Tensor | float) -> float:
    """Return the Python float that a 0-d float64 tensor holds."""
    return value if isinstance(value, float) else float(value)


RUNTIME: dict[str, Callable[..., object]] = {"print": print_tensors, "float": python_float}
"""Name in the IR to function."""
