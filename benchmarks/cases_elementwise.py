"""Elementwise programs: a chain that memory bounds, and functions that arithmetic bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from foldaway import ops

from . import numba_loops
from .case import Case, Problem
from .draws import uniform
from .peers import contenders

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


def _exp(count: int) -> Problem:
    x = uniform(count, spread=4)
    function = lambda library, x: library.exp(x)  # noqa: E731
    return Problem(
        reference=lambda: np.exp(x.astype(np.float64)),
        contenders=contenders(
            (x,),
            our_exp,
            numpy=function,
            numba=numba_loops.exp,
            jax=function,
            torch=function,
            torch_compile=function,
        ),
        traffic=8 * count,
    )


def _tanh(count: int) -> Problem:
    x = uniform(count, spread=4)
    function = lambda library, x: library.tanh(x)  # noqa: E731
    return Problem(
        reference=lambda: np.tanh(x.astype(np.float64)),
        contenders=contenders(
            (x,),
            our_tanh,
            numpy=function,
            numba=numba_loops.tanh,
            jax=function,
            torch=function,
            torch_compile=function,
        ),
        traffic=8 * count,
    )


def _gelu(count: int) -> Problem:
    x = uniform(count, spread=4)
    return Problem(
        reference=lambda: gelu(x),
        contenders=contenders(
            (x,),
            our_gelu,
            numba=numba_loops.gelu,
            jax=lambda _, x: _jax_gelu(x),
            torch=lambda torch, x: torch.nn.functional.gelu(x),
            torch_compile=lambda torch, x: torch.nn.functional.gelu(x),
        ),
        traffic=8 * count,
    )


def gelu(x: Any) -> Any:
    """Return the reference in float64; NumPy has no error function."""
    wide = x.astype(np.float64)
    erf = np.array([math.erf(number) for number in (wide * math.sqrt(0.5)).ravel()])
    return 0.5 * wide * (1 + erf.reshape(wide.shape))


def _jax_gelu(x: Any) -> Any:
    import jax  # pyright: ignore[reportMissingImports]

    return jax.nn.gelu(x, approximate=False)


CASES = [
    Case("chain 64K", _chain, (_MIB // 16,), {"best": 1.0}),
    Case("chain 1M", _chain, (_MIB,), {"best": 1.0}, share=0.9),
    Case("chain 16M", _chain, (16 * _MIB,), {"best": 1.2}, share=0.9),
    Case("exp 1M", _exp, (_MIB,), {"best": 1.5}),
    Case("tanh 1M", _tanh, (_MIB,), {"best": 1.5}),
    Case("gelu 1M", _gelu, (_MIB,), {"best": 1.5}),
]
