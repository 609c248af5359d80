"""MindSpore's operators as classes: made with their attributes, called with their operands.

Each does what the function of the same name does; see there for shapes, dtypes and errors.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.primitive.html>.
"""

from __future__ import annotations

from collections.abc import Sequence

from foldaway.dialects.dtypes import int32
from foldaway.runtime.arrays import as_dtype
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import Axes

from . import activations, creation, elementwise, logic, products, reductions, shaping
from .elementwise import Input, tensor_of
from .printing import print_


class Primitive:
    """An operator; operators of one class and one set of attributes do the same."""

    def __init__(self, name: str | None = None):
        self.name = type(self).__name__ if name is None else name

    def __repr__(self) -> str:
        return f"{self.name}()"


class Print(Primitive):
    """Prints its operands, each on a line of its own."""

    def __call__(self, *inputs: object) -> None:
        """Print, when the operands are known."""
        print_(*inputs)


class Assign(Primitive):
    """Writes a tensor's data into a parameter."""

    def __call__(self, variable: Parameter, value: Input) -> Parameter:
        """Return the parameter, which has the value's data now."""
        return variable.assign_value(value)


class Cast(Primitive):
    """Converts to another dtype."""

    def __call__(self, input_x: Input, dtype: object) -> Tensor:
        """Return the same numbers in another dtype."""
        return tensor_of(input_x).astype(as_dtype(dtype))


class MatMul(Primitive):
    """The product of two matrices, which may be transposed first."""

    def __init__(self, transpose_a: bool = False, transpose_b: bool = False):
        super().__init__()
        self.transpose_a = transpose_a
        self.transpose_b = transpose_b

    def __call__(self, input: Input, mat2: Input) -> Tensor:
        """Return the product."""
        x, y = tensor_of(input), tensor_of(mat2)
        x = x.swapaxes(-1, -2) if self.transpose_a else x
        return products.matmul(x, y.swapaxes(-1, -2) if self.transpose_b else y)


class Softmax(Primitive):
    """exp(x) over its sum along an axis."""

    def __init__(self, axis: int = -1):
        super().__init__()
        self.axis = axis

    def __call__(self, logits: Input) -> Tensor:
        """Return the softmax."""
        return activations.softmax(logits, self.axis)


class Argmax(Primitive):
    """Index of the first greatest element along an axis."""

    def __init__(self, axis: int = -1, output_type: object = int32):
        super().__init__()
        self.axis = axis
        self.output_type = output_type

    def __call__(self, input_x: Input) -> Tensor:
        """Return the indices."""
        return reductions.argmax(input_x, self.axis).astype(self.output_type)


class Concat(Primitive):
    """Tensors one after the other along an axis."""

    def __init__(self, axis: int = 0):
        super().__init__()
        self.axis = axis

    def __call__(self, tensors: shaping.Inputs) -> Tensor:
        """Return the joined tensor."""
        return shaping.concat(tensors, self.axis)


class Stack(Primitive):
    """Tensors of one shape along a new axis."""

    def __init__(self, axis: int = 0):
        super().__init__()
        self.axis = axis

    def __call__(self, tensors: shaping.Inputs) -> Tensor:
        """Return the joined tensor."""
        return shaping.stack(tensors, self.axis)


class Split(Primitive):
    """So many equal parts along an axis."""

    def __init__(self, axis: int = 0, output_num: int = 1):
        super().__init__()
        self.axis = axis
        self.output_num = output_num

    def __call__(self, input_x: Input) -> tuple[Tensor, ...]:
        """Return the parts."""
        return shaping.split_at(input_x, self.output_num, self.axis)


class Squeeze(Primitive):
    """The tensor without axes of length 1, all or the given ones."""

    def __init__(self, axis: Axes = ()):
        super().__init__()
        self.axis = axis

    def __call__(self, input_x: Input) -> Tensor:
        """Return the tensor with fewer axes."""
        return shaping.squeeze(input_x, None if self.axis == () else self.axis)


class Reshape(Primitive):
    """The same elements in another shape."""

    def __call__(self, input: Input, shape: Sequence[int]) -> Tensor:
        """Return the tensor in that shape."""
        return shaping.reshape(input, shape)


class Transpose(Primitive):
    """The axes in another order."""

    def __call__(self, input: Input, input_perm: Sequence[int]) -> Tensor:
        """Return the tensor with its axes in that order."""
        return shaping.transpose(input, input_perm)


class ExpandDims(Primitive):
    """A new axis of length 1."""

    def __call__(self, input_x: Input, axis: int) -> Tensor:
        """Return the tensor with one axis more."""
        return shaping.expand_dims(input_x, axis)


class Tile(Primitive):
    """The tensor repeated along its axes."""

    def __call__(self, input: Input, dims: Sequence[int]) -> Tensor:
        """Return the repeated tensor."""
        return shaping.tile(input, dims)


class Flatten(Primitive):
    """All axes but the first made one."""

    def __call__(self, input_x: Input) -> Tensor:
        """Return the tensor with two axes."""
        return shaping.flatten(input_x)


class Shape(Primitive):
    """The extent of each axis."""

    def __call__(self, input_x: Input) -> tuple[int, ...]:
        """Return the shape."""
        return tensor_of(input_x).shape


class Rank(Primitive):
    """The number of axes."""

    def __call__(self, input_x: Input) -> int:
        """Return the number of axes."""
        return tensor_of(input_x).ndim


class Select(Primitive):
    """One tensor where a condition is true, another elsewhere."""

    def __call__(self, condition: Input, input: Input, other: Input) -> Tensor:
        """Return the chosen elements."""
        return logic.select(condition, input, other)


class OnesLike(Primitive):
    """Ones in the shape and dtype of another tensor."""

    def __call__(self, input_x: Input) -> Tensor:
        """Return the ones."""
        return creation.ones_like(input_x)


class ZerosLike(Primitive):
    """Zeros in the shape and dtype of another tensor."""

    def __call__(self, input_x: Input) -> Tensor:
        """Return the zeros."""
        return creation.zeros_like(input_x)


class AddN(Primitive):
    """The sum of several tensors."""

    def __call__(self, x: Sequence[Input]) -> Tensor:
        """Return the sum."""
        return addn(x)


def addn(x: Sequence[Input]) -> Tensor:
    """Return the sum of several tensors.

    Raises `ValueError` for none.
    """
    if not x:
        raise ValueError("addn needs at least one tensor")
    total = tensor_of(x[0])
    for term in x[1:]:
        total = elementwise.add(total, term)
    return total
