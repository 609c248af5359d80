"""Reads ops on tensors as loops: what each computes, and how it reaches its operands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import (
    AffineMapAttr,
    DenseIntOrFPElementsAttr,
    FloatAttr,
    IntegerAttr,
    TensorType,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import Block, Operation, SSAValue
from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
)

from .scalar_ops import splat_number
from .structured_ops import Access, Axis, identity, loops, shape_of

CONVERSIONS = (
    *(arith.ExtFOp, arith.TruncFOp, arith.ExtSIOp, arith.ExtUIOp, arith.TruncIOp),
    *(arith.SIToFPOp, arith.UIToFPOp),
)
_FREE = (*CONVERSIONS, arith.ConstantOp, arith.IndexCastOp, linalg.IndexOp, linalg.YieldOp)
_DIALECTS = (arith.Arith.name, math.Math.name)


@dataclass(eq=False, slots=True)
class Node:
    """A tensor whose elements are computed one by one, each from elements of its operands."""

    value: SSAValue
    operands: list[tuple[SSAValue, Access]]
    block: Block | None = None
    """The region that computes an element; without one it is the op itself on scalars."""
    number: float | None = None
    """The number that the tensor has everywhere."""
    free: bool = False
    """Whether computing it again costs no more than reading it."""
    full: bool = False
    """Whether some operand's shape tells the extent of all loops."""

    @property
    def op(self) -> Operation:
        """The op that the tensor is the result of."""
        return cast(Operation, self.value.owner)

    @property
    def moves(self) -> bool:
        """Whether the elements are those of the one operand."""
        block = self.block
        return (
            len(self.operands) == 1
            and block is not None
            and isinstance(block.first_op, linalg.YieldOp)
            and block.first_op.operands[0] is block.args[0]
        )


@dataclass(eq=False, slots=True)
class Loops:
    """An op that combines elements: a reduction, or loops of a form that isn't fused."""

    op: Operation
    inputs: list[tuple[SSAValue, Access]]
    outputs: list[tuple[SSAValue, Access]]
    parallel: list[bool]
    block: Block
    direct: set[SSAValue] = field(default_factory=set[SSAValue])

    @property
    def is_contraction(self) -> bool:
        """Whether several operands are combined, which kernels are chosen by."""
        return len(self.inputs) > 1


def read(op: Operation) -> Node | Loops | None:
    """Return an op as loops; None for one that isn't, or whose maps are more than shifts."""
    reader = _READERS.get(type(op))
    return _read_whole(op) if reader is None else reader(op)


def is_number(value: SSAValue) -> bool:
    """Return whether a tensor has one number everywhere, which is known."""
    owner = value.owner
    if not isinstance(owner, arith.ConstantOp | linalg.FillOp | linalg.BroadcastOp):
        return False
    node = read(owner)
    return isinstance(node, Node) and node.number is not None


def _read_whole(op: Operation) -> Node | None:
    results = op.results
    if not _is_scalar(type(op)) or len(results) != 1 or type(results[0].type) is not TensorType:
        return None
    access = identity(len(shape_of(results[0])))
    operands = [(value, access) for value in op.operands]
    return Node(results[0], operands, free=type(op) in CONVERSIONS)


@cache
def _is_scalar(kind: type[Operation]) -> bool:
    """Return whether ops of a class compute each element of a tensor as they would a scalar."""
    return kind.name.split(".")[0] in _DIALECTS


def _read_constant(op: arith.ConstantOp) -> Node | None:
    if not isinstance(op.value, DenseIntOrFPElementsAttr):
        return None
    number = splat_number(op.value)
    return None if number is None else Node(op.result, [], number=number, free=True)


def _read_fill(op: linalg.FillOp) -> Node | None:
    scalar = op.operands[0].owner
    if not isinstance(scalar, arith.ConstantOp) or not op.results:
        return None
    value = scalar.value
    if not isinstance(value, IntegerAttr | FloatAttr):
        return None
    return Node(op.results[0], [], number=value.value.data, free=True)


def _read_broadcast(op: linalg.BroadcastOp) -> Node | None:
    source = op.input.owner
    if op.results and isinstance(source, arith.ConstantOp | linalg.FillOp):
        number = read(source)
        if isinstance(number, Node) and number.number is not None:
            return Node(op.results[0], [], number=number.number, free=True)
    added = set(op.dimensions.get_values())
    return _moving(op, loops([i for i in range(len(shape_of(op.init))) if i not in added]))


