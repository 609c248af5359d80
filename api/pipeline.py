"""The order in which passes run for each target, and for the JIT. The only place that knows it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from foldaway.runtime.driver import Driver, Step

from .machines import all_machines, own_passes
from .pass_table import PASSES

FOLD = "fold-pyobj,differentiate-graph,check-boundary,outline-segments"
"""Python to a graph of tensors and a host program."""

LINALG = f"{FOLD},canonicalize,cse,lower-graph-to-linalg"
"""Python to linalg in tensor form, where all machines start."""


def pipeline_of(target: str) -> str:
    """Return a target's whole pipeline, in the syntax of `foldaway-opt -p`; "" for no target."""
    for machine in all_machines():
        found = machine.targets.get(target)
        if found is not None:
            return FOLD if found.passes is None else f"{LINALG},{found.passes}"
    return {"python": FOLD, "linalg": LINALG}.get(target, "")


def lower_to_linalg(module: ModuleOp) -> None:
    """Lower a module of graph functions in place to linalg in tensor form."""
    from foldaway.passes.lower_graph_to_linalg import LowerGraphToLinalgPass

    LowerGraphToLinalgPass().apply(Context(), module)


def lower_segment(module: ModuleOp, driver: Driver) -> None:
    """Lower a module of graph functions in place to what a machine's driver compiles."""
    lower_to_linalg(module)
    run_passes(module, driver.steps())


def run_passes(module: ModuleOp, steps: Sequence[Step]) -> None:
    """Apply passes to a module in place."""
    ctx = Context()
    for step in steps:
        _load(step.name)(**step.options).apply(ctx, module)


@cache
def _load(name: str) -> type[ModulePass]:
    # The tables of the universe are made of all machines; here only this one's passes matter.
    module, attribute = PASSES[name] if name in PASSES else own_passes()[name]
    return getattr(import_module(module), attribute)
