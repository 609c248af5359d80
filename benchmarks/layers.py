"""The layers that the networks are made of, once for each peer, by the same names.

Weights have MindSpore's and PyTorch's shapes: (outputs, inputs), and for convolutions
(outputs, inputs, height, width).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .cases_elementwise import gelu
from .peers import load

EPSILON = 1e-5


class NumpyLayers:
    """The reference, in the dtype of its inputs."""

    def linear(self, x: Any, weight: Any, bias: Any) -> Any:
        return x @ weight.T + bias

    def relu(self, x: Any) -> Any:
        return np.maximum(x, 0)

    def gelu(self, x: Any) -> Any:
        return gelu(x)

    def softmax(self, x: Any) -> Any:
        powers = np.exp(x - x.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    def layer_norm(self, x: Any, gamma: Any, beta: Any) -> Any:
        far = x - x.mean(-1, keepdims=True)
        return far / np.sqrt((far * far).mean(-1, keepdims=True) + EPSILON) * gamma + beta

    def convolution(self, x: Any, weight: Any, padding: int) -> Any:
        frame = (padding, padding)
        framed = np.pad(x, ((0, 0), (0, 0), frame, frame))
        windows = np.lib.stride_tricks.sliding_window_view(framed, weight.shape[2:], (2, 3))
        return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)

    def pool(self, x: Any) -> Any:
        images, channels, height, width = x.shape
        return x.reshape(images, channels, height // 2, 2, width // 2, 2).max((3, 5))

    def transpose(self, x: Any, *axes: int) -> Any:
        return x.transpose(axes)

    def attention(self, query: Any, key: Any, value: Any) -> Any:
        scores = query @ self.transpose(key, 0, 1, 3, 2) * query.shape[-1] ** -0.5
        return self.softmax(scores) @ value


class JaxLayers(NumpyLayers):
    """JAX's own, where it has them."""

    def relu(self, x: Any) -> Any:
        return load("jax").nn.relu(x)

    def gelu(self, x: Any) -> Any:
        return load("jax").nn.gelu(x, approximate=False)

    def softmax(self, x: Any) -> Any:
        return load("jax").nn.softmax(x)

    def layer_norm(self, x: Any, gamma: Any, beta: Any) -> Any:
        far = x - x.mean(-1, keepdims=True)
        square = (far * far).mean(-1, keepdims=True)
        return far * load("jax").lax.rsqrt(square + EPSILON) * gamma + beta

    def convolution(self, x: Any, weight: Any, padding: int) -> Any:
        frame = [(padding, padding)] * 2
        return load("jax").lax.conv_general_dilated(x, weight, (1, 1), frame)

    def pool(self, x: Any) -> Any:
        lax = load("jax").lax
        window = (1, 1, 2, 2)
        return lax.reduce_window(x, -np.inf, lax.max, window, window, "VALID")


class TorchLayers:
    """PyTorch's functions."""

    def __init__(self) -> None:
        self._functions = load("torch").nn.functional

    def linear(self, x: Any, weight: Any, bias: Any) -> Any:
        return self._functions.linear(x, weight, bias)

    def relu(self, x: Any) -> Any:
        return self._functions.relu(x)

    def gelu(self, x: Any) -> Any:
        return self._functions.gelu(x)

    def layer_norm(self, x: Any, gamma: Any, beta: Any) -> Any:
        return self._functions.layer_norm(x, (x.shape[-1],), gamma, beta, EPSILON)

    def convolution(self, x: Any, weight: Any, padding: int) -> Any:
        return self._functions.conv2d(x, weight, padding=padding)

    def pool(self, x: Any) -> Any:
        return self._functions.max_pool2d(x, 2)

    def transpose(self, x: Any, *axes: int) -> Any:
        return x.permute(*axes)

    def attention(self, query: Any, key: Any, value: Any) -> Any:
        return self._functions.scaled_dot_product_attention(query, key, value)
