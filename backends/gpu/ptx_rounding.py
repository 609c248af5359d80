"""Floating-point results rounded once, in every mode of PTX, with NumPy's doubles as the means.

Source: PTX ISA 9.0, "Floating-Point Instructions" (rounding modifiers, .ftz, .sat), "Half
Precision Floating-Point Instructions"; S. Boldo and G. Melquiond, "Emulation of FMA and Correctly
Rounded Sums: Proved Algorithms Using Rounding to Odd" (2008).

A narrow result is made in two steps: as a double that is rounded to odd (the last bit says
whether something was cut off), then to the format. Doubles have more than two bits more than
each of the narrow formats, so that the second step sees all that it needs.
"""

from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

ROUNDINGS = ("rn", "rz", "rm", "rp")

_FORMATS = {"f32": (24, -125, 128), "f16": (11, -13, 16), "bf16": (8, -125, 128)}
"""Bits of the fraction, and exponents of the least and past the greatest number, as of frexp."""


def round_double(x: Array, kind: str, rounding: str = "rn") -> Array:
    """Return `x`, doubles, rounded to `kind` (f32, f16, bf16, f64), as doubles or as f32, f16.

    The result has the dtype in which the kind is worked with: float16 for f16, float64 for f64,
    else float32.
    """
    if kind == "f64":
        return x
    if rounding == "rn" and kind == "f32":
        return x.astype(np.float32)
    if rounding == "rn" and kind == "f16":
        return x.astype(np.float16)
    bits, least, greatest = _FORMATS[kind]
    _, exponent = np.frexp(x)
    quantum = np.maximum(exponent, least) - bits
    steps = _to_integer(np.ldexp(x, -quantum), rounding)
    result = np.ldexp(steps, quantum)
    largest = np.ldexp(1.0 - 0.5**bits, greatest)
    over = np.abs(result) > largest
    if over.any():
        finite = over & np.isfinite(x)
        down = (rounding == "rz") | ((rounding == "rm") & (x > 0)) | ((rounding == "rp") & (x < 0))
        result = np.where(finite, np.copysign(np.where(down, largest, np.inf), x), result)
    return result.astype(np.float16 if kind == "f16" else np.float32)


def _to_integer(x: Array, rounding: str) -> Array:
    """Return `x` as a whole number, its zeros with the sign of `x`."""
    match rounding:
        case "rn":
            return np.rint(x)
        case "rz":
            return np.trunc(x)
        case "rm":
            return np.floor(x)
        case "rp":
            return np.ceil(x)
        case "rna":
            return np.copysign(np.floor(np.abs(x) + 0.5), x)
        case _:
            raise ValueError(rounding)


def odd(x: Array, rest: Array) -> Array:
    """Return `x + rest` rounded to odd, where `x` is that sum rounded to nearest."""
    bits = x.view(np.int64)
    toward = np.where((rest > 0) == (x > 0), np.int64(1), np.int64(-1))
    inexact = (rest != 0) & np.isfinite(x) & (bits & 1 == 0)
    return np.where(inexact, bits + toward, bits).view(np.float64)


def odd_sum(a: Array, b: Array) -> Array:
    """Return `a + b` of doubles, rounded to odd."""
    total, rest = _two_sum(a, b)
    return odd(total, rest)


def _two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    total = np.asarray(a + b)
    part = total - a
    rest = (a - (total - part)) + (b - part)
    return total, np.where(np.isfinite(total), rest, 0.0)


def odd_quotient(a: Array, b: Array) -> Array:
    """Return `a / b` of doubles that hold 24 bits each, rounded to odd at fewer bits."""
    quotient = np.asarray(a / b)
    bits = quotient.view(np.int64)
    cut = (bits & ~np.int64((1 << 25) - 1)).view(np.float64)
    rest = a - cut * b  # exact: `cut` has 28 bits, `b` has 24
    return _with_rest(quotient, cut, np.sign(rest) * np.sign(b))


