"""What a fold step costs: `python benchmarks/fold_steps.py [--profile]`.

It is the time of folding over the number of ops that are executed.

Programs of plain Python, and functions of the standard library folded as if they were the user's.
Lowering is measured a node of the syntax tree.
"""

from __future__ import annotations

import argparse
import ast
import cProfile
import difflib
import gc
import inspect
import logging
import pstats
import statistics
import sys
import textwrap
import time
import types
from collections.abc import Callable
from typing import Any

from foldaway.folding import classify, code, native_reads
from foldaway.folding.fold_function import Environment, fold_function
from foldaway.folding.frames import Frame
from foldaway.folding.options import Options
from foldaway.frontend import lower_function
from foldaway.frontend.lower_function import lower_module, specialize_function

TEXT = "The quick brown fox, jumped over the lazy dog; twice! And then (again) it slept. " * 20


def primes(limit: int) -> list[int]:
    """Return the primes below a limit."""
    found: list[int] = []
    for number in range(2, limit):
        for prime in found:
            if number % prime == 0:
                break
        else:
            found.append(number)
    return found


def collatz(limit: int) -> int:
    """Return the longest way to 1.

    It goes over a list, since a long range is folded as a loop of the graph.
    """
    best = 0
    for start in [*range(1, limit)]:
        steps, number = 0, start
        while number != 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            steps += 1
        best = max(best, steps)
    return best


def objects(count: int) -> int:
    """Return a sum over instances of a class."""

    class Point:
        def __init__(self, a: int, b: int):
            self.a, self.b = a, b

        def sum(self) -> int:
            return self.a + self.b

    points = [Point(i, 2 * i) for i in range(count)]
    return sum(point.sum() for point in points)


def with_constants(function: Callable[..., Any], *arguments: Any) -> types.FunctionType:
    """Return a function of nothing that calls another with these arguments."""

    def call() -> Any:
        return function(*arguments)

    return call


PROGRAMS: dict[str, types.FunctionType] = {
    "primes": with_constants(primes, 400),
    "collatz": with_constants(collatz, 120),
    "objects": with_constants(objects, 1000),
    "textwrap.wrap": with_constants(textwrap.wrap, TEXT, 30),
    "difflib.get_close_matches": with_constants(
        difflib.get_close_matches, "appel", ["ape", "apple", "peach", "puppy"]
    ),
    "statistics.median_grouped": with_constants(statistics.median_grouped, [*range(50)] * 2),
}
LIBRARIES = {inspect.getsourcefile(module) for module in (textwrap, difflib, statistics)}


class Counter:
    """Counts the steps that are executed."""

    def __init__(self) -> None:
        self.steps = 0

    def counted(self, step: code.Step) -> code.Step:
        """Return a step that is counted."""

        def run(frame: Frame) -> Any:
            self.steps += 1
            return step(frame)

        return run


def fold(function: types.FunctionType) -> None:
    """Fold a function once."""
    module = specialize_function(function, [])
    func: Any = module.body.block.first_op
    fold_function(func, Options(), Environment(function, ()))


def count_steps(function: types.FunctionType) -> int:
    """Return how many steps folding a function executes."""
    counter = Counter()
    kept = dict(code.MAKERS)
    for kind, maker in kept.items():
        code.MAKERS[kind] = lambda one, op, maker=maker: counter.counted(maker(one, op))
    try:
        fold(fresh(function))
    finally:
        code.MAKERS.update(kept)
    return counter.steps


def fresh(function: types.FunctionType) -> types.FunctionType:
    """Return the function; all code that was made for it is forgotten."""
    lower_function._lowered._made.clear()  # pyright: ignore[reportPrivateUsage]
    return function


def measure(function: types.FunctionType) -> float:
    """Return the best time of three folds, in seconds."""
    times: list[float] = []
    for _ in range(3):
        fold(fresh(function))
        gc.collect()
        gc.disable()
        start = time.process_time()
        fold(function)
        times.append(time.process_time() - start)
        gc.enable()
    return min(times)


def lowering() -> float:
    """Return the time that lowering takes, in microseconds a node of the syntax tree."""
    text = inspect.getsource(difflib)
    nodes = sum(1 for _ in ast.walk(ast.parse(text)))
    gc.disable()
    start = time.process_time()
    lower_module(text, "difflib.py")
    seconds = time.process_time() - start
    gc.enable()
    return seconds / nodes * 1e6


def main() -> None:
    """Print a line for each program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    options = parser.parse_args()
    logging.getLogger("foldaway.fallback").setLevel(logging.ERROR)
    known = classify.is_library

    def is_library(file: str) -> bool:
        return file not in LIBRARIES and known(file)

    for room in (classify, native_reads):
        room.is_library = is_library  # pyright: ignore[reportAttributeAccessIssue]
    all_steps, all_seconds = 0, 0.0
    for name, function in PROGRAMS.items():
        steps, seconds = count_steps(function), measure(function)
        all_steps, all_seconds = all_steps + steps, all_seconds + seconds
        print(f"{name:28}{steps:8} steps {seconds / steps * 1e6:7.2f} µs a step")
    print(f"{'all':28}{all_steps:8} steps {all_seconds / all_steps * 1e6:7.2f} µs a step")
    print(f"lowering: {lowering():.1f} µs a node of the syntax tree")
    if options.profile:
        profile = cProfile.Profile()
        for function in PROGRAMS.values():
            profile.runcall(fold, function)
        pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
