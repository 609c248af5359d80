"""Loops whose rounds only the call counts: `while`, `for`, and how they are left."""

import pytest

from foldaway import Tensor, jit

from .control_agreement import (
    VECTORS,
    Programs,
    agree,
    refused,
)

PROGRAMS = Programs()


class Box:
    def __init__(self):
        self.n = 0
        self.x = Tensor(0.0)
        self.log = []


# While.


@PROGRAMS.add(vectors=[[1.0, 2.0, 3.0], [100.0, 1.0, 1.0], [0.1, 0.1, 0.1]])
def doubled(x):
    while x.sum() < 100:
        x = x * 2
    return x


@PROGRAMS.add()
def counted_with_return(x):
    n = 0
    while x.sum() < 10:
        x = x * 2
        n += 1
        if n > 5:
            return x - 1
    return n, x


@PROGRAMS.add()
def while_true_with_break(x):
    i = 0
    while True:
        i += 1
        if x[0] * i > 5:
            break
        if i > 10:
            return "no"
    return i


@PROGRAMS.add()
def while_with_else(x):
    n = 0
    while x[1] < 4:
        x = x + 1
        n += 1
        if x.sum() > 9:
            break
    else:
        x = x * 1.5
    return x, n


@PROGRAMS.add()
def while_with_continue(x):
    i = s = 0
    while i < x[1]:
        i += 1
        if i % 2 == 0:
            continue
        s += i
    return s, i


@PROGRAMS.add()
def carried_tuple(x):
    t = (x, 0)
    while t[0].sum() < 20 and t[1] < 6:
        t = (t[0] + 1, t[1] + 1)
    return t


@PROGRAMS.add()
def carried_list_and_dict(x):
    items, table = [x, 0], {"n": 0.5}
    while items[1] < x[1] and items[1] < 4:
        items[0] = items[0] + 1
        items[1] += 1
        table["n"] = table["n"] * 2
    return items, table


@PROGRAMS.add(Box)
def carried_attributes(x, w):
    while w.n < 5 and x[0] > w.n:
        w.n += 1
        w.x = x[1] * w.n
    return w.n


@PROGRAMS.add(vectors=[v for v in VECTORS if sum(v) > 0])
def bound_in_the_body(x):
    while x.sum() < 10:
        y = x * 2
        x = y + 1
    return x


@PROGRAMS.add()
def unbound_without_a_round(x):
    n = 0
    while n < x[0] and n < 3:
        n += 1
        y = x * n
    return y


@PROGRAMS.add()
def no_round_at_all(x):
    while x[0] > 1000:
        x = x / 2
    return x


@PROGRAMS.add()
def type_changes_in_the_first_round(x):
    s = 0
    n = 0
    while n < 4 and x[0] > n:
        s = s + x
        n += 1
    return s


@PROGRAMS.add()
def number_gets_a_float(x):
    s, n = 1, 0
    while n < x[1] and n < 5:
        s = s * 0.5
        n += 1
    return s


@PROGRAMS.add()
def numbers_of_tensors(x):
    n = int(x[1])
    total = 0
    while n > 0 and total < 50:
        total += n
        n = n // 2
    return total, n


@PROGRAMS.add()
def walrus_in_the_condition(x):
    while (s := x.sum()) < 5 and s > -50:
        x = x * 3 + 1
    return s, x


@PROGRAMS.add()
def elements_written_in_the_body(x):
    n = 0
    while x[0] < 3 and n < 5:
        x[0] = x[0] + 1
        n += 1
    return x, n


@PROGRAMS.add()
def prints_in_the_body(x):
    while x[0] < 3:
        x = x + 1
        print("round", x[0])
        if x[1] > 4:
            raise StopIteration("s")
    return x


@PROGRAMS.add()
def raise_in_the_body(x):
    n = 0
    while n < 4:
        n += 1
        if x[1] > 4 and n == 2:
            raise ValueError(n)
    return n


