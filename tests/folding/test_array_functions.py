"""NumPy's functions on array arguments, compiled, against NumPy: values, dtypes, types, errors."""

import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.runtime.array_ufuncs import FLOATING_ONLY, LOOPS, NARROW_ONLY

from .array_agreement import DTYPES, check, plain, sample

SHAPES = [(), (4,), (2, 3), (2, 1, 3)]
ALL = [(sample(d, s, i),) for i, d in enumerate(DTYPES) for s in SHAPES]
ROWS = [(sample(d, (4,), i),) for i, d in enumerate(DTYPES)]
FEW = [(sample(d, s, i),) for i, d in enumerate(("float32", "int8", "bool")) for s in SHAPES]
CUBES = [(sample(d, (2, 3, 4), i),) for i, d in enumerate(("float32", "int8", "bool"))]
NUMBERS = [case for case in ALL if case[0].dtype != bool]
KINDS = ["bool", "int8", "int64", "uint8", "uint64", "float16", "float32"]
PAIRS = [
    (sample(d, (4,), i), sample(e, (4,), j + 20))
    for i, d in enumerate(KINDS)
    for j, e in enumerate(KINDS)
]
SOME = [(sample(d, (4,), i),) for i, d in enumerate(KINDS)]
MATRICES = [
    (sample(d, (2, 3), 1), sample(e, (2, 3), 2)) for d in DTYPES for e in ("int8", "float32")
]
SMALL = [case for case in ALL if case[0].size and np.abs(case[0].astype(float)).max() < 1e6]

OPERATORS = "add sub mul truediv floordiv mod lt le gt ge eq ne and_ or_ xor".split()


def named(functions):
    return [pytest.param(f, id=f.__name__) for f in functions]


UNARY = [ufunc for ufunc in LOOPS if ufunc.nin == 1]


@pytest.mark.parametrize("ufunc", named(UNARY))
def test_ufuncs_of_one_operand(ufunc):
    cases = [*ALL, (np.zeros((0,), np.float32),)]
    if ufunc in NARROW_ONLY:
        cases = [case for case in cases if plain(ufunc, case).dtype != np.float64]
    if ufunc in FLOATING_ONLY:
        cases = [case for case in cases if case[0].dtype.kind == "f"]
    check(lambda a: ufunc(a), cases, 4)


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_on_two_arrays(name):
    function = getattr(operator, name)
    check(lambda a, b: function(a, b), PAIRS, 4)


SCALARS = [2, -3, 0, True, 2.5, 300, np.float32(1.5), np.int8(3), np.float64(2), np.uint16(9)]


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_on_an_array_and_a_number(name):
    function = getattr(operator, name)
    check(lambda a, n: function(a, n), [(*row, n) for row in SOME for n in SCALARS], 4)
    check(lambda n, a: function(n, a), [(n, *row) for row in SOME for n in SCALARS], 4)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "mod", "lt", "eq", "xor"])
def test_operators_on_scalars_of_arrays(name):
    function = getattr(operator, name)
    check(lambda a, b: function(a[1], b[2]), PAIRS[::5], 4)
    check(lambda a, n: function(a[1], n), [(*row, n) for row in SOME for n in SCALARS], 4)


NAMED = "maximum minimum fmax fmin logical_and logical_or logical_xor".split()


@pytest.mark.parametrize("name", NAMED)
def test_ufuncs_of_two_operands(name):
    ufunc = getattr(np, name)
    check(lambda a, b: ufunc(a, b), PAIRS)


def test_powers():
    exponents = [2, 3, 0, 1, 0.5, 2.0, -1.0, -1, -2.5]
    check(lambda a, n: a**n, [(*row, n) for row in ROWS for n in exponents], 4)
    pairs = [p for p in PAIRS if np.result_type(*p).kind == "f" or p[1].dtype.kind == "u"]
    check(lambda a, b: a**b, pairs, 4)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_shapes_broadcast(data):
    shape = data.draw(st.lists(st.integers(0, 3), max_size=3))
    other = [data.draw(st.sampled_from([n, 1, 2])) for n in shape]
    other = other[data.draw(st.integers(0, len(other))) :]
    dtypes = st.sampled_from(DTYPES)
    a, b = sample(data.draw(dtypes), tuple(shape), 1), sample(data.draw(dtypes), tuple(other), 2)
    check(lambda a, b: (a * b, b + a, a == b), [(a, b)], 4)


