"""Elementwise programs: a chain that memory bounds, and functions that arithmetic bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from foldaway import ops

from . import numba_loops
from .case import Case, Problem
from .draws import uniform
from .peers import contenders, load

_MIB = 1 << 20


def chain(x: Any, y: Any) -> Any:
    """Return the end of ten operations; it is any peer's program."""
    z = x * y + 0.5
    z = z * x - y
    z = z * 0.25 + x
    z = z * y - 0.125
    return z * z + y


def our_exp(x: Any) -> Any:
    return ops.exp(x)


def our_tanh(x: Any) -> Any:
    return ops.tanh(x)


def our_gelu(x: Any) -> Any:
    return ops.gelu(x)


def _in(library: Any, x: Any, y: Any) -> Any:
    return chain(x, y)


def _chain(count: int) -> Problem:
    inputs = uniform(count, seed=1), uniform(count, seed=2)
    return Problem(
        reference=lambda: chain(*(one.astype(np.float64) for one in inputs)),
        contenders=contenders(
            inputs,
            chain,
            numpy=_in,
            numba=numba_loops.chain,
            jax=_in,
            torch=_in,
            torch_compile=_in,
        ),
        traffic=12 * count,
    )


def _named(name: str, ours: Any, loop: Any) -> Callable[[int], Problem]:
    """Return how to build the function that all peers call by one name."""

    def function(library: Any, x: Any) -> Any:
        return getattr(library, name)(x)

    def build(count: int) -> Problem:
        x = uniform(count, spread=4)
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
            traffic=8 * count,
        )

    return build


def _gelu(count: int) -> Problem:
    x = uniform(count, spread=4)
    return Problem(
        reference=lambda: gelu(x),
        contenders=contenders(
            (x,),
            our_gelu,
            numba=numba_loops.gelu,
            jax=_jax_gelu,
            torch=_torch_gelu,
            torch_compile=_torch_gelu,
        ),
        traffic=8 * count,
    )


def gelu(x: Any) -> Any:
    """Return the reference in float64; NumPy has no error function."""
    wide = x.astype(np.float64)
    erf = np.array([math.erf(number) for number in (wide * math.sqrt(0.5)).ravel()])
    return 0.5 * wide * (1 + erf.reshape(wide.shape))


def _jax_gelu(_: Any, x: Any) -> Any:
    return load("jax").nn.gelu(x, approximate=False)


def _torch_gelu(torch: Any, x: Any) -> Any:
    return torch.nn.functional.gelu(x)


_exp = _named("exp", our_exp, numba_loops.exp)
_tanh = _named("tanh", our_tanh, numba_loops.tanh)

CASES = [
    Case("chain 64K", _chain, (_MIB // 16,), {"best": 1.0}),
    Case("chain 1M", _chain, (_MIB,), {"best": 1.0}, share=0.9),
    Case("chain 16M", _chain, (16 * _MIB,), {"best": 1.2}, share=0.9),
    Case("exp 1M", _exp, (_MIB,), {"best": 1.5}),
    Case("tanh 1M", _tanh, (_MIB,), {"best": 1.5}),
    Case("gelu 1M", _gelu, (_MIB,), {"best": 1.5}),
]
