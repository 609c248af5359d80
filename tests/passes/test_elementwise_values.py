"""Each elementwise graph op, lowered to buffers and run, gives what NumPy says by hand."""

import math
import warnings

import numpy as np
import pytest
from ml_dtypes import bfloat16

from .compiled_graph import ELEMENTS, compute

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]


def numbers(dtype):
    """Return numbers where ops differ: limits, zeros, infinities, halves, and some at random."""
    random = np.random.default_rng(0)
    if dtype == "bool":
        return np.array([False, True])
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        some = [0, 1, 2, 3, 7, info.max, info.max - 1, info.min, info.min + 1]
        some += [-1, -2, -3, -7] if info.min else []
        drawn = random.integers(info.min, info.max, 6, dtype, endpoint=True)
        return np.array([*np.array(some, dtype), *drawn], dtype)
    tiny = float(np.finfo(np.float16).tiny) if dtype == "float16" else 1e-38
    some = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1, -1, 2, 3, -3, 7.25, 1e4, -1e4, tiny]
    some += [math.inf, -math.inf, math.nan, *random.normal(0, 5, 6)]
    return np.array(some).astype(ELEMENTS[dtype][1])


def pairs(dtype):
    x = numbers(dtype)
    grid = np.meshgrid(x, x)
    return grid[0].ravel(), grid[1].ravel()


def agree(actual, expected, ulps=0):
    __tracebackhide__ = True
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    if ulps and actual.dtype.kind in "fV":
        np.testing.assert_allclose(
            actual.astype(float), expected.astype(float), rtol=ulps * 2e-7, atol=0
        )
        return
    same = (
        (actual == expected) & (np.signbit(actual) == np.signbit(expected))
        if actual.dtype.kind in "fV"
        else actual == expected
    )
    if actual.dtype.kind in "fV":
        same |= np.isnan(actual) & np.isnan(expected)
    assert same.all(), np.argwhere(~same)[:5]


def in_float32(function, *operands):
    """Return what a function gives in the precision that floats are computed in."""
    if operands[0].dtype in (np.float16, bfloat16):
        return function(*(x.astype(np.float32) for x in operands)).astype(operands[0].dtype)
    return function(*operands)


def unary(op, x):
    return compute(f"%r = graph.{op} %0 : {{0}}", [x])


def binary(op, x, y):
    return compute(f"%r = graph.{op} %0, %1 : {{0}}", [x, y])


@pytest.fixture(autouse=True)
def _no_warnings():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


ARITHMETIC = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
}


@pytest.mark.parametrize("op", ARITHMETIC)
@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_arithmetic(op, dtype):
    x, y = pairs(dtype)
    actual, expected = binary(op, x, y), in_float32(ARITHMETIC[op], x, y)
    if op in ("maximum", "minimum"):
        # Of 0.0 and -0.0 either is the greatest.
        actual, expected = actual + 0, expected + 0
    agree(actual, expected)


@pytest.mark.parametrize("dtype", FLOATS)
def test_div(dtype):
    x, y = pairs(dtype)
    agree(binary("div", x, y), in_float32(np.divide, x, y))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("op", ["floordiv", "mod"])
def test_division_of_floats(op, dtype):
    x, y = pairs(dtype)
    meaning = {"floordiv": np.floor_divide, "mod": np.remainder}[op]
    agree(binary(op, x, y), in_float32(meaning, x, y))


def test_remainder_of_floats_far_apart():
    x = np.array([1e308, 1.7e308, 3.4e38, 1e300, 5.5, 1e17], np.float64)
    y = np.array([5e-324, 3e-310, 1.1e-45, -7e-5, math.inf, 3], np.float64)
    agree(binary("mod", x, y), np.remainder(x, y))
    x, y = x.astype(np.float32), np.array([1e-45, 3e-39, 7e-5, -3, math.nan, 0.1], np.float32)
    x[[0, 1, 3]] = 3.4e38
    agree(binary("mod", x, y), np.remainder(x, y))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_division_of_integers(dtype):
    x, y = pairs(dtype)
    by = np.where(y == 0, 1, y)
    wrapped = (x.astype(object) // by.astype(object)) & ((1 << x.itemsize * 8) - 1)
    wrapped = wrapped.astype(f"u{x.itemsize}").view(x.dtype)
    agree(binary("floordiv", x, y), np.where(y == 0, 0, wrapped).astype(dtype))
    rest = (x.astype(object) % by.astype(object)).astype(x.dtype)
    agree(binary("mod", x, y), np.where(y == 0, 0, rest).astype(dtype))


def power_of_integers(x, y):
    """Return the power as a number of the dtype, computed with Python's integers."""
    modulus = 1 << x.itemsize * 8
    found = []
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if b >= 0:
            found.append(pow(a, b, modulus))
        else:
            found.append({1: 1, -1: 1 if b % 2 == 0 else -1}.get(a, 0) % modulus)
    return np.array(found, f"u{x.itemsize}").view(x.dtype)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_power_of_integers(dtype):
    x, y = pairs(dtype)
    agree(binary("pow", x, y), power_of_integers(x, y))


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 5, 10, -1, -2])
def test_power_known_while_compiling(exponent):
    x = numbers("int32")
    body = f"%c = graph.constant dense<{exponent}> : {{0}}\n%r = graph.pow %0, %c : {{0}}"
    agree(compute(body, [x]), power_of_integers(x, np.full_like(x, exponent)))
    for dtype in FLOATS:
        x = numbers(dtype)
        body = f"%c = graph.constant dense<{exponent}.0> : {{0}}\n%r = graph.pow %0, %c : {{0}}"
        agree(compute(body, [x]), in_float32(lambda x: x ** np.array(exponent, x.dtype), x), 1)


