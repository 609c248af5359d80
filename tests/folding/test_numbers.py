"""Numbers in arguments: one compiled form for all values, and plain Python's answers."""

import collections
import copy
import fractions
import functools
import itertools
import json
import logging
import math
import operator
import statistics
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import Tensor, jit, ops
from foldaway.dialects import dtypes

X = Tensor([1.0, 2.0, 3.0])


def same(a, b):
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        left, right = a.asnumpy(), b.asnumpy()
        if a.dtype is foldaway.bfloat16:
            left, right = left.astype(np.float32), right.astype(np.float32)
        return a.dtype is b.dtype and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    return type(a) is type(b) and repr(a) == repr(b)


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


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
    import linecache

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


# With tensors.

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
            plain = remember_as(text)
            compiled = jit(plain)
            for n in VALUES:
                with np.errstate(all="ignore"):
                    expected = outcome(plain, elements, n)
                    assert same(outcome(compiled, elements, n), expected), (text, n)
            assert len(compiled.specializations) <= 9, text


def remember_as(text):
    import linecache

    name, source = f"<{text}>", f"def f(x, n):\n    return {text}\n"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=str)
def test_powers(dtype):
    elements = Tensor(np.array([0, 1, 2, 3]), dtype)
    for plain in (remember_as("x ** n"), remember_as("n ** x")):
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


# What changes from call to call.

STEP = 0


class Counter:
    def __init__(self):
        self.count = 0


def test_a_global_and_an_attribute_that_change_become_run_time_values():
    global STEP
    counter = Counter()

    def f(x):
        return x * STEP, counter.count + 1

    compiled = jit(f)
    for n in range(12):
        STEP, counter.count = n, n * n
        assert same(compiled(X), f(X))
    assert len(compiled.specializations) <= 5


def test_a_captured_number_and_one_in_a_list():
    table, captured = [0], 0

    def f(x):
        return x + table[0], captured * 2.5

    compiled = jit(f)
    for n in range(12):
        table[0], captured = n, n
        assert same(compiled(X), f(X))
    assert len(compiled.specializations) <= 5


def test_many_values_are_bounded_and_told_once(caplog):
    @jit
    def f(x, n):
        return x.reshape((1,) * (n % 7)).shape if n < 0 else [0] * n

    with caplog.at_level(logging.INFO, "foldaway.fallback"):
        for n in range(100):
            assert f(X, n) == [0] * n
    assert len(f.specializations) <= 32
    told = [r for r in caplog.records if "more than 4 values" in r.getMessage()]
    assert len(told) == 1
    assert told[0].levelno == logging.INFO
    assert "'n'" in told[0].getMessage()
    assert f"{__file__}:{f.function.__code__.co_firstlineno + 2}" in told[0].getMessage()
    assert f(X, 99) == [0] * 99


def test_what_is_used_is_kept():
    @jit
    def f(n):
        return [0] * n

    f(1)
    for n in range(2, 60):
        f(n)
        f(1)
    assert 1 in [len(one.run([1])) for one in f.specializations]


# Containers and calls that only move numbers.


def gives(n):
    for i in range(3):
        yield n * i


def collects(n):
    found, table = [], {}
    for i in range(3):
        found.append(n * i)
    table["n"] = n
    table.setdefault("m", n + 1)
    table.update(k=n)
    return found, table, table.get("n"), list(table.items())


MOVERS = [
    collects,
    lambda n: [n, 1, *[n]] + [n] * 2,
    lambda n: list(zip([n], [n + 1], strict=True)),
    lambda n: dict(a=n),
    lambda n: sum([n, 1, n * 2]),
    lambda n: functools.reduce(operator.add, [n, 1, 2]),
    lambda n: functools.reduce(lambda a, b: a * b, [n, 2]),
    lambda n: list(map(lambda v: v + n, [1, 2])),
    lambda n: list(itertools.accumulate([n, 1], operator.mul)),
    lambda n: [v * n for v in range(3)],
    lambda n: list(gives(n)),
    lambda n: sum(gives(n)),
    lambda n: (sorted([n + 9, 0]), max([n, -1]), min(n, -1), any([n, 0]), all([1, n])),
    lambda n: list(map(type, [n, 1.0])),
    lambda n: list(map(type, (v for v in [n]))),
    lambda n: {**{"a": n}, "b": [n]},
    lambda n: functools.partial(lambda a, b: a - b, n)(1),
]


