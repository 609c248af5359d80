"""What Python's operators are on numbers that live in the graph.

Floats are exact as they are. Ints are int64: where Python's would be longer the compiled code
retreats.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xdsl.ir import SSAValue

from ..dialects.dtypes import bool_, float64, int64
from ..dialects.emitter import Number
from .int_bounds import bounds_of
from .numbers import SymbolicNumber, kind_of
from .run_time_errors import error_of, raise_unless, retreat_unless
from .tensor_numbers import TensorNumber, number_value

if TYPE_CHECKING:
    from .session import Folding

Meaning = Callable[["Folding", Sequence[Any]], object]
"""Makes the result out of operands that are numbers; `NotImplemented`: the graph can't."""

_TRUEDIV: Callable[..., Any] = getattr(operator, "truediv")  # noqa: B009
_LSHIFT: Callable[..., Any] = getattr(operator, "lshift")  # noqa: B009
_LEAST = -(2**63)
_EXACT = 1 << 53
"""Ints up to here are floats, too."""


def int_value(folding: Folding, number: object) -> SSAValue:
    """Return an int or a bool as a 0-d int64."""
    return folding.builder.convert(number_value(folding, number), int64)


def float_value(folding: Folding, number: Any) -> SSAValue:
    """Return a number as a 0-d float64, rounded as Python rounds an int.

    Raises OverflowError as Python does.
    """
    if isinstance(number, TensorNumber):
        return folding.builder.convert(number.value, float64)
    if isinstance(number, SymbolicNumber):
        number = number.computed(float, (number,))
        if isinstance(number, SymbolicNumber):
            return number.in_dtype(float64)
    return folding.builder.full((), float(number), float64)


def made(folding: Folding, value: SSAValue, kind: type[Number]) -> TensorNumber:
    """Return the number of a class that a 0-d value is."""
    return TensorNumber(folding.numbers, value, kind)


def _has_float(operands: Sequence[object]) -> bool:
    return any(kind_of(one) is float for one in operands)


def _sum(folding: Folding, a: SSAValue, b: SSAValue) -> SSAValue:
    build = folding.builder
    result = build.binary("add", a, b)
    if bounds_of(folding, result) is not None:
        return result
    below, negative = build.compare("lt", result, a), build.compare("lt", b, 0)
    retreat_unless(folding, build.compare("eq", below, negative))
    return result


def _difference(folding: Folding, a: SSAValue, b: SSAValue) -> SSAValue:
    build = folding.builder
    result = build.binary("sub", a, b)
    if bounds_of(folding, result) is not None:
        return result
    below, positive = build.compare("lt", result, a), build.compare("gt", b, 0)
    retreat_unless(folding, build.compare("eq", below, positive))
    return result


def multiplied(folding: Folding, a: SSAValue, b: SSAValue) -> SSAValue:
    """Return the product of two 0-d int64; the compiled code retreats from a longer one."""
    build = folding.builder
    result = build.binary("mul", a, b)
    if bounds_of(folding, result) is not None:
        return result
    wide = build.binary("mul", build.convert(a, float64), build.convert(b, float64))
    # Rounded thrice, so that the bound is a little below the limit.
    within = build.compare("lt", build.unary("abs", wide), 2.0**63 - 2.0**13)
    retreat_unless(folding, within)
    return result


def _arithmetic(name: str, of_ints: Callable[[Folding, SSAValue, SSAValue], SSAValue]) -> Meaning:
    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        if _has_float(operands):
            a, b = (float_value(folding, one) for one in operands)
            return made(folding, folding.builder.binary(name, a, b), float)
        a, b = (int_value(folding, one) for one in operands)
        return made(folding, of_ints(folding, a, b), int)

    return compute


def add(folding: Folding, operands: Sequence[Any]) -> object:
    """Return the sum of two numbers."""
    return _NAMED["add"](folding, operands)


def _check_divisor(
    folding: Folding, function: Callable[..., Any], operands: Sequence[Any], divisor: SSAValue
) -> None:
    """Let a division by 0 raise what Python does for operands of these classes."""
    a, b = (kind_of(one) for one in operands)
    error = error_of(function, a(1), b(0))
    raise_unless(folding, folding.builder.compare("ne", divisor, 0), error)


def _quotient(folding: Folding, operands: Sequence[Any]) -> object:
    build = folding.builder
    if _has_float(operands):
        a, b = (float_value(folding, one) for one in operands)
        _check_divisor(folding, _TRUEDIV, operands, b)
        return made(folding, build.binary("div", a, b), float)
    ints = [int_value(folding, one) for one in operands]
    _check_divisor(folding, _TRUEDIV, operands, ints[1])
    for one, value in zip(operands, ints, strict=True):
        check_exact(folding, one, value)
    a, b = (build.convert(value, float64) for value in ints)
    return made(folding, build.binary("div", a, b), float)


def check_exact(folding: Folding, number: object, value: SSAValue) -> None:
    """Let the compiled code retreat from an int that a float may not hold."""
    if kind_of(number) is bool or (type(number) is int and abs(number) <= _EXACT):
        return
    build = folding.builder
    low, high = build.compare("ge", value, -_EXACT), build.compare("le", value, _EXACT)
    retreat_unless(folding, build.binary("and", low, high))


def _floored(name: str) -> Meaning:
    """Return `//` or `%`."""
    function = getattr(operator, name)

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        a, b = _divided(folding, function, operands)
        return _rounded(folding, name, operands, a, b)

    return compute


