"""The passes there are, each by name; a new one is a line of the table."""

from __future__ import annotations

PASSES: dict[str, tuple[str, str]] = {
    "check-boundary": ("foldaway.passes.check_boundary", "CheckBoundaryPass"),
    "differentiate-graph": ("foldaway.passes.differentiate_graph", "DifferentiateGraphPass"),
    "fold-pyobj": ("foldaway.passes.fold_pyobj", "FoldPyObjPass"),
    "fuse-elementwise-to-generic": (
        "foldaway.passes.fuse_elementwise_to_generic",
        "FuseElementwiseToGenericPass",
    ),
    "lower-graph-to-linalg": ("foldaway.passes.lower_graph_to_linalg", "LowerGraphToLinalgPass"),
    "lower-linalg-to-simt": ("foldaway.passes.lower_linalg_to_simt", "LowerLinalgToSimtPass"),
    "lower-kernels-to-smaller-tiles": (
        "foldaway.passes.lower_kernels_to_smaller_tiles",
        "LowerKernelsToSmallerTilesPass",
    ),
    "lower-products-to-tiles": (
        "foldaway.passes.lower_products_to_tiles",
        "LowerProductsToTilesPass",
    ),
    "lower-vectors-to-hfusion": (
        "foldaway.passes.lower_vectors_to_hfusion",
        "LowerVectorsToHfusionPass",
    ),
    "outline-kernels": ("foldaway.passes.outline_kernels", "OutlineKernelsPass"),
    "place-axes": ("foldaway.passes.place_axes", "PlaceAxesPass"),
    "outline-segments": ("foldaway.passes.outline_segments", "OutlineSegmentsPass"),
    "fuse-rows": ("foldaway.passes.fuse_rows", "FuseRowsPass"),
    "place-buffers": ("foldaway.passes.place_buffers", "PlaceBuffersPass"),
    "schedule-contractions": (
        "foldaway.passes.schedule_contractions",
        "ScheduleContractionsPass",
    ),
    "schedule-epilogues": ("foldaway.passes.schedule_epilogues", "ScheduleEpiloguesPass"),
    "schedule-simt": ("foldaway.passes.schedule_simt", "ScheduleSimtPass"),
    "schedule-stores": ("foldaway.passes.schedule_stores", "ScheduleStoresPass"),
    "schedule-threads": ("foldaway.passes.schedule_threads", "ScheduleThreadsPass"),
}
"""Pass name to the module and the `ModulePass` class in it."""