@pytest.mark.parametrize("dtype", FLOATS)
def test_power_of_floats(dtype):
    x, y = pairs(dtype)
    agree(binary("pow", x, y), in_float32(np.power, x, y))


@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        *[("neg", np.negative), ("abs", np.abs), ("sign", np.sign), ("exp", np.exp)],
        *[
            ("log", np.log),
            ("sqrt", np.sqrt),
            ("rsqrt", lambda x: (1 / np.sqrt(x)).astype(x.dtype)),
        ],
        *[("tanh", np.tanh), ("sin", np.sin), ("cos", np.cos), ("floor", np.floor)],
        *[("ceil", np.ceil), ("trunc", np.trunc), ("round", np.rint)],
        ("erf", lambda x: np.vectorize(math.erf, otypes=[x.dtype])(x)),
    ],
)
@pytest.mark.parametrize("dtype", FLOATS)
def test_functions_of_floats(op, meaning, dtype):
    x = numbers(dtype)
    agree(unary(op, x), in_float32(meaning, x))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_functions_of_integers(dtype):
    x = numbers(dtype)
    agree(unary("neg", x), np.negative(x))
    agree(unary("abs", x), np.abs(x))
    agree(unary("sign", x), np.sign(x))
    agree(unary("not", x), np.invert(x))


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS])
def test_logic(dtype):
    x, y = pairs(dtype)
    agree(binary("and", x, y), x & y)
    agree(binary("or", x, y), x | y)
    agree(binary("xor", x, y), x ^ y)


def test_bools():
    x, y = pairs("bool")
    agree(binary("add", x, y), x | y)
    agree(binary("mul", x, y), x & y)
    agree(binary("maximum", x, y), x | y)
    agree(binary("minimum", x, y), x & y)
    agree(unary("not", x), ~x)
    agree(unary("abs", x), x)


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, *FLOATS])
def test_compare(dtype):
    x, y = pairs(dtype)
    meanings = {"eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y}
    for predicate, expected in meanings.items():
        body = f'%r = graph.compare "{predicate}" %0, %1 : {{0}} -> {{r}}'
        agree(compute(body, [x, y], np.bool_), expected.astype(bool))


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, *FLOATS])
def test_select(dtype):
    x, y = pairs(dtype)
    condition = np.arange(x.size) % 3 == 0
    actual = compute("%r = graph.select %0, %1, %2 : {0}, {1}", [condition, x, y], x.dtype)
    agree(actual, np.where(condition, x, y))


def converted(x, target):
    """Return the number each element becomes, with Python's integers where floats don't reach."""
    dtype = np.dtype(ELEMENTS[target][1])
    if target == "bool":
        return x != 0
    if x.dtype.kind not in "fV":
        return x.astype(np.float32).astype(dtype) if target == "bfloat16" else x.astype(dtype)
    if target not in INTEGERS:
        return x.astype(dtype)
    info = np.iinfo(dtype)
    found = []
    for value in x.astype(float).tolist():
        if math.isnan(value):
            found.append(0)
        elif math.isinf(value):
            found.append(info.max if value > 0 else info.min)
        else:
            found.append(min(max(int(value), info.min), info.max))
    return np.array(found, dtype)


@pytest.mark.parametrize("source", ["bool", *INTEGERS, *FLOATS])
@pytest.mark.parametrize("target", ["bool", *INTEGERS, *FLOATS])
def test_convert(source, target):
    x = numbers(source)
    if source in FLOATS:
        more = np.array(
            [127.9, 128, -128.9, -129, 255.9, 256, 65504, 65520, -0.9, 3e9, 2e19, -1e19]
        )
        x = np.concatenate([x, more.astype(x.dtype)])
    dtype = ELEMENTS[target][1]
    actual = compute("%r = graph.convert %0 : {0} -> {r}", [x], dtype)
    agree(actual, converted(x, target))


def test_convert_rounds_once():
    # Just above the middle of two float16; as float32 it would be the middle.
    x = np.array([1 + 2**-11 + 2**-40, 1 + 2**-11, -(1 + 2**-11 + 2**-40), 65519.999, 2**-25.0])
    actual = compute("%r = graph.convert %0 : {0} -> {r}", [x], np.float16)
    agree(actual, x.astype(np.float16))
