"""Lower functions of graph ops to linalg on tensors, where all machines start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, ModuleOp, TensorType
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.passes import ModulePass

from ..dialects import graph
from ..dialects.dtypes import spec_of
from ..dialects.source import reject
from .lower_elementwise import ELEMENTWISE, lower_elementwise
from .lower_reduction import lower_argreduce, lower_dot_general, lower_reduce
from .lower_shape import SHAPE
from .scalar_ops import signless, tensor_of
from .structured_ops import TensorOps

Lowering = Callable[[TensorOps, Operation, Sequence[SSAValue]], SSAValue]


def _lower_to_operand(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Return the first operand: only gradients, which are there by now, tell it from the op."""
    return operands[0]


LOWERINGS: dict[type[Operation], Lowering] = {
    **dict.fromkeys(ELEMENTWISE, lower_elementwise),
    **SHAPE,
    graph.ReduceOp: lower_reduce,
    graph.ArgReduceOp: lower_argreduce,
    graph.DotGeneralOp: lower_dot_general,
    graph.VariableOp: _lower_to_operand,
    graph.StopGradientOp: _lower_to_operand,
    graph.CustomGradientOp: _lower_to_operand,
}


@dataclass(frozen=True)
class LowerGraphToLinalgPass(ModulePass):
    """Turn each function of graph ops into arith, math, linalg and tensor ops on whole tensors.

    A function that holds anything else is left alone. Unsigned elements become signless ones,
    and each op says for itself whether it is one of unsigned numbers.
    What one op of arith or math means exactly becomes that op; the rest is `linalg.generic`.
    """

    name = "lower-graph-to-linalg"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module; raise CompileError for a function that has an effect."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and is_graph(function):
                lower_function(function)


def is_graph(function: func.FuncOp) -> bool:
    """Return whether a function takes tensors and holds graph ops only."""
    if len(function.body.blocks) != 1:
        return False
    block = function.body.block
    return all(isinstance(type, TensorType) for type in block.arg_types) and all(
        type(op) in LOWERINGS or isinstance(op, graph.PrintOp | func.ReturnOp) for op in block.ops
    )


def lower_function(function: func.FuncOp) -> None:
    """Rebuild the body of a function of graph ops in one walk."""
    old = function.body.block
    new = Block(arg_types=[lowered_type(type) for type in old.arg_types])
    values: dict[SSAValue, SSAValue] = {}
    for before, after in zip(old.args, new.args, strict=True):
        values[before] = after
        after.name_hint, after.location = before.name_hint, before.location
    to = TensorOps(new, function.location)
    for op in old.ops:
        operands = [values[value] for value in op.operands]
        to.location = op.location
        if isinstance(op, func.ReturnOp):
            new.add_op(func.ReturnOp.create(operands=operands, location=op.location))
        elif isinstance(op, graph.PrintOp):
            reject(
                op,
                "a function that prints can't become linalg",
                "outline-segments leaves printing to the host program",
            )
        else:
            result = values[op.results[0]] = LOWERINGS[type(op)](to, op, operands)
            if result.name_hint is None:
                result.name_hint = op.results[0].name_hint
    replace_body(function, new)


def replace_body(function: func.FuncOp, new: Block) -> None:
    """Put a block in the place of the only one of a function, whose type follows it."""
    old = function.body.block
    outputs = [] if new.last_op is None else [value.type for value in new.last_op.operands]
    function.body.detach_block(old)
    old.erase(safe_erase=False)
    function.body.add_block(new)
    function.properties["function_type"] = FunctionType.from_lists(list(new.arg_types), outputs)


def lowered_type(type: Attribute) -> Attribute:
    """Return the type of a tensor below the graph."""
    spec = spec_of(type)
    return tensor_of(signless(spec.dtype), spec.shape)
