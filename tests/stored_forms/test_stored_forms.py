"""Forms that another process has kept do what compiling would do, and only where they are right.

A program is loaded as a module again and again: its functions, classes and globals are new objects
each time, as in another process, and only files are what is left of the time before.
"""

import logging
import os
import textwrap

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, stored_forms
from foldaway.backends.cpu.stored_code import this_machine

from .programs import PROGRAMS, SHOWN, START, X, plain

pytestmark = pytest.mark.skipif(this_machine() is None, reason="only Linux on x86-64")


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_it_is_compiled_once(text, program, compiled):
    first = program.run(text)
    assert len(compiled) == 1
    for _ in range(2):
        assert program.run(text) == first
    assert len(compiled) == 1


CHANGES = {
    "code": ("global", "x * K", "x * K * 2"),
    "a constant": ("callee", "g(x), 5", "g(x), 6"),
    "a line further down": ("global", "K, NAME", "\nK, NAME"),
    "a global number": ("global", "= 3", "= 4"),
    "a global number's class": ("global", "= 3", "= 3.0"),
    "a global text": ("global", '3, "a"', '3, "b"'),
    "a callee": ("callee", "x + n", "x - n"),
    "a callee's default": ("callee", "n=2", "n=3"),
    "a compiled callee": ("compiled callee", "x + 2", "x + 3"),
    "a captured number": ("closure", "make(4", "make(5"),
    "an inner function": ("closure", "x * n", "x / n"),
    "a captured tensor's type": ("closure", "[1.0, 2.0, 3.0]", "1"),
    "a decorator": ("decorator", "function(function(x))", "function(x)"),
    "a decorated function": ("decorator", "x * 3", "x * 5"),
    "an argument's dtype": ("elementwise", "np.float32", "np.float64"),
    "an argument's shape": ("elementwise", "2, 3", "3, 2"),
    "an argument's class": ("numbers", "3, 0.5", "3.0, 0.5"),
    "a number that decides": ("numbers", "3, 0.5", "0, 0.5"),
    "a key": ("containers", '"b": (1.5', '"c": 1, "b": (1.5'),
    "a number in a tuple": ("containers", "(1.5", "(2"),
    "an array's shape": ("array", "table = np.linspace(0, 1, 3)", "table = np.arange(1.0)"),
    "a module's attribute": ("constants", "import math", ""),
    "a layer": ("network", "nn.ReLU", "nn.Tanh"),
    "a method": ("network", "x * self.k", "x - self.k"),
    "an attribute": ("network", "self.k = 2", "self.k = 3"),
    "a property": ("method", "self.n * 2", "self.n * 3"),
    "a base": ("super", "x + 1", "x + 3"),
    "another base": ("super", "class B(A)", "class C:\n    go = lambda self, x: x\nclass B(C, A)"),
    "a class that is made inside": ("made inside", "x * self.n", "x / self.n"),
    "what is differentiated": ("gradient", "x * x", "x * x * x"),
}


