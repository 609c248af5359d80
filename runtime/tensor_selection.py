"""Methods of tensors that choose elements, by indices, conditions or values.

What needs the data to know which elements those are is refused while compiling, unless the data
are known constants.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects.dtypes import bool_
from .dispatch import Operand, apply, constant, made_of
from .tensor_data import TensorData
from .tensor_methods import TensorMethods

if TYPE_CHECKING:
    from .tensor import Tensor


class TensorSelection(TensorMethods):
    """A tensor with methods that choose elements."""

    __slots__ = ()

    def gather(self, input_indices: Operand, axis: int = 0, batch_dims: int = 0) -> Tensor:
        """Return the slices along an axis that the indices name, negative ones from the end.

        Raises IndexError for an index out of range, ValueError for `batch_dims` but 0.
        """
        if batch_dims:
            raise ValueError("gather has no batch_dims but 0")
        places = _data(input_indices, "gather()")
        return constant(np.take(self.array("gather()"), places, axis))

    def gather_nd(self, indices: Operand) -> Tensor:
        """Return the elements or slices at rows of indices: the last axis names one place.

        Raises IndexError for an index out of range.
        """
        places = np.moveaxis(_data(indices, "gather_nd()"), -1, 0)
        return constant(self.array("gather_nd()")[tuple(places)])

    def nonzero(self) -> Tensor:
        """Return the int64 indices of the elements that are not 0, a row for each."""
        return constant(np.argwhere(self.array("nonzero()")).astype(np.int64))

    def unique(self) -> tuple[Tensor, Tensor]:
        """Return the different elements in the order of their first, and each element's place.

        The places are int32, in the shape of the tensor.
        """
        data = self.array("unique()")
        found, first, places = np.unique(data, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        return constant(found[order]), constant(rank[places].reshape(data.shape).astype(np.int32))

    def masked_select(self, mask: Operand) -> Tensor:
        """Return the elements where the mask is true, along one axis."""
        data, chosen = np.broadcast_arrays(
            self.array("masked_select()"), _data(mask, "masked_select()")
        )
        return constant(data[chosen])

    def masked_fill(self, mask: Operand, value: Operand) -> Tensor:
        """Return the elements, those where the mask is true replaced by a value."""
        return apply("convert", apply("select", mask, value, self), self.dtype)

    def where(self, condition: Operand, y: Operand) -> Tensor:
        """Return the elements where a condition is true, those of `y` elsewhere."""
        return apply("select", apply("convert", condition, bool_), self, y)

    def expand_as(self, x: TensorData) -> Tensor:
        """Return the tensor repeated to the shape of another."""
        return self.broadcast_to(x.shape)

    def view_as(self, other: TensorData) -> Tensor:
        """Return the same elements in the shape of another tensor."""
        return self.reshape(other.shape)

    def init_data(self, *options: object) -> Tensor:
        """Return the tensor: its data are made when it is."""
        return cast("Tensor", self)


def _data(operand: Operand, wanted: str) -> Any:
    tensor = operand if isinstance(operand, TensorData) else made_of(operand)
    return tensor.array(wanted)
