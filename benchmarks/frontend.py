"""Costs of lowering and printing for each syntax node: `python benchmarks/frontend.py`."""

import argparse
import ast
import gc
import inspect
import textwrap
import time
import typing
from collections.abc import Callable
from pathlib import Path

from foldaway.frontend.emit_python import to_ast
from foldaway.frontend.lower_function import lower_module

MODULES = [argparse, ast, inspect, textwrap, typing]


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of one run, the best of three."""
    found: list[float] = []
    for _ in range(3):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    gc.disable()
    print(f"{'module':<10}{'nodes':>8}{'lower':>12}{'print':>12}")
    for module in MODULES:
        text = Path(str(module.__file__)).read_text()
        nodes = sum(1 for _ in ast.walk(ast.parse(text)))
        lowered = lower_module(text, str(module.__file__))
        lower = seconds(lambda text=text: lower_module(text, "x.py"))
        printed = seconds(lambda lowered=lowered: to_ast(lowered))
        costs = f"{lower / nodes * 1e6:>9.1f} us{printed / nodes * 1e6:>9.1f} us"
        print(f"{module.__name__:<10}{nodes:>8}{costs}")


if __name__ == "__main__":
    main()
