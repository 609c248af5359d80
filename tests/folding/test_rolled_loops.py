"""Long loops of alike rounds become one loop of the graph: counted by ops, not by seconds."""

import pytest

from foldaway import Tensor, jit

from .control_agreement import Programs, agree

PROGRAMS = Programs()
SHORT = [[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0], [0.0, 5.0, -7.0]]


class Box:
    def __init__(self):
        self.n = 0
        self.total = 0.0


@PROGRAMS.add(vectors=SHORT)
def uniform(x):
    for i in range(10000):
        x = x * 0.5 + i
    return x


@PROGRAMS.add(vectors=SHORT)
def starts_with_a_number(x):
    total = 0
    for i in range(200):
        total = total + x * i
    return total


@PROGRAMS.add(vectors=SHORT)
def counts_down_in_steps(x):
    for i in range(300, -5, -3):
        x = x * 0.25 - i
    return x, i


@PROGRAMS.add(vectors=SHORT)
def with_a_branch(x):
    n = 0
    for i in range(200):
        if x[0] > i:
            n += i
        else:
            n -= 1
    return n


@PROGRAMS.add(vectors=SHORT)
def with_break_and_else(x):
    for i in range(500):
        x = x + i
        if x[0] > 100:
            break
    else:
        x = -x
    return x, i


@PROGRAMS.add(vectors=SHORT)
def with_return(x):
    for i in range(500):
        x = x + 1
        if x[1] > 60:
            return i
    return x


@PROGRAMS.add(vectors=SHORT)
def with_continue(x):
    kept = 0
    for i in range(100):
        if x[2] < i:
            continue
        kept += 1
    return kept


@PROGRAMS.add(vectors=SHORT)
def in_each_other(x):
    for i in range(50):
        for j in range(40):
            x = x * 0.5 + (i - j)
    return x


@PROGRAMS.add(vectors=SHORT)
def with_tuples(x):
    a, b = x, x * 2
    pair = (a, 0)
    for i in range(100):
        a, b = b * 0.5, a
        pair = (pair[0] + b, pair[1] + i)
    return a, b, pair


@PROGRAMS.add(vectors=SHORT)
def with_elements_set(x):
    y = x * 1
    for _ in range(100):
        y[0] = y[1] * 0.5
        y[1] = y[0] + 1
    return y


@PROGRAMS.add(Box, vectors=SHORT)
def with_attributes(x, w):
    for i in range(100):
        w.n += i
        w.total = w.total * 0.5 + 1
    return x * w.n


@PROGRAMS.add(vectors=SHORT)
def while_of_known_length(x):
    i = 0
    while i < 100:
        x = x * 0.5 + i
        i += 1
    return x, i


# What can't become a loop is unrolled, and gives the same.


@PROGRAMS.add(vectors=SHORT)
def makes_a_list(x):
    items = []
    for i in range(50):
        items.append(x[0] + i)
    return items


@PROGRAMS.add(vectors=SHORT)
def needs_its_number(x):
    table = list(range(40))
    for i in range(40):
        x = x + table[i] * len(str(i))
    return x


@PROGRAMS.add(vectors=SHORT)
def changes_its_shape(x):
    for i in range(40):
        x = x[:2] if i == 20 else x + 1
    return x


@PROGRAMS.add(vectors=SHORT)
def prints_in_each_round(x):
    for i in range(40):
        print(i, x[0])
        x = x + 1
    return x


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


def ops_of(function, *arguments):
    """Return how many ops of the graph a function becomes."""
    compiled = jit(function)
    compiled(*arguments)
    return compiled.report().ops_compiled


def halved(x, count):
    for i in range(count):
        x = x * 0.5 + i
    return x


def searched(x, count):
    for i in range(count):
        x = x * 1.001 + i * 0.0
        if x.sum() > 1000:
            break
    return x


def nested(x, count):
    for i in range(count):
        for j in range(count):
            x = x * 0.5 + i * j
    return x


@pytest.mark.parametrize("function", [halved, searched, nested])
def test_the_number_of_ops_does_not_grow_with_the_rounds(function):
    x = Tensor([1.0, 2.0])
    sizes = [ops_of(lambda x, n=n: function(x, n), x) for n in (100, 1000, 10000)]
    assert sizes[0] == sizes[1] == sizes[2] < 100
