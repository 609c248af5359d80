"""Lower functions that outline-kernels made for vector kernels to AscendNPU IR in tensor form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.context import Context
from xdsl.dialects import func, tensor
from xdsl.dialects.builtin import (
    FunctionType,
    ModuleOp,
    StringAttr,
    TensorType,
    UnitAttr,
    i1,
    i8,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from ..dialects.hacc import FunctionKind, FunctionKindAttr
from .kernel_body import KernelBody
from .kernel_groups import Group, group_ops
from .kernel_kinds import Kind, number_in
from .launches import calls_of, kernel_name, launch_kernel
from .merged_axes import MergedAxes
from .outline_kernels import PART, VECTOR, leave_to_cpu
from .scalar_ops import tensor_of
from .structured_ops import TensorOps, element_of, shape_of
from .tiled_vectors import tiled_vectors

_BYTES = "bytes with several axes have a kernel only in rows of a few thousand"


@dataclass(frozen=True)
class LowerVectorsToHfusionPass(ModulePass):
    """Turn each part of kind `vector` into a kernel on tensors, which the host launches.

    The vendor's compiler shares such a kernel out and tiles it. It is given arith and math on
    whole tensors where xDSL has them so, `hfusion` for conversions, comparisons and choices, and
    linalg for broadcasts and reductions; no `linalg.generic`. Axes that are used alike are one.
    Bytes that have several axes even so are computed in tiles of our own, or by the CPU where
    there are none. The function stays as what the launch falls back to.
    """

    name = "lower-vectors-to-hfusion"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite the module in place."""
        calls = calls_of(op)
        for function in list(op.body.block.ops):
            if isinstance(function, func.FuncOp) and _is_vector(function):
                kernel = vector_kernel(function)
                if kernel is None:
                    del function.attributes[PART]
                    leave_to_cpu(function, [(function, _BYTES)])
                else:
                    launch_kernel(op, function, kernel, calls)


def _is_vector(function: func.FuncOp) -> bool:
    return function.attributes.get(PART) == StringAttr(VECTOR)


def vector_kernel(function: func.FuncOp) -> ModuleOp | None:
    """Return the kernel that computes a function of tensors; None where there is none."""
    old, name = function.body.block, kernel_name(function)
    group = next(group for group in group_ops(old).groups if group.kind is not Kind.HOST)
    if group.kind is Kind.MOVE:
        return _on_tensors(function, name, _moves(old))
    frame = MergedAxes(group.space, group.axes.values())
    results = cast(Operation, old.last_op).operands
    if _has_bytes(old.args, results, group, frame):
        tiled = tiled_vectors(function, name, 0)
        if tiled is not None:
            return tiled
    if any(_is_byte(value) and len(frame.of(group.axes[value])) > 1 for value in results):
        return None
    return _on_tensors(function, name, _vectors(old, group, frame))


def _has_bytes(
    arguments: Sequence[SSAValue], results: Sequence[SSAValue], group: Group, frame: MergedAxes
) -> bool:
    """Return whether there are bytes for which the vendor's compiler plans wrongly.

    It refuses to store them with several axes or a single one, reads rows of them past their
    memory, and fails where one is repeated.
    """
    bytes = [value for value in (*arguments, *results) if _is_byte(value)]
    if frame.is_scalar:
        return bool(bytes)
    counts = [len(frame.of(group.axes[value])) for value in bytes]
    return any(count > 1 for count in counts) or 0 in counts[: sum(map(_is_byte, arguments))]


def _is_byte(value: SSAValue) -> bool:
    return element_of(value) in (i1, i8)


def _on_tensors(function: func.FuncOp, name: str, block: Block) -> ModuleOp:
    outputs = [value.type for value in cast(Operation, block.last_op).operands]
    type = FunctionType.from_lists(list(block.arg_types), outputs)
    made = func.FuncOp(name, type, Region(block))
    made.attributes["hacc.entry"] = UnitAttr()
    made.attributes["hacc.function_kind"] = FunctionKindAttr(FunctionKind.DEVICE)
    made.location = function.location
    return ModuleOp([made], sym_name=StringAttr(name))


def _vectors(old: Block, group: Group, frame: MergedAxes) -> Block:
    """Return the block of a kernel of arithmetic, broadcasts and reductions over one space."""
    block = Block()
    to = TensorOps(block, old.parent_op().location)  # pyright: ignore[reportOptionalMemberAccess]
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
    inserts = sum(isinstance(op, tensor.InsertSliceOp) for op in old.ops)
    for op in old.ops:
        to.location = op.location
        if isinstance(op, func.ReturnOp):
            _return(block, op, [values[value] for value in op.operands])
            continue
        if isinstance(op, tensor.EmptyOp) and inserts == 1:
            # What a part leaves free is a piece of its own, for which the vendor's compiler
            # forgets to plan memory if it has no value.
            element, shape = element_of(op.results[0]), shape_of(op.results[0])
            values[op.results[0]] = to.filled(0, element, shape)
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
