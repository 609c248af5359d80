"""What a convolution is in NumPy: a product for each element of the window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np

from ..dialects.convolution import channel_axis
from .arrays import Array


def convolution(
    x: Array,
    weight: Array,
    *,
    strides: Sequence[int],
    dilations: Sequence[int],
    groups: int,
    channels: str,
) -> Array:
    """Return what `graph.conv` gives of arrays of one dtype, in that dtype.

    `x` has shape (images, channels, …), `weight` (channels out, channels in / groups, …); their
    second axis is the last one where `channels` is "last".
    """
    axis = channel_axis(x.ndim, channels)
    x, weight = np.moveaxis(x, axis, 1), np.moveaxis(weight, axis, 1)
    outputs, within, *size = weight.shape
    parts = x.reshape(x.shape[0], groups, within, *x.shape[2:])
    weights = weight.reshape(groups, outputs // groups, within, *size)
    extents = [
        (n - (k - 1) * d - 1) // s + 1
        for n, k, d, s in zip(x.shape[2:], size, dilations, strides, strict=True)
    ]
    total = np.zeros((x.shape[0], groups, outputs // groups, math.prod(extents)), x.dtype)
    for taps in product(*map(range, size)):
        bounds = zip(taps, dilations, extents, strides, strict=True)
        place = tuple(slice(k * d, k * d + (n - 1) * s + 1, s) for k, d, n, s in bounds)
        under = parts[:, :, :, *place].reshape(*parts.shape[:3], total.shape[3])
        factors = weights[:, :, :, *taps]
        # Where a group has one channel, a product of matrices is slower than one of elements.
        total += factors * under if within == 1 else np.matmul(factors, under)
    return np.moveaxis(total.reshape(x.shape[0], outputs, *extents), 1, axis)
