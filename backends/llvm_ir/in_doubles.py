"""sin, cos, tan and pow of float32 as formulas that compute in float64, for all numbers there are.

Results are within 1 unit in the last place; nan, infinities and the signs of zeros are C's.
Source of the reduction: M. Payne and R. Hanek, Radian reduction for trigonometric functions
(SIGNUM Newsletter 18, 1983), with one row of a table for each exponent of a float32.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import factorial, inf, nan, pi

from .formula import Value
from .transcendentals import power_of_doubles

_MAGIC = 1.5 * 2.0**52
_TWO_OVER_PI = Fraction(
    int("a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561", 16), 1 << 256
)
"""2/π to 256 binary places; times the greatest float32, 152 of them are behind the point."""
_SIN = tuple((-1) ** n / factorial(2 * n + 1) for n in range(5, 0, -1))
_COS = tuple((-1) ** n / factorial(2 * n) for n in range(6, -1, -1))


@cache
def _rows() -> tuple[tuple[float, ...], ...]:
    """Return three parts of 2^(e - 150)·2/π modulo 4, for each exponent e as it stands in the bits.

    The first two have 29 digits: their products with the 24 of a float32 are exact.
    """
    rows = [_parts(Fraction(2) ** (exponent - 150) * _TWO_OVER_PI % 4) for exponent in range(256)]
    first, second, third = zip(*rows, strict=True)
    return first, second, third


def _parts(number: Fraction) -> tuple[float, float, float]:
    first = _cut(number, 29)
    second = _cut(number - Fraction(first), 29)
    return first, second, float(number - Fraction(first) - Fraction(second))


def _cut(number: Fraction, digits: int) -> float:
    """Return the first binary digits of a number whose denominator is a power of two."""
    places = digits - 1 - (number.numerator.bit_length() - number.denominator.bit_length())
    scaled = number * Fraction(2) ** places
    return float(Fraction(scaled.numerator // scaled.denominator) / Fraction(2) ** places)


def _angle(size: Value) -> tuple[Value, Value]:
    """Return k and r of |x| = (k + 4i)·π/2 + r, |r| < 0.89, for some i; k in the low bits."""
    formula, bits = size.formula, size.bits()
    exponent = bits >> 23
    digits = ((bits & 0x7FFFFF) | 0x800000).converted("f64")
    parts = [
        digits * formula.entry(f"two_over_pi.{n}", row, exponent) for n, row in enumerate(_rows())
    ]
    shifted = parts[0] + _MAGIC
    turn = ((parts[0] - (shifted - _MAGIC)) + parts[1]) + parts[2]
    return shifted.bits(), turn * (pi / 2)


def _both(r: Value) -> tuple[Value, Value]:
    """Return the sine and the cosine of a small angle."""
    square = r * r
    return (square.polynomial(_SIN) * square).fma(r, r), square.polynomial(_COS)


def _wave(quadrant: Value, r: Value) -> Value:
    """Return the sine of an angle r behind a quadrant."""
    sin, cos = _both(r)
    value = (quadrant & 1).compare("eq", 0).choose(sin, cos)
    # The sign is the second bit of the quadrant.
    return (value.bits() ^ ((quadrant & 2) << 62)).real()


def _sin(x: Value) -> Value:
    size = x.size()
    k, r = _angle(size)
    wave = _wave(k, r).converted("f32")
    signed = (wave.bits() ^ (x.bits() & -(1 << 31))).real()
    result = size.compare("olt", 2.0**-12).choose(x, signed)
    return size.compare("olt", inf).choose(result, x - x)


def _cos(x: Value) -> Value:
    size = x.size()
    k, r = _angle(size)
    wave = _wave(k + 1, r).converted("f32")
    result = size.compare("olt", 2.0**-12).choose(x.formula.constant("f32", 1.0), wave)
    return size.compare("olt", inf).choose(result, x - x)


def _tan(x: Value) -> Value:
    size = x.size()
    k, r = _angle(size)
    sin, cos = _both(r)
    even = (k & 1).compare("eq", 0)
    tan = even.choose(sin, -cos) / even.choose(cos, sin)
    signed = (tan.converted("f32").bits() ^ (x.bits() & -(1 << 31))).real()
    result = size.compare("olt", 2.0**-12).choose(x, signed)
    return size.compare("olt", inf).choose(result, x - x)


def _pow(x: Value, y: Value) -> Value:
    """A negative base has a power if the exponent is whole, negative if that is odd."""
    formula, size = x.formula, x.size()
    power = power_of_doubles(size.converted("f64"), y.converted("f64")).converted("f32")
    one, undefined = formula.constant("f32", 1.0), formula.constant("f32", nan)
    half = y * 0.5
    odd = (y.floor().compare("oeq", y)) & half.floor().compare("une", half)
    sign = odd.choose(x.bits() & -(1 << 31), 0)
    power = (power.bits() ^ sign).real()
    broken = x.compare("olt", 0.0) & x.compare("ogt", -inf) & y.floor().compare("une", y)
    power = broken.choose(undefined, power)
    nothing = y.compare("oeq", 0.0) | x.compare("oeq", 1.0)
    nothing = nothing | (x.compare("oeq", -1.0) & y.size().compare("oeq", inf))
    return nothing.choose(one, power)


FORMULAS: dict[str, Callable[..., Value]] = {"sin": _sin, "cos": _cos, "tan": _tan, "pow": _pow}
"""By the names of C's functions."""
