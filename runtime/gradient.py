"""A function that gives gradients, as the folder recognises it."""

from __future__ import annotations

from typing import Any


class GradientFunction:
    """What is differentiated, by what, and what a call returns; see `foldaway.grad`."""

    function: Any
    """The function or Cell that is differentiated."""
    positions: int | tuple[int, ...] | None
    """Which positional arguments are variables; None for none, `ALL` for each that is a tensor."""
    weights: Any
    """A Parameter, or a list or tuple of them, that are variables, too; None for none."""
    has_aux: bool
    """Whether only the first result is differentiated and the others are handed on."""
    with_value: bool
    """Whether a call returns the function's results, too."""
    with_seed: bool
    """Whether the last argument is what the gradients of the result are multiplied with."""


ALL = -1
"""In the place of positions: each positional argument that is a tensor, in a tuple."""
