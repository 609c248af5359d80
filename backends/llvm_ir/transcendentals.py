"""exp, log, tanh, erf and their relatives as formulas, which LLVM inlines and computes in vectors.

They need a fused multiply-add. Results are within 2 units in the last place (exp, expm1, log,
log1p) or 4 (tanh, erf), subnormal ones too; nan, infinities and the signs of zeros are exact.
Sources: the polynomials of exp, and of tanh and erf in float32, are minimax fits; log of float32
is one that N. Juffa published with its error bounds
(<https://forums.developer.nvidia.com/u/njuffa>); the others are of fdlibm and Cephes
(<https://netlib.org/fdlibm/>, <https://netlib.org/cephes/>).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan

from ...runtime import error_function
from .formula import Value


@dataclass(frozen=True)
class _Format:
    """What the formulas ask of a float type."""

    mantissa: int
    """Bits of the fraction."""
    bias: int
    least_exp: float
    most_exp: float
    """Beyond these exp is 0 or infinite."""
    least_expm1: float
    """Below this expm1 is -1."""
    ln2_high: float
    ln2_low: float
    """ln 2 in two parts; a whole number times the first is exact."""
    log_start: int
    """The bits of the number at which the range of a logarithm's fraction begins."""
    exp: tuple[float, ...]
    """Coefficients of (e^r - 1 - r) / r², the highest power first, for |r| ≤ ln 2 / 2."""

    @property
    def magic(self) -> float:
        """A number that is added to one becomes whole, and stands in the low bits."""
        return 1.5 * 2.0**self.mantissa


_LOG2_E = 1.4426950408889634
_EXP_F64 = (
    *(2.510038549551032e-08, 2.7620088445409746e-07, 2.7557268459997064e-06),
    *(2.4801521295954376e-05, 1.9841269863053618e-04, 1.3888888917213717e-03),
    *(8.333333333330062e-03, 4.166666666662413e-02, 1.6666666666666669e-01, 0.5),
)
_FORMATS = {
    "f32": _Format(
        *(23, 127, -104.0, 89.0, -20.0, 0.693145752, 1.42860677e-6, 0x3F2AAAAB),
        (1.39261840e-3, 8.36317893e-3, 4.16665561e-2, 1.66665763e-1, 0.5),
    ),
    "f64": _Format(
        *(52, 1023, -746.0, 710.0, -40.0),
        *(6.93147180369123816490e-01, 1.90821492927058770002e-10, 0x3FE6A09E667F3BCD),
        _EXP_F64,
    ),
}


def _format(x: Value) -> _Format:
    return _FORMATS[x.element.name]


def _constant(x: Value, number: float) -> Value:
    return x.formula.constant(x.element.name, number)


def _between(x: Value, least: float, most: float) -> Value:
    """Return x, or the end of the range that it is beyond; nan stays."""
    x = x.compare("ogt", most).choose(_constant(x, most), x)
    return x.compare("olt", least).choose(_constant(x, least), x)


def _reduced(x: Value) -> tuple[Value, Value]:
    """Return n + magic and r of x = n·ln 2 + r, n whole and |r| ≤ ln 2 / 2."""
    form = _format(x)
    shifted = x.fma(_LOG2_E, form.magic)
    n = shifted - form.magic
    return shifted, n.fma(-form.ln2_low, n.fma(-form.ln2_high, x))


def _power_of_two(shifted: Value, less: int = 0) -> Value:
    """Return 2^(n - less), which must be normal, of n + magic."""
    form = _format(shifted)
    return ((shifted.bits() << form.mantissa) + ((form.bias - less) << form.mantissa)).real()


def _exp_of_reduced(r: Value) -> Value:
    return r.polynomial((*_format(r).exp, 1.0, 1.0))


