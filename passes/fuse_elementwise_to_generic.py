"""Fuse ops on whole tensors into `linalg.generic` loop nests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from xdsl.context import Context
from xdsl.dialects import arith, func, tensor
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, ModuleOp, TensorType
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from ..dialects.append import append
from .control_regions import CapturedValues, has_blocks, ops_of
from .elementwise_nodes import Loops, Node, compose, is_number
from .fusion_groups import Group, plan
from .lower_graph_to_linalg import replace_body
from .scalar_ops import INDEX, ScalarOps, scalar_attribute
from .structured_ops import Access, element_of, generic, identity, shape_of, tensor_of

Place = tuple[SSAValue, Access]


@dataclass(frozen=True)
class FuseElementwiseToGenericPass(ModulePass):
    """Turn arith, math and linalg ops on whole tensors into as few `linalg.generic` as fit.

    An op moves into the loops of what reads it, unless that computed something twice that costs
    something; what several loop nests read, the first of them writes where the shapes agree.
    A reduction takes in what is computed only for it; a product of two tensors only transposed
    and broadcast operands, for its kernel reads them from memory.
    No op enters or leaves the region of a branch or loop, but for constants.
    """

    name = "fuse-elementwise-to-generic"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite each function of tensors in the module."""
        for function in op.body.block.ops:
            if isinstance(function, func.FuncOp) and is_tensors(function):
                fuse_function(function)


def is_tensors(function: func.FuncOp) -> bool:
    """Return whether a function takes and returns tensors and holds ops of the tensor form."""
    if len(function.body.blocks) != 1:
        return False
    block = function.body.block
    return all(isinstance(type, TensorType) for type in block.arg_types) and all(
        op.name.split(".")[0] in _DIALECTS or isinstance(op, func.ReturnOp) for op in ops_of(block)
    )


_DIALECTS = ("arith", "math", "linalg", "tensor", "scf", "cf")


def fuse_function(function: func.FuncOp) -> None:
    """Rebuild the body of a function in tensor form with its elementwise ops fused."""
    old = function.body.block
    replace_body(function, _Fuser(CapturedValues(old)).fuse(old, ()))


class _Fuser:
    """Rebuilds the blocks of one function, each by itself: no op leaves its block."""

    def __init__(self, captured: CapturedValues) -> None:
        self.captured = captured
        self.values: dict[SSAValue, SSAValue] = {}

    def fuse(self, old: Block, numbers: Sequence[SSAValue]) -> Block:
        """Return the new block; `numbers` are constants from around that its loops may hold."""
        new = Block(arg_types=old.arg_types)
        for before, after in zip(old.args, new.args, strict=True):
            self.values[before] = after
            after.name_hint, after.location = before.name_hint, before.location
        found = plan([*(_owner(value) for value in numbers), *old.ops], self.captured)
        for position, op in enumerate(found.ops):
            if position in found.groups:
                _Emitter(new, self.values, found.groups[position], op).emit()
            elif position in found.kept:
                self._keep(op, new)
        return new

    def _keep(self, op: Operation, block: Block) -> None:
        if not has_blocks(op):
            clone = op.clone(self.values)
            clone.location = op.location
            block.add_op(clone)
            return
        numbers = [value for value in self.captured.of(op) if is_number(value)]
        around = {value: self.values[value] for value in numbers if value in self.values}
        regions: list[Region] = []
        for region in op.regions:
            regions.append(Region([self.fuse(inner, numbers) for inner in region.blocks]))
            # A number that one region needs in memory stands there for that region alone.
            for value in numbers:
                self.values.pop(value, None)
            self.values |= around
        new = type(op).create(
            operands=[self.values[value] for value in op.operands],
            result_types=op.result_types,
            properties=op.properties,
            regions=regions,
            location=op.location,
        )
        block.add_op(new)
        for before, after in zip(op.results, new.results, strict=True):
            self.values[before] = after
            after.name_hint = before.name_hint


def _owner(value: SSAValue) -> Operation:
    owner = value.owner
    assert isinstance(owner, Operation)
    return owner