def _read_transpose(op: linalg.TransposeOp) -> Node | None:
    permutation = op.permutation.get_values()
    return _moving(op, loops(sorted(range(len(permutation)), key=permutation.__getitem__)))


def _moving(op: Operation, access: Access) -> Node | None:
    if not op.results:
        return None
    return Node(op.results[0], [(op.operands[0], access)], op.regions[0].block, free=True)


def _read_generic(op: linalg.GenericOp) -> Node | Loops | None:
    accesses = [_access(map) for map in op.indexing_maps]
    found = [access for access in accesses if access is not None]
    if len(found) != len(accesses) or not op.results:
        return None
    block, count = op.body.block, len(op.inputs)
    pairs = list(zip(op.operands, found, strict=True))
    parallel = [type.data is IteratorType.PARALLEL for type in op.iterator_types]
    shape = identity(len(parallel))
    if not all(parallel) or len(op.results) != 1 or found[-1] != shape or block.args[-1].uses:
        return Loops(op, pairs[:count], pairs[count:], parallel, block)
    return Node(op.results[0], pairs[:count], block, free=all(type(o) in _FREE for o in block.ops))


def _read_matmul(op: linalg.MatmulOp) -> Loops:
    return Loops(
        op,
        [(op.operands[0], loops((0, 2))), (op.operands[1], loops((2, 1)))],
        [(op.operands[2], loops((0, 1)))],
        [True, True, False],
        op.body.block,
    )


def _read_reduce(op: linalg.ReduceOp) -> Loops:
    rank, reduced = len(shape_of(op.input)), set(op.dimensions.get_values())
    kept = loops([i for i in range(rank) if i not in reduced])
    parallel = [i not in reduced for i in range(rank)]
    block = op.region.block
    return Loops(op, [(op.input, identity(rank))], [(op.init, kept)], parallel, block)


_READERS: dict[type[Operation], Callable[[Any], Node | Loops | None]] = {
    arith.ConstantOp: _read_constant,
    linalg.FillOp: _read_fill,
    linalg.TransposeOp: _read_transpose,
    linalg.BroadcastOp: _read_broadcast,
    linalg.GenericOp: _read_generic,
    linalg.MatmulOp: _read_matmul,
    linalg.ReduceOp: _read_reduce,
}


def _access(map: AffineMapAttr) -> Access | None:
    """Return a map as an access, None when an axis depends on two loops."""
    axes: list[Axis] = []
    for expr in map.data.results:
        axis = _axis(expr)
        if axis is None:
            return None
        axes.append(axis)
    return tuple(axes)


def _axis(expr: AffineExpr) -> Axis | None:
    match expr:
        case AffineDimExpr():
            return expr.position, 1, 0
        case AffineConstantExpr():
            return 0, 0, expr.value
        case AffineBinaryOpExpr():
            lhs, rhs = _axis(expr.lhs), _axis(expr.rhs)
        case _:
            return None
    if lhs is None or rhs is None:
        return None
    if lhs[1] == 0:
        lhs, rhs = rhs, lhs
    if rhs[1] != 0:
        return None
    if expr.kind is AffineBinaryOpKind.Add:
        return lhs[0], lhs[1], lhs[2] + rhs[2]
    if expr.kind is AffineBinaryOpKind.Mul:
        return lhs[0] if rhs[2] else 0, lhs[1] * rhs[2], lhs[2] * rhs[2]
    return None


def compose(outer: Access, inner: Access) -> Access:
    """Return how `inner` reaches its axes when its loops are reached as `outer` says."""
    if inner == identity(len(outer)):
        return outer
    axes: list[Axis] = []
    for loop, scale, offset in inner:
        if scale:
            loop, by, start = outer[loop]
            offset += start * scale
            scale *= by
        axes.append((loop if scale else 0, scale, offset))
    return tuple(axes)


def plain_loops(access: Access) -> set[int]:
    """Return the loops that are an axis as they are, so that the axis tells their extent."""
    return {loop for loop, scale, offset in access if scale == 1 and offset == 0}