def odd_root(a: Array) -> Array:
    """Return the square root of doubles that hold 24 bits, rounded to odd at fewer bits."""
    root = np.asarray(np.sqrt(a))
    cut = (root.view(np.int64) & ~np.int64((1 << 27) - 1)).view(np.float64)
    return _with_rest(root, cut, np.sign(a - cut * cut), 27)


def _with_rest(whole: Array, cut: Array, rest: Array, bits: int = 25) -> Array:
    """Return `cut` with its low bits saying that something of the sign of `rest` was cut off."""
    raw = cut.view(np.int64)
    below = np.where(rest * np.sign(whole) < 0, raw - (1 << bits), raw)
    sticky = (rest != 0) & np.isfinite(whole) & (whole != 0)
    return np.where(
        sticky, below | 1, np.where(np.isfinite(whole), raw, whole.view(np.int64))
    ).view(np.float64)


def odd_integer(x: Array) -> Array:
    """Return 64-bit integers as doubles, rounded to odd."""
    low = x & np.array(0x7FF, x.dtype)
    high = (x >> np.array(11, x.dtype)) | (low != 0).astype(x.dtype)
    exact = x.astype(np.float64)
    small = np.abs(exact) < 2.0**53
    return np.where(small, exact, high.astype(np.float64) * 2048.0)


def narrow_fma(a: Array, b: Array, c: Array, kind: str, rounding: str) -> Array:
    """Return `a * b + c` with one rounding; the values are of `kind`, f32, f16 or bf16."""
    a, b, c = (np.asarray(v, np.float64) for v in (a, b, c))
    return round_double(odd_sum(a * b, c), kind, rounding)  # the product is exact


def double_fma(a: Array, b: Array, c: Array, rounding: str = "rn") -> Array:
    """Return `a * b + c` of doubles with one rounding."""
    a, b, c = np.broadcast_arrays(a, b, c)
    safe = _is_moderate(a) & _is_moderate(b) & _is_moderate(c) & _is_moderate(a * b)
    result = np.asarray(a * b + c)  # right where something isn't finite, or is zero
    if rounding == "rn":
        high, low = _two_product(np.where(safe, a, 1.0), np.where(safe, b, 1.0))
        first, first_rest = _two_sum(c, low)
        second, second_rest = _two_sum(high, first)
        exact = second + odd_sum(first_rest, second_rest)
        result = np.where(safe, exact, result)
    else:
        safe = np.zeros_like(safe)
    rest = ~safe & np.isfinite(a) & np.isfinite(b) & np.isfinite(c)
    for at in zip(*np.nonzero(rest), strict=True):
        exact = Fraction(float(a[at])) * Fraction(float(b[at])) + Fraction(float(c[at]))
        result[at] = nearest_double(exact, rounding, float(result[at]))
    return result


def _is_moderate(x: Array) -> Array:
    size = np.abs(x)
    return (size > 2.0**-400) & (size < 2.0**400)


def _two_product(a: Array, b: Array) -> tuple[Array, Array]:
    product = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    rest = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
    return product, rest


def _halves(x: Array) -> tuple[Array, Array]:
    scaled = x * 134217729.0  # 2**27 + 1
    high = scaled - (scaled - x)
    return high, x - high


def nearest_double(exact: Fraction, rounding: str, zero: float = 0.0) -> float:
    """Return `exact` as a double, rounded so; `zero` is what zero is given as."""
    if exact == 0:
        return zero
    size = abs(exact)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if size < Fraction(2) ** exponent:
        exponent -= 1
    quantum = Fraction(2) ** (max(exponent, -1022) - 52)
    steps, rest = divmod(exact, quantum)
    steps = int(steps)
    up = {
        "rn": rest > quantum / 2 or (rest == quantum / 2 and steps % 2 == 1),
        "rz": exact < 0 and rest != 0,
        "rm": False,
        "rp": rest != 0,
    }[rounding]
    value = (steps + up) * quantum
    if value == 0:
        return -0.0 if exact < 0 else 0.0
    try:
        return float(value)
    except OverflowError:
        largest = float(np.finfo(np.float64).max)
        away = rounding == "rn" or (rounding == "rp" if exact > 0 else rounding == "rm")
        return (np.inf if away else largest) * (1 if exact > 0 else -1)
