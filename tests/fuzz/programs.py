"""Whole programs: what stands around the function, its parameters, and the calls."""

import random
import re

from .expressions import PLAIN
from .observe import Case
from .statements import Statements

CHOICES = {
    "prints": (0.3, 0.4),
    "says": (0.0, 1.0),
    "mistakes": (0.4, 0.4),
    "walrus": (0.3, 0.3),
    "numbers": (0.7, 0.7),
    "reads": (0.15, 0.4),
    "branches": (0.2, 0.4),
    "runtime": (0.3, 0.3),
    "effects": (0.35, 0.4),
    "arrays": (0.15, 0.3),
    "inplace": (0.1, 0.2),
    "classes": (0.2, 0.3),
}
"""The share of programs that may do what, in STRICT and in LAX."""

_EITHER_ZERO = re.compile(r"imum\(|\.(min|max)\(")
"""What may give a zero of either sign."""

_PARTS = {
    "AppError": (
        r"\bAppError\b",
        """
class AppError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code
""",
    ),
    "Managed": (
        r"\bManaged\b",
        """
class Managed:
    def __init__(self, tag, swallow):
        self.notes = [tag]
        self.swallow = swallow

    def __repr__(self):
        return f"Managed({self.notes})"

    def __enter__(self):
        self.notes.append(1)
        return self

    def __exit__(self, kind, error, trace):
        self.notes.append(0 if kind is None else 2)
        return kind is not None and issubclass(kind, self.swallow)
""",
    ),
    "Box": (
        r"\bBox\b",
        """
class Box:
    made = 0

    def __init__(self, n, t=None):
        self.n = n
        self.t = t
        self.items = []

    def __repr__(self):
        return f"Box({self.n})"

    def bump(self, by=1):
        self.n += by
        return self.n

    def scaled(self, k):
        return self.n * k

    @property
    def double(self):
        return self.n * 2

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.n + index

    def __call__(self, value):
        return value + self.n

    def __add__(self, other):
        return type(self)(self.n + (other.n if isinstance(other, Box) else other))

    def __eq__(self, other):
        return isinstance(other, Box) and self.n == other.n

    @staticmethod
    def twice(value):
        return value + value

    @classmethod
    def make(cls, n):
        return cls(n)
""",
    ),
    "Special": (
        r"\bSpecial\b",
        """
class Special(Box):
    def bump(self, by=1):
        return super().bump(by * 2) + 1

    @property
    def double(self):
        return self.n + super().double
""",
    ),
    "Point": (
        r"\bPoint\b",
        """
@dataclasses.dataclass
class Point:
    x: object
    y: object = 0

    def scaled(self, by):
        return self.y * by
""",
    ),
    "Vec": (
        r"\bVec\b",
        """
class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __iadd__(self, other):
        self.x += other.x
        return self

    def __mul__(self, by):
        return Vec(self.x * by, self.y * by)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __iter__(self):
        yield self.x
        yield self.y

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __gt__(self, other):
        return self.x > other.x

    def __lt__(self, other):
        return self.x < other.x

    def __bool__(self):
        return self.x != 0

    def __contains__(self, value):
        return value == self.y
""",
    ),
    "GAUGE": (
        r"\bGAUGE\b",
        """
class Limited:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return getattr(instance, self.name, 0)

    def __set__(self, instance, value):
        setattr(instance, self.name, min(value, 4))


class Gauge:
    level = Limited()

    def __init__(self):
        self.changes = 0

    def __setattr__(self, name, value):
        if name == "free":
            value = value * 2
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        if name == "other":
            return 5
        raise AttributeError(name)

GAUGE = Gauge()
""",
    ),
    "GLOBALS": (
        r"\b(LOG|TABLE|COUNT|BOX|SEEN)\b",
        """
LOG = [1]
TABLE = {"n": 0}
SEEN = {1, 2}
COUNT = 0
BOX = Box(5)
""",
    ),
}


def program(seed, lax=False, feature=None):
    """Return the random program of a seed, one that may do what `feature` says."""
    rng = random.Random(f"{seed} features")
    features = {name for name, shares in CHOICES.items() if rng.random() < shares[lax]}
    features |= {feature} - {None}
    if "runtime" in features:
        features |= {"branches", "numbers"}
    return _Program(f"{seed} text", features).case()


