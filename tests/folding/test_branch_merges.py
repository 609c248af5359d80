"""What both sides of a run-time branch leave becomes one: values of each kind, and their names."""

import numpy as np
import pytest

from foldaway import Tensor, jit

from .control_agreement import Programs, agree, refused

PROGRAMS = Programs()


# Numbers, text, None.


@PROGRAMS.add()
def ints(x):
    n = 1 if x[0] > 0 else 2
    return n, n + 1, n // 2, x * n


@PROGRAMS.add()
def floats_and_bools(x):
    if x[0] > 0:
        a, b = 0.1, True
    else:
        a, b = 0.2, False
    return a, b, a * 3, not b, b + 1, x * a


@PROGRAMS.add()
def ints_of_both_kinds(x):
    n = int(x[1]) if x[0] > 0 else 7
    return n, n % 3


@PROGRAMS.add()
def an_int_or_a_float(x):
    n = 1 if x[0] > 0 else 1.5
    return n


@PROGRAMS.add()
def an_int_or_a_bool(x):
    n = True if x[0] > 0 else 1
    return n, n


@PROGRAMS.add()
def strings(x):
    name = "up" if x[0] > 0 else "down"
    return name, name.upper(), x * len(name)


@PROGRAMS.add()
def equal_strings(x):
    name = "n" + str(1) if x[0] > 0 else "n1"
    return name


@PROGRAMS.add()
def none_or_a_tensor(x):
    z = None
    if x[0] > 0:
        z = x
    if z is not None:
        return z
    return 0


@PROGRAMS.add()
def zeros_with_signs(x):
    z = 0.0 if x[0] > 0 else -0.0
    return z


@PROGRAMS.add()
def scalars_of_numpy(x):
    a = np.float32(1.5) if x[0] > 0 else np.float32(2.5)
    return x * a


# Tensors and their names.


@PROGRAMS.add()
def the_argument_itself(x):
    if x[0] > 0:
        return x
    return x * 2


@PROGRAMS.add()
def the_argument_by_two_names(x):
    y = x if x[0] > 0 else x + 1
    return x, y


@PROGRAMS.add(lambda: Tensor([7.0, 8.0, 9.0]))
def one_of_two_arguments(x, w):
    y = x if x[0] > 0 else w
    return y, x, w


@PROGRAMS.add(lambda: Tensor([7.0, 8.0, 9.0]))
def swapped(x, w):
    if x[0] > 0:
        x, w = w, x
    return x, w


@PROGRAMS.add(lambda: Tensor([7.0, 8.0, 9.0]))
def one_of_three(x, w):
    z = x + w
    y = x if x[0] > 50 else (w if x[0] > 0 else z)
    return [y, z]


@PROGRAMS.add()
def read_by_what_native_code_calls(x):
    sign, found = None, [3, 1, 2]
    if x[0] > 0:
        sign = "minus"
    try:
        found = sorted(found, key=lambda k: k if sign is None else -k)
    except BaseException as error:
        return error
    return found, x


@PROGRAMS.add()
def two_names_of_what_a_side_makes(x):
    if x[0] > 0:
        a = b = x + 1
    else:
        a, b = x * 2, x * 3
    return a, b, a is b, x


@PROGRAMS.add()
def a_name_that_an_inner_branch_may_copy(x):
    y = x
    if x[0] > 0:
        x = x + 1
    else:
        y = x * 2
        x = x if y[0] > -3 else y
    return x, y, y is not x


@PROGRAMS.add(lambda: np.ones(3))
def two_names_of_an_array_that_a_side_makes(x, array):
    if x[0] > 0:
        a = b = array + 1
    else:
        a, b = array + 2, array + 3
    a[0] = 9
    return a, b


@PROGRAMS.add()
def a_write_to_what_one_side_made(x):
    if x[0] > 0:
        a = x * 2
        a[0] = 4
    else:
        a = x + 1
    a[1] = 3
    return a, x


