"""What graph.floordiv and graph.mod are in arith and math."""

from __future__ import annotations

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import Float64Type, f64, i1
from xdsl.ir import SSAValue

from .scalar_ops import ScalarOps

STEP = 52
"""Bits of a quotient that one step of the long division finds: they fit an f64."""


def integer_floordiv(to: ScalarOps, x: SSAValue, y: SSAValue, *, signed: bool) -> SSAValue:
    """Append the quotient rounded down; by 0 it is 0, and the least integer by -1 wraps."""
    element = x.type
    zero, one = to.constant(0, element), to.constant(1, element)
    by_zero = to.compare("eq", y, zero)
    if not signed:
        quotient = to.emit(arith.DivUIOp, element, x, to.select(by_zero, one, y))
        return to.select(by_zero, zero, quotient)
    minus = to.constant(-1, element)
    by_minus = to.compare("eq", y, minus)
    divisor = to.select(to.emit(arith.OrIOp, i1, by_zero, by_minus), one, y)
    quotient = to.emit(arith.DivSIOp, element, x, divisor)
    rest = to.emit(arith.SubiOp, element, x, to.emit(arith.MuliOp, element, quotient, divisor))
    lower = to.emit(arith.AddiOp, element, quotient, minus)
    quotient = to.select(_wrong_sign(to, rest, divisor, zero), lower, quotient)
    quotient = to.select(by_minus, to.emit(arith.SubiOp, element, zero, x), quotient)
    return to.select(by_zero, zero, quotient)


def integer_mod(to: ScalarOps, x: SSAValue, y: SSAValue, *, signed: bool) -> SSAValue:
    """Append the remainder with the divisor's sign; modulo 0 it is 0."""
    element = x.type
    zero, one = to.constant(0, element), to.constant(1, element)
    harmful = to.compare("eq", y, zero)
    if not signed:
        return to.emit(arith.RemUIOp, element, x, to.select(harmful, one, y))
    by_minus = to.compare("eq", y, to.constant(-1, element))
    divisor = to.select(to.emit(arith.OrIOp, i1, harmful, by_minus), one, y)
    rest = to.emit(arith.RemSIOp, element, x, divisor)
    higher = to.emit(arith.AddiOp, element, rest, divisor)
    return to.select(_wrong_sign(to, rest, divisor, zero), higher, rest)


def _wrong_sign(to: ScalarOps, rest: SSAValue, divisor: SSAValue, zero: SSAValue) -> SSAValue:
    differ = to.compare("slt", to.emit(arith.XOrIOp, rest.type, rest, divisor), zero)
    return to.emit(arith.AndIOp, i1, to.compare("ne", rest, zero), differ)


def float_mod(to: ScalarOps, x: SSAValue, y: SSAValue) -> SSAValue:
    """Append the remainder with the divisor's sign, as NumPy's npy_remainder has it."""
    return _divided(to, x, y)[0]


def float_floordiv(to: ScalarOps, x: SSAValue, y: SSAValue) -> SSAValue:
    """Append the quotient rounded down, as NumPy's npy_floor_divide has it.

    Source: <https://github.com/numpy/numpy/blob/main/numpy/_core/src/npymath/npy_math_internal.h.src>.
    """
    element = x.type
    _, rest, moved = _divided(to, x, y)
    zero, one = to.constant(0, element), to.constant(1, element)
    quotient = to.emit(arith.DivfOp, element, to.emit(arith.SubfOp, element, x, rest), y)
    quotient = to.select(moved, to.emit(arith.SubfOp, element, quotient, one), quotient)
    floor = to.emit(math.FloorOp, element, quotient)
    above = to.emit(arith.SubfOp, element, quotient, floor)
    above = to.compare("ogt", above, to.constant(0.5, element))
    floor = to.select(above, to.emit(arith.AddfOp, element, floor, one), floor)
    exact = to.emit(arith.DivfOp, element, x, y)
    signed_zero = to.emit(math.CopySignOp, element, zero, exact)
    result = to.select(to.compare("une", quotient, zero), floor, signed_zero)
    return to.select(to.compare("oeq", y, zero), exact, result)


def _divided(to: ScalarOps, x: SSAValue, y: SSAValue) -> tuple[SSAValue, SSAValue, SSAValue]:
    """Append the remainder with y's sign, that with x's, and whether they differ."""
    element = x.type
    zero = to.constant(0, element)
    rest = _fmod(to, x, y)
    some = to.compare("une", rest, zero)
    below = to.compare("olt", rest, zero)
    differ = to.emit(arith.XOrIOp, i1, to.compare("olt", y, zero), below)
    moved = to.emit(arith.AndIOp, i1, some, differ)
    result = to.select(moved, to.emit(arith.AddfOp, element, rest, y), rest)
    result = to.select(some, result, to.emit(math.CopySignOp, element, zero, y))
    return result, rest, moved


def _fmod(to: ScalarOps, x: SSAValue, y: SSAValue) -> SSAValue:
    """Append C's fmod, exact, by long division: arith has no op for it in xDSL.

    Each step takes away the divisor times a power of 2 as often as it fits. The quotient of a
    step may be one too large, never too small, and the fused product loses no bit.
    """
    double = isinstance(x.type, Float64Type)
    rest, divisor = (
        to.emit(math.AbsFOp, f64, value if double else to.emit(arith.ExtFOp, f64, value))
        for value in (x, y)
    )
    zero = to.constant(0, f64)
    # A quotient has at most 1024 + 1074 bits, of f32 128 + 149.
    for step in range(40 if double else 5, -1, -1):
        scaled = divisor
        # 2 to the power of the whole step is more than an f64 holds.
        for part in (step // 3, (step + 1) // 3, (step + 2) // 3):
            if not part:
                continue
            power = STEP * part
            scaled = to.emit(arith.MulfOp, f64, scaled, to.constant(2.0**power, f64))
        fits = to.compare("oge", rest, scaled)
        times = to.emit(math.TruncOp, f64, to.emit(arith.DivfOp, f64, rest, scaled))
        times = to.emit(arith.NegfOp, f64, times)
        left = to.emit(math.FmaOp, f64, times, scaled, rest)
        repaired = to.emit(arith.AddfOp, f64, left, scaled)
        left = to.select(to.compare("olt", left, zero), repaired, left)
        rest = to.select(fits, left, rest)
    rest = to.select(to.compare("uno", divisor, divisor), divisor, rest)
    if not double:
        rest = to.emit(arith.TruncFOp, x.type, rest)
    return to.emit(math.CopySignOp, x.type, rest, x)
