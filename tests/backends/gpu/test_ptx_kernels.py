"""Whole kernels that LLVM has made, against NumPy."""

import ml_dtypes
import numpy as np
import pytest

from foldaway.backends.gpu.ptx_launch import run_ptx

from . import llvm_kernels
from .llvm_kernels import emit

ARCHITECTURES = ["sm_80", "sm_90"]


def floats(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("count", [1, 7, 255, 256, 1000])
def test_elementwise_in_vectors_of_four(arch, count):
    text = emit(llvm_kernels.ELEMENTWISE, arch)
    assert "ld.global.nc.v4.b32" in text
    x = floats(4 * count)
    x_after, out = run_ptx(text, "scale", [x, np.zeros_like(x), 1.5, count], (3,), (64,))
    assert (x_after == x).all()
    exact = np.float64(1.5) * x + x.astype(np.float64)
    assert (out == np.maximum(exact.astype(np.float32), 0)).all()


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_reduction_by_shuffles_and_shared_memory(arch):
    text = emit(llvm_kernels.REDUCTION, arch)
    assert "shfl.sync.bfly.b32" in text
    x = floats(70, 128)
    _, out = run_ptx(text, "total", [x, np.zeros(70, np.float32)], (70,), (128,))
    np.testing.assert_allclose(out, x.sum(1, dtype=np.float64), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_transposition_through_shared_memory(arch):
    x = floats(96, 96)
    text = emit(llvm_kernels.TRANSPOSE, arch)
    _, out = run_ptx(text, "turn", [x, np.zeros_like(x), 96], (3, 3), (32, 8))
    assert (out == x.T).all()


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("k", [16, 32, 80])
def test_product_of_matrices_on_tensor_cores(arch, k):
    text = emit(llvm_kernels.MATMUL, arch)
    assert "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32" in text
    a, b = (floats(*shape, seed=k).astype(ml_dtypes.bfloat16) for shape in ((16, k), (k, 16)))
    arguments = [a, b, np.zeros((16, 16), np.float32), k]
    out = run_ptx(text, "product", arguments, (1,), (32,), shared_bytes=2048)[2]
    np.testing.assert_allclose(out, a.astype(np.float64) @ b.astype(np.float64), atol=1e-5)
