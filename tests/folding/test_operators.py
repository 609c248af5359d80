"""Operators and protocols of the user's own classes: folded, in Python's order of asking."""

import operator

import pytest

from foldaway import jit

from .agreement import X, same

FACTOR = 2.0


class Base:
    def __init__(self, a, log):
        self.a, self.log = a, log


class Left(Base):
    def __add__(self, other):
        self.log.append("Left.add")
        return self.a * FACTOR if isinstance(other, Base) else NotImplemented

    def __radd__(self, other):
        self.log.append("Left.radd")
        return NotImplemented

    def __mul__(self, other):
        self.log.append("Left.mul")
        return NotImplemented

    def __rmul__(self, other):
        self.log.append(("Left.rmul", type(other).__name__))
        return self.a * other if isinstance(other, (int, float)) else NotImplemented

    def __lt__(self, other):
        self.log.append("Left.lt")
        return NotImplemented

    def __eq__(self, other):
        self.log.append("Left.eq")
        return isinstance(other, Left) or NotImplemented

    __hash__ = None

    def __iadd__(self, other):
        self.log.append("Left.iadd")
        return NotImplemented if other is None else self


class Sub(Left):
    def __radd__(self, other):
        self.log.append("Sub.radd")
        return self.a - 1

    def __gt__(self, other):
        self.log.append("Sub.gt")
        return True


class Other(Base):
    def __radd__(self, other):
        self.log.append("Other.radd")
        return self.a

    def __rmul__(self, other):
        self.log.append("Other.rmul")
        return self.a + 5

    def __len__(self):
        self.log.append("Other.len")
        return 2

    def __getitem__(self, key):
        self.log.append(("Other.getitem", key))
        if key == 3:
            raise IndexError
        return self.a * key


class Items:
    def __init__(self, a, log):
        self.a, self.log = a, log

    def __iter__(self):
        self.log.append("iter")
        for i in range(3):
            self.log.append(i)
            yield self.a * i

    def __str__(self):
        self.log.append("str")
        return "items"

    def __eq__(self, other):
        self.log.append("eq")
        return other == 7

    __hash__ = object.__hash__


class Steps:
    def __init__(self, n, log):
        self.n, self.log = n, log

    def __iter__(self):
        return self

    def __next__(self):
        self.log.append("next")
        if not self.n:
            raise StopIteration("done")
        self.n -= 1
        return self.n


class Broken:
    def __init__(self, log):
        self.log = log

    def __bool__(self):
        return 1

    def __str__(self):
        return 5

    def __len__(self):
        return -1

    def __index__(self):
        return 1


def sums(x, log):
    left, sub, other = Left(x, log), Sub(x, log), Other(x, log)
    return left + sub, left + other, 1 + sub, sub + left, [1] * other, 3 * left, 2.5 * left


def orders(x, log):
    left, sub = Left(x, log), Sub(x, log)
    return left < sub, left == Left(x, log), left != 5, left == 5, left != Left(x, log), 5 == left


def refused_sum(x, log):
    return Left(x, log) + 1


def refused_product(x, log):
    return Left(x, log) * "a"


def refused_order(x, log):
    return Left(x, log) < 5


def refused_increment(x, log):
    left = Left(x, log)
    left += 1
    left += None
    return left.a


def containers(x, log):
    other = Other(x, log)
    return len(other), bool(other), other[2], [*other], not other, list(other)


def iterated(x, log):
    items = Items(x, log)
    first, *rest = items
    pairs = list(zip(items, items, strict=True))
    found = sum(items), len(list(items)), [i + 1 for i in items], tuple(enumerate(items))
    return first, rest, pairs, found, str(items), f"{items}", f"{items!s:>7}", (*items, 1)


def contained(x, log):
    items = Items(x, log)
    return 7 in [1, items], items in [1, 2], items in (7, items), items not in [7], 7 == items


def stepped(x, log):
    steps = Steps(3, log)
    return next(steps), list(steps), next(steps, "over"), 1 in Steps(3, log), max(Steps(2, log)), x


def broken_truth(x, log):
    return not Broken(log)


def broken_text(x, log):
    return str(Broken(log))


def broken_length(x, log):
    return len(Broken(log))


def functions(x, log):
    left, sub = Left(x, log), Sub(x, log)
    return operator.add(left, sub), operator.lt(left, sub), operator.getitem(Other(x, log), 2)


PROGRAMS = [
    *(sums, orders, refused_sum, refused_product, refused_order, refused_increment, containers),
    *(iterated, contained, stepped, broken_truth, broken_text, broken_length, functions),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_methods_are_asked_in_turn(program):
    def f(x):
        log = []
        try:
            return "returned", program(x, log), log
        except Exception as error:
            return "raised", type(error).__name__, str(error), log

    assert same(jit(f)(X), f(X))


def test_what_an_operator_reads_is_guarded_and_prints_at_run_time(capsys):
    global FACTOR

    class Loud(Base):
        def __matmul__(self, other):
            print(self.a)
            return self.a * FACTOR

    @jit
    def f(x):
        return Loud(x, []) @ 1

    try:
        for FACTOR in (2.0, 3.0, 3.0):
            assert same(f(X), X * FACTOR)
    finally:
        FACTOR = 2.0
    assert len(capsys.readouterr().out.splitlines()) == 3


class Named:
    def __init__(self, name):
        self.name = name

    def __add__(self, other):
        print("add", self.name)
        return other

    @property
    def shown(self):
        print("shown", self.name)
        return self.name


def test_what_comes_from_an_argument_prints_at_every_call(capsys):
    @jit
    def f(x, name):
        named = Named(name)
        return named + x, named.shown

    for _ in range(2):
        assert same(f(X, "n"), (X, "n"))
    assert capsys.readouterr().out == "add n\nshown n\n" * 2


def test_methods_that_are_replaced_are_seen(monkeypatch):
    class Kind:
        def __init__(self, value):
            self.value = value

        def __add__(self, other):
            return self.value + other

        def __len__(self):
            return 3

        def __iter__(self):
            yield self.value

    @jit
    def f(x):
        made = Kind(x)
        return made.value, made + 1, len(made), list(made)

    assert same(f(X), (X, X + 1, 3, [X]))
    replacements = {
        "__len__": lambda self: 4,
        "__iter__": lambda self: iter([5]),
        "__add__": lambda self, other: self.value - other,
        "__init__": lambda self, value: setattr(self, "value", value * 10),
    }
    for name, method in replacements.items():
        monkeypatch.setattr(Kind, name, method)
        assert same(f(X), f.__wrapped__(X))
    assert len(f.specializations) == 5
