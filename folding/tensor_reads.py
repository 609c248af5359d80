"""Numbers that the program takes from run-time tensors and arrays: by `int`, `item`, `tolist`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xdsl.ir import SSAValue

from ..dialects.dtypes import bool_, float32, float64, int64, spec_of, uint64
from ..dialects.emitter import Number
from ..runtime.array_data import ArrayData
from ..runtime.arrays import as_dtype
from ..runtime.constants import evaluate
from ..runtime.dispatch import from_value
from ..runtime.symbolic_array import SymbolicArray
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .errors import run
from .frames import Frame
from .numbers import constant, is_number, kind_of
from .run_time_errors import error_of, raise_unless, retreat_unless
from .tensor_numbers import DTYPES, TensorNumber

if TYPE_CHECKING:
    from .session import Folding

_LIMIT = 2.0**63


def run_time_value(folding: Folding, value: object) -> SSAValue | None:
    """Return the graph value of a tensor or array of one element that only the call knows.

    None for all else.
    """
    if isinstance(value, Tensor):
        if not value.is_symbolic or value.spec.size != 1:
            return None
        found = value.graph_value(folding)
        return None if evaluate(found) is not None else found
    if is_array(value):
        array = cast(ArrayData, value)
        found = array.graph_value(folding)
        return found if spec_of(found.type).size == 1 else None
    return None


def truth_value(folding: Folding, value: object) -> SSAValue | None:
    """Return whether a tensor or array counts as true, as a 0-d bool; None where that is known.

    None also for those that have no truth.
    """
    found = run_time_value(folding, value)
    return None if found is None else _only(folding, folding.builder.convert(found, bool_))


def number_of(folding: Folding, value: object, kind: type[Number]) -> TensorNumber | None:
    """Return `int(value)`, `float(value)` or `bool(value)` of a run-time tensor or array.

    None for what is known while compiling, or has not one element. NumPy warns of arrays with
    axes, of which it makes no number soon.
    """
    if kind is not bool and is_array(value) and cast(ArrayData, value).shape:
        return None
    found = run_time_value(folding, value)
    return None if found is None else as_number(folding, found, kind)


def own_number(folding: Folding, value: SSAValue) -> TensorNumber:
    """Return the only element of a graph value as `item` gives it."""
    dtype = spec_of(value.type).dtype
    kind = bool if dtype is bool_ else float if dtype.is_floating else int
    return as_number(folding, value, kind)


def as_number(folding: Folding, value: SSAValue, kind: type[Number]) -> TensorNumber:
    """Return the only element of a graph value as a number of a class."""
    build, dtype = folding.builder, spec_of(value.type).dtype
    x = _only(folding, value)
    if kind is bool:
        return TensorNumber(folding.numbers, build.convert(x, bool_), bool)
    if kind is float and dtype.is_floating and folding.differentiations:
        folding.arrays.blame([value])
        folding.reject(
            "a number that is made of a tensor has no gradient",
            "compute with tensor operations, or make the number outside the function",
        )
    if kind is float:
        return TensorNumber(folding.numbers, build.convert(x, float64), float)
    if dtype.is_floating:
        return int_of(folding, build.convert(x, float64))
    if dtype is uint64:
        retreat_unless(folding, build.compare("le", x, 2**63 - 1))
    return TensorNumber(folding.numbers, build.convert(x, int64), int)


def int_of(folding: Folding, x: SSAValue) -> TensorNumber:
    """Return `int(x)` of a 0-d float64, with Python's errors for what is no integer."""
    build = folding.builder
    raise_unless(folding, build.compare("eq", x, x), error_of(int, float("nan")))
    size = build.unary("abs", x)
    raise_unless(folding, build.compare("ne", size, float("inf")), error_of(int, float("inf")))
    retreat_unless(folding, build.compare("lt", size, _LIMIT))
    return TensorNumber(folding.numbers, build.convert(x, int64), int)


def _only(folding: Folding, value: SSAValue) -> SSAValue:
    return folding.builder.reshape(value, ()) if spec_of(value.type).shape else value


def with_tensors(
    folding: Folding, callee: Any, args: list[object], kwargs: dict[str, object]
) -> list[object]:
    """Return the arguments of a call; what a tensor is made of holds tensors, not numbers."""
    if not folding.numbers.of_tensors or not args or not isinstance(callee, type):
        return args
    if not issubclass(callee, Tensor):
        return args
    named = args[1] if len(args) > 1 else kwargs.get("dtype")
    kinds = set(_kinds(args[0]))
    dtype = DTYPES[max(kinds, key=list(DTYPES).index)] if kinds else None
    if named is not None:
        dtype = run(as_dtype, named)
    elif dtype is float64:
        dtype = float32
    return [_as_tensors(folding, args[0], dtype), *args[1:]]


def _kinds(data: object) -> Iterator[type]:
    """Yield the classes of the numbers in nested lists."""
    if isinstance(data, list | tuple):
        for one in cast("list[object]", data):
            yield from _kinds(one)
    elif is_number(data):
        yield kind_of(data)


def _as_tensors(folding: Folding, data: object, dtype: Any) -> object:
    if type(data) in (list, tuple):
        items = [_as_tensors(folding, one, dtype) for one in cast("list[object]", data)]
        return items if type(data) is list else tuple(items)
    if not isinstance(data, TensorNumber):
        return data
    if data.kind is float and dtype.is_integer:
        # As from an array of floats: what is no integer becomes the next one.
        return from_value(folding, folding.builder.convert(data.value, dtype))
    return from_value(folding, data.in_dtype(dtype))


_MOST = 64
"""How many elements become numbers at once."""


def item(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    """Fold `tensor.item(*index)`."""
    folding = frame.folding
    found = None if kwargs else _elements(folding, args[0])
    if found is None:
        return NotImplemented
    places = _places(args[0])
    place = run(places.item, *map(constant, args[1:]))
    return own_number(folding, _element(folding, found, place))


def tolist(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    """Fold `tensor.tolist()` of not too many elements."""
    folding = frame.folding
    found = None if kwargs or len(args) > 1 else _elements(folding, args[0])
    if found is None or spec_of(found.type).size > _MOST:
        return NotImplemented
    return _numbers(folding, found, _places(args[0]).tolist())


def _numbers(folding: Folding, elements: SSAValue, places: Any) -> object:
    """Return nested lists of places as the numbers that are there."""
    if isinstance(places, list):
        return [_numbers(folding, elements, inner) for inner in cast("list[Any]", places)]
    return own_number(folding, _element(folding, elements, places))


def _elements(folding: Folding, value: object) -> SSAValue | None:
    """Return the elements of a run-time tensor or array along one axis; None for all else."""
    if not is_array(value) and not (isinstance(value, Tensor) and value.is_symbolic):
        return None
    found = cast("Tensor | ArrayData", value).graph_value(folding)
    if evaluate(found) is not None:
        return None
    return folding.builder.reshape(found, (spec_of(found.type).size,))


def _places(value: Any) -> Any:
    """Return an array of a tensor's shape that has where each element is in row-major order."""
    shape: tuple[int, ...] = value.shape
    return np.arange(math.prod(shape)).reshape(shape)


def _element(folding: Folding, elements: SSAValue, place: int) -> SSAValue:
    return folding.builder.slice(elements, (place,), (place + 1,), (1,))


READERS: dict[Any, Callable[[Frame, list[object], dict[str, object]], object]] = {
    **{Tensor.item: item, SymbolicArray.item: item},
    **{Tensor.tolist: tolist, SymbolicArray.tolist: tolist},
}
"""Method to what folds a call of it; `NotImplemented` leaves it to the interpreter."""
