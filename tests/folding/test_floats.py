"""Float arguments: one compiled form for all values where only arithmetic meets them."""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import Tensor, jit, ops

X = Tensor([1.0, 2.0, 3.0])
VALUES = (0.1, 2.5, -0.0, 1e300, float("inf"), float("nan"), 7.0)


def same(a, b):
    if isinstance(a, Tensor):
        left, right = a.asnumpy(), b.asnumpy()
        return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=True)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


@pytest.mark.parametrize(
    "dtype",
    [foldaway.float16, foldaway.bfloat16, foldaway.float32, foldaway.float64, foldaway.int32],
    ids=str,
)
def test_a_tensor_and_a_float(dtype):
    def f(x, rate):
        return x * rate, rate - x, x / rate, x + rate * 2 - 1, x < rate, rate == x

    compiled = jit(f)
    x = X.astype(dtype)
    for rate in (0.1, 2.5, -0.0, 7.0):
        with np.errstate(all="ignore"):
            assert same(compiled(x, rate), f(x, rate))
    assert len(compiled.specializations) == 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(), st.floats(width=64))
def test_arithmetic_of_floats_is_pythons(a, b):
    result = ARITHMETIC(X, a, b)[1:]
    expected = arithmetic(X, a, b)[1:]
    assert same(result, expected)
    assert len(ARITHMETIC.specializations) == 1


def arithmetic(x, a, b):
    return x, a + b, a * b - 0.5, -a, [a - 3, {"k": b}["k"]], a, (b, b)


ARITHMETIC = jit(arithmetic)


def test_a_tenth_and_two_tenths():
    result = jit(lambda x, a, b: a + b)(X, 0.1, 0.2)
    assert type(result) is float
    assert result == 0.30000000000000004


@dataclasses.dataclass
class Holder:
    rate: float


class Held:
    def __init__(self, rate):
        self.rate = rate * 2


READERS = [
    lambda x, a: "positive" if a > 0.5 else "small",
    lambda x, a: (f"{a:.3f}", str(a), repr(a), f"{a}", format(a, "e")),
    lambda x, a: (isinstance(a, float), type(a) is float, callable(a), hasattr(a, "hex")),
    lambda x, a: (max(a, 0.5), min([a, 1.0]), sum([a, 1]), sorted([a, 0.2], key=repr)),
    lambda x, a: (a == 0.1, a != 0.1, a in (0.1, 7.0), a is None, not a, a and 1, a or 2),
    lambda x, a: (abs(a), +a, a**2, a // 0.3, a % 0.3, divmod(a, 0.7)),
    lambda x, a: (a.hex(), a.is_integer() if math.isfinite(a) else a),
    lambda x, a: json.dumps([a, {"a": (a,)}]),
    lambda x, a: len({a: 1}) + len({a, 0.1}),
    lambda x, a: str(np.array([a, 1.0])) + str(np.array([a]).dtype) + str(np.float32(a)),
    lambda x, a: Holder(a).rate,
    lambda x, a: [v * 2 for v in [a, a + 1]],
    lambda x, a: (lambda v=a: v + 1)(),
    lambda x, a: Tensor(a) + x,
    lambda x, a: ops.maximum(x, a),
    lambda x, a: ops.clip(x, 0.0, a),
    lambda x, a: x**a,
    lambda x, a: x // a if a else x,
    lambda x, a: np.add(x, a),
    lambda x, a: x[int(a) % 2] if math.isfinite(a) else x,
    lambda x, a: round(a, 1),
    lambda x, a: list(map(type, (v for v in [a, 1]))),
    lambda x, a: list(map(type, map(lambda v: v * a, [1, 2]))),
    lambda x, a: (
        str(dataclasses.asdict(Holder(a))) + str(vars(Held(a))) + json.dumps(vars(Held(a)))
    ),
    lambda x, a: 1 / a,
    lambda x, a: a / 0,
    lambda x, a: int(a),
    lambda x, a: x[a],
    lambda x, a: [1, 2][a],
    lambda x, a: a + "text",
    lambda x, a: range(a),
    lambda x, a: math.sqrt(a),
    lambda x, a: a + 2**60,
]


@pytest.mark.parametrize("reader", READERS)
def test_whatever_looks_at_a_float_sees_this_calls(reader):
    compiled = jit(reader)
    for a in (*VALUES, 0.1, 7.0):
        assert same(outcome(compiled, a), outcome(reader, a))


def outcome(function, a):
    try:
        return function(X, a)
    except Exception as error:
        return type(error).__name__, str(error)


def test_a_guard_that_a_later_value_fails():
    @jit
    def f(x, a):
        y = x * a
        return y if a < 1 else -y

    for a in (0.5, 2.0, 0.25, 0.5, 2.0):
        assert f(X, a).tolist() == [v * a * (1 if a < 1 else -1) for v in (1, 2, 3)]


def test_an_int_or_a_bool_is_another_type():
    @jit
    def f(x, a):
        return a

    for a in (1.0, 1, True, 1.0):
        assert type(f(X, a)) is type(a)


def test_prints_show_this_calls_float(capsys):
    @jit
    def f(x, a):
        print("a", a, [a])
        return x

    f(X, 0.5)
    f(X, 0.25)
    f(X, 0.5)
    assert capsys.readouterr().out == "a 0.5 [0.5]\na 0.25 [0.25]\na 0.5 [0.5]\n"


def test_a_thousand_rates_compile_once():
    @jit
    def step(x, gradient, rate):
        return x - gradient * rate

    for n in range(1000):
        step(X, X, n / 1000)
    assert len(step.specializations) == 1
