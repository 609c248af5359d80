"""Layers: cells with parameters, and activation functions as cells.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.nn.html>.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from foldaway.dialects.dtypes import float32
from foldaway.runtime.arrays import as_dtype
from foldaway.runtime.construction import Initial
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import wide_dtype

from . import activations, elementwise, shaping
from .initializer import initializer, uniform
from .nn_cell import Cell
from .products import matmul

Init = str | float | Tensor | Initial


class Identity(Cell):
    """Gives back what it gets."""

    def construct(self, input: Any) -> Any:
        """Return the input."""
        return input


class ReLU(Cell):
    """The elements, 0 for those below 0."""

    def construct(self, input: Tensor) -> Tensor:
        """Return the result, in the shape of the input."""
        return activations.relu(input)


class Tanh(Cell):
    """Hyperbolic tangents."""

    def construct(self, input: Tensor) -> Tensor:
        """Return the result, in the shape of the input."""
        return elementwise.tanh(input)


class Sigmoid(Cell):
    """1 / (1 + exp(-x))."""

    def construct(self, input: Tensor) -> Tensor:
        """Return the result, in the shape of the input."""
        return activations.sigmoid(input)


class GELU(Cell):
    """x times the normal distribution's cumulative function, by default approximated by tanh."""

    def __init__(self, approximate: bool = True):
        super().__init__()
        self.approximate = approximate

    def construct(self, x: Tensor) -> Tensor:
        """Return the result, in the shape of the input."""
        return activations.gelu(x, "tanh" if self.approximate else "none")


class Softmax(Cell):
    """exp(x) over its sum along an axis."""

    def __init__(self, axis: int = -1):
        super().__init__()
        self.axis = axis

    def construct(self, input: Tensor) -> Tensor:
        """Return the result, in the shape of the input."""
        return activations.softmax(input, self.axis)


class LogSoftmax(Cell):
    """The logarithm of the softmax."""

    def __init__(self, axis: int = -1):
        super().__init__()
        self.axis = axis

    def construct(self, x: Tensor) -> Tensor:
        """Return the result, in the shape of the input."""
        return activations.log_softmax(x, self.axis)


class Flatten(Cell):
    """The axes from `start_dim` to `end_dim` made one."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def construct(self, x: Tensor) -> Tensor:
        """Return the tensor with fewer axes."""
        return shaping.flatten(x, start_dim=self.start_dim, end_dim=self.end_dim)


class Dropout(Cell):
    """Gives back what it gets. In training it would drop elements at random, which is refused."""

    def __init__(self, keep_prob: float = 0.5, p: float | None = None, dtype: object = float32):
        super().__init__()
        self.p = 1 - keep_prob if p is None else p
        if not 0 <= self.p < 1:
            raise ValueError(f"the share of dropped elements must be in [0, 1), not {self.p}")

    def construct(self, x: Tensor) -> Tensor:
        """Return the input.

        Raises `RuntimeError` in training, unless nothing is to be dropped.
        """
        if self.training and self.p:
            raise RuntimeError("Dropout can't train: call set_train(False), or make it with p=0.0")
        return x

    def extend_repr(self) -> str:
        """Return the share of dropped elements."""
        return f"p={self.p}"


class Dense(Cell):
    """x @ weight.T + bias along the last axis, then an activation if there is one.

    `weight` has shape (out_channels, in_channels), `bias` (out_channels,). By default both are
    drawn evenly between -1 / sqrt(in_channels) and its negative.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        weight_init: Init | None = None,
        bias_init: Init | None = None,
        has_bias: bool = True,
        activation: str | Cell | None = None,
        dtype: object = float32,
    ):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.has_bias = has_bias
        kind = as_dtype(dtype)
        limit = 1 / math.sqrt(max(in_channels, 1))

        def start(init: Init | None, shape: tuple[int, ...]) -> Tensor:
            return uniform(limit, shape, kind) if init is None else initializer(init, shape, kind)

        self.weight = Parameter(start(weight_init, (out_channels, in_channels)), name="weight")
        if has_bias:
            self.bias = Parameter(start(bias_init, (out_channels,)), name="bias")
        self.activation = get_activation(activation)

    def construct(self, x: Tensor) -> Tensor:
        """Return the tensor with `out_channels` in the place of `in_channels`.

        Raises `ValueError` for a last axis of another length.
        """
        y = matmul(x, self.weight.T)
        if self.has_bias:
            y = y + self.bias
        return y if self.activation is None else self.activation(y)

    def extend_repr(self) -> str:
        """Return the numbers of channels."""
        numbers = f"input_channels={self.in_channels}, output_channels={self.out_channels}"
        return f"{numbers}, has_bias={self.has_bias}"


class LayerNorm(Cell):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta, along the last axes.

    The mean is over the axes from `begin_norm_axis`; gamma and beta have `normalized_shape`.
    Narrow floats are computed in float32.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        begin_norm_axis: int = -1,
        begin_params_axis: int = -1,
        gamma_init: Init = "ones",
        beta_init: Init = "zeros",
        epsilon: float = 1e-7,
        dtype: object = float32,
    ):
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape = tuple(shape)
        self.begin_norm_axis = begin_norm_axis
        self.begin_params_axis = begin_params_axis
        self.epsilon = epsilon
        self.gamma = Parameter(initializer(gamma_init, shape, dtype), name="gamma")
        self.beta = Parameter(initializer(beta_init, shape, dtype), name="beta")

    def construct(self, input_x: Tensor) -> Tensor:
        """Return the normalized tensor, in the shape and dtype of the input."""
        x = input_x.astype(wide_dtype(input_x.dtype))
        axes = tuple(range(self.begin_norm_axis % x.ndim, x.ndim))
        deviation = x - x.mean(axes, keepdims=True)
        variance = (deviation * deviation).mean(axes, keepdims=True)
        normal = deviation * elementwise.rsqrt(variance + self.epsilon)
        return (normal * self.gamma + self.beta).astype(input_x.dtype)

    def extend_repr(self) -> str:
        """Return the shape and the first axis."""
        axes = f"begin_norm_axis={self.begin_norm_axis}"
        axes += f", begin_params_axis={self.begin_params_axis}"
        return f"normalized_shape={list(self.normalized_shape)}, {axes}"


_ACTIVATIONS: dict[str, type[Cell]] = {
    "relu": ReLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "gelu": GELU,
    "softmax": Softmax,
    "logsoftmax": LogSoftmax,
}


def get_activation(name: str | Cell | None) -> Cell | None:
    """Return the activation cell of a name; a Cell and None are given back.

    Raises `ValueError` for another name.
    """
    if name is None or isinstance(name, Cell):
        return name
    if name not in _ACTIVATIONS:
        raise ValueError(f"there is no activation {name!r}; known are {sorted(_ACTIVATIONS)}")
    return _ACTIVATIONS[name]()
