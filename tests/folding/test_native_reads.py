"""What code that the folder doesn't see may read is guarded all the same."""

import dataclasses
import functools
import io
import json
import re
from array import array
from decimal import Decimal

import pytest

from foldaway import CompileError, Tensor, jit

from .agreement import X, same

RATE = 2


class Money:
    __slots__ = ("amount",)

    def __init__(self, amount):
        self.amount = amount

    def __add__(self, other):
        return Money(self.amount + other.amount * RATE)

    def __len__(self):
        return self.amount

    def __eq__(self, other):
        return self.amount == other.amount

    __hash__ = None


@dataclasses.dataclass
class Config:
    rate: float = 1.0
    inner: dict = dataclasses.field(default_factory=dict)


@functools.lru_cache
def rate():
    return RATE


def test_operators_of_a_users_class(monkeypatch):
    @jit
    def f(x, a, b):
        return x + (a + b).amount + len(a)

    a = Money(1)
    assert f(Tensor(0), a, Money(10)).item() == 22
    assert f(Tensor(0), a, Money(100)).item() == 202
    a.amount = 5
    assert f(Tensor(0), a, Money(100)).item() == 210
    monkeypatch.setitem(globals(), "RATE", 3)
    assert f(Tensor(0), a, Money(100)).item() == 310


def test_an_object_that_a_library_looks_into():
    @jit
    def f(x, config):
        return x + json.loads(json.dumps(dataclasses.asdict(config)))["rate"], config == Config()

    config = Config()
    assert f(Tensor(0.0), config)[1] is True
    config.rate = 5.0
    assert f(Tensor(0.0), config)[0].item() == 5
    config.inner["a"] = [1]
    assert f(Tensor(0.0), config)[1] is False
    config.inner["a"].append(2)
    assert f(Tensor(0.0), config)[0].item() == 5


def test_constructors_and_generated_methods(monkeypatch):
    class Scaled:
        def __init__(self, x):
            self.x = x * RATE

    @jit
    def f(x):
        return Scaled(x).x + Config(rate=2.0).rate

    assert f(Tensor(1.0)).item() == 4
    monkeypatch.setitem(globals(), "RATE", 3)
    assert f(Tensor(1.0)).item() == 5


def test_a_cached_function_is_folded_anew(monkeypatch):
    @jit
    def f(x):
        return x * rate()

    assert f(Tensor(1)).item() == 2
    monkeypatch.setitem(globals(), "RATE", 3)
    assert f(Tensor(1)).item() == 3


def test_a_key_function(monkeypatch):
    @jit
    def f(x):
        return x + sorted([1, 2, 3], key=lambda v: -v * RATE)[0]

    assert f(Tensor(0)).item() == 3
    monkeypatch.setitem(globals(), "RATE", -1)
    assert f(Tensor(0)).item() == 1


def test_values_of_immutable_classes():
    @jit
    def f(x, price):
        return x + int(price * 2)

    assert f(Tensor(0), Decimal("1.5")).item() == 3
    assert f(Tensor(0), Decimal("2.5")).item() == 5


def test_content_that_nobody_can_see():
    @jit
    def f(x, items):
        return x + len(items)

    with pytest.raises(CompileError, match="whose content can't be guarded"):
        f(Tensor(0), array("d", [1]))


UNSET = object()


def test_a_sentinel_has_no_content():
    @jit
    def f(x, y=UNSET):
        return (x, y is UNSET, y in (1, UNSET))

    assert same(f(X), (X, True, True))
    assert same(f(X, 1), (X, False, True))

    @jit
    def g(x, y=UNSET):
        return x, y in (1, UNSET)

    assert same(g(X), (X, True))
    assert same(g(X, object()), (X, False))


def test_objects_written_in_c_whose_content_nobody_sees():
    @jit
    def f(x, match):
        return x, match.group()

    with pytest.raises(CompileError, match="is a Match, whose content can't be guarded"):
        f(X, re.match("a", "a"))


class Counted(set):
    pass


@pytest.mark.parametrize(
    "make",
    [
        lambda: io.StringIO("a\nb\n"),
        lambda: io.BytesIO(b"a\nb\n"),
        lambda: Counted({1}),
    ],
    ids=["StringIO", "BytesIO", "set"],
)
def test_objects_with_attributes_that_keep_more_than_these(make):
    """What a class written in C keeps is seen by nobody, whatever attributes there are beside."""

    @jit
    def f(x, thing):
        return x, str(list(thing))

    with pytest.raises(CompileError, match="whose content can't be guarded"):
        f(X, make())


def test_a_partial_that_native_code_calls():
    @jit
    def f(x, call):
        return x, list(map(call, [1, 2]))

    assert same(f(X, functools.partial(pow, 2)), (X, [2, 4]))
    assert same(f(X, functools.partial(pow, 3)), (X, [3, 9]))
    assert same(f(X, functools.partial(int.__add__, 3)), (X, [4, 5]))


class Parts:
    def __init__(self, name):
        self.name = name
        self.call = functools.partial(self.shown)

    def shown(self):
        return self.name

    def __repr__(self):
        return self.name


def test_an_object_whose_text_is_undone_is_refused_by_its_class():
    with pytest.raises(CompileError, match="Should not use Python object in runtime"):
        jit(Parts.__init__)(Parts.__new__(Parts), "a")
