"""Random expressions of a wanted kind, as Python text.

A kind is a word (`int`, `float`, `bool`, `str`) or a tuple: `("tensor", dtype, rank)`,
`("list", kind)`, `("dict", kind)`, `("tuple", kind, …)`, `("box",)` for an instance of `Box`.
Tensors of rank 0, 1 and 2 have the shapes (), (3,) and (2, 3), so that any two broadcast.
"""

import random

NUMBERS = ("int", "float")
PLAIN = ("int", "float", "bool", "str")
SHAPES = {0: "()", 1: "(3,)", 2: "(2, 3)"}
_ROWS = {0: 1, 1: 3, 2: 6}


class Expressions:
    """What may be read, and texts made of it. `features` says what else a program may do."""

    def __init__(self, seed, features):
        self.rng = random.Random(seed)
        self.features = features
        self.scope = {}
        self.functions = {}
        self.needs = set()
        self.loose = False
        self.fresh = 0
        self.walrus = True
        self.fixed = set()

    # What is there

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, *choices):
        return self.rng.choice(choices)

    def has(self, feature):
        return feature in self.features

    def name(self, stem="v"):
        self.fresh += 1
        return f"{stem}{self.fresh}"

    def variables(self, matches):
        return [name for name, kind in self.scope.items() if matches(kind)]

    def variable(self, kind):
        """Return a variable of a kind, None if there is none."""
        names = self.variables(lambda other: other == kind)
        return self.rng.choice(names) if names else None

    def target(self, kind):
        """Return a variable of a kind that may be stored to, or a new name."""
        names = [n for n in self.variables(lambda other: other == kind) if n not in self.fixed]
        return self.rng.choice(names) if names else self.name()

    def variable_like(self, head):
        """Return a name and its kind of the family `head`, None if there is none."""
        names = self.variables(lambda kind: isinstance(kind, tuple) and kind[0] == head)
        if not names:
            return None
        name = self.rng.choice(names)
        return name, self.scope[name]

    # Expressions

    def expression(self, kind, depth=2):
        """Return the text of an expression of a kind; now and then of another one."""
        if self.has("mistakes") and self.chance(0.02):
            # In brackets, because no attribute follows a bare number.
            return f"({self.expression(self.some_kind(), depth)})"
        if depth <= 0:
            return self.atom(kind)
        if self.chance(0.06):
            a, b = self.expression(kind, depth - 1), self.expression(kind, depth - 1)
            return f"({a} if {self.condition(depth - 1)} else {b})"
        if self.chance(0.03) and self.has("walrus") and self.walrus:
            name = self.target(kind) if self.chance(0.6) else self.name()
            return f"({name} := {self.expression(kind, depth - 1)})"
        if self.chance(0.12) and self.functions:
            call = self.call_of(kind, depth)
            if call:
                return call
        if isinstance(kind, tuple):
            return getattr(self, "_" + kind[0])(kind, depth)
        return getattr(self, "_" + kind)(depth)

    def some_kind(self):
        return self.rng.choice((*PLAIN, self.tensor_kind(), self.tensor_kind(), ("list", "int")))

    def tensor_kind(self):
        dtype = self.rng.choice(("float32",) * 6 + ("int64", "int64", "int32", "bool_", "float64"))
        return ("tensor", dtype, self.rng.choice((0, 1, 1, 1, 2)))

    def atom(self, kind):
        """Return a variable, or a literal."""
        name = self.variable(kind)
        if name and self.chance(0.8):
            return name
        if kind == "bool" and self.chance(0.8):
            word = self.pick("int", "float", "int", "str")
            return f"({self.atom(word)} {self.pick('<', '>', '==', '!=')} {self.atom(word)})"
        return self.literal(kind)

    def literal(self, kind):
        if isinstance(kind, tuple):
            return self._literal_object(kind)
        match kind:
            case "int":
                return str(self.rng.choice((0, 1, 2, 2, 3, 3, 4, 5, 7, -1, -2)))
            case "float":
                return str(self.rng.choice((0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 0.25, -1.5, -0.5, 4.0)))
            case "bool":
                return self.pick("True", "False")
            case _:
                return repr(self.pick("", "a", "b", "ab", "xyz", "Key", "a,b", " q "))

    def _literal_object(self, kind):
        match kind[0]:
            case "tensor":
                return self.tensor_literal(kind)
            case "list":
                items = ", ".join(self.atom(kind[1]) for _ in range(self.rng.randint(1, 4)))
                return f"[{items}]"
            case "dict":
                keys = self.rng.sample(("a", "b", "c", "k"), self.rng.randint(1, 3))
                return "{" + ", ".join(f"{key!r}: {self.atom(kind[1])}" for key in keys) + "}"
            case "tuple":
                return "(" + ", ".join(self.atom(one) for one in kind[1:]) + ",)"
            case "array":
                return self.array_literal(kind)
            case _:
                self.needs.add("Box")
                return f"Box({self.atom('int')})"

    def tensor_literal(self, kind):
        _, dtype, rank = kind
        return f"Tensor({self._rows(dtype, rank)}{', ' + dtype if dtype != 'float32' else ''})"

    def array_literal(self, kind):
        _, dtype, rank = kind
        return f"np.array({self._rows(dtype, rank)}, np.{dtype})"

    def _rows(self, dtype, rank):
        def one():
            match dtype:
                case "bool_":
                    return self.pick("True", "False")
                case "int32" | "int64":
                    return str(self.rng.randint(-4, 6))
                case _:
                    return str(self.rng.randint(-8, 12) / self.pick(1, 2, 4))

        row = lambda: "[" + ", ".join(one() for _ in range(3)) + "]"  # noqa: E731
        return one() if rank == 0 else row() if rank == 1 else f"[{row()}, {row()}]"

    def _int(self, depth):
        a = lambda: self.expression("int", depth - 1)  # noqa: E731
        match self.rng.randrange(18):
            case 0 | 1 | 2:
                return f"({a()} {self.pick('+', '-', '*')} {a()})"
            case 3:
                return f"({a()} {self.pick('//', '%')} {self.pick('2', '3', '-3', '4', a())})"
            case 4:
                return f"{self.pick('max', 'min')}({a()}, {a()})"
            case 5:
                return self.pick(f"abs({a()})", f"(-{a()})", f"({a()} ** 2)", f"({a()} & 7)")
            case 6:
                return f"len({self.container(depth - 1)})"
            case 7:
                return f"int({self.expression('float', depth - 1)})"
            case 8:
                return f"sum({self.expression(('list', 'int'), depth - 1)})"
            case 9:
                return self.item("int", depth)
            case 10:
                return self.dimension()
            case 11 if self.has("reads"):
                t = self.expression(("tensor", self.pick("int64", "float32"), 0), depth - 1)
                return f"int({t})"
            case 12 if self.has("reads"):
                return f"{self.expression(('tensor', 'int64', 0), depth - 1)}.item()"
            case 13:
                return self.attribute("int")
            case 14:
                s = self.expression("str", depth - 1)
                return self.pick(f"len({s})", f"{s}.count('a')", f"{s}.find('b')")
            case 15:
                var = self.name("i")
                source, kind = self.iterable(depth - 1)
                inner = self.with_variable(var, kind, "int", depth - 1)
                guard = f" if {var}" if kind == "int" and self.chance(0.3) else ""
                return f"sum({inner} for {var} in {source}{guard})"
            case 16:
                return f"divmod({a()}, {self.pick('3', '4', '-2')})[{self.pick('0', '1')}]"
            case _:
                return self.atom("int")

    def _float(self, depth):
        a = lambda: self.expression("float", depth - 1)  # noqa: E731
        match self.rng.randrange(15):
            case 0 | 1 | 2:
                return f"({a()} {self.pick('+', '-', '*')} {a()})"
            case 3:
                return f"({a()} / {self.pick('2', '4.0', '-0.5', a())})"
            case 4:
                return f"({self.expression('int', depth - 1)} {self.pick('*', '+', '/')} {a()})"
            case 5:
                return f"{self.pick('max', 'min')}({a()}, {a()})"
            case 6:
                return self.pick(f"abs({a()})", f"(-{a()})", f"({a()} ** 2)", f"round({a()}, 1)")
            case 7:
                return f"float({self.expression('int', depth - 1)})"
            case 8:
                return f"math.{self.pick('sqrt', 'fabs', 'floor')}(abs({a()})) * 1.0"
            case 9:
                return self.item("float", depth)
            case 10 if self.has("reads"):
                return f"float({self.expression(('tensor', 'float32', 0), depth - 1)})"
            case 11 if self.has("reads"):
                return f"{self.expression(('tensor', 'float32', 0), depth - 1)}.item()"
            case 12:
                return f"({a()} {self.pick('//', '%')} {self.pick('2', '1.5', '-0.75', a())})"
            case 13:
                return self.attribute("float")
            case _:
                return self.atom("float")

    def _bool(self, depth):
        b = lambda: self.expression("bool", depth - 1)  # noqa: E731
        kind = self.pick("int", "float", "int", "str")
        a = lambda: self.expression(kind, depth - 1)  # noqa: E731
        compare = lambda: self.pick("<", "<=", ">", ">=", "==", "!=")  # noqa: E731
        match self.rng.randrange(13):
            case 0 | 1 | 2:
                return f"({a()} {compare()} {a()})"
            case 3:
                return f"({a()} {compare()} {a()} {compare()} {a()})"
            case 4:
                return f"({b()} {self.pick('and', 'or')} {b()})"
            case 5:
                return f"(not {b()})"
            case 6:
                return f"({self.expression('int', 0)} {self.pick('in', 'not in')} {self.ints()})"
            case 7:
                name = self.rng.choice([*self.scope, "None"])
                return f"({name} {self.pick('is', 'is not')} None)"
            case 8:
                name = self.rng.choice([*self.scope, "None"])
                kinds = self.pick("int", "float", "(int, str)", "Tensor", "bool", "list")
                return f"isinstance({name}, {kinds})"
            case 9:
                source, item = self.iterable(depth - 1)
                var = self.name("i")
                inner = self.with_variable(var, item, "bool", depth - 1)
                return f"{self.pick('any', 'all')}({inner} for {var} in {source})"
            case 10:
                return f"bool({self.expression('int', depth - 1)})"
            case 11 if self.has("reads"):
                return f"bool({self.expression(('tensor', 'bool_', 0), depth - 1)})"
            case _:
                return self.atom("bool")

    def condition(self, depth=2):
        """Return what an `if` may ask: a bool, or a tensor of one element."""
        if self.has("branches") and self.chance(0.85 if self.has("runtime") else 0.6):
            return self.tensor_condition(depth)
        if self.chance(0.15):
            return self.expression(self.pick("int", "str", ("list", "int")), depth)
        return self.expression("bool", depth)

    def tensor_condition(self, depth):
        """Return what an `if` may ask of a tensor."""
        t = lambda rank: self.expression(("tensor", "float32", rank), depth)  # noqa: E731
        compare, number = self.pick(">", "<", ">=", "!="), self.literal("float")
        match self.rng.randrange(11) if self.has("runtime") else 0:
            case 1 | 2 | 3 if self.root:
                return f"{self.root}[{self.pick(0, 1, -1)}] {compare} {number}"
            case 4:
                return f"{t(1)}.{self.pick('sum', 'max', 'min')}() {compare} {number}"
            case 5:
                return self.expression(("tensor", "bool_", 0), depth)
            case 6:
                return f"(not {self.tensor_condition(depth - 1)})"
            case 7 | 8:
                a, b = self.tensor_condition(depth - 1), self.condition(depth - 1)
                return f"({self.pick(a, b)} {self.pick('and', 'or')} {self.pick(a, b)})"
            case 9:
                return f"({number} < {t(0)} <= {self.literal('float')})"
            case 10:
                return f"{self.pick('int', 'bool')}({t(0)}) {compare} {self.literal('int')}"
            case _:
                return f"{t(0)} {compare} {number}"

    def _str(self, depth):
        s = lambda: self.expression("str", depth - 1)  # noqa: E731
        i = lambda: self.expression("int", depth - 1)  # noqa: E731
        match self.rng.randrange(13):
            case 0 | 1:
                return f"({s()} + {s()})"
            case 2:
                return f"({s()} * {self.pick('0', '1', '2', '3')})"
            case 3:
                return f'f"{{({self.atom("int")}):03d}}|{{({self.fvalue()})}}"'
            case 4:
                return f'f"{{({self.atom("float")}):.2f}}{{{s_name(self)}!r:>5}}"'
            case 5:
                return f"{s()}.{self.pick('upper()', 'strip()', 'title()', 'zfill(4)')}"
            case 6:
                return f"str({self.expression(self.pick('int', 'float', 'bool'), depth - 1)})"
            case 7:
                return f"'-'.join([{s()}, {s()}])"
            case 8:
                return f"('%d %s' % ({i()}, {s()}))"
            case 9:
                return f"'{{:>4}}{{}}'.format({i()}, {s()})"
            case 10:
                return f"{s()}[{self.pick('::-1', '1:', ':2', '-1:')}]"
            case 11:
                return f"type({self.rng.choice([*self.scope, 'None'])}).__name__"
            case _:
                return self.atom("str")

    def fvalue(self):
        return self.atom(self.pick("int", "float", "bool", ("list", "int")))

    # Calls

    def call_of(self, kind, depth):
        """Return a call of one of the program's functions that gives this kind."""
        fits = [name for name, (gives, *_) in self.functions.items() if gives == kind]
        if not fits:
            return None
        name = self.rng.choice(fits)
        _, positional, keywords = self.functions[name]
        args = [self.expression(one, depth - 1) for one in positional]
        if positional and self.chance(0.1):
            args = [f"*({', '.join(args)},)"]
        args += [
            f"{k}={self.expression(one, 0)}" for k, one in keywords.items() if self.chance(0.5)
        ]
        return f"{name}({', '.join(args)})"


def s_name(expressions):
    """Return a string variable, or a literal that may stand in an f-string."""
    return expressions.variable("str") or "None"
