"""Calls of NumPy's ufuncs and functions on symbolic arrays.

Source: <https://numpy.org/doc/stable/user/basics.dispatch.html>.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from xdsl.ir import SSAValue

from ..dialects.emitter import WeakNumber
from .array_data import (
    ArrayData,
    arrays_among,
    result,
    tracer_of,
    unsupported,
    value_of,
)
from .array_dtypes import (
    NumPyDType,
    convert,
    converts_alike,
    graph_dtype,
    number_value,
    sample,
)
from .array_ufuncs import COMPARISONS, LOOPS, shifted, wide_enough
from .arrays import numpy_dtype

FUNCTIONS: dict[object, Callable[..., Any]] = {}
"""NumPy's function to ours; filled by the modules `array_functions` and `array_reductions`."""
METHODS: dict[str, Callable[..., Any]] = {}
"""Name of a ufunc's method to what computes it, called with the ufunc first."""

Function = Callable[..., Any]
_NUMBERS = (bool, int, float)


def implements(*there: object) -> Callable[[Function], Function]:
    """Return a decorator: these functions of NumPy, on symbolic arrays, are the decorated one."""

    def decorate(function: Function) -> Function:
        for one in there:
            FUNCTIONS[one] = function
        return function

    return decorate


def call_ufunc(
    ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: Mapping[str, Any]
) -> Any:
    """Return `ufunc(*inputs)`, or what one of its methods gives, as symbolic arrays.

    Raises what NumPy raises for these dtypes and shapes, CompileError for what the graph can't do.
    """
    if method != "__call__":
        found = METHODS.get(method)
        if found is None:
            unsupported(f"numpy.{ufunc.__name__}.{method}", inputs)
        return found(ufunc, *inputs, **options)
    outs = options.get("out", ())
    extra = set(options) - {"out", "dtype", "where"}
    if extra or options.get("where", True) is not True:
        unsupported(f"numpy.{ufunc.__name__} with '{min(extra, default='where')}'", inputs)
    if ufunc is np.divmod and not outs:
        return tuple(call_ufunc(one, method, inputs, options) for one in (np.floor_divide, np.mod))
    operands = [_operand(ufunc, x) for x in inputs]
    if ufunc is np.matmul:
        value = FUNCTIONS[np.matmul](*operands)
    else:
        value = _elementwise(ufunc, operands, options.get("dtype"))
    if not outs:
        return result(value, operands)
    return into(ufunc, value, outs)


def into(ufunc: np.ufunc, value: SSAValue, outs: Sequence[Any]) -> Any:
    """Write a result to the array that was given as `out`, and return that.

    Raises what NumPy raises for one of another shape or dtype.
    """
    out = outs[0] if len(outs) == 1 else None
    build = tracer_of().builder
    if not isinstance(out, ArrayData):
        unsupported("writing run-time data to an array that is known while compiling", outs)
    spec = build.emitter.spec(value)
    source = result(value).dtype
    if not np.can_cast(source, out.dtype, "same_kind"):
        raise _cast_error(ufunc, source, out)
    if spec.shape != out.shape and np.broadcast_shapes(spec.shape, out.shape) != out.shape:
        raise ValueError(
            f"non-broadcastable output operand with shape {_text(out.shape)} doesn't match the"
            f" broadcast shape {_text(np.broadcast_shapes(spec.shape, out.shape))}"
        )
    out.set_value(build.broadcast_to(cast_to(value, out.dtype), out.shape))
    return out


def _cast_error(ufunc: np.ufunc, source: NumPyDType, out: Any) -> Exception:
    """Return the error that NumPy raises for an output that can't hold the result."""
    inputs = [sample(source)] * ufunc.nin
    try:
        ufunc(*inputs, out=np.empty((), out.dtype))
    except TypeError as error:
        return error
    return unsupported(f"numpy.{ufunc.__name__} into an array of {out.dtype}", out)


def cast_to(value: SSAValue, there: NumPyDType) -> SSAValue:
    """Return a value in another dtype, as `astype` gives it."""
    build = tracer_of().builder
    dtype = graph_dtype(there)
    source = numpy_dtype(build.emitter.spec(value).dtype)
    if dtype is None or not converts_alike(source, there):
        tracer_of().refuse_array(
            [value],
            f"converting an array of {source} to {there} can't be compiled",
            "convert it outside the compiled function",
        )
    return convert(build, value, dtype)


def _operand(ufunc: np.ufunc, given: object) -> Any:
    """Return an operand as a symbolic array, a known array or a number.

    Raises CompileError for what an array of run-time data isn't combined with.
    """
    operand: Any = given
    if isinstance(given, ArrayData | WeakNumber | np.ndarray | np.generic):
        return operand
    if type(operand) in _NUMBERS:
        return operand
    if type(operand) in (list, tuple):
        return FUNCTIONS[np.array](operand) if arrays_among(operand) else np.asarray(operand)
    return unsupported(f"numpy.{ufunc.__name__} with a {type(operand).__name__}", operand)


def _elementwise(ufunc: np.ufunc, operands: list[Any], dtype: Any) -> SSAValue:
    """Return what a ufunc of one result gives for each elements at the same place."""
    loop = _loop_dtypes(ufunc, operands, dtype)
    emit = LOOPS.get(ufunc)
    build = tracer_of().builder
    chosen = graph_dtype(loop[0])
    if any(graph_dtype(one) is None for one in loop) or chosen is None:
        unsupported(f"numpy.{ufunc.__name__} on {loop[0]}", operands)
    _check_errors(ufunc, operands)
    _check_shapes(ufunc, operands, loop)
    if ufunc in (np.left_shift, np.right_shift):
        return _shift(ufunc, operands, loop)
    if emit is None or not wide_enough(ufunc, chosen):
        unsupported(f"numpy.{ufunc.__name__} on {loop[0]}", operands)
    _check_power(ufunc, operands, loop)
    values: list[Any] = []
    # NumPy compares any Python integer with integers, but not with bools.
    by_value = ufunc in COMPARISONS and np.dtype(bool) not in map(_kind, operands)
    for operand, there in zip(operands, loop, strict=False):
        if by_value and _kind(operand) is int and there.kind in "iu":
            values.append(operand)
        else:
            values.append(_as_dtype(operand, there))
    value = emit(build, *values)
    wanted = graph_dtype(loop[-1])
    assert wanted is not None
    return build.convert(value, wanted)


