"""Every elementwise graph op, compiled, gives what NumPy gives, for each dtype and some shapes."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.dialects import dtypes
from foldaway.runtime.arrays import numpy_dtype

from .buffer_form import check_floats
from .graph_program import GraphProgram

NAMES = [dtype.name for dtype in dtypes.ALL]
SHAPES = [((), ()), ((0, 3), (3,)), ((1,), (17,)), ((2, 1, 5), (3, 1)), ((33,), (33,))]
REAL = ["exp", "log", "sqrt", "rsqrt", "tanh", "erf", "sin", "cos"]
ROUNDING = {"floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "round": np.rint}
FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "tanh": np.tanh,
    "erf": lambda x: np.vectorize(math.erf, otypes=[x.dtype])(x),
    "sin": np.sin,
    "cos": np.cos,
}
COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def wide(compute, *arrays):
    """Return what a function gives in float32, rounded, for 16-bit floats."""
    dtype = arrays[0].dtype
    if dtype.itemsize == 2 and dtype.kind in "fV":
        return np.asarray(compute(*(x.astype(np.float32) for x in arrays))).astype(dtype)
    return np.asarray(compute(*arrays)).astype(dtype)


def exactly(compute, x, y):
    """Return a function of Python's integers, cut to the dtype's bits."""
    bits = 8 * x.dtype.itemsize
    both = np.broadcast_arrays(x, y)
    cut = [
        compute(a, b) & ((1 << bits) - 1)
        for a, b in zip(*(z.ravel().tolist() for z in both), strict=True)
    ]
    return np.array(cut, f"u{x.dtype.itemsize}").view(x.dtype).reshape(both[0].shape)


def power(a, b):
    if b >= 0:
        return pow(a, b, 1 << 64)
    return {1: 1, -1: 1 if b % 2 == 0 else -1}.get(a, 0)


def zero_free(compute):
    return lambda a, b: 0 if b == 0 else compute(a, b)


def c_power(x, y):
    """Return C's power. For one exponent of 0.5 NumPy takes roots, so that -inf gives nan."""
    root = (x == -np.inf) & (y == 0.5)
    return np.where(root, x.dtype.type(np.inf), np.power(x, y))


INTEGERS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": zero_free(lambda a, b: a // b),
    "mod": zero_free(lambda a, b: a % b),
    "pow": power,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "maximum": max,
    "minimum": min,
}
FLOATS = {
    "add": (np.add, 0),
    "sub": (np.subtract, 0),
    "mul": (np.multiply, 0),
    "div": (np.divide, 0),
    "floordiv": (np.floor_divide, 0),
    "mod": (np.remainder, 0),
    "pow": (c_power, 4),
    # Of 0.0 and -0.0 NumPy gives any; adding 0.0 makes both 0.0.
    "maximum": (lambda x, y: np.maximum(x, y) + 0, 0),
    "minimum": (lambda x, y: np.minimum(x, y) + 0, 0),
}
BOOLS = {
    "add": np.logical_or,
    "mul": np.logical_and,
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "maximum": np.logical_or,
    "minimum": np.logical_and,
}


def binary_names(dtype):
    return list({"b": BOOLS, "f": FLOATS}.get(dtype.kind, INTEGERS))


def meaning_of_binary(name, dtype, x, y):
    """Return the array that the op means, and how far off it may be."""
    if dtype.kind == "b":
        return BOOLS[name](x, y), 0
    if dtype.kind == "f":
        compute, ulps = FLOATS[name]
        return wide(compute, x, y), ulps
    return exactly(INTEGERS[name], x, y), 0


def unary_names(dtype):
    names = [*REAL, *ROUNDING, "abs"]
    names += ["neg", "sign"] if dtype.kind in "iuf" else []
    return names + (["not"] if dtype.kind in "biu" else [])


