"""Classes of the user's: attributes, methods, made inside and outside, nested, special methods."""

from foldaway.mindspore import Tensor, jit_class, nn

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])
ONE = Tensor([1])


@jit_class
class Counter:
    shared = [0]  # noqa: RUF012

    def __init__(self, start):
        self.number = start
        self.history = []

    def add(self, n):
        self.number += n
        self.history.append(n)
        return self

    @property
    def double(self):
        return self.number * 2


@calls((ROW,), (ROW,))
def class_made_in_the_function(x):
    c = Counter(1)
    c.add(2).add(3)
    return c.number, c.history, c.double, x + c.number


@calls((ROW, 3), (ROW, 4))
def class_made_of_arguments(x, n):
    c = Counter(x)
    c.add(n)
    return c.number, c.history, isinstance(c, Counter), type(c).__name__


OUTER = Counter(10)


@calls((ROW,), (ROW,))
def object_from_outside_changes(x):
    OUTER.add(5)
    OUTER.shared[0] += 1
    found = OUTER.number, len(OUTER.history), OUTER.shared[0]
    OUTER.number = 10
    OUTER.history.clear()
    Counter.shared[0] = 0
    return found


@calls((ROW,))
def class_attribute_is_read_and_set(x):
    before = Counter.shared, hasattr(Counter, "label")
    Counter.label = "set"
    after = Counter.label
    del Counter.label
    return before, after, hasattr(Counter, "label")


class Inner:
    def __init__(self):
        self.weight = Tensor([2.0])
        self.config = {"scale": 3}

    def run(self, x):
        return x * self.weight * self.config["scale"]


class Outer:
    def __init__(self):
        self.inner = Inner()
        self.layers = [Inner(), Inner()]

    def run(self, x):
        for layer in self.layers:
            x = layer.run(x)
        return self.inner.run(x)


@calls((ROW,))
class NestedObjectsInACell(nn.Cell):
    def __init__(self):
        super().__init__()
        self.outer = Outer()

    def construct(self, x):
        return self.outer.run(x), self.outer.inner.config["scale"], self.outer.layers[0].weight


@calls((ROW,), (ROW,))
class ObjectAttributeChanges(nn.Cell):
    def __init__(self):
        super().__init__()
        self.counter = Counter(0)
        self.count = 0

    def construct(self, x):
        self.counter.add(2)
        self.counter.number -= 1
        self.count = self.counter.number
        return self.counter.number, x * self.count


@calls((ROW,))
def attributes_by_name(x):
    c = Counter(3)
    setattr(c, "extra", x)  # noqa: B010
    name = "num" + "ber"
    found = getattr(c, name), getattr(c, "nothing", None), hasattr(c, "extra"), c.extra
    setattr(c, name, 7)
    delattr(c, "extra")
    return found, c.number, hasattr(c, "extra"), sorted(vars(c))


@calls((ROW,))
def attribute_that_is_missing(x):
    return Counter(1).missing


@calls((ROW,), (ONE,))
def getattr_of_a_tensor(x):
    return getattr(x, "abs")(), getattr(x, "shape"), hasattr(x, "asnumpy"), getattr(x, "no", 5)  # noqa: B009


@calls((ROW,))
def hasattr_with_a_wrong_name(x):
    return hasattr(x, 1)


class Vector:
    def __init__(self, items):
        self.items = items

    def __add__(self, other):
        return Vector([a + b for a, b in zip(self.items, other.items, strict=True)])

    def __radd__(self, other):
        return Vector([other + a for a in self.items])

    def __mul__(self, n):
        return Vector([a * n for a in self.items])

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, value):
        self.items[i] = value

    def __contains__(self, value):
        return value in self.items

    def __iter__(self):
        return iter(self.items)

    def __eq__(self, other):
        return isinstance(other, Vector) and self.items == other.items

    def __lt__(self, other):
        return len(self) < len(other)

    def __hash__(self):
        return len(self.items)

    def __bool__(self):
        return bool(self.items)

    def __str__(self):
        return f"Vector{self.items}"

    def __call__(self, x):
        return [x * item for item in self.items]


@calls((ROW, 2), (ROW, 3))
def special_methods(x, n):
    v, w = Vector([1, 2]), Vector([n, 4])
    v[0] = 5
    total = v + w * 2 + -w
    return (
        *(total.items, (1 + v).items, (2 * v).items, len(v), v[1], 5 in v, list(v), v == w, v < w),
        *(bool(Vector([])), str(v), hash(v), v(x), sum(v), max(w), sorted([w, v], key=len)[0] is w),
    )


class Base:
    kind = "base"

    def __init__(self, scale=1):
        self.scale = scale

    def forward(self, x):
        return x * self.scale

    @classmethod
    def made(cls):
        return cls(4)

    @staticmethod
    def static(x):
        return x - 1


class Derived(Base):
    kind = "derived"

    def __init__(self):
        super().__init__(3)

    def forward(self, x):
        return super().forward(x) + 1


class Diamond(Derived, Base):
    def forward(self, x):
        return super(Derived, self).forward(x) * 10


@calls((ROW,), (2,))
def inheritance_and_super(x):
    return (
        *(Derived().forward(x), Diamond().forward(x), Base.made().forward(x), Derived.static(x)),
        *(Derived.kind, super(Derived, Derived()).kind, [c.__name__ for c in Diamond.__mro__]),
        *(isinstance(Derived(), Base), issubclass(Base, Derived), Base.forward(Derived(), x)),
    )
