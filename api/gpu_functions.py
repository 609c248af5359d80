"""Functions that the check of the GPU compiles."""

from __future__ import annotations

from typing import Any

from . import ops

EPSILON = 1e-5
"""What a layer norm adds to the variance."""


def scaled_relu(x: Any, y: Any) -> Any:
    """Return max(2x + y, 0)."""
    return ops.relu(x * 2.0 + y)


def add(x: Any, y: Any) -> Any:
    """Return a sum, of shapes that broadcast."""
    return x + y


def mixed(x: Any, y: Any) -> Any:
    """Return something of several transcendental functions."""
    return ops.tanh(x) * ops.sigmoid(y) + ops.exp(x - 2.0) / (ops.abs(y) + 1.0)


def integers(x: Any, y: Any) -> Any:
    """Return something of integers, with divisions by 0 left out."""
    return (x // (ops.abs(y) + 1)) * 3 + x % (ops.abs(y) + 2) - ops.maximum(x, y)


def chosen(x: Any, y: Any) -> Any:
    """Return one or the other, by a comparison."""
    return ops.where((x > y) & (x > 0), x, y - x)


def logic(x: Any, y: Any) -> Any:
    """Return something of bools."""
    return (x & ~y) | (x ^ y)


def total(x: Any) -> Any:
    """Return the sum of all."""
    return x.sum()


def greatest(x: Any) -> Any:
    """Return the greatest of all."""
    return x.max()


def row_sums(x: Any) -> Any:
    """Return the sum of each row."""
    return x.sum(axis=-1)


def column_sums(x: Any) -> Any:
    """Return the sum of each column."""
    return x.sum(axis=0)


def middle_sums(x: Any) -> Any:
    """Return sums over the middle axis of three."""
    return x.sum(axis=1)


def row_maxima(x: Any) -> Any:
    """Return the greatest of each row."""
    return x.max(axis=-1)


def best_places(x: Any) -> Any:
    """Return the place of the greatest of each row."""
    return x.argmax(axis=-1)


def best_place(x: Any) -> Any:
    """Return the place of the greatest of all."""
    return x.argmax()


def any_row(x: Any) -> Any:
    """Return whether anything in each row is true."""
    return x.any(axis=-1)


def softmax(x: Any) -> Any:
    """Return the softmax of each row."""
    return ops.softmax(x, -1)


def layer_norm(x: Any, gain: Any, shift: Any) -> Any:
    """Return each row with mean 0 and variance 1, times a gain, plus a shift.

    Floats of 16 bits are computed in float32.
    """
    wide = x.astype("float32") if x.itemsize < 4 else x
    far = wide - wide.mean(-1, keepdims=True)
    scale = ops.rsqrt((far * far).mean(-1, keepdims=True) + EPSILON)
    return (far * scale * gain + shift).astype(x.dtype)


def transposed(x: Any) -> Any:
    """Return a matrix with its axes exchanged."""
    return x.transpose((1, 0)) + 1


def permuted(x: Any) -> Any:
    """Return three axes in another order."""
    return x.transpose((2, 0, 1)) * 2


def product(x: Any, y: Any) -> Any:
    """Return a product of matrices."""
    return x @ y


def product_turned(x: Any, y: Any) -> Any:
    """Return x times the transposed y, as layers have it."""
    return x @ y.swapaxes(-1, -2)


def dense_gelu(x: Any, weight: Any, bias: Any) -> Any:
    """Return gelu(x w + b)."""
    return ops.gelu(x @ weight + bias)


def sines(x: Any) -> Any:
    """Return what has no code on the device in float64."""
    return ops.sin(x) + ops.cos(x)


def mlp(x: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return two layers with a gelu between them."""
    return ops.gelu(x @ a + b) @ c + d


def attention(query: Any, key: Any, value: Any) -> Any:
    """Return softmax(q kT / √d) v."""
    scores = (query @ key.swapaxes(-1, -2)) * query.shape[-1] ** -0.5
    return ops.softmax(scores, -1) @ value


def halving(x: Any) -> Any:
    """Return x halved until its sum is below 1."""
    while x.sum() > 1:
        x = x * 0.5
    return x