def meaning_of_unary(name, dtype, x):
    if name in REAL:
        x = x if dtype.kind == "f" else x.astype(np.float32)
        return wide(FUNCTIONS[name], x), 0 if name == "sqrt" else 4
    if name in ROUNDING:
        return (wide(ROUNDING[name], x) if dtype.kind == "f" else x), 0
    if name == "not":
        return np.invert(x), 0
    if name == "abs" and dtype.kind == "b":
        return x, 0
    return wide({"abs": np.abs, "neg": np.negative, "sign": np.sign}[name], x), 0


def meaning_of_convert(x, source, target):
    """Return the numbers in another dtype; what an integer can't hold is its nearest limit."""
    there = numpy_dtype(target)
    if target.kind == "b":
        return x.astype(np.float64) != 0 if source.kind == "f" else x != 0
    if source.kind != "f" or target.kind == "f":
        x = x.astype(np.float32) if target.name == "bfloat16" else x
        return x.astype(there)
    least, most = dtypes.integer_limits(target)
    cut = [
        0 if v != v else most if v >= most else least if v <= least else int(v)
        for v in x.astype(float).ravel().tolist()
    ]
    return np.array(cut, there).reshape(x.shape)


@cache
def program(name, shapes):
    """Return all ops for two tensors of one dtype, as one function."""
    dtype = dtypes.BY_NAME[name]

    def build(to, x, y):
        results = [to.binary(op, x, y) for op in binary_names(dtype)]
        results += [to.compare(op, x, y) for op in COMPARISONS]
        results += [to.unary(op, x) for op in unary_names(dtype)]
        results += [to.convert(x, target) for target in dtypes.ALL]
        results.append(to.select(to.compare("lt", x, y), x, y))
        return results

    return GraphProgram([(shape, dtype) for shape in shapes], build)


def check(got, wanted, ulps, case):
    assert got.dtype == wanted.dtype, case
    assert got.shape == wanted.shape, case
    if got.dtype.kind in "fV":
        check_floats(got + 0 if case[0] in ("maximum", "minimum") else got, wanted, ulps, case)
    else:
        assert (got == wanted).all(), (case, got, wanted)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_elementwise_ops(name, shapes, data):
    dtype = dtypes.BY_NAME[name]
    seed = data.draw(st.integers(0, 1 << 32))
    x, y = (numbers(dtype, shape, seed + n) for n, shape in enumerate(shapes))
    results = iter(program(name, shapes)(x, y))
    with np.errstate(all="ignore"):
        for op in binary_names(dtype):
            check(next(results), *meaning_of_binary(op, dtype, x, y), (op, name))
        for op, compare in COMPARISONS.items():
            check(next(results), np.asarray(compare(x, y)), 0, (op, name))
        for op in unary_names(dtype):
            check(next(results), *meaning_of_unary(op, dtype, x), (op, name))
        for target in dtypes.ALL:
            wanted = np.asarray(meaning_of_convert(x, dtype, target))
            check(next(results), wanted, 0, ("convert", name, target.name))
        check(next(results), np.asarray(np.where(x < y, x, y)), 0, ("select", name))


def numbers(dtype, shape, seed):
    """Return numbers at random, every second one special."""
    random = np.random.default_rng(seed)
    size = math.prod(shape)
    there = numpy_dtype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    if dtype.kind == "f":
        drawn = random.normal(0, 4, size)
        special = [0.0, -0.0, 1, -1, 0.5, 2.5, -3.5, 1e4, -1e4, 1e30, 3e-39, 6e-8]
        special += [math.inf, -math.inf, math.nan, 127.9, 255.5, -129, 2147483648, -1e19, 1.8e19]
        with np.errstate(all="ignore"):
            values = np.where(random.random(size) < 0.5, drawn, random.choice(special, size))
            return values.astype(there).reshape(shape)
    least, most = dtypes.integer_limits(dtype)
    drawn = random.integers(least, most, size, there, endpoint=True)
    special = np.array([0, 1, 2, 3, 7, most, most - 1, least, least + 1], there)
    values = np.where(random.random(size) < 0.3, drawn, random.choice(special, size))
    small = random.integers(max(least, -3), 5, size).astype(there)
    return np.where(random.random(size) < 0.3, small, values).reshape(shape)
