"""What LAX costs: `python benchmarks/lax_steps.py`.

Each function does one thing that the graph can't say, among a few operations on small tensors.
A call may take 1.5 times as long as the same function in plain Python, and 5 µs more.
"""

import gc
import io
import logging
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import foldaway
from foldaway import Tensor

CALLS, ROUNDS = 1000, 9
SEEN: dict[str, object] = {}
LOG = io.StringIO()


def clip(x: Any) -> Any:
    """NumPy, on what the graph would hold."""
    return np.clip(x.asnumpy(), 0.0, 1.0)


def sort(x: Any) -> Any:
    """NumPy, between operations."""
    return Tensor(np.sort((x * 2).asnumpy())) + 1


def clock(x: Any) -> Any:
    """What differs at each call."""
    return x * 2 + int(time.time() > 0)


def count(x: Any) -> Any:
    """An object that outlives the call, read and changed."""
    SEEN["calls"] = int(str(SEEN.get("calls", 0))) + 1
    return x * 2 + 1


def keep(x: Any) -> Any:
    """An object that outlives the call, changed."""
    SEEN["last"] = 1
    return x


def show(x: Any) -> Any:
    """A print."""
    print("step", file=LOG)
    LOG.seek(0)
    return x * 2 + 1


FUNCTIONS: list[Callable[[Any], Any]] = [clip, sort, clock, count, keep, show]


def microseconds(function: Callable[[Any], Any], argument: Any) -> float:
    """Return the processor time of a call, the median of some rounds."""
    for _ in range(50):
        function(argument)
    found: list[float] = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(CALLS):
            function(argument)
        found.append((time.process_time() - start) / CALLS * 1e6)
    return statistics.median(found)


def main() -> None:
    """Print a line for each function."""
    logging.getLogger("foldaway.fallback").setLevel(logging.ERROR)
    x = Tensor(np.linspace(-1, 2, 4, dtype=np.float32))
    print(f"{'function':<10}{'plain':>10}{'LAX':>10}{'ratio':>8}{'allowed':>10}  how")
    gc.disable()
    for function in FUNCTIONS:
        compiled = foldaway.jit(function, fullgraph=False)
        plain, lax = microseconds(function, x), microseconds(compiled, x)
        allowed = 1.5 * plain + 5
        how = "traces" if compiled.lazy_runs else "whole"
        numbers = f"{plain:>7.1f} µs{lax:>7.1f} µs{lax / plain:>8.2f}{allowed:>7.1f} µs"
        print(f"{function.__name__:<10}{numbers}  {how}{'' if lax <= allowed else '  OVER'}")


if __name__ == "__main__":
    main()
