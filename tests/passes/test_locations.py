"""Every op that a lowering makes says where it came from."""

from xdsl.dialects.builtin import FileLineColLoc, IntAttr, ModuleOp, StringAttr, UnknownLoc
from xdsl.ir import Block

from foldaway.dialects import graph

from .compiled_graph import PASSES, lower

PROGRAM = """
func.func @f(%x: tensor<2x3xf16>, %y: tensor<3xui8>) -> (tensor<2xf16>, tensor<6xui8>) {
  %a = graph.exp %x : tensor<2x3xf16>
  %s = graph.reduce "sum" %a, axes = [1] : tensor<2x3xf16> -> tensor<2xf16>
  %c = graph.constant dense<[1, 2, 3]> : tensor<3xui8>
  %d = graph.floordiv %y, %c : tensor<3xui8>
  %r = graph.concat axis = 0 of %d, %y : tensor<3xui8>, tensor<3xui8> -> tensor<6xui8>
  func.return %s, %r : tensor<2xf16>, tensor<6xui8>
}
"""


def test_locations_are_kept():
    module = lower(PROGRAM, ())
    for line, op in enumerate(module.walk()):
        op.location = FileLineColLoc(StringAttr("f.py"), IntAttr(line + 1), IntAttr(1))
    for step in PASSES:
        step.apply(None, module)
        unknown = [op.name for op in module.walk() if isinstance(op.location, UnknownLoc)]
        assert not unknown, step.name
        lines = {op.location.line.data for op in module.walk()}
        assert len(lines) > 5
    assert isinstance(module, ModuleOp)
    assert isinstance(module.body.block, Block)
    assert not [op for op in module.walk() if op.name in {o.name for o in graph.UNARY}]
