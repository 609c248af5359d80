"""Containers, instances and arrays that both sides of a run-time branch leave become one."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from foldaway import Tensor, jit

from .control_agreement import Programs, agree

PROGRAMS = Programs()


class Point:
    def __init__(self, value, n=0):
        self.value = value
        self.n = n

    def moved(self, by):
        return Point(self.value + by, self.n + 1)

    def __eq__(self, other):
        return self.n == other.n

    __hash__ = None


@dataclass
class Line:
    slope: object
    offset: float = 0.5


class Pair(NamedTuple):
    first: object
    second: object


# Containers.


@PROGRAMS.add()
def tuples(x):
    t = (x, 1) if x[0] > 0 else (x + 1, 2)
    a, b = t
    return a, b, t, len(t)


@PROGRAMS.add()
def tuples_of_other_lengths(x):
    t = (x,) if x[0] > 0 else (x, x)
    return len(t), t


@PROGRAMS.add()
def named_tuples(x):
    pair = Pair(x, 1) if x[0] > 0 else Pair(x * 2, 3)
    return pair.first + pair.second


@PROGRAMS.add()
def lists_made_in_the_sides(x):
    if x[0] > 0:
        items = [x, 1]
    else:
        items = [x * 2, 5]
    items.append(3)
    return items


@PROGRAMS.add()
def a_list_that_a_side_changes(x):
    items = [x, 1, "a"]
    other = items
    if x[0] > 0:
        items[0] = x + 1
        items[1] = 5
    return items, other


@PROGRAMS.add()
def a_list_that_gets_longer(x):
    items = [x]
    if x[0] > 0:
        items.append(x + 1)
    else:
        items.append(x - 1)
    return items


@PROGRAMS.add()
def a_name_that_leaves_a_list(x):
    items = [1, 2]
    other = items
    if x[0] > 0:
        items = [*items, 3]
    other.append(4)
    return items, other


@PROGRAMS.add()
def dicts(x):
    table = {"a": x, "b": 1}
    if x[0] > 0:
        table["a"] = x * 2
        table["b"] += 1
    else:
        table |= {"b": 9}
    return table, list(table)


@PROGRAMS.add()
def a_key_of_one_side(x):
    table = {}
    if x[0] > 0:
        table["a"] = x
    if "a" in table:
        return table["a"] + 1
    table["b"] = 1
    return table


@PROGRAMS.add()
def nested_containers(x):
    tree = {"left": [x, (1, x)], "right": [None]}
    if x[0] > 0:
        tree["left"][1] = (2, x * 2)
        tree["right"][0] = x
    else:
        tree["right"][0] = x - 1
    return tree


@PROGRAMS.add()
def sets_of_one_side(x):
    known = {1, 2}
    if x[0] > 0:
        known = known | set()
    return sorted(known)


@PROGRAMS.add(lambda: [1, 2])
def a_list_of_the_caller_s(x, items):
    if x[0] > 0:
        items[0] = 5
    else:
        items[1] = x
    return items


@PROGRAMS.add(lambda: {"a": 1.0})
def a_dict_of_the_caller_s(x, table):
    if x[0] > 0:
        table["a"] = 2.0
    return table["a"] * x


# Instances.


@PROGRAMS.add()
def instances_made_in_the_sides(x):
    p = Point(x) if x[0] > 0 else Point(x * 2, 3)
    p.value = p.value + 1
    return p.value, p.n


@PROGRAMS.add()
def an_instance_that_a_side_changes(x):
    p = Point(x)
    q = p
    if x[0] > 0:
        p.n = 4
        p.value = x * 3
    return q.value, q.n, p is q


@PROGRAMS.add()
def methods_in_the_sides(x):
    p = Point(x)
    p = p.moved(1) if x[0] > 0 else p.moved(2).moved(3)
    return p.value, p.n


@PROGRAMS.add()
def dataclasses(x):
    line = Line(x) if x[0] > 0 else Line(x + 1, 1.5)
    return line.slope * line.offset


@PROGRAMS.add(lambda: Point(1.0))
def an_instance_of_the_caller_s(x, p):
    if x[0] > 0:
        p.value = 2.0
        p.n += 1
    else:
        p.value = 3.0
    return p.value


# Arrays.


@PROGRAMS.add()
def arrays(x):
    a = x.asnumpy() + 1 if x[0] > 0 else x.asnumpy() * 2
    return Tensor(a), a.sum()


@PROGRAMS.add(lambda: np.ones(3, np.float32))
def arrays_with_an_argument(x, a):
    b = a + x.asnumpy() if x[0] > 0 else a * 2
    return b


@PROGRAMS.add()
def an_array_made_while_compiling(x):
    a = np.arange(3, dtype=np.float32)
    return x * Tensor(a) if x[0] > 0 else x + Tensor(a)


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


def test_a_container_that_the_function_makes_is_new_at_each_call():
    def f(x):
        return [x] if x[0] > 0 else [x + 1]

    compiled, x = jit(f), Tensor([1.0])
    assert compiled(x) is not compiled(x)
    assert compiled(x)[0] is x
