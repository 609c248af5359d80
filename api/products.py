"""Products of matrices and tensors. Operands promote to one dtype.

float16 and bfloat16 are summed in float32 and rounded once; integers wrap. Extents that don't
match are a `ValueError`.
Sources: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>,
<https://numpy.org/doc/stable/reference/routines.linalg.html>.
"""

from __future__ import annotations

from collections.abc import Sequence

from foldaway.runtime.dispatch import apply
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import axes_of

from .elementwise import Input, mul, operand, tensor_of

Places = int | Sequence[int]


def matmul(input: Input, other: Input) -> Tensor:
    """Return products of the matrices in the last two axes; the axes before them broadcast."""
    return apply("matmul", tensor_of(input), tensor_of(other))


def dot(input: Input, other: Input) -> Tensor:
    """Return sums of products over the last axis of the first and the last but one of the second.

    A number or 0-d tensor multiplies.
    """
    x, y = operand(input), operand(other)
    if not isinstance(x, Tensor) or not isinstance(y, Tensor) or not x.shape or not y.shape:
        return mul(input, other)
    return _contracted(x, y, (x.ndim - 1,), (max(y.ndim - 2, 0),))


def inner(input: Input, other: Input) -> Tensor:
    """Return sums of products over the last axes; a number or 0-d tensor multiplies."""
    x, y = operand(input), operand(other)
    if not isinstance(x, Tensor) or not isinstance(y, Tensor) or not x.shape or not y.shape:
        return mul(input, other)
    return _contracted(x, y, (x.ndim - 1,), (y.ndim - 1,))


def outer(input: Input, vec2: Input) -> Tensor:
    """Return the matrix of all products of an element of each; both are flattened."""
    return tensor_of(input).reshape((-1, 1)) * tensor_of(vec2).reshape((1, -1))


def tensordot(a: Input, b: Input, axes: int | Sequence[Places] = 2) -> Tensor:
    """Return sums of products over pairs of axes.

    `axes` is how many last axes of the first meet the first ones of the second, or the axes of
    the first and those of the second.
    """
    x, y = tensor_of(a), tensor_of(b)
    if isinstance(axes, int):
        if not 0 <= axes <= min(x.ndim, y.ndim):
            raise ValueError(f"the tensors have no {axes} axes to sum over")
        return _contracted(x, y, tuple(range(x.ndim - axes, x.ndim)), tuple(range(axes)))
    first, second = axes
    left, right = axes_of(first, x.ndim), axes_of(second, y.ndim)
    if len(left) != len(right):
        raise ValueError("both tensors must name as many axes")
    return _contracted(x, y, left, right)


def _contracted(x: Tensor, y: Tensor, left: tuple[int, ...], right: tuple[int, ...]) -> Tensor:
    return apply("dot_general", x, y, ((), ()), (left, right))
