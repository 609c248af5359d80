"""The emitter of graph ops that writes IR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from xdsl.dialects.builtin import (
    BytesAttr,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    IntegerAttr,
    IntegerType,
    LocationAttr,
    StringAttr,
    UnknownLoc,
    i64,
)
from xdsl.ir import Attribute, Block, SSAValue

from . import graph
from .append import append
from .dtypes import DType, TensorSpec, spec_of, tensor_type
from .emitter import AttributeValue, Emitter

_NOWHERE = UnknownLoc()


class IREmitter(Emitter[SSAValue]):
    """Appends ops to a block; `location` is where the next op comes from."""

    def __init__(self, block: Block, location: LocationAttr | None = None):
        self.block = block
        self.location = location if location is not None else _NOWHERE
        self._numbers: dict[tuple[bytes, DType, tuple[int, ...]], SSAValue] = {}

    def spec(self, value: SSAValue) -> TensorSpec:
        """Return shape and dtype of an SSA value."""
        return spec_of(value.type)

    def emit(
        self,
        op: str,
        operands: Sequence[SSAValue],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> SSAValue:
        """Append an op to the block and return its result."""
        properties = {name: to_attribute(value) for name, value in attributes.items()}
        kind, types = graph.BY_NAME[op], (tensor_type(result),)
        new = append(self.block, kind, operands, types, properties, self.location)
        return new.results[0]

    def constant(self, data: bytes, spec: TensorSpec) -> SSAValue:
        """Append a `graph.constant` and return its result."""
        type = tensor_type(spec)
        value = DenseIntOrFPElementsAttr(cast(Any, type), BytesAttr(data))
        new = append(self.block, graph.ConstantOp, (), (type,), {"value": value}, self.location)
        return new.results[0]

    def number(self, data: bytes, dtype: DType, shape: tuple[int, ...]) -> SSAValue:
        """Return what this block has for a number of a shape, or append it."""
        key = data, dtype, shape
        found = self._numbers.get(key)
        # What is undone takes its numbers along.
        if found is None or found.owner.parent is not self.block:
            found = self._numbers[key] = super().number(data, dtype, shape)
        return found


@lru_cache(1000, typed=True)
def to_attribute(value: AttributeValue) -> Attribute:
    """Return the IR's form of an op's attribute: a string, an i64 or an array of i64."""
    if isinstance(value, str):
        return StringAttr(value)
    if isinstance(value, int):
        return IntegerAttr(value, i64)
    return DenseArrayBase.from_list(i64, value)


def from_attribute(attribute: Attribute) -> AttributeValue:
    """Return what `to_attribute` was given.

    Raises `TypeError` for an attribute that no graph op has.
    """
    match attribute:
        case StringAttr():
            return attribute.data
        case IntegerAttr():
            return attribute.value.data
        case DenseArrayBase():
            return cast(DenseArrayBase[IntegerType], attribute).get_values()
        case _:
            raise TypeError(f"no graph op has an attribute like {attribute}")
