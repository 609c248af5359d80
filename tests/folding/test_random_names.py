"""Random programs in which it matters which tensors and arrays are one object: all copy names."""

from itertools import chain

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foldaway import Tensor

from .control_agreement import (
    VECTORS,
    agree,
    agree_or_refuse,
    blocks,
    branches,
    compile_text,
    indented,
)

NAMES = ("a", "b", "c")
SIMPLE = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).map(
        lambda p: f"{p[0]}, {p[1]} = {p[1]}, {p[0]}"
    ),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(NAMES)).map(
        lambda p: f"{p[0]} = {p[1]} = {p[2]} + 1"
    ),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).map(lambda p: f"{p[0]} = {p[1]} * 2"),
    st.tuples(st.sampled_from(NAMES), st.sampled_from((0, 1, 2))).map(
        lambda p: f"{p[0]}[{p[1]}] = 4"
    ),
)
CONDITIONS = st.sampled_from(("x[0] > 0", "x[1] > 0", "x[2] > 0", "a[0] > b[0]", "c[0] < 2"))


def compound(inner):
    block = blocks(inner)
    branch, alone = branches(CONDITIONS, block)
    loop = st.tuples(st.sampled_from((2, 40)), block).map(
        lambda p: [f"for i in range({p[0]}):", *indented(p[1])]
    )
    end = st.sampled_from(("break", "return x, a, b", "return c, a, b, x"))
    ends = st.tuples(CONDITIONS, block, block, end).map(
        lambda p: [
            "for i in range(3 + int(x[1] > 0)):",
            *indented(p[1]),
            f"    if {p[0]}:",
            *indented(indented([*p[2], p[3]])),
        ]
    )
    return st.one_of(branch, alone, loop, ends)


BODIES = st.lists(
    st.recursive(SIMPLE.map(lambda line: [line]), compound, max_leaves=8), min_size=1, max_size=4
)
REASONS = (
    "two tensors are given back that may be one",
    "a tensor is changed in place that may be one",
    "is another name of an array that the loop makes",
    "another name, too",
    "whether two tensors are one is asked",
    "is another name of an object on one side",
    "the result of 'f' is an object of the class 'tuple' on one side and None on the other",
    "the result of 'f' has 3 items on one side and 4 on the other",
    "the result of 'f' has 4 items on one side and 3 on the other",
    "what follows can't be compiled twice here",
)
"""Why a random program may be refused."""


def program(body, start):
    lines = [start, *chain(*body), "return a, b, c, (a is b, a is c, b is c)"]
    return compile_text("\n".join(["def f(x):", *indented(lines), ""]))


STARTS = ("a, b, c = x + 1, x + 2, x + 3", "a = b = x + 1; c = x", "a, b, c = x + 1, x + 1, x")


@pytest.mark.parametrize("fullgraph", [True, False], ids=["STRICT", "LAX"])
def test_two_arguments_that_are_one_at_a_later_call(fullgraph):
    def asked(x, y):
        a = x if x[0] > 0 else x + 1
        b = y if x[1] > 0 else y * 2
        return a is y, a is b, x

    one, other = Tensor([1.0, 2.0]), Tensor([1.0, 2.0])
    calls = [lambda: (one, other), lambda: (one, one), lambda: (other, one)]
    agree(asked, calls, fullgraph)


@pytest.mark.parametrize("start", STARTS)
@settings(max_examples=12, deadline=None)
@given(BODIES)
def test_tensors(start, body):
    assume(str(body).count("range(40)") < 3)
    f = program(body, start)
    calls = [lambda v=v: (Tensor(v),) for v in VECTORS]
    agree_or_refuse(f, calls, REASONS)


@pytest.mark.parametrize("fullgraph", [True, False], ids=["STRICT", "LAX"])
def test_a_loop_gives_back_the_argument_itself(fullgraph):
    def found(x):
        i = 0
        while x[0] + i < 5:
            if x[1] > 1:
                return x, i
            i += 1
        return x, -i

    agree(found, [lambda v=v: (Tensor(v),) for v in VECTORS], fullgraph)
