"""Custom classes, attributes that are set, effects, print, raise and assert."""

from dataclasses import dataclass, field

import numpy as np

import foldaway.mindspore as ms
from foldaway.mindspore import Parameter, Tensor, jit_class, nn, ops

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])


class Number:
    scale = 10

    def __init__(self, value):
        self.value = value

    def plus(self, other):
        return Number(self.value + other)

    def __add__(self, other):
        return Number(self.value + getattr(other, "value", other))

    def __call__(self, x):
        return x * self.value

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return self.value * i

    def __eq__(self, other):
        return isinstance(other, Number)

    __hash__ = None

    @property
    def double(self):
        return self.value * 2

    @staticmethod
    def static(x):
        return x - 1

    @classmethod
    def made(cls, value):
        return cls(value * cls.scale)


@calls((ROW,))
def class_made_inside(x):
    n = Number(2)
    return n.value, n.plus(x).value, (n + n).value, n(x), n[3], len(n), n.double, n == Number(0)


@calls((ROW,))
def class_methods(x):
    return Number.static(x), Number.made(3).value, Number.scale, Number(x).double


OUTSIDE = Number(5)


@calls((ROW,))
def instance_made_outside(x):
    return OUTSIDE(x), OUTSIDE.value, OUTSIDE.plus(1).value


@calls((ROW,))
def attributes_set(x):
    n = Number(1)
    n.extra = x
    n.value += 4
    setattr(n, "third", 3)  # noqa: B010
    return n.value, n.extra, n.third, vars(n).keys() >= {"value"}


@jit_class
class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def swapped(self):
        return Pair(self.b, self.a)


@calls((ROW,), (ROW * 2,))
def jit_class_instances(x):
    pair = Pair(x, 1).swapped()
    return pair.a, pair.b


@dataclass
class Point:
    x: object
    y: int = 2
    tags: list = field(default_factory=list)


@calls((ROW,))
def dataclasses(x):
    p = Point(x)
    p.tags.append("t")
    return p.x, p.y, p.tags, Point(1, 3) == Point(1, 3), repr(Point(1))


class Base:
    def name(self):
        return "base"

    def describe(self, x):
        return self.name(), x


class Derived(Base):
    def name(self):
        return "derived " + super().name()


@calls((ROW,))
def inheritance(x):
    return Derived().describe(x), isinstance(Derived(), Base), issubclass(Derived, Base)


@calls((ROW,))
class CustomObjectOnACell(nn.Cell):
    def __init__(self):
        super().__init__()
        self.number = Number(4)
        self.fn = np.add

    def construct(self, x):
        return self.number(x), self.number.double, Tensor(self.fn(2, 3))


@calls((ROW,))
class SetsItsAttributes(nn.Cell):
    def __init__(self):
        super().__init__()
        self.total = 0
        self.last = None

    def construct(self, x):
        self.total += 2
        self.last = x
        return self.total, self.last


@calls((ROW,))
class AssignsItsParameter(nn.Cell):
    def __init__(self):
        super().__init__()
        self.weight = Parameter(Tensor([1.0, 1.0, 1.0]), name="weight")

    def construct(self, x):
        ops.assign(self.weight, x + self.weight)
        return self.weight + 1


@calls((ROW,))
class CallsItsMethods(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, 2, weight_init="ones", bias_init="zeros")

    def helper(self, x, n=2):
        return self.dense(x.reshape((1, 3))) * n

    def construct(self, x):
        return self.helper(x), self.helper(x, n=3)


@calls((ROW,))
def prints_in_order(x):
    print("start", 1, [2])
    print("tensor:", x, sep="|", end=";\n")
    y = x + 1
    print(y, y.shape, f"{len(x)}")
    return y


@calls((3,), (4,))
def prints_numbers(n):
    for i in range(n):
        print(i, i * n, end=" ")
    print()


@calls((1,), (-1,))
def catches(n):
    try:
        if n < 0:
            raise OwnError(n)
        value = int("text")
    except ValueError as error:
        value = str(error)
    except OwnError as error:
        value = error.args
    else:
        value = "else"
    finally:
        print("finally")
    return value


@calls((Tensor([1.0]),), (Tensor([-1.0]),))
def raises_by_an_argument(x):
    if x < 0:
        raise ValueError("x is negative")
    return x * 2


@calls((0,), (2,))
def raises_by_a_number(n):
    if n == 0:
        raise ZeroDivisionError("n is", n)
    return 10 / n


@calls((0,), (5,))
def python_raises(n):
    return 10 // n, [1, 2, 3][n - 4]


class OwnError(Exception):
    pass


@calls((ROW,))
def raises_its_own(x):
    raise OwnError("mine", len(x))


@calls((ROW,))
def raises_from(x):
    try:
        {}["key"]
    except KeyError as error:
        raise RuntimeError("wrapped") from error


@calls((3,), (0,))
def asserts(n):
    assert n > 0, f"{n} is not positive"
    return n


@calls((Tensor([1, 2]),), (Tensor([0, 0]),))
def asserts_of_tensors(x):
    assert x.any(), "nothing there"
    return x


class Resource:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("enter")
        return 5

    def __exit__(self, *details):
        self.log.append("exit")


@calls((ROW,))
def with_statements(x):
    log = []
    with Resource(log) as value:
        y = x * value
        log.append("body")
    return y, log


def counted(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


@calls((3,), (5,))
def generators(n):
    return list(counted(n)), sum(counted(n)), [v * 2 for v in counted(n)]


STATE = {"factor": 2}


@calls((ROW,))
def globals_are_read(x):
    return x * STATE["factor"], ms.float32, Tensor


@calls((ROW,))
def gradients_inside(x):
    def f(y):
        return (y * y * STATE["factor"]).sum()

    return ms.grad(f)(x), ms.value_and_grad(f)(x)
