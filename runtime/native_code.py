"""A kernel as machine code calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np

    from ..dialects.dtypes import TensorSpec


class NativeCode:
    """Where a kernel is, and what it takes and gives. It lives as long as `owner` does."""

    def __init__(
        self,
        address: int,
        inputs: tuple[TensorSpec, ...],
        outputs: tuple[TensorSpec, ...],
        is_long: bool,
        owner: object,
        new_array: Callable[[tuple[int, ...], np.dtype[Any]], object],
        large: int,
    ) -> None:
        self.address: Final = address
        self.inputs: Final = inputs
        self.outputs: Final = outputs
        self.is_long: Final = is_long
        """Whether it may take so long that other threads should run meanwhile."""
        self.owner: Final = owner
        self.new_array: Final = new_array
        """Makes a large array for a result."""
        self.large: Final = large
        """Bytes of the smallest that it makes."""
