"""Programs that are long, deep or wide: no recursion error, and work in proportion."""

import linecache
import sys

import pytest

from foldaway import CompileError, Tensor, jit

from .agreement import X, same


def made(text):
    """Return the function `f` of a program that has lines to show."""
    file = f"<deep program {len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace = {}
    exec(compile(text, file, "exec"), namespace)
    return namespace["f"]


def nested_statements(depth):
    """Return a program with statements of each kind in each other; CPython allows 20 blocks."""
    kinds = ["if x is not None:", "for i in [1]:", "while True:", "try:", "with manager():"]
    heads = [kinds[i % 5] if i < 20 else kinds[0] for i in range(depth)]
    lines = [" " * (i + 1) + head for i, head in enumerate(heads)]
    lines.append(" " * (depth + 1) + "y = x + 1")
    for i in reversed(range(depth)):
        lines += [" " * (i + 2) + "break"] if heads[i] == kinds[2] else []
        lines += [" " * (i + 1) + "finally: pass"] if heads[i] == kinds[3] else []
    start = ["from contextlib import nullcontext as manager", "def f(x):"]
    return "\n".join([*start, *lines, " return y", ""])


def choices(count):
    chain = " ".join(f"{i} if k == {i} else" for i in range(count))
    return f"def f(x):\n k = -1\n return x, {chain} 7\n"


def elifs(count):
    cases = "".join(f" elif k == {i}: r = {i}\n" for i in range(count))
    return f"def f(x):\n k = -1\n if k: r = 0\n{cases} else: r = -1\n print(r)\n return x, r\n"


def functions(count):
    """Return a program of functions that call each other, and in each other."""
    chain = "".join(f"def f{i}(v): return f{i - 1}(v) + 1\n" for i in range(1, count))
    inner = "".join(f"{' ' * i}def g{i}(v):\n" for i in range(1, 41))
    back = "".join(f"{' ' * i}return g{i}(v) + 1\n" for i in reversed(range(2, 41)))
    last = f"{' ' * 41}return v + 1\n"
    return (
        f"def f0(v): return v\n{chain}def f(x):\n{inner}{last}{back} return f{count - 1}(g1(x))\n"
    )


PROGRAMS = {
    "functions": functions(200),
    "sum": f"def f(x):\n a = 1\n return x, {' + '.join(['a'] * 2000)}\n",
    "sum of tensors": f"def f(x):\n return {' + '.join(['x'] * 300)}\n",
    "disjunction": f"def f(x):\n k = 0\n return x, {' or '.join(['k'] * 2000)} or 5\n",
    "comparison": f"def f(x):\n return x, {' < '.join(map(str, range(1000)))}\n",
    "items": f"def f(x):\n return x, len([{','.join(map(str, range(10000)))}])\n",
    "arguments": f"def g(*a): return len(a)\ndef f(x):\n return x, g({','.join('1' * 3000)})\n",
    "text": 'def f(x):\n k = 1\n return x, f"' + "{k}" * 1000 + '"\n',
    "statements": nested_statements(50),
    "ifs": "def f(x):\n"
    + "".join(" " * i + "if 1:\n" for i in range(1, 99))
    + " " * 99
    + "return x",
    "calls": f"def g(v): return v\ndef f(x):\n return {'g(' * 190}x{')' * 190}\n",
    "lists": f"def f(x):\n return x, len({'[' * 190}1{']' * 190})\n",
    "parentheses": f"def f(x):\n return x + {'(1 - ' * 190}1{')' * 190}\n",
    "powers": f"def f(x):\n return x, {'1 ** ' * 1000}1\n",
    "choices": choices(1000),
    "elifs": elifs(1000),
    "logic": f"def f(x):\n k = 5\n return x, {'(k and ' * 150}7{')' * 150}\n",
    "conjunction": f"def f(x):\n k = 5\n return x, {' and '.join(['k'] * 2000)}\n",
    "dict": f"def f(x):\n return x, {{{','.join(f'{i}: {i}' for i in range(10000))}}}[77]\n",
    "lambdas": f"def f(x):\n return {'(lambda: ' * 60}x{')()' * 60}\n",
}


