"""Lower functions of graph ops to linalg on tensors, where all machines start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, LocationAttr, ModuleOp, TensorType
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.passes import ModulePass

from ..dialects import graph
from ..dialects.dtypes import spec_of
from ..dialects.nested_ops import nested_ops
from ..dialects.source import reject
from .accumulation import accumulated
from .lower_convolution import lower_conv
from .lower_elementwise import ELEMENTWISE, lower_elementwise
from .lower_raise import lower_assert, lower_raise
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
    graph.ConvOp: lower_conv,
    graph.VariableOp: _lower_to_operand,
    graph.StopGradientOp: _lower_to_operand,
    graph.CustomGradientOp: _lower_to_operand,
}


@dataclass(frozen=True)
class LowerGraphToLinalgPass(ModulePass):
    """Turn each function of graph ops into arith, math, linalg and tensor ops on whole tensors.

    Branches and loops become those of scf, and what raises an exception becomes `cf.assert`.
    A function that holds anything else is left alone. Unsigned elements become signless ones,
    and each op says for itself whether it is one of unsigned numbers.
    What one op of arith or math means exactly becomes that op; the rest is `linalg.generic`.
    """

    name = "lower-graph-to-linalg"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module; raise CompileError for a function that has an effect."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and is_graph(function):
                replace_body(function, _lowered_body(function))


def is_graph(function: func.FuncOp) -> bool:
    """Return whether a function takes tensors and holds graph ops only, in its regions too."""
    if len(function.body.blocks) != 1:
        return False
    block = function.body.block
    return all(isinstance(type, TensorType) for type in block.arg_types) and all(
        type(op) in LOWERINGS or type(op) in _OTHERS for op in nested_ops(function)[1:]
    )


_GIVING = (func.ReturnOp, graph.GiveOp)
_OTHERS = (*graph.CONTROL, graph.PrintOp, func.ReturnOp)


def linalg_of(module: ModuleOp) -> ModuleOp:
    """Return a module as this pass leaves it; the module itself stays as it is."""
    made: list[Operation] = []
    for op in module.body.block.ops:
        if isinstance(op, func.FuncOp) and is_graph(op):
            new = op.clone_without_regions()
            new.body.add_block(_lowered_body(op))
            _follow_body(new)
        else:
            new = op.clone()
        made.append(new)
    return ModuleOp(made, module.attributes)


def _lowered_body(function: func.FuncOp) -> Block:
    """Return the body that a function of graph ops becomes, made in one walk."""
    lowering = BlockLowering(function.body.block, {}, function.location)
    given = lowering.lower()
    if given is None:
        given = lowering.nothing(function.function_type.outputs)
    end = func.ReturnOp.create(operands=given, location=lowering.to.location)
    lowering.block.add_op(end)
    return lowering.block


class BlockLowering:
    """The walk over one block; `values` has what stands before it, in the blocks around too."""

    def __init__(
        self, old: Block, values: dict[SSAValue, SSAValue], location: LocationAttr
    ) -> None:
        self.old = old
        self.values = values
        self.block = Block(arg_types=[lowered_type(type) for type in old.arg_types])
        self.to = TensorOps(self.block, location)
        for before, after in zip(old.args, self.block.args, strict=True):
            values[before] = after
            after.name_hint, after.location = before.name_hint, before.location

    def lower(self) -> list[SSAValue] | None:
        """Lower the block's ops; return what the last one gives, None if the block is left."""
        for op in self.old.ops:
            self.to.location = op.location
            operands = [self.values[value] for value in op.operands]
            if type(op) in _GIVING:
                return operands
            if type(op) is graph.PrintOp:
                reject(
                    op,
                    "a function that prints can't become linalg",
                    "outline-segments leaves printing to the host program",
                )
            self._name(op, self._results(op, operands))
        return None

    def _results(self, op: Operation, operands: Sequence[SSAValue]) -> Sequence[SSAValue]:
        """Append what an op becomes."""
        lowering = LOWERINGS.get(type(op))
        if isinstance(op, graph.AddOp) and (sum := accumulated(self.block, op, operands)):
            return [sum]
        if lowering is not None:
            return [lowering(self.to, op, operands)]
        if isinstance(op, graph.RaiseOp):
            lower_raise(self.to, op)
        elif isinstance(op, graph.AssertOp):
            lower_assert(self.to, op, operands[0])
        else:
            # Most programs have no branch, and scf takes its time to import.
            from .lower_control import lower_control

            return lower_control(self, op, operands)
        return ()

    def nothing(self, types: Iterable[Attribute]) -> list[SSAValue]:
        """Append tensors without a value, for a block that is left before it gives any."""
        specs = [spec_of(type) for type in types]
        return [self.to.empty(signless(spec.dtype), spec.shape) for spec in specs]

    def _name(self, op: Operation, results: Sequence[SSAValue]) -> None:
        for before, after in zip(op.results, results, strict=True):
            self.values[before] = after
            if after.name_hint is None:
                after.name_hint = before.name_hint


def replace_body(function: func.FuncOp, new: Block) -> None:
    """Put a block in the place of the only one of a function, whose type follows it."""
    # Nothing outside uses what the old block holds, so that it needn't be taken apart.
    function.body.detach_block(function.body.block)
    function.body.add_block(new)
    _follow_body(function)


def _follow_body(function: func.FuncOp) -> None:
    block = function.body.block
    outputs = [] if block.last_op is None else [value.type for value in block.last_op.operands]
    type = FunctionType.from_lists(list(block.arg_types), outputs)
    function.properties["function_type"] = type


def lowered_type(type: Attribute) -> Attribute:
    """Return the type of a tensor below the graph."""
    spec = spec_of(type)
    return tensor_of(signless(spec.dtype), spec.shape)
