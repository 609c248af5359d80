"""Graphs from calls of the builders, lowered for Ascend; and what runs their parts on the CPU."""

import functools
import logging
import re

import numpy as np
from xdsl.dialects import arith, func, tensor
from xdsl.dialects.builtin import FunctionType, ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from foldaway.backends.ascend.kernel_text import kernel_text, kernels_of
from foldaway.backends.ascend.machine import STEPS
from foldaway.backends.cpu.driver import CpuDriver
from foldaway.dialects import dtypes
from foldaway.dialects.ascend import LaunchOp
from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import TensorSpec, spec_of, tensor_type
from foldaway.dialects.verifier import verify
from foldaway.pipeline import lower_to_linalg, run_passes
from foldaway.runtime.arrays import numpy_dtype
from foldaway.runtime.driver import Signature

from ..test_agreement import COMPARISONS, binary_names, unary_names

SHAPES = [(), (1,), (7,), (33,), (0, 3), (2, 1, 5), (200, 500, 300)]
SOME = [dtypes.bool_, dtypes.int32, dtypes.float16, dtypes.float32]
OPS = [
    *((dtype, (2, 1, 5)) for dtype in dtypes.ALL),
    *((dtype, shape) for dtype in SOME for shape in SHAPES if shape != (2, 1, 5)),
]
"""In which dtype and shape all ops are lowered: each dtype, and each shape in some."""


def graph(specs, build, location=None):
    """Return a module with one function `f` of graph ops."""
    block = Block(arg_types=[tensor_type(TensorSpec(*spec)) for spec in specs])
    results = build(IRBuilder(block, location), *block.args)
    block.add_op(ReturnOp(*results))
    types = FunctionType.from_lists(block.arg_types, [value.type for value in results])
    return ModuleOp([FuncOp("f", types, Region(block))])


def lowered(specs, build, location=None):
    """Return the host and the kernels of a graph, after a check that they are valid."""
    module = graph(specs, build, location)
    log = logging.getLogger("foldaway.ascend")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        lower_to_linalg(module)
        run_passes(module, STEPS)
    finally:
        log.setLevel(level)
    verify(module)
    return module


def kernel_texts(module):
    return [kernel_text(kernel) for kernel in kernels_of(module)]


def host_of(module):
    return next(op for op in module.ops if isinstance(op, FuncOp) and op.sym_name.data == "f")


def on_cpu(module):
    """Return why functions run on the CPU, but for those that a kernel falls back to."""
    functions = [op for op in module.ops if isinstance(op, FuncOp)]
    reasons = [
        op.attributes["foldaway.cpu"].data for op in functions if "foldaway.cpu" in op.attributes
    ]
    return [reason for reason in reasons if reason != "fallback"]


def cases(dtype, rank):
    """Return by its name what builds each op on two tensors of a dtype."""
    found = {}
    for name in binary_names(dtype):
        found[name] = lambda to, x, y, name=name: [to.binary(name, x, y)]
    for name in unary_names(dtype):
        found[name] = lambda to, x, y, name=name: [to.unary(name, x)]
    for name in COMPARISONS:
        found[name] = lambda to, x, y, name=name: [to.compare(name, x, y)]
    for target in dtypes.ALL:
        found[f"to {target.name}"] = lambda to, x, y, target=target: [to.convert(x, target)]
    found["select"] = lambda to, x, y: [to.select(to.compare("lt", x, y), x, y)]
    for kind in ("any", "all") if dtype.kind == "b" else ("sum", "prod"):
        for axis in range(rank):
            found[f"{kind} along {axis}"] = lambda to, x, y, kind=kind, axis=axis: [
                to.reduce(kind, x, [axis])
            ]
        found[kind] = lambda to, x, y, kind=kind: [to.reduce(kind, x)]
    return found


@functools.cache
def lowered_ops(dtype, shape):
    """Return all ops on two tensors of a dtype and shape, each lowered alone, by name."""
    found = cases(dtype, len(shape))
    return {name: lowered([(shape, dtype)] * 2, build) for name, build in found.items()}


class Parts:
    """Runs the host of a lowered graph, with the CPU's code for each part, kernels too."""

    def __init__(self, specs, build):
        self.module = lowered(specs, build)
        self.code = {}

    def __call__(self, *arrays):
        host = host_of(self.module)
        values = dict(zip(host.body.block.args, arrays, strict=True))
        for op in host.body.block.ops:
            if isinstance(op, ReturnOp):
                return [values[value] for value in op.operands]
            given = [values[value] for value in op.operands]
            values |= zip(op.results, self._results(op, given), strict=True)
        raise AssertionError("the host returns nothing")

    def _results(self, op, given):
        match op:
            case LaunchOp():
                return self._called(op.fallback.root_reference.data, given)
            case func.CallOp():
                return self._called(op.callee.root_reference.data, given)
            case tensor.CollapseShapeOp() | tensor.ExpandShapeOp():
                return [given[0].reshape(op.results[0].type.get_shape())]
            case tensor.EmptyOp() | arith.ConstantOp():
                shape, dtype = spec_of(op.results[0].type)
                array = np.zeros(shape, numpy_dtype(dtype))
                if isinstance(op, arith.ConstantOp):
                    array = np.array(op.value.get_values()).astype(array.dtype)
                return [np.broadcast_to(array, shape)]
        raise AssertionError(f"the host has {op}")

    def _called(self, name, given):
        if name not in self.code:
            found = next(
                op for op in self.module.ops if isinstance(op, FuncOp) and op.sym_name.data == name
            )
            alone = ModuleOp([found.clone()])
            type = found.function_type
            signature = Signature(
                tuple(map(spec_of, type.inputs)), tuple(map(spec_of, type.outputs))
            )
            run_passes(alone, CpuDriver().steps())
            self.code[name] = CpuDriver().compile(alone, name, signature)
        return self.code[name](given)


def ops_in(text):
    """Return the names of the ops of a kernel's text."""
    return set(re.findall(r"(?:^|= )\s*(\w+\.\w+)", text, re.M))
