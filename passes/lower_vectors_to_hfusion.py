"""Lower functions that outline-kernels made for vector kernels to AscendNPU IR in tensor form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import FunctionType, ModuleOp, StringAttr, TensorType, UnitAttr
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from ..dialects.hacc import FunctionKind, FunctionKindAttr
from .kernel_body import KernelBody
from .kernel_groups import Group, group_ops
from .kernel_kinds import Kind, number_in
from .launches import calls_of, kernel_name, launch_kernel
from .merged_axes import MergedAxes
from .outline_kernels import PART, VECTOR
from .scalar_ops import tensor_of
from .structured_ops import TensorOps, element_of, shape_of


@dataclass(frozen=True)
class LowerVectorsToHfusionPass(ModulePass):
    """Turn each part of kind `vector` into a kernel on tensors, which the host launches.

    The vendor's compiler shares such a kernel out and tiles it. It is given arith and math on
    whole tensors where xDSL has them so, `hfusion` for conversions, comparisons and choices, and
    linalg for broadcasts and reductions; no `linalg.generic`. Axes that are used alike are one.
    The function stays as what the launch falls back to.
    """

    name = "lower-vectors-to-hfusion"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module in place."""
        calls = calls_of(op)
        for function in list(op.body.block.ops):
            if isinstance(function, func.FuncOp) and _is_vector(function):
                launch_kernel(op, function, vector_kernel(function), calls)


def _is_vector(function: func.FuncOp) -> bool:
    return function.attributes.get(PART) == StringAttr(VECTOR)


def vector_kernel(function: func.FuncOp) -> ModuleOp:
    """Return the kernel that computes a function of tensors."""
    old = function.body.block
    group = next(group for group in group_ops(old).groups if group.kind is not Kind.HOST)
    block = _moves(old) if group.kind is Kind.MOVE else _vectors(old, group)
    name = kernel_name(function)
    outputs = [value.type for value in cast(Operation, block.last_op).operands]
    type = FunctionType.from_lists(list(block.arg_types), outputs)
    made = func.FuncOp(name, type, Region(block))
    made.attributes["hacc.entry"] = UnitAttr()
    made.attributes["hacc.function_kind"] = FunctionKindAttr(FunctionKind.DEVICE)
    made.location = function.location
    return ModuleOp([made], sym_name=StringAttr(name))


def _vectors(old: Block, group: Group) -> Block:
    """Return the block of a kernel of arithmetic, broadcasts and reductions over one space."""
    block = Block()
    to = TensorOps(block, old.parent_op().location)  # pyright: ignore[reportOptionalMemberAccess]
    frame = MergedAxes(group.space, group.axes.values())
    body = KernelBody(to, group.axes, group.all, frame)
    for argument in old.args:
        type = tensor_of(element_of(argument), body.shape_of(argument))
        new = body.values[argument] = block.insert_arg(type, len(block.args))
        new.name_hint = argument.name_hint
    for op in old.ops:
        if isinstance(op, func.ReturnOp):
            _return(block, op, [body.values[value] for value in op.operands])
        else:
            body.write(op)
    return block


def _moves(old: Block) -> Block:
    """Return the block of a kernel that transposes, takes a part, or puts parts into one."""
    block = Block(arg_types=old.arg_types)
    to = TensorOps(block, old.parent_op().location)  # pyright: ignore[reportOptionalMemberAccess]
    values: dict[SSAValue, SSAValue] = dict(zip(old.args, block.args, strict=True))
    for before, after in values.items():
        after.name_hint = before.name_hint
    for op in old.ops:
        to.location = op.location
        if isinstance(op, func.ReturnOp):
            _return(block, op, [values[value] for value in op.operands])
            continue
        number = number_in(op.results[0])
        if number is not None:
            if isinstance(op.results[0].type, TensorType):
                element, shape = element_of(op.results[0]), shape_of(op.results[0])
                values[op.results[0]] = to.filled(number, element, shape)
            continue
        operands = [values[value] for value in op.operands]
        if isinstance(op, linalg.TransposeOp):
            shape, order = shape_of(op.results[0]), op.permutation.get_values()
            values[op.results[0]] = to.transpose(operands[0], order, shape)
            continue
        values[op.results[0]] = to.add(
            type(op).create(
                operands=operands,
                result_types=[result.type for result in op.results],
                properties=op.properties,
                location=op.location,
            )
        )
    return block


def _return(block: Block, op: func.ReturnOp, values: Sequence[SSAValue]) -> None:
    end = func.ReturnOp(*values)
    end.location = op.location
    block.add_op(end)