@pytest.mark.parametrize(("name", "old", "new"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(name, old, new, program, compiled):
    before = PROGRAMS[name]
    program.run(before)
    changed = textwrap.dedent(before).replace(old, new)
    assert changed != textwrap.dedent(before) or new == ""
    if new == "":
        changed = "math = type('M', (), {'pi': 3})\n" + textwrap.dedent(before)
    found = program.run(changed)
    assert len(compiled) == 2
    os.environ["FOLDAWAY_CACHE"] = "0"
    assert found == program.run(changed)
    del os.environ["FOLDAWAY_CACHE"]
    # Both are kept by now.
    program.run(before)
    assert found == program.run(changed)
    assert len(compiled) == 3


def test_foreign_methods_in_our_classes_are_seen(program, compiled, monkeypatch):
    text = PROGRAMS["elementwise"]
    program.run(text)
    monkeypatch.setattr(Tensor, "__mul__", lambda self, other: self - other)
    other = program.run(text)
    assert len(compiled) == 2
    monkeypatch.undo()
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(program.file.parent / "cache"))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    assert program.run(text) != other


@pytest.mark.parametrize(
    "change",
    ["np.set_printoptions(precision=3)", "foldaway.set_context(max_call_depth=999)"],
)
def test_settings_are_part_of_the_key(change, program, compiled):
    text = PROGRAMS["elementwise"]
    program.run(text)
    with np.printoptions():
        try:
            program.run(f"{change}\n{text}")
        finally:
            foldaway.context.reset_context()
    assert len(compiled) == 2


def test_the_number_of_processors_is_part_of_the_key(program, compiled, monkeypatch):
    """Loops are cut for so many threads."""
    text = PROGRAMS["elementwise"]
    first = program.run(text)
    monkeypatch.setattr(stored_forms, "available_processors", lambda: 77)
    assert program.run(text) == first
    assert len(compiled) == 2


NOT_KEPT = {
    "the order of a set": f"""
        @foldaway.jit
        def f(x):
            for name in {{"a", "b", "c"}}:
                x = x * 2 if name == "a" else x + 1
            return x
        args = [{X}]""",
    "an address": f"""
        @foldaway.jit
        def f(x):
            return x + id(x) % 1
        args = [{X}]""",
    "a host program": f"""
        seen = []
        @foldaway.jit
        def f(x):
            seen.append(1)
            return x + 1
        args = [{X}]""",
    "a library's function": f"""
        import statistics
        @foldaway.jit
        def f(x):
            return x + statistics.mean([1, 2])
        args = [{X}]""",
    "a text that isn't the file's": f"""
        exec(compile("def g(x): return x + 1", __file__, "exec"))
        @foldaway.jit
        def f(x):
            return g(x)
        args = [{X}]""",
}


@pytest.mark.parametrize("text", NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_cannot_be_said_to_others_is_not_kept(text, program, compiled, caplog):
    with caplog.at_level(logging.DEBUG, "foldaway.cache"):
        try:
            program.run(text)
        except foldaway.CompileError:
            return
    assert "is not kept on disk" in caplog.text
    program.run(text)
    assert len(compiled) == 2
    assert not list((program.file.parent / "cache").glob("*.form"))


def test_what_was_shown_is_shown_again(program, compiled, capsys, caplog):
    def shown():
        module = program.load(SHOWN)
        for _ in range(3):
            module.f(*module.args)
        found = capsys.readouterr().out, caplog.messages[:]
        caplog.clear()
        return *found, str(module.f.report())

    first = shown()
    assert first[0] == "compiling 2\n"
    assert len(first[1]) == 1
    assert shown() == first
    assert len(compiled) == 1


def test_an_assertion_fails_at_the_same_line(program, compiled):
    def failed():
        module = program.load(SHOWN)
        module.f(*module.args)
        with pytest.raises(ValueError, match="too large") as raised:
            module.f(module.args[0] + 10)
        entry = raised.traceback[-1]
        return entry.path, entry.lineno, entry.name

    first = failed()
    assert first[1:] == (START.count("\n") + 7, "f")
    assert failed() == first
    assert len(compiled) == 1


def test_ir_and_report_of_a_loaded_form(program, capsys):
    texts = []
    for _ in range(2):
        module = program.load(SHOWN)
        module.f(*module.args)
        stages = ("pyobj", "graph", "linalg", "llvm", "python")
        texts.append([*map(module.f.ir, stages), str(module.f.report())])
    assert texts[0] == texts[1]
    assert capsys.readouterr().out == "compiling 2\n" * 2


def test_many_calls_of_a_loaded_form(program):
    """Quick and native entries take over."""
    text = PROGRAMS["numbers"]
    program.run(text)
    module = program.load(text)
    x, *rest = module.args
    expected = plain(module.f.function(x, *rest))
    for _ in range(300):
        assert plain(module.f(x, *rest)) == expected
    assert plain(module.f(x, 5, 0.25)) == plain(module.f.function(x, 5, 0.25))
    x = Tensor(np.ones((7,), np.float32))
    assert plain(module.f(x, 5, 0.25)) == plain(module.f.function(x, 5, 0.25))


def test_a_value_that_changes_afterwards(program):
    text = PROGRAMS["global"]
    program.run(text)
    module = program.load(text)
    (x,) = module.args
    for value in (3, 4, 3, 5, 6, 2.5, "a"):
        module.K = value
        if value == "a":
            with pytest.raises((TypeError, foldaway.CompileError)):
                module.f(x)
        else:
            assert plain(module.f(x)) == plain(x * value)
