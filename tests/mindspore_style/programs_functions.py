"""Functions of functions, closures, generators, Cells of Cells, classes of the library."""

import collections
import enum
import functools
import itertools
import operator
import types
from typing import NamedTuple

import numpy as np

from foldaway.mindspore import Parameter, Tensor, jit, nn, ops

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])


class BaseCell(nn.Cell):
    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()

    def helper(self, x):
        return self.relu(x) + 1

    def construct(self, x):
        return self.helper(x)


@calls((ROW,), (-ROW,))
class DerivedCell(BaseCell):
    def construct(self, x):
        return super().construct(x) * 2, self.helper(x), super().helper(-x)


@calls((ROW,))
class CellCallsACellByName(nn.Cell):
    def __init__(self):
        super().__init__()
        self.first = nn.ReLU()
        self.second = nn.Tanh()
        self.order = ["second", "first"]

    def construct(self, x):
        for name in self.order:
            x = getattr(self, name)(x)
        return x, hasattr(self, "third"), self.order


@calls((ROW,))
class CellHasStaticAndClassMethods(nn.Cell):
    factor = 3

    @staticmethod
    def double(x):
        return x * 2

    @classmethod
    def triple(cls, x):
        return x * cls.factor

    @property
    def half(self):
        return 0.5

    def construct(self, x):
        return self.double(x) + self.triple(x) * self.half


@calls((ROW,))
class CellsInContainers(nn.Cell):
    def __init__(self):
        super().__init__()
        self.layers = nn.CellList([nn.ReLU(), nn.Sigmoid()])
        self.chain = nn.SequentialCell(nn.ReLU(), nn.Tanh())
        self.table = {"relu": ops.relu, "abs": ops.abs}

    def construct(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x) * (i + 1)
        return self.chain(x), self.table["abs"](-x), len(self.layers), self.layers[-1](x)


@calls((ROW,), (ROW,))
class ParameterIsAssigned(nn.Cell):
    def __init__(self):
        super().__init__()
        self.weight = Parameter(Tensor([1.0, 1.0, 1.0]), name="w")
        self.count = Parameter(Tensor(0.0), name="count")

    def construct(self, x):
        self.count = self.count + 1
        self.weight += x
        ops.assign(self.weight, self.weight * self.count)
        return self.weight + 0, self.count + 0


@calls((ROW,))
def function_with_attributes(x):
    def f(v, n=2, *rest, key=None, **named):
        return v * n, rest, key, named

    f.label = "labelled"
    return f(x), f(x, 3, 4, 5, key="k", other=1), f.label, f.__name__, f.__defaults__


@calls((ROW, 2), (ROW, 3))
def closures_and_nonlocal(x, n):
    total = 0

    def add(v):
        nonlocal total
        total += v
        return total

    def make(k):
        return lambda v: v * k + total

    add(n)
    add(1)
    return total, make(n)(x), [f(1) for f in [make(i) for i in range(3)]]


GLOBAL = 1


@calls((ROW,), (ROW,))
def global_statement(x):
    global GLOBAL
    GLOBAL += 1
    found = GLOBAL
    GLOBAL = 1
    return found, x * GLOBAL


@calls((ROW,))
def partial_functions(x):
    def f(a, b, c=0):
        return a * 100 + b * 10 + c

    g = functools.partial(f, 1, c=3)
    h = ops.partial(f, x)
    return g(2), h(1), g.args, g.keywords, functools.reduce(lambda a, b: a + b, [1, 2, x])


@jit
def compiled_before(x, n=2):
    return x * n + 1


@calls((ROW,), (ROW * 2,))
def compiled_function_is_called(x):
    return compiled_before(x), compiled_before(x, n=3) + compiled_before(1)


@calls((ROW,))
def decorated_functions(x):
    def twice(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return f(*args, **kwargs) * 2

        return wrapper

    @twice
    def f(v):
        """Return more."""
        return v + 1

    return f(x), f.__name__, f.__doc__


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Pair(NamedTuple):
    first: object
    second: int = 5


@calls((ROW,))
def standard_classes(x):
    pair = Pair(x)
    space = types.SimpleNamespace(a=1, x=x)
    space.a += 1
    counter = collections.Counter("aab")
    table = collections.defaultdict(list)
    table["k"].append(x)
    queue = collections.deque([1, 2], maxlen=2)
    queue.append(3)
    return (
        *(
            pair.first,
            pair.second,
            pair._replace(second=1),
            space.a,
            space.x,
            counter["a"],
            dict(table),
        ),
        *(list(queue), Color.RED.name, Color(2) is Color.BLUE, [c.value for c in Color]),
        *(collections.OrderedDict(a=1).popitem(), collections.namedtuple("P", "a b")(1, x)),
    )


@calls((ROW,))
def standard_functions(x):
    return (
        *(
            list(itertools.chain([1], (x,))),
            list(itertools.product([1, 2], "a")),
            operator.add(x, 1),
        ),
        *(
            list(itertools.accumulate([1, 2, 3])),
            operator.itemgetter(1)([x, 2]),
            operator.attrgetter("ndim")(x),
        ),
        *(list(itertools.islice(itertools.count(), 3)), list(itertools.zip_longest([1], [2, 3]))),
        *(list(itertools.permutations([1, 2])), list(itertools.combinations("abc", 2))),
    )


class Managed:
    def __init__(self, log, swallow):
        self.log, self.swallow = log, swallow

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(kind.__name__ if kind else None)
        return self.swallow


@calls((ROW, True), (ROW, False))
def with_statements(x, swallow):
    log = []
    with Managed(log, True) as first, Managed(log, swallow):
        log.append(first.swallow)
        raise ValueError("inside")
    return x, log


@calls((4,), (1,))
def generators(n):
    def counted(limit):
        i = 0
        while i < limit:
            got = yield i
            i += got or 1

    g = counted(n)
    found = [next(g)]
    try:
        found.append(g.send(2))
    except StopIteration:
        found.append("end")
    return found, list(counted(n)), [*(v * 2 for v in counted(n))]


class Iterates:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        self.i = 0
        return self

    def __next__(self):
        if self.i == self.n:
            raise StopIteration
        self.i += 1
        return self.i


@calls((3,), (0,))
def iterators(n):
    return list(Iterates(n)), [v for v in Iterates(n)], sum(Iterates(n)), next(iter(Iterates(2)))


@calls((np.array([1, 2, 3]),), (5,), ("abc",), (ROW,), ({"a": 1},), ([1],))
def match_of_shapes(x):
    match x:
        case np.ndarray():
            return "array", x.sum()
        case Tensor(shape=(3,)):
            return "tensor"
        case int(n) if n > 3:
            return n
        case str():
            return x.upper()
        case {"a": value}:
            return value
        case [first, *_]:
            return first
