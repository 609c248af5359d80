"""Programs that just-in-time compilers are known to get wrong without a word.

In LAX each is right; in STRICT it is right, too, or refused.
"""

import functools
import io
import os
import time
import traceback
from contextlib import redirect_stdout

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor, jit, ops

CASES = {}
RATE = 2.0


def case(function):
    """Register a case: it takes the decorator to use, and asserts what must hold."""
    CASES[function.__name__] = function
    return function


def vector(*numbers):
    return Tensor(np.array(numbers, np.float32))


# Constants and arguments that are changed in place


@case
def augmented_assignment_of_a_constant(compiled):
    @compiled
    def f():
        x = Tensor(1)
        x += 1
        return x

    assert [int(f()) for _ in range(3)] == [2, 2, 2]


@case
def augmented_assignment_in_a_loop(compiled):
    @compiled
    def f():
        x = Tensor(1)
        y = Tensor(0)
        while x < 4:
            if y < 10:
                y += x
            x += 1
        return y + 1

    assert [int(f()) for _ in range(3)] == [7, 7, 7]


@case
def augmented_assignment_of_an_argument(compiled):
    @compiled
    def f(x):
        x += 1
        return x

    x = vector(1, 2)
    assert f(x).tolist() == [2, 3]
    assert x.tolist() == [1, 2]


# Python on the data of tensors


@case
def comprehension_over_an_array(compiled):
    @compiled
    def f(x):
        return [v * v for v in x.asnumpy()]

    assert f(vector(1, 2, 3)) == [1, 4, 9]
    assert f(vector(2, 3, 4)) == [4, 9, 16]


@case
def sum_over_an_array(compiled):
    @compiled
    def f(x):
        return sum(v * v for v in x.asnumpy())

    assert f(vector(1, 2, 3)) == 14
    assert f(vector(2, 2, 2)) == 12


@case
def an_array_changed_and_sorted(compiled):
    @compiled
    def f(x):
        a = x.asnumpy().copy()
        a[1] += 10
        a.sort()
        return Tensor(a)

    assert f(vector(3, 1, 2)).tolist() == [2, 3, 11]
    assert f(vector(30, 1, 2)).tolist() == [2, 11, 30]


@case
def data_decides_and_is_printed(compiled):
    @compiled
    def f(x):
        if x.asnumpy()[0] > 0:
            print("positive", x.sum())
            return x + 1
        print("negative", x.sum())
        return x - 1

    output = io.StringIO()
    with redirect_stdout(output):
        results = [f(vector(n)).tolist() for n in (1, -1, 2)]
    assert results == [[2], [-2], [3]]
    assert output.getvalue() == "positive 1.0\nnegative -1.0\npositive 2.0\n"


# Python's own numbers and strings


@case
def format_specifications(compiled):
    @compiled
    def f(n, v):
        return f"{n:03d},{v:.2f}"

    assert f(3, 3.14159) == "003,3.14"
    assert f(4, 2.5) == "004,2.50"


@case
def large_integers(compiled):
    @compiled
    def f(n):
        return (n**50) % 1000007

    assert f(3) == 961749
    assert f(7) == 7**50 % 1000007


@case
def double_precision(compiled):
    @compiled
    def f(a, b):
        return a + b

    assert f(0.1, 0.2) == 0.30000000000000004
    assert f(1e16, 1.0) == 1e16


@case
def bytes_are_no_text(compiled):
    @compiled
    def f(x):
        return x + 1, "ab".encode()  # noqa: UP012

    assert f(vector(1))[1] == b"ab"


# What changes between calls


@case
def an_attribute_changes(compiled):
    class Scale:
        rate = 2.0

    scale = Scale()

    @compiled
    def f(x):
        return x * scale.rate

    assert f(vector(1)).tolist() == [2]
    scale.rate = 3.0
    assert f(vector(1)).tolist() == [3]


@case
def a_global_changes(compiled):
    global RATE

    @compiled
    def f(x):
        return x * RATE

    try:
        assert f(vector(1)).tolist() == [2]
        RATE = 3.0
        assert f(vector(1)).tolist() == [3]
    finally:
        RATE = 2.0


@case
def a_closure_changes(compiled):
    rate = 2.0

    @compiled
    def f(x):
        return x * rate

    assert f(vector(1)).tolist() == [2]
    rate = 3.0
    assert f(vector(1)).tolist() == [3]


@case
def a_list_of_the_closure_grows(compiled):
    log = []

    @compiled
    def f(x):
        log.append("called")
        return x + len(log)

    assert [f(vector(0)).tolist() for _ in range(3)] == [[1], [2], [3]]
    assert log == ["called"] * 3


