"""Kinds of values: made inside, passed in, and computed at run time."""

from __future__ import annotations

import collections
import datetime
import enum
import json
import math
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from foldaway import Tensor, float32

from .rows import row


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclass
class Point:
    x: object
    y: float = 1.0

    def length(self):
        return self.x * self.x + self.y * self.y


class Pair(NamedTuple):
    first: object
    second: object


class Positive:
    """A descriptor."""

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return getattr(instance, self.name)

    def __set__(self, instance, value):
        if value < 0:
            raise ValueError(value)
        setattr(instance, self.name, value)


class Base:
    made = 0
    rate = Positive()

    def __init__(self, rate, weight=None):
        self.rate = rate
        self.weight = weight

    def scaled(self, x):
        return x * self.rate

    @property
    def double(self):
        return self.rate * 2

    @classmethod
    def of(cls, rate):
        return cls(rate)

    @staticmethod
    def add(a, b):
        return a + b


class Derived(Base):
    def scaled(self, x):
        return super().scaled(x) + 1

    def __add__(self, other):
        return Derived(self.rate + other.rate)

    def __call__(self, x):
        return self.scaled(x)

    def __getattr__(self, name):
        if name.startswith("times_"):
            return lambda x: x * int(name[6:])
        raise AttributeError(name)

    def __eq__(self, other):
        return isinstance(other, Derived) and self.rate == other.rate

    __hash__ = None


class Slotted:
    __slots__ = ("n",)

    def __init__(self, n):
        self.n = n


@row(3)
def int_argument(x, n):
    return x * n, n + 1, n // 2, -n % 5, n**2


@row(2**70)
def int_unbounded(x, n):
    return n * n, (3**50) % 1000007, x


@row(0.1, 0.2)
def float_argument(x, a, b):
    return x * a, a + b, a / b


@row(True)
def bool_argument(x, flag):
    return x * flag, not flag, flag + 1


@row(1 + 2j)
def complex_argument(x, c):
    return x * abs(c), c * c


@row("name")
def str_argument(x, text):
    return x * len(text), text.upper()[::-1]


@row(b"ab")
def bytes_argument(x, data):
    return x * data[0], data + b"c", "ab".encode()  # noqa: UP012


@row(None, ...)
def none_and_ellipsis(x, a, b):
    return x[b] if a is None else x, a, b


@row(lambda: (1, vector_pair()), lambda: [2, vector_pair()], lambda: {"a": vector_pair()})
def containers_of_tensors(x, a, b, c):
    return [*a, *b], {**c, "x": x}, (a[1][0] + x,)


@row(lambda: {1, 2}, frozenset("a"))
def sets(x, a, b):
    return a | {3}, b, x * len(a & {1})


@row(slice(0, 2), range(3))
def slice_and_range(x, a, b):
    return x[a], b[1:], list(b)


@row(Color.RED)
def enum_argument(x, color):
    return x * color.value if color is Color.RED else x, Color["BLUE"].name, Color(1)


@row(lambda: Point(Tensor([2.0])))
def dataclass_argument(x, point):
    return point.length() + x


@row()
def dataclass_inside(x):
    point = Point(x, 2.0)
    return point.length(), Point(1) == Point(1, 2.0), repr(Point(1))


@row()
def dataclass_result(x):
    return Point(x)


@row(lambda: Pair(1, 2))
def namedtuple_argument(x, pair):
    first, _ = pair
    return x * first + pair.second


@row()
def namedtuple_result(x):
    return Pair(x, 1)


@row()
def collections_inside(x):
    counts = collections.Counter("abca")
    table = collections.defaultdict(list)
    table["k"].append(x)
    queue = collections.deque([1, 2], maxlen=2)
    queue.append(3)
    return x * counts["a"] + queue[0], table["k"][0]


@row()
def datetime_inside(x):
    day = datetime.date(2024, 2, 28) + datetime.timedelta(days=2)
    return x * day.day, day.isoformat()


@row()
def re_and_json(x):
    found = re.match(r"(\w+)=(\d+)", "rate=3")
    return x * int(found[2]), json.loads('{"a": [1, 2]}')


@row(lambda: np.array([1.0, 2.0, 3.0]))
def array_argument(x, a):
    b = a * 2 + np.sum(a)
    return x + Tensor(b.astype(np.float32))


@row(lambda: np.array([1.0, 2.0, 3.0]))
def array_result(x, a):
    return a * 2


@row(lambda: np.array([1.0, 2.0, 3.0]))
def array_store(x, a):
    a[0] = 7.0
    return x


@row()
def array_made_inside(x):
    return x, np.ones(2)


@row()
def array_of_tensor(x):
    return x.asnumpy() * 2


@row(np.float64(2.5), np.dtype("int32"))
def numpy_scalar(x, s, kind):
    return x * s, s, np.int32(7) // 2, kind


@row()
def dtypes(x):
    return x.astype(float32), x.dtype is float32, str(x.dtype)


@row(math.sqrt, math)
def functions_and_modules(x, f, module):
    return x * f(4.0) + module.floor(2.5)


@row(lambda: Base(2, Tensor([1.0, 1.0, 1.0])))
def instance_argument(x, b):
    return b.scaled(x) * b.weight + b.double + Base.add(1, 2)


@row()
def instance_inside(x):
    d = Derived.of(2) + Derived(1)
    d.note = x + 1
    return d(x), d.times_3(x), d == Derived(3), d.note


@row()
def instance_result(x):
    return Derived(2)


@row(lambda: Base(2))
def instance_store(x, b):
    b.weight = x * b.rate
    b.count = b.made + 1
    return b.weight, b.count


@row()
def slots_inside(x):
    s = Slotted(2)
    s.n += 1
    return x * s.n


@row(lambda: Slotted(2))
def slots_argument(x, s):
    return x * s.n


@row()
def class_attribute(x):
    return x + Base.made, type(Derived(1)).__name__, isinstance(Derived(1), Base)


@row()
def number_of_tensor(x):
    return int(x.sum()) + 1, float(x[0]) / 2, x[1].item()


@row()
def bool_of_tensor(x):
    return bool(x[0] > 0), x.tolist()


def vector_pair():
    return [Tensor([4.0, 5.0, 6.0]), 2]