def _exp(x: Value) -> Value:
    """Scale by two powers of two, one after the other: the result may be subnormal or infinite.

    The second is fixed: great for numbers above zero, small below.
    """
    form = _format(x)
    x = _between(x, form.least_exp, form.most_exp)
    half = form.bias // 2 + 1
    below = x.bits().compare("slt", 0)
    magic = form.magic + form.bias
    moved = below.choose(_constant(x, magic + half), magic - half)
    shifted = x.fma(_LOG2_E, moved)
    n = shifted - moved
    r = n.fma(-form.ln2_low, n.fma(-form.ln2_high, x))
    scale = (shifted.bits() << form.mantissa).real()
    rest = below.choose(_constant(x, 2.0**-half), 2.0**half)
    return _exp_of_reduced(r) * scale * rest


def small_exp(x: Value) -> Value:
    """Return exp of a number between -80 and 80, or nan."""
    shifted, r = _reduced(x)
    return _exp_of_reduced(r) * _power_of_two(shifted)


def expm1(x: Value) -> Value:
    """Return e^x - 1. Half of 2^n·(e^r - 1) + (2^n - 1) is computed, so that 2^n is finite."""
    form = _format(x)
    shifted, r = _reduced(_between(x, form.least_expm1, form.most_exp))
    scale = _power_of_two(shifted, 1)
    power = (r.polynomial(form.exp) * r).fma(r, r)
    half = scale.fma(power, scale - 0.5)
    # A subnormal number has no half.
    result = x.size().compare("olt", 0.25).choose(power, half + half)
    return result.signed_as(x)


def _split(x: Value) -> tuple[Value, Value, Value]:
    """Return e, 2^-e and m of a normal x = m·2^e > 0, where m is near 1."""
    form = _format(x)
    moved = x.bits() + ((form.bias << form.mantissa) - form.log_start)
    biased = moved >> form.mantissa
    # AVX2 converts no 64-bit integers: the number is put into the low bits of a float.
    whole = (biased | ((form.bias + form.mantissa) << form.mantissa)).real()
    e = whole - (2.0**form.mantissa + form.bias)
    m = ((moved & ((1 << form.mantissa) - 1)) + form.log_start).real()
    scale = ((_constant_bits(biased, 2 * form.bias) - biased) << form.mantissa).real()
    return e, scale, m


def _constant_bits(like: Value, number: int) -> Value:
    return like.formula.constant(like.element.name, number)


_LOG_F32_EVEN = (-0.130310059, -0.121483512, -0.166846126, -0.249996200)
_LOG_F32_ODD = (0.140869141, 0.139814854, 0.200120345)
_LOG_F64 = (
    *(1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01),
    *(2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01),
    6.666666666666735130e-01,
)


def _log_of(e: Value, f: Value) -> Value:
    """Return e·ln 2 + log(1 + f), -1/3 ≤ f ≤ 0.42."""
    form, square = _format(f), f * f
    if f.element.name == "f32":
        odd = square.polynomial(_LOG_F32_ODD)
        power = odd.fma(f, square.polynomial(_LOG_F32_EVEN)).fma(f, 0.333331972).fma(f, -0.5)
        return e.fma(0.693147182, power.fma(square, f))
    s = f / (f + 2.0)
    z = s * s
    half = square * 0.5
    rest = s.fma(z.polynomial(_LOG_F64).fma(z, half), e * form.ln2_low)
    return e.fma(form.ln2_high, f - (half - rest))


def _with_limits(result: Value, x: Value) -> Value:
    """Return the logarithm of x: -infinity at 0, nan below, infinity and nan as they are."""
    odd = x.compare("olt", 0.0).choose(_constant(x, nan), x)
    odd = x.compare("oeq", 0.0).choose(_constant(x, -inf), odd)
    return (x.compare("ogt", 0.0) & x.compare("olt", inf)).choose(result, odd)


def logarithm(x: Value) -> Value:
    """Return the natural logarithm; subnormal numbers are scaled up before they are taken apart."""
    form = _format(x)
    tiny = x.compare("olt", 2.0 ** (1 - form.bias))
    e, _, m = _split(tiny.choose(x * 2.0**form.mantissa, x))
    e = e - tiny.choose(_constant(x, float(form.mantissa)), 0.0)
    return _with_limits(_log_of(e, m - 1.0), x)


