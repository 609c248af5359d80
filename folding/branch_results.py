"""The values that a side of a branch gives for what is merged: what it left, flags and zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from xdsl.ir import SSAValue

from ..dialects.dtypes import TensorSpec
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .tensor_numbers import number_value

if TYPE_CHECKING:
    from .session import Folding


class Flag:
    """A bool of the graph, or one that is known."""

    def __init__(self, value: SSAValue | bool):
        self.value = value


class Zero:
    """Stands for zeros of a type."""

    def __init__(self, spec: TensorSpec):
        self.spec = spec


class Same:
    """The bool whether two tensors of one side are one."""

    def __init__(self, a: Tensor | Zero, b: Tensor | Zero):
        self.tensors = a, b


def lifted(folding: Folding, value: Any) -> SSAValue:
    """Return the graph value of a tensor, an array or a number."""
    if isinstance(value, Tensor) or is_array(value):
        return cast(Tensor, value).graph_value(folding)
    if type(value) is Zero:
        return zero(folding, value.spec)
    if type(value) is Flag:
        return flag_value(folding, value.value)
    if type(value) is Same:
        a, b = value.tensors
        if isinstance(a, Zero) or isinstance(b, Zero):
            return flag_value(folding, False)
        return flag_value(folding, folding.aliases.is_one(a, b))
    return number_value(folding, value)


def flag_value(folding: Folding, flag: bool | SSAValue) -> SSAValue:
    """Return the graph value of a bool."""
    return flag if isinstance(flag, SSAValue) else number_value(folding, flag)


def zero(folding: Folding, spec: TensorSpec) -> SSAValue:
    """Return zeros, for a value that nobody asks for."""
    return folding.builder.full(spec.shape, 0, spec.dtype)
