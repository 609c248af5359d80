"""Elements chosen by indices or by their values.

Which elements those are depends on data, so in compiled code the data must be known constants;
anything else is a `CompileError`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>.
"""

from __future__ import annotations

import numpy as np

from foldaway.runtime.tensor import Tensor

from .elementwise import Input, tensor_of
from .logic import equal, where


def gather(input_params: Input, input_indices: Input, axis: int, batch_dims: int = 0) -> Tensor:
    """Return the slices along an axis that the indices name, negative ones from the end.

    Raises IndexError for an index out of range, ValueError for `batch_dims` but 0.
    """
    return tensor_of(input_params).gather(tensor_of(input_indices), axis, batch_dims)


def gather_nd(input_x: Input, indices: Input) -> Tensor:
    """Return the elements or slices at rows of indices: the last axis names one place.

    Raises IndexError for an index out of range.
    """
    return tensor_of(input_x).gather_nd(tensor_of(indices))


def nonzero(input: Input) -> Tensor:
    """Return the int64 indices of the elements that are not 0, a row for each."""
    return tensor_of(input).nonzero()


def unique(input: Input) -> tuple[Tensor, Tensor]:
    """Return the different elements in the order of their first, and each element's int32 place."""
    return tensor_of(input).unique()


def masked_select(input: Input, mask: Input) -> Tensor:
    """Return the elements where the mask is true, along one axis."""
    return tensor_of(input).masked_select(tensor_of(mask))


def one_hot(
    indices: Input, depth: int, on_value: Input = 1, off_value: Input = 0, axis: int = -1
) -> Tensor:
    """Return a new axis of length `depth`: `on_value` at each index, `off_value` elsewhere.

    Only the last axis can be the new one: ValueError.
    """
    places = tensor_of(indices)
    if axis not in (-1, places.ndim):
        raise ValueError(f"the new axis of one_hot must be the last, not {axis}")
    hits = equal(places.expand_dims(-1), Tensor(np.arange(depth)))
    return where(hits, tensor_of(on_value), tensor_of(off_value))
