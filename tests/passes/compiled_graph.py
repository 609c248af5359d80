"""Builds a function of graph ops from text, lowers it to buffers, and runs it with NumPy."""

import numpy as np
from ml_dtypes import bfloat16
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin
from xdsl.dialects.func import Func
from xdsl.parser import Parser

from foldaway.dialects.graph import Graph
from foldaway.dialects.verifier import verify
from foldaway.passes.fuse_elementwise_to_generic import FuseElementwiseToGenericPass
from foldaway.passes.lower_graph_to_linalg import LowerGraphToLinalgPass
from foldaway.passes.place_buffers import PlaceBuffersPass

from .buffer_interpreter import run

ELEMENTS = {
    "bool": ("i1", np.bool_),
    **{f"int{n}": (f"i{n}", np.dtype(f"int{n}").type) for n in (8, 16, 32, 64)},
    **{f"uint{n}": (f"ui{n}", np.dtype(f"uint{n}").type) for n in (8, 16, 32, 64)},
    "float16": ("f16", np.float16),
    "bfloat16": ("bf16", bfloat16),
    "float32": ("f32", np.float32),
    "float64": ("f64", np.float64),
}
NAMES = {np.dtype(dtype): name for name, dtype in ELEMENTS.values()}
PASSES = (LowerGraphToLinalgPass(), FuseElementwiseToGenericPass(), PlaceBuffersPass())


def type_of(shape, dtype):
    return f"tensor<{''.join(f'{n}x' for n in shape)}{NAMES[np.dtype(dtype)]}>"


def lower(text, passes=PASSES):
    """Return the module after the passes, each of whose results was verified."""
    context = Context()
    for dialect in (Builtin, Func, Graph):
        context.load_dialect(dialect)
    module = Parser(context, text).parse_module()
    verify(module)
    for step in passes:
        step.apply(context, module)
        verify(module)
    return module


def compute_all(body, inputs, results):
    """Return the results, named in `body`, of a function of the inputs `%0`, `%1`, …

    `results` maps their names to shapes and dtypes.
    """
    inputs = [np.asarray(x) for x in inputs]
    types = [type_of(x.shape, x.dtype) for x in inputs]
    args = ", ".join(f"%{i} : {type}" for i, type in enumerate(types))
    outs = [type_of(shape, dtype) for shape, dtype in results.values()]
    text = (
        f"func.func @f({args}) -> ({', '.join(outs)}) {{\n{body}\n"
        f"func.return {', '.join(results)} : {', '.join(outs)}\n}}"
    )
    signless = [x.view(x.dtype.str.replace("u", "i")) if x.dtype.kind == "u" else x for x in inputs]
    found = run(lower(text), "f", signless)
    return [x.view(dtype) for x, (_, dtype) in zip(found, results.values(), strict=True)]


def compute(body, inputs, dtype=None, shape=None):
    """Return the result `%r`; in `body`, `{0}` is the first input's type, `{r}` the result's."""
    dtype = inputs[0].dtype if dtype is None else dtype
    shape = np.shape(inputs[0]) if shape is None else shape
    types = [type_of(np.shape(x), np.asarray(x).dtype) for x in inputs]
    body = body.format(*types, r=type_of(shape, dtype))
    return compute_all(body, inputs, {"%r": (shape, dtype)})[0]
