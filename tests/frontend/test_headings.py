"""A function's heading is what Python says of it, and calls need no more of it than that."""

import inspect

import pytest

import foldaway
from foldaway import Tensor
from foldaway.frontend import lower_function as module
from foldaway.frontend.lower_function import heading_of, lower_function


def plain(x, y):
    return x + y


def all_kinds(a, /, b, c=1, *rest, d, e=2, **others):
    return a


def generator(x):
    yield x


def unreached(x):
    if False:
        yield x


def inner_generator(x):
    def inner():
        yield x

    return inner, (item for item in x)


def nothing():
    return None


class Private:
    def method(self, __x):
        return __x


unnamed = lambda x, *, y: x  # noqa: E731
yielding = lambda x: (yield x)  # noqa: E731

FUNCTIONS = [
    *(plain, all_kinds, generator, unreached, inner_generator, nothing),
    *(Private.method, unnamed, yielding),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__qualname__)
def test_a_heading_is_what_python_says(function):
    heading = heading_of(function)
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    starred = bool(code.co_flags & inspect.CO_VARARGS) + bool(
        code.co_flags & inspect.CO_VARKEYWORDS
    )
    assert set(heading.parameters.names) == set(code.co_varnames[: count + starred])
    assert heading.is_generator == inspect.isgeneratorfunction(function)
    assert lower_function(function).parameters == heading.parameters
    assert heading_of(function) is heading


def test_a_call_lowers_the_body_once(monkeypatch):
    """For the types of its arguments, not once more for any."""
    monkeypatch.setattr(module, "_lowered", None)
    assert foldaway.jit(plain)(Tensor([1.0]), Tensor([2.0])).tolist() == [3.0]
