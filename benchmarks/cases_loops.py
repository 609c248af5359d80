"""Loops of Python in which each round needs the one before."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from . import numba_loops
from .case import Case, Problem
from .draws import uniform, weights
from .peers import contenders, load, numba_call


def recurrence(x: Any) -> Any:
    for _ in range(10_000):
        x = x * 0.999 + 0.1
    return x


def network(xs: Any, state: Any, inner: Any, outer: Any) -> Any:
    for step in range(xs.shape[0]):
        state = (xs[step] @ outer + state @ inner).tanh()
    return state


def _recurrence() -> Problem:
    start = np.array(0.25, np.float64)

    def jaxed(_: Any, x: Any) -> Any:
        def step(_: Any, x: Any) -> Any:
            return x * 0.999 + 0.1

        return load("jax").lax.fori_loop(0, 10_000, step, x)

    found = contenders((start,), recurrence, jax=jaxed)
    # With fast mathematics Numba puts many rounds into one, which changes the result.
    loop = partial(numba_call, numba_loops.recurrence, float(start), fastmath=False)
    return Problem(
        reference=lambda: recurrence(start), contenders={**found, "numba": loop}, tolerance=1e-9
    )


def _network(steps: int, rows: int, width: int) -> Problem:
    inner, outer = weights(width, width, 3) * np.float32(0.5), weights(width, width, 4)
    inputs = uniform(steps, rows, width), uniform(rows, width, seed=2), inner, outer

    def plain(library: Any, xs: Any, state: Any, inner: Any, outer: Any) -> Any:
        for step in range(xs.shape[0]):
            state = library.tanh(xs[step] @ outer + state @ inner)
        return state

    def scanned(jnp: Any, xs: Any, state: Any, inner: Any, outer: Any) -> Any:
        def step(state: Any, x: Any) -> tuple[Any, None]:
            return jnp.tanh(x @ outer + state @ inner), None

        return load("jax").lax.scan(step, state, xs)[0]

    return Problem(
        reference=lambda: plain(np, *(one.astype(np.float64) for one in inputs)),
        contenders=contenders(
            inputs, network, numpy=plain, numba=numba_loops.network, jax=scanned, torch=plain
        ),
        tolerance=1e-3,
        work=4 * steps * rows * width * width,
    )


CASES = [
    Case("recurrence 10000", _recurrence, (), {"numba": 1.0}, parallel=False, outputs="none"),
    Case("rnn 1000 steps 8x64", _network, (1000, 8, 64), {"jax": 1.0}),
]
