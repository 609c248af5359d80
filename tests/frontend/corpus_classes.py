# ruff: noqa
"""Classes and patterns. `inputs`, `note` and `Traced` are given by the test."""

import dataclasses
import enum


class Base:
    """A base."""

    __private = 1
    shared = []

    def __init__(self, value):
        self.value = value
        self.__hidden = value * 2

    def __get(self):
        return self.__hidden, self.__private

    def get(self):
        return self.__get()

    def rename(self, __x, *, __y=1):
        return __x, __y

    @property
    def doubled(self):
        return self.value * 2

    @doubled.setter
    def doubled(self, new):
        self.value = new // 2

    @staticmethod
    def static(a):
        return a

    @classmethod
    def make(cls, a):
        return cls(a)

    def __repr__(self):
        return f"{type(self).__name__}({self.value})"


class Derived(Base):
    def __init__(self, value, extra=0):
        super().__init__(value)
        self.extra = extra

    def get(self):
        return super().get(), __class__.__name__, super(Derived, self).doubled

    @classmethod
    def make(cls, a):
        return super().make(a + 1)


@inputs((3,))
def private_names(v):
    b = Base(v)
    return b.get(), sorted(vars(b)), b._Base__private, sorted(n for n in vars(Base) if "get" in n)


@inputs((3,))
def private_parameters(v):
    b = Base(v)
    return b.rename(1), b.rename(1, _Base__y=2), Base.rename.__code__.co_varnames[:3]


@inputs((3,))
def inheritance(v):
    d = Derived.make(v)
    return d.get(), d.extra, repr(d), Derived.__mro__[1].__doc__


@inputs((10,))
def properties(v):
    b = Base(v)
    b.doubled = 50
    b.doubled += 2
    return b.value, b.doubled, b.static(1)


class Mangling:
    def calls(self):
        def take(**kw):
            return kw

        return take(__x=1, **{"__y": 2})

    def matches(self, subject):
        match subject:
            case {"k": __a, **__rest}:
                return __a, __rest
            case [__b, *__c]:
                return __b, __c
            case int() as __d:
                return __d

    def scopes(self):
        __x = 1

        def inner():
            nonlocal __x
            __x += 1
            return __x

        return inner(), __x, [__z for __z in [__x]], (lambda __w: __w)(3)

    def imports(self):
        import math as __m

        try:
            1 / 0
        except ZeroDivisionError as __error:
            return __m.floor(1.5), type(__error).__name__

    class __Inner:
        __y = 7

        def get(self):
            return self.__y

    def inner(self):
        return self.__Inner().get(), sorted(vars(self.__Inner))[:1]

    def annotated(self):
        __n: int
        __m: int = 3
        self.__k: int = __m
        return self.__k, vars(self)


@inputs(())
def mangled_everywhere():
    m = Mangling()
    return (
        m.calls(),
        [m.matches(x) for x in ({"k": 1, "z": 2}, [1, 2], 5)],
        m.scopes(),
        m.imports(),
        m.inner(),
        m.annotated(),
    )


@inputs((3,))
def local_class(n):
    class Local(Base, metaclass=type):
        x = n
        y = [x for _ in range(2)] if False else x + 1
        z: int = 5
        w: "str"
        for i in range(2):
            locals()[f"made{i}"] = i
        del i

        if n > 2:

            def big(self):
                return self.x + n
        else:
            big = None

    return Local(1).big(), Local.y, Local.__annotations__, Local.made1, hasattr(Local, "i")


@inputs((1,))
def class_order(a):
    @note
    @(lambda c: note(c) and c)
    class C(note(object), metaclass=note(type)):
        note("body")
        x = y = note("x")

    return C.x, C.__name__


@inputs(())
def class_keywords():
    class Meta(type):
        def __new__(cls, name, bases, namespace, **kw):
            note(sorted(kw.items()))
            return super().__new__(cls, name, bases, namespace)

        def __init__(self, name, bases, namespace, **kw):
            pass

    class C(*(object,), metaclass=Meta, a=1, **{"b": 2}):
        pass

    return C.__bases__, type(C).__name__


