"""MindSpore's reductions as classes; each does what the function of its name does.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.primitive.html>.
"""

from __future__ import annotations

from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import Axes

from . import reductions
from .elementwise import Input
from .operators import Primitive


class Reduction(Primitive):
    """An operator that reduces axes; with `keep_dims` they stay, with length 1."""

    def __init__(self, keep_dims: bool = False):
        super().__init__()
        self.keep_dims = keep_dims


class ReduceSum(Reduction):
    """Sums over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.sum(x, axis, keepdims=self.keep_dims)


class ReduceMean(Reduction):
    """Means over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.mean(x, axis, keepdims=self.keep_dims)


class ReduceProd(Reduction):
    """Products over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.prod(x, axis, keepdims=self.keep_dims)


class ReduceMax(Reduction):
    """Greatest elements over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.amax(x, axis, keepdims=self.keep_dims)


class ReduceMin(Reduction):
    """Least elements over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.amin(x, axis, keepdims=self.keep_dims)


class ReduceAny(Reduction):
    """Whether an element is not 0, over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.any(x, axis, keepdims=self.keep_dims)


class ReduceAll(Reduction):
    """Whether no element is 0, over axes."""

    def __call__(self, x: Input, axis: Axes = ()) -> Tensor:
        """Return the reduced tensor; `()` stands for all axes."""
        return reductions.all(x, axis, keepdims=self.keep_dims)
