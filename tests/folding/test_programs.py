"""Programs under `jit` give what plain Python gives."""

import functools
import math

import numpy as np
import pytest

from foldaway import Tensor, jit, ops

from .agreement import X, same


def straight(x):
    y = x * 2 + 1
    z = -y / 3
    return z @ y, z < 0


def branches(x, n=3):
    if n > 2 and not n == 5:
        x = x + n
    elif n:
        x = x - n
    else:
        x = x * 0
    return x if n else -x


def loops(x):
    total = x * 0
    for i, (a, b) in enumerate(zip([1, 2, 3], (4, 5, 6), strict=True)):
        if i == 1:
            continue
        total += a * b * x
    else:
        total = total + 100
    n = 0
    while n < 3:
        n += 1
        if n == 2:
            break
    else:
        total = total * 0
    return total, n


def containers(x):
    d = {"x": x, **{"y": x + 1}}
    items = [*d.values(), x * 3]
    items.append(items[0] + 1)
    first, *rest = items
    d["z"] = rest[-1]
    del d["x"]
    return d, (first, rest[::-1]), {1, 2}, {k: v + 1 for k, v in d.items()}


def functions(x):
    def scale(v, factor=2, *, shift=0):
        return v * factor + shift

    add = lambda v, w=1: v + w  # noqa: E731
    count = 0

    def bump():
        nonlocal count
        count += 1
        return count

    bump()
    return scale(x), scale(x, 3, shift=bump()), add(x), functools.reduce(lambda a, b: a + b, [x, x])


def numpy_constants(x):
    table = np.arange(6).reshape(2, 3)
    weights = Tensor(table.sum(axis=0).astype(np.float32))
    return x * weights + float(np.mean(table)), int(table.max()), math.sqrt(2), f"{math.pi:.3f}"


def operators(x):
    a = x.sum() + x.mean() - x.max() * x.min()
    b = ops.exp(x) + ops.maximum(x, 2.0) - ops.sqrt(x)
    return a, b, x.reshape((3, 1)) @ x.reshape((1, 3)), x[::-1], x[1], x[None, 1:]


def strings(x):
    name = "tensor of shape %s" % (x.shape,)  # noqa: UP031
    padded = "{:>5}".format(x.ndim)  # noqa: UP032
    return name.upper(), padded, f"{x.dtype!s:>10}|", str(x.shape)


def in_place(x):
    y = x + 0
    z = y
    y[0] = 10.0
    z[1:] = 5.0
    return y, z, x


def chained(x, n=2):
    return [1 < n < 3, 1 < n > 5, n in (1, 2), n not in [2], n is None, x is x, not n, n and 5]


def walrus(x):
    return [m for n in range(4) if (m := n * 2) > 2], m, x


class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def swap(self):
        return Pair(self.b, self.a)

    def __call__(self, x):
        return self.a * x + self.b


def objects(x):
    pair = Pair(2, x)
    swapped = pair.swap()
    swapped.a = swapped.a + 1
    return pair(x), swapped.a, isinstance(pair, Pair), hasattr(pair, "c"), getattr(pair, "c", 7)


def asserts(x):
    assert x.shape == (3,), "shape"
    assert len(x) == 3
    assert x.ndim == 1, ["never"][1]
    return x


def recursive(x, n=5):
    return x if n == 0 else recursive(x + n, n - 1)


def rows(x):
    return [row + 1 for row in x.reshape((3, 1))], len(x), list(map(lambda v: v * 2, x))


PROGRAMS = [
    straight,
    branches,
    loops,
    containers,
    functions,
    numpy_constants,
    operators,
    strings,
    in_place,
    chained,
    walrus,
    objects,
    asserts,
    recursive,
    rows,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_compiled_equals_plain(program):
    compiled = jit(program)
    for x in (X, Tensor([0.5, -1.0, 7.0]), X):
        assert same(compiled(x), program(x))
    assert len(compiled.specializations) == 1


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_numbers_choose_the_branch(n):
    assert same(jit(branches)(X, n), branches(X, n))
