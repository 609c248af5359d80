"""Functions that move elements: changes of shape, joins and splits. They keep the dtype.

Negative axes count from the end. An axis out of range or named twice, and extents that don't
match, are a `ValueError`.
Sources: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>,
<https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from foldaway.runtime.dispatch import apply
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import Axes, axes_of

from .elementwise import Input, tensor_of

Inputs = Sequence[Input] | Tensor


def reshape(input: Input, shape: int | Sequence[int]) -> Tensor:
    """Return the same elements in another shape; one extent may be -1."""
    return tensor_of(input).reshape(shape)


def transpose(input: Input, input_perm: Sequence[int] | None = None) -> Tensor:
    """Return the tensor with its axes in another order, reversed by default."""
    return apply("transpose", tensor_of(input), input_perm)


def permute(input: Input, axis: Sequence[int]) -> Tensor:
    """Return the tensor with its axes in another order."""
    return apply("transpose", tensor_of(input), axis)


def swapaxes(input: Input, axis0: int, axis1: int) -> Tensor:
    """Return the tensor with two axes exchanged."""
    return tensor_of(input).swapaxes(axis0, axis1)


def moveaxis(x: Input, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Return the tensor with axes moved to other places; the others keep their order."""
    tensor = tensor_of(x)
    origins, places = axes_of(source, tensor.ndim), axes_of(destination, tensor.ndim)
    if len(origins) != len(places):
        raise ValueError("source and destination must name as many axes")
    order = [axis for axis in range(tensor.ndim) if axis not in origins]
    for place, axis in sorted(zip(places, origins, strict=True)):
        order.insert(place, axis)
    return apply("transpose", tensor, tuple(order))


def squeeze(input: Input, axis: Axes = None) -> Tensor:
    """Return the tensor without axes of length 1, all or the given ones."""
    return tensor_of(input).squeeze(axis)


def expand_dims(input: Input, axis: Axes) -> Tensor:
    """Return the tensor with new axes of length 1 at these places of the result."""
    return tensor_of(input).expand_dims(axis)


def unsqueeze(input: Input, dim: int) -> Tensor:
    """Return the tensor with a new axis of length 1."""
    return tensor_of(input).expand_dims(dim)


def broadcast_to(input: Input, shape: Sequence[int]) -> Tensor:
    """Return the tensor repeated to a shape; -1 keeps an extent."""
    return tensor_of(input).broadcast_to(shape)


def flatten(input: Input, order: str = "C", *, start_dim: int = 1, end_dim: int = -1) -> Tensor:
    """Return the tensor with the axes from `start_dim` to `end_dim` made one.

    Column by column with order "F". Raises `ValueError` for another order.
    """
    if order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F', not {order!r}")
    x = tensor_of(input)
    if order == "F":
        x = transpose(x)
    if x.ndim < 2:
        return x.reshape((x.size,))
    first, last = axes_of(start_dim, x.ndim)[0], axes_of(end_dim, x.ndim)[0]
    count = 1
    for extent in x.shape[first : last + 1]:
        count *= extent
    return x.reshape((*x.shape[:first], count, *x.shape[last + 1 :]))


def ravel(input: Input) -> Tensor:
    """Return all elements along one axis."""
    return tensor_of(input).ravel()


def flip(input: Input, dims: Axes = None) -> Tensor:
    """Return the tensor with its elements in reverse order along axes (None: all)."""
    x = tensor_of(input)
    return apply("reverse", x, range(x.ndim) if dims is None else axes_of(dims, x.ndim))


def tile(input: Input, dims: int | Sequence[int]) -> Tensor:
    """Return the tensor repeated so many times along each axis, counted from the last."""
    x = tensor_of(input)
    counts = (dims,) if isinstance(dims, int) else tuple(dims)
    counts = (1,) * (x.ndim - len(counts)) + counts
    shape = (1,) * (len(counts) - x.ndim) + x.shape
    parted = [extent for own in shape for extent in (1, own)]
    wanted = [extent for pair in zip(counts, shape, strict=True) for extent in pair]
    whole = tuple(count * own for count, own in zip(counts, shape, strict=True))
    return x.reshape(parted).broadcast_to(wanted).reshape(whole)


