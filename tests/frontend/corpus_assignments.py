# ruff: noqa
"""Assignments, deletions and scopes. `inputs`, `note` and `Traced` are given by the test."""

counter = 0


@inputs((1,))
def plain(a):
    b = a
    c = d = b + 1
    return a, b, c, d


@inputs(())
def chained_constant():
    a = b = 0
    a += 1
    return a, b


@inputs(([0, 1],))
def chained_targets(a):
    a[0] = b = a[1] = note([1])
    b.append(2)
    return a, b


@inputs((Traced("o"),))
def chained_order(o):
    o.x = o[note(1)] = (p, o.y) = note((1, 2))
    return p


@inputs(((1, 2),), ([1],), ("ab",), ((1, 2, 3),), (5,))
def unpack(a):
    x, y = a
    return x, y


@inputs(([1, 2, 3, 4],), ([1, 2],), ([1],))
def unpack_starred(a):
    x, *y, z = a
    return x, y, z


@inputs(((1, (2, [3, 4, 5])),), ((1, 2),))
def unpack_nested(a):
    x, (y, [z, *w]) = a
    return x, y, z, w


@inputs(([],), ([1],))
def unpack_nothing(a):
    () = a
    [] = a
    return "empty"


@inputs((1, 2))
def swap(a, b):
    a, b = b, a
    return a, b


@inputs(([1, 2, 3], 0))
def swap_items(a, i):
    i, a[i] = 2, 9
    a[0], a[1] = a[1], a[0]
    return a, i


@inputs((Traced("o"),))
def unpack_to_attributes(o):
    o.a, o[note(1)], (o.b, *o.c) = note((1, 2, (3, 4)))
    return o


@inputs((Traced("o"), 1), (5, 1))
def set_attribute(o, v):
    note(o).value = note(v)
    return o


@inputs(([1, 2], 0), ([1], 5), ((1,), 0), ({}, []))
def set_item(a, i):
    note(a)[note(i)] = note("new")
    return a


@inputs(([1, 2, 3, 4],))
def set_slice(a):
    a[1:3] = [9]
    a[::2] = "xy"
    del a[:1]
    return a


@inputs((1, 2), ([1], [2]), ("a", "b"), ([1], 2))
def augmented(a, b):
    old = a
    a += b
    return a, old


@inputs((9, 2))
def augmented_all(a, b):
    c = float(a)
    a -= b
    a *= b
    a //= b
    a %= 4
    a **= 2
    a <<= 2
    a >>= 1
    a &= 7
    a |= 8
    a ^= 1
    c /= b
    return a, c


class Matrix:
    def __matmul__(self, other):
        return "new", other

    def __imatmul__(self, other):
        note(("in place", other))
        return self


@inputs((3,))
def augmented_matmul(b):
    m = Matrix()
    n = m @ b
    m @= b
    return n, type(m).__name__


@inputs((Traced("o"),))
def augmented_attribute(o):
    o.x += note(1)
    note(o).y.z *= note(o).w
    return o


@inputs(([1, 2], 0), ([1], 3), ({"k": 1}, "k"))
def augmented_item(a, i):
    note(a)[note(i)] += note(5)
    return a


@inputs(([1, 2, 3],))
def augmented_slice(a):
    a[1:2] += [7, 8]
    return a


def changes(a):
    a[0] = 100
    return 1


@inputs(([1],))
def augmented_reads_first(a):
    a[0] += changes(a)
    return a


@inputs((3,))
def augmented_name_reads_first(x):
    def change():
        nonlocal x
        x = 50
        return 1

    x += change()
    return x


@inputs(([1],))
def augmented_lists_are_the_same(a):
    b = a
    b += [2]
    return a is b, a


@inputs((1,))
def delete_name(a):
    b = a
    del a
    try:
        return a, b
    except UnboundLocalError as error:
        return str(error), b


@inputs(([1, 2, 3], 1), ([], 1), ({"x": 1}, "x"))
def delete_item(a, i):
    del note(a)[note(i)]
    return a


@inputs((Traced("o"),))
def delete_many(o):
    a = b = 1
    del o.x, o[note(1)], (a, [b])
    return sorted(locals())


@inputs((2,))
def annotated(a):
    x: int = a
    y: undefined_name
    z: also.undefined = x + 1
    (w): "text" = z
    return x, z, w


@inputs(())
def annotated_only_is_local():
    x: int
    try:
        return x
    except UnboundLocalError as error:
        return str(error)


@inputs((Traced("o"),))
def annotated_targets(o):
    o.x: int = note(1)
    o[note(2)]: int = note(3)
    return o


@inputs((Traced("o"),))
def annotated_owner_is_evaluated(o):
    note(o).x: nothing
    note(o)[note(1)]: nothing
    return o


@inputs((5,), ("x",))
def global_variable(a):
    global counter
    counter += a
    return counter


@inputs(())
def global_unbound():
    global never_bound
    try:
        return never_bound
    except NameError as error:
        return str(error)


@inputs((2,))
def global_made(a):
    global made_here, made_too
    made_here = made_too = a
    del made_too
    return made_here, "made_too" in globals()


@inputs((3,))
def nonlocal_variable(n):
    total = 0

    def add(x):
        nonlocal total, n
        total += x
        n -= 1

    for i in range(n):
        add(i)
    return total, n


@inputs((1,))
def closures(a):
    def inner():
        return a

    before = inner()
    a = 2
    return before, inner()


@inputs((3,))
def closures_in_loops(n):
    late = [lambda: i for i in range(n)]
    early = [lambda i=i: i for i in range(n)]
    made = []
    for j in range(n):
        made.append(lambda: j)
    return [f() for f in late], [f() for f in early], [f() for f in made]


@inputs((1,), (0,))
def maybe_unbound(a):
    if a:
        x = 1
    return x


@inputs(())
def imports():
    import math, os.path
    import os.path as p
    from math import pi, e as euler
    from os.path import join as j

    return math.floor(pi), round(euler, 3), p is os.path, j("a", "b")


@inputs(())
def import_fails():
    try:
        from math import nothing_of_that_name
    except ImportError as error:
        return str(error).partition(" (")[0]


@inputs(())
def import_missing():
    import a_module_that_is_not_there.inner


@inputs((1,))
def underscored_names(_t1):
    _t2 = [_t1, _t1]
    _object1 = _t2 + _t2
    return _object1


@inputs((2,))
def shadowed_builtins(n):
    list, len, print = n, n + 1, n + 2
    return list, len, print


@inputs(([3],))
def statement_expressions(a):
    a.append(1)
    a[0]
    a
    -a[0]
    (yielded := a) and note(1)
    "a string that is no docstring"
    5
    note(2) if a else note(3)
    [note(x) for x in a]
    return a