REDUCTIONS = {"sum": 40, "prod": 40, "mean": 40, "var": 60, "std": 60}
REDUCTIONS |= dict.fromkeys(("max", "min", "any", "all", "argmax", "argmin"), 0)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    function, ulps = getattr(np, name), REDUCTIONS[name]
    # The order of additions shows where great numbers cancel.
    cases = ALL if not ulps or name == "prod" else SMALL
    check(lambda a: (function(a), getattr(a, name)()), cases, ulps)
    cases = [case for case in cases if case[0].ndim]
    check(lambda a: (function(a, axis=-1), getattr(a, name)(axis=0, keepdims=True)), cases, ulps)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "any"])
def test_reductions_over_axes(name):
    function = getattr(np, name)
    check(lambda a: (function(a, axis=(0, 2)), function(a, axis=1, keepdims=True)), CUBES, 40)
    check(lambda a: function(a), [(np.zeros((0,), "f4"),), (np.zeros((2, 0), "i2"),)])
    check(lambda a: function(a, axis=5), CUBES[:1])
    check(lambda a: function(a, axis=(0, 0)), CUBES[:1])


FUNCTIONS = {
    "ptp": (lambda a: np.ptp(a), NUMBERS),
    "sum-dtype": (lambda a: (np.sum(a, dtype=np.float64), a.sum(dtype="int16")), SMALL),
    "reduce": (lambda a: (np.add.reduce(a), np.maximum.reduce(a, axis=None)), SMALL[4:]),
    "reversed": (lambda a: (a.T, np.transpose(a), a.transpose(), a.ravel(), a.flatten()), FEW),
    "axes": (
        lambda a: (
            *(a.transpose(2, 0, 1), a.transpose((1, 0, 2)), np.transpose(a, (0, 2, 1)), a.mT),
            *(np.swapaxes(a, 0, -1), a.swapaxes(1, 2), np.moveaxis(a, 0, -1)),
            *(np.moveaxis(a, (0, 1), (2, 0)), np.rollaxis(a, 2)),
        ),
        CUBES,
    ),
    "reshape": (
        lambda a: (a.reshape(-1), a.reshape(4, 6), a.reshape((2, -1)), np.reshape(a, (3, 8))),
        CUBES,
    ),
    "squeeze": (
        lambda a: (np.squeeze(a), a.squeeze(), np.expand_dims(a, (0, -1)), a[None], a[..., None]),
        FEW,
    ),
    "parts": (
        lambda a: (
            *(a[0], a[-1], a[0, 1], a[1, 2, 3], a[1:], a[::-1], a[:, ::2], a[..., 0], a[0, ...]),
            *(a[:, None, 1], a[1:1], a[0, 0, 0], a[0, 1:, ::-2], a[()], a[...], a[np.int64(1)]),
        ),
        CUBES,
    ),
    "of-no-axes": (lambda a: (a[()], a[...], a[None]), [c for c in FEW if not c[0].ndim]),
    "of-a-scalar": (
        lambda a: (a[1][()], a[1][...], a[1].shape, a[1].ndim, a[1].dtype, a[1].T, a[1].copy()),
        ROWS,
    ),
    "rows": (lambda a: [row for row in a], [c for c in FEW if c[0].ndim]),
    "join": (
        lambda a, b: (
            *(np.concatenate([a, b]), np.concatenate((a, b), axis=1), np.vstack([a, b])),
            *(np.concatenate([a, b], axis=None), np.stack([a, b]), np.stack((a, b), axis=-1)),
            *(np.hstack([a, b]), np.dstack([a, b]), np.column_stack([a, b]), np.array([a, b])),
        ),
        MATRICES,
    ),
    "join-rows": (
        lambda a, b: (
            *(np.concatenate([a, b, [1, 2]]), np.vstack([a, b]), np.hstack([a, b])),
            *(np.dstack([a, b]), np.column_stack([a, b]), np.array([a[0], b[1], 2.5])),
        ),
        [(sample("float32", (3,), 1), sample("int8", (3,), 2))],
    ),
    "repeat": (lambda a: (np.tile(a, 2), np.tile(a, (2, 1, 3)), np.repeat(a, 2)), FEW),
    "repeat-rows": (lambda a: (np.repeat(a, 3, axis=0), a.repeat(2, -1)), CUBES),
    "turned": (
        lambda a: (
            *(np.flip(a), np.flip(a, 0), np.flipud(a), np.fliplr(a)),
            *(np.roll(a, 1), np.roll(a, -2, axis=1)),
        ),
        CUBES,
    ),
    "split": (
        lambda a: (
            *(np.split(a, 2), np.split(a, [1], axis=1), np.array_split(a, 3, axis=2)),
            *(np.hsplit(a, 3), np.vsplit(a, 2)),
        ),
        CUBES,
    ),
    "atleast": (lambda a: (np.atleast_1d(a), np.atleast_2d(a), np.atleast_3d(a)), FEW),
    "broadcast": (
        lambda a: np.broadcast_to(a, (2, 3, 4)),
        [(sample("float32", (4,)),), (sample("int8", (3, 1)),), (np.ones(()),)],
    ),
    "where": (
        lambda a, b: (
            *(np.where(a > b, a, b), np.where(a > 0, a, 0), np.where(b, 1.5, a)),
            *(np.where(a > b, 1, 2), np.where(True, a, b)),
        ),
        MATRICES,
    ),
    "where-of-no-axes": (lambda a: (np.where(a > 0, a, 0), np.where(a, a, a)), FEW),
    "clip": (
        lambda a: (np.clip(a, 0, 5), a.clip(1, 3), np.clip(a, None, 3), a.clip(min=2)),
        NUMBERS,
    ),
    "clip-to-floats": (lambda a: (np.clip(a, 0.5, 2.5), np.clip(a, a, a + 1)), NUMBERS),
    "clip-to-what-is-no-limit": (lambda a: np.clip(a, -1, 300), [(sample("uint8", (3,)),)]),
    "likes": (
        lambda a: (
            *(np.zeros_like(a), np.ones_like(a), np.full_like(a, 3), np.full_like(a, 1.5)),
            *(np.zeros_like(a, dtype=np.float64), np.ones_like(a, shape=(2,))),
        ),
        ALL,
    ),
    "copies": (
        lambda a: (
            *(a.copy(), np.copy(a), np.array(a), np.array(a, dtype=np.float64), a.real, a.conj()),
            *(np.asarray(a, dtype="float32"), np.asanyarray(a)),
        ),
        ALL,
    ),
    "astype": (lambda a: [a.astype(dtype) for dtype in DTYPES], ALL),
    "scalar-casts": (
        lambda a: (np.float32(a[0]), np.float64(a[0]), a[0].astype("float16"), np.float64(a)),
        ROWS,
    ),
    "diff": (lambda a: (np.diff(a), np.diff(a, axis=0), np.diff(a, 2)), CUBES),
    "shifts": (
        lambda a: (a << 1, a << 3, a >> 1, a >> 2, a << 0, a >> 40, a << 40),
        [row for row in ROWS if row[0].dtype.kind in "iu"],
    ),
    "lists": (
        lambda a: (a - [1, 2, 3, 4], [1, 2, 3, 4] - a, a * (1, 2, 3, 4), a == [0, 1, 2, 3]),
        [(sample("float32", (4,)),)],
    ),
    "signs": (
        lambda a: (-a, +a, abs(a), divmod(a, a)),
        [row for row in ROWS if row[0].dtype != bool],
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    function, cases = FUNCTIONS[name]
    check(function, cases, 60)


def test_rounding():
    check(
        lambda a: (np.round(a), a.round(), np.round(a, 2), np.around(a, 1), np.rint(a)), NUMBERS, 2
    )
    floats = [case for case in ALL if case[0].dtype.kind == "f"]
    check(lambda a: (np.round(a, -1), round(a.sum(), 2)), floats, 60)


def test_products():
    pairs = [
        (sample(d, (2, 3), 1), sample(e, (3, 4), 2)) for d in DTYPES for e in ("int8", "float32")
    ]
    check(
        lambda a, b: (
            *(a @ b, np.dot(a, b), np.matmul(a, b), np.inner(a, b.T), np.tensordot(a, b, 1)),
            *(np.outer(a, b), a.dot(b), a[0] @ b, a @ b[:, 0]),
        ),
        pairs,
        400,
    )
    rows = [(sample(d, (3,), 1), sample(e, (3,), 2)) for d in DTYPES for e in ("int8", "float32")]
    check(
        lambda a, b: (a @ b, np.dot(a, b), np.inner(a, b), np.vdot(a, b), np.dot(a, 2)), rows, 400
    )
    stacks = [(sample("float32", (2, 3, 4), 1), sample("float32", (2, 4, 5), 2))]
    check(lambda a, b: (a @ b, a @ b[0], np.dot(a, b)), stacks, 400)


def test_casts_of_floats_that_no_integer_holds():
    limits = [127, 128, 255, 256, 300, 32768, 65536, 2.0**31, 2.0**33, 2.0**62, 2.0**63, 2.0**64]
    values = [0.0, -0.0, 1.5, 1e30, np.inf, np.nan, *limits]
    array = np.array([*values, *(-value for value in values)] * 4)
    targets = [d for d in DTYPES if np.dtype(d).kind in "iu" and d != "uint32"]
    with np.errstate(over="ignore"):
        cases = [(array.astype("float32"),), (array,), (array.astype("float16"),)]
    check(lambda a: [a.astype(dtype) for dtype in targets], cases)


def test_what_is_known_of_an_array():
    check(
        lambda a: (
            *(isinstance(a, np.ndarray), type(a), type(a[0]), a.__class__, isinstance(a, list)),
            *(isinstance(a[0], np.generic), isinstance(a[0], float), np.isscalar(a)),
            *(np.isscalar(a[0]), np.ndim(a), np.shape(a), np.size(a), np.size(a, 0), callable(a)),
            *(a.itemsize, a.nbytes, a.strides, a.dtype.name, a.size, len(a), np.result_type(a, 1)),
            *(hasattr(a, "foo"), hasattr(a, "shape"), type(a) is np.ndarray, a is a.T),
        ),
        ROWS,
    )


ERRORS = {
    "transpose": (lambda a: a.transpose(0, 1), CUBES[:1]),
    "transpose-twice": (lambda a: np.transpose(a, (0, 1, 1)), CUBES[:1]),
    "swapaxes": (lambda a: np.swapaxes(a, 0, 7), CUBES[:1]),
    "reshape": (lambda a: a.reshape(5, 5), CUBES[:1]),
    "reshape-unknown": (lambda a: a.reshape(-1, -1), CUBES[:1]),
    "squeeze": (lambda a: np.squeeze(a, axis=0), CUBES[:1]),
    "expand": (lambda a: np.expand_dims(a, 9), CUBES[:1]),
    "index": (lambda a: a[5], CUBES[:1]),
    "indices": (lambda a: a[0, 0, 0, 0], CUBES[:1]),
    "name": (lambda a: a["x"], CUBES[:1]),
    "fraction": (lambda a: a[1.5], CUBES[:1]),
    "iterate": (lambda a: list(a), FEW[:1]),
    "iterate-scalar": (lambda a: list(a[0]), ROWS),
    "length": (lambda a: len(a), FEW[:1]),
    "length-of-scalar": (lambda a: len(a[0]), ROWS),
    "attribute": (lambda a: a.foo, CUBES[:1]),
    "attribute-of-scalar": (lambda a: a[0].foo, ROWS[-1:]),
    "concatenate": (
        lambda a, b: np.concatenate([a, b]),
        [(np.zeros((2, 3)), np.zeros((2, 4))), (np.zeros(()), np.zeros(()))],
    ),
    "concatenate-axis": (lambda a: np.concatenate([a, a], axis=3), CUBES[:1]),
    "stack": (lambda a, b: np.stack([a, b]), [(np.zeros((2, 3)), np.zeros((2, 4)))]),
    "split": (lambda a: np.split(a, 5), CUBES[:1]),
    "broadcast": (lambda a: np.broadcast_to(a, (2, 3)), [(sample("float32", (4,)),)]),
    "add": (lambda a, b: a + b, [(np.zeros(3), np.zeros(4))]),
    "matmul": (
        lambda a, b: a @ b,
        [(np.zeros((2, 3)), np.zeros((2, 3))), (np.zeros(()), np.zeros(2))],
    ),
    "dot": (lambda a, b: np.dot(a, b), [(np.zeros((2, 3)), np.zeros((2, 3)))]),
    "cast": (lambda a: a.astype(np.int32, casting="safe"), [(sample("float32", (3,)),)]),
    "truth": (lambda a: bool(a), [(np.zeros(2),)]),
    "float": (lambda a: float(a), [(np.zeros(2),)]),
    "hash": (lambda a: hash(a), [(np.zeros(2),)]),
    "key": (lambda a: {a: 1}, [(np.zeros(2),)]),
    "call": (lambda a: a(), [(np.zeros(2),)]),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    check(*ERRORS[name])
