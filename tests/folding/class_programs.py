"""Programs with class statements: bases, metaclasses, closures, decorators."""

import dataclasses
import enum
import functools
import typing


def plain(x):
    class Scale:
        "Scales."

        factor: int = 3
        unset: "later"  # noqa: F821
        both = factor * 2

        def __init__(self, value, /, *, extra=1):
            self.value = value * extra

        def get(self):
            "Gets."
            return self.value * self.factor

        @property
        def twice(self):
            return self.value * 2

        @twice.setter
        def twice(self, value):
            self.value = value / 2

        @staticmethod
        def plus(a):
            return a + 1

        @classmethod
        def make(cls, a):
            return cls(a, extra=2)

    made = Scale.make(x)
    made.twice = made.get() + 1
    names = Scale.__name__, Scale.__qualname__, Scale.__module__, Scale.get.__qualname__
    docs = Scale.__doc__, Scale.get.__doc__, Scale.__annotations__, Scale.both
    return made.get(), made.twice, Scale.plus(x), made.plus(1), names, docs, sorted(vars(made))


def inherited(x):
    class Base:
        def __init__(self, value):
            self.value = value

        def get(self):
            return [type(self).__name__, self.value]

        @classmethod
        def name(cls):
            return cls.__name__

    class Left(Base):
        def get(self):
            return ["left", *super().get()]

        @classmethod
        def name(cls):
            return "L" + super().name()

    class Right(Base):
        def get(self):
            return ["right", *super(Right, self).get(), __class__.__name__]  # noqa: UP008

    class Both(Left, Right):
        def __init__(self, value):
            def inner(it):
                return super(Both, it).get  # noqa: UP008

            super().__init__(value + 1)
            self.inner = inner(self)

    both = Both(x)
    order = [kind.__name__ for kind in Both.__mro__]
    return both.get(), both.inner(), Both.name(), order, isinstance(both, Base)


def made_by_libraries(x):
    @dataclasses.dataclass(order=True)
    class Point:
        a: int
        b: object = dataclasses.field(default_factory=list, compare=False)

        def area(self):
            return self.a * x

    @dataclasses.dataclass(frozen=True, slots=True)
    class Frozen:
        a: object

        def __post_init__(self):
            object.__setattr__(self, "a", self.a + 1)

    class Color(enum.Enum):
        RED = 1
        BLUE = enum.auto()

        def double(self):
            return self.value * 2

    class Pair(typing.NamedTuple):
        first: object
        second: int = 3

        def total(self):
            return self.first + self.second

    try:
        Frozen(x).a = 1
    except AttributeError as error:
        caught = type(error).__name__, str(error)
    first, second = Pair(x)
    colors = [(color.name, color.double()) for color in Color]
    values = Point(2).area(), Frozen(x).a, Pair(x).total(), first + second
    return values, Point(1) < Point(2), repr(Point(1)), colors, Color(1) is Color.RED, caught


def metaclasses(x):
    seen = []

    class Base:
        def __init_subclass__(cls, tag=None, **rest):
            super().__init_subclass__(**rest)
            seen.append((cls.__name__, tag))

    class Meta(type):
        @classmethod
        def __prepare__(meta, name, bases, **rest):
            seen.append(("prepare", name, sorted(rest)))
            return {"prepared": 1}

        def __new__(meta, name, bases, namespace, **rest):
            namespace["extra"] = 5
            return super().__new__(meta, name, bases, namespace, **rest)

        def __init__(cls, name, bases, namespace, **rest):
            super().__init__(name, bases, namespace)

        def __call__(cls, *args):
            made = super().__call__(*args)
            made.late = 9
            return made

        def __getitem__(cls, key):
            return cls.__name__, key

        def __len__(cls):
            return 7

    class Plain(Base, tag=1):
        pass

    class Made(Plain, metaclass=Meta, tag=2):
        __slots__ = ("__hidden", "late")

        def __init__(self):
            self.__hidden = x

        def get(self):
            return self.__hidden * self.extra

    made = Made()
    return seen, made.get() + made.late, Made.prepared, Made[1], len(Made), Made.__slots__


def closures(x):
    factor = 2

    def outer():
        factor = 5

        class Inner:
            factor = factor_of = 7

            def get(self):
                nonlocal factor
                factor += 1
                return factor * x

            items = [i for i in range(factor)]  # noqa: RUF012

            class Nested:
                name = "nested"

                def get(self):
                    return factor

        return Inner, lambda: factor

    kind, read = outer()
    one = kind()
    values = one.get(), one.get(), read(), kind.items, kind.Nested().get()
    return values, kind.Nested.__qualname__, kind.factor, factor


def decorated(x):
    seen = []

    def register(name):
        seen.append(name)

        def decorate(kind):
            seen.append((name, kind.__name__))
            kind.tag = name
            return kind

        return decorate

    def logged(function):
        @functools.wraps(function)
        def wrapper(self, *args):
            seen.append(function.__name__)
            return function(self, *args)

        return wrapper

    @register("a")
    @register("b")
    class Kind:
        @logged
        def get(self, y):
            return x * y

    return Kind().get(2), Kind.tag, Kind.get.__name__, seen


PROGRAMS = [plain, inherited, made_by_libraries, metaclasses, closures, decorated]
