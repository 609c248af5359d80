"""A kernel as machine code calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from ..dialects.dtypes import TensorSpec


class NativeCode(NamedTuple):
    """Where a kernel is, and what it takes and gives. It lives as long as `owner` does."""

    address: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    is_long: bool
    """Whether it may take so long that other threads should run meanwhile."""
    owner: object
    new_array: Callable[[tuple[int, ...], np.dtype[Any]], object]
    """Makes a large array for a result."""
    large: int
    """Bytes of the smallest that it makes."""