@case
def a_list_argument_grows(compiled):
    @compiled
    def f(x, items):
        items.append(x + 1)
        return len(items)

    items = []
    assert [f(vector(n), items) for n in (1, 2)] == [1, 2]
    assert [item.tolist() for item in items] == [[2], [3]]


@case
def random_numbers_are_new(compiled):
    rng = np.random.RandomState(0)
    expected = np.random.RandomState(0)

    @compiled
    def f(x):
        return x, rng.rand(2).tolist()

    assert [f(vector(1))[1] for _ in range(3)] == [expected.rand(2).tolist() for _ in range(3)]


@case
def the_clock_goes_on(compiled):
    @compiled
    def f(x):
        return x, time.perf_counter()

    first, second = f(vector(1))[1], f(vector(1))[1]
    assert first < second <= time.perf_counter()


# Gradients


@case
def the_gradient_where_an_array_is_a_constant(compiled):
    @compiled
    def f(x):
        return (x * Tensor(ops.stop_gradient(x).asnumpy() * 2)).sum()

    gradient = foldaway.grad(f)
    assert gradient(vector(1, 2)).tolist() == [2, 4]
    assert gradient(vector(3, 4)).tolist() == [6, 8]


# Exceptions


class CustomError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


@case
def an_exception_of_ones_own(compiled):
    @compiled
    def f(x):
        if x.ndim == 1:
            raise CustomError(7)
        return x

    with pytest.raises(CustomError) as raised:
        f(vector(1))
    assert raised.value.code == 7


@case
def an_exception_that_depends_on_data(compiled):
    @compiled
    def f(x):
        if x[0] > 0:
            raise CustomError(7)
        return x

    assert f(vector(-1)).tolist() == [-1]
    with pytest.raises(CustomError) as raised:
        f(vector(1))
    assert raised.value.code == 7


@case
def an_exception_of_a_library(compiled):
    @compiled
    def f(x):
        return x + float(np.linalg.inv(np.zeros((2, 2)))[0, 0])

    with pytest.raises(np.linalg.LinAlgError):
        f(vector(1))


@case
def exceptions_of_python(compiled):
    @compiled
    def divides(x, n):
        return x * (1 // n)

    @compiled
    def looks_up(x, key):
        return x * {"a": 1}[key]

    assert divides(vector(1), 1).tolist() == [1]
    with pytest.raises(ZeroDivisionError):
        divides(vector(1), 0)
    with pytest.raises(KeyError, match="b"):
        looks_up(vector(1), "b")


@case
def the_traceback_has_the_line(compiled):
    def inner(table):
        return table["missing"]

    @compiled
    def outer(x):
        return x * inner({"a": 1})

    with pytest.raises(KeyError) as raised:
        outer(vector(1))
    frames = traceback.extract_tb(raised.value.__traceback__)
    assert [frame.name for frame in frames if frame.filename == __file__][-2:] == ["outer", "inner"]
    assert frames[-1].lineno == inner.__code__.co_firstlineno + 1


@case
def nothing_is_written_next_to_the_program(compiled):
    @compiled
    def f(x):
        raise CustomError(1)

    before = sorted(os.listdir())
    with pytest.raises(CustomError):
        f(vector(1))
    assert sorted(os.listdir()) == before


# Functions in unusual places


@case
def a_function_made_by_exec(compiled):
    space = {}
    exec("def f(x):\n    return x * 2 + 1\n", space)
    assert compiled(space["f"])(vector(1)).tolist() == [3]


@case
def two_lambdas_on_a_line(compiled):
    f, g = lambda x: x + 1, lambda x: x * 3
    assert compiled(f)(vector(2)).tolist() == [3]
    assert compiled(g)(vector(2)).tolist() == [6]


@case
def five_hundred_rounds(compiled):
    @compiled
    def f(x):
        for i in range(500):
            x = x + i
        return x

    assert f(vector(0)).tolist() == [sum(range(500))]


@case
def the_third_call_is_as_the_first(compiled):
    @compiled
    def f(x):
        total = functools.reduce(lambda a, b: a + b, list(x))
        return total * 2

    assert [f(vector(n, n)).item() for n in (1, 2, 1)] == [4, 8, 4]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_lax(name):
    CASES[name](functools.partial(jit, fullgraph=False))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_strict(name):
    try:
        CASES[name](functools.partial(jit, fullgraph=True))
    except CompileError as error:
        text = str(error)
    else:
        return
    assert "hint: " in text
    assert os.path.basename(__file__) in text or name == "a_function_made_by_exec"
