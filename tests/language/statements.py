"""Statements, each with values that are known while compiling and with run-time values."""

from __future__ import annotations

import contextlib

import numpy as np

from foldaway import Tensor

from . import rows
from .rows import LOG, row

COUNT = 0


class Swallow:
    def __init__(self, *kinds):
        self.kinds = kinds

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return kind is not None and issubclass(kind, self.kinds)


class Held:
    def __init__(self, value):
        self.value = value


class Wrong(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


# Branches


@row()
def if_known(x):
    if x.ndim == 2:
        x = x + 1
    elif x.shape[0] == 3:
        x = x * 2
    else:
        x = x - 1
    return x


@row(3)
def if_number(x, n):
    if n > 2:
        return x * n
    return x


@row()
def if_tensor(x):
    if x.sum() > 3:
        y = x + 1
    elif x.sum() > 1:
        y = x * 2
    else:
        y = x - 1
    return y


@row()
def if_tensor_containers(x):
    items = [x]
    if x[0] > 0:
        items.append(x + 1)
    else:
        items.append(x - 1)
    return items


@row()
def if_tensor_shapes(x):
    if x[0] > 0:
        y = x[:2]
    else:
        y = x
    return y.sum()


@row()
def if_tensor_return(x):
    if x[0] > 5:
        return x
    return -x


@row()
def if_tensor_number(x):
    scale, name = (2, "up") if x[0] > 0 else (3, "down")
    return x * scale, name, scale + 1


@row()
def if_tensor_types(x):
    y = None
    if x[0] > 0:
        y = x
    if y is None:
        return "nothing"
    return y


@row()
def if_tensor_instances(x):
    held = Held(x) if x[0] > 0 else Held(x * 2)
    held.value = held.value + 1
    return held.value


@row()
def if_tensor_effects(x):
    global COUNT
    print("before", x)
    if x[0] > 0:
        COUNT = 5
        LOG.append(x)
        print("inside", COUNT)
        x[0] = 7.0
    return x, len(LOG)


@row()
def if_tensor_alias(x):
    y = x + 1 if x[0] > 5 else x
    y[0] = 3.0
    return y


@row()
def if_tensor_outside(x):
    source = iter([1, 2])
    return next(source) if x[0] > 0 else x


# Loops


@row()
def while_known(x):
    i = 0
    while i < 3:
        x = x + i
        i += 1
    else:
        x = x * 2
    return x


@row(3)
def while_number(x, n):
    while n > 0:
        x = x * 2
        n -= 1
    return x, n


@row()
def while_tensor(x):
    while x.sum() < 100:
        x = x * 2
    return x


@row()
def while_tensor_shapes(x):
    while x.size > 1 and x[0] < 10:
        x = x[1:] * 3
    return x


@row()
def while_tensor_break(x):
    n = 0
    while True:
        x = x * 2
        n += 1
        if x.sum() > 50:
            break
    return x, n


@row()
def while_tensor_else(x):
    n = 0
    while x.sum() < 50:
        x = x + 1
        n += 1
        if n == 3:
            continue
        if x[0] > 9:
            return x, n
        if n > 6:
            break
    else:
        x = -x
    return x


@row()
def while_tensor_containers(x):
    pair, table = (x, 0), {"n": 1.0}
    while pair[1] < 6 and pair[0].sum() < 20:
        pair = (pair[0] + 1, pair[1] + 1)
        table["n"] *= 2
    return pair, table


@row()
def while_tensor_grows(x):
    items = []
    while x[0] > len(items):
        items.append(x)
    return items


@row()
def loops_tensor_nested(x):
    for i in range(3):
        while x[i] < 4:
            for j in range(int(x[1])):
                if x[0] > j:
                    x = x + 1
                    break
            else:
                x = x + 2
    return x


@row()
def for_range(x):
    for i in range(2, 8, 2):
        x = x + i
    return x


@row(4)
def for_range_number(x, n):
    for i in range(n):
        x = x * 2 + i
    return x


@row()
def for_range_long(x):
    for _ in range(2000):
        x = x * 0.5 + 1
    return x


@row()
def for_range_tensor(x):
    total = x * 0
    for i in range(int(x.sum())):
        total = total + i
    return total


@row()
def for_range_tensor_break(x):
    total = 0
    for i in range(1, int(x.sum()), 2):
        total += i
        if total > 3:
            break
    else:
        total = -total
    return total


@row()
def for_range_tensor_items(x):
    return list(range(int(x[0])))


@row()
def for_range_long_break(x):
    for i in range(2000):
        x = x * 1.5 + i
        if x.sum() > 1000:
            break
    return x


@row()
def for_containers(x):
    for k, v in {"a": 1, "b": x}.items():
        x = x + v + len(k)
    for v in [1, x, *(2.5, x)]:
        x = x + v
    for c in "ab":
        x = x + ord(c)
    return x


@row()
def for_iterators(x):
    for i, (a, b) in enumerate(zip([1, 2], reversed([x, x + 1]), strict=True)):
        x = x + a * b * i
    for v in map(lambda v: v * 2, filter(None, [0, 1, 2])):
        x = x + v
    return x


@row()
def for_rows(x):
    total = 0.0
    for element in x:
        total = total + element * 2
    return total


@row(lambda: iter([1, 2, 3]))
def for_outside_iterator(x, items):
    for item in items:
        x = x + item
    return x


@row()
def break_known(x):
    for i in range(5):
        if i == 1:
            continue
        if i == 3:
            break
        x = x + i
    else:
        x = x * 0
    return x


@row()
def break_tensor(x):
    for i in range(5):
        if x[0] > 4:
            break
        x = x + i
    else:
        x = x * 0
    return x


@row()
def continue_tensor(x):
    for i in range(4):
        if x[0] > 4:
            continue
        x = x + i
    return x


@row()
def return_in_loop(x):
    for i in range(3):
        if i == 2:
            return x * i
    return x


@row()
def return_in_loop_tensor(x):
    for i in range(3):
        if x[0] > i + 1:
            return x * i
    return x


# Other statements


@row()
def match_known(x):
    match {"op": "add", "by": [1, x]}:
        case {"op": "mul", "by": _}:
            return x
        case {"op": str(name), "by": [one, *rest]} if one > 0:
            return rest[0] + one, name
    return x


@row()
def match_tensor(x):
    match x[0]:
        case 1:
            return x * 2
        case _:
            return x


@row()
def try_known(x):
    try:
        value = {"a": x}["b"]
    except (KeyError, ValueError) as error:
        value = x + len(error.args)
    else:
        value = x
    finally:
        x = x * 2
    return value, x


@row()
def try_tensor(x):
    try:
        if x[0] > 0:
            raise ValueError("positive")
        y = x
    except ValueError:
        y = -x
    return y


@row()
def try_tensor_finally(x):
    steps = []
    try:
        if x[0] > 5:
            raise Wrong(7) from KeyError("cause")
        steps.append("body")
    except Wrong as error:
        steps.append(error.code)
    else:
        steps.append("else")
    finally:
        steps.append("finally")
    return steps


@row()
def try_star(x):
    try:
        raise ExceptionGroup("both", [ValueError(1), KeyError(2)])
    except* ValueError:
        x = x + 1
    except* KeyError:
        x = x * 2
    return x


@row()
def raise_known(x):
    try:
        raise KeyError("k")
    except KeyError as error:
        raise ValueError("v") from error


@row()
def raise_tensor(x):
    if x[0] > 0:
        raise ValueError("positive")
    return x


@row()
def raise_tensor_from(x):
    LOG.append(1)
    if x[0] > 0:
        raise Wrong(7) from KeyError("cause")
    return x


@row()
def assert_known(x):
    assert x.ndim == 1, "one axis"
    return x + 1


@row()
def assert_tensor(x):
    assert x[0] > 0, "positive"
    return x + 1


@row()
def with_known(x):
    with Swallow(KeyError), contextlib.suppress(ValueError) as nothing:
        x = x + 1
        raise ValueError
    return x, nothing


@row()
def with_tensor(x):
    with Swallow(ValueError):
        if x[0] > 0:
            raise ValueError("positive")
        return x
    return -x


@row()
def del_variable(x):
    y = x + 1
    items = {"a": y, "b": x}
    del y, items["a"]
    return items


@row()
def import_inside(x):
    import math
    from functools import reduce

    return reduce(lambda a, b: a + b, [x, x]) * math.floor(2.5)


@row()
def class_inside(x):
    class Line:
        slope = 2

        def __init__(self, offset):
            self.offset = offset

        def __call__(self, x):
            return x * self.slope + self.offset

    return Line(1)(x)


@row()
def annotated(x):
    y: int = 2
    z: Tensor
    z = x * y
    return z


@row()
def augmented(x):
    total, items, text = x * 0, [1], "a"
    total += x
    total *= 2
    items += [2]
    items[0] -= 3
    text *= 2
    return total, items, text


@row()
def unpacking(x):
    a, (b, *c) = 1, (x, 2, 3)
    *d, e = x
    a, b = b, a
    return a, b, c, e, len(d)


@row()
def slices(x):
    items = [1, 2, 3, 4]
    items[1:3] = [x]
    return x[::-1][1:], items[-1:], x[..., None]


@row()
def store_born_tensor(x):
    y = x + 1
    y[0] = 5.0
    y[1:] += x[1:]
    return y


@row()
def store_argument_tensor(x):
    x[0] = 5.0
    return x


@row()
def global_read(x):
    return x + COUNT + len(LOG)


@row()
def global_store(x):
    global COUNT
    COUNT = COUNT + 1
    return x + COUNT


@row()
def global_append(x):
    LOG.append(x + 1)
    return len(LOG)


@row(lambda: [1], lambda: {"a": 1})
def argument_containers(x, items, table):
    items.append(x)
    table["b"] = items[0]
    return x + len(items)


@row()
def print_known(x):
    print("known", 1, sep="-", end="!\n")
    return x


@row()
def print_tensor(x):
    print("sum", x.sum(), x, sep="-", end="!\n")
    return x


@row()
def exec_constant(x):
    return x + eval("1 + 2")


@row()
def eval_variables(x):
    scope = {"k": 2}
    exec("k = k * 3", scope)
    return x * scope["k"]


@row()
def numpy_constant(x):
    table = np.arange(6).reshape(2, 3)
    return x * Tensor(table.sum(axis=0).astype(np.float32))


def reset():
    """Bring back the globals that a row changes."""
    global COUNT
    COUNT = 0
    rows.LOG.clear()
