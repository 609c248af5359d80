"""Elementwise operations on arrays of every dtype, against Python's integers and float64."""

import math
import operator

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Tensor, ops

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]
SHAPES = [(), (0,), (1,), (3,), (7,), (2, 3), (0, 2), (3, 1, 5)]
QUICK = settings(max_examples=25, deadline=None)


def numpy_dtype(name: str) -> np.dtype:
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def numbers(name: str) -> st.SearchStrategy:
    """Numbers of a dtype, its limits and special values often among them."""
    if name == "bool":
        return st.booleans()
    if name in INTEGERS:
        info = np.iinfo(name)
        edges = [info.min, info.min + 1, -1, 0, 1, 2, info.max - 1, info.max]
        edge = st.sampled_from([e for e in edges if info.min <= e <= info.max])
        return st.one_of(edge, st.integers(info.min, info.max))
    special = st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, 2.5])
    return st.one_of(special, st.floats(-100, 100, width=16))


@st.composite
def arrays(draw, name: str, shape=None):
    shape = draw(st.sampled_from(SHAPES)) if shape is None else shape
    count = math.prod(shape)
    data = draw(st.lists(numbers(name), min_size=count, max_size=count))
    return np.array(data, dtype=object).astype(numpy_dtype(name)).reshape(shape)


@st.composite
def pairs(draw, name: str):
    """Two arrays of shapes that broadcast."""
    shape = draw(st.sampled_from(SHAPES))
    other = draw(st.sampled_from([shape, (), (1,) * len(shape), shape[1:]]))
    both = [draw(arrays(name, shape)), draw(arrays(name, other))]
    return both if draw(st.booleans()) else both[::-1]


def wrapped(number: int, name: str) -> int:
    """The integer that is left of `number` in so many bits."""
    info = np.iinfo(name)
    return (number - info.min) % 2**info.bits + info.min


def integers_of(function, name: str, *operands: np.ndarray) -> np.ndarray:
    """Apply a function of Python integers element by element, and wrap."""
    spread = np.broadcast_arrays(*operands)
    flat = zip(*(x.ravel().tolist() for x in spread), strict=True)
    done = [wrapped(function(*row), name) for row in flat]
    return np.array(done, dtype=name).reshape(spread[0].shape)


def floats_of(function, name: str, *operands: np.ndarray) -> np.ndarray:
    """Apply a function of float64 arrays, and round once."""
    with np.errstate(all="ignore"):
        return np.asarray(function(*(x.astype(np.float64) for x in operands))).astype(
            numpy_dtype(name)
        )


def check(result: Tensor, expected: np.ndarray, units: float = 0.0) -> None:
    """Compare dtype, shape and elements; `units` in the last place may be off."""
    actual = result.asnumpy()
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    assert actual.flags.c_contiguous
    assert actual.flags.owndata
    if expected.dtype.kind in "fV":
        epsilon = float(ml_dtypes.finfo(expected.dtype).eps) * units
        a, b = actual.astype(np.float64), expected.astype(np.float64)
        tiny = float(ml_dtypes.finfo(expected.dtype).tiny)
        np.testing.assert_allclose(a, b, rtol=epsilon, atol=tiny if units else 0)
        if not units:
            np.testing.assert_array_equal(np.signbit(a[~np.isnan(a)]), np.signbit(b[~np.isnan(b)]))
    else:
        np.testing.assert_array_equal(actual, expected)


def truncated_power(x: int, y: int) -> int:
    if y >= 0:
        return x**y if y < 4096 else pow(x, y, 2**64)
    return {1: 1, -1: -1 if y % 2 else 1}.get(x, 0)


ON_INTEGERS = {
    operator.add: operator.add,
    operator.sub: operator.sub,
    operator.mul: operator.mul,
    operator.floordiv: lambda x, y: x // y if y else 0,
    operator.mod: lambda x, y: x % y if y else 0,
    operator.pow: truncated_power,
    operator.and_: operator.and_,
    operator.or_: operator.or_,
    operator.xor: operator.xor,
    ops.maximum: max,
    ops.minimum: min,
}


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("function", ON_INTEGERS)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_two_integer_tensors(function, name, data):
    x, y = data.draw(pairs(name))
    check(function(Tensor(x), Tensor(y)), integers_of(ON_INTEGERS[function], name, x, y))


