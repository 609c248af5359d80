"""Lists, tuples, dicts and sets, changed in place and returned."""

import numpy as np

from foldaway.mindspore import Tensor, nn, ops

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])


@calls((ROW,))
def list_append_and_insert(x):
    items = [1, 2]
    items.append(x)
    items.insert(0, "first")
    items.extend([3, 4])
    items += [5]
    return items


@calls((ROW,))
def list_pop_remove_reverse(x):
    items = [1, x, 3, 1]
    last = items.pop()
    first = items.pop(0)
    items.reverse()
    items.remove(3)
    return items, first, last, items.count(1)


@calls((ROW,))
def list_items_and_slices(x):
    items = [0, 1, 2, 3]
    items[1] = x
    items[-1] = "end"
    del items[0]
    items[1:2] = [7, 8]
    return items, items[0], items[::-1], [0] * 3, items.index("end")


@calls(([3, 1, 2],))
def list_argument_grows(items):
    items.append(4)
    items.sort()
    return len(items), items


@calls(([[1], [2]],))
def nested_list_argument_changes(items):
    items[0].append(9)
    items.append([3])
    return items[0]


LOG = []


@calls((ROW,), (ROW * 2,))
def global_list_grows(x):
    LOG.append(float(x.shape[0]))
    n = len(LOG)
    LOG.clear()
    return n


@calls((ROW,))
def dict_methods(x):
    table = {"a": x, "b": 2}
    table["c"] = 3
    table.update({"d": 4}, e=5)
    popped = table.pop("b")
    found = table.get("zz", 0), table.get("a") is x, table.setdefault("f", 6)
    del table["c"]
    return table, list(table.keys()), list(table.values())[1:], popped, found, "a" in table


@calls(({"n": 1},))
def dict_argument_changes(table):
    table["m"] = table["n"] + 1
    return table


@calls((ROW,))
def dict_of_tensors_returned(x):
    return {"x": x, "twice": [x * 2, {"deep": (x + 1,)}], 3: None}


@calls((ROW,))
def dict_from_items(x):
    table = dict([("a", 1)], b=x)
    return {k: v for k, v in table.items()}, {**table, "c": 3}, dict.fromkeys("ab", 0)


@calls((3,), (1,))
def sets(n):
    s = {1, 2, n}
    s.add(7)
    s.discard(2)
    return s, s | {9}, s & {1, 7}, len(s), 7 in s, {v % 2 for v in s}, frozenset([n])


@calls((ROW,))
def tuples(x):
    a = (1, x)
    b = a + (2, 3)  # noqa: RUF005
    first, *rest = b
    (p, q), r = (1, 2), 3
    return b, first, rest, a[1], b.index(2), a * 2, p + q + r, len(b)


@calls((ROW,))
def comprehensions(x):
    data = x.asnumpy()
    return (
        [v * v for v in range(5) if v % 2],
        {k: k**2 for k in (1, 2)},
        [[i * j for j in range(3)] for i in range(2)],
        list(v + 1 for v in (1, 2)),
        [float(v) * 2 for v in data],
        sum(float(v) * float(v) for v in data),
    )


@calls((ROW,))
def swapping(x):
    a, b = x, 2
    a, b = b, a
    i, items = 0, [5, 6, 7]
    i, items[i] = 1, 9
    return a, b, i, items


@calls((ROW,))
def none_everywhere(x):
    a = None
    b = [None, x]
    return a, b, None, {"n": None}, a is None, b[0] == None, a or x  # noqa: E711


@calls((None, ROW), (ROW, None))
def none_arguments(a, b):
    if a is None:
        return b
    return a, b


@calls((ROW,))
def returns_nothing(x):
    x + 1


@calls((ROW, (1, [ROW, {"k": ROW}])))
def nested_arguments(x, nested):
    return nested[1][1]["k"] + x, nested[0], nested[1][0] * 2


@calls((ROW,))
def star_arguments(x):
    def f(a, *rest, k=0, **named):
        return a, rest, k, named

    return f(*[1, x, 3], k=2, **{"m": x}), f(x)


@calls((ROW,))
class ListAttribute(nn.Cell):
    def __init__(self):
        super().__init__()
        self.factors = [1, 2, 3]
        self.names = {"scale": 2.0}

    def construct(self, x):
        for factor in self.factors:
            x = x * factor
        return x * self.names["scale"], self.factors


@calls((ROW,))
class AppendsToItself(nn.Cell):
    def __init__(self):
        super().__init__()
        self.seen = []
        self.count = 0

    def construct(self, x):
        self.count = self.count + 1
        self.seen.append(self.count)
        return x * self.count, len(self.seen)


@calls((ROW,))
def list_of_tensors_joined(x):
    parts = []
    for i in range(3):
        parts.append(x * i)
    return ops.stack(parts), ops.concat(parts), Tensor(np.stack([np.ones(2)] * 2))


@calls((2, 3), (0, 1))
def chained_comparisons(a, b):
    return 1 < a <= b < 5, a == 2 != b, a < b, [a] == [2], (a, b) < (1, 9)


@calls((ROW,))
def deleting(x):
    a, b = 1, [1, 2, 3]
    del b[0], a
    try:
        return a  # noqa: F821
    except UnboundLocalError as error:
        return type(error).__name__, b
