"""Random statements: all control flow, containers, functions, effects and exceptions."""

from .definitions import Definitions
from .expressions import NUMBERS
from .idioms import IDIOMS, KINDS, PLACE

_ERRORS = ("ValueError", "KeyError", "ZeroDivisionError", "IndexError", "TypeError", "AppError")


class Statements(Definitions):
    """Writes the statements of one function at a time."""

    def statements(self, count):
        for _ in range(count):
            if self.budget <= 0:
                return
            self.budget -= 1
            self.statement()

    def body(self):
        self.statements(self.rng.randint(1, 3))

    def statement(self):
        simple = [self.assign] * 6 + [self.augment] * 2 + [self.unpack, self.change] * 2
        simple += [self.change_tensor, self.say, self.check, self.delete]
        compound = [self.branch] * 4 + [self.loop] * 4 + [self.attempt] * 2
        compound += [self.count, self.matching, self.context, self.define, self.lambdas]
        if self.has("effects"):
            simple += [self.effect] * 4
        if self.has("classes") and not self.in_function:
            compound += [self.local_class, self.generator]
        if self.loops:
            simple += [self.leave]
        if self.chance(0.25):
            self.idiom()
        elif self.nesting and self.chance(0.08):
            self.leave_function()
        elif self.nesting < 3 and self.chance(0.42):
            self.rng.choice(compound)()
        else:
            self.rng.choice(simple)()

    def idiom(self):
        """Write statements that belong together, with random expressions in their places."""
        fits = [one for one in IDIOMS if one[0] <= self.features]
        # Those of a feature are fewer, and come as often.
        special = [one for one in fits if one[0]]
        features, kinds, text = self.rng.choice(special if special and self.chance(0.5) else fits)
        writable = self.variables(lambda kind: kind == KINDS["array"])
        if "inplace" in features and not writable:
            return self.assign()
        names, walrus = {}, self.walrus
        # In an f-string, a comprehension or a class there can be no walrus.
        self.walrus = False

        def fill(found):
            word, new = found.groups()
            if new:
                return names.setdefault(new, self.name())
            match word:
                case "n":
                    return self.pick("0", "1", "2", "3")
                case "v":
                    return self.rng.choice([*self.scope] or ["None"])
                case "w":
                    return self.rng.choice(writable)
                case "condition":
                    return self.condition(1)
                case "cond":
                    return self.tensor_condition(1)
                case _:
                    return self.part(KINDS[word], atom='f"' in text)

        for line in text.splitlines():
            if line.endswith("<body>"):
                self.inner_body(line.count("    "), walrus)
            else:
                self.write(PLACE.sub(fill, line))
        self.walrus = walrus
        self.scope |= {names[name]: kind for name, kind in kinds.items()}
        return None

    def inner_body(self, levels, walrus):
        """Write a body further in; what is first stored in it is not known after it."""
        before, self.walrus = dict(self.scope), walrus
        self.indent += levels
        self.nesting += levels
        self.write("pass")
        self.body()
        self.indent -= levels
        self.nesting -= levels
        self.scope = {n: k for n, k in before.items() if self.scope.get(n) == k}
        self.walrus = False

    def part(self, kind, atom):
        if atom:
            return f"({self.variable(kind) or self.literal(kind)})"
        return f"({self.expression(kind, 1)})"

    # Simple statements

    def store(self, name, kind, depth=3):
        text = self.expression(kind, depth)
        self.write(f"{name} = {text}")
        self.scope[name] = kind

    def assign(self):
        old = [n for n in self.scope if n not in self.fixed]
        if old and self.chance(0.5):
            name = self.rng.choice(old)
            # Mostly a name keeps its kind.
            self.store(name, self.scope[name] if self.chance(0.85) else self.value_kind())
        else:
            self.store(self.name(), self.value_kind())

    def augment(self):
        def fits(kind):
            return kind in ("int", "float", "str") or kind[0] in ("tensor", "list", "array")

        names = [n for n in self.variables(fits) if n not in self.fixed]
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        kind = self.scope[name]
        if kind == "str" or kind[0] == "list":
            # Not itself: it would grow without end in a loop.
            operator, value = "+=", self.literal(kind)
        elif kind[0] == "array" and not self.has("effects"):
            return self.assign()
        else:
            operator, value = self.pick("+=", "-=", "*="), self.expression(kind, 1)
        if kind[0] == "tensor" and kind[1] == "bool_":
            operator, value = "+=", "True"
        return self.write(f"{name} {operator} {value}")

    def unpack(self):
        first, second = self.value_kind(), self.value_kind()
        a, b = self.name(), self.name()
        match self.rng.randrange(3):
            case 0:
                self.write(f"{a}, {b} = {self.expression(first)}, {self.expression(second)}")
                self.scope |= {a: first, b: second}
            case 1:
                kind = ("list", self.pick("int", "float"))
                self.write(f"{a}, *{b} = {self.expression(kind)}")
                self.scope |= {a: kind[1], b: kind}
            case _:
                names = [n for n in self.scope if n not in self.fixed]
                if len(names) > 1:
                    a, b = self.rng.sample(names, 2)
                    self.write(f"{a}, {b} = {b}, {a}")
                    self.scope[a], self.scope[b] = self.scope[b], self.scope[a]

    def change(self):
        """Change a list or a dict in place."""
        found = [n for n in self.variables(_is_container) if n not in self.fixed]
        if not found:
            return self.assign()
        name = self.rng.choice(found)
        kind, item = self.scope[name][0], self.scope[name][1]
        value = self.expression(item, 2)
        if kind == "dict":
            key = self.pick("'a'", "'b'", "'c'")
            choices = [f"{name}[{key}] = {value}", f"{name}.setdefault({key}, {value})"]
            choices += [f"{name}.pop({key}, None)", f"{name}.update(c={value})"]
            if self.has("mistakes"):
                choices += [f"del {name}[{key}]"]
        else:
            choices = [f"{name}.append({value})", f"{name}.insert(0, {value})", f"{name}.reverse()"]
            choices += [f"{name}[0] = {value}", f"{name}.pop()", f"{name}[1:] = [{value}]"]
            choices += [f"{name}.extend([{value}])", f"del {name}[-1:]"]
            if item in NUMBERS:
                choices += [f"{name}.sort()", f"{name}[0] += {value}"]
        return self.write(self.rng.choice(choices))

    def change_tensor(self):
        """Write to elements of a tensor that was made here."""
        found = self.variable_like("tensor")
        if not found or found[1][2] == 0 or found[1][1] == "bool_" or found[0] in self.fixed:
            return self.assign()
        name, kind = found
        if not (self.has("effects") and self.chance(0.5)):
            self.write(f"{name} = {name}{self.pick(' + 1', '.copy()', ' * 2')}")
        key = self.pick("0", "-1", "1:", "::2") if kind[2] == 1 else self.pick("0", "1, 2", ":, 1")
        value = self.expression("float" if kind[1].startswith("f") else "int", 1)
        return self.write(f"{name}[{key}] {self.pick('=', '=', '+=', '*=')} {value}")

    def say(self):
        if not self.has("prints") or (self.root is None and not self.has("says")):
            return self.assign()
        shown = self.rng.choice([*self.scope] or ["None"])
        # In STRICT something of an argument is among it: what is not prints while compiling.
        first = self.literal("str") if self.has("says") and self.chance(0.5) else self.root
        end = self.pick("", "", ", sep='-'", ", end=';'")
        return self.write(f"print({self.pick('1', '2')!r}, {first}, {shown}{end})")

    def check(self):
        message = f", {self.atom('str')}" if self.chance(0.5) else ""
        condition = self.condition() if self.has("mistakes") else "True"
        self.write(f"assert {condition}{message}")

    def delete(self):
        names = [n for n in self.scope if n not in self.fixed]
        if not names or self.nesting:
            return self.assign()
        name = self.rng.choice(names)
        self.write(f"del {name}")
        del self.scope[name]
        return None

    def leave(self):
        self.write(f"if {self.condition()}:")
        self.write(f"    {self.pick('break', 'continue')}")

    def leave_function(self):
        names = self.rng.sample([*self.scope], min(2, len(self.scope)))
        with self.block(f"if {self.condition()}:"):
            self.write(f"return 'early', {', '.join(names)}")

    def effect(self):
        """Change what existed before the call: globals, instances, arguments."""
        value = self.expression("int", 2)
        choices = [f"LOG.append({value})", f"TABLE['k'] = {value}", "TABLE['n'] += 1"]
        choices += [f"LOG.append({self.expression(self.tensor_kind(), 1)})", "BOX.n += 1"]
        choices += [f"BOX.bump({value})", f"BOX.t = {self.expression(self.tensor_kind(), 1)}"]
        choices += [f"BOX.items.append({value})", "LOG.pop()", "LOG[-1:] = []", "LOG.clear()"]
        found = self.variable_like("box")
        if found:
            choices += [f"{found[0]}.n -= {value}", f"setattr({found[0]}, 'extra', {value})"]
            choices += [f"{found[0]}.bump()", f"{found[0]}.t = {self.some_tensor(1)[0]}"]
        if not self.in_function:
            choices += [f"COUNT += {self.pick(1, 2)}", f"COUNT = {value}"]
            self.global_count = True
        self.write(self.rng.choice(choices))
        if self.chance(0.5):
            name, read = self.name(), self.pick("len(LOG)", "BOX.n", "TABLE['n']", "BOX.double")
            self.write(f"{name} = {read}")
            self.scope[name] = "int"

    # Compound statements

    def branch(self):
        name, kind = self.name(), self.value_kind()
        with self.block(f"if {self.condition()}:"):
            self.body()
            self.store(name, kind, 1)
        both = False
        if self.chance(0.3):
            with self.block(f"elif {self.condition()}:"):
                self.body()
                self.store(name, kind, 1)
        if self.chance(0.7):
            both = True
            with self.block("else:"):
                self.body()
                self.store(name, kind, 1)
        if both:
            self.scope[name] = kind

    def loop(self):
        kind = None
        match self.rng.randrange(7):
            case 0:
                index, item = self.name("i"), self.name("i")
                source, kind = self.iterable(1)
                head, added = f"{index}, {item} in enumerate({source})", {index: "int", item: kind}
            case 1:
                a, b = self.name("i"), self.name("i")
                (left, one), (right, two) = self.iterable(1), self.iterable(1)
                head, added = f"{a}, {b} in zip({left}, {right})", {a: one, b: two}
            case 2:
                key, item = self.name("k"), self.name("i")
                table = self.expression(("dict", "int"), 1)
                head, added = f"{key}, {item} in {table}.items()", {key: "str", item: "int"}
            case 3:
                item, dtype = self.name("r"), self.pick("float32", "int64")
                rows = self.expression(("tensor", dtype, 2), 1)
                head, added = f"{item} in {rows}", {item: ("tensor", dtype, 1)}
            case _:
                item = self.name("i")
                source, kind = self.iterable(1)
                head, added = f"{item} in {source}", {item: kind}
        # A list that its own loop appends to has no end: the loop goes over a copy.
        target, _, source = head.partition(" in ")
        self.loops += 1
        with self.block(f"for {target} in {source if 'zip' in source else f'list({source})'}:"):
            self.scope |= added
            self.fixed |= set(added)
            self.body()
        self.loops -= 1
        self.fixed -= set(added)
        if self.chance(0.2):
            with self.block("else:"):
                self.body()

    def count(self):
        """Write a `while`; its counter ends it at last."""
        name = self.name("w")
        self.write(f"{name} = {self.pick('0', '0', '1')}")
        self.scope[name] = "int"
        self.fixed.add(name)
        also = f" and {self.condition()}" if self.chance(0.5) else ""
        self.loops += 1
        with self.block(f"while {name} < {self.pick('2', '3', '4')}{also}:"):
            self.write(f"{name} += 1")
            self.body()
        self.loops -= 1
        if self.chance(0.2):
            with self.block("else:"):
                self.body()

    def attempt(self):
        with self.block("try:"):
            self.body()
            if self.chance(0.5):
                self.raising()
        caught = self.chance(0.9)
        if caught:
            error = self.pick("Exception", "(ValueError, TypeError)", *_ERRORS)
            if error == "AppError":
                self.needs.add("AppError")
            with self.block(f"except {error}{' as error' if self.chance(0.6) else ''}:"):
                before = dict(self.scope)
                if self.lines[-1].endswith("as error:"):
                    self.store_error()
                self.body()
                if self.chance(0.2):
                    self.write("raise")
                self.scope = {n: k for n, k in self.scope.items() if n in before}
            if self.chance(0.3):
                with self.block("else:"):
                    self.body()
        if not caught or self.chance(0.3):
            with self.block("finally:"):
                self.body()

    def store_error(self):
        name = self.name()
        self.write(f"{name} = type(error).__name__")
        self.scope[name] = "str"

    def raising(self):
        error = self.pick(*_ERRORS)
        if error == "AppError":
            self.needs.add("AppError")
        cause = self.pick("", "", "", " from None", " from KeyError('cause')")
        raised = f"raise {error}({self.expression('int', 1)}){cause}"
        if self.chance(0.7):
            self.write(f"if {self.condition()}:")
            self.write(f"    {raised}")
        else:
            self.write(raised)

    def matching(self):
        kind = self.pick("int", "str", ("list", "int"), ("tuple", "int", "float"))
        cases = {
            "int": ("0", "1 | 2", "int() as got if got > 2", "-1"),
            "str": ("'a'", "'b' | ''", "str() as got if len(got) > 1"),
            ("list", "int"): ("[]", "[one]", "[1, *rest]", "[_, second, *_]"),
            ("tuple", "int", "float"): ("(0, y)", "(1, _)", "(got, 0.5)"),
        }[kind]
        self.write(f"match {self.expression(kind, 2)}:")
        self.indent += 1
        for pattern in self.rng.sample(cases, 2):
            with self.block(f"case {pattern}:"):
                self.body()
        if self.chance(0.7):
            with self.block("case _:"):
                self.body()
        self.indent -= 1

    def context(self):
        self.needs |= {"Managed", "AppError"}
        name = self.name("c")
        swallow = self.pick("()", "ValueError", "Exception")
        with self.block(f"with Managed({self.literal('int')}, {swallow}) as {name}:"):
            self.write(f"{name}.notes.append({self.expression('int', 1)})")
            self.body()
            if self.chance(0.3):
                self.raising()
        self.write(f"{name} = {name}.notes")
        self.scope[name] = ("list", "int")


def _is_container(kind):
    return isinstance(kind, tuple) and kind[0] in ("list", "dict")