def _loop_dtypes(ufunc: np.ufunc, operands: list[Any], dtype: Any) -> tuple[NumPyDType, ...]:
    """Return the dtypes of operands and result that NumPy computes with.

    Raises what NumPy raises where there is no such loop, or a number doesn't fit.
    """
    kinds = [_kind(operand) for operand in operands]
    samples = [_sample(operand) for operand in operands]
    options: dict[str, Any] = {} if dtype is None else {"dtype": dtype}
    with np.errstate(all="ignore"):
        ufunc(*samples, **options)
    if dtype is not None:
        options = {"signature": (*(None,) * ufunc.nin, np.dtype(dtype))}
    return cast(Any, ufunc).resolve_dtypes((*kinds, *(None,) * ufunc.nout), **options)


def _kind(operand: object) -> Any:
    """Return what NumPy promotes by: a dtype, or the type of a Python number, which is weak."""
    kind = operand.kind if isinstance(operand, WeakNumber) else type(operand)
    if kind in (int, float):
        return kind
    return np.dtype(bool) if kind is bool else cast(Any, operand).dtype


def _sample(operand: Any) -> Any:
    if isinstance(operand, WeakNumber):
        return operand.kind(1)
    return operand if type(operand) in _NUMBERS else sample(operand.dtype)


def _shape(operand: object) -> tuple[int, ...]:
    arrays = isinstance(operand, ArrayData | np.ndarray)
    return cast(Any, operand).shape if arrays else ()


def _check_shapes(ufunc: np.ufunc, operands: list[Any], loop: Sequence[NumPyDType]) -> None:
    """Raise NumPy's error for shapes that don't broadcast."""
    shapes = [_shape(operand) for operand in operands]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        ufunc(*(sample(there, shape) for shape, there in zip(shapes, loop, strict=False)))


class WarningHook:
    """What NumPy calls in the place of a warning where no warning may get out."""

    def __init__(self, refuse: Callable[[str], object]):
        self._refuse = refuse

    def __call__(self, kind: str, flag: int) -> None:
        """Be told of a kind of error, as in "overflow"."""
        self._refuse(kind)


def _check_errors(ufunc: np.ufunc, operands: list[Any]) -> None:
    """Refuse where floating point errors are to be raised or called back for: code can't."""
    for setting in np.geterr().values():
        if setting == "call" and isinstance(np.geterrcall(), WarningHook):
            continue
        if setting not in ("ignore", "warn"):
            unsupported(f"numpy.{ufunc.__name__} under numpy.errstate({setting!r})", operands)


def _check_power(ufunc: np.ufunc, operands: list[Any], loop: Sequence[NumPyDType]) -> None:
    """Refuse integer exponents that may be negative: NumPy raises ValueError for them."""
    if ufunc is not np.power or loop[0].kind != "i":
        return
    exponent = operands[1]
    if isinstance(exponent, ArrayData):
        if exponent.dtype.kind == "i":
            unsupported(
                "an integer power whose exponents may be negative",
                operands,
                hint="make the exponents unsigned, or the base a float",
            )
    elif exponent < 0 if isinstance(exponent, WeakNumber) else np.any(np.asarray(exponent) < 0):
        raise ValueError("Integers to negative integer powers are not allowed.")


def _shift(ufunc: np.ufunc, operands: list[Any], loop: Sequence[NumPyDType]) -> SSAValue:
    x, count = operands
    if isinstance(count, WeakNumber):
        count = operator.index(cast(Any, count))
    known = not isinstance(count, ArrayData) and not np.shape(count)
    build = tracer_of().builder
    found = shifted(build, ufunc, _as_dtype(x, loop[0]), int(cast(Any, count))) if known else None
    if found is None:
        unsupported(f"numpy.{ufunc.__name__} by what isn't one known number", operands)
    return found


def _as_dtype(operand: Any, there: NumPyDType) -> SSAValue:
    """Return an operand as a value of the dtype that the loop takes."""
    build = tracer_of().builder
    if isinstance(operand, ArrayData):
        return cast_to(value_of(operand), there)
    if isinstance(operand, WeakNumber):
        dtype = graph_dtype(there)
        assert dtype is not None
        try:
            return operand.in_dtype(dtype)
        except OverflowError:
            # NumPy says it in other words.
            return number_value(build, int(cast(Any, operand)), there)
    return number_value(build, operand, there)


def call_function(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Return what a function of NumPy gives on symbolic arrays.

    Raises CompileError for one that the graph can't do.
    """
    found = FUNCTIONS.get(function)
    if found is None:
        unsupported(f"{function.__module__}.{function.__name__}", list(args), dict(kwargs))
    try:
        return found(*args, **kwargs)
    except Unsupported as error:
        wanted = f"{function.__module__}.{function.__name__}"
        unsupported(f"{wanted} {error}", list(args), dict(kwargs))


class Unsupported(Exception):
    """What a function was asked for has no graph form; the text says what, after its name."""


def _text(shape: tuple[int, ...]) -> str:
    return str(shape).replace(" ", "")
