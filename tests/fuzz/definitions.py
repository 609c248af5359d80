"""Blocks of statements, and the functions, generators and classes that programs define."""

from contextlib import contextmanager

from .expressions import PLAIN
from .tensors import TensorExpressions


class Definitions(TensorExpressions):
    """Writes the lines of one function at a time."""

    def __init__(self, seed, features):
        super().__init__(seed, features)
        self.lines = []
        self.indent = 1
        self.loops = 0
        self.nesting = 0
        self.in_function = False
        self.root = None
        self.budget = 0

    def write(self, text):
        self.lines.append("    " * self.indent + text)

    @contextmanager
    def block(self, head):
        """Write a statement with a body; what is first stored in it is not known after it."""
        self.write(head)
        self.indent += 1
        self.nesting += 1
        before, count = dict(self.scope), len(self.lines)
        yield
        if len(self.lines) == count:
            self.write("pass")
        # A name may have another kind now, or none at all: then nothing more is said of it.
        self.scope = {n: k for n, k in before.items() if self.scope.get(n) == k}
        if self.has("mistakes") and self.chance(0.05):
            self.scope = before
        self.indent -= 1
        self.nesting -= 1

    def value_kind(self):
        kinds = (*PLAIN, *[self.tensor_kind() for _ in range(4)], ("list", "int"))
        more = (("list", self.tensor_kind()), ("list", "float"), ("dict", "int"))
        kinds += (*more, ("dict", ("tensor", "float32", 1)), ("tuple", "int", "float"), ("box",))
        if self.has("arrays"):
            kinds += (("array", "float32", 1), ("array", "int64", 2), ("array", "float64", 1))
        return self.rng.choice(kinds)

    # Functions

    @contextmanager
    def function(self, head, given):
        """Write a function whose own names are `given`; it may read what is outside of it."""
        outer, fixed, loops = dict(self.scope), set(self.fixed), self.loops
        nesting, inside, root = self.nesting, self.in_function, self.root
        self.write(head)
        self.indent += 1
        # The outer names are read only: to store to one would make it local.
        self.fixed |= set(outer)
        self.scope |= given
        self.in_function, self.loops, self.nesting = True, 0, 1
        yield
        self.indent -= 1
        self.scope, self.fixed, self.loops = outer, fixed, loops
        self.in_function, self.nesting, self.root = inside, nesting, root

    def define(self):
        if self.in_function and self.nesting > 1:
            return self.assign()
        name, gives = self.name("g"), self.value_kind()
        positional = [self.value_kind() for _ in range(self.rng.randint(0, 2))]
        keywords = {self.name("q"): self.pick(*PLAIN) for _ in range(self.rng.randint(0, 1))}
        given = {self.name("p"): kind for kind in positional}
        defaults = [f"{k}={self.atom(kind)}" for k, kind in keywords.items()]
        star = ["*"] if keywords and self.chance(0.5) else []
        head = f"def {name}({', '.join([*given, *star, *defaults])}):"
        # It is not known inside of itself: recursion might not end.
        with self.function(head, given | keywords):
            changed = [n for n in self.variables(lambda k: k == "int") if n in self.fixed]
            if changed and self.chance(0.4) and not self.loops:
                outer = self.rng.choice(changed)
                if outer.startswith(("v", "x")):
                    self.write(f"nonlocal {outer}")
                    self.write(f"{outer} += {self.literal('int')}")
            self.statements(self.rng.randint(0, 3))
            self.write(f"return {self.expression(gives, 2)}")
        self.functions[name] = (gives, positional, keywords)
        if self.nesting:
            # It is there only where its block has run.
            del self.functions[name]
            self.store_call(name, gives, positional)
        return None

    def store_call(self, name, gives, positional):
        args = ", ".join(self.expression(kind, 1) for kind in positional)
        result = self.name()
        self.write(f"{result} = {name}({args})")
        self.scope[result] = gives

    def lambdas(self):
        name, kind = self.name("g"), self.pick("int", "float", self.tensor_kind())
        inner = self.with_variable("u", kind, kind, 2)
        default = f", d={self.literal('int')}" if self.chance(0.3) else ""
        self.write(f"{name} = lambda u{default}: {inner}")
        if not self.nesting:
            self.functions[name] = (kind, [kind], {})

    def generator(self):
        name, kind = self.name("g"), self.pick("int", "float", self.tensor_kind())
        with self.function(f"def {name}(p):", {"p": kind}):
            with self.block(f"for j in range({self.pick('2', '3')}):"):
                self.scope["j"] = "int"
                self.body()
                self.write(f"yield {self.expression(kind, 1)}")
            if self.chance(0.3):
                self.write(f"yield from [{self.expression(kind, 0)}]")
        result = self.name()
        self.write(f"{result} = list({name}({self.expression(kind, 1)}))")
        self.scope[result] = ("list", kind)

    def local_class(self):
        name, result = self.name("C"), self.name()
        self.needs.add("Box")
        self.write(f"class {name}({self.pick('Box', 'Box', 'Box')}):")
        self.write(f"    base = {self.literal('int')}")
        self.write("    def scaled(self, k):")
        self.write(f"        return self.n * k + self.base + {self.literal('int')}")
        self.write(f"{result} = {name}({self.expression('int', 1)}).scaled({self.atom('int')})")
        self.scope[result] = "int"
