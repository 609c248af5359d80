"""Builds linalg and tensor ops with their regions, maps and iterator types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    AffineMapAttr,
    ArrayAttr,
    DenseArrayBase,
    LocationAttr,
    i32,
    i64,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorTypeAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.ir.affine import AffineConstantExpr, AffineDimExpr, AffineExpr, AffineMap

from ..dialects.append import append
from .scalar_ops import ScalarOps, scalar_attribute, tensor_of

Axis = tuple[int, int, int]
"""How a tensor's axis is reached from the loops: `scale * loop + offset`; scale 0 uses none."""
Access = tuple[Axis, ...]
Body = Callable[[ScalarOps, Sequence[SSAValue]], Sequence[SSAValue]]


@lru_cache(100)
def identity(rank: int) -> Access:
    """Return the access that takes the loops in order."""
    return tuple((i, 1, 0) for i in range(rank))


def loops(axes: Sequence[int]) -> Access:
    """Return the access whose axis `i` is the loop `axes[i]`."""
    return tuple((axis, 1, 0) for axis in axes)


@lru_cache(10_000)
def access_map(rank: int, access: Access) -> AffineMapAttr:
    """Return the attribute of an access from that many loops."""
    exprs: list[AffineExpr] = []
    for loop, scale, offset in access:
        expr: AffineExpr = AffineConstantExpr(offset)
        if scale:
            expr = AffineDimExpr(loop)
            expr = expr if scale == 1 else expr * scale
            expr = expr + offset if offset else expr
        exprs.append(expr)
    return AffineMapAttr(AffineMap(rank, 0, tuple(exprs)))


@lru_cache(10_000)
def _maps(rank: int, accesses: tuple[Access | AffineMapAttr, ...]) -> ArrayAttr[AffineMapAttr]:
    return ArrayAttr(
        [
            access if isinstance(access, AffineMapAttr) else access_map(rank, access)
            for access in accesses
        ]
    )


@lru_cache(10_000)
def _iterators(parallel: tuple[bool, ...]) -> ArrayAttr[IteratorTypeAttr]:
    kinds = IteratorTypeAttr.reduction(), IteratorTypeAttr.parallel()
    return ArrayAttr([kinds[flag] for flag in parallel])


@lru_cache(10_000)
def segments(*sizes: int) -> DenseArrayBase:
    """Return the property that says how operands fall into groups."""
    return DenseArrayBase.from_list(i32, sizes)


@lru_cache(10_000)
def integers(*numbers: int) -> DenseArrayBase:
    """Return an array of i64."""
    return DenseArrayBase.from_list(i64, numbers)


def generic(
    inputs: Sequence[SSAValue],
    outputs: Sequence[SSAValue],
    accesses: Sequence[Access | AffineMapAttr],
    parallel: Sequence[bool],
    region: Region,
    location: LocationAttr,
) -> linalg.GenericOp:
    """Return a linalg.generic; `parallel` says of each loop whether it is not a reduction.

    On tensors it has a result for each output, on memrefs it has none.
    """
    tensors = [value.type for value in outputs if value.type.name == "tensor"]
    return linalg.GenericOp.create(
        operands=[*inputs, *outputs],
        result_types=tensors,
        properties={
            "indexing_maps": _maps(len(parallel), tuple(accesses)),
            "iterator_types": _iterators(tuple(parallel)),
            "operandSegmentSizes": segments(len(inputs), len(outputs)),
        },
        regions=[region],
        location=location,
    )


