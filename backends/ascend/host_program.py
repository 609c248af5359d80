"""Runs the host's function of a lowered segment on NumPy arrays, op by op.

It launches kernels, calls what runs on the CPU, and decides branches and loops; the values are
whole tensors and a few numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, cast

import numpy as np
from xdsl.dialects import arith, cf, func, scf, tensor
from xdsl.dialects.builtin import (
    DenseIntOrFPElementsAttr,
    FloatAttr,
    IntegerAttr,
    TensorType,
)
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.utils.exceptions import PassFailedException

from ...runtime.arrays import Array
from ...runtime.failure import Failure, raise_failure
from .hivm_memory import DTYPES

Values = list[Any]
Environment = dict[SSAValue, Any]
LAUNCH: Final = "ascend.launch"


class Machine(Protocol):
    """What a host program runs kernels and functions on."""

    def launch(self, op: Operation, inputs: Sequence[Array]) -> list[Array]:
        """Run a kernel; return new arrays."""
        ...

    def call(self, name: str, inputs: Sequence[Array]) -> list[Array]:
        """Run a function on the CPU; return new arrays."""
        ...


class HostProgram:
    """A host's function. Any number of threads may run it at once."""

    def __init__(self, function: func.FuncOp, machine: Machine) -> None:
        """Prepare a function.

        Raises PassFailedException for an op that a host doesn't run.
        """
        self._function = function
        self._machine = machine
        for op in function.walk():
            if op is not function and op.name not in _STEPS and op.name not in _ENDS:
                raise PassFailedException(f"error: the host doesn't run '{op.name}'")

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        """Return the results of a call."""
        block = self._function.body.block
        environment: Environment = dict(zip(block.args, inputs, strict=True))
        return self.block(block, environment)

    def block(self, block: Block, environment: Environment) -> Values:
        """Run a block; return what its last op gives."""
        for op in block.ops:
            values = [environment[operand] for operand in op.operands]
            if op.name in _ENDS:
                return values
            results = _STEPS[op.name](self, op, values, environment)
            environment.update(zip(op.results, results, strict=True))
        return []

    def _launch(self, op: Operation, values: Values, _: Environment) -> Values:
        return [*self._machine.launch(op, values)]

    def _call(self, op: Operation, values: Values, _: Environment) -> Values:
        callee = cast(func.CallOp, op).callee.string_value()
        return [*self._machine.call(callee, values)]

    def _reshape(self, op: Operation, values: Values, _: Environment) -> Values:
        return [values[0].reshape(shape_of(op.results[0].type))]

    def _empty(self, op: Operation, values: Values, _: Environment) -> Values:
        type = op.results[0].type
        return [np.zeros(shape_of(type), element_dtype(type))]

    def _constant(self, op: Operation, values: Values, _: Environment) -> Values:
        return [_constant_value(cast(arith.ConstantOp, op).value)]

    def _extract(self, op: Operation, values: Values, _: Environment) -> Values:
        array, *place = values
        return [array[tuple(place)].item()]

    def _from_elements(self, op: Operation, values: Values, _: Environment) -> Values:
        type = op.results[0].type
        return [np.array(values, element_dtype(type)).reshape(shape_of(type))]

    def _if(self, op: Operation, values: Values, environment: Environment) -> Values:
        region = op.regions[0 if values[0] else 1]
        return self.block(region.block, environment) if region.blocks else []

    def _while(self, op: Operation, values: Values, environment: Environment) -> Values:
        before, after = (region.block for region in op.regions)
        while True:
            environment.update(zip(before.args, values, strict=True))
            goes_on, *values = self.block(before, environment)
            if not goes_on:
                return values
            environment.update(zip(after.args, values, strict=True))
            values = self.block(after, environment)

    def _for(self, op: Operation, values: Values, environment: Environment) -> Values:
        low, high, step, *carried = values
        block = op.regions[0].block
        for index in range(low, high, step):
            environment.update(zip(block.args, [index, *carried], strict=True))
            carried = self.block(block, environment)
        return carried

    def _assert(self, op: Operation, values: Values, _: Environment) -> Values:
        if not values[0]:
            message = cast(cf.AssertOp, op).msg.data
            name, _separator, text = message.partition(": ")
            raise_failure(Failure(name, text, op.location), self._function.sym_name.data)
        return []

    STEPS = {  # noqa: RUF012
        LAUNCH: _launch,
        func.CallOp.name: _call,
        tensor.CollapseShapeOp.name: _reshape,
        tensor.ExpandShapeOp.name: _reshape,
        tensor.EmptyOp.name: _empty,
        tensor.ExtractOp.name: _extract,
        tensor.FromElementsOp.name: _from_elements,
        arith.ConstantOp.name: _constant,
        scf.IfOp.name: _if,
        scf.WhileOp.name: _while,
        scf.ForOp.name: _for,
        cf.AssertOp.name: _assert,
    }


_STEPS: Final[dict[str, Callable[[HostProgram, Operation, Values, Environment], Values]]] = (
    HostProgram.STEPS
)
_ENDS: Final = frozenset((func.ReturnOp.name, scf.YieldOp.name, scf.ConditionOp.name))


def shape_of(type: Attribute) -> tuple[int, ...]:
    """Return the shape of a tensor type."""
    return tuple(cast(TensorType[Attribute], type).get_shape())


def element_dtype(type: Attribute) -> np.dtype[Any]:
    """Return NumPy's dtype for a tensor type on the host: a bool is a byte."""
    name = str(cast(TensorType[Attribute], type).element_type)
    return DTYPES[name] or np.dtype(np.bool_)


def _constant_value(value: Attribute) -> Any:
    if isinstance(value, DenseIntOrFPElementsAttr):
        elements = cast(DenseIntOrFPElementsAttr[Any], value)
        type = cast(Attribute, elements.type)
        values = list(elements.get_values())
        shape, dtype = shape_of(type), element_dtype(type)
        if len(values) == 1:
            return np.full(shape, values[0], dtype)
        return np.array(values, dtype).reshape(shape)
    if isinstance(value, IntegerAttr | FloatAttr):
        return cast(IntegerAttr[Any], value).value.data
    raise PassFailedException("error: the host doesn't know a constant")
