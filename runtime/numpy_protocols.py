"""NumPy's functions on tensors: those that have a meaning here give tensors.

The others compute on the data and return what NumPy returns; in a compiled function they
are refused when the data exist only at run time.
Source: <https://numpy.org/doc/stable/user/basics.dispatch.html>.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Any, TypeVar, cast

import numpy as np

from .dispatch import apply, is_operand, made_of
from .tensor_data import TensorData

Function = TypeVar("Function", bound=Callable[..., Any])

_BINARY: dict[object, str] = {
    np.add: "add",
    np.subtract: "sub",
    np.multiply: "mul",
    np.true_divide: "div",
    np.floor_divide: "floordiv",
    np.remainder: "mod",
    np.power: "pow",
    np.maximum: "maximum",
    np.minimum: "minimum",
    np.bitwise_and: "and",
    np.bitwise_or: "or",
    np.bitwise_xor: "xor",
}
_COMPARE: dict[object, str] = {
    np.equal: "eq",
    np.not_equal: "ne",
    np.less: "lt",
    np.less_equal: "le",
    np.greater: "gt",
    np.greater_equal: "ge",
}
_UNARY: dict[object, str] = {
    np.negative: "neg",
    np.absolute: "abs",
    np.fabs: "abs",
    np.sign: "sign",
    np.exp: "exp",
    np.log: "log",
    np.sqrt: "sqrt",
    np.tanh: "tanh",
    np.sin: "sin",
    np.cos: "cos",
    np.floor: "floor",
    np.ceil: "ceil",
    np.trunc: "trunc",
    np.rint: "round",
    np.invert: "not",
}
_REDUCE: dict[object, str] = {
    np.add: "sum",
    np.multiply: "prod",
    np.maximum: "max",
    np.minimum: "min",
    np.logical_or: "any",
    np.logical_and: "all",
}

_functions: dict[object, Callable[..., Any]] = {}
_options: dict[object, frozenset[str]] = {}
"""The keywords that our function takes; with others, such as `out`, NumPy's own is called."""
_late: list[Callable[[], object]] = []
"""What loads modules that have such functions."""


def implemented_by(load: Callable[[], object]) -> None:
    """Let a module be loaded when a function of NumPy's is called that it may implement."""
    _late.append(load)


def implements(there: object) -> Callable[[Function], Function]:
    """Return a decorator: NumPy's function or ufunc `there`, on tensors, is the decorated one."""

    def decorate(function: Function) -> Function:
        _functions[there] = function
        _options[there] = frozenset(signature(function).parameters)
        return function

    return decorate


def call_ufunc(
    ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: Mapping[str, Any]
) -> Any:
    """Return `ufunc(*inputs)` or one of its methods, as a tensor where that has a meaning here."""
    if method == "reduce" and ufunc in _REDUCE and set(options) <= {"axis", "keepdims"}:
        axis = options.get("axis", 0)
        axes = (axis,) if isinstance(axis, int) else axis
        return apply("reduce", _REDUCE[ufunc], *inputs, axes, options.get("keepdims", False))
    if method == "__call__" and not options:
        kind, names = ("binary", _BINARY) if ufunc in _BINARY else ("compare", _COMPARE)
        if ufunc in names:
            operands = [_operand(value, ufunc) for value in inputs]
            others = any(operand is NotImplemented for operand in operands)
            return NotImplemented if others else apply(kind, names[ufunc], *operands)
        if ufunc in _UNARY:
            return apply("unary", _UNARY[ufunc], *inputs)
        if ufunc is np.matmul:
            return apply("matmul", *inputs)
        found = _function(ufunc)
        if found is not None:
            return found(*inputs)
    wanted = f"numpy.{ufunc.__name__}"
    arrays = arrays_in(tuple(inputs), wanted)
    return getattr(ufunc, method)(*arrays, **arrays_in(dict(options), wanted))


def _function(there: object) -> Callable[..., Any] | None:
    """Return our function for one of NumPy's, None if there is none."""
    if _late:
        # Two threads may load at once; each finds all of it loaded when it goes on.
        for load in [*_late]:
            load()
        _late.clear()
    return _functions.get(there)


def _operand(value: Any, ufunc: np.ufunc) -> Any:
    """Return an operand, a tensor of nested lists; `NotImplemented` where its class has a say.

    Raises `TypeError` for what no tensor can be computed with. NumPy's own error would print the
    tensors.
    """
    if isinstance(value, list | tuple):
        return made_of(cast(object, value))
    if is_operand(value):
        return value
    kind = cast("type[Any]", type(value))
    if hasattr(kind, "__array_ufunc__"):
        return NotImplemented
    raise TypeError(f"numpy.{ufunc.__name__} of a tensor and a {kind.__name__}")


def call_function(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Return a NumPy function of these arguments, as a tensor where that has a meaning here."""
    found = _function(function)
    if found is not None and _options[function] >= set(kwargs):
        return found(*args, **kwargs)
    wanted = f"numpy.{function.__name__}"
    return function(*arrays_in(tuple(args), wanted), **arrays_in(dict(kwargs), wanted))


def arrays_in(value: Any, wanted: str) -> Any:
    """Return `value` with arrays in the place of tensors, inside containers, too.

    Raises `ValueNeeded` where a tensor has data only at run time.
    """
    if isinstance(value, TensorData):
        memory = value.memory()
        return value.array(wanted) if memory is None else memory
    if isinstance(value, tuple | list):
        items = cast("list[Any] | tuple[Any, ...]", value)
        return type(items)(arrays_in(item, wanted) for item in items)
    if isinstance(value, dict):
        return {k: arrays_in(v, wanted) for k, v in cast("dict[Any, Any]", value).items()}
    return value
