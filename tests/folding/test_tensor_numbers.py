"""Python numbers that are made of tensors' data: plain Python's answers, types and errors."""

import linecache
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import CompileError, Tensor, bool_, float64, jit, ops
from foldaway.dialects import dtypes
from foldaway.runtime.arrays import numpy_dtype

from .number_agreement import same

HEAD = """def f(x, y, z):
    i, j = int(x[0]), int(x[1])
    a, b = float(y[0]), float(y[1])
    p, q = bool(z[0]), bool(z[1])
    return """


def made_of(text):
    """Return a function of tensors that gives what an expression of their numbers gives."""
    name, source = f"<{text}>", HEAD + text + "\n"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {"math": math}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]


def ending(function, *args):
    """Return what a call gives, or the class and the arguments of what it raises."""
    try:
        return "returned", function(*args)
    except CompileError:
        raise
    except Exception as error:
        return "raised", type(error), error.args


def agree(text, calls, *, fullgraph=True):
    """Compare an expression of `i`, `j`, `a`, `b`, `p` and `q` with plain Python."""
    plain = made_of(text)
    compiled = jit(plain, fullgraph=fullgraph)
    for ints, floats, bools in calls:
        x = (Tensor(list(ints)), Tensor(list(floats), float64), Tensor(list(bools), bool_))
        expected, found = ending(plain, *x), ending(compiled, *x)
        assert same(list(found), list(expected)), (text, ints, floats, bools)


INTS = st.one_of(
    st.integers(-20, 20),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([2**53, 2**53 + 1, -(2**63), 2**63 - 1, 2**62, 0]),
)
FLOATS = st.one_of(
    st.floats(width=64),
    st.floats(-10, 10),
    st.sampled_from([0.0, -0.0, 0.5, 1.5, 2.5, math.inf, -math.inf, math.nan, 2.0**63, 5e-324]),
)
CALLS = st.lists(
    st.tuples(
        st.tuples(INTS, INTS), st.tuples(FLOATS, FLOATS), st.tuples(st.booleans(), st.booleans())
    ),
    min_size=2,
    max_size=5,
)

LEAVES = st.sampled_from([*"ijabpq", "2", "-1", "0", "0.5", "7", "True"])
SIGNS = ["+", "-", "*", "/", "//", "%", "&", "|", "^", "<", "<=", ">", ">=", "==", "!="]


def combined(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["-", "+", "~", "not "]), inner).map(lambda t: f"({t[0]}{t[1]})"),
        st.tuples(inner, st.sampled_from(["** 2", "** 3", "<< 3", ">> 2", "<< 70"])).map(
            lambda t: f"({t[0]} {t[1]})"
        ),
        st.tuples(
            st.sampled_from(
                ["int", "float", "bool", "abs", "round", "math.sqrt", "math.floor", "math.exp"]
            ),
            inner,
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["divmod", "math.copysign"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})" + ("[1]" if t[0] == "divmod" else "")
        ),
    )


@pytest.mark.parametrize("fullgraph", [True, False])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(expression=st.recursive(LEAVES, combined, max_leaves=6), calls=CALLS)
def test_expressions_give_what_python_gives(fullgraph, expression, calls):
    agree(expression, calls, fullgraph=fullgraph)


EDGES = [
    ((0, 0), (0.0, -0.0), (False, True)),
    ((7, -2), (7.5, -2.0), (True, True)),
    ((-7, 2), (-7.5, 2.0), (True, False)),
    ((2**63 - 1, -1), (math.inf, 1e300), (False, False)),
    ((-(2**63), -1), (-math.inf, math.nan), (True, True)),
    ((2**53 + 1, 3), (2.0**53, 2.5), (False, True)),
    ((-(2**62), 63), (math.nan, 0.5), (True, False)),
    ((1, 64), (-2.7, -0.0), (True, True)),
]


@pytest.mark.parametrize("sign", [*SIGNS, "<<", ">>"])
def test_every_operator_at_the_edges(sign):
    for left, right in ("ij", "ia", "ai", "ab", "ip", "pq"):
        agree(f"{left} {sign} {right}", EDGES)
    for known in ("-2", "0", "2.5"):
        agree(f"i {sign} {known}", EDGES)
    agree(f"3 {sign} a", EDGES)


@pytest.mark.parametrize("known", ["10**400", "2**53 + 1", "0.5", "float('nan')", "float('inf')"])
def test_comparisons_are_exact(known):
    for sign in SIGNS[-6:]:
        agree(f"(i {sign} {known}, {known} {sign} a)", EDGES)


