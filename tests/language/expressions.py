"""Expressions and functions, each with known and with run-time values."""

from __future__ import annotations

import functools

from .rows import row


def twice(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        return function(*args, **kwargs) * 2

    return wrapped


@twice
def decorated_outside(x, by=1):
    return x + by


def power(x, n):
    return x if n == 0 else x * power(x, n - 1)


def halvings(x):
    return x if x.sum() < 1 else halvings(x / 2)


def counted(n):
    for i in range(n):
        received = yield i
        if received is not None:
            yield received


def delegating(x):
    yield x
    result = yield from inner(x)
    yield result


def inner(x):
    yield x + 1
    return x + 2


@row()
def ifexp_known(x):
    return x + 1 if x.ndim == 1 else x


@row()
def ifexp_tensor(x):
    return x + 1 if x[0] > 0 else x


@row()
def logic_known(x):
    name = "" or "name"
    return x * (len(name) and 2), not name


@row()
def logic_tensor(x):
    return (x[0] > 0 and x[1] < 5) or x[2] == 3


@row()
def not_tensor(x):
    return not x[0] > 0


@row()
def chained_known(x):
    return x * (1 < x.size <= 3)


@row()
def chained_tensor(x):
    return 0 < x[0] < 2


@row()
def in_known(x):
    return x * ("a" in {"a": 1}) + (2 in (1, 3))


@row()
def in_tensor(x):
    return 2.0 in x


@row(None)
def is_known(x, mask):
    return x if mask is None else x * mask, x is not None


@row()
def comprehension_known(x):
    rows = [[i * j for j in range(i)] for i in range(4) if i % 2]
    table = {k: x + len(k) for k in ("a", "bb")}
    return rows, table, {i % 2 for i in range(5)}, sum(x * i for i in range(3))


@row()
def comprehension_tensor(x):
    return [v * 2 for v in x]


@row()
def comprehension_tensor_condition(x):
    return [i for i in range(3) if x[i] > 1]


@row()
def generator_known(x):
    return sum(counted(4)) * x


@row()
def generator_send(x):
    source = counted(3)
    return next(source), source.send(x), list(source)


@row()
def generator_yield_from(x):
    return list(delegating(x))


@row()
def generator_expression_lazy(x):
    seen = []
    source = (seen.append(i) or x * i for i in range(5))
    return next(source), next(source), seen


@row()
def lambda_known(x):
    scale = lambda v, by=2: v * by  # noqa: E731
    return scale(x), (lambda *rest: rest[-1])(1, x)


@row()
def nested_nonlocal(x):
    count = 0

    def bump(by):
        nonlocal count
        count += by
        return x * count

    return bump(1), bump(2), count


@row()
def decorators(x):
    @twice
    def local(v):
        return v + 1

    return local(x), decorated_outside(x, by=3)


@row()
def default_arguments(x):
    def f(a, b=2, /, c=3, *, d=4):
        return a * b + c * d

    return f(x), f(x, 1, d=5), f(x, c=0)


@row()
def star_arguments(x):
    def f(*args, **kwargs):
        return args[0] * len(args), kwargs

    return f(*[x, x], *(1,), **{"a": x}, b=2)


@row(2, lambda: {"k": 3})
def star_parameters(x, *args, **kwargs):
    return x * args[0] + args[1]["k"], kwargs


@row()
def walrus(x):
    if (n := x.size) > 2 and (y := x * n) is not None:
        return y, [m := n + 1, m]
    return x


@row(2)
def fstring_known(x, n):
    return f"{n:03d} {x.shape!r:>6} {3.14159:.2f}", "%d-%s" % (n, "a"), "{:>4}{}".format(n, "b")  # noqa: UP031


@row()
def fstring_tensor(x):
    return f"{x[0]:.2f}"


@row()
def recursion_known(x):
    return power(x, 4)


@row()
def recursion_tensor(x):
    return halvings(x)


@row(lambda: [3, 1, 2])
def builtins_known(x, items):
    ordered = sorted(items, key=lambda v: -v)
    return x * max(items) + sum(ordered), any(items), list(map(str, items)), divmod(7, 2)


@row()
def builtins_tensor(x):
    return sum(x), max(x), abs(x), len(x), isinstance(x, object), round(1.5)


@row()
def function_result(x):
    def scale(v):
        return v * 2

    return scale
