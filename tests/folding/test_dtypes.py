"""Compiled results have the dtype and the value of eager ones, for every dtype and many shapes."""

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, jit, ops
from foldaway.dialects import dtypes

SHAPES = [(), (0, 3), (2, 1, 5)]


def arithmetic(x, y):
    return x + y, x * y, x + 1, 2.5 * x, x / 2, x == y, x < y, x != 1


def integers(x, y):
    return x - y, x // y, x % y, -x, abs(x), x // 3, ops.maximum(x, y), x.max(), x.argmax()


def shapes(x):
    return x.reshape(-1), x.T, x[..., None], x.sum(), x.any(), x[::2] if x.ndim else x


def same(a, b):
    a, b = a.asnumpy(), b.asnumpy()
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    if a.dtype.kind in "bui":
        assert np.array_equal(a, b)
    else:
        tolerance = 4 * np.finfo(np.float32).eps if a.dtype.itemsize >= 4 else 1e-2
        assert np.allclose(a.astype(float), b.astype(float), tolerance, tolerance, equal_nan=True)


def sample(dtype, shape, seed):
    rng = np.random.default_rng(seed)
    return Tensor(rng.integers(1, 5, size=shape)).astype(dtype)


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=lambda d: d.name)
def test_every_dtype(dtype):
    programs = [arithmetic] if dtype is dtypes.bool_ else [arithmetic, integers]
    compiled = [jit(program) for program in programs]
    for seed, shape in enumerate(SHAPES):
        x, y = sample(dtype, shape, seed), sample(dtype, shape, seed + 100)
        for program, fast in zip(programs, compiled, strict=True):
            if x.size or program is arithmetic:
                for a, b in zip(fast(x, y), program(x, y), strict=True):
                    same(a, b)


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=lambda d: d.name)
def test_shapes_keep_every_dtype(dtype):
    fast = jit(shapes)
    for seed, shape in enumerate(SHAPES):
        x = sample(dtype, shape, seed)
        for a, b in zip(fast(x), shapes(x), strict=True):
            same(a, b)


def test_integers_wrap():
    fast = jit(lambda x: (x + 1, x * 2, -x))
    for dtype, value in ((foldaway.int8, 127), (foldaway.int64, 2**63 - 1), (foldaway.uint8, 255)):
        x = Tensor([value], dtype=dtype)
        for a, b in zip(fast(x), (x + 1, x * 2, -x), strict=True):
            same(a, b)
