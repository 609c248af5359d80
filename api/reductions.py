"""Functions that reduce axes to one element: sums, means, extremes.

`axis` is one axis, several, or None for all; negative ones count from the end, and one out of
range or named twice is a `ValueError`. With `keepdims` reduced axes stay, with length 1.
Sources: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>,
<https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>.
"""

from __future__ import annotations

from foldaway.dialects.dtypes import promote
from foldaway.dialects.emitter import Number
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import Axes, axes_of, count_over, wide_dtype

from .creation import full
from .elementwise import Input, tensor_of


def sum(
    input: Input,
    axis: Axes = None,
    dtype: object = None,
    keepdims: bool = False,
    initial: Number | None = None,
) -> Tensor:
    """Return sums; integers and bools are summed in int64."""
    return tensor_of(input).sum(axis, dtype, keepdims, initial)


def prod(
    input: Input,
    axis: Axes = None,
    dtype: object = None,
    keepdims: bool = False,
    initial: Number | None = None,
) -> Tensor:
    """Return products; integers and bools are multiplied in int64."""
    return tensor_of(input).prod(axis, dtype, keepdims, initial)


def mean(input: Input, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return means in the dtype of the input, of integers without their fraction.

    Raises `TypeError` for bools.
    """
    return tensor_of(input).mean(axis, keepdims)


def var(input: Input, axis: Axes = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
    """Return variances over n - `ddof`; of integers in float32."""
    return tensor_of(input).var(axis, ddof, keepdims)


def std(input: Input, axis: Axes = None, ddof: int = 0, keepdims: bool = False) -> Tensor:
    """Return square roots of the variances over n - `ddof`; of integers in float32."""
    return tensor_of(input).std(axis, ddof, keepdims)


def amax(input: Input, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the greatest elements, nan where there is one.

    Raises `ValueError` for no elements.
    """
    return tensor_of(input).amax(axis, keepdims)


def amin(input: Input, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the least elements, nan where there is one.

    Raises `ValueError` for no elements.
    """
    return tensor_of(input).amin(axis, keepdims)


def argmax(input: Input, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return int64 indices of the first greatest elements along an axis (None: of all).

    Raises `ValueError` for no elements.
    """
    return tensor_of(input).argmax(axis, keepdims)


def argmin(input: Input, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return int64 indices of the first least elements along an axis (None: of all).

    Raises `ValueError` for no elements.
    """
    return tensor_of(input).argmin(axis, keepdims)


def any(input: Input, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return bools: whether an element is not 0."""
    return tensor_of(input).any(axis, keepdims)


def all(input: Input, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return bools: whether no element is 0."""
    return tensor_of(input).all(axis, keepdims)


def ptp(input: Input, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the distances from the least to the greatest elements."""
    x = tensor_of(input)
    return x.amax(axis, keepdims) - x.amin(axis, keepdims)


def average(
    x: Input, axis: Axes = None, weights: Input | None = None, returned: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Return means, weighted ones if there are weights; with `returned`, sums of weights, too.

    Weights have the shape of `x`, or are one row for the one axis. The dtype is what `x` and
    weights promote to; integers give integers. Raises `ValueError` for other weights.
    """
    tensor = tensor_of(x)
    if weights is None:
        averages = tensor.mean(axis)
        total = full(averages.shape, count_over(tensor.shape, axis), dtype=averages.dtype)
        return (averages, total) if returned else averages
    weight = _aligned(tensor_of(weights), tensor, axis)
    dtype = promote(tensor.dtype, weight.dtype)
    wide = wide_dtype(dtype) if dtype.is_floating else dtype
    total = weight.astype(wide).broadcast_to(tensor.shape).sum(axis)
    weighted = (tensor.astype(wide) * weight.astype(wide)).sum(axis)
    averages = (weighted / total).astype(dtype)
    return (averages, total.astype(dtype)) if returned else averages


def _aligned(weights: Tensor, x: Tensor, axis: Axes) -> Tensor:
    if weights.shape == x.shape:
        return weights
    if not isinstance(axis, int) or weights.ndim != 1:
        raise ValueError("weights of another shape must be one row for one axis")
    (along,) = axes_of(axis, x.ndim)
    if weights.shape[0] != x.shape[along]:
        raise ValueError(f"{weights.shape[0]} weights for an axis of {x.shape[along]}")
    return weights.reshape(tuple(-1 if i == along else 1 for i in range(x.ndim)))
