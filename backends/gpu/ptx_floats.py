"""Floating-point arithmetic: each result is the exact one, rounded once.

Source: PTX ISA 9.0, "Floating-Point Instructions", "Half Precision Floating-Point Instructions",
"Mixed Precision Floating-Point Instructions".

Approximations (ex2.approx, lg2.approx, rcp.approx, rsqrt.approx, sqrt.approx, sin.approx,
cos.approx, tanh.approx, div.full) are computed in doubles and rounded to the type: a machine may
differ by what the manual allows, some units in the last place. Zeros, infinities, NaN and
flushing are the manual's. NaN results of f32, f16 and bf16 are the canonical one.
"""

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

import numpy as np

from .ptx_decode import Action, Computation, Decoder, elementwise, type_of
from .ptx_errors import UnsupportedPtx
from .ptx_rounding import (
    ROUNDINGS,
    Array,
    double_fma,
    narrow_fma,
    nearest_double,
    odd_quotient,
    odd_root,
    odd_sum,
)
from .ptx_syntax import Instruction
from .ptx_types import PtxType, ptx_type

PRED = ptx_type("pred")


def decode_float(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of an arithmetic instruction of floats."""
    type_, parts = type_of(instruction), instruction.parts
    rounding = next((part for part in parts if part in ROUNDINGS), "rn")
    count, function = _arithmetic(parts, type_, rounding)
    finished = _finished(function, parts, type_)
    return elementwise(decoder, instruction, finished, type_, *[type_] * count)


def _arithmetic(parts: tuple[str, ...], type_: PtxType, rounding: str) -> tuple[int, Computation]:
    """Return the number of operands, and the function of numbers."""
    name = parts[0]
    if name in ("fma", "mad"):
        return 3, _fma(type_, rounding)
    if name in ("min", "max"):
        return 2, _extreme(name, "NaN" in parts, "xorsign" in parts)
    if name in ("neg", "abs"):
        return 1, {"neg": np.negative, "abs": np.abs}[name]
    if "approx" in parts or name in ("ex2", "lg2", "tanh", "rsqrt", "sin", "cos"):
        return _approximation(name, parts, type_)
    if name in ("sqrt", "rcp"):
        return 1, _exact(name, type_, rounding)
    if name in ("add", "sub", "mul", "div"):
        return 2, _exact(name, type_, rounding)
    raise UnsupportedPtx(f"{name} of {type_.name}")


def _finished(
    function: Callable[..., Array], parts: tuple[str, ...], type_: PtxType
) -> Computation:
    """Return `function` with subnormals flushed, results saturated and NaN made canonical."""
    sign_only = parts[0] in ("neg", "abs")
    flush, saturate, relu = ("ftz" in parts), ("sat" in parts), ("relu" in parts)

    def plain(*sources: Array) -> Array:
        result = function(*sources)
        return result if sign_only else type_.canonical(result)

    def changed(*sources: Array) -> Array:
        if flush:
            sources = tuple(flushed(source, type_) for source in sources)
        result = function(*sources)
        if flush:
            result = flushed(result, type_)
        if saturate:
            result = saturated(result)
        if relu:
            result = np.where(
                result > 0, result, np.where(result != result, result, 0 * one(result))
            )
        return type_.canonical(result)

    return changed if flush or saturate or relu else plain


def one(like: Array) -> Array:
    """Return a one of the dtype of `like`."""
    return np.ones(1, like.dtype)


_LEAST_NORMAL = {"f16": 2.0**-14, "bf16": 2.0**-126, "f32": 2.0**-126, "f64": 2.0**-1022}


def flushed(values: Array, type_: PtxType) -> Array:
    """Return `values` with subnormals as zeros of their sign; f16 and f32 have `.ftz`."""
    small = np.abs(values) < values.dtype.type(_LEAST_NORMAL[type_.element])
    return np.where(small, np.copysign(values.dtype.type(0), values), values)


def saturated(values: Array) -> Array:
    """Return `values` clamped to 0 … 1, NaN as 0."""
    kind = values.dtype.type
    return np.where(values > 0, np.minimum(values, kind(1)), kind(0))


# Arithmetic


def _exact(name: str, type_: PtxType, rounding: str) -> Computation:
    """Return add, sub, mul, div, sqrt or rcp, rounded once."""
    plain: Callable[..., Array] = _PLAIN[name]
    if rounding == "rn":
        if type_.element != "bf16":
            return plain  # NumPy's float16 goes through float32, which has bits enough

        def brief(*sources: Array) -> Array:
            return type_.round(plain(*sources).astype(np.float64))

        return brief
    if type_.element == "f64":

        def double(*sources: Array) -> Array:
            return _each_double(name, rounding, *sources)

        return double
    odd: Callable[..., Array] = _ODD[name]

    def directed(*sources: Array) -> Array:
        wide = [source.astype(np.float64) for source in sources]
        result = type_.round(odd(*wide), rounding)
        if rounding == "rm" and name in ("add", "sub"):
            # A sum that cancels is -0 in this mode, unless both were +0.
            first, second = wide[0], wide[1] if name == "add" else -wide[1]
            cancelled = (first == -second) & (np.signbit(first) | np.signbit(second))
            result = np.where(cancelled, -result.dtype.type(0), result)
        return result

    return directed


def _reciprocal(a: Array) -> Array:
    return one(a) / a


_PLAIN: dict[str, Computation] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "sqrt": np.sqrt,
    "rcp": _reciprocal,
}
_ODD: dict[str, Computation] = {
    "add": odd_sum,
    "sub": lambda a, b: odd_sum(a, -b),
    "mul": np.multiply,  # exact
    "div": odd_quotient,
    "sqrt": odd_root,
    "rcp": lambda a: odd_quotient(np.ones_like(a), a),
}


def _root(a: Fraction) -> Fraction:
    """Return a number on the same side of every double as the square root of `a`."""
    shift = 2 * max(0, 120 - a.numerator.bit_length() + a.denominator.bit_length())
    number, rest = divmod(a.numerator << shift, a.denominator)
    whole = isqrt(number)
    inexact = whole * whole != number or rest != 0
    return Fraction(2 * whole + inexact, 2 << (shift // 2))


def _fraction(name: str, a: Fraction, b: Fraction) -> Fraction:
    """Return an operation's exact result; those of one operand take the first."""
    match name:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div":
            return a / b
        case "rcp":
            return 1 / a
        case _:
            return _root(a)


def _each_double(name: str, rounding: str, *sources: Array) -> Array:
    plain: Callable[..., Array] = _PLAIN[name]
    sources = tuple(np.broadcast_arrays(*sources))
    result = np.array(plain(*sources))
    for at in range(len(result)):
        values = [float(source[at]) for source in sources]
        if np.isfinite(values).all() and not _is_special(name, values):
            exact = _fraction(name, Fraction(values[0]), Fraction(values[-1]))
            result[at] = nearest_double(exact, rounding, float(result[at]))
    return result


def _is_special(name: str, values: list[float]) -> bool:
    return (name in ("div", "rcp") and values[-1] == 0) or (name == "sqrt" and values[0] <= 0)


def _fma(type_: PtxType, rounding: str) -> Computation:
    if type_.element == "f64":
        return lambda a, b, c: double_fma(a, b, c, rounding)
    if type_.element == "f32" and rounding == "rn":
        return _single_fma
    return lambda a, b, c: narrow_fma(a, b, c, type_.element, rounding)


def _single_fma(a: Array, b: Array, c: Array) -> Array:
    product = a.astype(np.float64) * b  # exact
    total = product + c
    # Only a sum that seems to lie halfway between two f32 may be rounded wrongly twice.
    if not (total.view(np.int64) & 0x0FFFFFFF).all():
        total = odd_sum(product, c.astype(np.float64))
    return total.astype(np.float32)


def _extreme(name: str, keep_nan: bool, xorsign: bool) -> Computation:
    picks = (np.minimum, np.fmin) if name == "min" else (np.maximum, np.fmax)
    pick = picks[0] if keep_nan else picks[1]

    def function(a: Array, b: Array) -> Array:
        sign = np.signbit(a) ^ np.signbit(b)
        if xorsign:
            a, b = np.abs(a), np.abs(b)
        result: Array = pick(a, b)
        zeros = (a == 0) & (b == 0)  # -0 is less than +0
        if zeros.any():
            both, either = np.signbit(a) & np.signbit(b), np.signbit(a) | np.signbit(b)
            negative = either if name == "min" else both
            zero = np.zeros(1, result.dtype)
            result = np.where(zeros, np.where(negative, -zero, zero), result)
        return np.where(sign, -np.abs(result), np.abs(result)) if xorsign else result

    return function


# Approximations


def _approximation(name: str, parts: tuple[str, ...], type_: PtxType) -> tuple[int, Computation]:
    if name == "div":
        return 2, (_quick_quotient if "approx" in parts else np.divide)
    function = _FUNCTIONS[name]
    if type_.element != "f64":
        return 1, lambda a: type_.round(function(a.astype(np.float64)))
    if name in ("rcp", "rsqrt") and "ftz" in parts:
        # The lower half of the result is zero.
        return 1, lambda a: (
            np.asarray(function(a)).view(np.uint64) & np.uint64(0xFFFFFFFF00000000)
        ).view(np.float64)
    return 1, function


_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "ex2": np.exp2,
    "lg2": np.log2,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "rcp": lambda a: 1.0 / a,
    "rsqrt": lambda a: 1.0 / np.sqrt(a),
}


