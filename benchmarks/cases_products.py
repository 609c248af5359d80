"""Products of float32 matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from foldaway import ops

from .case import Case, Problem
from .cases_elementwise import gelu
from .draws import uniform
from .peers import contenders, load


def product(x: Any, y: Any) -> Any:
    return x @ y


def our_layer(x: Any, y: Any, bias: Any) -> Any:
    return ops.gelu(x @ y + bias)


def _in(_: Any, x: Any, y: Any) -> Any:
    return x @ y


def _product(rows: int, inner: int, columns: int) -> Problem:
    inputs = uniform(rows, inner, seed=1), uniform(inner, columns, seed=2)
    return Problem(
        reference=lambda: product(*(one.astype(np.float64) for one in inputs)),
        contenders=contenders(inputs, product, numpy=_in, jax=_in, torch=_in),
        tolerance=1e-4,
        traffic=4 * (rows * inner + inner * columns + rows * columns),
        reads=rows == 1,
        work=2 * rows * inner * columns,
    )


def _layer(rows: int, inner: int, columns: int) -> Problem:
    x, y = uniform(rows, inner, seed=1), uniform(inner, columns, seed=2, spread=0.1)
    bias = uniform(columns, seed=3)

    def jaxed(_: Any, x: Any, y: Any, bias: Any) -> Any:
        return load("jax").nn.gelu(x @ y + bias, approximate=False)

    def functional(torch: Any, x: Any, y: Any, bias: Any) -> Any:
        return torch.nn.functional.gelu(torch.addmm(bias, x, y))

    return Problem(
        reference=lambda: gelu(x.astype(np.float64) @ y + bias),
        contenders=contenders(
            (x, y, bias), our_layer, jax=jaxed, torch=functional, torch_compile=functional
        ),
        tolerance=1e-4,
        traffic=4 * (rows * inner + inner * columns + rows * columns),
        work=2 * rows * inner * columns,
    )


def _case(aim: float, *sizes: int) -> Case:
    name = f"matmul {'x'.join(map(str, sizes))}"
    return Case(name, _product, sizes, {"best": aim}, {"best": 1.0})


CASES = [
    *(_case(1.1, size, size, size) for size in (64, 128, 256, 512)),
    *(_case(0.97, size, size, size) for size in (1024, 2048)),
    _case(1.1, 32, 1024, 1024),
    _case(1.0, 1, 4096, 1024),
    Case("matmul 512 bias gelu", _layer, (512, 512, 512), {"best": 1.2}, {"best": 1.0}),
]