def log1p(x: Value) -> Value:
    """Return the logarithm of 1 + x.

    What 1 + x loses is not lost: the fraction is computed of x and 2^-e.
    """
    u = x + 1.0
    e, scale, m = _split(u)
    f = x.fma(scale, scale - 1.0)
    f = x.compare("ogt", 2.0 ** (_format(x).mantissa + 2)).choose(m - 1.0, f)
    return _with_limits(_log_of(e, f).signed_as(x), u)


_TANH_F32 = (
    (1.137130530e-4, 2.974893712e-2, 0.0),
    (1.217542263e-6, 1.203940483e-3, 1.130822301e-1),
)
_TANH_F64 = (
    (-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3),
    (1.0, 1.12811678491631932402e2, 2.23548839060100448583e3, 4.84406305325125486048e3),
)


def _sigmoid(
    x: Value, limit: float, slope: float, coefficients: tuple[tuple[float, ...], ...]
) -> Value:
    """Return 2·T / (1 + T²) of a rational T = x·(slope + p(x²)) / 2·(1 + x²·q(x²)).

    Beyond the limits it is ±1. As it comes near what T lacks counts less and less; where x is
    small, what is added to x and to 1 is so too, and little is lost by its rounding.
    """
    x = _between(x, -limit, limit)
    square = x * x
    p, q = (square.polynomial(part) for part in coefficients)
    above = x.fma(slope, x * p)
    more = square * q
    below = (above * 0.25).fma(above, more * (more + 2.0)) + 1.0
    return above.fma(more, above) / below


def _tanh(x: Value) -> Value:
    """T is tanh of x/2."""
    if x.element.name == "f32":
        return _sigmoid(x, 9.2, 1.0, _TANH_F32)
    size, square = x.size(), x * x
    small = (_ratio(square, _TANH_F64) * square).fma(size, size)
    twice = size + size
    power = small_exp(twice.compare("ogt", 80.0).choose(_constant(x, 80.0), twice))
    large = 1.0 - 2.0 / (power + 1.0)
    return size.compare("olt", 0.625).choose(small, large).signed_as(x)


def _ratio(x: Value, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Value:
    above, below = coefficients
    return x.polynomial(above) / x.polynomial(below)


_ERF_F32 = (
    (-6.293204024e-6, 5.983436713e-4, 1.975218393e-2, 1.574606299e-1, 6.05739e-8),
    (2.180796117e-3, 3.549444675e-2, 1.545690298e-1),
)


def _erf(x: Value) -> Value:
    if x.element.name == "f32":
        return _sigmoid(x, 3.92000055, 1.1283791065, _ERF_F32)
    return _erf_of_double(x.size(), x * x).signed_as(x)


def _erf_of_double(x: Value, square: Value) -> Value:
    """Return the error function of a number without sign."""
    small = _ratio(square, error_function.SMALL).fma(x, x)
    middle = _ratio(x - 1.0, error_function.MIDDLE) + error_function.AT_ONE
    inverse = 1.0 / square
    large = _ratio(inverse, error_function.LARGE)
    largest = _ratio(inverse, error_function.LARGEST)
    ratio = x.compare("olt", 1 / 0.35).choose(large, largest)
    tail = 1.0 - small_exp(_between(ratio - square - 0.5625, -80.0, 0.0)) / x
    tail = x.compare("ult", 6.0).choose(tail, 1.0)
    inner = x.compare("olt", 0.84375).choose(small, middle)
    return x.compare("olt", 1.25).choose(inner, tail)


def power_of_doubles(x: Value, y: Value) -> Value:
    """Return x^y of float64 numbers, x ≥ 0, as exact as float32 asks; nan where a limit is."""
    return small_exp(_between(y * logarithm(x), -160.0, 160.0))


FORMULAS: dict[str, Callable[[Value], Value]] = {
    **{"exp": _exp, "expm1": expm1, "log": logarithm, "log1p": log1p, "tanh": _tanh, "erf": _erf},
}
"""By the names of C's functions; each for float32 and float64."""