@inputs(())
def init_subclass():
    class Parent:
        def __init_subclass__(cls, /, tag=None, **kw):
            super().__init_subclass__(**kw)
            cls.tag = tag

    class Child(Parent, tag="t"):
        pass

    return Child.tag


@inputs((1, 2))
def operators(a, b):
    class V:
        __slots__ = ("x",)

        def __init__(self, x):
            self.x = x

        def __add__(self, o):
            return V(self.x + o.x)

        def __radd__(self, o):
            return ("r", o)

        def __eq__(self, o):
            return note(self.x == o.x)

        def __lt__(self, o):
            return self.x < o.x

        def __getitem__(self, k):
            return k

        def __call__(self, *a, **k):
            return a, k

        def __bool__(self):
            return note(bool(self.x))

        __hash__ = None

    v, w = V(a), V(b)
    return (v + w).x, 5 + v, v == w, v < w, v[1:2, ...], v(1, k=2), not v, bool(v and w)


@dataclasses.dataclass(frozen=True, order=True)
class Point:
    x: int
    y: int = 0
    tags: list = dataclasses.field(default_factory=list, compare=False)

    def norm(self):
        return abs(self.x) + abs(self.y)


@inputs((3, -4), ("a", "b"))
def dataclass(x, y):
    p = Point(x, y)
    try:
        p.x = 5
    except dataclasses.FrozenInstanceError as error:
        note(str(error))
    return p, p < Point(x, y, [1]), dataclasses.replace(p, y=1), p.norm()


class Color(enum.Enum):
    RED = enum.auto()
    GREEN = "g"
    ALIAS = RED

    @property
    def low(self):
        return self.name.lower()


@inputs(("g",), ("nothing",))
def enumeration(v):
    return list(Color), Color.RED.low, Color.ALIAS is Color.RED, Color(v)


@inputs(())
def nested_classes():
    class A:
        n = 1

        class B:
            m = 2

            def f(self):
                return A.n + self.m

        b = B

    return A.B().f(), A.b.__qualname__


@inputs((4,))
def class_scope(x):
    class C:
        x = x if False else 1

        def f(self):
            return x

    return C.x, C().f()


@inputs(())
def class_doc():
    class A:
        """Doc."""

    class B:
        "Doctwo"

        x = 1

    return A.__doc__, B.__doc__, A.__module__


@inputs(
    (1,),
    ([1, 2],),
    ([1, 2, 3],),
    ({"k": 1, "z": 2},),
    ("s",),
    (None,),
    (Point(0, 5),),
    (Point(3, 3),),
    (2.5,),
)
def patterns(a):
    match a:
        case 1 | 2:
            return "small"
        case [x, y]:
            return "pair", x, y
        case [x, *rest]:
            return "many", x, rest
        case {"k": v, **others}:
            return "dict", v, others
        case "s" | "t" as text:
            return "text", text
        case None | True:
            return "singleton"
        case Point(x=0, y=y):
            return "axis", y
        case Point(x, y) if x == y:
            return "diagonal", x
        case float(f):
            return "float", f
        case _:
            return "other"


@inputs((Color.RED,), ("g",), ((1, (2, 3)),), ([],), (-1,), (1 + 2j,))
def pattern_values(a):
    match a:
        case Color.RED:
            return "red"
        case "g":
            return "g"
        case (1, (b, (3 | 4) as c)):
            return b, c
        case []:
            return "empty"
        case -1 | 1 + 2j:
            return "number"


@inputs((5,), (50,), ("x",))
def pattern_guards(a):
    match note(a):
        case int() if note(a > 10):
            return "big"
        case int():
            return "int"
    return "none"


@inputs(((1, 2),), ((1,),))
def pattern_subject_tuple(a):
    match note(a), note(len(a)):
        case (x, *_), 2:
            return x
        case [[x], n]:
            return x, n


@inputs((3,))
def pattern_in_loop(n):
    out = []
    for i in range(n):
        match i:
            case 0:
                continue
            case 2:
                break
            case k:
                out.append(k)
    return out, k