FUNCTIONS = [
    *("-i", "-a", "+p", "~i", "~p", "not i", "not a", "abs(i)", "abs(a)", "abs(p)"),
    *("int(a)", "int(p)", "float(i)", "float(p)", "bool(i)", "bool(a)", "round(a)", "round(i)"),
    *("divmod(i, j)", "divmod(a, b)", "divmod(i, b)", "min(i, j)", "max(a, b)", "max(p, q)"),
    *("min(2.5, a)", "sum([i, j])", "sum((p, q))", "i ** 0", "i ** 7", "i ** -1", "a ** 2"),
    *("a ** b", "a ** 0.5", "a ** -1", "2 ** p", "(j % 9) ** (i % 9)", "pow(a, 3)", "i ** 0.5"),
    *("i < 2 ** 70", "i == 1.5", "a <= 2 ** 53 + 1", "1.5 > i", "i != 'a'", "a == None"),
    *("i.real", "i.imag", "a.imag", "p.numerator", "i.denominator", "p is True", "p is not q"),
    *("i is None", "isinstance(i, int)", "isinstance(p, int)", "type(a)", "type(p) is bool"),
    *("[i, {'a': a}, (p,)]", "i + 'a'", "'a' + a", "i[0]", "a.nothing", "a & 1"),
]


@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions_and_attributes(text):
    agree(text, EDGES)


@pytest.mark.parametrize(
    "name",
    [
        *("floor", "ceil", "trunc", "fabs", "sqrt", "exp", "log", "sin", "cos", "tanh", "erf"),
        *("isnan", "isinf", "isfinite", "degrees", "radians"),
    ],
)
def test_the_module_math(name):
    function = getattr(math, name)
    compiled = jit(lambda x: (function(x[0]), function(float(x[1]))))
    for values in ((0.5, 2.25), (1.0, -0.0), (700.0, 709.5), (3.0, math.nan), (1.0, -2.0)):
        x = Tensor(list(values), float64)
        assert same(list(ending(compiled, x)), list(ending(compiled.function, x)))


def test_one_form_serves_all_values():
    compiled = jit(lambda x: (int(x[0]) * 3 + 1, float(x[1]) / 7))
    for v in ([1.0, 2.0], [5.5, -3.0], [-8.0, 0.25]):
        assert compiled(Tensor(v)) == compiled.function(Tensor(v))
    assert len(compiled.specializations) == 1


# Reading them.


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=str)
def test_every_dtype_gives_its_number(dtype):
    values = [0, 1, 2, 100]
    if dtype.is_floating:
        values += [-3.7, 2.5, 60000.0, math.nan, math.inf, -math.inf]
    if dtype is dtypes.uint64:
        values += [2**63 - 1]
    for read in (
        lambda t: (int(t),),
        lambda t: (float(t), bool(t)),
        lambda t: (t.item(), t.reshape(1, 1).tolist()),
    ):
        compiled = jit(read)
        for value in values:
            t = Tensor(np.array([value]).astype(numpy_dtype(dtype)), dtype)
            assert same(list(ending(compiled, t)), list(ending(read, t))), value


def test_an_element_is_read_by_its_index():
    x = Tensor([[1, 2, 3], [4, 5, 6]])
    compiled = jit(lambda x: (x.item(4), x.item(0, 2), x.item(-1), x.tolist(), x[1].tolist()))
    assert compiled(x) == compiled.function(x)
    wrong = jit(lambda x: x.item(1, 3))
    assert ending(wrong, x) == ending(wrong.function, x)
    several = jit(lambda x: float(x))
    assert ending(several, x) == ending(several.function, x)


def test_iterators_read_tensors():
    x = Tensor([1.5, -2.5, 4.0])
    compiled = jit(lambda x: (list(map(float, x)), sum(map(int, x)), max(float(v) for v in x)))
    assert compiled(x) == compiled.function(x)


def test_arrays_and_their_scalars():
    a = np.array([[1.5, 2.5], [-3.0, 0.0]], np.float32)
    compiled = jit(
        lambda a: (
            float(a[0, 0]),
            int(a[1, 0]),
            bool(a[1, 1]),
            a.item(1),
            a.sum().item(),
            a.tolist(),
        )
    )
    assert same(compiled(a), compiled.function(a))
    mixed = jit(lambda a: (a * float(a[0, 0]), np.where(a > 1, a, int(a[1, 0])), a + int(a[0, 1])))
    for got, wanted in zip(mixed(a), mixed.function(a), strict=True):
        assert type(got) is type(wanted)
        assert got.dtype == wanted.dtype
        np.testing.assert_array_equal(got, wanted)


# Beside tensors.


