"""Functions of float32 that are others' in float64, put together: exp2, log2, asin, sinh, ….

Results are within 1 unit in the last place, for all numbers there are; nan, infinities and the
signs of zeros are C's. float64 holds what the steps between lose, and every float32 is normal
there.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log, log2, log10, pi

from .formula import Value
from .transcendentals import expm1, log1p, logarithm, small_exp

_ATAN = (
    *(-0.0006633954571074873, 0.004732484193404601, -0.015828322749105783, 0.03382621895272417),
    *(-0.05395668057131507, 0.07228278345373912, -0.08974171958362588, 0.1109192296368298),
    *(-0.14283813255743144, 0.1999990110217155, -0.3333333129088999, 0.9999999999293037),
)
"""A minimax fit of atan(√t) / √t for 0 ≤ t ≤ 1."""
_BEYOND = 160.0
"""What exp of this is, or of this less, no float32 holds."""


def _wide(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """Return the function of float32 that one of float64 is; its zeros have the operand's sign."""

    def narrow(x: Value) -> Value:
        return function(x.converted("f64")).converted("f32")

    return narrow


def _odd(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """Return the odd function that a function of sizes is."""
    return _wide(lambda x: function(x.size()).signed_as(x))


def _constant(x: Value, number: float) -> Value:
    return x.formula.constant(x.element.name, number)


def _root(x: Value) -> Value:
    return x.formula.call("sqrt", x)


def _least(x: Value, most: float) -> Value:
    return x.compare("ogt", most).choose(_constant(x, most), x)


def _power(x: Value) -> Value:
    """Return e^x, or what is no float32 either."""
    x = _least(x, _BEYOND)
    return small_exp(x.compare("olt", -_BEYOND).choose(_constant(x, -_BEYOND), x))


def _sinh(size: Value) -> Value:
    less = expm1(_least(size, _BEYOND))
    return (less + less / (less + 1.0)) * 0.5


def _cosh(x: Value) -> Value:
    power = small_exp(_least(x.size(), _BEYOND))
    return (power + 1.0 / power) * 0.5


def _atan_of(small: Value, big: Value) -> Value:
    """Return the angle whose tangent is small / big, from 0 to π/4."""
    tangent = small / big
    return (tangent * tangent).polynomial(_ATAN) * tangent


def _angle(y: Value, x: Value) -> Value:
    """Return the angle of a point that isn't below or left of the origin."""
    steep = y.compare("ogt", x)
    angle = _atan_of(steep.choose(x, y), steep.choose(y, x))
    return steep.choose((pi / 2) - angle, angle)


def _atan(size: Value) -> Value:
    return _angle(size, _constant(size, 1.0))


def _side(x: Value) -> Value:
    """Return √(1 - x²)."""
    return _root((1.0 - x) * (x + 1.0))


def _asin(size: Value) -> Value:
    return _angle(size, _side(size))


def _acos(x: Value) -> Value:
    angle = _angle(_side(x), x.size())
    return x.compare("olt", 0.0).choose(pi - angle, angle)


def _atan2(y: Value, x: Value) -> Value:
    """C's: two infinities are as far as each other, and the sign of a zero says its side."""
    y, x = y.converted("f64"), x.converted("f64")
    ends = [_least(value.size(), 1e300) for value in (y, x)]
    far, near = ends
    origin = far.compare("oeq", 0.0) & near.compare("oeq", 0.0)
    angle = _angle(far, origin.choose(_constant(near, 1.0), near))
    left = x.bits().compare("slt", 0)
    return left.choose(pi - angle, angle).signed_as(y).converted("f32")


def _asinh(size: Value) -> Value:
    square = size * size
    result = log1p(size + square / (_root(square + 1.0) + 1.0))
    return size.compare("olt", inf).choose(result, size)


def _acosh(x: Value) -> Value:
    return logarithm(x + _root(x - 1.0) * _root(x + 1.0))


def _atanh(size: Value) -> Value:
    return log1p((size + size) / (1.0 - size)) * 0.5


def _cbrt(size: Value) -> Value:
    root = _power(logarithm(size) * (1 / 3))
    between = size.compare("ogt", 0.0) & size.compare("olt", inf)
    return between.choose(root, size)


FORMULAS: dict[str, Callable[..., Value]] = {
    "exp2": _wide(lambda x: _power(x * log(2))),
    "log2": _wide(lambda x: logarithm(x) * log2(2.718281828459045)),
    "log10": _wide(lambda x: logarithm(x) * log10(2.718281828459045)),
    **{"sinh": _odd(_sinh), "cosh": _wide(_cosh)},
    **{"asin": _odd(_asin), "acos": _wide(_acos), "atan": _odd(_atan), "atan2": _atan2},
    **{"asinh": _odd(_asinh), "acosh": _wide(_acosh), "atanh": _odd(_atanh)},
    "cbrt": _odd(_cbrt),
}
"""By the names of C's functions."""
