"""Programs with classes that the interpreter asks for something: operators, protocols, errors."""

import abc
import collections
import functools
import typing


def operators(x):
    class Number:
        def __init__(self, a):
            self.a = a

        def __add__(self, other):
            if not isinstance(other, (Number, int)):
                return NotImplemented
            return Number(self.a + (other.a if isinstance(other, Number) else other))

        __radd__ = __add__

        def __iadd__(self, other):
            self.a = self.a * other
            return self

        def __neg__(self):
            return Number(-self.a)

        def __len__(self):
            return 3

        def __bool__(self):
            return False

        def __getitem__(self, key):
            return self.a * key

        def __setitem__(self, key, value):
            self.a = self.a + key * value

        def __contains__(self, key):
            return key == 2

        def __iter__(self):
            return iter([self.a, self.a + 1])

        def __call__(self, more):
            return self.a + more

        def __getattr__(self, name):
            return f"no {name}"

        def __repr__(self):
            return "number"

        def __format__(self, spec):
            return f"<{spec}>"

    n = Number(x)
    left, right, minus = (n + 1).a, (2 + n).a, (-n).a
    n[2] = 3
    n += 2
    try:
        n + "text"
    except TypeError as error:
        caught = str(error)
    texts = repr(n), f"{n:7}", f"{n!r}", n.missing
    facts = len(n), bool(n), 2 in n, 3 in n, not n
    return left, right, minus, n[2], n(1), list(n), [i * 2 for i in n], texts, facts, caught


def protocols(x):
    class Managed:
        def __enter__(self):
            return x

        def __exit__(self, kind, error, trace):
            return kind is ZeroDivisionError

    class Count:
        def __init__(self, top):
            self.i, self.top = 0, top

        def __iter__(self):
            return self

        def __next__(self):
            if self.i == self.top:
                raise StopIteration
            self.i += 1
            return self.i * x

    class Descriptor:
        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, instance, owner):
            return self if instance is None else instance.value * 2

        def __set__(self, instance, value):
            instance.value = value

    class Owner:
        field = Descriptor()

    with Managed() as value:
        value = value + 1
        1 / 0  # noqa: B018
    owner = Owner()
    owner.field = x
    first, *rest = Count(3)
    return value, list(Count(2)), first, rest, owner.field, Owner.field.name


def sorted_by_methods(x):
    class Key:
        def __init__(self, k):
            self.k = k

        def __lt__(self, other):
            return self.k < other.k

        def __eq__(self, other):
            return self.k == other.k

        def __hash__(self):
            return hash(self.k)

    keys = [Key(3), Key(1), Key(2)]
    found = {Key(1): x}[Key(1)]
    best = max(keys).k, min(keys).k, keys.index(Key(2))
    return [key.k * x for key in sorted(keys)], found, best, len({*keys, Key(1)})


def made_in_new(x):
    class Single:
        one = None

        def __new__(cls, *args):
            if cls.one is None:
                cls.one = super().__new__(cls)
            return cls.one

        def __init__(self, value):
            self.value = value

    class Number(int):
        def __new__(cls, value):
            return super().__new__(cls, value + 1)

    class Names(dict):
        def __missing__(self, key):
            return key * 2

    class Stack(list):
        def push(self, value):
            self.append(value)
            return self

    class Oops(ValueError):
        def __init__(self, value):
            super().__init__("oops", value)
            self.value = value

    Single(x)
    two = Single(x * 2)
    try:
        raise Oops(x)
    except ValueError as error:
        caught = error.value + 1, error.args[0]
    pushed = Stack([1]).push(x)[-1]
    return two.value, Single(3) is two, Number(4) + 1, Names(a=1)["b"], pushed, caught


def abstract(x):
    class Shape(abc.ABC):
        @abc.abstractmethod
        def area(self): ...

        def twice(self):
            return self.area() * 2

    class Square(Shape):
        def area(self):
            return x * x

    try:
        Shape()
    except TypeError as error:
        caught = str(error)
    return Square().twice(), caught, isinstance(Square(), Shape)


def matched(x):
    class Point:
        __match_args__ = ("a", "b")

        def __init__(self, a, b):
            self.a, self.b = a, b

    match Point(1, x):
        case Point(2, _):
            return "two"
        case Point(1, b=value):
            return value + 1


def conditional_body(x):
    class Kind:
        for i in range(3):
            locals()[f"name{i}"] = i
        if i == 2:
            found = "two"
        try:
            missing  # noqa: B018
        except NameError as error:
            text = str(error)
        else:
            text = "none"
        del i
        size = len([i for i in (1, 2)])

    return [(name, value) for name, value in vars(Kind).items() if name[0] != "_"], x


def typed(x):
    T = typing.TypeVar("T")

    class Box(typing.Generic[T]):
        def __init__(self, item: T):
            self.item = item

    class Table(typing.TypedDict):
        a: int

    hints = typing.get_type_hints(Table), Box.__init__.__annotations__["item"] is T
    return Box[int](x).item + 1, Table(a=1), hints, Box.__orig_bases__ == (typing.Generic[T],)


def cached(x):
    class Kind:
        @functools.cached_property
        def value(self):
            return x + 1

        @functools.singledispatchmethod
        def show(self, value):
            return "any"

        @show.register
        def _(self, value: int):
            return "int"

    kind = Kind()
    return kind.value, kind.value is kind.value, kind.show(1), kind.show("a")


def duplicated(x):
    class Meta(type):
        def __new__(meta, name, bases, namespace):
            namespace.pop("__classcell__", None)
            return super().__new__(meta, name, bases, namespace)

    class Lost(metaclass=Meta):
        def get(self):
            return __class__

    return x


def conflicting(x):
    class One(type):
        pass

    class Two(type):
        pass

    class A(metaclass=One):
        pass

    class B(A, metaclass=Two):
        pass

    return x


def returning_from_init(x):
    class Kind:
        def __init__(self):
            return 5

    return Kind()


def without_super(x):
    class Kind:
        @staticmethod
        def get():
            return super()

    return Kind.get()


def missing_argument(x):
    class Kind:
        def __init__(self, a, *, b):
            pass

    return Kind()


def raising_in_body(x):
    class Kind:
        value = {}["missing"]

    return Kind


def counted(x):
    counts = collections.Counter()

    class Meta(type):
        def __instancecheck__(cls, value):
            counts["checks"] += 1
            return value == 3

        def __contains__(cls, value):
            return value == 4

    class Kind(metaclass=Meta):
        def __class_getitem__(cls, key):
            return key

        def __del__(self):
            pass

    return isinstance(3, Kind), isinstance(4, Kind), 4 in Kind, Kind[int], dict(counts), x


PROGRAMS = [
    *(operators, protocols, sorted_by_methods, made_in_new, abstract, matched),
    *(conditional_body, typed, cached, counted),
]

FAILING = [
    *(duplicated, conflicting, returning_from_init, without_super, missing_argument),
    raising_in_body,
]