@pytest.mark.parametrize("lax", [False, True], ids=["strict", "lax"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_deep_program_is_compiled(name, lax, capsys):
    f = made(PROGRAMS[name])
    compiled = jit(f, fullgraph=not lax)
    for _ in range(2):
        assert same(compiled(X), f(X))
    # Python's own way is no excuse in LAX.
    assert len(compiled.specializations) == 1
    assert compiled.lazy_runs == 0


class Calls:
    """Counts the calls of functions, in Python and in C."""

    def __enter__(self):
        self.count, self._before = 0, sys.getprofile()
        sys.setprofile(self._watch)
        return self

    def __exit__(self, *_):
        sys.setprofile(self._before)

    def _watch(self, frame, event, argument):
        self.count += event in ("call", "c_call")


LONG = {
    "assignments": lambda n: " y = y + 1\n" * n,
    "tensors": lambda n: " x = x + 1\n" * n,
    "calls": lambda n: " y = max(y, y + 1)\n" * n,
    "conditions": lambda n: " if y >= 0: y = y + 1\n" * n,
    "round": lambda n: f" for i in range({n}):\n  y = y + 1\n",
}


@pytest.mark.parametrize("name", LONG)
def test_work_is_in_proportion_to_statements(name):
    counts = (20, 100, 400) if name == "tensors" else (50, 200, 800)
    calls = []
    # The first time, what is imported and kept comes on top.
    for count in (counts[0], *counts):
        f = made(f"def f(x):\n y = 0\n{LONG[name](count)} return x, y\n")
        compiled = jit(f)
        with Calls() as counted:
            found = compiled(X)
        assert same(found, f(X))
        calls.append(counted.count)
    calls = calls[1:]
    first, second = ((calls[i + 1] - calls[i]) / (counts[i + 1] - counts[i]) for i in (0, 1))
    # A long range is folded once, whatever its length; a call or two more are chance.
    assert second <= 1.2 * max(first, 1)


def test_recursion_that_ends():
    def f(x):
        def factorial(n):
            return 1 if n <= 1 else n * factorial(n - 1)

        def even(n):
            return n == 0 or odd(n - 1)

        def odd(n):
            return n != 0 and even(n - 1)

        def power(n):
            if n == 0:
                return x
            for _ in range(1):
                try:
                    return power(n - 1) * 1 + 1
                finally:
                    pass

        def fails(n):
            if not n:
                raise ValueError("deep")
            return fails(n - 1)

        class Tree:
            def __init__(self, depth):
                self.depth = depth

            def height(self):
                return 1 + Tree(self.depth - 1).height() if self.depth else 0

        try:
            fails(250)
        except ValueError as error:
            caught = str(error)
        return factorial(200) % 1000007, even(301), power(200), Tree(200).height(), caught

    assert same(jit(f)(X), f(X))


def test_recursion_without_end_is_refused():
    def calls(x):
        def forever(n):
            return forever(n + 1)

        return forever(0)

    def calls_back(x):
        def forever(n):
            return sorted([n], key=lambda k: forever(k + 1))

        return forever(0)

    with pytest.raises(CompileError, match="calls are nested more than 1000 deep"):
        jit(calls)(X)
    with pytest.raises(CompileError, match="nested deeper than the interpreter can follow"):
        jit(calls_back)(X)
    with pytest.raises(CompileError, match="calls or values are nested deeper"):
        jit(made(f"def f(x):\n return x, {'[' * 190}1{']' * 190}\n"))(X)


def test_branches_nested_beyond_the_interpreter_are_refused():
    returns = "".join(f" if x[0] > {1000 + i}:\n  return y\n y = y + 1\n" for i in range(400))
    function = made(f"def f(x):\n y = x\n{returns} return y\n")
    with pytest.raises(CompileError, match="nested deeper"):
        jit(function)(Tensor([1.0, 2.0]))
    assert jit(function, fullgraph=False)(Tensor([1.0, 2.0])).tolist() == [401.0, 402.0]
