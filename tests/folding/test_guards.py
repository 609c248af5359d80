"""What is read while compiling is guarded: a change gives the new answer at the next call."""

import functools
from typing import ClassVar

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, jit, nn

FACTOR = 2
WEIGHT = Tensor([1.0, 2.0])
ITEMS = [1, 2]
TABLE = {"a": 1}


def scale(x):
    return x * 10


def test_a_global_number(monkeypatch):
    @jit
    def f(x):
        return x * FACTOR

    assert f(Tensor([1.0, 2.0])).tolist() == [2, 4]
    monkeypatch.setitem(globals(), "FACTOR", 3)
    assert f(Tensor([1.0, 2.0])).tolist() == [3, 6]
    monkeypatch.undo()
    assert f(Tensor([1.0, 2.0])).tolist() == [2, 4]
    assert len(f.specializations) == 2


def test_a_global_that_changes_its_type(monkeypatch):
    @jit
    def f(x):
        return x + FACTOR

    assert f(Tensor([1])).dtype is foldaway.int64
    monkeypatch.setitem(globals(), "FACTOR", 2.0)
    assert f(Tensor([1])).dtype is foldaway.float32
    monkeypatch.setitem(globals(), "FACTOR", True)
    assert f(Tensor([1])).tolist() == [2]


def test_the_data_of_a_global_tensor_are_read_at_every_call():
    @jit
    def f(x):
        return x + WEIGHT

    assert f(Tensor([1.0, 1.0])).tolist() == [2, 3]
    WEIGHT[0] = 5.0
    try:
        assert f(Tensor([1.0, 1.0])).tolist() == [6, 3]
        assert len(f.specializations) == 1
    finally:
        WEIGHT[0] = 1.0


def test_a_global_tensor_bound_anew(monkeypatch):
    @jit
    def f(x):
        return x + WEIGHT

    assert f(Tensor([1.0, 1.0])).tolist() == [2, 3]
    monkeypatch.setitem(globals(), "WEIGHT", Tensor([10.0, 20.0]))
    assert f(Tensor([1.0, 1.0])).tolist() == [11, 21]
    assert len(f.specializations) == 1
    monkeypatch.setitem(globals(), "WEIGHT", Tensor([1, 2]))
    assert f(Tensor([1, 1])).dtype is foldaway.int64


def test_a_function_defined_anew(monkeypatch):
    @jit
    def f(x):
        return scale(x)

    assert f(Tensor(1)).item() == 10
    monkeypatch.setitem(globals(), "scale", lambda x: x * 100)
    assert f(Tensor(1)).item() == 100


def test_what_an_inlined_function_reads(monkeypatch):
    def inner(x):
        return x * FACTOR

    @jit
    def f(x):
        return inner(x)

    assert f(Tensor(1)).item() == 2
    monkeypatch.setitem(globals(), "FACTOR", 7)
    assert f(Tensor(1)).item() == 7


def test_a_captured_variable():
    step = 1

    @jit
    def f(x):
        return x + step

    assert f(Tensor(1)).item() == 2
    step = 5
    assert f(Tensor(1)).item() == 6


def test_the_items_of_a_list_and_a_dict():
    @jit
    def f(x):
        return x + sum(ITEMS) + TABLE["a"]

    assert f(Tensor(0)).item() == 4
    ITEMS.append(10)
    assert f(Tensor(0)).item() == 14
    ITEMS.pop()
    TABLE["a"] = 2
    assert f(Tensor(0)).item() == 5
    TABLE["b"] = 1
    assert f(Tensor(0)).item() == 5
    del TABLE["b"]
    TABLE["a"] = 1


def test_a_global_array(monkeypatch):
    array = np.array([1.0, 2.0])
    monkeypatch.setitem(globals(), "ARRAY", array)

    @jit
    def f(x):
        return x + Tensor(ARRAY * 2)  # noqa: F821

    assert f(Tensor([0.0, 0.0])).tolist() == [2, 4]
    array[0] = 5
    assert f(Tensor([0.0, 0.0])).tolist() == [10, 4]


class Settings:
    def __init__(self):
        self.rate = 1
        self.inner = [1, 2]

    def double(self):
        return self.rate * 2

    @property
    def half(self):
        return self.rate / 2


def test_attributes_of_an_argument():
    @jit
    def f(x, settings):
        return x * settings.rate + settings.double() + settings.half + settings.inner[0]

    settings = Settings()
    assert f(Tensor(1.0), settings).item() == 1 + 2 + 0.5 + 1
    settings.rate = 4
    assert f(Tensor(1.0), settings).item() == 4 + 8 + 2 + 1
    settings.inner[0] = 10
    assert f(Tensor(1.0), settings).item() == 4 + 8 + 2 + 10


def test_equal_instances_share_code():
    @jit
    def f(x, settings):
        return x * settings.rate

    f(Tensor(1.0), Settings())
    f(Tensor(1.0), Settings())
    assert len(f.specializations) == 1


def test_an_attribute_that_appears():
    @jit
    def f(x, settings):
        return x + (settings.extra if hasattr(settings, "extra") else 0)

    settings = Settings()
    assert f(Tensor(1), settings).item() == 1
    settings.extra = 5
    assert f(Tensor(1), settings).item() == 6
    assert f(Tensor(1), Settings()).item() == 1


def test_a_method_replaced_on_the_class(monkeypatch):
    @jit
    def f(x, settings):
        return x + settings.double()

    settings = Settings()
    assert f(Tensor(0), settings).item() == 2
    monkeypatch.setattr(Settings, "double", lambda self: 50)
    assert f(Tensor(0), settings).item() == 50


