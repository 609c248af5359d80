# ruff: noqa
"""Functions, generators. `inputs`, `note` and `Traced` are given by the test."""

import functools


@inputs((1,), (1, 2), (1, 2, 3), ())
def defaults(a, b=10, *c):
    return a, b, c


@inputs((1, 2), (1,))
def positional_only(a, b=note(5), /, c=6, *, d=note(7), **e):
    return a, b, c, d, e


@inputs((1,))
def inner_signatures(x):
    def f(a, /, b, c=x, *args, d, e=x + 1, **kwargs):
        return a, b, c, args, d, e, kwargs

    def g(*, k):
        return k

    def h(a, /):
        return a

    return f(1, 2, d=3), f(1, 2, 3, 4, d=5, e=6, z=7), g(k=1), h(2)


@inputs((1,))
def signature_errors(x):
    def f(a, /, b, *, c):
        return a

    found = []
    for call in (lambda: f(), lambda: f(1, 2), lambda: f(a=1, b=2, c=3), lambda: f(1, 2, 3, c=4)):
        try:
            call()
        except TypeError as error:
            found.append(str(error))
    return found


@inputs((3,))
def mutable_default(n):
    def f(x, seen=[]):
        seen.append(x)
        return seen

    return [list(f(i)) for i in range(n)]


@inputs((1,))
def order_of_a_def(a):
    @note
    @(lambda f: note(f))
    def f(x=note(1), *, y: note("y") = note(2), z: note("z") = note(3)) -> note("result"):
        return x, y, z

    return f(), f.__annotations__


@inputs(())
def annotations_in_order():
    def f(a: note("a"), /, b: note("b"), *c: note("c"), d: note("d"), **e: note("e")) -> note("r"):
        pass

    return f.__annotations__


@inputs(())
def starred_annotation():
    def f(*args: *note((int, str))):
        return args

    return f(1), str(f.__annotations__)


@inputs((5,), (0,))
def recursion(n):
    def fact(k):
        return 1 if k <= 1 else k * fact(k - 1)

    return fact(n)


def twice(f):
    @functools.wraps(f)
    def wrapped(*args, **kwargs):
        note("calls")
        return f(f(*args, **kwargs))

    return wrapped


@inputs((3,))
def decorated(x):
    @twice
    def add(a, b=1):
        """Adds."""
        return a + b

    return add(x), add.__name__, add.__doc__


@inputs((3,))
def decorator_with_arguments(x):
    def times(n):
        def decorate(f):
            return lambda v: [f(v)] * n

        return decorate

    @times(x)
    @times(2)
    def f(v):
        return v + 1

    return f(1)


@inputs((2,))
def documented(x):
    def f():
        "Doc."
        return x

    def g():
        f"not a docstring {x}"

    return f.__doc__, g.__doc__


@inputs((2,))
def names(x):
    def f():
        class Inner:
            def method(self):
                pass

        return Inner

    return f.__qualname__, f().method.__qualname__, f.__name__, (lambda: 0).__qualname__


@inputs((4,), (0,))
def generator(n):
    for i in range(n):
        yield i * i


@inputs((3,))
def generator_with_return(n):
    def inner():
        x = yield 1
        note(x)
        y = yield x
        return y

    g = inner()
    out = [next(g), g.send("a")]
    try:
        g.send("b")
    except StopIteration as stop:
        out.append(stop.value)
    return out


@inputs(())
def yields_nothing():
    def f():
        x = yield
        yield x

    return list(f())


@inputs(([1, [2, [3]]],))
def delegates(a):
    def flat(x):
        for y in x:
            if isinstance(y, list):
                got = yield from flat(y)
                note(got)
            else:
                yield y
        return len(x)

    return list(flat(a))


@inputs((3,))
def generator_throws(n):
    def f():
        while True:
            try:
                yield note("at yield")
            except ValueError as error:
                note(str(error))
            finally:
                note("finally")

    g = f()
    next(g)
    g.throw(ValueError("thrown"))
    g.close()
    return n


@inputs((2,))
def yield_in_expression(n):
    def f():
        x = [(yield 1), (yield 2)]
        y = note(0) + (yield x) * 2
        yield (yield), y

    g = f()
    return [g.send(v) for v in (None, 10, 20, 30, 40)]


@inputs(())
def generator_lambda():
    g = (lambda: (yield 5))()
    return next(g)


@inputs(())
def never_yields():
    def f():
        return 3
        yield

    return list(f())


@inputs((3,))
def lazy(n):
    g = (note(i) for i in note(range(n)))
    note("made")
    return next(g), list(g)


@inputs(([3, 1, 2],))
def higher_order(a):
    return (
        sorted(a, key=lambda v: -v),
        list(map(lambda v: v + 1, a)),
        list(filter(lambda v: v > 1, a)),
        functools.reduce(lambda x, y: x * 10 + y, a),
    )


@inputs((2,))
def currying(a):
    return (lambda x: lambda y: lambda z: (a, x, y, z))(1)(2)(3)


@inputs((3,))
def counter(n):
    def make():
        count = 0

        def step(by=1):
            nonlocal count
            count += by
            return count

        return step

    a, b = make(), make()
    return [a() for _ in range(n)], b(10), a.__closure__[0].cell_contents


@inputs((5,))
def memo(n):
    @functools.lru_cache(maxsize=None)
    def fib(k):
        return k if k < 2 else fib(k - 1) + fib(k - 2)

    return fib(n), fib.cache_info().hits


@inputs((1,))
def global_in_inner(a):
    def f():
        global inner_global
        inner_global = a
        return inner_global

    return f()


@inputs((2,))
def same_name(a):
    def same_name(b):
        return b + a

    return same_name(1)


@inputs((3,))
def conditional_def(n):
    if n > 2:

        def f():
            return "big"
    else:

        def f():
            return "small"

    return f()


@inputs((1,))
def default_sees_outer(x):
    x = 5

    def f(x=x, y=lambda: x):
        return x, y()

    x = 6
    return f(), f(1)
