"""Numbers in arguments as operands of tensors and arrays, as eager code has them."""

import warnings

import numpy as np
import pytest

from foldaway import Tensor, jit, ops
from foldaway.dialects import dtypes

from .number_agreement import X, made_of, outcome, same

VALUES = [
    *(0, 1, -1, 127, 128, 256, -129, 2**31, 2**60 + 2**36 + 1, 2**63 - 1, 2**63, -(2**63)),
    *(2**64, 10**400, -0.0, 0.1, 65520.0, 1e39, -3.7, float("inf"), float("nan"), True),
]
SIGNS = ["+", "-", "*", "/", "//", "%", "&", "|", "^", "<<", "@", "<", "<=", ">", ">=", "==", "!="]


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=str)
def test_every_operator_takes_numbers_as_eager_does(dtype):
    elements = Tensor(np.array([0, 1, 2, 3, 5, 100]), dtype)
    for sign in SIGNS:
        for text in (f"x {sign} n", f"n {sign} x"):
            plain = made_of(text)
            compiled = jit(plain)
            for n in VALUES:
                with np.errstate(all="ignore"):
                    expected = outcome(plain, elements, n)
                    assert same(outcome(compiled, elements, n), expected), (text, n)
            assert len(compiled.specializations) <= 9, text


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=str)
def test_powers(dtype):
    elements = Tensor(np.array([0, 1, 2, 3]), dtype)
    for plain in (made_of("x ** n"), made_of("n ** x")):
        compiled = jit(plain)
        for n in (0, 1, 2, 3, -1, -2, 0.5, -0.5, 2.0, True, 2**40):
            with np.errstate(all="ignore"):
                found, expected = outcome(compiled, elements, n), outcome(plain, elements, n)
            if not isinstance(expected, Tensor):
                assert found == expected
                continue
            assert found.dtype is expected.dtype
            bits = expected.dtype.bits
            np.testing.assert_allclose(
                found.asnumpy().astype(np.float64),
                expected.asnumpy().astype(np.float64),
                rtol={16: 1e-2, 32: 1e-6}.get(bits, 1e-14),
            )


ELEMENTWISE = [
    lambda x, n: (ops.mul(x, n), ops.add(n, x), ops.sub(x, n), ops.div(n, x)),
    lambda x, n: (ops.maximum(x, n), ops.minimum(n, x), ops.floor_div(x, n), ops.mod(x, n)),
    lambda x, n: (ops.div(x, n, rounding_mode="floor"), ops.div(x, n, rounding_mode="trunc")),
    lambda x, n: (ops.less(x, n), ops.equal(n, x), ops.where(x > 1, x, n), ops.where(x > 1, n, 0)),
    lambda x, n: (ops.clip(x, 0, n), ops.clip(x, max=n), x.clip(n), x.clip(max=n)),
    lambda x, n: (x.add(n), x.mul(n), x.remainder(n), x.lt(n), x.maximum(n)),
]


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_elementwise_functions_take_numbers(function):
    compiled = jit(function)
    for n in (1, 2, 3):
        assert same(compiled(X, n), function(X, n))
        assert same(compiled(X, n / 3), function(X, n / 3))
    assert len(compiled.specializations) == 2


def test_elementwise_functions_of_numbers_alone():
    compiled = jit(lambda n: (ops.add(n, 1), ops.equal(n, 2), ops.where(Tensor(True), n, 2)))
    for n in (1, 2, 2.5):
        assert same(compiled(n), compiled.function(n))


def test_a_new_learning_rate_is_passed_straight_to_the_segment():
    step = jit(lambda x, gradient, rate: x - gradient * rate)
    for n in range(20):
        assert same(step(X, X, n / 7), X - X * (n / 7))
    (only,) = step.specializations
    assert type(only.entry).__name__ == "Segment"


ARRAY_SIGNS = [
    "**",
    "<<",
    ">>",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "&",
    "|",
    "^",
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "!=",
]


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float32"])
def test_arrays_take_numbers_as_numpy_does(dtype):
    elements = np.array([0, 1, 2, 3, 100]).astype(dtype)
    for sign in ARRAY_SIGNS:
        for text in (f"x {sign} n", f"n {sign} x"):
            plain = made_of(text)
            compiled = jit(plain)
            for n in (1, 3, -1, 300, 2**40, 2**70, 0.1, -2.5, 65520.0, True):
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore", RuntimeWarning)
                    found = outcome(compiled, elements, n)
                    if isinstance(found, tuple) and found[0] == "CompileError":
                        continue
                    expected = outcome(plain, elements, n)
                if isinstance(expected, np.ndarray):
                    assert found.dtype == expected.dtype
                    rtol = {"**": 1e-2 if dtype == "float16" else 1e-6}.get(sign, 0)
                    np.testing.assert_allclose(found, expected, rtol, err_msg=f"{text} {n}")
                else:
                    assert same(found, expected), (text, n)
            assert len(compiled.specializations) <= 10, text


def test_an_array_and_a_new_number_need_no_new_code():
    compiled = jit(lambda a, n: (a * n, n - a, np.add(a, n), a > n))
    array = np.array([1, 2, 3], np.float32)
    for n in (1, 2, 3):
        for found, expected in zip(compiled(array, n), compiled.function(array, n), strict=True):
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype
    assert len(compiled.specializations) == 1
