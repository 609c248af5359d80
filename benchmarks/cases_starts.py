"""What a call costs when there is next to nothing to compute, and what it takes to get there."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from foldaway import ops

from .case import OURS, Call, Case, Make, Problem
from .cases_elementwise import gelu
from .draws import uniform
from .peers import contenders, foldaway_call, jax_call, load, unbound
from .programs import Fresh, folder, process

_SMALLER = "foldaway 11x1000"
_START = "numpy + 30 ms"

_ELEMENTWISE = "    return (x * C + 1.5) * x\n"
_GELU = "    return lib.gelu(x * C)\n"
_SOFTMAX = "    return lib.softmax(x * C)\n"

_OURS = """
import numpy as np
import foldaway
from foldaway import Tensor, ops

@foldaway.jit
def program(x, y):
    return ops.relu(x * 2 + y)

x = Tensor(np.arange(4, dtype=np.float32))
print(program(x, x).asnumpy().tolist())
"""
_JAX = """
import numpy as np
import jax

@jax.jit
def program(x, y):
    return jax.nn.relu(x * 2 + y)

x = np.arange(4, dtype=np.float32)
print(program(x, x).tolist())
"""


def our_call(x: Any, y: Any) -> Any:
    return ops.relu(x * 2 + y)


def _call(count: int) -> Problem:
    inputs = uniform(count, seed=1), uniform(count, seed=2)

    def jaxed(jnp: Any, x: Any, y: Any) -> Any:
        return load("jax").nn.relu(x * 2 + y)

    def functional(torch: Any, x: Any, y: Any) -> Any:
        return torch.relu(x * 2 + y)

    return Problem(
        reference=lambda: np.maximum(inputs[0] * 2 + inputs[1], 0),
        contenders={
            **contenders(inputs, our_call, jax=jaxed, torch=functional, torch_compile=functional),
            "numpy": lambda: Call(operator.add, inputs),
        },
        unchecked=frozenset({"numpy"}),
    )


def _first_call(body: str) -> Callable[[int], Problem]:
    def build(count: int) -> Problem:
        x = uniform(count)
        return Problem(
            reference=lambda: Fresh(body, _numpy())()(x.astype(np.float64)),
            contenders={OURS: _our_fresh(body, x), "jax": _jax_fresh(body, x)},
        )

    return build


def _operations(count: int) -> str:
    """Return a body of so many operations, whose result stays small."""
    lines = ["    x = x * 0.5\n" if i % 2 else "    x = x + C\n" for i in range(count)]
    return "".join([*lines, "    return x\n"])


def _long(count: int) -> Problem:
    return _first_call(_operations(count))(4)


def _ten_times_longer(count: int) -> Problem:
    x, short, long = uniform(4), _operations(max(count // 10, 1)), _operations(count)
    return Problem(
        reference=lambda: Fresh(long, _numpy())()(x.astype(np.float64)),
        contenders={OURS: _our_fresh(long, x), _SMALLER: _our_fresh(short, x)},
        unchecked=frozenset({_SMALLER}),
        scales={_SMALLER: 11},
    )


def _our_fresh(body: str, x: Any) -> Make:
    fresh = Fresh(body, ops)
    return lambda: foldaway_call(fresh(), x)


def _jax_fresh(body: str, x: Any) -> Make:
    made: list[Fresh] = []

    def make() -> Call:
        jax = load("jax")
        exact = partial(jax.nn.gelu, approximate=False)
        made[:] = made or [Fresh(body, SimpleNamespace(gelu=exact, softmax=jax.nn.softmax))]
        return jax_call(unbound(made[0]()), x)

    return make


def _numpy() -> SimpleNamespace:
    def softmax(x: Any) -> Any:
        powers = np.exp(x - x.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    return SimpleNamespace(gelu=gelu, softmax=softmax)


def _cold() -> Problem:
    x = np.arange(4, dtype=np.float32)
    return Problem(
        reference=lambda: np.maximum(x * 2 + x, 0),
        contenders={
            OURS: lambda: process(_OURS, folder()),
            "jax": lambda: process(_JAX, folder()),
        },
    )


def _warm() -> Problem:
    x, cache = np.arange(4, dtype=np.float32), folder()

    def ours() -> Call:
        call = process(_OURS, cache)
        call()
        return call

    return Problem(
        reference=lambda: np.maximum(x * 2 + x, 0),
        contenders={OURS: ours, _START: lambda: process("import numpy", cache)},
        unchecked=frozenset({_START}),
        extras={_START: 0.03},
    )


def _once(name: str, build: Callable[..., Problem], sizes: tuple[int, ...], **goals: float) -> Case:
    return Case(name, build, sizes, goals, once=True, parallel=False)


CASES = [
    Case(
        "call of 4 floats",
        _call,
        (4,),
        {"numpy": 3, "jax": 50, "torch.compile": 100},
        parallel=False,
    ),
    _once("first call elementwise", _first_call(_ELEMENTWISE), (1000,), jax=5),
    _once("first call gelu", _first_call(_GELU), (1000,), jax=5),
    _once("first call softmax", _first_call(_SOFTMAX), (1000,), jax=4),
    _once("first call 1000 ops", _long, (1000,), jax=1.5),
    _once("first call 10000 ops", _ten_times_longer, (10_000,), **{_SMALLER: 1}),
    _once("cold process", _cold, (), jax=2),
    _once("warm process", _warm, (), **{_START: 1}),
]
