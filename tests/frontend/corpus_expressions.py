# ruff: noqa
"""Expressions. `inputs`, `note` and `Traced` are given by the test."""


@inputs((1, 2), (2.5, -1), ("a", "b"), ("a", 1))
def add(a, b):
    return a + b


@inputs((7, 2), (-7, 2), (7.5, -2), (1, 0), (True, 3))
def arithmetic(a, b):
    return (a - b, a * b, a / b, a // b, a % b, a**b)


@inputs((6, 3), (-1, 2), (1.5, 1))
def bits(a, b):
    return (a << b, a >> b, a & b, a | b, a ^ b, ~a)


@inputs((3,), (-2.5,), ("x",))
def unaries(a):
    return (-a, +a, not a)


@inputs((2,), (-3,))
def powers(a):
    return (-(a**2), (-a) ** 2, a**-1, -(1**a), 2**a**2)


@inputs((1, 2, 3), (1, 1, 0), (3, 2, 1), (1, "x", 2))
def chain(a, b, c):
    return a < b < c


@inputs((1, 2, 3), (2, 1, 3), (1, 1, 1))
def chain_calls_once(a, b, c):
    return note(a) <= note(b) == note(c) != note(0)


@inputs((1, [1, 2]), (3, [1, 2]), (1, 5))
def membership(a, b):
    return (a in b, a not in b)


@inputs((None,), (0,), ([],))
def identity(a):
    return (a is None, a is not None, a is a)


@inputs((0, 1, 2), (1, 0, 2), (1, 2, 0), ([], "", {}))
def both(a, b, c):
    return note(a) and note(b) and note(c)


@inputs((0, 1, 2), (1, 0, 2), (0, 0, 0))
def either(a, b, c):
    return note(a) or note(b) or note(c)


@inputs((0, 1, 2), (1, 0, 2), (1, 2, 0))
def mixed_logic(a, b, c):
    return not (note(a) and note(b) or note(c)) or (note(b) and not note(c))


@inputs((True, 1, 2), (False, 1, 2), ([], "x", None))
def conditional(c, a, b):
    return note(a) if note(c) else note(b)


@inputs((1,), (0,), (-1,))
def nested_conditional(a):
    return "positive" if a > 0 else "zero" if a == 0 else "negative"


@inputs((1, 2), (2, 1))
def order_of_operands(a, b):
    return note(a) + note(b) * note(a) - note(b)


@inputs((3,), ("x",))
def order_of_call(a):
    return note(max)(note(a), note(a), key=note(lambda x: x))


@inputs(([1, 2, 3],), ((),))
def spread_call(a):
    return dict(zip(*[a, a]), **{"k": 1}, **dict(z=2))


def gather(*args, **kwargs):
    return args, kwargs


@inputs(([1], {"a": 1}), ((), {}), ([1], {"x": 2}))
def spread_mixed(a, k):
    return gather(0, *a, 5, *a, x=1, **k, y=2)


@inputs(([1, 2],), ("ab",), (5,))
def spread_displays(a):
    return [0, *a, 9], (*a, 1), {*a}, {**{"x": 1}, "y": 2, **{}}


@inputs((2,))
def spread_is_iterated_in_turn(n):
    made = (note(i) for i in range(n))
    later = (note(i) for i in range(n))
    return gather(*made, note("arg"), k=note(n)), [*later, note("item"), *note("ab")]


@inputs((5,))
def spread_of_no_iterable(n):
    return gather(*n, note(1))


@inputs(("k",), ([],))
def dict_order(k):
    return {note(k): note(1), **note({"b": 2}), note("c"): note(3)}


@inputs(())
def literals():
    return (
        (1, 2.5, 1e400, 3j, -0.0, 10**30, 0xFF, "text", b"bytes", True, None, ...),
        ([], (), {}, set(), (1,), [1], {1}, {1: 2}),
        ("ab", b"ab", "é\n\\{}'\"", r"\d", "u"),
    )


@inputs((1,), ("x",), (None,))
def formatted(a):
    return f"a={a} {a!r:>10} {a!s} {a!a} {{}} {a=}"


@inputs((3.14159, 8, 2), (2.0, 1, 0))
def formatted_nested(a, w, p):
    return f"{a:{w}.{p}f}|{a:>{w}}|{f'{a}'}|{w:0{p + 2}d}"


@inputs((5,), ("s",))
def formatted_calls(a):
    return f"{note(a)}{note(str(a) + '!')}{(lambda: 1)()}{[x for x in [a]]}"


@inputs(())
def formatted_empty():
    return f"" + f"x" + f"{''}"


@inputs(([1, 2, 3, 4], 1, 3), ("abcdef", 1, -1), (5, 1, 2))
def slices(a, i, j):
    return a[i:j], a[:j], a[i:], a[:], a[::2], a[j:i:-1], a[i]


@inputs((1, 2))
def slices_of_tuples(i, j):
    return Traced("t")[i:j, j], Traced("t")[i:, ::j, ...], Traced("t")[()], Traced("t")[(i,)]


@inputs(((1, 2),))
def starred_subscript(a):
    return Traced("t")[*a], Traced("t")[0, *a]


@inputs((1, 2))
def slice_objects(i, j):
    slice = "shadowed"
    return [1, 2, 3][i:j], slice


@inputs((5,), (0,))
def walrus(n):
    if (m := n * 2) > 5:
        return m, (k := m + 1), k
    return m, [y := n, y + 1], y


@inputs(([1, 2, 3],), ([],))
def walrus_in_comprehension(a):
    found = [last := x for x in a if (y := x) > 1]
    return found, y if a else None, last if found else None


@inputs((1,))
def walrus_order(x):
    return x + (x := 5) + x, note(x) + (x := note(7)) + note(x)


@inputs((Traced("o"),))
def attributes(o):
    return o.a.b, o.c(1).d


@inputs(([3, 1, 2],))
def methods(a):
    a.sort()
    return a, a.index(2), "x".join(str(v) for v in a)


@inputs((4,), (0,))
def lists(n):
    return [x * y for x in range(n) if x % 2 for y in range(x) if y < 3]


@inputs((4,), (0,))
def sets_and_dicts(n):
    return {x % 2 for x in range(n)}, {x: y for x, y in zip(range(n), "abcd")}


@inputs((3,), (0,))
def nested_comprehension(n):
    return [[(i, j) for j in range(i)] for i in range(n)]


@inputs(([(1, (2, 3)), (4, (5, 6))],), ([(1, 2)],))
def comprehension_targets(a):
    return [x + y + z for x, (y, z) in a], [r for _, *r in a], {k: v for k, v in a}


@inputs((3,))
def comprehension_scope(x):
    return [x for x in range(x)], x, [lambda: x for x in range(2)][0]()


@inputs((3,), ("x",))
def generator_expression(n):
    return sum(i * i for i in range(n)), list(j for i in range(n) for j in range(i))


@inputs((3,))
def comprehension_order(n):
    return [note(i) for i in note(range(n)) if note(i) for j in note([i, n])]


@inputs((2, 3))
def lambdas(a, b):
    f = lambda x, /, y=a, *z, k=b, **kw: (x, y, z, k, kw)
    return f(1), f(1, 2, 3, k=4, m=5), (lambda: a)(), (lambda *a: a)(1, 2)


@inputs((3,))
def lambda_defaults_in_order(a):
    return (lambda x=note(1), *, y=note(2): (x, y))()


@inputs((2,))
def immediate(a):
    return (lambda f: f(f, a))(lambda f, n: 1 if n < 1 else n * f(f, n - 1))


@inputs((1, 0), (0, 1))
def errors_in_order(a, b):
    return note(1) / note(a) + note(2) / note(b)


@inputs(([1, 2],), ({},), (None,))
def error_of_subscript(a):
    return a[5]


@inputs(("missing",))
def error_of_attribute(a):
    return a.nothing


@inputs(())
def error_of_name():
    return nothing_of_that_name


@inputs(())
def error_of_local():
    x = y
    y = 1
    return x


@inputs((1,))
def error_of_call(a):
    return add(a)


@inputs((1,))
def error_of_keywords(a):
    return add(a, c=a)


@inputs((Traced("o"), 1))
def traced_order(o, a):
    return o.x[note(a)](note(o.y), k=o.z)[o.w : note(2)]


@inputs((0,), (1,))
def conditions_as_values(a):
    return [a == 0 and "zero" or "other", (a or 5) + 1, not a]
