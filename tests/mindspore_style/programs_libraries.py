"""Libraries inside of compiled code: of Python, and modules that are no part of a package."""

import base64
import bisect
import collections
import copy
import datetime
import decimal
import fractions
import functools
import hashlib
import heapq
import itertools
import json
import math
import operator
import os
import random
import re
import statistics
import string
import sys
import time
import types

import numpy as np

from foldaway.mindspore import Tensor, nn

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])

own = types.ModuleType("own")
exec(
    """
import numpy as np

TABLE = {"scale": 2}
SEEN = []

class Scaler:
    def __init__(self, n):
        self.n = n

    def scaled(self, x):
        SEEN.append(self.n)
        return x * self.n * TABLE["scale"]

def resize(a, times):
    return np.repeat(np.asarray(a), times).reshape(-1, times)

def choose(x):
    if x.sum() > 5:
        return x
    return -x
""",
    own.__dict__,
)


@calls((ROW,), (ROW * 2,))
def own_module(x):
    return own.Scaler(3).scaled(x), own.choose(x), Tensor(own.resize([1, 2], 2)), len(own.SEEN) > 0


@calls((ROW,))
def own_module_has_constants(x):
    own.TABLE["scale"] = 5
    found = x * own.TABLE["scale"]
    own.TABLE["scale"] = 2
    own.SEEN.clear()
    return found, own.SEEN, hasattr(own, "missing")


@calls((ROW,), (ROW,))
def imports_in_the_function(x):
    import collections.abc
    import math as m
    from itertools import chain

    return x * m.floor(2.5), list(chain([1], [2])), isinstance([], collections.abc.Sequence)


@calls((2.5,), (0.25,))
def mathematics(a):
    return (
        *(math.sqrt(a), math.pow(a, 2), math.sin(a), math.log(a), math.exp(a), math.fabs(-a)),
        *(
            math.floor(a),
            math.ceil(a),
            math.trunc(a),
            math.hypot(a, 1),
            math.degrees(a),
            math.pi * a,
        ),
        *(
            math.isclose(a, 2.5),
            math.isnan(a),
            math.copysign(a, -1),
            math.fmod(a, 2),
            math.gcd(12, 8),
        ),
    )


@calls((ROW,))
def mathematics_of_constants(x):
    return x * math.factorial(3), math.comb(5, 2), math.prod([1, 2, 3]), math.dist([0, 0], [3, 4])


@calls((ROW,))
def texts_and_patterns(x):
    found = re.search(r"(\d+)-(\w+)", "a 12-bc")
    return (
        *(found.group(1), found.groups(), re.sub("a", "b", "banana"), re.split(",", "a,b"), x),
        *(
            string.ascii_lowercase[:3],
            string.Template("$a!").substitute(a=1),
            re.findall("a.", "abac"),
        ),
        *(base64.b64encode(b"hi"), hashlib.md5(b"a").hexdigest()[:6], json.dumps({"a": [1, None]})),
        *(json.loads('{"k": [1.5, true]}'), string.capwords("a bc")),
    )


@calls(([3, 1, 2],), ([5],))
def containers_of_the_library(items):
    heap = list(items)
    heapq.heapify(heap)
    heapq.heappush(heap, 0)
    counter = collections.Counter(items)
    queue = collections.deque(items, maxlen=2)
    queue.appendleft(9)
    chained = collections.ChainMap({"a": 1}, {"b": 2})
    return (
        *(heap[0], heapq.nsmallest(2, items), counter.most_common(1), list(queue), dict(chained)),
        *(
            bisect.bisect([1, 3, 5], 3),
            list(itertools.accumulate(items)),
            functools.reduce(operator.mul, items),
        ),
        *(
            sorted(items, key=operator.neg),
            list(itertools.groupby([1, 1, 2]))[0][0],  # noqa: RUF015
            statistics.mean(items),
        ),
    )


@calls((ROW,))
def numbers_of_the_library(x):
    half = fractions.Fraction(1, 2)
    price = decimal.Decimal("1.10")
    return x * float(half), half + 1, price * 2, str(price), round(price, 1), complex(1, 2) * 2


@calls((ROW,))
def dates(x):
    day = datetime.date(2024, 2, 28)
    later = day + datetime.timedelta(days=2)
    return later.isoformat(), later.year, (later - day).days, day.strftime("%d/%m"), x


@calls((ROW,), ([1, [2]],))
def copies(value):
    deep, flat = copy.deepcopy(value), copy.copy(value)
    same = [deep is value, flat is value, copy.deepcopy({"a": [1]})]
    return deep, flat, same


@calls((ROW,), (ROW,))
def random_numbers(x):
    random.seed(3)
    return random.randint(0, 100), random.random(), random.choice([1, 2, 3]), x


@calls((ROW,))
def the_system(x):
    return (
        os.path.join("a", "b"),
        os.path.splitext("f.py"),
        os.sep,
        sys.maxsize > 0,
        len(sys.argv) > -1,
        x,
    )


@calls((ROW,), (ROW,))
def the_clock(x):
    before = time.time()
    return time.time() >= before, time.perf_counter() > 0, x


@calls((ROW,), (ROW,))
def the_environment(x):
    os.environ["FOLDAWAY_STYLE"] = "1"
    found = os.environ.get("FOLDAWAY_STYLE"), os.getenv("FOLDAWAY_NO", "none")
    del os.environ["FOLDAWAY_STYLE"]
    return found, "FOLDAWAY_STYLE" in os.environ, x


@calls((ROW,))
class LibrariesInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.scaler = own.Scaler(2)
        self.table = collections.OrderedDict(a=1, b=2)
        self.step = functools.partial(operator.add, 10)
        self.space = types.SimpleNamespace(rate=0.5)

    def construct(self, x):
        total = sum(self.table.values())
        self.space.rate = self.space.rate / 2
        return self.scaler.scaled(x) + total, self.step(5), x * self.space.rate, list(self.table)


@calls((np.array([3, 1, 2]),), (np.array([1.5]),))
def libraries_take_arrays(a):
    return (
        copy.deepcopy(a).tolist(),
        sorted(a.tolist()),
        json.dumps(a.tolist()),
        statistics.mean(a.tolist()),
    )
