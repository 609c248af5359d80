"""Class statements in compiled functions: real classes, whose methods are folded when called."""

import functools
import inspect

import pytest

from foldaway import CompileError, Tensor, jit

from .agreement import X, outcome, same
from .class_programs import PROGRAMS
from .class_protocol_programs import FAILING
from .class_protocol_programs import PROGRAMS as PROTOCOLS

REGISTRY = []


def name_of(function):
    return function.__name__


@pytest.mark.parametrize("function", [*PROGRAMS, *PROTOCOLS], ids=name_of)
def test_a_class_does_what_it_does(function):
    compiled = jit(function)
    for argument in (X, X * 2):
        assert same(compiled(argument), function(argument))
    assert len(compiled.specializations) == 1


@pytest.mark.parametrize("function", FAILING, ids=name_of)
def test_what_a_class_raises(function):
    expected = outcome(function, X)
    assert expected[0] == "raised"
    assert outcome(jit(function), X) == expected


class Outside:
    def __init_subclass__(cls):
        REGISTRY.append(cls)


def test_a_hook_from_outside_is_refused():
    @jit
    def f(x):
        class Inside(Outside):
            pass

        return x

    with pytest.raises(CompileError, match=r"'Outside.__init_subclass__' would run while comp"):
        f(X)
    assert REGISTRY == []


def test_a_class_made_while_compiling_may_not_be_returned():
    def kind(x):
        class Local:
            pass

        return Local

    def instance(x):
        class Local:
            def __str__(self):
                raise ValueError

        return [x, Local()]

    with pytest.raises(CompileError, match=r"error: the class 'Local', which is made while comp"):
        jit(kind)(X)
    with pytest.raises(CompileError, match=r"an instance of the class 'Local', which is made"):
        jit(instance)(X)


class Cached:
    made = 0

    def __new__(cls, value):
        made = super().__new__(cls)
        made.first = value
        return made

    def __init__(self, value):
        self.second = value * 2


class Meta(type):
    def __call__(cls, value):
        return super().__call__(value + 1)


class Counted(metaclass=Meta):
    def __init__(self, value):
        self.value = value


def test_outside_classes_are_made_by_folding_what_the_user_wrote():
    @jit
    def f(x):
        made = Cached(x)
        return made.first + made.second, Counted(x).value

    assert same(f(X), (X * 3, X + 1))


def test_a_wrapper_is_not_what_it_wraps():
    @jit
    def f(x):
        def inner(y):
            return y + 1

        @functools.wraps(inner)
        def wrapper(y):
            return inner(y) * 10

        return wrapper(x), wrapper.__name__, wrapper.__wrapped__(x)

    assert same(f(X), ((X + 1) * 10, "inner", X + 1))


def test_a_nested_function_shows_its_own_signature():
    def f(x):
        def inner(a, b=2, /, *rest, c: int = 3, **more) -> None:
            def deep():
                pass

            return deep

        inner.tag = 1
        facts = inner.__defaults__, inner.__kwdefaults__, inner.__qualname__, inner.__dict__
        return x, str(inspect.signature(inner)), facts, inner(1).__qualname__, inner.__module__

    assert same(jit(f)(X), f(X))


def test_an_exception_of_a_method_crosses_native_code():
    def f(x):
        class Kind:
            @property
            def missing(self):
                raise AttributeError("no such thing")

            def __missing__(self):
                pass

        class Lazy(dict):
            def __missing__(self, key):
                raise KeyError("lazy", key)

        def bad(y):
            raise LookupError(y)

        try:
            list(map(bad, [1]))
        except LookupError as error:
            caught = error.args
        try:
            Lazy()["a"]
        except KeyError as error:
            found = error.args
        return hasattr(Kind(), "missing"), caught, found, x

    assert same(jit(f)(X), f(X))


def test_tensors_of_a_class_are_still_run_time_values():
    @jit
    def f(x):
        class Kind:
            weight = x * 2

            def apply(self, y):
                return self.weight + y

        return Kind().apply(x)

    assert same(f(X), X * 3)
    assert same(f(Tensor([7.0, 8.0, 9.0])), Tensor([21.0, 24.0, 27.0]))
    assert len(f.specializations) == 1
