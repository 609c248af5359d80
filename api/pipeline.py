"""The order in which passes run for each target of foldaway-opt. The only place that knows it."""

FOLD = "fold-pyobj,check-boundary,outline-segments,canonicalize,cse"
"""Python to a graph of tensors and a host program."""

LINALG = f"{FOLD},lower-graph-to-linalg"
"""Python to linalg in tensor form, where all machines start."""

CPU = f"{LINALG},fuse-elementwise-to-generic,place-buffers"
"""Python to loops over buffers, which the CPU's emitter takes."""

PIPELINES = {"python": FOLD, "linalg": LINALG, "llvm": CPU, "cpu": CPU}
"""Target name to its whole pipeline, in the syntax of `foldaway-opt -p`."""