ON_FLOATS = {
    operator.add: (operator.add, 0),
    operator.sub: (operator.sub, 0),
    operator.mul: (operator.mul, 0),
    operator.truediv: (operator.truediv, 0),
    operator.pow: (np.power, 4),
    ops.maximum: (np.maximum, 1),
    ops.minimum: (np.minimum, 1),
}


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("function", ON_FLOATS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_two_floating_tensors(function, name, data):
    x, y = data.draw(pairs(name))
    meaning, units = ON_FLOATS[function]
    check(function(Tensor(x), Tensor(y)), floats_of(meaning, name, x, y), units)


@pytest.mark.parametrize("name", FLOATS)
@QUICK
@given(
    st.lists(st.integers(-40, 40).map(lambda n: n / 4), min_size=1, max_size=5),
    st.sampled_from([0.25, -0.75, 3.0, -2.0, 7.5]),
)
def test_floor_division_of_floats(name, dividends, divisor):
    x = np.array(dividends).astype(numpy_dtype(name))
    quotients = np.array([math.floor(n / divisor) for n in dividends]).astype(x.dtype)
    np.testing.assert_array_equal((Tensor(x) // divisor).asnumpy(), quotients)
    remainders = np.array([n % divisor for n in dividends]).astype(x.dtype)
    np.testing.assert_array_equal((Tensor(x) % divisor).asnumpy(), remainders)


def test_division_by_zero():
    x = Tensor([1.0, -1.0, 0.0])
    np.testing.assert_array_equal((x / 0.0).asnumpy(), np.float32([np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal((x // 0.0).asnumpy(), np.float32([np.inf, -np.inf, np.nan]))
    assert np.isnan((x % 0.0).asnumpy()).all()


@pytest.mark.parametrize(
    ("function", "meaning"),
    [
        (operator.add, operator.or_),
        (operator.mul, operator.and_),
        (operator.and_, operator.and_),
        (operator.or_, operator.or_),
        (operator.xor, operator.xor),
        (ops.maximum, operator.or_),
        (ops.minimum, operator.and_),
        (operator.floordiv, operator.and_),
    ],
)
def test_two_bool_tensors(function, meaning):
    x, y = np.array([0, 0, 1, 1], bool), np.array([0, 1, 0, 1], bool)
    check(function(Tensor(x), Tensor(y)), meaning(x, y))


COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("name", ["bool", *INTEGERS, *FLOATS])
@pytest.mark.parametrize("function", COMPARISONS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_comparison(function, name, data):
    x, y = np.broadcast_arrays(*data.draw(pairs(name)))
    flat = zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)
    expected = np.array([function(a, b) for a, b in flat], bool).reshape(x.shape)
    check(function(Tensor(x), Tensor(y)), expected)


@pytest.mark.parametrize("number", [300, -1, 2**70, -(2**70), 128, 5])
@pytest.mark.parametrize("function", COMPARISONS)
def test_an_integer_is_compared_by_its_value_even_out_of_range(function, number):
    x = np.array([-128, 5, 127], np.int8)
    expected = np.array([function(n, number) for n in x.tolist()])
    check(function(Tensor(x), number), expected)
    check(function(number, Tensor(x)), np.array([function(number, n) for n in x.tolist()]))


UNARY = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "erf": np.vectorize(math.erf, otypes=[np.float64]),
    "reciprocal": lambda x: 1 / x,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tan": np.tan,
}


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("function", UNARY)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_functions_of_real_numbers(function, name, data):
    x = data.draw(arrays(name))
    units = 600 if name == "float64" and function in ("tan", "sin", "cos") else 4
    check(getattr(ops, function)(Tensor(x)), floats_of(UNARY[function], name, x), units)


@pytest.mark.parametrize("name", ["bool", "int8", "uint16", "int64"])
@pytest.mark.parametrize("function", UNARY)
def test_functions_of_real_numbers_make_integers_float32(function, name):
    x = np.array([1, 1, 0], name)
    expected = floats_of(UNARY[function], "float32", x)
    check(getattr(ops, function)(Tensor(x)), expected, 4)


EXACT = {
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "round": np.rint,
    "abs": np.abs,
    "neg": np.negative,
    "sign": np.sign,
    "square": np.square,
}


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("function", EXACT)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_exact_functions(function, name, data):
    x = data.draw(arrays(name))
    check(getattr(ops, function)(Tensor(x)), floats_of(EXACT[function], name, x))


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize(
    ("function", "meaning"),
    [
        ("abs", abs),
        ("neg", operator.neg),
        ("sign", lambda n: (n > 0) - (n < 0)),
        ("square", lambda n: n * n),
        ("floor", lambda n: n),
        ("round", lambda n: n),
        ("invert", operator.invert),
    ],
)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_functions_of_integers(function, meaning, name, data):
    x = data.draw(arrays(name))
    result = ~Tensor(x) if function == "invert" else getattr(ops, function)(Tensor(x))
    check(result, integers_of(meaning, name, x))


def converted(number: float | int | bool, name: str) -> float | int | bool:
    """What a number becomes: floats saturate and lose their fraction, integers wrap."""
    if name == "bool":
        return number != 0
    if name in FLOATS:
        return float(number)
    info = np.iinfo(name)
    if not isinstance(number, float):
        return wrapped(int(number), name)
    if math.isnan(number):
        return 0
    return (
        int(max(min(number, info.max), info.min))
        if math.isinf(number)
        else max(min(int(number), info.max), info.min)
    )


@pytest.mark.parametrize("source", ["bool", *INTEGERS, *FLOATS])
@pytest.mark.parametrize("target", ["bool", *INTEGERS, *FLOATS])
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_conversion(source, target, data):
    x = data.draw(arrays(source))
    there = numpy_dtype(target)
    numbers = [converted(n, target) for n in x.ravel().tolist()]
    with np.errstate(all="ignore"):
        expected = np.array(numbers, dtype=object).astype(there).reshape(x.shape)
    check(Tensor(x).astype(target), expected, 1 if target in FLOATS else 0)


@pytest.mark.parametrize("name", ["float32", "float64"])
@pytest.mark.parametrize("target", INTEGERS)
def test_floats_out_of_range_become_the_nearest_limit(name, target):
    info = np.iinfo(target)
    x = np.array([1e30, -1e30, math.inf, -math.inf, math.nan, 2.9, -2.9], name)
    least = -2 if info.min else 0
    expected = np.array([info.max, info.min, info.max, info.min, 0, 2, least], target)
    check(Tensor(x).astype(target), expected)


@pytest.mark.parametrize("name", ["bool", "int8", "uint64", "bfloat16", "float64"])
@QUICK
@given(data=st.data())
def test_select(name, data):
    x, y = data.draw(pairs(name))
    shape = np.broadcast_shapes(x.shape, y.shape)
    condition = data.draw(arrays("bool", shape))
    expected = np.where(condition, x, y)
    check(ops.select(Tensor(condition), Tensor(x), Tensor(y)), expected)


def test_select_takes_weak_numbers():
    mask = Tensor([True, False])
    assert ops.where(mask, Tensor([1, 2]).astype("int8"), 0).asnumpy().dtype == np.int8
    assert ops.where(mask, 1, 0).asnumpy().tolist() == [1, 0]
    assert ops.where(mask, 1.5, 0).asnumpy().dtype == np.float32


def test_isnan_isinf_isfinite():
    x = Tensor([1.0, np.inf, -np.inf, np.nan])
    assert ops.isnan(x).tolist() == [False, False, False, True]
    assert ops.isinf(x).tolist() == [False, True, True, False]
    assert ops.isfinite(x).tolist() == [True, False, False, False]
    assert ops.isinf(Tensor([1, 2])).tolist() == [False, False]
    assert ops.isfinite(Tensor([1, 2])).tolist() == [True, True]


def test_logic_takes_numbers_by_their_truth():
    x, y = Tensor([0, 2, -1]), Tensor([0.0, 0.0, 0.5])
    assert ops.logical_and(x, y).tolist() == [False, False, True]
    assert ops.logical_or(x, y).tolist() == [False, True, True]
    assert ops.logical_xor(x, y).tolist() == [False, True, False]
    assert ops.logical_not(y).tolist() == [True, True, False]