class TensorOps:
    """Appends ops on whole tensors to a block, each with the location that is set."""

    def __init__(self, block: Block, location: LocationAttr) -> None:
        self.block = block
        self.location = location

    def add(self, op: Operation) -> SSAValue:
        """Append an op and return its first result."""
        self.block.add_op(op)
        return op.results[0]

    def whole(self, shape: tuple[int, ...]) -> ScalarOps:
        """Return what emits arith and math ops on tensors of that shape."""
        return ScalarOps(self.block, self.location, shape)

    def empty(self, element: Attribute, shape: tuple[int, ...]) -> SSAValue:
        """Append a tensor without a value."""
        type = tensor_of(element, shape)
        return append(self.block, tensor.EmptyOp, (), (type,), {}, self.location).results[0]

    def filled(self, number: float, element: Attribute, shape: tuple[int, ...]) -> SSAValue:
        """Append a tensor that has the number everywhere."""
        value = scalar_attribute(number, element)
        given = {"value": value}
        made = append(self.block, arith.ConstantOp, (), (element,), given, self.location)
        return self._named(linalg.FillOp, made.results, self.empty(element, shape), segments(1, 1))

    def transpose(
        self, value: SSAValue, permutation: Sequence[int], shape: tuple[int, ...]
    ) -> SSAValue:
        """Append the axes in another order."""
        out = self.empty(element_of(value), shape)
        return self._named(linalg.TransposeOp, (value,), out, permutation=integers(*permutation))

    def broadcast(self, value: SSAValue, added: Sequence[int], shape: tuple[int, ...]) -> SSAValue:
        """Append the tensor repeated along added axes."""
        out = self.empty(element_of(value), shape)
        return self._named(linalg.BroadcastOp, (value,), out, dimensions=integers(*added))

    def matmul(self, lhs: SSAValue, rhs: SSAValue, out: SSAValue) -> SSAValue:
        """Append the product of two matrices, added to `out`."""
        op = linalg.MatmulOp((lhs, rhs), (out,))
        op.location = self.location
        return self.add(op)

    def generic(
        self,
        inputs: Sequence[SSAValue],
        outputs: Sequence[SSAValue],
        accesses: Sequence[Access | AffineMapAttr],
        parallel: Sequence[bool],
        body: Body,
    ) -> Operation:
        """Append a linalg.generic whose region `body` emits."""
        block = Block(arg_types=[element_of(value) for value in (*inputs, *outputs)])
        scalars = ScalarOps(block, self.location)
        scalars.give(*body(scalars, block.args))
        op = generic(inputs, outputs, accesses, parallel, Region(block), self.location)
        self.block.add_op(op)
        return op

    def map(
        self, inputs: Sequence[SSAValue], element: Attribute, shape: tuple[int, ...], body: Body
    ) -> SSAValue:
        """Append a tensor whose elements `body` computes from the inputs' at the same place."""
        out = self.empty(element, shape)
        accesses = [identity(len(shape))] * (len(inputs) + 1)
        return self.generic(inputs, [out], accesses, [True] * len(shape), body).results[0]

    def slice(
        self,
        value: SSAValue,
        offsets: Sequence[int],
        sizes: tuple[int, ...],
        strides: Sequence[int],
    ) -> SSAValue:
        """Append a part of a tensor."""
        return self.add(
            tensor.ExtractSliceOp.create(
                operands=(value,),
                result_types=(tensor_of(element_of(value), sizes),),
                properties=slice_properties(1, offsets, sizes, strides),
                location=self.location,
            )
        )

    def entry(self, value: SSAValue, axis: int, index: SSAValue) -> SSAValue:
        """Append the part of a tensor at one index along an axis, whose extent becomes 1."""
        shape = list(shape_of(value))
        offsets = [DYNAMIC_INDEX if i == axis else 0 for i in range(len(shape))]
        shape[axis] = 1
        return self.add(
            tensor.ExtractSliceOp.create(
                operands=(value, index),
                result_types=(tensor_of(element_of(value), tuple(shape)),),
                properties=slice_properties(1, offsets, shape, [1] * len(shape), moved=1),
                location=self.location,
            )
        )

    def insert(
        self, value: SSAValue, into: SSAValue, offsets: Sequence[int], strides: Sequence[int]
    ) -> SSAValue:
        """Append `into` with `value` written at a place."""
        return self.add(
            tensor.InsertSliceOp.create(
                operands=(value, into),
                result_types=(into.type,),
                properties=slice_properties(2, offsets, shape_of(value), strides),
                location=self.location,
            )
        )

    def _named(
        self,
        op: type[Operation],
        inputs: Sequence[SSAValue],
        out: SSAValue,
        sizes: Attribute | None = None,
        **properties: Attribute,
    ) -> SSAValue:
        """Append a linalg op whose hidden region gives its first operand's element."""
        block = Block(arg_types=[element_of(value) for value in (*inputs, out)])
        ScalarOps(block, self.location).give(block.args[0])
        if sizes is not None:
            properties["operandSegmentSizes"] = sizes
        return self.add(
            op.create(
                operands=(*inputs, out),
                result_types=(out.type,),
                properties=properties,
                regions=[Region(block)],
                location=self.location,
            )
        )


class OpsBefore(TensorOps):
    """Appends ops to a block of their own, which is put before an op in the end."""

    def __init__(self, op: Operation) -> None:
        super().__init__(Block(), op.location)
        self.op = op

    def put(self) -> None:
        """Move the ops before the op."""
        around = self.op.parent_block()
        assert around is not None
        for new in list(self.block.ops):
            new.detach()
            around.insert_op_before(new, self.op)


def slice_properties(
    operands: int,
    offsets: Sequence[int],
    sizes: Sequence[int],
    strides: Sequence[int],
    moved: int = 0,
) -> dict[str, Attribute]:
    """Return the properties of an op that takes a part, after that many other operands.

    `moved` of the offsets are operands.
    """
    return {
        "static_offsets": integers(*offsets),
        "static_sizes": integers(*sizes),
        "static_strides": integers(*strides),
        "operandSegmentSizes": segments(*[1] * operands, moved, 0, 0),
    }


def shape_of(value: SSAValue) -> tuple[int, ...]:
    """Return the shape of a tensor or memref, which is kept on its type; a scalar has none."""
    type = value.type
    kept: tuple[int, ...] | None = vars(type).get(_SHAPE)
    if kept is None:
        shape: Any = getattr(type, "get_shape", tuple)()
        kept = vars(type)[_SHAPE] = tuple(shape)
    return kept


_SHAPE = "__foldaway_shape__"


def element_of(value: SSAValue) -> Attribute:
    """Return the element type of a tensor or memref; of a scalar, its type."""
    return getattr(value.type, "element_type", value.type)