@pytest.mark.parametrize("mover", MOVERS)
def test_what_moves_numbers_needs_no_constants(mover):
    compiled = jit(mover)
    for n in (1, 2, 3, 2**65):
        assert same(compiled(n), mover(n))
    assert len(compiled.specializations) == (4 if "partial" in mover.__code__.co_names else 1)


LOOKERS = [
    lambda n: list(map(str, [n])),
    lambda n: ",".join(map(str, [n, 2])),
    lambda n: json.dumps({"a": [n, (n,)]}),
    lambda n: statistics.mean([n, 1, 2]),
    lambda n: statistics.mean(gives(n)),
    lambda n: math.fsum([n, 0.1]),
    lambda n: (len(n), n),
    lambda n: list(reversed(n)),
    lambda n: {n: 1, 2: 3},
    lambda n: [1, 2, 3].index(n),
    lambda n: {1: "a"}.get(n),
    lambda n: str(fractions.Fraction(1, 3) + n),
    lambda n: n + 1j,
    lambda n: pow(n, 2, 7),
    lambda n: bytes([n % 256]),
    lambda n: sorted([(n, "a"), (2, "b")]),
    lambda n: Slotted(n).q,
    lambda n: Named(n, 1)._asdict(),
    lambda n: copy.deepcopy([n, {"a": n}]),
    lambda n: "{} {a:>5}".format(n, a=n),  # noqa: UP032
    lambda n: [v for v in range(9) if v < n],
    lambda n: math.ldexp(0.5, n),
    lambda n: n.to_bytes(9, "big", signed=True),
    lambda n: list(range(n % 5, n % 5 + 3)),
]


class Slotted:
    __slots__ = ("q",)

    def __init__(self, q):
        self.q = q


Named = collections.namedtuple("Named", "a b")


@pytest.mark.parametrize("looker", LOOKERS)
def test_what_looks_at_numbers_sees_this_calls(looker):
    compiled = jit(looker)
    for n in (1, 2, 0, 2.5, -1, 1, True, float("inf")):
        assert same(outcome(compiled, n), outcome(looker, n))


def test_the_message_of_an_assertion_is_plain():
    @jit
    def f(x, n):
        assert n > 10, n
        return x

    with pytest.raises(AssertionError) as caught:
        f(X, 3)
    assert type(caught.value.args[0]) is int


def test_a_counter_of_an_object_counts():
    counter = Counter()

    @jit
    def f(x):
        counter.count += 1
        return x * counter.count

    for n in range(1, 9):
        assert f(X).tolist() == [n, 2 * n, 3 * n]
    assert counter.count == 8
    assert len(f.specializations) <= 3


def test_a_list_that_is_looked_at_stays_as_it_is():
    items = [3, 4]
    f = jit(lambda x, items: (json.dumps(items), items))
    text, found = f(X, items)
    assert text == "[3, 4]"
    assert found is items
    assert "changes a list" not in str(f.report())


def test_a_print_of_a_number_needs_no_new_code(capsys):
    def f(x, n, rate):
        print("step", n, rate * 2, x, n > 1, sep="|")
        print([n], end=".")
        return x * n

    def g(x, n, rate):
        print("step", n, rate * 2, x, n > 1, sep="|")
        return x

    for function, count in ((f, 3), (g, 1)):
        compiled = jit(function)
        for n in (1, 2, 3):
            compiled(X, n, n / 4)
            found = capsys.readouterr().out
            function(X, n, n / 4)
            assert found == capsys.readouterr().out
        assert len(compiled.specializations) == count


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


@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "uint64", "float16", "float32"]
)
def test_arrays_take_numbers_as_numpy_does(dtype):
    elements = np.array([0, 1, 2, 3, 100]).astype(dtype)
    for sign in ARRAY_SIGNS:
        for text in (f"x {sign} n", f"n {sign} x"):
            plain = remember_as(text)
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