@pytest.mark.parametrize("dtype", dtypes.ALL, ids=str)
def test_they_are_weak_operands(dtype):
    x = Tensor(np.array([0, 1, 2, 3, 100]), dtype)
    for kind, values in ((int, [0, 3, -1, 127]), (float, [0.5, -2.5, 1e39, math.nan])):
        for combine in (
            lambda x, n: (x + n, n - x, x * n),
            lambda x, n: (x / n, x // n, x % n),
            lambda x, n: (x < n, n == x, n >= x, ops.where(x > 1, x, n), ops.maximum(x, n)),
        ):
            plain = made_weak(combine, kind)
            compiled = jit(plain)
            for value in values:
                t = Tensor([value], None if kind is int else float64)
                with np.errstate(all="ignore"):
                    found, expected = ending(compiled, x, t), ending(plain, x, t)
                assert same(list(found), list(expected)), value


def made_weak(combine, kind):
    def weak(x, t):
        return combine(x, kind(t))

    return weak


def test_tensors_are_made_of_them():
    def make(x):
        n, a = int(x[0]), float(x[1])
        y = x * 2
        y[0] = a
        y[1:] = n
        return Tensor(n), Tensor(a), Tensor([n, a]), Tensor([[n], [3]]), Tensor(a, float64), y

    x = Tensor([2.7, 0.1])
    assert same(jit(make)(x), make(x))


def test_they_are_kept_where_python_keeps_them():
    class Model:
        def __init__(self):
            self.losses = []
            self.last = None

    @jit
    def step(model, x):
        model.last = float(x.sum())
        model.losses.append(int(x[0]))
        return {"last": model.last, "flag": bool(x[1])}

    model = Model()
    for v in ([1.0, 0.0], [2.5, 3.0]):
        assert step(model, Tensor(v)) == {"last": sum(v), "flag": bool(v[1])}
    assert (model.last, model.losses) == (5.5, [1, 2])
    assert [type(one) for one in (model.last, *model.losses)] == [float, int, int]


def test_they_are_printed_as_numbers(capsys):
    @jit
    def show(x):
        print("n:", int(x[0]), float(x[1]) / 3, bool(x[2]), sep=" ")

    for v in ([1.0, 1.0, 0.0], [1e16, 1e-5, 2.0]):
        x = Tensor(v)
        show(x)
        shown = capsys.readouterr().out
        show.function(x)
        assert shown == capsys.readouterr().out


# What is refused.


def refused(function, *args):
    with pytest.raises(CompileError) as raised:
        jit(function)(*args)
    return str(raised.value)


X = Tensor([1.0, 2.0])


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda x: [1, 2][int(x[0])], "this operation needs an int"),
        (lambda x: x[int(x[0])], "an index needs an int"),
        (lambda x: x[: int(x[0])], "this operation needs an int"),
        (lambda x: {int(x[0]): 1}, "this operation needs an int"),
        (lambda x: f"{float(x[0])}", "this operation needs a float"),
        (lambda x: str(bool(x[0])), "this operation needs a bool"),
        (lambda x: hash(int(x[0])), "this operation needs an int"),
        (lambda x: int(x[0]) in [1, 2], "this operation needs an int"),
        (lambda x: float(x[0]).is_integer(), "'is_integer' needs a float"),
        (lambda x: round(float(x[0]), 1), "'round' needs a float"),
        (lambda x: math.gamma(float(x[0])), "'gamma' needs a float"),
        (lambda x: [0] * int(x[0]), "this operation needs an int"),
    ],
)
def test_what_needs_the_number(function, wanted):
    text = refused(function, X)
    assert f"{wanted} that exists only at run time" in text
    assert "hint: compute with it, or do this outside the compiled function" in text


def test_an_int_beyond_64_bits_is_no_operand():
    assert "an int beyond 64 bits meets a number" in refused(lambda x: int(x[0]) + 2**70, X)


def test_what_is_raised_in_a_try_is_refused():
    def divide(x):
        try:
            return 1 / float(x[0])
        except ZeroDivisionError:
            return 0.0

    text = refused(divide, X)
    assert "whether 'ZeroDivisionError: float division by zero' is raised inside a try" in text

    def after(x):
        try:
            y = 2.0
        finally:
            y = 1 / float(x[0])
        return y

    assert jit(after)(X) == 1.0


def test_a_number_has_no_gradient():
    def loss(x):
        return x.sum() * float(x[0])

    gradient = foldaway.grad(loss) if hasattr(foldaway, "grad") else ops.grad(loss)
    assert "a number that is made of a tensor has no gradient" in refused(lambda x: gradient(x), X)
