"""Branches on tensors' data: each side is folded, and each call takes the right one."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Tensor, jit

from .control_agreement import (
    VECTORS,
    Programs,
    agree,
    agree_or_refuse,
    blocks,
    branches,
    compile_text,
    indented,
    refused,
)

PROGRAMS = Programs()


@PROGRAMS.add()
def if_else(x):
    if x.sum() > 0:
        y = x + 1
    else:
        y = x * 2
    return y


@PROGRAMS.add()
def if_alone(x):
    y = x
    if x.sum() > 0:
        y = x + 1
    return y * 2


@PROGRAMS.add()
def elif_chain(x):
    if x.sum() > 50:
        return x - 1
    elif x.sum() > 1:
        return x * 2
    elif x[0] < 0:
        y = -x
    else:
        y = x / 2
    return y + 1


@PROGRAMS.add()
def early_returns(x):
    if x[0] > 50:
        return "large"
    if x[0] > 0:
        return x
    if x[0] == 0:
        return None
    return x[0], 1


@PROGRAMS.add()
def return_in_one_branch_of_another(x):
    if x[0] > 0:
        if x[1] > 50:
            return x
        y = x + 1
    else:
        y = x - 1
        if x[2] < -5:
            return y
    return y * 3


@PROGRAMS.add()
def four_deep(x):
    if x[0] > 0:
        if x[1] > 1:
            if x[2] > 50:
                if x[0] > 99:
                    return 1
                return 2
            return x
        return 4
    return 5


@PROGRAMS.add()
def ternary(x):
    return x + 1 if x[0] > 0 else x * 2


@PROGRAMS.add()
def ternary_of_ternaries(x):
    return (x if x[0] > 50 else -x) if x[1] > 0 else (x * 2 if x[2] < -5 else x * 3)


@PROGRAMS.add()
def ternary_of_strings(x):
    return "small" if x.sum() < 3 else "big"


@PROGRAMS.add()
def and_or(x):
    return x[0] > 1 and x[1] < 3, x[0] > 50 or x[1], not x[1], (x[0] and 5) or x


@PROGRAMS.add()
def and_does_not_evaluate_the_rest(x):
    def loud(y):
        print("asked", y)
        return y

    return loud(x[0]) > 0 and loud(x[1]) > 3 and loud(x[2])


@PROGRAMS.add()
def or_of_and(x):
    if (x[0] > 0 and x[1] > 50) or x[2] < -5:
        return x + 1
    return x


@PROGRAMS.add()
def chained(x):
    return 0 < x[0] < 2, x[0] <= x[1] <= x[2], x[0] < x[1] > x[2]


@PROGRAMS.add()
def chain_evaluates_each_once(x):
    def loud(y):
        print("asked", y)
        return y

    return 0 < loud(x[0]) < loud(x[1]) < loud(x[2])


@PROGRAMS.add()
def truth_of_a_tensor(x):
    if x[0]:
        return 1
    return 2


@PROGRAMS.add()
def truth_of_a_number(x):
    if int(x[0]):
        return 1
    if not float(x[1]):
        return 2
    return 3


@PROGRAMS.add()
def nan_is_true(x):
    y = x[0] * float("nan")
    return 1 if y else 2, 3 if y < 1 else 4


@PROGRAMS.add()
def known_inside_of_run_time(x):
    if x[0] > 0:
        if x.ndim == 1:
            return x + 1
        raise AssertionError
    return x


@PROGRAMS.add()
def run_time_inside_of_known(x):
    for flag in (True, False):
        if flag:
            if x[0] > 0:
                x = x + 1
        elif x[1] > 50:
            x = x * 2
    return x


@PROGRAMS.add()
def in_a_callee(x):
    def sign(y):
        if y > 0:
            return 1
        if y < 0:
            return -1
        return 0

    return sign(x[0]) + sign(x[1]) * sign(x[2])


@PROGRAMS.add()
def a_callee_that_gives_none(x):
    def find(y):
        if y[0] > 0:
            return None
        return y

    found = find(x)
    if found is None:
        return x * 2
    return found + 1


@PROGRAMS.add()
def a_closure_that_is_chosen(x):
    double = lambda y: y * 2  # noqa: E731
    third = lambda y: y / 3  # noqa: E731
    if x[0] > 0:
        return double(x)
    return third(x)


@PROGRAMS.add()
def matches(x):
    match x[0]:
        case 1:
            return "one"
        case 0:
            return x
        case y if y > 50:
            return y
        case _:
            return None


@PROGRAMS.add()
def matches_a_sequence(x):
    match [x[0], x[1]]:
        case [0, y]:
            return y
        case [y, 2 | 100]:
            return y * 10
        case _:
            return x


@PROGRAMS.add()
def walrus(x):
    if (y := x.sum()) > 3 and (z := y * 2) < 50:
        return y, z
    return y


@PROGRAMS.add()
def steps_before_and_after(x):
    y = x * 2
    if y[0] > 0:
        y = y + x
    z = y.sum()
    if z > 10:
        z = z - 10
    return y * z


@PROGRAMS.add()
def pass_on_both_sides(x):
    if x[0] > 0:
        pass
    else:
        ...
    return x


@PROGRAMS.add()
def nothing_is_computed_that_is_not_asked_for(x):
    # A division of ints by zero raises: only the side that is taken may do it.
    n = int(x[0])
    if n != 0:
        return 100 // n
    return -1


@PROGRAMS.add()
def shapes_that_differ(x):
    if x[0] > 0:
        y = x[:2]
    else:
        y = x
    return y.sum(), y.shape


@PROGRAMS.add()
def dtypes_that_differ(x):
    y = x > 0 if x[0] > 0 else x
    return y * 2


@PROGRAMS.add()
def an_expression_goes_on_apart(x):
    return 3 + len((x,) if x[1] > 0 else (x, x)) if x[0] > 0 else 7


@PROGRAMS.add()
def an_operand_goes_on_apart(x):
    return x[2] > 0 and len((x,) if x[1] > 0 else (x, x)) + 1


@PROGRAMS.add()
def an_item_goes_on_apart(x):
    return [len((x,) if x[2] > 0 else (x, x)), 2] if x[0] > 0 else [5, 6]


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


@pytest.mark.parametrize("fullgraph", [True, False])
def test_one_program_takes_every_path(fullgraph):
    compiled = agree(four_deep, [lambda v=v: (Tensor(v),) for v in VECTORS], fullgraph)
    assert len(compiled.specializations) == 1


def test_a_branch_whose_sides_are_wrong_in_type_only_raises_where_it_is_taken():
    def f(x):
        if x[0] > 0:
            return x + "a"
        return x

    plain, compiled = Tensor([-1.0]), jit(f)
    assert compiled(plain) is plain
    with pytest.raises(TypeError):
        compiled(Tensor([1.0]))


def test_a_tensor_of_more_than_one_element_is_no_condition():
    def f(x):
        if x > 0:
            return x
        return -x

    with pytest.raises(ValueError, match="truth value"):
        jit(f)(Tensor([1.0, 2.0]))
    assert jit(f)(Tensor([-1.0])).asnumpy() == [1.0]


def test_what_follows_many_branches_is_not_compiled_in_every_combination():
    def f(x):
        items = []
        for i in range(3):
            for j in range(4):
                if x[i] > j:
                    items.append(x)
        return items

    assert "items on" in refused(f, Tensor([1.0, 2.0, 3.0]))


# Random programs.

CONDITIONS = st.sampled_from(
    [
        *("x[0] > 0", "x.sum() < 3", "y[1] > y[0]", "n > 1", "x[2] >= 2 and n < 5"),
        *("not x[1] > 0", "0 < y[0] < 2", "x[0] > 0 or y[2] < 0", "m < float(x[0])"),
    ]
)
SIMPLE = st.sampled_from(
    [
        *("x = x + 1", "x = -x", "y = x * 2", "y = y + x", "n = n + 1", "n = n * 2 - 1"),
        *(
            "m = m + 0.5",
            "x, y = y, x",
            "t = (x, n)",
            "t = (t[1], t[0])",
            "y = x",
            "n += int(x[0])",
        ),
        *("print(n)", "print('at', y[0])", "pass", "return n", "return x, y", "return y"),
        *("raise ValueError(n)", "assert n < 4, 'n'", "x = x if y[0] > 0 else y"),
    ]
)


def compound(inner):
    block = blocks(inner)
    branch, alone = branches(CONDITIONS, block)
    guarded = st.tuples(block, block, block).map(
        lambda p: [
            *("try:", *indented(p[0])),
            *("except (ValueError, AssertionError) as e:", *indented(["n -= 1", *p[1]])),
            *("finally:", *indented(["m = m * 2"])),
        ]
    )
    return st.one_of(branch, branch, alone, alone, guarded)


BODIES = st.lists(
    st.recursive(SIMPLE.map(lambda line: [line]), compound, max_leaves=8), min_size=1, max_size=4
)


REASONS = (
    "is raised inside a try or with is known only at run time",
    "two tensors are given back that may be one",
    "needs an int that exists only at run time",
)
"""Why a random program may be refused."""


@settings(max_examples=25, deadline=None)
@given(BODIES)
def test_random_branches(body):
    lines = ["n, m, y, t = 1, 0.5, x * 2, (0, 1)", *chain(*body), "return x, y, n, m"]
    text = "\n".join(["def f(x):", *indented(lines), ""])
    f = compile_text(text)
    calls = [lambda v=v: (Tensor(v),) for v in VECTORS]
    agree_or_refuse(f, calls, REASONS)
