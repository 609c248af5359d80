"""Loops whose rounds only the call counts, in each other, in callees and in branches."""

from .control_agreement import (
    Programs,
    agree,
)

PROGRAMS = Programs()


@PROGRAMS.add()
def three_deep(x):
    for i in range(3):
        for j in range(2):
            if x[j] > i:
                x = x - 1
                continue
            while x[i] < 0:
                x = x + 1
                if x.sum() > 3:
                    break
            else:
                x = x * 1.5
    return x


@PROGRAMS.add()
def while_in_while(x):
    i = total = 0
    while i < 4 and x[1] > i:
        j = 0
        while j < i:
            total += j
            j += 1
            if total > 3:
                break
        else:
            total += 10
        i += 1
    return total, i


@PROGRAMS.add()
def while_in_while_in_for(x):
    s = 0
    for k in range(int(x[1]) % 4):
        i = 0
        while i < k:
            j = 0
            while True:
                j += 1
                s += 1
                if j > i or s > 30:
                    break
            i += 1
    return s


@PROGRAMS.add()
def breaks_out_of_three_loops(x):
    k, t = 0, (0, 1)
    for i in range(3):
        k += 1
        while True:
            k += 1
            if k > 6:
                break
            while True:
                k += 1
                if k > 6:
                    break
                if x[1] * 2 > 3:
                    break
            else:
                t = (t[1], t[0] + i)
        for _ in range(3):
            k += 1
            if k > 6:
                break
            if x[1] > 3:
                break
    return k, t


@PROGRAMS.add()
def return_from_deep_inside(x):
    i = 0
    while i < 5:
        j = 0
        while j < 5:
            if i * j > x[1]:
                return i, j
            j += 1
        i += 1
    return "none"


@PROGRAMS.add()
def loop_in_a_callee(x):
    def length(y):
        n = 0
        while y > 1:
            y = y / 2
            n += 1
        return n

    return length(x[0]) + length(x[1])


@PROGRAMS.add()
def loop_in_a_branch(x):
    if x[0] > 0:
        while x[0] < 10:
            x = x * 2
    else:
        x = x - 1
    return x


@PROGRAMS.add()
def a_break_and_a_round_that_always_raises(x):
    for i in (1, 2):
        if i == 2:
            raise KeyError(i)
        if x[0] > 0:
            break
    return i, x


@PROGRAMS.add()
def inner_breaks_and_rounds_that_always_raise(x):
    k = n = 0
    while k < 2:
        k += 1
        for i in (1, 2):
            n += 1
            if i + k == 4:
                raise KeyError(i)
            if x[0]:
                break
    return n


@PROGRAMS.add()
def try_in_a_loop(x):
    n = bad = 0
    while n < 4:
        n += 1
        try:
            if x[0] * n > 2:
                raise ValueError
        except ValueError:
            bad += 1
    return bad


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)
