"""Kernels that the vendor's compiler has compiled give NumPy's numbers in the simulator."""

import ml_dtypes
import numpy as np
import pytest

from foldaway.backends.ascend.hivm_errors import Deadlock, FlagError, MissingSync, OutOfBounds
from foldaway.backends.ascend.link_check import device_calls, missing_functions
from foldaway.backends.ascend.simulated import simulated
from foldaway.backends.ascend.toolchain import FinalKernel

from .needs_compiler import (
    SOFTMAX,
    TOOLCHAIN,
    computed,
    elementwise,
    needs_compiler,
    product,
    vector,
)

pytestmark = needs_compiler
RANDOM = np.random.default_rng(5)
UNARY = {
    "math.exp": np.exp,
    "math.sqrt": np.sqrt,
    "math.absf": np.abs,
    "math.floor": np.floor,
    "math.ceil": np.ceil,
    "math.tanh": np.tanh,
    "math.sin": np.sin,
    "math.log": np.log,
}
BINARY = {"arith.addf": np.add, "arith.divf": np.divide, "arith.maximumf": np.maximum}


def floats(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("op", UNARY)
def test_functions_of_one_number(op):
    x = floats(33, 7)
    result = computed(elementwise(op, "33x7", "f32"), [x], (33, 7))
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(result, UNARY[op](x), 1e-5, 1e-7)


@pytest.mark.parametrize("op", BINARY)
@pytest.mark.parametrize("element", ["f32", "f16", "bf16"])
def test_functions_of_two_numbers(op, element):
    dtype = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}[element]
    x, y = floats(100, 300).astype(dtype), floats(100, 300).astype(dtype)
    result = computed(elementwise(op, "100x300", element, 2), [x, y], x.shape, dtype)
    np.testing.assert_array_equal(result, BINARY[op](x, y))


def test_comparisons_are_bits_on_the_chip():
    x, y = floats(100, 300), floats(100, 300)
    body = """  %c = arith.cmpf olt, %a0, %a1 : tensor<100x300xf32>
  %r = arith.select %c, %a1, %a0 : tensor<100x300xi1>, tensor<100x300xf32>
  return %r : tensor<100x300xf32>"""
    result = computed(vector(["100x300xf32"] * 2, "100x300xf32", body), [x, y], x.shape)
    np.testing.assert_array_equal(result, np.maximum(x, y))


def test_long_integers_go_through_the_scalar_unit():
    x = RANDOM.integers(-(2**62), 2**62, (9, 5))
    result = computed(elementwise("arith.addi", "9x5", "i64", 2), [x, x], x.shape, np.int64)
    np.testing.assert_array_equal(result, x + x)


@pytest.mark.parametrize("axes", [(0, 2, 1), (1, 0, 2), (2, 1, 0), (2, 0, 1)])
def test_transposes(axes):
    x = floats(8, 30, 24)
    turned = x.transpose(axes)
    shape = "x".join(map(str, turned.shape))
    body = f"""  %e = tensor.empty() : tensor<{shape}xf32>
  %r = linalg.transpose ins(%a0 : tensor<8x30x24xf32>) outs(%e : tensor<{shape}xf32>) permutation = {list(axes)}
  return %r : tensor<{shape}xf32>"""  # noqa: E501
    result = computed(vector(["8x30x24xf32"], f"{shape}xf32", body), [x], turned.shape)
    np.testing.assert_array_equal(result, turned)


def test_softmax_on_many_cores():
    x = floats(50, 130)
    powers = np.exp(x - x.max(1, keepdims=True))
    right = powers / powers.sum(1, keepdims=True)
    np.testing.assert_allclose(computed(SOFTMAX, [x], x.shape), right, 1e-5)
    alone = SOFTMAX._replace(blocks=1)
    np.testing.assert_allclose(computed(alone, [x], x.shape), right, 1e-5)


