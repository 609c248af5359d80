"""Each family of kernels on the simulated GPU: NumPy's values, in any order of threads.

Two orders of threads must give the same bits: what depends on it is a race.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import TensorSpec
from foldaway.pipeline import lower_segment
from foldaway.runtime.arrays import numpy_dtype
from foldaway.runtime.driver import Signature

from ...passes.compiled_graph import lower
from ...passes.test_fuse_rows import text_of
from ...passes.test_random_graphs import Program
from ..graph_program import GraphProgram
from .simt_form import driver

ORDERS = st.sampled_from([0, 1, 2, 3])
FLOATS = st.sampled_from([dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16])
DTYPES = st.sampled_from(
    [*(d for d in dtypes.ALL if d.kind == "f"), dtypes.int8, dtypes.int32, dtypes.uint8]
)
EXTENTS = st.sampled_from([1, 2, 3, 4, 7, 8, 16, 31, 32, 33, 64, 100, 129, 257])
SEEDS = st.integers(0, 99)
few = settings(max_examples=12)


def numbers(shape, dtype, seed):
    """Return small whole numbers: sums of them are exact in each dtype that is drawn here."""
    random = np.random.default_rng(seed)
    low = 0 if dtype.kind == "u" else -3
    return random.integers(low, 4, shape).astype(numpy_dtype(dtype))


def same_in_orders(specs, build, order, *arrays):
    """Return the results, after a check that another order of threads gives the same bits."""
    first, second = (GraphProgram(specs, build, driver(n))(*arrays) for n in (None, order))
    for one, other in zip(first, second, strict=True):
        assert one.tobytes() == other.tobytes()
    return first


def near(got, wanted, digits):
    wide = np.asarray(got, np.float64) if got.dtype.kind in "fV" else got
    np.testing.assert_allclose(wide, wanted, rtol=digits, atol=digits)


DIGITS = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 1e-5, "float64": 1e-12}


@few
@given(DTYPES, EXTENTS, EXTENTS, EXTENTS, st.integers(0, 7), SEEDS, ORDERS)
def test_elementwise_with_broadcasting(dtype, a, b, c, ones, seed, order):
    full = (a, b, c)
    part = tuple(1 if ones >> n & 1 else extent for n, extent in enumerate(full))
    x, y = numbers(full, dtype, seed), numbers(part, dtype, seed + 1)

    def build(to, x, y):
        z = to.binary("add", to.binary("mul", x, y), x)
        return [z, to.select(to.compare("lt", x, y), x, y)]

    found, least = same_in_orders([(full, dtype), (part, dtype)], build, order, x, y)
    np.testing.assert_array_equal(found, x * y + x)
    np.testing.assert_array_equal(least, np.minimum(x, y))


@few
@given(
    DTYPES,
    st.tuples(EXTENTS, EXTENTS, EXTENTS),
    st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]),
    SEEDS,
    ORDERS,
)
def test_reductions(dtype, shape, axes, seed, order):
    x = numbers(shape, dtype, seed)
    # Of narrow floats not all sums of so many are exact.
    x[np.random.default_rng(seed).random(shape) > 100 / x.size] = 0

    def build(to, x):
        return [to.reduce(kind, x, axes) for kind in ("sum", "max", "min", "any")]

    total, most, least, some = same_in_orders([(shape, dtype)], build, order, x)
    wide = x.astype(np.float64)
    np.testing.assert_array_equal(total.astype(np.float64), wide.sum(axes))
    np.testing.assert_array_equal(most.astype(np.float64), wide.max(axes))
    np.testing.assert_array_equal(least.astype(np.float64), wide.min(axes))
    np.testing.assert_array_equal(some, (x != 0).any(axes))


@pytest.mark.parametrize("shape", [(1, 1), (3, 1000), (70, 129), (1, 40000)])
@pytest.mark.parametrize("name", ["float32", "float64", "float16", "bfloat16"])
def test_softmax_and_layer_norm(name, shape):
    dtype = dtypes.BY_NAME[name]

    def build(to, x):
        def spread(value):
            return to.broadcast_to(value, shape)

        shifted = to.binary("sub", x, spread(to.reduce("max", x, (1,), True)))
        e = to.unary("exp", shifted)
        softmax = to.binary("div", e, spread(to.reduce("sum", e, (1,), True)))
        mean = to.binary("div", to.reduce("sum", x, (1,), True), float(shape[1]))
        away = to.binary("sub", x, spread(mean))
        squares = to.reduce("sum", to.binary("mul", away, away), (1,), True)
        variance = to.binary("add", to.binary("div", squares, float(shape[1])), 1e-3)
        return [softmax, to.binary("mul", away, spread(to.unary("rsqrt", variance)))]

    x = np.random.default_rng(7).standard_normal(shape).astype(numpy_dtype(dtype))
    softmax, norm = same_in_orders([(shape, dtype)], build, 1, x)
    wide = x.astype(np.float64)
    e = np.exp(wide - wide.max(1, keepdims=True))
    near(softmax, e / e.sum(1, keepdims=True), 4 * DIGITS[name])
    away = wide - wide.mean(1, keepdims=True)
    wanted = away / np.sqrt((away**2).mean(1, keepdims=True) + 1e-3)
    near(norm, wanted, 20 * DIGITS[name])


@few
@given(DTYPES, st.tuples(EXTENTS, EXTENTS, EXTENTS), st.permutations([0, 1, 2]), SEEDS, ORDERS)
def test_transposes(dtype, shape, axes, seed, order):
    x = numbers(shape, dtype, seed)
    (found,) = same_in_orders([(shape, dtype)], lambda to, x: [to.transpose(x, axes)], order, x)
    np.testing.assert_array_equal(found, x.transpose(axes))


@few
@given(FLOATS, EXTENTS, EXTENTS, EXTENTS, st.booleans(), st.booleans(), SEEDS, ORDERS)
def test_products_with_what_follows(dtype, m, n, k, turn_x, turn_y, seed, order):
    x = numbers((k, m) if turn_x else (m, k), dtype, seed)
    y = numbers((n, k) if turn_y else (k, n), dtype, seed + 1)
    bias = numbers((n,), dtype, seed + 2)

    def build(to, x, y, bias):
        x = to.transpose(x, (1, 0)) if turn_x else x
        y = to.transpose(y, (1, 0)) if turn_y else y
        z = to.binary("add", to.matmul(x, y), bias)
        return [to.select(to.compare("gt", z, 0.0), z, 0.0)]

    (found,) = same_in_orders(
        [(x.shape, dtype), (y.shape, dtype), (bias.shape, dtype)], build, order, x, y, bias
    )
    x, y = (x.T if turn_x else x), (y.T if turn_y else y)
    exact = x.astype(np.float64) @ y.astype(np.float64) + bias.astype(np.float64)
    near(found, np.maximum(exact, 0), DIGITS[dtype.name])


@few
@given(DTYPES, st.tuples(EXTENTS, EXTENTS), st.integers(0, 1), SEEDS, ORDERS)
def test_first_places_of_the_largest(dtype, shape, axis, seed, order):
    x = numbers(shape, dtype, seed)

    def build(to, x):
        return [to.argreduce(kind, x, axis) for kind in ("max", "min")]

    largest, least = same_in_orders([(shape, dtype)], build, order, x)
    np.testing.assert_array_equal(largest, x.astype(np.float64).argmax(axis))
    np.testing.assert_array_equal(least, x.astype(np.float64).argmin(axis))


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs(seed):
    program = Program(seed)
    for _ in range(5 + 3 * seed):
        program.step()
    names = list(program.values)
    drawn = program.random.sample(names, min(3, len(names)))
    results = list(dict.fromkeys([*drawn, names[-1]]))
    text = text_of(program, results)
    specs = tuple(TensorSpec(x.shape, dtypes.float64) for x in program.inputs)
    outputs = tuple(TensorSpec(program.values[n].shape, dtypes.float64) for n in results)
    found = []
    for order in (None, seed):
        module = lower(text, ())
        lower_segment(module, driver(order))
        executable = driver(order).compile(module, "f", Signature(specs, outputs))
        found.append(executable(program.inputs))
    for one, other, name in zip(*found, results, strict=True):
        assert one.tobytes() == other.tobytes()
        np.testing.assert_allclose(one, program.values[name], rtol=1e-5, atol=1e-3, err_msg=name)
