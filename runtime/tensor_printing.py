"""Tensors as text: `str` as NumPy prints the data, `repr` as MindSpore does.

Source: <https://www.mindspore.cn/tutorials/en/master/beginner/tensor.html>.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dialects.dtypes import TensorSpec
from .arrays import Array


def tensor_text(array: Array) -> str:
    """Return NumPy's text of the data: `[5 7 9]`."""
    return str(array)


def tensor_representation(array: Array, spec: TensorSpec) -> str:
    """Return `Tensor(shape=[3], dtype=Int64, value= [5, 7, 9])`, matrices on lines of their own."""
    value = _elements(array)
    lead = "\n" if array.ndim > 1 else " "
    return f"Tensor({_head(spec)}, value={lead}{value})"


def unknown_representation(spec: TensorSpec) -> str:
    """Return the text of a tensor whose data are not known."""
    return f"Tensor({_head(spec)}, value= <known when the compiled function runs>)"


def _head(spec: TensorSpec) -> str:
    return f"shape={list(spec.shape)}, dtype={spec.dtype}"


def _elements(array: Array) -> str:
    if array.dtype.kind in "fV":
        if array.ndim == 0:
            return f"{float(array):g}"
        return np.array2string(array, separator=", ", formatter={"all": _scientific})
    return np.array2string(array, separator=", ")


def _scientific(number: Any) -> str:
    return f"{float(number): .8e}"
