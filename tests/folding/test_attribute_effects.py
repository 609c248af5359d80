"""Attributes, properties, items and variables that a program changes, as plain Python does."""

import dataclasses
import functools
import types

import pytest

from foldaway import Tensor, jit

from .effect_agreement import agrees, box


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


class Checked:
    def __init__(self):
        self._value = 0
        self.log = []

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, new):
        self.log.append(("set", new))
        self._value = new * 2

    @value.deleter
    def value(self):
        self._value = None

    @functools.cached_property
    def slow(self):
        self.log.append("computed")
        return [self._value]


class Watched:
    def __init__(self):
        object.__setattr__(self, "log", [])
        self.n = 1

    def __setattr__(self, name, value):
        self.log.append(name)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        self.log.append(f"del {name}")
        object.__delattr__(self, name)


class Base:
    total = 0


class Derived(Base):
    def __setitem__(self, key, value):
        self.last = (key, value)

    def __delitem__(self, key):
        self.last = key

    def __iadd__(self, other):
        self.sum = other
        return self


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: object


def test_slots():
    def f(w):
        w.a += 1
        w.b = w.a
        del w.b
        w.b = [w.a]
        return w.b

    agrees(f, Slotted)


def test_properties():
    def f(w):
        w.value = w.value + 1
        return w.value, w.slow, w.slow.append(3)

    agrees(f, Checked)

    def deletes(w):
        del w.value
        return w.value

    agrees(deletes, Checked)

    class Fixed:
        @property
        def real(self):
            return 1

    def sets(w):
        w.real = 2

    agrees(sets, Fixed)


def test_a_setattr_of_the_users():
    def f(w):
        w.n += 1
        w.m = 3
        del w.m
        return w.n, w.log

    agrees(f, Watched)


def test_item_methods_of_the_users():
    def f(w):
        w["k"] = 1
        before = w.last
        del w["j"]
        w += 5
        return before, w.last, w.sum

    agrees(f, Derived)


def test_frozen_instances_are_made_anew():
    def f(w):
        w.point = Point(1, [w.x])
        w.point.y.append(2)
        return w.point

    agrees(f, box)


def test_class_attributes():
    def f(w):
        Base.total += 1
        w.total += 10
        return Base.total, w.total, Derived.total

    try:
        plain = [f(w) for w in [Derived()] for _ in range(3)]
        Base.total = 0
        compiled = jit(f)
        w = Derived()
        assert [compiled(w) for _ in range(3)] == plain
        assert (Base.total, vars(w)) == (3, {"total": 31})
    finally:
        Base.total = 0


# Variables.

COUNT = 0
LOG = []


def test_globals():
    @jit
    def f(x):
        global COUNT, MADE
        COUNT += 1
        MADE = [x]
        MADE.append(COUNT)
        LOG.append(COUNT)
        return MADE

    global COUNT
    x = Tensor(1.0)
    for n in (1, 2, 3):
        result = f(x)
        assert result is MADE
        assert result[0] is x
        assert (result[1], COUNT) == (n, n)
    assert LOG == [1, 2, 3]
    LOG.clear()
    COUNT = 10
    f(x)
    assert (COUNT, LOG) == (11, [11])

    @jit
    def deletes():
        global MADE
        del MADE
        try:
            return MADE
        except NameError as error:
            return str(error)

    assert deletes() == "name 'MADE' is not defined"
    assert "MADE" not in globals()
    with pytest.raises(NameError):
        deletes()


def test_a_global_of_another_module():
    module = types.ModuleType("helper")
    module.n = 0
    exec("def count():\n    global n\n    n += 1\n    return n", vars(module))

    @jit
    def f(x):
        module.n = module.n + 1
        module.m = x
        return module.n, module.m

    x = Tensor(1.0)
    assert [f(x)[0], f(x)[0]] == [1, 2]
    assert (module.n, module.m is x) == (2, True)


def test_captured_variables():
    n, items = 0, [0]

    @jit
    def f(x):
        nonlocal n, items
        n += 1
        items = [*items, n]
        return x + n, items

    for expected in (1, 2, 3):
        result, kept = f(Tensor(0))
        assert (result.item(), n, kept is items) == (expected, expected, True)
    assert items == [0, 1, 2, 3]