@PROGRAMS.add()
def a_tensor_made_on_both_sides(x):
    if x[0] > 0:
        y = x + 1
        z = y
    else:
        y = x - 1
        z = y
    return y, z


@PROGRAMS.add()
def a_write_before_the_branch_is_seen_by_all_names(x):
    y = x
    y[1] = 7
    if x[0] > 0:
        y = y + 1
    return x, y


@PROGRAMS.add()
def a_name_that_both_sides_give_another_tensor(x):
    y = x
    if x[0] > 0:
        y = x + 1
    else:
        y = x + 2
    y[0] = 9
    return x, y


# Variables that one side binds.


@PROGRAMS.add()
def bound_on_one_side_and_not_used(x):
    if x[0] > 0:
        extra = x + 1
        y = extra * 2
    else:
        y = x
    return y


@PROGRAMS.add()
def bound_on_one_side_and_used(x):
    if x[0] > 0:
        y = x + 1
    return y


@PROGRAMS.add()
def deleted_on_one_side(x):
    y = x
    if x[0] > 50:
        del y
    return y


@PROGRAMS.add()
def of_another_type_and_bound_anew(x):
    y = "text" if x[0] > 0 else x
    y = 1
    return y


@PROGRAMS.add()
def of_another_type_and_used_in_the_same_branch_again(x):
    y = x if x[0] > 0 else (x, 1)
    if x[0] > 0:
        return y + 1
    return y[0] - y[1]


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


def test_what_stays_itself_is_given_back_itself():
    def f(x, w):
        if x[0] > 0:
            return x
        return w

    compiled, w = jit(f), Tensor([5.0])
    for x in (Tensor([1.0]), Tensor([-1.0])):
        assert compiled(x, w) is f(x, w)


# What can't be merged, and is needed.


def changes_what_may_be_the_argument(x):
    y = x + 1 if x[0] > 0 else x
    y[0] = 3
    return x, y


def one_or_another(x):
    a, b = x + 1, x + 2
    return (a, b) if x[0] > 0 else (b, b)


def asks_which_object(x):
    a, b = one_or_another(x)
    return x, len({a, b})


def asks_for_the_identity(x):
    a, b = one_or_another(x)
    return x, id(a) == id(b)


def looks_for_one_among_others(x):
    a, b = one_or_another(x)
    try:
        return x, [a].index(b)
    except ValueError:
        return x, None


def compares_what_may_be_one_of_many(x):
    a, b = x + 1, x + 2
    for i in range(9):
        if x[i % 3] > 0:
            a, b = b, a + 1
    c = a if x[0] > 0 else b
    return x, a is c


def gives_back_what_may_be_one(x):
    a, b = x + 1, x + 2
    for i in range(6):
        if x[i % 3] > 0:
            a, b = b, a + 1
        elif x[i % 3] < -1:
            a, b = b, a
    c = a if x[0] > 0 else b
    return a, b, c


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (changes_what_may_be_the_argument, "a tensor is changed in place that may be one with"),
        (gives_back_what_may_be_one, "two tensors are given back that may be one"),
        (asks_which_object, "it is asked which object a tensor is"),
        (asks_for_the_identity, "it is asked which object a tensor is"),
        (looks_for_one_among_others, "it is asked which object a tensor is"),
        (compares_what_may_be_one_of_many, "whether two tensors are one is asked"),
    ],
)
def test_refused(function, problem):
    assert problem in refused(function, Tensor([1.0, 2.0, 3.0]))
    agree_in_python(function)


def agree_in_python(function):
    """Hold that LAX gives plain Python's answer where STRICT refuses."""
    compiled = jit(function, fullgraph=False)
    for data in ([1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]):
        x, y = Tensor(data), Tensor(data)
        plain, found = function(x), compiled(y)
        assert str(plain) == str(found)
        assert [one is x for one in plain] == [one is y for one in found]
    assert compiled.lazy_runs
