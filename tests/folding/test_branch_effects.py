"""Effects in run-time branches: those of the side that is taken happen, in order, and no others."""

import contextlib

import pytest

from foldaway import CompileError, Tensor, jit

from .control_agreement import Programs, agree, refused

PROGRAMS = Programs()
COUNT = 0


class Box:
    def __init__(self):
        self.n = 0
        self.x = Tensor([5.0, 6.0])
        self.y = None
        self.items = [1, 2]
        self.table = {"a": 1}
        self.inner = None

    @property
    def double(self):
        return self.n * 2

    @double.setter
    def double(self, value):
        self.n = value // 2

    def add(self, value):
        self.n += value
        return self


def nested_box():
    box = Box()
    box.inner = Box()
    return box


# Attributes.


@PROGRAMS.add(Box)
def attribute_on_one_side(x, w):
    if x[0] > 0:
        w.n = 3
    return w.n


@PROGRAMS.add(Box)
def attribute_on_both_sides(x, w):
    if x[0] > 0:
        w.y = x + 1
    else:
        w.y = x - 1
    return w.y * 2


@PROGRAMS.add(Box)
def attribute_becomes_the_argument(x, w):
    if x[0] > 0:
        w.x = x
    return x


@PROGRAMS.add(Box)
def attributes_by_methods_and_properties(x, w):
    if x[0] > 0:
        w.add(3).add(4)
    else:
        w.double = 10
    return w.double


@PROGRAMS.add(nested_box)
def attribute_of_an_attribute(x, w):
    if x[0] > 0:
        w.inner.n = 7
        w.inner.x = w.x
    w.inner.n += 1
    return w.inner.n


@PROGRAMS.add(Box)
def attribute_in_deeper_branches(x, w):
    if x[0] > 0:
        w.n = 1
        if x[1] > 50:
            w.n = 2
            w.y = x
        w.items.append(w.n)
    else:
        w.n = 4
    return w.n


@PROGRAMS.add(Box)
def attribute_set_and_returned(x, w):
    if x[0] > 50:
        w.n = 1
        return x
    w.n = 2
    if x[0] > 0:
        w.n = 3
        return w
    return w.n


@PROGRAMS.add(Box)
def number_of_a_tensor_in_an_attribute(x, w):
    if x[0] > 0:
        w.n = int(x[1])
    return w.n


# Containers of the caller's.


@PROGRAMS.add(list)
def append_on_one_side(x, items):
    if x[0] > 0:
        items.append(1)
    return x


@PROGRAMS.add(list)
def append_on_both_sides(x, items):
    items.append("first")
    if x[0] > 0:
        items.append(x)
        items.append(x + 1)
    else:
        items.append(None)
    items.append("last")


@PROGRAMS.add(lambda: {"a": 1})
def keys_on_one_side(x, table):
    if x[0] > 0:
        table["b"] = x
        del table["a"]
    else:
        table["a"] = 2
    return len(table)


@PROGRAMS.add(lambda: [3, 1, 2])
def methods_of_a_list(x, items):
    if x[0] > 0:
        items.sort()
    elif x[1] > 1:
        items.reverse()
        items.pop()
    else:
        items[1:2] = [7, 8]
    return items


@PROGRAMS.add(lambda: {1, 2})
def set_of_the_caller_s(x, known):
    if x[0] > 0:
        known.add(3)
    else:
        known.discard(1)


@PROGRAMS.add(Box)
def containers_of_an_instance(x, w):
    if x[0] > 0:
        w.items[0] = x
        w.table["a"] = w.items
    return len(w.items)


# Globals and closures.


@PROGRAMS.add()
def a_global(x):
    global COUNT
    COUNT = 1
    if x[0] > 0:
        COUNT = 2
        if x[0] > 50:
            COUNT += 1
    return COUNT


def test_a_global_is_what_python_leaves():
    compiled = jit(a_global)
    for data, left in (([1.0], 2), ([-1.0], 1), ([99.0], 3)):
        assert compiled(Tensor(data)) == left
        assert left == COUNT