def _quick_quotient(a: Array, b: Array) -> Array:
    """Return a times the reciprocal of b, which is 0 for huge b."""
    huge = (np.abs(b) > np.float32(2.0**126)) & np.isfinite(b)
    instead = np.where(np.isinf(a), np.float32(np.nan), np.copysign(np.float32(0), a * np.sign(b)))
    return np.where(huge, np.where(a != a, a, instead), a / b)


# Signs and classes


def decode_copysign(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of copysign: the size of b with the sign of a."""
    type_ = type_of(instruction)
    return elementwise(decoder, instruction, lambda a, b: np.copysign(b, a), type_, type_, type_)


def decode_testp(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of testp: what kind of number a float is."""
    type_ = type_of(instruction)
    least = _LEAST_NORMAL[type_.element]
    tests: dict[str, Computation] = {
        "finite": np.isfinite,
        "infinite": np.isinf,
        "number": lambda a: ~np.isnan(a),
        "notanumber": np.isnan,
        "normal": lambda a: np.isfinite(a) & (np.abs(a) >= least),
        "subnormal": lambda a: (a != 0) & (np.abs(a) < least),
    }
    return elementwise(decoder, instruction, tests[instruction.parts[1]], PRED, type_)


FLOATS: dict[str, Callable[[Decoder, Instruction], Action]] = {
    **dict.fromkeys(
        ("fma", "sqrt", "rcp", "rsqrt", "ex2", "lg2", "sin", "cos", "tanh"), decode_float
    ),
    "copysign": decode_copysign,
    "testp": decode_testp,
}
"""The decoders of instructions that only have floating-point forms."""
