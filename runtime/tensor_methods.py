"""Methods of tensors that compute a new tensor. Negative axes count from the end.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, cast

from ..dialects.build_shape import normalize_axes
from ..dialects.dtypes import DType, float32, promote
from ..dialects.emitter import Number
from .arrays import as_dtype
from .dispatch import apply
from .tensor_logic import TensorLogic

if TYPE_CHECKING:
    from .tensor import Tensor

Axes = int | Sequence[int] | None
Shape = Sequence[int]


class TensorMethods(TensorLogic):
    """A tensor with conversions, changes of shape and reductions."""

    __slots__ = ()

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self.spec.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.spec.size * self.spec.dtype.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from an element to the next, along each axis; data lies in row-major order."""
        step, steps = self.itemsize, list[int]()
        for extent in reversed(self.shape):
            steps.append(step)
            step *= extent
        return tuple(reversed(steps))

    def dim(self) -> int:
        """Return the number of axes."""
        return self.ndim

    def numel(self) -> int:
        """Return the number of elements."""
        return self.size

    def astype(self, dtype: object, copy: bool = True) -> Tensor:
        """Return the same numbers in another dtype.

        Floats become integers toward 0, out of range the nearest limit, nan 0.
        `dtype` is one of ours, its name, NumPy's, or a Python type; `TypeError` for others.
        """
        return apply("convert", self, as_dtype(dtype))

    def to(self, dtype: object) -> Tensor:
        """Return the same numbers in another dtype."""
        return self.astype(dtype)

    def copy(self) -> Tensor:
        """Return a tensor of the same elements that changes on its own."""
        return apply("convert", self, self.dtype)

    def reshape(self, *shape: int | Shape) -> Tensor:
        """Return the same elements in another shape; one extent may be -1.

        Raises `ValueError` if the number of elements differs.
        """
        return apply("reshape", self, _integers(shape))

    def view(self, *shape: int | Shape) -> Tensor:
        """Return the same elements in another shape; it is a copy, for tensors are values."""
        return self.reshape(*shape)

    def flatten(self, order: str = "C") -> Tensor:
        """Return all elements along one axis, row by row (`C`) or column by column (`F`)."""
        if order not in ("C", "F"):
            raise ValueError(f"order must be 'C' or 'F', not {order!r}")
        return (self if order == "C" else self.transpose()).reshape((self.size,))

    def ravel(self) -> Tensor:
        """Return all elements along one axis."""
        return self.reshape((self.size,))

    def transpose(self, *axes: int | Shape | None) -> Tensor:
        """Return the tensor with its axes in another order; reversed without one.

        Two integers are two axes to exchange, as in MindSpore; an order of two is a tuple.
        """
        if not axes or axes[0] is None:
            return apply("transpose", self)
        if len(axes) == 2 and isinstance(axes[0], int) and isinstance(axes[1], int):
            return self.swapaxes(axes[0], axes[1])
        return apply("transpose", self, _integers(cast("tuple[int | Shape, ...]", axes)))

    def permute(self, *axes: int | Shape) -> Tensor:
        """Return the tensor with its axes in another order."""
        return apply("transpose", self, _integers(axes))

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Return the tensor with two axes exchanged."""
        first, second = axes_of((axis1,), self.ndim)[0], axes_of((axis2,), self.ndim)[0]
        order = list(range(self.ndim))
        order[first], order[second] = second, first
        return apply("transpose", self, tuple(order))

    @property
    def T(self) -> Tensor:
        """The tensor with its axes reversed."""
        return apply("transpose", self)

    def squeeze(self, axis: Axes = None) -> Tensor:
        """Return the tensor without axes of length 1, all or the given ones.

        Raises `ValueError` for a given axis of another length.
        """
        shape = self.shape
        if axis is None:
            gone = tuple(i for i, extent in enumerate(shape) if extent == 1)
        else:
            gone = axes_of(axis, len(shape))
        if any(shape[i] != 1 for i in gone):
            raise ValueError("only an axis of length 1 can be squeezed")
        left = tuple(extent for i, extent in enumerate(shape) if i not in gone)
        return apply("reshape", self, left)

    def expand_dims(self, axis: Axes) -> Tensor:
        """Return the tensor with new axes of length 1 at these places of the result."""
        places = (axis,) if isinstance(axis, int) else tuple(cast("Sequence[int]", axis))
        rank = self.ndim + len(places)
        new = axes_of(places, rank)
        extents = iter(self.shape)
        return apply("reshape", self, tuple(1 if i in new else next(extents) for i in range(rank)))

    def unsqueeze(self, dim: int) -> Tensor:
        """Return the tensor with a new axis of length 1."""
        return self.expand_dims(dim)

    def broadcast_to(self, *shape: int | Shape) -> Tensor:
        """Return the tensor repeated to a shape; -1 keeps an extent.

        Raises `ValueError` if an extent is neither 1 nor the shape's.
        """
        wanted = list(_integers(shape))
        own = (1,) * (len(wanted) - self.ndim) + self.shape
        for i, extent in enumerate(wanted):
            if extent == -1:
                wanted[i] = own[i]
        return apply("broadcast_to", self, tuple(wanted))

    expand = broadcast_to

    def sum(
        self,
        axis: Axes = None,
        dtype: object = None,
        keepdims: bool = False,
        initial: Number | None = None,
    ) -> Tensor:
        """Return the sum over axes (None: all); integers and bools are summed in int64."""
        x = self if dtype is None else self.astype(dtype)
        total = apply("reduce", "sum", x, axes_or_all(axis, self.ndim), keepdims)
        total = total if dtype is None else total.astype(dtype)
        return total if initial is None else total + initial

    def prod(
        self,
        axis: Axes = None,
        dtype: object = None,
        keepdims: bool = False,
        initial: Number | None = None,
    ) -> Tensor:
        """Return the product over axes (None: all); integers and bools multiply in int64."""
        x = self if dtype is None else self.astype(dtype)
        product = apply("reduce", "prod", x, axes_or_all(axis, self.ndim), keepdims)
        product = product if dtype is None else product.astype(dtype)
        return product if initial is None else product * initial

    def mean(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Return the mean over axes (None: all), in the tensor's dtype.

        That of integers is without its fraction, as in MindSpore. Raises `TypeError` for bools.
        """
        dtype = self.dtype
        if dtype.kind == "b":
            raise TypeError("mean is not defined for a tensor of bool_")
        count = count_over(self.shape, axis)
        if dtype.is_integer:
            total = self.sum(axis, keepdims=keepdims)
            floor = total // count
            # Toward 0, not down.
            return (floor + ((total < 0) & (floor * count != total))).astype(dtype)
        return (self._wide().sum(axis, keepdims=keepdims) / count).astype(dtype)

    def var(self, axis: Axes = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
        """Return the mean of the squares of deviations from the mean, over n - `ddof`."""
        dtype = self.dtype if self.dtype.is_floating else float32
        x = self._wide()
        deviation = x - x.mean(axis, keepdims=True)
        total = (deviation * deviation).sum(axis, keepdims=keepdims)
        return (total / max(count_over(self.shape, axis) - ddof, 0)).astype(dtype)

    def std(self, axis: Axes = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
        """Return the square root of the variance."""
        dtype = self.dtype if self.dtype.is_floating else float32
        return self._wide().var(axis, ddof, keepdims).sqrt().astype(dtype)

    def max(
        self, axis: Axes = None, keepdims: bool = False, *, return_indices: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return the greatest element over axes (None: all), nan if there is one.

        With `return_indices` and one axis: that and the index of the first.
        Raises `ValueError` for no elements.
        """
        return self._extreme("max", axis, keepdims, return_indices)

    def min(
        self, axis: Axes = None, keepdims: bool = False, *, return_indices: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return the least element over axes (None: all), nan if there is one; see `max`."""
        return self._extreme("min", axis, keepdims, return_indices)

    def amax(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Return the greatest element over axes (None: all), nan if there is one."""
        return apply("reduce", "max", self, axes_or_all(axis, self.ndim), keepdims)

    def amin(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Return the least element over axes (None: all), nan if there is one."""
        return apply("reduce", "min", self, axes_or_all(axis, self.ndim), keepdims)

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Return the int64 index of the first greatest element along an axis (None: of all)."""
        return apply("argreduce", "max", self, axis, keepdims)

    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Return the int64 index of the first least element along an axis (None: of all)."""
        return apply("argreduce", "min", self, axis, keepdims)

    def any(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Return whether an element over axes (None: all) is not 0."""
        return apply("reduce", "any", self, axes_or_all(axis, self.ndim), keepdims)

    def all(self, axis: Axes = None, keepdims: bool = False) -> Tensor:
        """Return whether no element over axes (None: all) is 0."""
        return apply("reduce", "all", self, axes_or_all(axis, self.ndim), keepdims)

    def _extreme(
        self, kind: str, axis: Axes, keepdims: bool, return_indices: bool
    ) -> Tensor | tuple[Tensor, Tensor]:
        extreme = apply("reduce", kind, self, axes_or_all(axis, self.ndim), keepdims)
        if not return_indices:
            return extreme
        if not isinstance(axis, int):
            raise ValueError("return_indices needs one axis")
        return extreme, apply("argreduce", kind, self, axis, keepdims)

    def _wide(self) -> Tensor:
        """Return the numbers in at least float32, in which sums neither overflow nor drown."""
        return self.astype(wide_dtype(self.dtype))


def wide_dtype(dtype: DType) -> DType:
    """Return the dtype in which functions of several steps compute: float32, or float64."""
    return promote(dtype, float32) if dtype.is_floating else float32


def axes_of(axis: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """Return one or several axes, counted from the front.

    Raises `ValueError` for an axis out of range or named twice.
    """
    return normalize_axes((axis,) if isinstance(axis, int) else axis, rank)


def axes_or_all(axis: Axes, rank: int) -> tuple[int, ...] | None:
    """Return the axes to reduce over; None for all. In MindSpore `()` means all, too."""
    if axis is None or axis == () or axis == []:
        return None
    return axes_of(axis, rank)


def count_over(shape: tuple[int, ...], axis: Axes) -> int:
    """Return how many elements are reduced to one."""
    over = axes_or_all(axis, len(shape))
    return math.prod(shape if over is None else (shape[i] for i in over))


def _integers(numbers: tuple[int | Shape, ...]) -> tuple[int, ...]:
    """Return the integers of `f(1, 2)` and of `f((1, 2))`."""
    if len(numbers) == 1 and not isinstance(numbers[0], int):
        first = numbers[0]
        if hasattr(first, "__index__"):
            return (index(cast(Any, first)),)
        return tuple(map(index, first))
    return tuple(index(cast(int, number)) for number in numbers)
