"""Values of the graph that are known while compiling."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NoReturn

from xdsl.ir import Operation, OpResult, SSAValue

from ..dialects import graph
from ..dialects.dtypes import spec_of
from ..dialects.emitter import AttributeValue
from ..dialects.ir_emitter import from_attribute
from .arrays import Array, array_of
from .meanings import MEANINGS, compute

if TYPE_CHECKING:
    from weakref import ReferenceType

    from .tensor import Tensor
    from .tensor_data import TensorData


class KnownConstants(ABC):
    """The part of a tracer to which data are known only where they are made of constants."""

    watched: list[ReferenceType[TensorData]] | None = None
    """Nobody asks which tensors are made."""
    differentiations: int = 0
    """How many functions that are differentiated are being folded in."""

    def known(self, value: SSAValue) -> Array | None:
        """Return the data of a value that is made of constants, else None."""
        return evaluate(value)

    def assign(self, tensor: Tensor, new: Tensor) -> None:
        """Refuse to give a tensor that the tracer has not been given other data."""
        self.refuse_write(tensor)

    @abstractmethod
    def refuse_write(self, tensor: Tensor) -> NoReturn:
        """Raise the error for writing to a tensor that the tracer has not been given."""
        raise RuntimeError("the tensor can't be written to")

    def peek(self, tensor: TensorData, wanted: str) -> Array | None:
        """Return None: who looks at data gets what is known of them, as all others do."""
        return None


def evaluate(value: SSAValue) -> Array | None:
    """Return the array of a value that is made of constants by pure graph ops, else None.

    Time is linear in the ops that it is made of. The array may be read-only or a view.
    """
    order = _known_ops(value)
    if order is None:
        return None
    arrays: dict[SSAValue, Array] = {}
    for op in order:
        arrays[op.results[0]] = _compute(op, arrays)
    return arrays[value]


def constant_array(op: graph.ConstantOp) -> Array:
    """Return a new array of a constant's elements."""
    return array_of(op.value.data.data, spec_of(op.result.type))


def _known_ops(value: SSAValue) -> list[Operation] | None:
    """Return the ops that `value` is made of, operands first; None if one can't be computed."""
    order: list[Operation] = []
    seen = set[Operation]()
    work: list[tuple[SSAValue, bool]] = [(value, False)]
    while work:
        current, complete = work.pop()
        op = current.owner
        if not isinstance(current, OpResult) or not isinstance(op, Operation):
            return None
        if complete:
            order.append(op)
        elif op not in seen:
            if op.name not in MEANINGS and not isinstance(op, graph.ConstantOp):
                return None
            seen.add(op)
            work.append((current, True))
            work.extend((operand, False) for operand in op.operands)
    return order


def _compute(op: Operation, arrays: dict[SSAValue, Array]) -> Array:
    if isinstance(op, graph.ConstantOp):
        return constant_array(op)
    attributes: dict[str, AttributeValue] = {
        name: from_attribute(attribute) for name, attribute in op.properties.items()
    }
    operands = [arrays[operand] for operand in op.operands]
    return compute(op.name, operands, spec_of(op.results[0].type), attributes)