@PROGRAMS.add(vectors=[[1.0, 2.0, 3.0], [0.5, 1.0, 0.0], [100.0, 1.0, 1.0]])
def while_true_with_a_break_alone(x):
    n = 0
    while True:
        n += 1
        x = x * 1.5
        if x[0] > 50:
            break
    return x, n


@PROGRAMS.add()
def constants_are_returned(x):
    i = 0
    while x[2] < 1000:
        i += 1
        if x[0] * i > 5:
            break
        if i > 10:
            return "no"
    return "yes", i


@PROGRAMS.add()
def a_value_in_the_body_that_is_of_two_types(x):
    n = 0
    for _ in range(int(x[0]) % 5):
        while x[1] > n:
            n += 1
            y = None if x[2] > n else x  # noqa: F841
            if n > 2:
                continue
            n += 1
    return n


# For.


@PROGRAMS.add()
def for_with_break(x):
    s = 0
    for i in range(5):
        s = s + x * i
        if s.sum() > 50:
            break
    return s


@PROGRAMS.add()
def for_with_everything(x):
    out = []
    for i in range(3):
        if x[i] > 0:
            out.append(x[i])
        elif x[i] < -1:
            continue
        else:
            break
    else:
        out.append(7)
    return out


@PROGRAMS.add()
def for_with_return(x):
    for i, element in enumerate(x):
        if element > 2:
            return i, element
    return None


@PROGRAMS.add()
def for_over_rows(x):
    total = 0
    for row in x:
        if row < 0:
            continue
        total = total + row
    return total


@PROGRAMS.add()
def for_over_containers(x):
    seen = 0
    for name, scale in {"a": 1, "b": 2.5, "c": x}.items():
        if x[0] > seen:
            seen += len(name)
            x = x - scale
    return x, seen


@PROGRAMS.add()
def comes_to_an_end_by_a_flag(x):
    found = False
    for i in range(3):
        if not found and x[i] > 2:
            found = True
            at = i
    return at if found else None


# Ranges with run-time bounds.


@PROGRAMS.add()
def range_of_an_int(x):
    total = 0
    for i in range(int(x[1])):
        total += i
    return total


@PROGRAMS.add()
def range_with_break_and_else(x):
    total = 0
    for i in range(1, int(x.sum()), 2):
        total += i
        if total > 20:
            break
    else:
        total = -total
    return total


@PROGRAMS.add()
def range_that_counts_down(x):
    y = x
    for i in range(int(x[1]), 0, -2):
        y = y * 0.5 + i
    return y


@PROGRAMS.add()
def item_after_the_loop(x):
    i = "none"
    for i in range(int(x[1])):  # noqa: B007
        pass
    return i


@PROGRAMS.add()
def range_with_return(x):
    for i in range(int(x[1])):
        if i * i > x[0]:
            return i
    return "end"


@PROGRAMS.add()
def swaps_two_arguments(x):
    a, b = x, x * 2
    while a.sum() < b.sum():
        a, b = b, a
    return a, b


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


# What a loop can't carry.


def grows_a_list(x):
    items = []
    while x[0] > len(items):
        items.append(x)
    return items


def grows_a_tensor(x):
    while x.sum() < 10:
        x = foldaway_concat(x)
    return x


def foldaway_concat(x):
    from foldaway import ops

    return ops.concat([x, x])


def asks_for_items(x):
    return list(range(int(x[0])))


def lets_an_int_outgrow_64_bits(x):
    n = 2**70 if x[0] > 0 else 1
    return n + int(x[1])


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (grows_a_list, "a round of the loop than before"),
        (grows_a_tensor, "'x'"),
        (asks_for_items, "the items of a range are asked for whose end exists only at run time"),
        (lets_an_int_outgrow_64_bits, "an int beyond 64 bits meets a number that exists only"),
    ],
)
def test_refused_in_strict_and_right_in_lax(function, problem):
    x = Tensor([2.0, 3.0])
    assert problem in refused(function, x)
    compiled = jit(function, fullgraph=False)
    for data in ([2.0, 3.0], [4.0, 1.0], [9.0, 9.0]):
        assert str(compiled(Tensor(data))) == str(function(Tensor(data)))
    assert compiled.lazy_runs
