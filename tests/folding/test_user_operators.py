"""Special methods of the user's classes are folded: what they change, changes at every call."""

import pytest

from foldaway import CompileError, Tensor, jit


class Loud:
    """Writes down which of its methods was asked."""

    def __init__(self, x, log):
        self.x = x
        self.log = log

    def __add__(self, other):
        self.log.append("add")
        return Loud(self.x + (other.x if isinstance(other, Loud) else other), self.log)

    def __radd__(self, other):
        self.log.append("radd")
        return NotImplemented if other == "text" else self + other

    def __iadd__(self, other):
        self.log.append("iadd")
        return NotImplemented

    def __sub__(self, other):
        self.log.append("sub")
        return NotImplemented

    def __neg__(self):
        self.log.append("neg")
        return self

    def __getitem__(self, key):
        self.log.append(("getitem", key))
        return self.x[key]

    def __len__(self):
        self.log.append("len")
        return 2

    def __bool__(self):
        self.log.append("bool")
        return False

    def __eq__(self, other):
        self.log.append("eq")
        return isinstance(other, Loud)

    def __lt__(self, other):
        self.log.append("lt")
        return NotImplemented

    __hash__ = None

    def __contains__(self, item):
        self.log.append("contains")
        return [item]

    def __iter__(self):
        self.log.append("iter")
        return Steps(self.log)

    def __repr__(self):
        self.log.append("repr")
        return "Loud"

    def __format__(self, form):
        self.log.append(form)
        return f"<{form}>"

    def __abs__(self):
        return -self


class Steps:
    def __init__(self, log):
        self.n = 0
        self.log = log

    def __iter__(self):
        return self

    def __next__(self):
        self.log.append("next")
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n


class Louder(Loud):
    def __radd__(self, other):
        self.log.append("first")
        return 0


class Short:
    def __len__(self):
        return -1

    def __str__(self):
        return 3


X = Tensor([1.0, 2.0])

PROGRAMS = [
    lambda v: (v + 1).x,
    lambda v: (1 + v).x,
    lambda v: (v + v).x,
    lambda v: v + Louder(1, v.log),
    lambda v: v + "text",
    lambda v: "text" + v,
    lambda v: v - 1,
    lambda v: -v is v,
    lambda v: v[0] + v[1],
    lambda v: len(v),
    lambda v: (bool(v), not v, 1 if v else 2, v and 3, v or 4),
    lambda v: (v == v, v == 1, v != 1, v != v),
    lambda v: v < v,
    lambda v: v > 3,
    lambda v: (1 in v, 2 not in v),
    lambda v: [i for i in v],
    lambda v: [*v, *v],
    lambda v: list(v) + sorted(v) + list(zip(v, v, strict=True)),
    lambda v: (sum(v), max(v), any(v), dict(enumerate(v))),
    lambda v: (lambda *a: a)(*v),
    lambda v: f"{v} {v:>3} {v!r}" + str(v) + repr(v) + format(v, "x"),
    lambda v: abs(v) is v,
    lambda v: len(Short()),
    lambda v: str(Short()),
    lambda v: {v: 1},
]


def unpacks(v):
    a, *b = v
    for c in v:
        if c == 2:
            break
    return a, b, c


def changes(v):
    w = v
    w += 1
    return w is v, w.x


def outcome(function, v):
    try:
        result = function(v)
    except Exception as error:
        return type(error), error.args, v.log
    tensor = isinstance(result, Tensor)
    return (result.tolist() if tensor else repr(result)), v.log


@pytest.mark.parametrize("function", [*PROGRAMS, unpacks, changes])
def test_special_methods_are_asked_at_every_call(function):
    plain, v = Loud(X, []), Loud(X, [])
    compiled = jit(function)
    for _ in range(3):
        assert outcome(compiled, v) == outcome(function, plain)


def test_methods_that_native_code_asks_have_no_effects():
    class Counted:
        def __init__(self, n):
            self.n = n
            self.asked = []

        def __lt__(self, other):
            self.asked.append(other.n)
            return self.n < other.n

    def f(a, b):
        return [one.n for one in sorted([a, b])]

    a, b = Counted(2), Counted(1)
    with pytest.raises(CompileError, match="is changed by code that isn't folded"):
        jit(f)(a, b)
    assert a.asked == b.asked == []
