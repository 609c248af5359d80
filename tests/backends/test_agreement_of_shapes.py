"""Graph ops that move, reduce or multiply, compiled, give what NumPy gives; programs too."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.dialects import dtypes
from foldaway.runtime.arrays import numpy_dtype

from .buffer_form import check_floats
from .graph_program import GraphProgram
from .test_agreement import NAMES, numbers

SHAPE = (3, 4, 5)
FLOATS = ["float16", "bfloat16", "float32", "float64"]


def same(got, wanted, case=""):
    """Hold that two arrays are equal, bit for bit but for nans."""
    assert got.dtype == wanted.dtype, case
    assert got.shape == wanted.shape, case
    if got.dtype.kind in "fV":
        check_floats(got, wanted, 0, case)
    else:
        assert (got == wanted).all(), (case, got, wanted)


MOVES = {
    "reshape": (lambda to, x: to.reshape(x, (-1, 6)), lambda x: x.reshape(-1, 6)),
    "transpose": (lambda to, x: to.transpose(x, (2, 0, 1)), lambda x: x.transpose(2, 0, 1)),
    "turned": (lambda to, x: to.transpose(x), np.transpose),
    "broadcast": (
        lambda to, x: to.broadcast_to(x, (2, *SHAPE)),
        lambda x: np.broadcast_to(x, (2, *SHAPE)),
    ),
    "slice": (
        lambda to, x: to.slice(x, (1, 0, 1), (3, 4, 5), (1, 2, 3)),
        lambda x: x[1:3, 0:4:2, 1:5:3],
    ),
    "nothing": (lambda to, x: to.slice(x, (1, 2, 0), (3, 2, 5), (1, 1, 1)), lambda x: x[1:3, 2:2]),
    "concat": (lambda to, x: to.concat([x, x], 1), lambda x: np.concatenate([x, x], 1)),
    "pad": (
        lambda to, x: to.pad(x, (1, 0, 2), (0, 3, 1), 1),
        lambda x: np.pad(x, [(1, 0), (0, 3), (2, 1)], constant_values=1),
    ),
    "reverse": (lambda to, x: to.reverse(x, (0, 2)), lambda x: x[::-1, :, ::-1]),
    "update": (
        lambda to, x: to.update_slice(
            x, to.slice(x, (0, 0, 0), (2, 2, 2), (1, 1, 1)), (1, 2, 3), (1, 1, 1)
        ),
        lambda x: updated(x),
    ),
    "pick": (lambda to, x: to.pick(x, to.full((), 2, dtypes.int64), 1), lambda x: x[:, 2]),
    "pick of a pick": (
        lambda to, x: to.pick(
            to.pick(x, to.full((), 9, dtypes.int64), 2), to.full((), -1, dtypes.int64), 0
        ),
        lambda x: x[0, :, 4],
    ),
    "itself": (lambda to, x: x, lambda x: x),
}


def updated(x):
    changed = x.copy()
    changed[1:3, 2:4, 3:5] = x[:2, :2, :2]
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_moves(name):
    dtype = dtypes.BY_NAME[name]
    program = GraphProgram(
        [(SHAPE, dtype)], lambda to, x: [build(to, x) for build, _ in MOVES.values()]
    )
    x = numbers(dtype, SHAPE, 5)
    for got, (case, (_, meaning)) in zip(program(x), MOVES.items(), strict=True):
        same(got, meaning(x).astype(x.dtype), case)


@pytest.mark.parametrize("name", NAMES)
def test_constants_and_counting(name):
    dtype = dtypes.BY_NAME[name]
    there = numpy_dtype(dtype)
    counts = name != "bool_"

    def build(to):
        return [to.full((2, 3), 1, dtype), *([to.iota((2, 5), 1, dtype)] if counts else [])]

    ones, *count = GraphProgram([], build)()
    same(ones, np.ones((2, 3), there))
    if counts:
        same(count[0], np.broadcast_to(np.arange(5).astype(there), (2, 5)))


AXES = [None, (0,), (1,), (2,), (0, 2), (1, 2)]


@pytest.mark.parametrize(
    ("name", "shape"),
    [*((name, (40, 2, 33)) for name in NAMES), *((name, (2, 600, 3)) for name in FLOATS)],
)
def test_reductions(name, shape):
    dtype = dtypes.BY_NAME[name]
    kinds = ["any", "all"] if name == "bool_" else ["sum", "prod", "max", "min", "any", "all"]

    def build(to, x):
        results = [to.reduce(kind, x, axes) for kind in kinds for axes in AXES]
        return results + [to.argreduce(kind, x, axis) for kind in ("max", "min") for axis in (0, 2)]

    x = few(dtype, shape)
    results = iter(GraphProgram([(shape, dtype)], build)(x))
    for kind in kinds:
        for axes in AXES:
            wanted = reduced(kind, x, axes)
            same(next(results), wanted, (kind, axes))
    for meaning in (np.argmax, np.argmin):
        for axis in (0, 2):
            same(next(results), meaning(x.astype(float), axis), (meaning.__name__, axis))


def few(dtype, shape):
    """Return small numbers, whose sums and products each dtype holds."""
    random = np.random.default_rng(1)
    values = random.integers(0, 2, shape) * 2
    if dtype.kind in "if":
        values = values * random.choice([-1, 1], shape)
    return values.astype(numpy_dtype(dtype))


def reduced(kind, x, axes):
    """Return the reduction; integers are summed in 64 bits."""
    if kind in ("any", "all"):
        return np.asarray(getattr(np, kind)(x != 0, axes))
    if kind in ("max", "min"):
        exact = x.astype(np.float64) if x.dtype.kind == "V" else x
        return np.asarray(getattr(np, kind)(exact, axes)).astype(x.dtype)
    if x.dtype.kind in "fV":
        return np.asarray(getattr(np, kind)(x.astype(np.float64), axes)).astype(x.dtype)
    wide = np.uint64 if x.dtype == np.uint64 else np.int64
    return np.asarray(getattr(np, kind)(x.astype(wide), axes))


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_sums_of_floats_of_both_signs(name):
    shape = (64, 1000)
    program = GraphProgram(
        [(shape, dtypes.BY_NAME[name]), (shape[::-1], dtypes.BY_NAME[name])],
        lambda to, x, y: [to.reduce("sum", x, (1,)), to.reduce("sum", y, (0,))],
    )
    errors = {"rows": 0.0, "columns": 0.0, "in pairs": 0.0}
    for seed in range(20):
        x = np.random.default_rng(seed).standard_normal(shape).astype(name)
        exact = np.array([math.fsum(row) for row in x.tolist()])
        sums = (*program(x, x.T), x.sum(1))
        for way, got in zip(errors, sums, strict=True):
            errors[way] += np.abs(got - exact).mean()
    # NumPy adds rows in pairs. The errors of one array's sums may be a third more by chance.
    assert max(errors["rows"], errors["columns"]) <= 1.15 * errors["in pairs"]


@pytest.mark.parametrize("name", FLOATS)
def test_nan_wins_a_maximum(name):
    dtype = dtypes.BY_NAME[name]
    x = np.zeros((9, 300)).astype(numpy_dtype(dtype))
    x[3, 200], x[5, 7], x[6, 1] = math.nan, math.inf, -math.inf
    program = GraphProgram(
        [(x.shape, dtype)],
        lambda to, x: [to.reduce(k, x, (n,)) for k in ("max", "min") for n in (0, 1)],
    )
    with np.errstate(all="ignore"):
        meanings = [f(x.astype(float), n).astype(x.dtype) for f in (np.max, np.min) for n in (0, 1)]
        for got, wanted in zip(program(x), meanings, strict=True):
            same(got, wanted)


PRODUCTS = [((5, 7), (7, 3)), ((7,), (7, 3)), ((5, 7), (7,)), ((7,), (7,)), ((2, 5, 7), (7, 3))]
PRODUCTS += [((4, 1, 2, 3), (5, 3, 2)), ((1, 200), (200, 9)), ((65, 2), (2, 70)), ((3, 0), (0, 2))]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "bool_"])
def test_products(name):
    dtype = dtypes.BY_NAME[name]
    specs = [(shape, dtype) for pair in PRODUCTS for shape in pair]
    arrays = [few(dtype, shape) for shape, _ in specs]

    def build(to, *values):
        pairs = zip(values[::2], values[1::2], strict=True)
        return [to.matmul(x, y) for x, y in pairs]

    results = GraphProgram(specs, build)(*arrays)
    for got, x, y in zip(results, arrays[::2], arrays[1::2], strict=True):
        wanted = np.asarray(np.matmul(x.astype(np.float64), y.astype(np.float64)))
        wanted = wanted if dtype.kind == "f" else wanted.astype(np.int64)
        same(got, wanted.astype(x.dtype), (x.shape, y.shape))


STEPS = {
    "add": (lambda to, x, y: to.binary("add", x, y), lambda x, y: x + y),
    "sub": (lambda to, x, y: to.binary("sub", x, y), lambda x, y: x - y),
    "maximum": (lambda to, x, y: to.binary("maximum", x, y), lambda x, y: np.maximum(x, y) + 0),
    "select": (
        lambda to, x, y: to.select(to.compare("lt", x, y), x, y),
        lambda x, y: np.where(x < y, x, y),
    ),
    "sums": (
        lambda to, x, y: to.binary("sub", x, to.reduce("sum", y, (1,), keepdims=True)),
        lambda x, y: x - y.sum(1, keepdims=True),
    ),
    "columns": (
        lambda to, x, y: to.binary("add", x, to.reduce("max", y, (0,))),
        lambda x, y: x + y.max(0),
    ),
    "turn": (
        lambda to, x, y: to.transpose(to.binary("add", to.transpose(x), 1)),
        lambda x, y: x + 1,
    ),
    "halves": (
        lambda to, x, y: to.concat(
            [to.slice(x, (2, 0), (6, 6), (1, 1)), to.slice(y, (0, 0), (2, 6), (1, 1))], 0
        ),
        lambda x, y: np.concatenate([x[2:], y[:2]]),
    ),
    "product": (
        lambda to, x, y: to.binary("mod", to.matmul(x, y), 7.0),
        lambda x, y: np.mod(x @ y, 7.0),
    ),
    "turned": (
        lambda to, x, y: to.reverse(to.binary("sub", y, x), (0,)),
        lambda x, y: (y - x)[::-1],
    ),
}


@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(STEPS)), st.integers(0, 99), st.integers(0, 99)),
        min_size=2,
        max_size=9,
    )
)
def test_programs(steps):
    inputs = [np.random.default_rng(n).integers(-4, 5, (6, 6)).astype(float) for n in (1, 2)]
    wanted = list(inputs)
    for name, i, j in steps:
        wanted.append(STEPS[name][1](wanted[i % len(wanted)], wanted[j % len(wanted)]))

    def build(to, *values):
        found = list(values)
        for name, i, j in steps:
            found.append(STEPS[name][0](to, found[i % len(found)], found[j % len(found)]))
        return found[2:][-3:]

    program = GraphProgram([((6, 6), dtypes.float64)] * 2, build)
    for got, array in zip(program(*inputs), wanted[2:][-3:], strict=True):
        # All numbers are integers that fit, so that the order of additions can't matter.
        assert (got == array).all()
