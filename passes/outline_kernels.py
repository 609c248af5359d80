"""Cut functions of tensors into kernels of an accelerator, work of the CPU, and a host."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import cast

from xdsl.context import Context
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import FunctionType, ModuleOp, StringAttr, TensorType
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from ..dialects.hacc import FunctionKind, FunctionKindAttr
from ..dialects.source import describe
from .fuse_elementwise_to_generic import is_tensors
from .kernel_groups import Group, group_ops
from .kernel_kinds import Kind, is_copied, number_in
from .scalar_ops import splat_attribute
from .structured_ops import element_of, shape_of
from .tensor_simplification import simplify_tensors

CPU, PART = "foldaway.cpu", "foldaway.part"
"""Attributes of functions: why it runs on the CPU; what kind of kernel it becomes."""
VECTOR, PRODUCT = "vector", "product"

_log = logging.getLogger("foldaway.ascend")


@dataclass(frozen=True)
class OutlineKernelsPass(ModulePass):
    """Move ops on tensors into functions, each of which becomes a kernel or runs on the CPU.

    The function itself becomes the host: it calls the others, and branches and loops stay in it.
    A function for a kernel says so by `foldaway.part`, one for the CPU by `foldaway.cpu` and the
    reason, which is logged with the line it comes from. Reshapes stay on the host, since they move
    nothing; what has no elements isn't computed.
    """

    name = "outline-kernels"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite each function of tensors in the module."""
        for function in list(op.body.block.ops):
            if isinstance(function, func.FuncOp) and is_tensors(function):
                _Outline(op, function).run()


def leave_to_cpu(function: func.FuncOp, reasons: Sequence[tuple[Operation, str]]) -> None:
    """Let a function run on the CPU; each op that is why, and the reason, are logged."""
    said = list(dict.fromkeys(reason for _, reason in reasons))
    function.attributes[CPU] = StringAttr("; ".join(said))
    for notice in sorted({f"{describe(op)}note: this runs on the CPU: {r}" for op, r in reasons}):
        _log.warning("%s", notice)


class _Outline:
    def __init__(self, module: ModuleOp, function: func.FuncOp) -> None:
        self.module = module
        self.function = function
        self.name = function.sym_name.data
        self.taken = {
            cast(StringAttr, op.properties["sym_name"]).data
            for op in module.ops
            if "sym_name" in op.properties
        }
        self.count = 0

    def run(self) -> None:
        blocks = [self.function.body.block]
        while blocks:
            block = blocks.pop()
            simplify_tensors(block)
            _drop_unused(block)
            self._cut(block)
            blocks += [inner for op in block.ops for inner in _inner_blocks(op)]
        _drop_unused(self.function.body.block)
        self.function.attributes["hacc.function_kind"] = FunctionKindAttr(FunctionKind.HOST)

    def _cut(self, block: Block) -> None:
        """Replace the groups of a block by calls, in an order in which they can run."""
        grouped = group_ops(block)
        end = block.last_op
        order: list[Operation] = []
        for group in grouped.groups:
            if group.kind in (Kind.HOST, Kind.VIEW):
                order += [op for op in group.ops if op is not end]
            else:
                order.append(self._called(group, grouped.copied))
        for op in list(block.ops):
            op.detach()
        placing = _Placing(block, grouped.copied)
        for op in [*order, *([] if end is None else [end])]:
            placing.place(op)

    def _called(self, group: Group, copied: Set[Operation]) -> func.CallOp:
        """Return a call of a new function that computes a group; the group's ops are gone."""
        part, inputs, outputs = _function_of(group, copied)
        name = self._name()
        types = FunctionType.from_lists(
            [value.type for value in inputs], [value.type for value in outputs]
        )
        function = func.FuncOp(name, types, Region(part), visibility="private")
        function.location = group.ops[0].location
        if group.kind is Kind.CPU:
            leave_to_cpu(function, group.reasons)
        elif not inputs:
            # The vendor's compiler makes constants of such kernels, and then fails.
            function.attributes[CPU] = StringAttr("it reads no tensor")
        else:
            kind = PRODUCT if group.kind is Kind.PRODUCT else VECTOR
            function.attributes[PART] = StringAttr(kind)
        self.module.body.block.add_op(function)
        call = func.CallOp(name, inputs, [value.type for value in outputs])
        call.location = group.ops[0].location
        for before, after in zip(outputs, call.results, strict=True):
            after.name_hint = before.name_hint
            before.replace_all_uses_with(after)
        for op in reversed(group.ops):
            op.detach()
            op.erase(safe_erase=False)
        return call

    def _name(self) -> str:
        while (name := f"{self.name}_{self.count}") in self.taken:
            self.count += 1
        self.taken.add(name)
        return name


