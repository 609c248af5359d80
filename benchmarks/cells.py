"""The networks as cells, for Foldaway and for MindSpore, which have the same names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .layers import EPSILON


def _dense(library: Any, weight: Any, bias: Any) -> Any:
    outputs, inputs = weight.shape
    start, shift = library.Tensor(weight), library.Tensor(bias)
    return library.nn.Dense(inputs, outputs, weight_init=start, bias_init=shift)


def mlp(library: Any, weights: Sequence[Any], sizes: Sequence[int]) -> Any:
    """Return the cell of `cases_networks.mlp`."""
    nn = library.nn
    first, second, third = (_dense(library, *weights[i : i + 2]) for i in (0, 2, 4))
    return nn.SequentialCell([first, nn.ReLU(), second, nn.ReLU(), third])


def lenet(library: Any, weights: Sequence[Any], sizes: Sequence[int]) -> Any:
    """Return the cell of `cases_networks.lenet`."""
    nn, tensor = library.nn, library.Tensor

    def convolution(weight: Any, padding: int) -> Any:
        outputs, inputs, extent, _ = weight.shape
        start = tensor(weight)
        return nn.Conv2d(
            inputs, outputs, extent, pad_mode="pad", padding=padding, weight_init=start
        )

    first, second, third = (_dense(library, *weights[i : i + 2]) for i in (2, 4, 6))
    layers = [convolution(weights[0], 2), nn.ReLU(), nn.MaxPool2d(2, 2)]
    layers += [convolution(weights[1], 0), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten()]
    return nn.SequentialCell([*layers, first, nn.ReLU(), second, nn.ReLU(), third])


def encoder(library: Any, weights: Sequence[Any], sizes: Sequence[int]) -> Any:
    """Return the cell of `cases_networks.encoder`."""
    nn, ops, tensor = library.nn, library.ops, library.Tensor
    batch, steps, width, heads, _ = sizes

    def norm(gamma: Any, beta: Any) -> Any:
        start, shift = tensor(gamma), tensor(beta)
        return nn.LayerNorm((width,), gamma_init=start, beta_init=shift, epsilon=EPSILON)

    class Encoder(nn.Cell):
        def __init__(self) -> None:
            super().__init__()  # pyright: ignore[reportUnknownMemberType]
            dense = [_dense(library, *weights[i : i + 2]) for i in range(0, 12, 2)]
            self.query, self.key, self.value, self.out, self.up, self.down = dense
            self.first, self.second = norm(*weights[12:14]), norm(*weights[14:16])

        def construct(self, x: Any) -> Any:
            each = width // heads
            query = self.query(x).reshape((batch, steps, heads, each)).transpose((0, 2, 1, 3))
            key = self.key(x).reshape((batch, steps, heads, each)).transpose((0, 2, 3, 1))
            value = self.value(x).reshape((batch, steps, heads, each)).transpose((0, 2, 1, 3))
            shares = ops.softmax(ops.matmul(query, key) * each**-0.5, -1)
            found = ops.matmul(shares, value).transpose((0, 2, 1, 3))
            x = self.first(x + self.out(found.reshape((batch, steps, width))))
            return self.second(x + self.down(ops.gelu(self.up(x), approximate="none")))

    return Encoder()