def repeat(input: Input, repeats: int, axis: int | None = None) -> Tensor:
    """Return the tensor with each element repeated along an axis (None: all in one axis)."""
    x = tensor_of(input)
    if axis is None:
        x, axis = x.ravel(), 0
    (along,) = axes_of(axis, x.ndim)
    before, after = x.shape[: along + 1], x.shape[along + 1 :]
    spread = x.expand_dims(along + 1).broadcast_to((*before, repeats, *after))
    return spread.reshape((*before[:-1], before[-1] * repeats, *after))


def concat(tensors: Inputs, axis: int = 0) -> Tensor:
    """Return the tensors one after the other along an axis, promoted to one dtype.

    Raises `ValueError` for no tensors.
    """
    return apply("concat", [tensor_of(tensor) for tensor in tensors], axis)


cat = concat


def stack(tensors: Inputs, axis: int = 0) -> Tensor:
    """Return the tensors, which have one shape, along a new axis."""
    rows = [tensor_of(tensor) for tensor in tensors]
    if len({row.shape for row in rows}) > 1:
        raise ValueError("all tensors must have the same shape")
    return concat([row.expand_dims(axis) for row in rows], axis)


def hstack(tensors: Inputs) -> Tensor:
    """Return the tensors one after the other along the second axis, or the only one."""
    rows = [at_least(tensor_of(tensor), 1) for tensor in tensors]
    return concat(rows, 0 if rows and rows[0].ndim == 1 else 1)


def vstack(tensors: Inputs) -> Tensor:
    """Return the tensors one below the other; one of one axis is a row."""
    return concat([at_least(tensor_of(tensor), 2) for tensor in tensors], 0)


def at_least(x: Tensor, rank: int) -> Tensor:
    """Return the tensor with axes of length 1 in front until it has `rank` of them."""
    return x.reshape((1,) * (rank - x.ndim) + x.shape)


def split(
    tensor: Input, split_size_or_sections: int | Sequence[int], axis: int = 0
) -> tuple[Tensor, ...]:
    """Return the parts of one size, the last one smaller, or of the given sizes.

    Raises `ValueError` for sizes that don't add up to the extent.
    """
    x = tensor_of(tensor)
    (along,) = axes_of(axis, x.ndim)
    extent, size = x.shape[along], split_size_or_sections
    if isinstance(size, int):
        if size < 1:
            raise ValueError(f"the size of a part must be positive, not {size}")
        bounds = [*range(0, extent, size), extent] if extent else [0, 0]
        return _parts(x, bounds, along)
    if sum(size) != extent or min(size, default=0) < 0:
        raise ValueError(f"parts of {list(size)} don't make up an axis of {extent}")
    bounds = [0]
    for part in size:
        bounds.append(bounds[-1] + part)
    return _parts(x, bounds, along)


def chunk(input: Input, chunks: int, axis: int = 0) -> tuple[Tensor, ...]:
    """Return at most so many parts of one size, the last one smaller."""
    x = tensor_of(input)
    if chunks < 1:
        raise ValueError(f"the number of parts must be positive, not {chunks}")
    return split(x, max(1, -(-x.shape[axes_of(axis, x.ndim)[0]] // chunks)), axis)


def split_at(
    x: Input, indices_or_sections: int | Sequence[int], axis: int = 0
) -> tuple[Tensor, ...]:
    """Return so many equal parts, or the parts between the given places, as NumPy does.

    Raises `ValueError` for an extent that doesn't divide.
    """
    tensor = tensor_of(x)
    (along,) = axes_of(axis, tensor.ndim)
    extent = tensor.shape[along]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1 or extent % indices_or_sections:
            raise ValueError(f"an axis of {extent} has no {indices_or_sections} equal parts")
        step = extent // indices_or_sections
        return _parts(tensor, [step * i for i in range(indices_or_sections + 1)], along)
    places = [slice(None, place).indices(extent)[1] for place in indices_or_sections]
    return _parts(tensor, [0, *places, extent], along)


def _parts(x: Tensor, bounds: Sequence[int], axis: int) -> tuple[Tensor, ...]:
    ones = (1,) * x.ndim
    parts: list[Tensor] = []
    for start, limit in pairwise(bounds):
        starts = tuple(start if i == axis else 0 for i in range(x.ndim))
        limits = (*x.shape[:axis], max(start, limit), *x.shape[axis + 1 :])
        parts.append(apply("slice", x, starts, limits, ones))
    return tuple(parts)