def _function_of(
    group: Group, copied: Set[Operation]
) -> tuple[Block, list[SSAValue], list[SSAValue]]:
    """Return a block that computes a group, what it reads, and what others read of it."""
    block, inputs = Block(), list[SSAValue]()
    values: dict[SSAValue, SSAValue] = {}

    def read(value: SSAValue) -> None:
        if value in values:
            return
        owner = value.owner
        if isinstance(owner, Operation) and (owner in copied or is_copied(owner)):
            clone(owner)
            return
        inputs.append(value)
        values[value] = block.insert_arg(value.type, len(block.args))
        values[value].name_hint = value.name_hint

    def clone(op: Operation) -> None:
        for value in op.operands:
            read(value)
        new = op.clone(values)
        new.location = op.location
        block.add_op(new)

    for op in group.ops:
        clone(op)
    inside = set(group.ops)
    outputs: list[SSAValue] = [
        result for op in group.ops for result in op.results if _escapes(result, inside, copied)
    ]
    end = func.ReturnOp(*(values[value] for value in outputs))
    end.location = group.ops[-1].location
    block.add_op(end)
    return block, inputs, outputs


def _escapes(value: SSAValue, inside: Set[Operation], copied: Set[Operation]) -> bool:
    """Return whether others than some ops read a value; who copies an op reads its operands."""
    for use in value.uses:
        op = use.operation
        if op in copied:
            if any(_escapes(result, inside, copied) for result in op.results):
                return True
        elif op not in inside:
            return True
    return False


class _Placing:
    """Puts ops into a block; what costs nothing stands before what reads it first."""

    def __init__(self, block: Block, copied: Iterable[Operation]) -> None:
        self.block = block
        self.left = set(copied)

    def place(self, op: Operation) -> None:
        """Append an op after what it and its regions read."""
        for inner in op.walk():
            for value in inner.operands:
                if value.owner in self.left:
                    self.left.remove(cast(Operation, value.owner))
                    self.place(cast(Operation, value.owner))
        self.block.add_op(op)
        number = None if isinstance(op, arith.ConstantOp) else _number_of(op)
        if number is not None:
            _write_number(op, number)


def _number_of(op: Operation) -> float | int | None:
    if len(op.results) != 1 or not isinstance(op.results[0].type, TensorType):
        return None
    return number_in(op.results[0])


def _write_number(op: Operation, number: float) -> None:
    """Put a constant in the place of an op whose result has one number everywhere."""
    value = op.results[0]
    attribute = splat_attribute(number, element_of(value), shape_of(value))
    constant = arith.ConstantOp.create(
        result_types=[value.type], properties={"value": attribute}, location=op.location
    )
    block = op.parent_block()
    assert block is not None
    block.insert_op_before(constant, op)
    value.replace_all_uses_with(constant.results[0])
    op.detach()
    op.erase()


def _inner_blocks(op: Operation) -> Sequence[Block]:
    if not op.name.startswith("scf."):
        return ()
    return [block for region in op.regions for block in region.blocks]


def _drop_unused(block: Block) -> None:
    """Erase the ops that nothing reads, but for those with an effect."""
    for op in reversed(list(block.ops)):
        for inner in _inner_blocks(op):
            _drop_unused(inner)
        is_effect = op.name.startswith(("cf.", "scf.", "func."))
        if not is_effect and all(result.first_use is None for result in op.results):
            op.detach()
            op.erase()
