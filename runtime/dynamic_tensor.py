"""Tensors that only say what a Cell takes: some of their extents are left open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from ..dialects.dtypes import DType
from .arrays import Array, numpy_dtype
from .tensor_data import TensorData


def has_open_extents(shape: object) -> bool:
    """Return whether a shape names an extent None or -1."""
    return isinstance(shape, list | tuple) and any(n is None or n == -1 for n in _items(shape))


def template(shape: Sequence[Any], dtype: DType) -> Array:
    """Return the array that a tensor with open extents keeps: 0 stands for an open one."""
    return np.empty([0 if n is None else max(n, 0) for n in shape], numpy_dtype(dtype))


class OpenExtents(TensorData):
    """A tensor whose open extents are -1. It has no data.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/nn/mindspore.nn.Cell.html#mindspore.nn.Cell.set_inputs>.
    """

    __slots__ = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of each axis, -1 for an open one."""
        return tuple(extent or -1 for extent in self.spec.shape)

    def array(self, wanted: str) -> NoReturn:
        """Raise ValueError: there is no data."""
        raise ValueError(f"{wanted} needs data, and a tensor with open extents has none")

    def __str__(self) -> str:
        return f"Tensor(shape={list(self.shape)}, dtype={self.dtype})"

    __repr__ = __str__


def _items(shape: Any) -> list[Any]:
    return list(shape)
