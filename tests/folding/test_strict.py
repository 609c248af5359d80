"""What STRICT refuses: at the user's line, with a hint, and nothing has happened."""

import random
import time
from collections import OrderedDict

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor, jit

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
def test_a_branch_on_run_time_data_is_compiled(value):
    def f(x):
        if x > 0:
            return x
        return -x

    compiled, x = jit(f), Tensor(value * 1.0)
    assert compiled(x) is x
    assert compiled(Tensor(value * -1.0)).asnumpy() == 1.0


def test_a_loop_that_makes_a_list_longer_at_run_time():
    def f(x):
        found = []
        while x.sum() > 1:
            x = x / 2
            found.append(x)
        return found

    assert "after a round of the loop than before" in refused(f, X)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: f"{x}",
        lambda x: range(x[0].astype(foldaway.int64)),
        lambda x: np.asarray(x).tobytes(),
        lambda x: [1, 2][x[0].astype(foldaway.int64)],
    ],
)
def test_data_that_exist_only_at_run_time(function):
    assert "exists only at run time" in refused(function, X)


def test_an_error_that_someone_swallows_is_raised_all_the_same():
    class Greedy:
        def __matmul__(self, value):
            try:
                return value.asnumpy().tobytes()
            except BaseException:
                return 0.0

    def f(x):
        return x + (Greedy() @ x[0])

    assert "exists only at run time" in refused(f, X)


class Items(list):
    pass


ITEMS = Items([2, 1])


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (lambda x: ITEMS.append(x), "'append' changes an object"),
        (lambda x: ITEMS.sort(), "'sort' changes an object"),
        (lambda x: list.append(ITEMS, x), "'append' changes an object"),
        (lambda x: ITEMS.__setitem__(0, x), "'__setitem__' changes an object"),
    ],
)
def test_methods_of_containers_without_a_model(function, problem):
    assert problem in refused(function, X)
    assert ITEMS == [2, 1]


def test_items_of_containers_without_a_model():
    def sets(x):
        ITEMS[0] = x

    def deletes(x):
        del ITEMS[0]

    def extends(x):
        global ITEMS
        ITEMS += [x]

    assert "an item of 'ITEMS' is set" in refused(sets, X)
    assert "an item of 'ITEMS' is deleted" in refused(deletes, X)
    assert "'ITEMS' is changed by '+='" in refused(extends, X)
    assert ITEMS == [2, 1]


class Holder:
    n = 0

    def __init__(self):
        self.inner = None

    def __eq__(self, other):
        return self.n == other

    def __hash__(self):
        self.n = 1
        return 0


def test_attributes_that_are_not_modelled():
    def module(x):
        random.seed = x

    def dunder(x, holder):
        holder.__class__ = int

    def function(x):
        Holder.n = lambda self: 1

    def deletes(x):
        del Holder.n

    assert "the attribute 'seed' of 'random' is set" in refused(module, X)
    assert "the attribute '__class__' of 'holder' is set" in refused(dunder, X, Holder())
    assert "the attribute 'n' of 'Holder' is deleted" in refused(deletes, X)

    def method(x):
        Holder.__init__ = function

    assert "the attribute '__init__' of 'Holder' is set" in refused(method, X)


def test_attributes_as_a_whole_after_one_is_set():
    def reads_all(x, holder):
        holder.m = 1
        return list(vars(holder))

    def sets_by_dict(x, holder):
        vars(holder)["m"] = 1

    def compares(x, holder):
        holder.n = 1
        return holder in {2: 3}

    assert "are read as a whole" in refused(reads_all, X, Holder())
    assert "are changed by its __dict__" in refused(sets_by_dict, X, Holder())
    assert "is used as a whole after an attribute was set" in refused(compares, X, Holder())


def test_native_code_that_changes_an_attribute():
    holder = Holder()
    assert "is changed by code that isn't folded" in refused(lambda x: x + hash(holder), X)
    assert vars(holder) == {"inner": None}


def test_a_part_of_a_network_is_set():
    net = foldaway.nn.SequentialCell()
    net.p = foldaway.Parameter(X)

    def replaces(x):
        net.p = None

    def adds(x):
        net.cell = net

    def deletes(x):
        del net.p

    assert "'p', a part of the network 'net', is set" in refused(replaces, X)
    assert "'cell', a part of the network 'net', is set" in refused(adds, X)
    assert "the attribute 'p' of 'net' is deleted" in refused(deletes, X)


def test_writes_to_shared_memory():
    array = np.ones(4, np.float32)

    def f(a, b):
        a[0] = 5.0
        return b + 1

    parts = Tensor.from_numpy(array[:2]), Tensor.from_numpy(array[1:])
    assert "'a' is changed in place, and 'b' shares its memory" in refused(f, *parts)
    assert array.tolist() == [1, 1, 1, 1]
    compiled = jit(f)
    apart = Tensor.from_numpy(array[:2]), Tensor.from_numpy(array[1:].copy())
    assert compiled(*apart).tolist() == [2, 2, 2]
    with pytest.raises(CompileError, match="shares its memory"):
        compiled(*parts)


@pytest.mark.parametrize("callee", [time.time, random.random, np.random.rand])
def test_what_differs_each_time(callee):
    def f(x):
        return x + callee()

    assert "gives another result each time" in refused(f, X)


def test_a_container_subclass_that_holds_tensors():
    class Table(OrderedDict):
        pass

    def f(table):
        return table["x"]

    assert "Table that holds tensors" in refused(f, Table(x=X))


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


COUNT = 0


def test_variables_that_a_library_reads_after_they_are_set():
    class Late:
        def __lt__(self, other):
            return COUNT

    def f(x, late):
        global COUNT
        COUNT = 1
        return len(sorted([late, late]))

    assert "the variable 'COUNT' is set and then read by a library" in refused(f, X, Late())
    assert COUNT == 0


def test_what_is_read_after_it_was_deleted():
    module = type(random)("module")
    module.n = 1

    def f(x):
        global module
        del module.n
        return module.n

    f.__globals__["module"] = module
    try:
        text = refused(f, X)
    finally:
        del f.__globals__["module"]
    assert "the attribute 'n' of 'module' is deleted" in text

    class Dynamic:
        def __init__(self):
            self.n = 1

        def __getattr__(self, name):
            return name

    def g(x, owner):
        del owner.n
        return owner.n

    assert "'n' is read after it was deleted" in refused(g, X, Dynamic())