@pytest.mark.parametrize("element", ["f16", "f32"])
@pytest.mark.parametrize("mixed", [False, True])
def test_products(element, mixed):
    dtype = {"f16": np.float16, "f32": np.float32}[element]
    x, y = floats(64, 48).astype(dtype), floats(48, 96).astype(dtype)
    result = computed(product(element, mixed), [x, y], (64, 96))
    right = (x.astype(np.float32) @ y.astype(np.float32)) * (2 if mixed else 1)
    np.testing.assert_allclose(result, right, 1e-5, 1e-5)


def test_device_functions_exist():
    final = TOOLCHAIN.compile(SOFTMAX)
    calls = device_calls(final.hivm)
    assert ("vexp_2d_float", "AIV") in calls
    assert missing_functions(final.hivm, TOOLCHAIN.chip) == []
    renamed = final.hivm.replace("vexp_2d_float", "vexp_2d_floa")
    assert missing_functions(renamed, TOOLCHAIN.chip) == ["vexp_2d_floa"]


def faulty(source, old, new, count=1):
    """Return a kernel whose final HIVM was changed."""
    final = TOOLCHAIN.compile(source)
    assert old in final.hivm
    changed = FinalKernel(final.source, final.hivm.replace(old, new, count), b"", ())
    return simulated(changed, TOOLCHAIN)


EXP = elementwise("math.exp", "100x300", "f32")
LOADED = "hivm.hir.{}_flag[<PIPE_MTE2>, <PIPE_V>, <EVENT_ID0>]"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (LOADED.format("set"), "", Deadlock),
        (LOADED.format("wait"), "", MissingSync),
        ("hivm.hir.set_flag[<PIPE_V>, <PIPE_MTE3>, <EVENT_ID0>]", "", Deadlock),
        ("hivm.hir.pipe_barrier[<PIPE_ALL>]", LOADED.format("set"), FlagError),
        ("memref<98272xi8", "memref<98000xi8", OutOfBounds),
    ],
)
def test_seeded_faults_are_caught(old, new, error):
    kernel = faulty(EXP, old, new, -1 if "memref" in old else 1)
    with pytest.raises(error):
        kernel.run([floats(100, 300)], [np.empty((100, 300), np.float32)], 40)


def test_a_seeded_buffer_past_the_end():
    kernel = faulty(EXP, "arith.constant 98272 : i64", "arith.constant 98400 : i64")
    with pytest.raises(OutOfBounds):
        kernel.run([floats(100, 300)], [np.empty((100, 300), np.float32)], 40)


def test_seeded_overlap_of_buffers():
    source = elementwise("arith.subf", "100x300", "f32", 2)
    kernel = faulty(source, "arith.constant 98272 : i64", "arith.constant 64 : i64")
    x, result = floats(100, 300), np.empty((100, 300), np.float32)
    with pytest.raises(MissingSync):
        kernel.run([x, x[::-1].copy()], [result], 40)


def test_a_seeded_operator():
    final = TOOLCHAIN.compile(EXP)
    kernel = faulty(EXP, "vexp_1d_float", "vln_1d_float", -1)
    x, result = floats(100, 300), np.empty((100, 300), np.float32)
    kernel.run([x], [result], 40)
    assert not np.allclose(result, np.exp(x), equal_nan=True)
    simulated(final, TOOLCHAIN).run([x], [result], 40)
    np.testing.assert_allclose(result, np.exp(x), 1e-5)


@pytest.mark.parametrize("what", ["sync_block_set", "sync_block_wait"])
def test_seeded_faults_between_cores(what):
    final = TOOLCHAIN.compile(product("f16", True))
    lines = [line for line in final.hivm.splitlines() if f"hivm.hir.{what}" not in line]
    kernel = simulated(FinalKernel(final.source, "\n".join(lines), b"", ()), TOOLCHAIN)
    x, y = floats(64, 48).astype(np.float16), floats(48, 96).astype(np.float16)
    with pytest.raises(Deadlock if what.endswith("set") else MissingSync):
        kernel.run([x, y], [np.empty((64, 96), np.float32)], 6)
