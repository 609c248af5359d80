"""Networks, forward: the same weights in all peers' own layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from . import cells
from .case import OURS, Call, Case, Make, Problem
from .draws import uniform, weights
from .layers import JaxLayers, NumpyLayers, TorchLayers
from .peers import contenders, load, torch_call, torch_compile_call

Network = Callable[..., Any]


def mlp(layers: Any, sizes: Sequence[int], x: Any, *weights: Any) -> Any:
    """Return the result of three linear layers."""
    x = layers.relu(layers.linear(x, *weights[0:2]))
    x = layers.relu(layers.linear(x, *weights[2:4]))
    return layers.linear(x, *weights[4:6])


def lenet(layers: Any, sizes: Sequence[int], x: Any, *weights: Any) -> Any:
    """Return the result of LeNet-5, with ReLU and maxima as it is taught today."""
    x = layers.pool(layers.relu(layers.convolution(x, weights[0], 2)))
    x = layers.pool(layers.relu(layers.convolution(x, weights[1], 0)))
    return mlp(layers, sizes, x.reshape(x.shape[0], -1), *weights[2:])


def encoder(layers: Any, sizes: Sequence[int], x: Any, *weights: Any) -> Any:
    """Return the result of one layer of a transformer's encoder."""
    batch, steps, width, heads, _ = sizes
    each = width // heads

    def projected(index: int) -> Any:
        y = layers.linear(x, *weights[index : index + 2])
        return layers.transpose(y.reshape(batch, steps, heads, each), 0, 2, 1, 3)

    found = layers.attention(projected(0), projected(2), projected(4))
    found = layers.transpose(found, 0, 2, 1, 3)
    y = layers.linear(found.reshape(batch, steps, width), *weights[6:8])
    x = layers.layer_norm(x + y, *weights[12:14])
    y = layers.linear(layers.gelu(layers.linear(x, *weights[8:10])), *weights[10:12])
    return layers.layer_norm(x + y, *weights[14:16])


def _linear(*widths: int) -> list[Any]:
    pairs = pairwise(widths)
    return [
        array
        for i, (inputs, outputs) in enumerate(pairs)
        for array in (weights(inputs, outputs, i).T.copy(), uniform(outputs, seed=i + 50))
    ]


def _mlp(rows: int, *widths: int) -> Problem:
    work = 2 * rows * sum(a * b for a, b in pairwise(widths))
    return _problem(mlp, cells.mlp, (), uniform(rows, widths[0]), _linear(*widths), work)


def _lenet(images: int) -> Problem:
    filters = [uniform(6, 1, 5, 5, seed=60, spread=0.3), uniform(16, 6, 5, 5, seed=61, spread=0.2)]
    drawn = [*filters, *_linear(400, 120, 84, 10)]
    work = 2 * images * (28 * 28 * 150 + 100 * 2400 + 400 * 120 + 120 * 84 + 840)
    return _problem(lenet, cells.lenet, (), uniform(images, 1, 28, 28), drawn, work)


def _encoder(batch: int, steps: int, width: int, heads: int, inner: int) -> Problem:
    sizes = (batch, steps, width, heads, inner)
    drawn = [*_linear(*(width,) * 5), *_linear(width, inner, width)]
    drawn += [uniform(width, seed=i) for i in range(70, 74)]
    work = 2 * batch * steps * width * (4 * width + 2 * inner + 2 * steps)
    return _problem(encoder, cells.encoder, sizes, uniform(batch, steps, width), drawn, work)


def _problem(
    network: Network,
    cell: Callable[..., Any],
    sizes: tuple[int, ...],
    x: Any,
    drawn: list[Any],
    work: float,
) -> Problem:
    def jaxed(_: Any, *arrays: Any) -> Any:
        return network(JaxLayers(), sizes, *arrays)

    wide = [array.astype(np.float64) for array in (x, *drawn)]
    return Problem(
        reference=lambda: network(NumpyLayers(), sizes, *wide),
        contenders={
            OURS: _cell("foldaway", cell, sizes, x, drawn),
            "mindspore": _cell("mindspore", cell, sizes, x, drawn),
            **contenders(
                (x, *drawn),
                jax=jaxed,
            ),
            "torch": _torch(torch_call, network, sizes, [x, *drawn]),
            "torch.compile": _torch(torch_compile_call, network, sizes, [x, *drawn]),
        },
        tolerance=1e-3,
        work=work,
    )


def _cell(name: str, cell: Callable[..., Any], sizes: Sequence[int], x: Any, drawn: Any) -> Make:
    def make() -> Call:
        library = load(name)
        library.set_context(mode=library.GRAPH_MODE)
        parts = SimpleNamespace(
            nn=load(f"{name}.nn"), ops=load(f"{name}.ops"), Tensor=library.Tensor
        )
        return Call(cell(parts, drawn, sizes), (library.Tensor(x),))

    return make


def _torch(
    call: Callable[..., Call], network: Network, sizes: Sequence[int], arrays: list[Any]
) -> Make:
    def make() -> Call:
        layers = TorchLayers()

        def run(_: Any, *tensors: Any) -> Any:
            return network(layers, sizes, *tensors)

        return call(run, *arrays)

    return make


CASES = [
    Case("mlp 64x784", _mlp, (64, 784, 512, 256, 10), {"best": 1.0}),
    Case("lenet-5 batch 32", _lenet, (32,), {"best": 1.0}),
    Case("encoder 4x128x256", _encoder, (4, 128, 256, 4, 1024), {"best": 1.0}),
]
