"""The order in which passes run for each target, and for the JIT. The only place that knows it."""

from __future__ import annotations

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

FOLD = "fold-pyobj,differentiate-graph,check-boundary,outline-segments"
"""Python to a graph of tensors and a host program."""

LINALG = f"{FOLD},canonicalize,cse,lower-graph-to-linalg"
"""Python to linalg in tensor form, where all machines start."""

CPU = (
    f"{LINALG},fuse-elementwise-to-generic,place-buffers,schedule-epilogues,fuse-rows,"
    "schedule-contractions,schedule-stores,schedule-threads"
)
"""Python to loops over buffers, which the CPU's emitter takes."""

PIPELINES = {"python": FOLD, "linalg": LINALG, "llvm": CPU, "cpu": FOLD}
"""Target name to its whole pipeline, in the syntax of `foldaway-opt -p`.

The target `cpu` lowers the segments itself, since buffers don't say which integers are unsigned.
"""


def lower_segment(module: ModuleOp, stage: str) -> None:
    """Lower a module of graph functions in place, to `linalg` or on to `buffers`."""
    from foldaway.backends.cpu.processor import this_processor
    from foldaway.passes.fuse_elementwise_to_generic import FuseElementwiseToGenericPass
    from foldaway.passes.fuse_rows import FuseRowsPass
    from foldaway.passes.lower_graph_to_linalg import LowerGraphToLinalgPass
    from foldaway.passes.place_buffers import PlaceBuffersPass
    from foldaway.passes.schedule_contractions import ScheduleContractionsPass
    from foldaway.passes.schedule_epilogues import ScheduleEpiloguesPass
    from foldaway.passes.schedule_stores import ScheduleStoresPass
    from foldaway.passes.schedule_threads import ScheduleThreadsPass
    from foldaway.runtime.threads import available_processors

    ctx = Context()
    LowerGraphToLinalgPass().apply(ctx, module)
    if stage == "buffers":
        FuseElementwiseToGenericPass().apply(ctx, module)
        PlaceBuffersPass().apply(ctx, module)
        ScheduleEpiloguesPass().apply(ctx, module)
        FuseRowsPass().apply(ctx, module)
        machine = this_processor()
        ScheduleContractionsPass(
            machine.vector_bytes,
            machine.vector_registers,
            machine.first_cache,
            machine.second_cache,
        ).apply(ctx, module)
        # The last cache is shared with others, and with what comes before and after.
        ScheduleStoresPass(machine.last_cache // 2).apply(ctx, module)
        ScheduleThreadsPass(threads=max(available_processors(), 2)).apply(ctx, module)