def test_a_compiled_function_defined_anew(monkeypatch):
    monkeypatch.setitem(globals(), "scale", jit(scale))

    @jit
    def f(x):
        return scale(x)

    assert f(Tensor([1.0])).tolist() == [10]
    monkeypatch.setitem(globals(), "scale", jit(lambda x: x - 1))
    assert f(Tensor([1.0])).tolist() == [0]


@pytest.mark.parametrize("name", ["construct", "__call__"])
def test_what_a_call_of_an_instance_runs_is_guarded(name):
    class Add(nn.Cell if name == "construct" else object):
        pass

    setattr(Add, name, lambda self, x: x + 1)
    add = Add()

    @jit
    def f(x):
        return add(x)

    assert f(Tensor([1.0])).tolist() == [2]
    setattr(Add, name, lambda self, x: x + 10)
    assert f(Tensor([1.0])).tolist() == [11]


def test_a_module_attribute_replaced(monkeypatch):
    @jit
    def f(x):
        return x + Tensor(np.ones(2))

    assert f(Tensor([0.0, 0.0])).tolist() == [1, 1]
    monkeypatch.setattr(np, "ones", np.zeros)
    assert f(Tensor([0.0, 0.0])).tolist() == [0, 0]


class Scaled(nn.Cell):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.weight = foldaway.Parameter(Tensor([1.0, 2.0]), name="weight")

    def construct(self, x):
        return x * self.weight * self.factor


def test_cells_share_code_and_keep_their_own_parameters():
    a, b = Scaled(1.0), Scaled(1.0)
    b.weight.set_data(Tensor([10.0, 20.0]))
    x = Tensor([1.0, 1.0])
    assert a(x).tolist() == [1, 2]
    assert b(x).tolist() == [10, 20]
    a.factor = 3.0
    assert a(x).tolist() == [3, 6]
    a.weight = foldaway.Parameter(Tensor([5.0, 5.0]), name="weight")
    assert a(x).tolist() == [15, 15]
    a.weight.set_data(Tensor([6.0, 6.0]))
    assert a(x).tolist() == [18, 18]


@pytest.mark.parametrize("value", [0.0, -0.0, float("nan"), 1, True, 1.0, "a", None, (1, 2.0)])
def test_numbers_and_texts_as_arguments(value):
    @jit
    def f(x, value):
        return value, x

    for other in (0, 1, True, 1.0, -0.0, value):
        result = f(Tensor(1), other)[0]
        assert type(result) is type(other)
        assert repr(result) == repr(other)


def scaled(x, y):
    return x * y * FACTOR


def test_what_a_partial_reads_is_guarded(monkeypatch):
    outside = functools.partial(scaled, y=2)

    @jit
    def f(x):
        return functools.partial(scaled, x)(2), outside(x)

    for value in (3, 4):
        monkeypatch.setitem(globals(), "FACTOR", value)
        for result in f(WEIGHT):
            assert result.tolist() == (WEIGHT * 2 * value).tolist()
    monkeypatch.setitem(outside.keywords, "y", 5)
    assert f(WEIGHT)[1].tolist() == (WEIGHT * 5 * 4).tolist()


class Doubled:
    def __get__(self, instance, owner=None):
        return instance.n * 2


class WithProperty:
    n = 1

    @property
    def shown(self):
        return self.n * 2


class WithDescriptor:
    n = 1
    shown = Doubled()


class WithGetattr:
    n = 1

    def __getattr__(self, name):
        if name == "shown":
            return self.n * 2
        raise AttributeError(name)


@pytest.mark.parametrize("kind", [WithProperty, WithDescriptor, WithGetattr])
@pytest.mark.parametrize("fullgraph", [True, False])
def test_what_a_class_does_for_an_attribute_may_change(kind, fullgraph):
    class Changing(kind):
        pass

    def f(x, o):
        return x * o.shown

    compiled, o = jit(f, fullgraph=fullgraph), Changing()
    assert compiled(Tensor([1.0, 2.0, 3.0]), o).tolist() == [2, 4, 6]
    Changing.n = 2
    assert compiled(Tensor([1.0, 2.0, 3.0]), o).tolist() == [4, 8, 12]
    Changing.shown = property(lambda self: 3)
    assert compiled(Tensor([1.0, 2.0, 3.0]), o).tolist() == [3, 6, 9]
    del Changing.shown
    assert compiled(Tensor([1.0, 2.0, 3.0]), o).tolist() == [4, 8, 12]
    if kind is not WithProperty:
        vars(o)["shown"] = 5
        assert compiled(Tensor([1.0, 2.0, 3.0]), o).tolist() == [5, 10, 15]


class Shared:
    items: ClassVar[list] = []
    scale = 2

    def scaled(self):
        return self.scale


def test_what_the_class_of_an_object_made_inside_has_is_from_outside(monkeypatch):
    @jit
    def f(x):
        one = Shared()
        one.items.append(one.scaled())
        return x * one.scale, one.scaled(), len(one.items)

    x = Tensor([1.0])
    monkeypatch.setattr(Shared, "items", [])
    assert f(x)[1:] == (2, 1)
    assert f(x)[1:] == (2, 2)
    monkeypatch.setattr(Shared, "scale", 3)
    assert f(x)[0].tolist() == [3.0]
    monkeypatch.setattr(Shared, "scaled", lambda self: 7)
    assert f(x)[1:] == (7, 4)
    assert Shared.items == [2, 2, 3, 7]


class Derived(Shared):
    def scaled(self):
        return super().scaled() + super().scale


def test_what_super_finds_is_guarded(monkeypatch):
    @jit
    def f(x):
        return x, Derived().scaled()

    x = Tensor([1.0])
    assert f(x)[1] == 4
    monkeypatch.setattr(Shared, "scale", 3)
    assert f(x)[1] == 6
    monkeypatch.setattr(Shared, "scaled", lambda self: 7)
    assert f(x)[1] == 10
