"""Numbers in arguments: one compiled form for all values, and plain Python's answers."""

import linecache
import math
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Tensor, jit

from .number_agreement import X, outcome, same

# Arithmetic: random expressions against plain Python.

LEAVES = st.sampled_from(["a", "b", "c", "2", "3", "-1", "0.5", "7", "True"])
BINARY = [
    *("+", "-", "*", "/", "//", "%", "&", "|", "^", "<<", ">>", "**"),
    *("<", "<=", ">", ">=", "==", "!=", "and", "or"),
]


def combined(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(BINARY), inner).map(
            # Exponents and shifts are kept small, so that no number has a million digits.
            lambda t: (
                f"({t[0]} {t[1]} ({t[2]} % 5))"
                if t[1] in ("**", "<<")
                else f"({t[0]} {t[1]} {t[2]})"
            )
        ),
        st.tuples(st.sampled_from(["-", "+", "~", "not "]), inner).map(lambda t: f"({t[0]}{t[1]})"),
        st.tuples(
            st.sampled_from(["int", "float", "bool", "abs", "round", "math.sqrt", "math.floor"]),
            inner,
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["max", "min", "divmod", "math.atan2"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})" + ("[1]" if t[0] == "divmod" else "")
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    )


NUMBERS = st.one_of(
    st.integers(-20, 20),
    st.integers(-(2**70), 2**70),
    st.floats(width=64),
    st.floats(-10, 10),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.recursive(LEAVES, combined, max_leaves=8),
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=5),
)
def test_expressions_give_what_python_gives(expression, calls):
    namespace = {"math": math}
    source = f"def f(a, b, c):\n    return {expression}\n"
    exec(compile(source, "<expression>", "exec"), namespace)
    plain = namespace["f"]
    compiled = jit(remember(plain, source))
    for args in calls:
        assert same(outcome(compiled, *args), outcome(plain, *args)), (expression, args)


def remember(function, source):
    """Let the frontend find the source of a function that was made of a text."""
    linecache.cache["<expression>"] = (len(source), None, source.splitlines(True), "<expression>")
    return function


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(), st.integers(), st.floats())
def test_total_arithmetic_compiles_once(a, b, c):
    assert same(TOTAL(X, a, b, c)[1:], total(X, a, b, c)[1:])
    assert len(TOTAL.specializations) == 1


