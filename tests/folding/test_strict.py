"""What STRICT refuses: at the user's line, with a hint, and nothing has happened."""

import random
import time
from collections import OrderedDict

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor, jit

LOG = []
X = Tensor([1.0, 2.0])


def refused(function, *args):
    """Return the error's text; it must name this file and hold a hint."""
    with pytest.raises(CompileError) as caught:
        jit(function)(*args)
    text = str(caught.value)
    assert __file__ in text
    assert "hint:" in text
    assert "^" in text
    return text


def test_an_array_may_not_be_returned():
    def f():
        return np.add(np.array([1]), 1)

    assert (
        "Should not use Python object in runtime, node: ValueNode<InterpretedObject> "
        "InterpretedObject: '[2]'" in refused(f)
    )


def test_an_object_in_a_container_may_not_be_returned():
    def f(x):
        return {"a": [x, np.array([1, 2])]}

    assert "InterpretedObject: '[1 2]'" in refused(f, X)


@pytest.mark.parametrize("value", [True, np.float32(1)])
def test_a_branch_on_run_time_data(value):
    def f(x):
        if x > 0:
            return x
        return -x

    assert "branch depends on the data" in refused(f, Tensor(value * 1.0))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.asnumpy(),
        lambda x: float(x[0]),
        lambda x: int(x[0]),
        lambda x: f"{x}",
        lambda x: range(x[0].astype(foldaway.int64)),
        lambda x: np.asarray(x),
        lambda x: x.tolist(),
        lambda x: [1, 2][x[0].astype(foldaway.int64)],
        lambda x: np.linalg.norm(x),
    ],
)
def test_data_that_exist_only_at_run_time(function):
    assert "exists only at run time" in refused(function, X)


def test_an_error_that_someone_swallows_is_raised_all_the_same():
    class Greedy:
        def __matmul__(self, value):
            try:
                return float(value)
            except BaseException:
                return 0.0

    def f(x):
        return x + (Greedy() @ x[0])

    assert "exists only at run time" in refused(f, X)


def test_effects_on_what_existed_before():
    def append(x):
        LOG.append(1)
        return x

    def item(x):
        LOG[0] = 1
        return x

    def extend(x):
        global LOG
        LOG += [1]
        return x

    def rebind(x):
        global LOG
        LOG = []
        return x

    def write(x):
        x[0] = 5.0
        return x

    def sort(x, items):
        items.sort()
        return x

    before = LOG
    for function in (append, item, extend, rebind):
        refused(function, X)
    assert LOG is before
    assert LOG == []
    refused(write, X)
    assert X.tolist() == [1, 2]
    items = [2, 1]
    refused(sort, X, items)
    assert items == [2, 1]


def test_an_attribute_of_an_argument_is_set():
    class Holder:
        n = 0

    def f(x, holder):
        holder.n += 1
        return x

    holder = Holder()
    assert "'holder'" in refused(f, X, holder)
    assert holder.n == 0


@pytest.mark.parametrize("callee", [time.time, random.random, np.random.rand])
def test_what_differs_each_time(callee):
    def f(x):
        return x + callee()

    assert "gives another result each time" in refused(f, X)


def test_a_container_subclass_that_holds_tensors():
    def f(table):
        return table["x"]

    assert "OrderedDict that holds tensors" in refused(f, OrderedDict(x=X))


def test_a_function_made_while_compiling_may_not_be_returned():
    def f(x):
        return lambda: x

    assert "made while compiling" in refused(f, X)


def test_an_open_file_is_refused():
    def manage(x):
        with open("x"):
            return x

    assert "does something outside the program" in refused(manage, X)


def test_recursion_without_end():
    def f(x, n):
        return f(x, n + 1)

    assert "nested more than" in refused(f, X, 0)


def test_a_loop_without_end():
    def f(x):
        n = 0
        while True:
            n += 1
        return x

    assert "loops run more than" in refused(f, X)


def test_a_function_without_source():
    namespace = {}
    exec("def f(x): return x", namespace)
    with pytest.raises(CompileError, match="no source"):
        jit(namespace["f"])(X)


def test_a_result_that_contains_itself():
    def f(x):
        items = [x]
        items.append(items)
        return items

    assert "contains itself" in refused(f, X)
