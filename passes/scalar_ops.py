"""Emits arith and math ops, on scalars in the region of a linalg op or on whole tensors."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from xdsl.dialects import arith
from xdsl.dialects.builtin import (
    BytesAttr,
    DenseIntOrFPElementsAttr,
    FloatAttr,
    IndexType,
    IntegerAttr,
    IntegerType,
    LocationAttr,
    TensorType,
    f32,
    f64,
    i1,
    i64,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Block, Operation, SSAValue

from ..dialects.append import append
from ..dialects.dtypes import DType

INDEX = IndexType()
COMPARE_INTEGERS = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
COMPARE_FLOATS = (
    *("false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord"),
    *("ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"),
)
FLOATING = {f32: 32, f64: 64}


class ScalarOps:
    """Appends ops to a block and returns their results.

    With a `shape` each op works on whole tensors of that shape; else on scalars.
    """

    def __init__(
        self, block: Block, location: LocationAttr, shape: tuple[int, ...] | None = None
    ) -> None:
        self.block = block
        self.location = location
        self.shape = shape

    def emit(
        self,
        op: type[Operation],
        element: Attribute,
        *operands: SSAValue,
        properties: dict[str, Attribute] | None = None,
    ) -> SSAValue:
        """Append an op whose result has this element type."""
        type = element if self.shape is None else tensor_of(element, self.shape)
        new = append(self.block, op, operands, (type,), properties or {}, self.location)
        return new.results[0]

    def constant(self, number: float, element: Attribute) -> SSAValue:
        """Append a constant; as a tensor, it has the number everywhere."""
        if self.shape is None:
            value = scalar_attribute(number, element)
        else:
            value = splat_attribute(number, element, self.shape)
        return self.emit(arith.ConstantOp, element, properties={"value": value})

    def compare(self, predicate: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Append a comparison of scalars; the predicate is arith's: `slt`, `olt`, …"""
        if predicate in COMPARE_FLOATS and lhs.type in FLOATING:
            number, op = COMPARE_FLOATS.index(predicate), arith.CmpfOp
        else:
            number, op = COMPARE_INTEGERS.index(predicate), arith.CmpiOp
        return self.emit(op, i1, lhs, rhs, properties={"predicate": integer(number)})

    def select(self, condition: SSAValue, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Append a choice between two scalars."""
        return self.emit(arith.SelectOp, lhs.type, condition, lhs, rhs)

    def index(self, axis: int) -> SSAValue:
        """Append the loop's index along an axis, as a scalar of type index."""
        return self.emit(linalg.IndexOp, INDEX, properties={"dim": integer(axis)})

    def give(self, *values: SSAValue) -> None:
        """Append the end of a region, which gives these values."""
        append(self.block, linalg.YieldOp, values, (), {}, self.location)


def signless(dtype: DType) -> Attribute:
    """Return the element type below the graph: signedness is in the ops there."""
    return integer_type(dtype.bits) if dtype.kind == "u" else dtype.element


def wide(element: Attribute) -> Attribute:
    """Return the type that computations on elements are done in: f32 for narrower floats."""
    return element if width(element) is not None or element in FLOATING else f32


def width(element: Attribute) -> int | None:
    """Return how many bits an integer or bool has; None for every other type."""
    return element.width.data if type(element) is IntegerType else None


@cache
def integer_type(bits: int) -> IntegerType:
    """Return the signless integer type of that width."""
    return IntegerType(bits)


@cache
def integer(number: int) -> IntegerAttr[IntegerType]:
    """Return an i64 attribute."""
    return IntegerAttr(number, i64)


def tensor_of(element: Attribute, shape: tuple[int, ...]) -> TensorType[Attribute]:
    """Return a tensor type; making one costs 8 µs, so they are kept."""
    found = _tensors.get((element, shape))
    if found is None:
        if len(_tensors) > 10_000:
            _tensors.clear()
        found = _tensors[element, shape] = TensorType(element, shape)
    return found


def scalar_attribute(number: float, element: Attribute) -> Attribute:
    """Return the attribute of a scalar constant; integers are written as signed ones."""
    bits = width(element)
    if bits is not None:
        wrapped = int(number) & ((1 << bits) - 1)
        if bits > 1 and wrapped >> (bits - 1):
            wrapped -= 1 << bits
        return IntegerAttr(wrapped, cast(IntegerType, element))
    if isinstance(element, IndexType):
        return IntegerAttr(int(number), element)
    return FloatAttr(number, element)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]


def splat_attribute(number: float, element: Attribute, shape: tuple[int, ...]) -> Attribute:
    """Return the attribute of a tensor that has one number everywhere."""
    type: Any = tensor_of(element, shape)
    value: Any = scalar_attribute(number, element).value.data  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
    count = 1
    for extent in shape:
        count *= extent
    return DenseIntOrFPElementsAttr(type, BytesAttr(type.element_type.pack((value,)) * count))


def splat_number(attribute: DenseIntOrFPElementsAttr) -> float | int | None:
    """Return the number that a constant has everywhere; None if there is none such."""
    data = attribute.data.data
    element: Any = attribute.type.element_type
    size: int = element.size
    if not data:
        return 0
    if data[:size] * (len(data) // size) != data:
        return None
    bits = width(element)
    if bits is not None:
        number = int.from_bytes(data[:size], "little", signed=True)
        return number if bits > 1 else int(number != 0)
    return next(element.iter_unpack(data[:size]))


_tensors: dict[tuple[Attribute, tuple[int, ...]], TensorType[Attribute]] = {}