def total(x, a, b, c):
    n = a * b - (a ^ 3) + ~b
    m = (n // 7, n % 7, -n, abs(n), a & b | 12, n << 3, n >> 2, (n % 50) ** 3)
    return x, n, m, {"c": c * 0.5 - c, "less": a < b, "equal": a == b}, [c > a, not a, divmod(n, 9)]


TOTAL = jit(total)


def test_numbers_are_exact():
    f = jit(lambda n, a, b: ((n**50) % 1000007, a + b, n * 2**70))
    for n in (3, 123456789, -7, 2**80):
        assert f(n, 0.1, 0.2) == ((n**50) % 1000007, 0.30000000000000004, n * 2**70)
    assert len(f.specializations) == 1


# What raises.


@pytest.mark.parametrize(
    "function",
    [
        lambda n, m: n // m,
        lambda n, m: n / m,
        lambda n, m: n % m,
        lambda n, m: n << m,
        lambda n, m: divmod(n, m),
        lambda n, m: n**m,
        lambda n, m: math.sqrt(m),
        lambda n, m: 2.0 * n,
        lambda n, m: 1.5 ** (n * m),
        lambda n, m: math.factorial(m),
    ],
)
def test_exceptions_are_pythons(function):
    compiled = jit(function)
    for n, m in ((7, 2), (7, 0), (7, -1), (10**400, 1), (9, 3), (7, 0), (8, -2), (7, 2)):
        assert same(outcome(compiled, n, m), outcome(function, n, m))


def test_a_handler_that_a_later_call_needs_not():
    def f(n, m):
        try:
            return n / m
        except ZeroDivisionError as error:
            return str(error)

    compiled = jit(f)
    for m in (0, 2, 0, 4, 0):
        assert same(compiled(8, m), f(8, m))
    assert len(compiled.specializations) == 2


# Branches.


def test_a_branch_holds_while_its_condition_does():
    def f(x, n, limit):
        assert n >= 0
        if n < limit and not n == 3:
            return x * n
        return x - n

    compiled = jit(f)
    for n in (0, 1, 2, 1, 0, 2, 9, 8, 7, 2, 11):
        assert same(compiled(X, n, 5), f(X, n, 5))
    assert len(compiled.specializations) == 2
    assert same(compiled(X, 3, 5), f(X, 3, 5))
    with pytest.raises(AssertionError):
        compiled(X, -1, 5)


def test_a_loop_that_counts_down():
    def f(n):
        total = 0
        while n > 0:
            total += n
            n -= 1
        return total

    compiled = jit(f)
    for n in (3, 5, 3, 0, 5, 2000):
        assert compiled(n) == f(n)


def test_long_loops_take_little_time():
    def f(n):
        x = 1
        for i in range(3000):
            x = x * 3 + n % (i + 1)
            if x > 10**30:
                x = x - 10**30
        return x

    compiled = jit(f)
    for n in (1, 2, 1):
        assert compiled(n) == f(n)


def test_shared_operands_are_computed_once():
    def f(n):
        for _ in range(200):
            n = n % 1000 + n
        return n

    compiled = jit(f)
    assert [compiled(n) for n in (1, 2)] == [f(n) for n in (1, 2)]
    assert len(compiled.specializations) == 1


# Where only a constant will do.

READERS = [
    lambda x, n: [i for i in range(n)],
    lambda x, n: x.reshape((1,) * n + (3,)),
    lambda x, n: x[n],
    lambda x, n: x[:n],
    lambda x, n: [10, 20, 30][n],
    lambda x, n: [10, 20, 30][n:],
    lambda x, n: "ab" * n,
    lambda x, n: f"{n:>4} {n!r}" + str([n]) + format(n, "x"),
    lambda x, n: "%d %x" % (n, n),  # noqa: UP031
    lambda x, n: {n: 1}[n],
    lambda x, n: {n, 1, 2},
    lambda x, n: hash(n),
    lambda x, n: n.bit_length(),
    lambda x, n: x.sum(axis=n),
    lambda x, n: list(enumerate("ab", n)),
    lambda x, n: x.reshape((n + 2) // 2, -1),
    lambda x, n: math.comb(5, n),
    lambda x, n: operator.index(n),
    lambda x, n: str(np.array([n, 1])) + str(np.array([n]).dtype),
    lambda x, n: Tensor(n) + x,
    lambda x, n: Tensor([n, 2]),
    lambda x, n: x + [n, 1, 2],  # noqa: RUF005
    lambda x, n: n[0],
    lambda x, n: n(),
    lambda x, n: len(n),
    lambda x, n: n + "text",
    lambda x, n: n.missing,
    lambda x, n: [v for v in n],
    lambda x, n: x << n,
]


@pytest.mark.parametrize("reader", READERS)
def test_whatever_looks_at_an_int_sees_this_calls(reader):
    compiled = jit(reader)
    for n in (0, 1, 2, 0, 1):
        assert same(outcome(compiled, X, n), outcome(reader, X, n))


def test_types_and_identity():
    def f(n, m):
        return (
            *(type(n), n.__class__, isinstance(n, int), isinstance(n, bool), callable(n)),
            *(isinstance(n, float | str), n is None, n is n, n is True, n is not m, n.real, n.imag),
            *((n > m) is True, type(n > m), type(n + 1), type(n / 1), type(-n)),
        )

    compiled = jit(f)
    for n, m in ((5, 6), (7, 6), (5, 5), (2.5, 6), (True, 0), (False, 1), (5, 7)):
        assert same(compiled(n, m), f(n, m))


def test_a_bool_is_a_constant_and_no_int():
    compiled = jit(lambda x, flag: (x if flag else -x, flag is True, flag))
    for flag in (True, False, 1, 0, True):
        kind, value = type(flag), flag
        y, is_true, given_back = compiled(X, flag)
        assert y.tolist() == ([1, 2, 3] if value else [-1, -2, -3])
        assert is_true is (value is True)
        assert type(given_back) is kind


def test_patterns():
    def f(n):
        match n:
            case 0:
                return "zero"
            case True:
                return "true"
            case int(k) if k > 10:
                return k
            case float():
                return "float"
            case _:
                return n + 1

    compiled = jit(f)
    for n in (0, 1, 2, True, 50, 60, 2.5, 3, 0.0):
        assert same(compiled(n), f(n))


# Numbers inside of arguments.


def test_numbers_in_containers():
    def f(x, pair, table, *rest, scale=1, **more):
        a, b = pair
        return x * a + b, table["k"][0] + rest[0], scale * 2, more["last"], pair, table

    compiled = jit(f)
    for n in range(6):
        args = (X, (n, n / 2), {"k": [n]}, n * 3)
        keywords = {"scale": n + 1, "last": n - 1}
        assert same(compiled(*args, **keywords), f(*args, **keywords))
    assert len(compiled.specializations) == 1


def test_a_shape_in_a_tuple():
    compiled = jit(lambda x, shape: x.reshape(shape))
    for shape in ((3, 1), (1, 3), (3,), (3, 1)):
        assert compiled(X, shape).shape == shape


def test_results_are_in_containers():
    def f(n, a):
        made = {"n": n, "list": [n + 1, (a * 2, n)]}
        return made, n, [n] * 2

    compiled = jit(f)
    for n in (1, 2**65, -3):
        assert same(compiled(n, 0.1), f(n, 0.1))
    assert len(compiled.specializations) == 1
