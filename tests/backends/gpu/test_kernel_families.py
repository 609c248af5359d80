"""Each family of kernels: values by the simulator and by the interpreter of PTX, and its code."""

from typing import Any

import numpy as np
import pytest
from xdsl.dialects import memref
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from foldaway.backends.cpu.driver import signature_of
from foldaway.backends.gpu.emit_kernels import emit_kernels
from foldaway.backends.gpu.ptx import to_ptx
from foldaway.backends.gpu.ptx_launch import run_ptx
from foldaway.dialects import simt
from foldaway.dialects.dtypes import by_element
from foldaway.runtime.arrays import numpy_dtype
from foldaway.runtime.driver import Signature

from .assembler import assembled
from .families import CASES, Array, close
from .simt_form import driver

FLOATS = ["float32", "float64", "float16", "bfloat16"]


def simulated(module: ModuleOp, inputs: list[Array], order: int | None = None) -> Array:
    """Return the result of `@f` on a simulated GPU."""
    specs = sum(signature_of(module, "f"), ())
    signature = Signature(specs[: len(inputs)], specs[len(inputs) :])
    return np.asarray(driver(order).compile(module, "f", signature)(list(inputs))[0])


def interpreted(module: ModuleOp, inputs: list[Array], arch: str) -> Array:
    """Return what the launches of `@f` leave in its result, by the interpreter of PTX."""
    text = emit_kernels(module)
    ptx = to_ptx(text.text, arch)
    function = next(op for op in module.ops if op.name == "func.func")
    block = function.regions[0].block
    arrays: dict[SSAValue, Array] = dict(zip(block.args, inputs, strict=False))
    arrays[block.args[-1]] = _made(block.args[-1])
    for op in block.ops:
        if isinstance(op, memref.AllocOp):
            arrays[op.memref] = _made(op.memref)
        elif isinstance(op, simt.LaunchOp):
            entry = text.entry(op.kernel.root_reference.data)
            given = [arrays[value] for value in op.arguments]
            shape = entry.grid, entry.block, entry.dynamic_bytes
            found = run_ptx(ptx, entry.name, given, *shape)
            arrays |= zip(op.arguments, found, strict=True)
    return arrays[block.args[-1]]


def _made(value: SSAValue) -> Array:
    type: Any = value.type
    return np.zeros(type.get_shape(), numpy_dtype(by_element()[type.element_type]))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", CASES)
def test_values_on_the_simulator(name: str, dtype: str):
    case = CASES[name]
    inputs = case.inputs(dtype)
    close(simulated(case.module(dtype), inputs), case, inputs, dtype)


@pytest.mark.parametrize("name", CASES)
def test_threads_in_another_order_give_the_same(name: str):
    case = CASES[name]
    inputs = case.inputs("float32")
    module = case.module("float32")
    first, second = (simulated(module, inputs, order) for order in (1, 2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", CASES)
def test_values_by_the_interpreter(name: str, dtype: str):
    case = CASES[name]
    inputs = case.inputs(dtype)
    close(interpreted(case.module(dtype), inputs, "sm_80"), case, inputs, dtype)


@pytest.mark.parametrize("arch", ["sm_80", "sm_90"])
@pytest.mark.parametrize("dtype", FLOATS)
def test_every_kernel_assembles_without_spills(dtype: str, arch: str):
    for case in CASES.values():
        assert assembled(to_ptx(emit_kernels(case.module(dtype)).text, arch), arch).spilled == 0


@pytest.mark.parametrize("name", CASES)
def test_launches_are_few(name: str):
    case = CASES[name]
    launches = [op for op in case.module("float32").walk() if isinstance(op, simt.LaunchOp)]
    assert len(launches) <= case.kernels
