"""The one door from tensors to the builders of graph ops: eager arrays or the graph."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import numpy as np

from ..dialects.dtypes import DType
from ..dialects.emitter import Number, WeakNumber
from .array_data import ArrayData
from .arrays import Array, spec_of_array
from .lazy_value import LazyValue, value_of_array
from .recording import current_recorder
from .tensor_data import OUTLIVED, TensorData
from .tracing import Tracer, current_tracer

# Tensors are built on this module; the functions here that make one import the class themselves.
if TYPE_CHECKING:
    from xdsl.ir import SSAValue

    from ..dialects.build import Builder
    from .lazy_trace import LazyTrace
    from .tensor import Tensor

Operand = TensorData | Array | np.generic | Number | WeakNumber
_OPERANDS = (TensorData, np.ndarray, np.number, np.bool_, bool, int, float, WeakNumber)


def apply(name: str, *arguments: object, **options: object) -> Tensor:
    """Return what the builder method `name` makes of these arguments, as a tensor.

    Tensors and arrays among the arguments, also those in a list or tuple, become the builder's
    values; NumPy scalars become Python numbers, which are weak. All else is passed on.
    With a tracer the result is added to its graph; else with a trace it is recorded, to be
    computed when its data is needed; else it is computed now.
    Raises what the builder raises, and `RuntimeError` for a symbolic tensor of another trace.
    """
    tracer = current_tracer()
    if tracer is None:
        recorder = current_recorder()
        if recorder is not None:
            trace = recorder.emitter
            trace.runner.note_operation()
            lazy = [_lazy(argument, trace) for argument in arguments]
            return from_lazy(getattr(recorder, name)(*lazy, **options))
        arrays = [_eager(argument) for argument in arguments]
        found: Array = getattr(_eager_builder(), name)(*arrays, **options)
        # Tensors are values: where the builder had nothing to do the result is still a new one.
        return from_array(found.copy() if _stands_in(found, arrays) else found)
    values = [_symbolic(argument, tracer) for argument in arguments]
    return from_value(tracer, getattr(tracer.builder, name)(*values, **options))


@cache
def _eager_builder() -> Builder[Array]:
    # A program whose forms are loaded computes nothing eagerly.
    from .eager import EAGER

    return EAGER


def from_array(array: Array) -> Tensor:
    """Return an eager tensor; it takes the array over if that owns its data."""
    kind = _tensor_class()
    made = kind.__new__(kind)
    made._hold_array(array)  # pyright: ignore[reportPrivateUsage]
    return made


def from_new_array(array: Array) -> Tensor:
    """Return an eager tensor of an array that was just made, row by row, for it alone."""
    kind = _tensor_class()
    made = kind.__new__(kind)
    made._hold_new_array(array)  # pyright: ignore[reportPrivateUsage]
    return made


@cache
def _tensor_class() -> type[Tensor]:
    """Return the class; an import at each call would take longer than all else."""
    from .tensor import Tensor

    return Tensor


def from_lazy(value: LazyValue) -> Tensor:
    """Return the eager tensor that stands for a value, which other tensors may stand for, too."""
    kind = _tensor_class()
    made = kind.__new__(kind)
    made._hold_lazily(value)  # pyright: ignore[reportPrivateUsage]
    return made


def from_value(tracer: Tracer, value: SSAValue) -> Tensor:
    """Return the symbolic tensor that stands for a value born in this trace."""
    kind = _tensor_class()
    made = kind.__new__(kind)
    made._hold_value(tracer, value)  # pyright: ignore[reportPrivateUsage]
    return made


def made_of(data: object) -> Tensor:
    """Return the tensor of a number, an array or nested lists."""
    from .tensor import Tensor

    return Tensor(data)


def constant(array: Array) -> Tensor:
    """Return a tensor with the elements of an array: a graph constant while tracing."""
    tracer = current_tracer()
    if tracer is None:
        return from_array(array.copy())
    if isinstance(array, ArrayData):
        array.lock()
        return from_value(tracer, array.graph_value(tracer))
    return from_value(tracer, array_value(array, tracer))


def array_value(array: Array, tracer: Tracer) -> SSAValue:
    """Add an array to the graph as a constant."""
    spec = spec_of_array(array)
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    return tracer.builder.emitter.constant(native.tobytes(), spec)


def is_operand(value: object) -> bool:
    """Return whether operators of tensors take `value` as the other operand."""
    if isinstance(value, _OPERANDS):
        return True
    # A scalar of ml_dtypes is no np.number.
    return isinstance(value, np.generic) and cast("np.generic[Any]", value).dtype.name == "bfloat16"


def full(shape: tuple[int, ...], number: Number, dtype: DType) -> Tensor:
    """Return a tensor filled with one number.

    Raises `OverflowError` for an integer that the dtype can't hold.
    """
    return apply("full", shape, number, dtype)


def _eager(argument: object) -> Any:
    if isinstance(argument, TensorData):
        if argument.is_symbolic:
            raise RuntimeError(OUTLIVED)
        return argument.read("an operation")
    return _plain(argument) if not _holds_tensors(argument) else [_eager(x) for x in argument]


def _lazy(argument: object, trace: LazyTrace) -> Any:
    if isinstance(argument, TensorData):
        return argument.lazy_value(trace)
    if isinstance(argument, np.ndarray):
        return value_of_array(cast(Array, argument))
    if _holds_tensors(argument):
        return [_lazy(x, trace) for x in argument]
    return _plain(argument)


def _symbolic(argument: object, tracer: Tracer) -> Any:
    if isinstance(argument, TensorData):
        return argument.graph_value(tracer)
    if issubclass(type(argument), ArrayData):
        array = cast(ArrayData, argument)
        return array.as_number() if array.IS_SCALAR else array.graph_value(tracer)
    if isinstance(argument, np.ndarray):
        return array_value(cast(Array, argument), tracer)
    if _holds_tensors(argument):
        return [_symbolic(x, tracer) for x in argument]
    return _plain(argument)


def _stands_in(array: Array, values: Sequence[object]) -> bool:
    return any(
        _stands_in(array, cast(Sequence[object], value))
        if isinstance(value, list)
        else value is array
        for value in values
    )


def _holds_tensors(argument: object) -> TypeGuard[Sequence[object]]:
    return isinstance(argument, list | tuple) and any(
        isinstance(item, TensorData | np.ndarray) for item in cast(Sequence[object], argument)
    )


def _plain(argument: object) -> Any:
    if isinstance(argument, np.generic):
        number: object = argument.item()  # pyright: ignore[reportUnknownVariableType]
        return number if isinstance(number, bool | int | float) else float(cast(Any, argument))
    return argument
