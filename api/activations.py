"""Activation functions of neural networks.

They take tensors of any shape and keep shape and floating point dtype; integers become float32.
float16 and bfloat16 are computed in float32 and rounded once. An axis out of range is a
`ValueError`, what no tensor can be made of a `TypeError`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>.
"""

from __future__ import annotations

from collections.abc import Callable

from foldaway.runtime.dispatch import apply
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import wide_dtype

from .elementwise import Input, maximum, minimum, tensor_of


def relu(input: Input) -> Tensor:
    """Return the elements, 0 for those below 0; integers stay integers."""
    return maximum(tensor_of(input), 0)


def relu6(input: Input) -> Tensor:
    """Return the elements, 0 for those below 0 and 6 for those above 6."""
    return minimum(relu(input), 6)


def leaky_relu(input: Input, alpha: float = 0.2) -> Tensor:
    """Return the elements, those below 0 times `alpha`."""
    x = tensor_of(input)
    return apply("select", x >= 0, x, x * alpha)


def sigmoid(input: Input) -> Tensor:
    """Return 1 / (1 + exp(-x))."""
    return _in_wide(input, lambda x: 1 / (1 + (-x).exp()))


def silu(input: Input) -> Tensor:
    """Return x times its sigmoid."""
    return _in_wide(input, lambda x: x / (1 + (-x).exp()))


def tanh_gelu(input: Input) -> Tensor:
    """Return the approximation of `gelu` by tanh."""
    scale = 0.7978845608028654  # sqrt(2 / pi)
    return _in_wide(input, lambda x: 0.5 * x * (1 + (scale * (x + 0.044715 * x * x * x)).tanh()))


def gelu(input: Input, approximate: str = "none") -> Tensor:
    """Return x times the normal distribution's cumulative function, or its tanh approximation.

    Raises `ValueError` unless `approximate` is "none" or "tanh".
    """
    if approximate == "tanh":
        return tanh_gelu(input)
    if approximate != "none":
        raise ValueError(f"approximate must be 'none' or 'tanh', not {approximate!r}")
    return _in_wide(input, lambda x: 0.5 * x * (1 + (x * 0.7071067811865476).erf()))


def softplus(input: Input) -> Tensor:
    """Return log(1 + exp(x)), without overflow."""
    return _in_wide(input, lambda x: maximum(x, 0) + (1 + (-abs(x)).exp()).log())


def elu(input: Input, alpha: float = 1.0) -> Tensor:
    """Return the elements, alpha * (exp(x) - 1) for those below 0."""
    return _in_wide(input, lambda x: apply("select", x > 0, x, alpha * (minimum(x, 0).exp() - 1)))


def softmax(input: Input, axis: int = -1) -> Tensor:
    """Return exp(x) over its sum along an axis.

    Raises `ValueError` for an axis out of range.
    """
    return _in_wide(input, lambda x: _softmax(x, axis))


def log_softmax(logits: Input, axis: int = -1) -> Tensor:
    """Return the logarithm of the softmax, without overflow."""
    return _in_wide(logits, lambda x: _log_softmax(x, axis))


def _softmax(x: Tensor, axis: int) -> Tensor:
    if x.size == 0:
        return x
    powers = (x - x.amax(axis, keepdims=True)).exp()
    return powers / powers.sum(axis, keepdims=True)


def _log_softmax(x: Tensor, axis: int) -> Tensor:
    if x.size == 0:
        return x
    shifted = x - x.amax(axis, keepdims=True)
    return shifted - shifted.exp().sum(axis, keepdims=True).log()


def _in_wide(input: Input, function: Callable[[Tensor], Tensor]) -> Tensor:
    x = tensor_of(input)
    wide = wide_dtype(x.dtype)
    result = function(x.astype(wide))
    return result.astype(x.dtype) if x.dtype.is_floating else result
