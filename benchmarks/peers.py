"""The peers: which are here, how many threads they get, and how each is called.

Every contender gets its inputs in its own kind of array beforehand, and gives its result in a
new buffer, ready to be read.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import types
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from typing import Any, cast

import numpy as np

from .case import OURS, Call, Make

PEERS = ("numpy", "numba", "jax", "torch", "mindspore")

Function = Callable[..., Any]


def versions(names: Iterable[str]) -> dict[str, str | None]:
    """Return the version of each peer, None where it can't be imported."""
    return {name: importlib.metadata.version(name) if find_spec(name) else None for name in names}


def peer_of(contender: str) -> str:
    """Return the peer that a contender belongs to."""
    return contender.replace(".", " ").replace(",", " ").split()[0]


def thread_settings(threads: int) -> dict[str, str]:
    """Return the environment in which the peers use so many threads."""
    names = ("OMP", "OPENBLAS", "MKL", "NUMBA")
    found = {f"{name}_NUM_THREADS": str(threads) for name in names}
    single = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    flags = [os.environ.get("XLA_FLAGS", ""), single if threads == 1 else ""]
    found["XLA_FLAGS"] = " ".join(filter(None, flags))
    # Processes that wait for work would be counted as the contender's.
    return {**found, "JAX_PLATFORMS": "cpu", "TORCHINDUCTOR_COMPILE_THREADS": "1"}


def stay_on(threads: int) -> None:
    """Keep this process on so many processors, which is what JAX and others count."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def load(name: str) -> Any:
    """Return a peer's module."""
    return importlib.import_module(name)


def contenders(
    inputs: Iterable[Any], ours: Function | None = None, /, **functions: Function
) -> dict[str, Make]:
    """Return who runs functions of the same inputs.

    `ours` is compiled as it is, and so is `numba`. The others are given by the names `numpy`,
    `jax`, `torch` and `torch_compile`, and get their peer's module before the inputs.
    """
    arrays = tuple(inputs)
    found: dict[str, Make] = {}
    if ours is not None:
        found[OURS] = partial(foldaway_call, ours, *arrays)
    for name, function in functions.items():
        found[name.replace("_", ".")] = partial(_CALLS[name], function, *arrays)
    return found


def foldaway_call(function: Function, *inputs: Any) -> Call:
    """Compile a function, and call it with tensors."""
    import foldaway

    return Call(foldaway.jit(function), tensors(*inputs))


def tensors(*inputs: Any) -> tuple[Any, ...]:
    """Return our tensors of arrays."""
    import foldaway

    tensor: Any = foldaway.Tensor
    return tuple(tensor(x) if isinstance(x, np.ndarray) else x for x in inputs)


def numpy_call(function: Function, *inputs: Any) -> Call:
    """Call a function of NumPy's module and of arrays."""
    return Call(bound(function, np), inputs)


def jax_call(function: Function, *inputs: Any) -> Call:
    """Compile a function of `jax.numpy` and of arrays by `jax.jit`, and wait for the result."""
    jax = load("jax")
    if any(getattr(x, "dtype", None) == np.float64 for x in inputs):
        jax.config.update("jax_enable_x64", True)
    compiled = jax.jit(bound(function, jax.numpy))
    arrays = tuple(jax.numpy.asarray(x) for x in inputs)

    def call(*args: Any) -> Any:
        return compiled(*args).block_until_ready()

    return Call(call, arrays)


def torch_call(function: Function, *inputs: Any) -> Call:
    """Call a function of torch's module and of its tensors, operation by operation."""
    torch = load("torch")
    return Call(_without_gradients(bound(function, torch)), torch_tensors(*inputs))


def torch_compile_call(function: Function, *inputs: Any) -> Call:
    """Compile a function of torch's module by `torch.compile`."""
    torch = load("torch")
    compiled = torch.compile(bound(function, torch), dynamic=False)
    torch.set_grad_enabled(False)
    return Call(compiled, torch_tensors(*inputs))


def torch_tensors(*inputs: Any) -> tuple[Any, ...]:
    """Return torch's tensors of arrays, with as many threads as OMP has."""
    torch = load("torch")
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    return tuple(torch.from_numpy(x) if isinstance(x, np.ndarray) else x for x in inputs)


def numba_call(function: Function, *inputs: Any, fastmath: bool = True) -> Call:
    """Compile a function with loops by `numba.njit`; its `prange` runs in threads if it has some.

    The function's module says `prange = range`, so that it needs no Numba.
    """
    numba = load("numba")
    several = int(os.environ.get("NUMBA_NUM_THREADS", "1")) > 1
    names = {**function.__globals__, **({"prange": numba.prange} if several else {})}
    rebound = types.FunctionType(function.__code__, names, function.__name__)
    return Call(numba.njit(rebound, fastmath=fastmath, parallel=several), inputs)


def bound(function: Function, library: Any) -> Function:
    """Return a function of arrays alone; by a closure, which costs a call nothing."""

    def call(*arrays: Any) -> Any:
        return function(library, *arrays)

    return call


def unbound(function: Function) -> Function:
    """Return a function that does without the module it is given."""

    def call(_: Any, *arrays: Any) -> Any:
        return function(*arrays)

    return call


def as_array(result: Any) -> Any:
    """Return a contender's result as an array, or a tuple of them."""
    if isinstance(result, tuple | list):
        return tuple(map(as_array, cast("tuple[Any, ...]", result)))
    return np.asarray(result.asnumpy() if hasattr(result, "asnumpy") else result)


def _without_gradients(function: Function) -> Function:
    load("torch").set_grad_enabled(False)
    return function


_CALLS: dict[str, Callable[..., Call]] = {
    "numpy": numpy_call,
    "numba": numba_call,
    "jax": jax_call,
    "torch": torch_call,
    "torch_compile": torch_compile_call,
}
