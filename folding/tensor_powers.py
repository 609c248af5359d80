"""Powers and the functions of C's library on numbers that live in the graph.

CPython calls the same library as compiled code, so that both round alike; the errors that it makes
of the library's infinities and nans are made here.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xdsl.ir import SSAValue

from ..dialects.dtypes import float64, int64
from .numbers import kind_of
from .run_time_errors import error_of, raise_unless, retreat_unless
from .tensor_arithmetic import Meaning, float_value, int_value, made, multiplied

if TYPE_CHECKING:
    from .session import Folding

_INFINITY = float("inf")
_LONGEST = 64
"""The greatest exponent that is known and becomes products."""
_POWER: Callable[..., Any] = getattr(operator, "pow")  # noqa: B009


def _power(folding: Folding, operands: Sequence[Any]) -> object:
    """Return `x ** y`: of ints an int, unless the exponent is negative."""
    if len(operands) > 2:
        return NotImplemented
    base, exponent = operands
    if float in (kind_of(base), kind_of(exponent)):
        return _float_power(folding, operands)
    if type(exponent) not in (int, bool):
        return _int_power(folding, operands)
    if exponent < 0:
        return _float_power(folding, operands)
    return _product(folding, base, exponent) if exponent <= _LONGEST else NotImplemented


def _product(folding: Folding, base: object, exponent: int) -> object:
    """Return a power of an int as products of squares."""
    result, square = None, int_value(folding, base)
    while exponent:
        if exponent & 1:
            result = square if result is None else multiplied(folding, result, square)
        exponent >>= 1
        if exponent:
            square = multiplied(folding, square, square)
    return 1 if result is None else made(folding, result, int)


def _int_power(folding: Folding, operands: Sequence[Any]) -> object:
    """Return a power of ints whose exponent only the call knows; a negative one gives a float."""
    build = folding.builder
    x, y = (int_value(folding, one) for one in operands)
    retreat_unless(folding, build.compare("ge", y, 0), "a power of ints is a float")
    wide = build.binary("pow", build.unary("abs", build.convert(x, float64)), _as_float(folding, y))
    # What the base loses as a float comes back as often as it is multiplied.
    retreat_unless(folding, build.compare("lt", wide, 2.0**63 - 2.0**18))
    return made(folding, build.binary("pow", x, y), int)


def _float_power(folding: Folding, operands: Sequence[Any]) -> object:
    build = folding.builder
    x, y = (_as_float(folding, float_value(folding, one), one) for one in operands)
    negative = build.binary("and", build.compare("lt", y, 0.0), _is_finite(folding, y))
    impossible = build.binary("and", build.compare("eq", x, 0.0), negative)
    raise_unless(folding, build.unary("not", impossible), error_of(_POWER, 0.0, -1.0))
    power = build.binary("pow", x, y)
    # Of a negative number it may be complex; one that is too large raises an error with a number.
    text = "a power is no float"
    retreat_unless(folding, _is_regular(folding, power, x, y), text)
    return made(folding, power, float)


def _as_float(folding: Folding, value: SSAValue, number: object = None) -> SSAValue:
    """Return a value as a float64 that no pass takes for a known exponent.

    Such powers become products, which round otherwise than C's `pow`.
    """
    if type(number) is float and number.is_integer() and abs(number) < 1 << 53:
        value = folding.builder.full((), int(number), int64)
    elif type(number) in (int, bool):
        value = int_value(folding, number)
    return folding.builder.convert(value, float64)


def _is_regular(folding: Folding, result: SSAValue, *operands: SSAValue) -> SSAValue:
    """Return whether a result is finite, or an operand isn't."""
    build = folding.builder
    regular = _is_finite(folding, result)
    for operand in operands:
        regular = build.binary("or", regular, build.unary("not", _is_finite(folding, operand)))
    return regular


def _is_finite(folding: Folding, x: SSAValue) -> SSAValue:
    return folding.builder.compare("lt", folding.builder.unary("abs", x), _INFINITY)


def _math_pow(folding: Folding, operands: Sequence[Any]) -> object:
    """Return `math.pow(x, y)`."""
    build = folding.builder
    x, y = (_as_float(folding, float_value(folding, one), one) for one in operands)
    power = build.binary("pow", x, y)
    regular = _is_regular(folding, power, x, y)
    wrong = build.compare("ne", power, power)
    by_zero = build.binary("and", build.compare("eq", x, 0.0), build.compare("lt", y, 0.0))
    domain = build.unary("not", build.binary("or", wrong, by_zero))
    raise_unless(folding, build.binary("or", regular, domain), error_of(math.pow, -1.0, 0.5))
    raise_unless(folding, regular, error_of(math.pow, 10.0, 400.0))
    return made(folding, power, float)


def _exp(folding: Folding, operands: Sequence[Any]) -> object:
    x = float_value(folding, operands[0])
    result = folding.builder.unary("exp", x)
    raise_unless(folding, _is_regular(folding, result, x), error_of(math.exp, 1e9))
    return made(folding, result, float)


def _log(folding: Folding, operands: Sequence[Any]) -> object:
    if len(operands) > 1:
        return NotImplemented
    build, x = folding.builder, float_value(folding, operands[0])
    wrong = build.compare("le", x, 0.0)
    raise_unless(folding, build.unary("not", wrong), error_of(math.log, 0.0))
    return made(folding, build.unary("log", x), float)


def _of_angle(name: str) -> Meaning:
    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        build, x = folding.builder, float_value(folding, operands[0])
        finite = build.compare("ne", build.unary("abs", x), _INFINITY)
        raise_unless(folding, finite, error_of(math.sin, _INFINITY))
        return made(folding, build.unary(name, x), float)

    return compute


def _total(name: str) -> Meaning:
    """Return a function that takes all floats."""

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        x = float_value(folding, operands[0])
        return made(folding, folding.builder.unary(name, x), float)

    return compute


POWERS: dict[Callable[..., Any], Meaning] = {
    **{_POWER: _power, pow: _power, math.pow: _math_pow, math.exp: _exp, math.log: _log},
    **{math.sin: _of_angle("sin"), math.cos: _of_angle("cos")},
    **{math.tanh: _total("tanh"), math.erf: _total("erf")},
}
"""Function to what it is in the graph."""