@PROGRAMS.add()
def a_nonlocal(x):
    count = 0

    def bump(by):
        nonlocal count
        if x[0] > by:
            count += 1
        else:
            count -= 1
        return count

    return bump(0), bump(50), count


@PROGRAMS.add()
def a_closure_sees_what_a_branch_bound(x):
    def read():
        return y * 2

    y = x
    if x[0] > 0:
        y = x + 1
    return read()


# Output.


@PROGRAMS.add()
def prints(x):
    print("before", x)
    if x[0] > 0:
        print("positive", x.sum(), sep="-")
        if x[0] > 50:
            print("large", end="!\n")
    else:
        print("negative")
    print("after", x + 1)
    return x


@PROGRAMS.add()
def prints_in_a_callee(x):
    def tell(y):
        print("tell", y)
        return y

    return tell(x[0]) if x[1] > 1 else tell(x[2])


@PROGRAMS.add()
def prints_what_was_merged(x):
    name, n = ("up", 1) if x[0] > 0 else ("down", 2)
    print(n, "is", n + 1)
    return name


@PROGRAMS.add(Box)
def prints_between_effects(x, w):
    w.n = 1
    if x[0] > 0:
        print("n is", w.n)
        w.n = 2
        print("n is", w.n)
    print("at the end", w.n)


# Writes to tensors.


@PROGRAMS.add()
def element_of_the_argument(x):
    if x[0] > 0:
        x[0] = 5
    return x


@PROGRAMS.add()
def elements_on_both_sides(x):
    if x[0] > 0:
        x[1:] = 0
    else:
        x[0] = x[1]
        x[2] += 1
    return x * 2


@PROGRAMS.add()
def element_and_another_name(x):
    y = x
    if x[0] > 0:
        y[0] = 7
    return x, y


@PROGRAMS.add(Box)
def element_of_an_attribute(x, w):
    if x[0] > 0:
        w.x[1] = 9
        w.n = 1
    return w.x.sum()


@PROGRAMS.add()
def element_of_a_tensor_made_before(x):
    y = x * 2
    if x[0] > 0:
        y[0] = 1
    y[1] = 3
    return y


@PROGRAMS.add()
def element_and_a_return(x):
    x[0] = x[0] + 1
    if x[1] > 1:
        x[1] = 0
        return x.sum()
    x[2] = 0
    return x


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


# Nothing else happens.


def test_a_refused_program_has_done_nothing():
    def f(x, w):
        w.n = 1
        if x[0] > 0:
            w.items.append(3)
            x[0] = 0
        return str(x)

    w, x = Box(), Tensor([1.0])
    with pytest.raises(CompileError, match="exists only at run time"):
        jit(f)(x, w)
    assert w.n == 0
    assert w.items == [1, 2]
    assert x.asnumpy() == [1.0]


def leaves_a_manager_of_a_library(x):
    with contextlib.suppress(ValueError):
        if x[0] > 0:
            raise ValueError("a")
        return 1
    return 2


def takes_from_an_iterator(x):
    source = iter([1, 2, 3])
    a = next(source) if x[0] > 0 else 0
    return a, list(source)


def asks_for_a_clock(x):
    import time

    return x * time.time() if x[0] > 0 else x


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (leaves_a_manager_of_a_library, "'suppress.__exit__' may change an object in a branch"),
        (takes_from_an_iterator, "items are taken from a list_iterator in a branch or loop"),
        (asks_for_a_clock, "does something outside the program"),
    ],
)
def test_what_can_not_be_undone_is_refused_in_branches(function, problem):
    compiled = jit(function, fullgraph=False)
    for data in ([1.0], [-1.0]):
        assert problem in refused(function, Tensor(data))
        compiled(Tensor(data))
    assert compiled.lazy_runs


def test_lax_takes_from_an_iterator_as_python_does():
    compiled = jit(takes_from_an_iterator, fullgraph=False)
    for data in ([1.0], [-1.0]):
        assert compiled(Tensor(data)) == takes_from_an_iterator(Tensor(data))
