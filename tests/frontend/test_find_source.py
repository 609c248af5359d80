"""A function's source is found where it was written, or the error says why it isn't."""

import ast
import importlib.util
import linecache
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from foldaway.frontend import find_source as find_source_module
from foldaway.frontend.find_source import NoSource, find_source
from foldaway.frontend.lower_function import lower_function


def text_of(function: object) -> str:
    assert isinstance(function, types.FunctionType)
    return ast.unparse(find_source(function).node)


def plain(x):
    return x + 1


# ruff: noqa: E731, RUF021, B023
# fmt: off
pair = (lambda x: x + 1, lambda x: x + 2)
nested = lambda x: lambda x: x * 2
spread = (lambda x:
x)
conditional = [lambda a, b: a if b else 0, lambda a, b: a and b or 5]
with_defaults = [lambda x=lambda: 1: x, lambda x=lambda: 2: x]
# fmt: on


class Holder:
    def method(self):
        return self.__private()

    def __private(self):
        return 3

    @staticmethod
    def static():
        return 4

    @property
    def prop(self):
        return 5

    class Inner:
        def method(self):
            return lambda: self.__x


def decorate(function: Callable[..., object]) -> Callable[..., object]:
    return function


@decorate
@decorate
def decorated():
    return 6


def outer(n):
    def inner(x):
        return x + n

    return inner


def test_a_function_in_a_file():
    source = find_source(plain)
    assert text_of(plain) == "def plain(x):\n    return x + 1"
    assert source.file == __file__
    assert linecache.getline(__file__, source.first_line) == "def plain(x):\n"
    assert source.owner is None


def test_two_lambdas_on_a_line():
    assert [text_of(f) for f in pair] == ["lambda x: x + 1", "lambda x: x + 2"]
    assert [text_of(f) for f in conditional] == [
        "lambda a, b: a if b else 0",
        "lambda a, b: a and b or 5",
    ]


def test_lambdas_inside_each_other():
    assert text_of(nested) == "lambda x: lambda x: x * 2"
    assert text_of(nested(1)) == "lambda x: x * 2"


def test_a_lambda_over_two_lines():
    assert text_of(spread) == "lambda x: x"


def test_lambdas_in_defaults():
    assert [text_of(f) for f in with_defaults] == [
        "lambda x=lambda: 1: x",
        "lambda x=lambda: 2: x",
    ]
    assert [text_of(f()) for f in with_defaults] == ["lambda: 1", "lambda: 2"]


def test_the_same_lambda_twice_on_a_line_is_told_apart():
    first, second = (lambda x: x), (lambda x: x)
    nodes = [find_source(first).node, find_source(second).node]
    assert nodes[0].col_offset < nodes[1].col_offset


def test_methods():
    assert text_of(Holder.method).startswith("def method(self)")
    assert text_of(Holder.static) == "@staticmethod\ndef static():\n    return 4"
    assert text_of(Holder.prop.fget).endswith("return 5")  # pyright: ignore
    assert find_source(Holder.method).owner == "Holder"
    assert find_source(Holder.Inner.method).owner == "Inner"
    assert find_source(Holder.Inner().method()).owner == "Inner"


def test_private_names_are_those_of_the_class():
    names = [op.properties.get("attribute") for op in lower_function(Holder.method).body.walk()]
    assert "_Holder__private" in [getattr(name, "data", None) for name in names]
    inner = lower_function(Holder.Inner().method()).body.walk()
    assert "_Inner__x" in [getattr(op.properties.get("attribute"), "data", None) for op in inner]


def test_a_decorated_function():
    assert text_of(decorated) == "@decorate\n@decorate\ndef decorated():\n    return 6"
    assert [op.name for op in lower_function(decorated).body.block.ops] == [
        "pyobj.constant",
        "pyobj.return",
    ]


def test_closures_share_their_source():
    one, two = outer(1), outer(2)
    assert find_source(one) is find_source(two)
    assert lower_function(one) is lower_function(two)


def test_a_generator_expression_or_a_class_body_is_not_mistaken():
    def f(x):
        return [x for x in (lambda: x, x)]

    assert text_of(f(1)[0]) == "lambda: x"


def made_by_exec(text: str, file: str, name: str) -> types.FunctionType:
    namespace: dict[str, object] = {}
    exec(compile(text, file, "exec"), namespace)
    found = namespace[name]
    assert isinstance(found, types.FunctionType)
    return found


def test_exec_has_no_source():
    function = made_by_exec("def f(x):\n    return x", "<string>", "f")
    with pytest.raises(NoSource, match=r"'f' has no source .* '<string>' can't be read"):
        find_source(function)


def test_exec_with_linecache():
    text = "\ndef f(x):\n    return x\n"
    file = "<typed-1>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    try:
        function = made_by_exec(text, file, "f")
        assert text_of(function) == "def f(x):\n    return x"
        assert find_source(function).first_line == 2
    finally:
        del linecache.cache[file]


TRICKY = [
    "def f():\n    return '''\nout\ndef g(): pass\n'''\nx = 1\n",
    "def f():\n    return (1 +\n2)\nx = 1\n",
    "def f():\n    x = 1 + \\\n2\n    return x\nx = 1\n",
    "def f():\n    x = 1\n# a comment\n\n    return x\n",
    "def f(): return 1; pass\nx = 1\n",
    "if 1:\n\tdef f(\n  a,\nb=2):\n\t\treturn a\n\tx = 1\n",
    "def f():\n    return 1\n    if 0:\n        y = 2\nx = 1",
    "x = [\n]\n@(lambda f: f)\n@(\n    lambda f: f)\ndef f(x): pass\n",
]


