"""Random expressions that give containers and instances, or items of them."""

from .expressions import NUMBERS, Expressions


class ContainerExpressions(Expressions):
    """Expressions, those of lists, dicts, tuples and instances included."""

    # Containers

    def container(self, depth):
        kind = self.pick("str", ("list", "int"), ("dict", "int"), ("list", "float"))
        return self.expression(kind, depth)

    def ints(self):
        return self.expression(self.pick(("list", "int"), ("tuple", "int", "int")), 1)

    def iterable(self, depth):
        """Return the text of something that is finite, and the kind of its items."""
        walrus, self.walrus = self.walrus, False
        found = self._iterable(depth)
        self.walrus = walrus
        return found

    def _iterable(self, depth):
        match self.rng.randrange(8):
            case 0 | 1 | 2:
                return f"range({self.pick('2', '3', '4', '1, 4', '3, 0, -1', '0')})", "int"
            case 3:
                kind = self.pick("int", "float", "str")
                return self.expression(("list", kind), depth), kind
            case 4:
                return f"{self.expression(('dict', 'int'), depth)}.values()", "int"
            case 5:
                return f"sorted({self.expression(('list', 'int'), depth)})", "int"
            case 6:
                kind = self.tensor_kind()
                return self.expression(("list", kind), depth - 1), kind
            case _:
                return f"reversed({self.expression(('list', 'int'), depth)})", "int"

    def with_variable(self, name, kind, wanted, depth):
        """Return an expression in which one more variable is there; it makes no names itself."""
        outer, walrus = dict(self.scope), self.walrus
        self.scope[name], self.walrus = kind, False
        text = self.expression(wanted, depth)
        self.scope, self.walrus = outer, walrus
        return text

    def item(self, kind, depth):
        """Return an item of a container, which may not be there."""
        match self.rng.randrange(4):
            case 0:
                where = self.pick("0", "-1", "1", self.expression("int", depth - 1))
                return f"{self.expression(('list', kind), depth - 1)}[{where}]"
            case 1:
                table = self.expression(("dict", kind), depth - 1)
                return f"{table}.get({self.pick('a', 'b')!r}, {self.atom(kind)})"
            case 2 if self.has("mistakes"):
                return f"{self.expression(('dict', kind), depth - 1)}[{self.pick('a', 'c')!r}]"
            case _:
                return f"({self.atom(kind)}, {self.expression(kind, depth - 1)})[{self.pick(0, 1)}]"

    def _list(self, kind, depth):
        item = kind[1]
        same = lambda: self.expression(kind, depth - 1)  # noqa: E731
        match self.rng.randrange(9):
            case 0:
                return f"({same()} + {same()})"
            case 1:
                return f"{same()}[{self.pick('1:', ':2', '::-1', '::2', '-2:')}]"
            case 2 | 3:
                source, kind_in = self.iterable(depth - 1)
                var = self.name("i")
                inner = self.with_variable(var, kind_in, item, depth - 1)
                guard = ""
                if self.chance(0.3):
                    guard = f" if {self.with_variable(var, kind_in, 'bool', 1)}"
                return f"[{inner} for {var} in {source}{guard}]"
            case 4 if item == "int":
                return f"list(range({self.pick('3', '2, 5', '4')}))"
            case 5 if item in NUMBERS:
                return f"sorted({same()}, key=lambda k: {self.pick('-k', 'abs(k)', 'k % 2')})"
            case 6:
                first, second = self.expression(item, depth - 1), same()
                return f"[{first}, *{second}]"
            case 7 if item in NUMBERS:
                scale = self.pick("k * 2", "k + 1", "-k")
                return f"list(map(lambda k: {scale}, {same()}))"
            case _:
                return self.literal(kind) if self.chance(0.5) else self.atom(kind)

    def _dict(self, kind, depth):
        item = kind[1]
        match self.rng.randrange(5):
            case 0:
                a, b = self.expression(kind, depth - 1), self.expression(kind, depth - 1)
                return self.pick(f"{{**{a}, **{b}}}", f"({a} | {b})")
            case 1:
                inner = self.with_variable("k", "str", item, depth - 1)
                return f"{{k: {inner} for k in {self.pick('abc', ('a', 'c'))!r}}}"
            case 2:
                return f"dict(a={self.expression(item, depth - 1)}, b={self.atom(item)})"
            case _:
                return self.atom(kind)

    def _tuple(self, kind, depth):
        return "(" + ", ".join(self.expression(one, depth - 1) for one in kind[1:]) + ",)"

    # Instances

    def attribute(self, kind):
        found = self.variable_like("box")
        if not found or kind != "int":
            return self.atom(kind)
        name = found[0]
        reads = [f"{name}.n", f"{name}.double", f"len({name})", f"{name}[1]", f"{name}(2)"]
        reads += [f"{name}.twice({name}.n)", f"getattr({name}, 'n', 0)", f"len({name}.items)"]
        if self.has("effects"):
            reads.append(f"{name}.bump({self.atom('int')})")
        return self.rng.choice(reads)

    def _box(self, kind, depth):
        self.needs.add("Box")
        match self.rng.randrange(5):
            case 0:
                self.needs.add("Special")
                return f"Special({self.expression('int', depth - 1)})"
            case 1:
                return f"Box.make({self.expression('int', depth - 1)})"
            case 2:
                return f"({self.expression(kind, depth - 1)} + {self.atom('int')})"
            case _:
                return self.atom(kind)
