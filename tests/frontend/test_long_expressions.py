"""What Python compiles, however long, is lowered and printed: nothing recurses along a chain."""

import ast
import linecache
import sys
import types
from collections.abc import Callable, Iterator

import pytest
from xdsl.dialects.builtin import FileLineColLoc, ModuleOp, TensorType, f32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from foldaway.dialects import pyobj
from foldaway.dialects.pyobj import OBJECT
from foldaway.dialects.source import CompileError
from foldaway.frontend import lower_tensors
from foldaway.frontend.emit_python import to_function, to_text
from foldaway.frontend.find_source import find_source
from foldaway.frontend.lower_expression import yields
from foldaway.frontend.lower_function import lower_function, specialize_function

TERMS, CALLS, BRANCHES, SIGNS = 1500, 700, 500, 1200
"""More than the recursion limit allows, once or twice a node; each call is two nodes."""

SUM = "x" + "".join(f" + {i}" for i in range(TERMS))
CHAIN = "x" + ".a()" * (CALLS - 1) + "[0]"
SIGNED = "-" * SIGNS + "x"
ELIFS = "".join(f"    elif x == {i}:\n        y = {i} * 2\n" for i in range(BRANCHES))
IFS = f"    if x is None:\n        y = 'none'\n{ELIFS}    else:\n        y = 'other'\n    return y"
BODIES = {
    "sum": f"    return {SUM}",
    "calls": f"    return {CHAIN}",
    "signs": f"    return {SIGNED}",
    "elifs": IFS,
}

tensor = TensorType(f32, [3])


class Fluent:
    """Each call of `a` counts."""

    calls = 0

    def a(self):
        self.calls += 1
        return self

    def __getitem__(self, key: int):
        return self.calls + key


VALUES: dict[str, list[Callable[[], object]]] = {
    "sum": [lambda: 1, lambda: -2.5],
    "calls": [Fluent],
    "signs": [lambda: 3],
    "elifs": [lambda: None, lambda: 0, lambda: BRANCHES - 1, lambda: BRANCHES],
}
refuses = pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python 3.11 compiles less")


def function_of(body: str) -> types.FunctionType:
    name = f"<long {hash(body)}>"
    text = f"def function(x):\n{body}\n"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, types.FunctionType] = {}
    exec(compile(text, name, "exec"), namespace)
    return namespace["function"]


def func_of(module: ModuleOp) -> FuncOp:
    func = module.body.block.first_op
    assert isinstance(func, FuncOp)
    return func


def host_of(body: str, type: Attribute = OBJECT) -> FuncOp:
    return func_of(specialize_function(function_of(body), [type]))


def every_op(ops: list[Operation]) -> Iterator[Operation]:
    """As `walk`, which itself recurses."""
    rest = ops[::-1]
    while rest:
        op = rest.pop()
        yield op
        inner = [one for region in op.regions for block in region.blocks for one in block.ops]
        rest += inner[::-1]


@pytest.mark.parametrize("name", BODIES)
def test_functions_are_lowered_with_every_place(name: str):
    function = function_of(BODIES[name])
    lowered = lower_function(function)
    operators = (pyobj.BinaryOp, pyobj.CallOp, pyobj.UnaryOp, pyobj.IfOp)
    ops = [op for op in every_op(list(lowered.body.block.ops)) if isinstance(op, operators)]
    kinds = (ast.BinOp, ast.Call, ast.UnaryOp, ast.If)
    nodes = [node for node in ast.walk(find_source(function).node) if isinstance(node, kinds)]
    assert len(ops) == len(nodes)
    places = list[tuple[int, int]]()
    for op in ops:
        assert isinstance(op.location, FileLineColLoc)
        places.append((op.location.line.data, op.location.column.data))
    assert sorted(places) == sorted((node.lineno, node.col_offset + 1) for node in nodes)


@pytest.mark.parametrize("name", BODIES)
def test_functions_are_printed_and_compute_the_same(name: str):
    host = to_function(host_of(BODIES[name]), "function", {})
    function = function_of(BODIES[name])
    for make in VALUES[name]:
        assert host(make()) == function(make())


@pytest.mark.parametrize("name", BODIES)
def test_functions_are_printed_for_people(name: str):
    assert to_text(host_of(BODIES[name])).startswith("def function(x):")


def test_operands_are_evaluated_in_their_order():
    text = " + ".join(f"f({i})" for i in range(1000))
    host = to_function(host_of(f"    f = x.append\n    f(-1)\n    return [{text}]"), "function", {})
    seen = list[int]()

    class One:
        def __add__(self, other: object):
            seen.append(-2)
            return self

    class Log:
        def append(self, value: int):
            seen.append(value)
            return One()

    host(Log())
    expected = [-1, 0]
    for i in range(1, 1000):
        expected += [i, -2]
    assert seen == expected


def test_tensors_are_graph_ops_at_once():
    for text in (SUM, " - ".join(["1.0"] * 1000 + ["x"]), "-" * 1001 + "x"):
        func = host_of(f"    return {text.replace('1.0 - 1.0', 'x - 1.0', 1)}", tensor)
        ops = {op.name for op in func.body.block.ops}
        assert not any(name.startswith("pyobj.") for name in ops), ops


def test_time_grows_with_the_length(monkeypatch: pytest.MonkeyPatch):
    asked = 0
    number = lower_tensors._number  # pyright: ignore[reportPrivateUsage]

    def counting(node: ast.expr) -> object:
        nonlocal asked
        asked += 1
        return number(node)

    monkeypatch.setattr(lower_tensors, "_number", counting)
    terms = " + ".join(f"{i} * x" for i in range(300))
    for text in (terms, f"unknown + {terms}", f"{terms} + unknown", f"{terms} + 'text'"):
        host_of(f"    return {text}", tensor)
    assert asked < 4 * 300 * 8


def test_yields_looks_everywhere():
    tree = ast.parse(f"({SUM}) + (yield)")
    assert yields(tree)
    assert not yields(ast.parse(SUM))
    assert not yields(ast.parse("def f():\n    yield"))


def test_a_lambda_beside_a_long_sum_is_found():
    name = "<long lambda>"
    text = f"other = lambda x: x; function = lambda x: {SUM}\n"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, types.FunctionType] = {}
    exec(compile(text, name, "exec"), namespace)
    assert isinstance(find_source(namespace["function"]).node, ast.Lambda)
    assert find_source(namespace["function"]).node.col_offset > 10


@refuses
def test_what_python_cannot_parse_here_is_an_error_of_ours():
    function = function_of(f"    return x + {' + '.join(['2'] * TERMS)}")

    def deep(levels: int) -> object:
        return lower_function(function) if levels == 0 else deep(levels - 1)

    frames = 0
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        frames, frame = frames + 1, frame.f_back
    with pytest.raises(CompileError, match="nested too deeply"):
        deep(sys.getrecursionlimit() - frames - 100)


@refuses
def test_what_python_cannot_compile_is_an_error_of_ours():
    # A lambda has no room for names, and a syntax tree may be less deep than a text.
    with pytest.raises(CompileError, match="nested too deeply"):
        to_function(host_of(f"    return lambda: {SUM}"), "function", {})