@pytest.mark.parametrize("text", TRICKY)
def test_a_def_alone_is_what_it_is_in_its_file(text: str, monkeypatch: pytest.MonkeyPatch):
    file = "<tricky>"
    entry = (len(text), None, text.splitlines(keepends=True), file)
    monkeypatch.setitem(linecache.cache, file, entry)
    alone = find_source(made_by_exec(text, file, "f")).node
    whole = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    assert ast.dump(alone, include_attributes=True) == ast.dump(whole[0], include_attributes=True)


def test_only_the_lines_of_a_def_are_parsed(monkeypatch: pytest.MonkeyPatch):
    parsed = list[str]()
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text, *a: parsed.append(text) or parse(text, *a))
    text = "def f():\n    return 1\n" + "x = 1\n" * 1000
    file = "<long>"
    entry = (len(text), None, text.splitlines(keepends=True), file)
    monkeypatch.setitem(linecache.cache, file, entry)
    find_source(made_by_exec(text, file, "f"))
    assert parsed == ["def f():\n    return 1\n"]


def test_a_global_function_of_a_method_has_its_class(monkeypatch: pytest.MonkeyPatch):
    lines = [
        "class A:",
        "    def m(self):",
        "        global f",
        "        def f(x): return x.__y",
        "A().m()",
    ]
    text, file = "\n".join(lines), "<global>"
    entry = (len(text), None, [line + "\n" for line in lines], file)
    monkeypatch.setitem(linecache.cache, file, entry)
    function = made_by_exec(text, file, "f")
    assert function.__code__.co_qualname == "f"
    assert find_source(function).owner == "A"


def test_equal_code_in_two_files_has_two_sources(tmp_path: Path):
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text("def f():\n    return 1\n")
    one, two = imported(tmp_path / "one.py").f, imported(tmp_path / "two.py").f
    assert one.__code__ == two.__code__
    assert find_source(one).file != find_source(two).file
    assert lower_function(one).file != lower_function(two).file


def imported(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def change(path: Path, text: str) -> None:
    later = path.stat().st_mtime + 10
    path.write_text(text)
    os.utime(path, (later, later))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "changing.py"
    path.write_text("def f(x):\n    return x + 1\n\ndef g():\n    return 2\n")
    return path


def test_a_file_of_now_is_read(file: Path):
    assert text_of(imported(file).f) == "def f(x):\n    return x + 1"


def test_a_changed_function_is_refused(file: Path):
    function = imported(file).f
    change(file, "def f(x):\n    return x - 1\n\ndef g():\n    return 2\n")
    with pytest.raises(NoSource, match="has changed since it was imported"):
        find_source(function)


def test_a_change_elsewhere_is_not(file: Path):
    function = imported(file).f
    change(file, "def f(x):\n    return x + 1\n\ndef g():\n    return 3\n")
    assert text_of(function) == "def f(x):\n    return x + 1"


def test_a_function_that_moved_is_refused(file: Path):
    function = imported(file).g
    change(file, "\n\ndef f(x):\n    return x + 1\n\ndef g():\n    return 2\n")
    with pytest.raises(NoSource, match=r"line 4 of .* doesn't hold it any more"):
        find_source(function)


def test_a_file_that_is_no_python_any_more_is_refused(file: Path):
    function = imported(file).f
    change(file, "def f(x:\n")
    with pytest.raises(NoSource, match="no longer valid Python"):
        find_source(function)


def test_async_code_is_refused_at_its_line(file: Path):
    change(file, "def f():\n    async def g():\n        pass\n")
    with pytest.raises(RuntimeError, match=r"changing.py:2\n.*\n.*\^.*\nerror: async code can't"):
        lower_function(imported(file).f)


EVERYWHERE = """
@(lambda c: c)
class C(lambda: 1, key=lambda: 2):
    x: (lambda: 3) = lambda: 4
    def m(self, a=lambda: 5, *, b: (lambda: 6) = lambda: 7) -> (lambda: 8):
        with (lambda: 9)() as y[lambda: 10]:
            del y[lambda: 11]
        try:
            assert (lambda: 12), lambda: 13
        except (lambda: 14):
            raise (lambda: 15) from (lambda: 16)
        else:
            yield lambda: 17
        finally:
            yield from lambda: 18
        match (lambda: 19):
            case {"key": _} if (lambda: 20):
                return f"{(lambda: 21)!r:{(lambda: 22)}}"
        for z[lambda: 23] in lambda: 24:
            z += lambda: 25
        while not (lambda: 26) < (lambda: 27) and -(lambda: 28) or (lambda: 29):
            z = {**(lambda: 30), (lambda: 31): [*(lambda: 32)], **{i: lambda: 33 for i in z}}
        return (w := lambda: 34) if (lambda: 35) else (lambda: 36)[lambda: 37 : lambda: 38].a
"""


def test_no_function_of_a_file_is_missed():
    tree = ast.parse(EVERYWHERE)
    found = [node for node, _ in find_source_module._functions(tree)]  # pyright: ignore[reportPrivateUsage]
    every = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    assert len(found) == len(every) == 40
    assert set(found) == set(every)
