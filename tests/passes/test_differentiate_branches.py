"""Gradients of branches, computed by reading the IR op by op."""

import numpy as np
import pytest
from xdsl.context import Context
from xdsl.dialects import builtin, func
from xdsl.parser import Parser

from foldaway.dialects import graph
from foldaway.dialects.dtypes import spec_of
from foldaway.dialects.ir_emitter import from_attribute
from foldaway.passes.differentiate_graph import DifferentiateGraphPass
from foldaway.runtime.constants import constant_array
from foldaway.runtime.meanings import compute

NESTED = """
func.func @f(%x: tensor<2xf64>, %c: tensor<i1>, %d: tensor<i1>, %s: tensor<2xf64>)
    -> (tensor<2xf64>, tensor<2xf64>) {
  %v = graph.variable %x : tensor<2xf64>
  %y = graph.mul %v, %v : tensor<2xf64>
  %z, %w = graph.if %c -> tensor<2xf64>, tensor<2xf64> {
    %a = graph.exp %y : tensor<2xf64>
    %b = graph.if %d -> tensor<2xf64> {
      graph.print "stdout" "str" ["a: ", "\\n"] %a : tensor<2xf64>
      %p = graph.mul %a, %v : tensor<2xf64>
      graph.give %p : tensor<2xf64>
    } else {
      %q = graph.sin %v : tensor<2xf64>
      graph.give %q : tensor<2xf64>
    }
    %e = graph.mul %b, %b : tensor<2xf64>
    graph.give %e, %v : tensor<2xf64>, tensor<2xf64>
  } else {
    graph.give %y, %s : tensor<2xf64>, tensor<2xf64>
  }
  %r = graph.mul %z, %w : tensor<2xf64>
  %t = graph.add %r, %y : tensor<2xf64>
  %g = graph.gradient of %t : tensor<2xf64> seeds %s : tensor<2xf64>
      by %v : tensor<2xf64> -> tensor<2xf64>
  func.return %t, %g : tensor<2xf64>, tensor<2xf64>
}
"""


def module_of(text):
    ctx = Context()
    for dialect in (builtin.Builtin, func.Func, graph.Graph):
        ctx.load_dialect(dialect)
    module = Parser(ctx, text).parse_module()
    DifferentiateGraphPass().apply(ctx, module)
    module.verify()
    return module


def run(block, values, printed):
    """Return what the block's last op holds, given the values from around it."""
    for op in block.ops:
        operands = [values[operand] for operand in op.operands]
        if isinstance(op, graph.GiveOp | func.ReturnOp):
            return operands
        if isinstance(op, graph.IfOp):
            side = op.body if operands[0] else op.orelse
            values |= zip(op.results, run(side.block, dict(values), printed), strict=True)
        elif isinstance(op, graph.PrintOp):
            printed.append(operands)
        elif isinstance(op, graph.ConstantOp):
            values[op.result] = constant_array(op)
        else:
            attributes = {name: from_attribute(a) for name, a in op.properties.items()}
            spec = spec_of(op.results[0].type)
            values[op.results[0]] = compute(op.name, operands, spec, attributes)
    raise AssertionError("the block has no end")


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
def test_each_way_through_branches_has_its_gradient(outer, inner):
    function = next(iter(module_of(NESTED).ops))

    def value(x, printed):
        arguments = [x, np.asarray(outer), np.asarray(inner), np.array([1.0, 1.0])]
        values = dict(zip(function.body.block.args, arguments, strict=True))
        return run(function.body.block, values, printed)

    x, step, printed = np.array([0.5, -0.75]), 1e-6, []
    gradient = value(x, printed)[1]
    assert len(printed) == (outer and inner)
    for i in range(2):
        moved = np.eye(2)[i] * step
        change = value(x + moved, [])[0] - value(x - moved, [])[0]
        np.testing.assert_allclose(gradient[i], change[i] / (2 * step), rtol=1e-7)
