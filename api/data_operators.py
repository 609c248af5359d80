"""MindSpore's operators on data that are given or chosen, as classes.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.primitive.html>.
"""

from __future__ import annotations

from collections.abc import Sequence

from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor

from . import activations, creation, functional, gradients, reductions, selection, shaping
from .elementwise import Input, tensor_of
from .operators import Primitive


class AssignAdd(Primitive):
    """Adds to a parameter."""

    def __call__(self, variable: Parameter, value: Input) -> Parameter:
        """Return the parameter, which has the sum now."""
        return variable.assign_value(tensor_of(variable) + tensor_of(value))


class AssignSub(Primitive):
    """Subtracts from a parameter."""

    def __call__(self, variable: Parameter, value: Input) -> Parameter:
        """Return the parameter, which has the difference now."""
        return variable.assign_value(tensor_of(variable) - tensor_of(value))


class FillV2(Primitive):
    """A tensor full of one number."""

    def __call__(self, shape: Sequence[int] | Tensor, value: Input) -> Tensor:
        """Return the tensor, in the dtype of the value."""
        extents = shape.tolist() if isinstance(shape, Tensor) else shape
        return shaping.broadcast_to(tensor_of(value), tuple(extents))


class Fill(Primitive):
    """A tensor full of one number, in a given dtype."""

    def __call__(self, type: object, shape: Sequence[int], value: Input) -> Tensor:
        """Return the tensor."""
        return shaping.broadcast_to(tensor_of(value).astype(type), tuple(shape))


class Ones(Primitive):
    """Ones."""

    def __call__(self, shape: int | Sequence[int], type: object) -> Tensor:
        """Return the ones."""
        return creation.ones(shape, type)


class Zeros(Primitive):
    """Zeros."""

    def __call__(self, shape: int | Sequence[int], type: object) -> Tensor:
        """Return the zeros."""
        return creation.zeros(shape, type)


class Gather(Primitive):
    """The slices along an axis that indices name; see `gather`."""

    def __init__(self, batch_dims: int = 0):
        super().__init__()
        self.batch_dims = batch_dims

    def __call__(self, input_params: Input, input_indices: Input, axis: int) -> Tensor:
        """Return the slices."""
        return selection.gather(input_params, input_indices, axis, self.batch_dims)


class GatherNd(Primitive):
    """The elements at rows of indices; see `gather_nd`."""

    def __call__(self, input_x: Input, indices: Input) -> Tensor:
        """Return the elements."""
        return selection.gather_nd(input_x, indices)


class Unique(Primitive):
    """The different elements, and where each element is among them; see `unique`."""

    def __call__(self, x: Input) -> tuple[Tensor, Tensor]:
        """Return elements and indices."""
        return selection.unique(x)


class NonZero(Primitive):
    """The indices of the elements that are not 0; see `nonzero`."""

    def __call__(self, x: Input) -> Tensor:
        """Return the indices."""
        return selection.nonzero(x)


class OneHot(Primitive):
    """A new axis that says which index; see `one_hot`."""

    def __init__(self, axis: int = -1):
        super().__init__()
        self.axis = axis

    def __call__(self, indices: Input, depth: int, on_value: Input, off_value: Input) -> Tensor:
        """Return the tensor with one axis more."""
        return selection.one_hot(indices, depth, on_value, off_value, self.axis)


class BroadcastTo(Primitive):
    """The tensor repeated to a shape."""

    def __init__(self, shape: Sequence[int]):
        super().__init__()
        self.shape = tuple(shape)

    def __call__(self, input_x: Input) -> Tensor:
        """Return the repeated tensor."""
        return shaping.broadcast_to(input_x, self.shape)


class ArgMaxWithValue(Primitive):
    """The greatest elements along an axis, and where they are."""

    def __init__(self, axis: int = 0, keep_dims: bool = False):
        super().__init__()
        self.axis = axis
        self.keep_dims = keep_dims

    def __call__(self, input_x: Input) -> tuple[Tensor, Tensor]:
        """Return indices and elements."""
        index = reductions.argmax(input_x, self.axis, self.keep_dims)
        return index, reductions.amax(input_x, self.axis, self.keep_dims)


class BiasAdd(Primitive):
    """One number for each index of the second axis, added."""

    def __call__(self, input_x: Input, bias: Input) -> Tensor:
        """Return the sum."""
        return functional.bias_add(input_x, bias)


class LogSoftmax(Primitive):
    """The logarithm of the softmax."""

    def __init__(self, axis: int = -1):
        super().__init__()
        self.axis = axis

    def __call__(self, logits: Input) -> Tensor:
        """Return the result, in the shape of the operand."""
        return activations.log_softmax(logits, self.axis)


class Size(Primitive):
    """The number of elements."""

    def __call__(self, input_x: Input) -> int:
        """Return the number."""
        return tensor_of(input_x).size


class StopGradient(Primitive):
    """The operand, as a constant where gradients are taken."""

    def __call__(self, input_x: Input) -> Tensor:
        """Return the operand."""
        return gradients.stop_gradient(tensor_of(input_x))