def _divmod(folding: Folding, operands: Sequence[Any]) -> object:
    a, b = _divided(folding, divmod, operands)
    return tuple(_rounded(folding, name, operands, a, b) for name in ("floordiv", "mod"))


def _divided(
    folding: Folding, function: Callable[..., Any], operands: Sequence[Any]
) -> tuple[SSAValue, SSAValue]:
    """Return what is divided, and by what, both of one dtype, once that isn't 0."""
    value = float_value if _has_float(operands) else int_value
    a, b = (value(folding, one) for one in operands)
    _check_divisor(folding, function, operands, b)
    return a, b


def _rounded(
    folding: Folding, name: str, operands: Sequence[Any], a: SSAValue, b: SSAValue
) -> TensorNumber:
    build = folding.builder
    if _has_float(operands):
        return made(folding, build.binary(name, a, b), float)
    if name == "floordiv" and type(operands[1]) is not int:
        least, minus = build.compare("eq", a, _LEAST), build.compare("eq", b, -1)
        retreat_unless(folding, build.unary("not", build.binary("and", least, minus)))
    elif name == "floordiv" and operands[1] == -1:
        return made(folding, _negative(folding, a), int)
    return made(folding, build.binary(name, a, b), int)


def _shift_left(folding: Folding, operands: Sequence[Any]) -> object:
    if _has_float(operands):
        return NotImplemented
    build = folding.builder
    x, count = (int_value(folding, one) for one in operands)
    _check_count(folding, operands, count)
    # 0 stays 0 however far it is shifted.
    zero = build.compare("eq", x, 0)
    retreat_unless(folding, build.binary("or", build.compare("lt", count, 63), zero))
    return made(folding, multiplied(folding, x, _two_to(folding, count)), int)


def _shift_right(folding: Folding, operands: Sequence[Any]) -> object:
    if _has_float(operands):
        return NotImplemented
    build = folding.builder
    x, count = (int_value(folding, one) for one in operands)
    _check_count(folding, operands, count)
    shifted = build.binary("floordiv", x, _two_to(folding, count))
    sign = build.select(build.compare("lt", x, 0), build.full((), -1, int64), 0)
    return made(folding, build.select(build.compare("lt", count, 63), shifted, sign), int)


def _two_to(folding: Folding, count: SSAValue) -> SSAValue:
    """Return 2 to the power of a count, of at most 62."""
    build = folding.builder
    return build.binary("pow", build.full((), 2, int64), build.binary("minimum", count, 62))


def _check_count(folding: Folding, operands: Sequence[Any], count: SSAValue) -> None:
    if isinstance(operands[1], SymbolicNumber):
        error = error_of(_LSHIFT, 1, -1)
        raise_unless(folding, folding.builder.compare("ge", count, 0), error)
    else:
        _LSHIFT(1, min(operands[1], 0))


def _bitwise(name: str) -> Meaning:
    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        if _has_float(operands):
            return NotImplemented
        if all(kind_of(one) is bool for one in operands):
            a, b = (number_value(folding, one) for one in operands)
            return made(folding, folding.builder.binary(name, a, b), bool)
        a, b = (int_value(folding, one) for one in operands)
        return made(folding, folding.builder.binary(name, a, b), int)

    return compute


def _negative(folding: Folding, x: SSAValue) -> SSAValue:
    if bounds_of(folding, x) is None:
        retreat_unless(folding, folding.builder.compare("ne", x, _LEAST))
    return folding.builder.unary("neg", x)


def _neg(folding: Folding, operands: Sequence[Any]) -> object:
    number = operands[0]
    if kind_of(number) is float:
        return made(folding, folding.builder.unary("neg", number_value(folding, number)), float)
    return made(folding, _negative(folding, int_value(folding, number)), int)


def _abs(folding: Folding, operands: Sequence[Any]) -> object:
    number, build = operands[0], folding.builder
    if kind_of(number) is float:
        return made(folding, build.unary("abs", number_value(folding, number)), float)
    value = int_value(folding, number)
    retreat_unless(folding, build.compare("ne", value, _LEAST))
    return made(folding, build.unary("abs", value), int)


def _pos(folding: Folding, operands: Sequence[Any]) -> object:
    number = operands[0]
    return number if kind_of(number) is float else made(folding, int_value(folding, number), int)


def _invert(folding: Folding, operands: Sequence[Any]) -> object:
    if kind_of(operands[0]) is float:
        return NotImplemented
    return made(folding, folding.builder.unary("not", int_value(folding, operands[0])), int)


def _not(folding: Folding, operands: Sequence[Any]) -> object:
    truth = folding.builder.convert(number_value(folding, operands[0]), bool_)
    return made(folding, folding.builder.unary("not", truth), bool)


_NAMED: dict[str, Meaning] = {
    **{"add": _arithmetic("add", _sum), "sub": _arithmetic("sub", _difference)},
    **{"mul": _arithmetic("mul", multiplied), "truediv": _quotient},
    **{"floordiv": _floored("floordiv"), "mod": _floored("mod")},
    **{"lshift": _shift_left, "rshift": _shift_right},
    **{"and_": _bitwise("and"), "or_": _bitwise("or"), "xor": _bitwise("xor")},
    **{"neg": _neg, "pos": _pos, "invert": _invert, "not_": _not},
}

ARITHMETIC: dict[Callable[..., Any], Meaning] = {
    **{getattr(operator, name): meaning for name, meaning in _NAMED.items()},
    **{abs: _abs, divmod: _divmod},
}
"""Operator to what it is in the graph."""
