"""Products of few tiles and long sums are summed up in parts, in the same order each time."""

from typing import Any

import numpy as np
import pytest

from foldaway.dialects import simt
from foldaway.dialects.build import IRBuilder

from .families import Case, close
from .products import Product, kernels_of, simulated
from .test_kernel_families import interpreted
from .test_kernel_families import simulated as simulated_case


def _launches(module: Any) -> int:
    return sum(isinstance(op, simt.LaunchOp) for op in module.walk())


@pytest.mark.parametrize("turned", [(False, False), (False, True), (True, False), (True, True)])
@pytest.mark.parametrize("element", ["f32", "bf16", "f64", "i32"])
def test_values(element: str, turned: tuple[bool, bool]):
    product = Product(33, 20, 4096, element, turned)
    inputs, module = product.inputs(), kernels_of(product)
    assert _launches(module) == 2
    first, second = (simulated(module, inputs, order) for order in (1, 2))
    product.check(first, inputs)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("batch", [0, 3])
def test_what_follows_and_batches(batch: int):
    product = Product(5, 40, 8192, "f32", (False, False), batch, has_bias=not batch)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product), inputs), inputs)


@pytest.mark.parametrize(
    ("shape", "launches"),
    [((64, 64, 1024), 1), ((64, 64, 4095), 1), ((1024, 1024, 4096), 1), ((64, 64, 2048), 2)],
)
def test_only_long_sums_of_few_tiles_are_split(shape: tuple[int, int, int], launches: int):
    assert _launches(kernels_of(Product(*shape))) == launches


def _scaled(to: IRBuilder, x: Any, y: Any) -> Any:
    return to.binary("mul", to.matmul(to.slice(x, (1, 8), (5, 4104), (1, 1)), y), 0.5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_part_of_a_matrix(dtype: str):
    case = Case(((6, 4112), (4096, 7)), _scaled, lambda x, y: x[1:5, 8:4104] @ y * 0.5)
    inputs = case.inputs(dtype)
    inputs = [(one / 8).astype(one.dtype) for one in inputs]
    close(simulated_case(case.module(dtype), inputs), case, inputs, dtype)


def test_the_interpreter_of_ptx_agrees():
    case = Case(((4, 2048), (2048, 5)), lambda to, x, y: to.matmul(x, y), np.matmul)
    inputs = case.inputs("float32")
    module = case.module("float32")
    assert _launches(module) == 2
    close(interpreted(module, inputs, "sm_80"), case, inputs, "float32")