class _Program(Statements):
    def case(self):
        parameters = {f"x{i}": kind for i, kind in enumerate(self._parameter_kinds())}
        self.scope = dict(parameters)
        self.fixed = {"x0"}
        self.root = "x0"
        self.global_count = False
        constants = self._constants()
        outer = self._helpers(constants)
        self.scope |= parameters
        self.budget = self.rng.randint(4, 16)
        self.statements(16)
        self._finish()
        header = [f"def f({', '.join(parameters)}):"]
        if self.global_count:
            header.append("    global COUNT")
        calls = self._calls(parameters, "\n".join(self.lines + outer))
        texts = [f"{name} = {text}" for name, (_, text) in constants.items()]
        module = "\n".join([*texts, *outer, *header, *self.lines]) + "\n"
        for names, text in reversed(_PARTS.values()):
            if re.search(names, "\n".join([module, *calls])):
                module = text + module
        # Which of two zeros is the lesser, NumPy itself answers now so, now so.
        loose = self.loose or ("zeros" if _EITHER_ZERO.search(module) else False)
        return Case(module.lstrip(), calls, loose)

    def _parameter_kinds(self):
        # The first is what prints at every call: something that is no constant.
        kinds = [("tensor", "float32", 1)]
        for _ in range(self.rng.randint(0, 3)):
            choices = [self.tensor_kind(), self.tensor_kind(), "str"]
            choices += ["int", "int", "float", "float", "bool"] if self.has("numbers") else []
            choices += [("list", "int"), ("dict", "int"), ("list", self.tensor_kind())]
            choices += [("tuple", "int", "float"), ("dict", ("tensor", "float32", 1)), ("box",)]
            if self.has("arrays"):
                choices += [("array", "float32", 1), ("array", "float64", 1), ("array", "int64", 2)]
            kinds.append(self.rng.choice(choices))
        return kinds

    def _constants(self):
        """Return global constants: name → kind, text."""
        scope, self.scope = self.scope, {}
        made = {}
        for name in ("K", "RATE", "NAMES"):
            if self.chance(0.25):
                kind = {"K": "int", "RATE": "float", "NAMES": ("list", "int")}[name]
                made[name] = kind, self.literal(kind)
        self.scope = scope | {name: kind for name, (kind, _) in made.items()}
        self.fixed |= set(made)
        return made

    def _helpers(self, constants):
        """Write functions beside `f`; return their lines."""
        inside, root = dict(self.scope), self.root
        lines = []
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            self.scope = {name: kind for name, (kind, _) in constants.items()}
            self.root, self.in_function, self.indent, self.budget = None, False, 0, 6
            self.global_count = False
            self.define()
            if self.global_count:
                at = next(i for i, line in enumerate(self.lines) if line.startswith("def "))
                self.lines.insert(at + 1, "    global COUNT")
            lines += [*self.lines, ""]
            self.lines.clear()
        self.scope, self.root, self.in_function, self.indent = inside, root, False, 1
        self.global_count = False
        return lines

    def _finish(self):
        """Return all that is known, so that a wrong value shows."""
        names = [name for name in self.scope if not name.isupper()]
        shown = self.rng.sample(names, min(len(names), 8))
        self.write(f"return {', '.join(shown)}")

    def _calls(self, parameters, text):
        self.scope = {}
        self.functions = {}
        # Where data decide, more of them are needed to see each side.
        count = self.rng.randint(2, 3) + 3 * self.has("runtime")
        calls = [self._call(parameters) for _ in range(count)]
        if self.chance(0.3):
            calls[-1] = calls[0]
        words = set(re.findall(r"\w+", text))
        changes = [one for one in self._changes() if re.split(r"\W", one)[0] in words]
        if changes and self.chance(0.3):
            calls[1:] = [f"{self.rng.choice(changes)} || {call}" for call in calls[1:]]
        return calls

    def _changes(self):
        """Return what may happen between two calls."""
        yield f"K = {self.literal('int')}"
        yield f"RATE = {self.literal(self.pick('float', 'int'))}"
        yield f"NAMES = {self.literal(('list', 'int'))}"
        yield f"NAMES += [{self.literal('int')}]"
        yield f"LOG += [{self.literal(self.tensor_kind())}]"
        yield "LOG = []"
        yield f"TABLE |= dict(k={self.literal('int')})"
        yield f"BOX = {self.literal(('box',))}"
        yield f"BOX.n = {self.literal(self.pick('int', 'float'))}"
        yield f"BOX.t = {self.literal(self.tensor_kind())}"
        yield "Box.bump = lambda self, by=1: by"
        yield "GAUGE.level = 1"

    def _call(self, parameters):
        texts = []
        for kind in parameters.values():
            if kind == ("box",):
                state = f"Box({self.literal('int')}, {self.literal(self.tensor_kind())})"
                texts.append("BOX" if self.has("effects") and self.chance(0.5) else state)
            elif kind[0] == "tensor" and self.chance(0.05):
                # Another type than before: compiled anew.
                texts.append(self.literal(("tensor", self.pick("float32", "int64"), kind[2])))
            elif kind in PLAIN and self.chance(0.03):
                texts.append(self.literal(self.rng.choice(PLAIN)))
            else:
                texts.append(self.literal(kind))
        return ", ".join(texts)
