"""`match` on what is known while compiling: what plain Python does."""

import collections
import dataclasses
import enum

import pytest

from foldaway import CompileError, Tensor, jit

X = Tensor([1.0, 2.0])


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    x: object
    y: object


Pair = collections.namedtuple("Pair", "a b")


class Odd:
    __match_args__ = ("missing",)


def describe(x, value):
    match value:
        case None | True:
            return "singleton"
        case -1 | 2.5 | "text" | b"b" | 1 + 2j:
            return "literal"
        case Color.RED:
            return "red"
        case Color():
            return "color", value.value
        case [] | ():
            return "empty"
        case [1, *rest] if len(rest) > 3:
            return "long", rest
        case [first, (second, *_), *others, last]:
            return first, second, others, last
        case [single]:
            return "one", single
        case {"kind": "a", "n": int(n) | str(n), **rest}:
            return "mapping", n, rest
        case {"x": Tensor() as tensor}:
            return "tensor", tensor * 2
        case {}:
            return "any mapping"
        case Point(0, y=[a, b]):
            return "point", a, b
        case Point(x=px, y=py):
            return "other point", px, py
        case Odd(_):
            return "odd"
        case str() as word if word.isupper():
            return "upper", word
        case float(number):
            return "float", number
        case bool() | int():
            return "integer"
        case other:
            return "other", type(other).__name__


VALUES = [
    *(None, True, False, -1, 2.5, "text", b"b", 1 + 2j, Color.RED, Color.BLUE, [], ()),
    *([1, 2, 3, 4, 5], [1, (2, 3), 4], [7, [8], 9, 10, 11], [5], Pair(1, 2), range(1)),
    *({"kind": "a", "n": 3, "z": 1}, {"kind": "a", "n": 1.5}, {"x": X}, {"q": 1}),
    *(Point(0, [1, 2]), Point(0, 5), Point([X], 1), Odd(), "UP", "low", 0.1, 12, {1, 2}),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_as_in_plain_python(value):
    compiled = jit(describe)
    for _ in range(2):
        assert str(compiled(X, value)) == str(describe(X, value))


def test_names_stay_bound_and_nothing_may_fit():
    def f(x, value):
        found = "before"
        match value:
            case [found, 2]:
                pass
        return found, x

    for value in ([1, 2], [1, 3], 5):
        assert str(jit(f)(X, value)) == str(f(X, value))


def test_too_many_positional_patterns():
    def f(x, value):
        match value:
            case int(a, b):
                return a, b
            case Point(a, b, c):
                return a, b, c

    for value in (1, Point(1, 2)):
        with pytest.raises(TypeError) as plain:
            f(X, value)
        with pytest.raises(TypeError) as compiled:
            jit(f)(X, value)
        assert str(compiled.value) == str(plain.value)


def test_a_tensors_data_choose_the_case():
    def f(x):
        match x[0]:
            case 1 | 5:
                return x * 2
            case _ if x[1] > 2:
                y = 3
            case v:
                y = v
        match [x[1], Point(x[0], 1)]:
            case [2, Point(y=1)]:
                return y, "two"
            case [z, Point(-1, b)] if z > 0:
                return z, b
            case _:
                return None, y

    compiled = jit(f)
    for data in ([1.0, 0.0], [5.0, 9.0], [0.0, 2.0], [0.0, 3.0], [-1.0, 4.0], [-1.0, -4.0]):
        assert repr(compiled(Tensor(data))) == repr(f(Tensor(data)))


def test_names_that_alternatives_bind_at_run_time_are_refused():
    def f(x):
        match [x[0], x[1]]:
            case [1, a] | [a, 1]:
                return a

    with pytest.raises(CompileError, match="which alternative of a pattern fits"):
        jit(f)(X)
