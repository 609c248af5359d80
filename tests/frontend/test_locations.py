"""Every op knows the file, line and column of what it came from; so do the printed nodes."""

import ast
import linecache
import re
import traceback
import types
from pathlib import Path

import pytest
from xdsl.dialects.builtin import FileLineColLoc, TensorType, f32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation

from foldaway.dialects import pyobj
from foldaway.dialects.pyobj import OBJECT
from foldaway.frontend.emit_python import to_ast, to_function
from foldaway.frontend.lower_function import lower_module, specialize_function

CORPUS = sorted(Path(__file__).parent.glob("corpus_*.py"))
KINDS: dict[type[Operation], tuple[type[ast.AST], ...]] = {
    pyobj.CallOp: (ast.Call,),
    pyobj.BinaryOp: (ast.BinOp,),
    pyobj.CompareOp: (ast.Compare,),
    pyobj.ChainOp: (ast.Compare,),
    pyobj.AndOp: (ast.BoolOp,),
    pyobj.LoadOp: (ast.Name,),
    pyobj.GetAttrOp: (ast.Attribute,),
    pyobj.GetItemOp: (ast.Subscript,),
    pyobj.LambdaOp: (ast.Lambda,),
    pyobj.IfOp: (ast.If,),
    pyobj.WhileOp: (ast.While,),
    pyobj.ForOp: (ast.For,),
    pyobj.TryOp: (ast.Try, ast.TryStar),
    pyobj.MatchOp: (ast.Match,),
    pyobj.WithOp: (ast.With,),
    pyobj.DefOp: (ast.FunctionDef,),
    pyobj.ClassOp: (ast.ClassDef,),
    pyobj.ReturnOp: (ast.Return,),
    pyobj.RaiseOp: (ast.Raise,),
    pyobj.AssertOp: (ast.Assert,),
    pyobj.ImportOp: (ast.Import,),
    pyobj.AugSetItemOp: (ast.AugAssign,),
    pyobj.StoreOp: (ast.Name,),
    pyobj.SetAttrOp: (ast.Attribute,),
    pyobj.YieldOp: (ast.Yield,),
}
"""The nodes that an op comes from: it stands where such a node starts."""


@pytest.mark.parametrize("file", CORPUS, ids=lambda f: f.stem)
def test_every_op_stands_where_its_node_starts(file: Path):
    text = file.read_text()
    starts: dict[type[ast.AST], set[tuple[int, int]]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr | ast.stmt):
            starts.setdefault(type(node), set()).add((node.lineno, node.col_offset + 1))
    everywhere = set[tuple[int, int]]().union(*starts.values())
    for op in lower_module(text, str(file)).body.walk():
        place = op.location
        assert isinstance(place, FileLineColLoc), op
        assert place.filename.data == str(file)
        expected = everywhere
        if type(op) in KINDS:
            expected = set[tuple[int, int]]().union(
                *(starts.get(k, set()) for k in KINDS[type(op)])
            )
        assert (place.line.data, place.column.data) in expected, op


@pytest.mark.parametrize("file", CORPUS, ids=lambda f: f.stem)
def test_the_printed_nodes_stand_where_they_were(file: Path):
    text = file.read_text()
    before, after = ast.parse(text), to_ast(lower_module(text, str(file)))
    kinds = (ast.Call, ast.BinOp, ast.Return, ast.Raise, ast.If, ast.FunctionDef, ast.Lambda)
    assert places(before, kinds) == places(after, kinds)


def places(tree: ast.AST, kinds: tuple[type[ast.AST], ...]) -> list[tuple[str, int, int]]:
    found = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    return sorted((type(n).__name__, n.lineno, n.col_offset) for n in found)  # pyright: ignore


OFFSET = 10


def program(x, n):
    total = x
    for i in range(n):
        total = total + OFFSET
        if i == 2:
            raise ValueError(f"at {i}")  # here
    return total


def host_of(function: types.FunctionType, *types: object) -> FuncOp:
    module = specialize_function(function, [t or OBJECT for t in types])  # pyright: ignore
    func = module.body.block.first_op
    assert isinstance(func, FuncOp)
    return func


def test_a_traceback_shows_the_users_line():
    function = to_function(host_of(program, None, None), "program", {}, globals())
    assert function(1, 2) == 21
    with pytest.raises(ValueError, match="at 2") as caught:
        function(1, 3)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.name) == (__file__, "program")
    assert last.line == 'raise ValueError(f"at {i}")  # here'
    assert linecache.getline(__file__, last.lineno or 0).strip() == last.line


def test_graph_ops_have_places_too():
    def function(x, y):
        return x + y * 2.0

    tensor = TensorType(f32, [3])
    func = host_of(function, tensor, tensor)
    lines = {op.location.line.data for op in func.body.walk()}  # pyright: ignore
    assert lines == {function.__code__.co_firstlineno + 1}
    assert re.search(r"graph.mul[\s\S]*graph.add", str(func))
