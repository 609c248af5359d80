"""Calls of native code with run-time arrays: what takes them as they are, and what is refused."""

from __future__ import annotations

import sys
from typing import Any, cast

import numpy as np

from ..runtime.array_calls import FUNCTIONS, call_function
from ..runtime.array_data import arrays_among
from ..runtime.constants import evaluate
from ..runtime.guards import class_of
from ..runtime.symbolic_array import SymbolicArray
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .classify import is_framework, is_library, quietly
from .errors import Raised, run
from .frames import Frame

_WITH_NUMBERS: tuple[object, ...] = (np.where, np.clip, np.full_like)
_MAKERS: tuple[object, ...] = (np.array, np.asarray, np.asanyarray)


def call_on_arrays(
    frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]
) -> object:
    """Return what a native callable gives on run-time arrays.

    `NotImplemented` for one that may be called as it is: it sees NumPy's protocols, or only moves
    references. Raises CompileError for another library's, which may ask for the exact type.
    """
    if any(callee is maker for maker in _MAKERS):
        args = [_memory(frame, arg) for arg in args]
    if not arrays_among([args, kwargs]):
        return NotImplemented
    kind = class_of(callee)
    if kind is type and issubclass(callee, np.generic):
        return run(_scalar, callee, *args, **kwargs)
    if isinstance(callee, np.ufunc) or class_of(quietly(callee, "__self__")) is np.ufunc:
        return NotImplemented
    if kind is class_of(np.array) and callee in FUNCTIONS:
        return run(call_function, callee, args, kwargs)
    if _belongs_to_a_library(callee):
        name = getattr(callee, "__qualname__", kind.__qualname__)
        arrays = [array.graph_value(frame.folding) for array in arrays_among([args, kwargs])]
        frame.folding.refuse_array(
            arrays,
            f"'{name}' is called with an array that exists only at run time",
            "use functions of NumPy, or call it outside the compiled function",
        )
    return NotImplemented


def takes_numbers_too(callee: Any, args: list[object]) -> bool:
    """Return whether a function of NumPy takes run-time numbers beside run-time arrays."""
    known = isinstance(callee, np.ufunc) or any(callee is one for one in _WITH_NUMBERS)
    return known and any(map(is_array, args))


def check_read_only(frame: Frame, raised: Raised, operands: list[object]) -> None:
    """Refuse a write to an array that is a constant here: the program's own may be written to."""
    if not isinstance(raised.exception, ValueError) or "read-only" not in str(raised.exception):
        return
    for operand in operands:
        if class_of(operand) is np.ndarray and frame.folding.is_copy(operand):
            source = frame.folding.source(operand)
            frame.folding.refuse_effect(f"the array '{source}' is changed in place")


def _memory(frame: Frame, value: object) -> object:
    """Return the array that a run-time tensor's data are, and anything else as it is."""
    if not isinstance(value, Tensor) or not value.is_symbolic:
        return value
    if evaluate(value.graph_value(frame.folding)) is not None:
        return value
    return value.asnumpy()


def _scalar(kind: type[np.generic], value: Any) -> Any:
    """Return `numpy.float32(value)` and its like: the numbers in that dtype."""
    array: SymbolicArray = value
    if not is_array(value):
        return kind(value)
    if array.dtype.kind == "f" and np.dtype(kind).kind in "iu" and not array.shape:
        array.needs_data(f"numpy.{kind.__name__}()")
    made: Any = array.astype(kind)
    return made if array.shape else made[()]


def _belongs_to_a_library(callee: Any) -> bool:
    """Return whether a callable is an installed package's, and neither NumPy's nor ours."""
    name = getattr(callee, "__module__", None)
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or is_framework(callee):
        return False
    top = cast(str, name).partition(".")[0]
    if top in sys.stdlib_module_names or top == "numpy":
        return False
    return is_library(getattr(module, "__file__", None) or "<frozen>")


def class_as_seen(value: object) -> Any:
    """Return what `type(value)` gives in the program."""
    return cast(Any, value).__class__ if is_array(value) else class_of(value)