class _Emitter:
    """Writes one loop nest: the scalars of its ops, by tensor and by how the loops reach it."""

    def __init__(
        self, block: Block, values: dict[SSAValue, SSAValue], group: Group, op: Operation
    ) -> None:
        self.block = block
        self.values = values
        self.group = group
        self.op = op
        self.region = Block()
        self.scalars = ScalarOps(self.region, op.location)
        self.env: dict[Place, SSAValue] = {}
        self.numbers: dict[tuple[Attribute, float], SSAValue] = {}
        self.indices: dict[int, SSAValue] = {}

    def emit(self) -> None:
        group, root = self.group, self.group.root
        inside = {(node.value, access) for node, access in group.members}
        inputs: dict[Place, None] = {}
        # Members stand consumers first; what the root reads comes first among the inputs.
        read = [] if root is None else list(root.inputs)
        for node, access in reversed(group.members):
            read += [(value, compose(access, inner)) for value, inner in node.operands]
        for place in read:
            if place not in inside:
                inputs[place] = None
        outputs = self._outputs()
        for i, place in enumerate(inputs):
            self.env[place] = self.region.insert_arg(element_of(place[0]), i)
        for value, _ in outputs:
            self.region.insert_arg(element_of(value), len(self.region.args))
        for node, access in reversed(group.members):
            self.scalars.location = node.op.location
            self.env[node.value, access] = self._element(node, access)
        self.scalars.location = self.op.location
        self._end(root, len(inputs))
        op = generic(
            [self.values.get(value, value) for value, _ in inputs],
            [value for value, _ in outputs],
            [access for _, access in (*inputs, *outputs)],
            [True] * len(group.shape) if root is None else root.parallel,
            Region(self.region),
            self.op.location,
        )
        self.block.add_op(op)
        results = [node.value for node in group.results] if root is None else root.op.results
        for before, after in zip(results, op.results, strict=True):
            self.values[before] = after
            after.name_hint = before.name_hint

    def _outputs(self) -> list[Place]:
        root = self.group.root
        if root is not None:
            return [(self.values.get(value, value), access) for value, access in root.outputs]
        access = identity(len(self.group.shape))
        found: list[Place] = []
        for node in self.group.results:
            empty = tensor.EmptyOp.create(
                result_types=(tensor_of(element_of(node.value), shape_of(node.value)),),
                location=node.op.location,
            )
            self.block.add_op(empty)
            found.append((empty.results[0], access))
        return found

    def _end(self, root: Loops | None, inputs: int) -> None:
        if root is None:
            access = identity(len(self.group.shape))
            self.scalars.give(*(self.env[node.value, access] for node in self.group.results))
            return
        given = [self.env[place] for place in root.inputs]
        given += self.region.args[inputs:]
        access = identity(len(root.parallel))
        self.scalars.give(*self._inline(root.block, given, access))

    def _element(self, node: Node, access: Access) -> SSAValue:
        """Append what computes an element of a node and return it."""
        if node.number is not None:
            return self._number(node.number, element_of(node.value))
        given = [self.env[value, compose(access, inner)] for value, inner in node.operands]
        if node.block is not None:
            return self._inline(node.block, given, access)[0]
        op = node.op
        return self._append(op, given, [element_of(node.value)])[0]

    def _inline(self, block: Block, given: list[SSAValue], access: Access) -> list[SSAValue]:
        """Append the ops of a region for these arguments and return what it gives."""
        known: dict[SSAValue, SSAValue] = dict(zip(block.args, given, strict=False))
        for op in block.ops:
            match op:
                case linalg.YieldOp():
                    return [known.get(value, value) for value in op.operands]
                case linalg.IndexOp():
                    known[op.results[0]] = self._index(access, op.dim.value.data)
                case arith.ConstantOp():
                    known[op.results[0]] = self._constant(op.value)
                case _:
                    operands = [known.get(value, value) for value in op.operands]
                    types = [result.type for result in op.results]
                    results = self._append(op, operands, types)
                    known |= dict(zip(op.results, results, strict=True))
        return []

    def _append(
        self, op: Operation, operands: list[SSAValue], types: list[Attribute]
    ) -> list[SSAValue]:
        new = append(self.region, type(op), operands, types, op.properties, op.location)
        return list(new.results)

    def _number(self, number: float, element: Attribute) -> SSAValue:
        return self._constant(scalar_attribute(number, element))

    def _constant(self, value: Attribute) -> SSAValue:
        # 0.0 and -0.0 are equal attributes.
        key = value, isinstance(value, FloatAttr) and math.copysign(1, value.value.data)
        found = self.numbers.get(key)
        if found is None:
            type: Attribute = cast(Any, value).type
            found = self.scalars.emit(arith.ConstantOp, type, properties={"value": value})
            self.numbers[key] = found
        return found

    def _index(self, access: Access, axis: int) -> SSAValue:
        """Append the index along an axis of a node from those of the loops."""
        loop, scale, offset = access[axis]
        if not scale:
            return self._constant(IntegerAttr(offset, INDEX))
        found = self.indices.get(loop)
        if found is None:
            found = self.indices[loop] = self.scalars.index(loop)
        if scale != 1:
            by = self._constant(IntegerAttr(scale, INDEX))
            found = self.scalars.emit(arith.MuliOp, INDEX, found, by)
        if offset:
            start = self._constant(IntegerAttr(offset, INDEX))
            found = self.scalars.emit(arith.AddiOp, INDEX, found, start)
        return found
