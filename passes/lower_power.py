"""What graph.pow is in arith and math."""

from __future__ import annotations

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import f32, f64
from xdsl.ir import SSAValue

from .scalar_ops import ScalarOps, width


def float_power(to: ScalarOps, x: SSAValue, y: SSAValue, *, exponent: float | None) -> SSAValue:
    """Append a power of floats.

    Exponents 2, 3, 1 and -1 that are known need no `math.powf` and lose no bit.
    """
    if exponent == 1:
        return x
    if exponent == 2:
        return to.emit(arith.MulfOp, x.type, x, x)
    if exponent == -1:
        return to.emit(arith.DivfOp, x.type, to.constant(1, x.type), x)
    if exponent == 3 and x.type == f32:
        # In f64 the square is exact and the cube's error far below a bit of the result.
        wider = to.emit(arith.ExtFOp, f64, x)
        square = to.emit(arith.MulfOp, f64, wider, wider)
        return to.emit(arith.TruncFOp, f32, to.emit(arith.MulfOp, f64, square, wider))
    return to.emit(math.PowFOp, x.type, x, y)


def integer_power(
    to: ScalarOps, x: SSAValue, y: SSAValue, *, exponent: int | None, signed: bool
) -> SSAValue:
    """Append a power of integers: products of squares, one for each bit of the exponent.

    A negative exponent gives what 1 divided by the power is without its fraction, 0 for 0.
    """
    element = x.type
    one = to.constant(1, element)
    if exponent is not None:
        return _known_power(to, x, exponent, one)
    bits = width(element) or 0
    zero = to.constant(0, element)
    result, square, rest = one, x, y
    for bit in range(bits - 1 if signed else bits):
        odd = to.compare("ne", to.emit(arith.AndIOp, element, rest, one), zero)
        result = to.select(odd, to.emit(arith.MuliOp, element, result, square), result)
        if bit + 1 < bits:
            square = to.emit(arith.MuliOp, element, square, square)
            rest = to.emit(arith.ShRUIOp, element, rest, one)
    if not signed:
        return result
    odd = to.compare("ne", to.emit(arith.AndIOp, element, y, one), zero)
    return to.select(to.compare("slt", y, zero), _unit_power(to, x, odd, one), result)


def _known_power(to: ScalarOps, x: SSAValue, exponent: int, one: SSAValue) -> SSAValue:
    if exponent < 0:
        odd = to.constant(exponent & 1, to.compare("eq", x, one).type)
        return _unit_power(to, x, odd, one)
    result, square = None, x
    while exponent:
        if exponent & 1:
            result = square if result is None else to.emit(arith.MuliOp, x.type, result, square)
        exponent >>= 1
        if exponent:
            square = to.emit(arith.MuliOp, x.type, square, square)
    return one if result is None else result


def _unit_power(to: ScalarOps, x: SSAValue, odd: SSAValue, one: SSAValue) -> SSAValue:
    """Append a negative power: only those of 1 and -1 aren't 0."""
    zero, minus = to.constant(0, x.type), to.constant(-1, x.type)
    of_minus = to.select(to.compare("eq", x, minus), to.select(odd, minus, one), zero)
    return to.select(to.compare("eq", x, one), one, of_minus)
