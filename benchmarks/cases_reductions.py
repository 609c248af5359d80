"""Reductions: to one number, and along the rows of a matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from foldaway import nn, ops

from . import numba_loops
from .case import OURS, Call, Case, Problem
from .draws import uniform
from .peers import contenders, tensors

_MIB = 1 << 20
_EPSILON = 1e-5


def our_sum(x: Any) -> Any:
    return ops.sum(x)


def our_max(x: Any) -> Any:
    return ops.amax(x)


def our_mean(x: Any) -> Any:
    return ops.mean(x)


def our_argmax(x: Any) -> Any:
    return ops.argmax(x)


def our_softmax(x: Any) -> Any:
    return ops.softmax(x)


def our_rms_norm(x: Any, gamma: Any) -> Any:
    """Say it with the operators there are, since there is none of that name."""
    return x * ops.rsqrt(ops.mean(x * x, -1, keepdims=True) + _EPSILON) * gamma


def _whole(name: str, ours: Any, loop: Any) -> Callable[[int], Problem]:
    """Return how to build the reduction of all numbers that all peers call by one name."""

    def function(library: Any, x: Any) -> Any:
        return getattr(library, name)(x)

    def build(count: int) -> Problem:
        # Not around 0: the error of a sum is seen as a share of it.
        x = uniform(count) + np.float32(1)
        return Problem(
            reference=lambda: function(np, x.astype(np.float64)),
            contenders=contenders(
                (x,),
                ours,
                numpy=function,
                numba=loop,
                jax=function,
                torch=function,
                torch_compile=function,
            ),
            tolerance=0 if name == "argmax" else 1e-4,
            traffic=4 * count,
            reads=True,
        )

    return build


def _softmax(rows: int, columns: int) -> Problem:
    x = uniform(rows, columns, spread=4)

    def functional(torch: Any, x: Any) -> Any:
        return torch.nn.functional.softmax(x, -1)

    def plain(library: Any, x: Any) -> Any:
        powers = library.exp(x - x.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    return Problem(
        reference=lambda: plain(np, x.astype(np.float64)),
        contenders=contenders(
            (x,),
            our_softmax,
            numpy=plain,
            numba=numba_loops.softmax,
            jax=plain,
            torch=functional,
            torch_compile=functional,
        ),
        traffic=8 * rows * columns,
    )


def _layer_norm(rows: int, columns: int) -> Problem:
    x, gamma, beta = uniform(rows, columns), uniform(columns, seed=1), uniform(columns, seed=2)

    def plain(_: Any, x: Any, gamma: Any, beta: Any) -> Any:
        far = x - x.mean(-1, keepdims=True)
        return far / ((far * far).mean(-1, keepdims=True) + _EPSILON) ** 0.5 * gamma + beta

    def functional(torch: Any, x: Any, gamma: Any, beta: Any) -> Any:
        return torch.nn.functional.layer_norm(x, (x.shape[-1],), gamma, beta, _EPSILON)

    def ours() -> Call:
        first, start, shift = tensors(x, gamma, beta)
        cell = nn.LayerNorm((columns,), gamma_init=start, beta_init=shift, epsilon=_EPSILON)
        return Call(cell, (first,))

    return Problem(
        reference=lambda: plain(np, x.astype(np.float64), gamma, beta),
        contenders={
            OURS: ours,
            **contenders(
                (x, gamma, beta),
                numpy=plain,
                numba=numba_loops.layer_norm,
                jax=plain,
                torch=functional,
                torch_compile=functional,
            ),
        },
        traffic=8 * rows * columns,
    )


def _rms_norm(rows: int, columns: int) -> Problem:
    x, gamma = uniform(rows, columns), uniform(columns, seed=1)

    def plain(_: Any, x: Any, gamma: Any) -> Any:
        return x / ((x * x).mean(-1, keepdims=True) + _EPSILON) ** 0.5 * gamma

    def jaxed(jnp: Any, x: Any, gamma: Any) -> Any:
        return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + _EPSILON) * gamma

    def functional(torch: Any, x: Any, gamma: Any) -> Any:
        return torch.nn.functional.rms_norm(x, (x.shape[-1],), gamma, _EPSILON)

    return Problem(
        reference=lambda: plain(np, x.astype(np.float64), gamma),
        contenders=contenders(
            (x, gamma),
            our_rms_norm,
            numpy=plain,
            numba=numba_loops.rms_norm,
            jax=jaxed,
            torch=functional,
            torch_compile=functional,
        ),
        traffic=8 * rows * columns,
    )


_sum = _whole("sum", our_sum, numba_loops.total)
_max = _whole("max", our_max, numba_loops.greatest)
_mean = _whole("mean", our_mean, numba_loops.mean)
_argmax = _whole("argmax", our_argmax, numba_loops.argmax)

CASES = [
    *(
        Case(f"{name} {size}M", build, (size * _MIB,), {"best": 1.0}, share=0.9)
        for name, build in (("sum", _sum), ("max", _max), ("mean", _mean))
        for size in (1, 16)
    ),
    Case("argmax 1M", _argmax, (_MIB,), {"best": 1.0}),
    Case("softmax 4096x1024", _softmax, (4096, 1024), {"best": 1.2}),
    Case("layer norm 4096x1024", _layer_norm, (4096, 1024), {"best": 1.5}),
    Case("rms norm 4096x1024", _rms_norm, (4096, 1024), {"best": 1.5}),
]
