"""Programs drawn at random do the same as host programs with segments as op by op."""

import random

import pytest

from .program_order import module_of, outlined, run_host_program, run_in_order

INPUTS = [(0, 1, 2, 0), (1, 0, -3, 1), (5, -4, 1, 2), (-1, -1, 0, 3)]


class Program:
    """A function that grows block by block."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.lines = []

    def text(self):
        """Return the function: three tensors and an object in, a tensor or a tuple out."""
        numbers, bools = ["%x", "%y", "%z"], []
        arguments = ", ".join(f"{name} : tensor<i64>" for name in numbers)
        self.block(numbers, bools, 0)
        if self.random.random() < 0.3:
            self.leave(numbers, bools, 0)
        else:
            self.end(numbers)
        body = "\n".join(self.lines)
        rest = "%n : tensor<i64>, %o : !pyobj.object"
        return f"func.func @f({arguments}, {rest}) -> !pyobj.object {{\n{body}\n}}"

    def name(self, hint="v"):
        self.count += 1
        return f"%{hint}{self.count}"

    def add(self, line):
        self.lines.append(line)

    def draw(self, numbers):
        """Return mostly a late one, so that chains grow, or an input, whose memory may change."""
        chance = self.random.random()
        return self.random.choice(numbers[:3] if chance < 0.3 else numbers[-5:])

    def block(self, numbers, bools, depth):
        """Add some ops; those that they make are added to `numbers` and `bools`."""
        steps = [self.compute] * 6 + [self.compare] * 2 + [self.effect] * 2 + [self.check]
        deep = [self.branch, self.branch, self.guard, self.loop, self.count_up]
        if depth == 0:
            steps.append(self.retreat)
        for _ in range(self.random.randrange(1, 7)):
            self.random.choice(steps + (deep if depth < 3 else []))(numbers, bools, depth)

    def compute(self, numbers, bools, depth):
        name = self.name()
        kind = self.random.choice(["add", "mul", "neg", "constant"])
        if kind == "constant":
            self.add(f"{name} = graph.constant dense<{self.random.randrange(-4, 5)}> : tensor<i64>")
        else:
            operands = [self.draw(numbers) for _ in range(1 if kind == "neg" else 2)]
            self.add(f"{name} = graph.{kind} {', '.join(operands)} : tensor<i64>")
        numbers.append(name)

    def compare(self, numbers, bools, depth):
        name, kind = self.name("b"), self.random.choice(["lt", "eq"])
        left, right = self.draw(numbers), self.draw(numbers)
        self.add(f'{name} = graph.compare "{kind}" {left}, {right} : tensor<i64> -> tensor<i1>')
        bools.append(name)

    def bool(self, numbers, bools):
        if not bools or self.random.random() < 0.5:
            self.compare(numbers, bools, 0)
            return bools[-1]
        return self.random.choice(bools)

    def effect(self, numbers, bools, depth):
        value = self.draw(numbers)
        match self.random.randrange(3):
            case 0:
                self.add(f'graph.print "stdout" "str" ["{value} ", "\\n"] {value} : tensor<i64>')
            case 1:
                self.add(f'pyobj.setattr {value}, %o, "a"')
            case 2:
                function, target = self.name("w"), self.random.choice(["%x", "%y", "%z"])
                self.add(f'{function} = pyobj.runtime "write"')
                self.add(f"{self.name('n')} = pyobj.call {function}({target}, {value})")

    def check(self, numbers, bools, depth):
        self.add(f'graph.assert {self.bool(numbers, bools)} "AssertionError" "{self.count}"')

    def retreat(self, numbers, bools, depth):
        """Add what sends the call to Python for some of the inputs."""
        name, limit = self.name("b"), self.name("c")
        self.add(f"{limit} = graph.constant dense<{self.random.randrange(4)}> : tensor<i64>")
        self.add(f'{name} = graph.compare "lt" {limit}, %n : tensor<i64> -> tensor<i1>')
        self.add(f'graph.assert {name} "Retreat" "{self.count}"')

    def branch(self, numbers, bools, depth):
        """Add an `if` both sides of which give values."""
        condition, results = self.bool(numbers, bools), self.random.randrange(3)
        names = self.name("r"), results
        types = ", ".join(["tensor<i64>"] * results)
        left = f"{names[0]}:{results} = " if results else ""
        self.add(f"{left}graph.if {condition}{' -> ' + types if results else ''} {{")
        self.side(numbers, bools, depth, results)
        self.add("} else {")
        self.side(numbers, bools, depth, results)
        self.add("}")
        numbers += [f"{names[0]}#{n}" for n in range(results)]

    def side(self, numbers, bools, depth, results):
        inner = [*numbers]
        if self.random.random() < 0.8:
            self.block(inner, [*bools], depth + 1)
        self.give([self.draw(inner) for _ in range(results)])

    def give(self, values):
        types = ", ".join(["tensor<i64>"] * len(values))
        self.add(f"graph.give {', '.join(values)}{' : ' + types if values else ''}")

    def guard(self, numbers, bools, depth):
        """Add an `if` one side of which leaves the function."""
        condition, name = self.bool(numbers, bools), self.name("g")
        first = self.random.random() < 0.5
        self.add(f"{name} = graph.if {condition} -> tensor<i64> {{")
        for is_left in (first, not first):
            if is_left:
                inner = [*numbers]
                self.block(inner, [*bools], depth + 1)
                self.leave(inner, [*bools], depth + 1)
            else:
                self.side(numbers, bools, depth, 1)
            self.add("} else {")
        self.lines[-1] = "}"
        numbers.append(name)

    def leave(self, numbers, bools, depth):
        match self.random.randrange(4 if depth < 4 else 3):
            case 0:
                self.add(f'graph.raise "ValueError" "{self.count}"')
            case 3:
                self.add(f"graph.if {self.bool(numbers, bools)} {{")
                self.leave(numbers, [*bools], depth + 1)
                self.add("} else {")
                self.leave(numbers, [*bools], depth + 1)
                self.add("}")
            case _:
                self.end(numbers)

    def end(self, numbers):
        name = self.name("t")
        self.add(f"{name} = pyobj.tuple ({self.draw(numbers)}, {self.draw(numbers)})")
        self.add(f"pyobj.return {name}")

    def loop(self, numbers, bools, depth):
        """Add a `while` of at most a few rounds, with an effect in its condition sometimes."""
        counter, one, limit, zero = (self.name("c") for _ in range(4))
        self.add(f"{zero} = graph.constant dense<0> : tensor<i64>")
        self.add(f"{one} = graph.constant dense<1> : tensor<i64>")
        self.add(f"{limit} = graph.constant dense<{self.random.randrange(4)}> : tensor<i64>")
        name, carried = self.name("l"), [self.name("i"), self.name("i")]
        types = ", ".join(["tensor<i64>"] * 3)
        initial = ", ".join([zero, self.draw(numbers), self.draw(numbers)])
        arguments = ", ".join(f"{n} : tensor<i64>" for n in [counter, *carried])
        self.add(f"{name}:3 = graph.while({initial}) : ({types}) -> {types} {{")
        self.add(f"^condition({arguments}):")
        less = self.name("b")
        if self.random.random() < 0.3:
            self.effect([*numbers, *carried], bools, depth)
        self.add(f'{less} = graph.compare "lt" {counter}, {limit} : tensor<i64> -> tensor<i1>')
        self.add(f"graph.give {less} : tensor<i1>")
        self.add("} do {")
        self.add(f"^body({arguments}):")
        inner = [*numbers, *carried]
        self.block(inner, [*bools], depth + 1)
        following = self.name("c")
        self.add(f"{following} = graph.add {counter}, {one} : tensor<i64>")
        self.give([following, *self.random.choice([carried[::-1], [self.draw(inner), carried[0]]])])
        self.add("}")
        numbers += [f"{name}#{n}" for n in range(3)]

    def count_up(self, numbers, bools, depth):
        """Add a `for`."""
        name, index, carried = self.name("f"), self.name("i"), self.name("i")
        count, step = self.random.randrange(4), self.random.choice([1, -2])
        self.add(
            f"{name} = graph.for 3 step {step} count {count}({self.draw(numbers)}) : "
            f"(tensor<i64>) -> tensor<i64> {{"
        )
        self.add(f"^body({index} : tensor<i64>, {carried} : tensor<i64>):")
        inner = [*numbers, index, carried]
        self.block(inner, [*bools], depth + 1)
        self.give([self.draw(inner)])
        self.add("}")
        numbers.append(name)


@pytest.mark.parametrize("seed", range(150))
def test_random_program(seed):
    text = Program(seed).text()
    written, module = module_of(text), outlined(text)
    for inputs in INPUTS:
        found = run_host_program(module, inputs)
        # Python starts again, so that nothing must have happened before.
        expected = [found[-1]] if found[-1][0] == "Retreat" else run_in_order(written, inputs)
        assert found == expected, text
