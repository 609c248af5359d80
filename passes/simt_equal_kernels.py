"""Kernels that do the same become one: layers of a network mostly differ in their numbers only."""

from __future__ import annotations

from collections.abc import Hashable

from xdsl.dialects.builtin import SymbolRefAttr
from xdsl.ir import Block, Operation, SSAValue

from ..dialects import simt


def merge_equal_kernels(module: Operation) -> None:
    """Let all launches of equal kernels of a module be of the first, and remove the others."""
    block = module.regions[0].block
    first: dict[Hashable, str] = {}
    renamed: dict[str, str] = {}
    for op in list(block.ops):
        if isinstance(op, simt.KernelOp):
            name = op.sym_name.data
            kept = first.setdefault(_content(op), name)
            if kept != name:
                renamed[name] = kept
                op.detach()
                op.erase()
    for op in module.walk() if renamed else ():
        if isinstance(op, simt.LaunchOp):
            name = op.kernel.root_reference.data
            if name in renamed:
                op.properties["kernel"] = SymbolRefAttr(renamed[name])


def _content(kernel: simt.KernelOp) -> Hashable:
    """Return all that a kernel says but its name, such that equal ones give equal things."""
    numbers: dict[SSAValue, int] = {}
    found: list[Hashable] = [kernel.block, kernel.grid, kernel.shared_bytes]

    def add_block(block: Block) -> None:
        for argument in block.args:
            numbers[argument] = len(numbers)
            found.append(argument.type)
        for op in block.ops:
            found.append(op.name)
            found.extend(numbers[operand] for operand in op.operands)
            for attributes in (op.properties, op.attributes):
                found.extend(attributes.items())
            for result in op.results:
                numbers[result] = len(numbers)
                found.append(result.type)
            for region in op.regions:
                found.append(len(region.blocks))
                for inner in region.blocks:
                    add_block(inner)

    add_block(kernel.body.block)
    return tuple(found)
