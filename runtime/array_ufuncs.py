"""NumPy's ufuncs as graph ops: each on operands that have the dtypes of the loop NumPy chose.

Source: <https://numpy.org/doc/stable/reference/ufuncs.html>.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from xdsl.ir import SSAValue

from ..dialects.build import IRBuilder
from ..dialects.dtypes import DType, bool_, float64, int64, uint8, uint64
from ..dialects.emitter import Number

Operand = SSAValue | Number
Loop = Callable[..., SSAValue]
"""Takes the builder and the operands; comparisons may be given a Python integer as it is."""


def _dtype(build: IRBuilder, *operands: Operand) -> DType:
    for operand in operands:
        if isinstance(operand, SSAValue):
            return build.emitter.spec(operand).dtype
    raise TypeError("no operand is an array")


def _binary(name: str, on_bools: str | None = None) -> Loop:
    def loop(build: IRBuilder, x: Operand, y: Operand) -> SSAValue:
        if on_bools is not None and _dtype(build, x, y) is bool_:
            return build.binary(on_bools, x, y)
        return build.binary(name, x, y)

    return loop


def _unary(name: str) -> Loop:
    def loop(build: IRBuilder, x: SSAValue) -> SSAValue:
        return build.unary(name, x)

    return loop


def _compare(predicate: str) -> Loop:
    def loop(build: IRBuilder, x: Operand, y: Operand) -> SSAValue:
        kinds = [build.emitter.spec(v).dtype for v in (x, y) if isinstance(v, SSAValue)]
        if len(kinds) == 2 and kinds[0] is not kinds[1]:
            return _compare_signs(build, predicate, x, y)
        if kinds[0] is bool_:
            x, y = (build.convert(v, uint8) if isinstance(v, SSAValue) else v for v in (x, y))
        return build.compare(predicate, x, y)

    return loop


def _compare_signs(build: IRBuilder, predicate: str, x: Any, y: Any) -> SSAValue:
    """Compare int64 with uint64 by value: what is negative is less than any uint64."""
    signed, first = (x, True) if _dtype(build, x) is int64 else (y, False)
    both = build.compare(predicate, build.convert(x, uint64), build.convert(y, uint64))
    least = predicate in (("lt", "le", "ne") if first else ("gt", "ge", "ne"))
    return build.select(build.compare("lt", signed, 0), build.full((), least, bool_), both)


def _logical(name: str) -> Loop:
    def loop(build: IRBuilder, *operands: Any) -> SSAValue:
        truths = [build.convert(x, bool_) for x in operands]
        return build.unary("not", truths[0]) if name == "not" else build.binary(name, *truths)

    return loop


def _negative(build: IRBuilder, x: SSAValue) -> SSAValue:
    if _dtype(build, x).kind == "u":
        return build.binary("sub", build.full((), 0, _dtype(build, x)), x)
    return build.unary("neg", x)


def _sign(build: IRBuilder, x: SSAValue) -> SSAValue:
    if _dtype(build, x).kind == "u":
        return build.binary("minimum", x, 1)
    return build.unary("sign", x)


def _absolute(build: IRBuilder, x: SSAValue) -> SSAValue:
    return build.unary("abs", x)


def _same(build: IRBuilder, x: SSAValue) -> SSAValue:
    return x


def _square(build: IRBuilder, x: SSAValue) -> SSAValue:
    return build.binary("mul", x, x)


def _reciprocal(build: IRBuilder, x: SSAValue) -> SSAValue:
    return build.binary("div", 1.0, x)


def _tan(build: IRBuilder, x: SSAValue) -> SSAValue:
    wide = build.convert(x, float64)
    ratio = build.binary("div", build.unary("sin", wide), build.unary("cos", wide))
    return build.convert(ratio, _dtype(build, x))


def _scaled(factor: float) -> Loop:
    def loop(build: IRBuilder, x: SSAValue) -> SSAValue:
        return build.binary("mul", x, factor)

    return loop


def _exp2(build: IRBuilder, x: SSAValue) -> SSAValue:
    return build.binary("pow", 2.0, x)


def _is_nan(build: IRBuilder, x: SSAValue) -> SSAValue:
    if not _dtype(build, x).is_floating:
        return build.full(build.emitter.spec(x).shape, False, bool_)
    return build.compare("ne", x, x)


def _is_infinite(build: IRBuilder, x: SSAValue) -> SSAValue:
    if not _dtype(build, x).is_floating:
        return build.full(build.emitter.spec(x).shape, False, bool_)
    return build.compare("eq", build.unary("abs", x), math.inf)


def _is_finite(build: IRBuilder, x: SSAValue) -> SSAValue:
    if not _dtype(build, x).is_floating:
        return build.full(build.emitter.spec(x).shape, True, bool_)
    return build.compare("lt", build.unary("abs", x), math.inf)


def _skipping_nan(name: str) -> Loop:
    def loop(build: IRBuilder, x: SSAValue, y: SSAValue) -> SSAValue:
        found = _binary(name, "or" if name == "maximum" else "and")(build, x, y)
        if not _dtype(build, x).is_floating:
            return found
        other = build.select(build.compare("ne", x, x), y, found)
        return build.select(build.compare("ne", y, y), x, other)

    return loop


def _hypotenuse(build: IRBuilder, x: SSAValue, y: SSAValue) -> SSAValue:
    dtype = _dtype(build, x)
    a, b = build.convert(x, float64), build.convert(y, float64)
    total = build.binary("add", build.binary("mul", a, a), build.binary("mul", b, b))
    infinite = build.binary("or", _is_infinite(build, a), _is_infinite(build, b))
    return build.convert(build.select(infinite, math.inf, build.unary("sqrt", total)), dtype)


def _logarithm(base: float) -> Loop:
    def loop(build: IRBuilder, x: SSAValue) -> SSAValue:
        wide = build.unary("log", build.convert(x, float64))
        return build.convert(build.binary("div", wide, math.log(base)), _dtype(build, x))

    return loop


LOOPS: dict[np.ufunc, Loop] = {
    **{np.add: _binary("add", "or"), np.subtract: _binary("sub")},
    **{np.multiply: _binary("mul", "and"), np.divide: _binary("div")},
    **{np.floor_divide: _binary("floordiv"), np.remainder: _binary("mod")},
    **{np.power: _binary("pow"), np.float_power: _binary("pow")},
    **{np.maximum: _binary("maximum", "or"), np.minimum: _binary("minimum", "and")},
    **{np.fmax: _skipping_nan("maximum"), np.fmin: _skipping_nan("minimum")},
    **{np.bitwise_and: _binary("and"), np.bitwise_or: _binary("or")},
    **{np.bitwise_xor: _binary("xor"), np.invert: _unary("not")},
    **{np.logical_and: _logical("and"), np.logical_or: _logical("or")},
    **{np.logical_xor: _logical("xor"), np.logical_not: _logical("not")},
    **{np.equal: _compare("eq"), np.not_equal: _compare("ne")},
    **{np.less: _compare("lt"), np.less_equal: _compare("le")},
    **{np.greater: _compare("gt"), np.greater_equal: _compare("ge")},
    **{np.negative: _negative, np.positive: _same, np.absolute: _absolute},
    **{np.fabs: _absolute, np.sign: _sign, np.conjugate: _same},
    **{np.exp: _unary("exp"), np.exp2: _exp2, np.log: _unary("log")},
    **{np.log2: _logarithm(2), np.log10: _logarithm(10), np.sqrt: _unary("sqrt")},
    **{np.sin: _unary("sin"), np.cos: _unary("cos"), np.tan: _tan, np.tanh: _unary("tanh")},
    **{np.floor: _unary("floor"), np.ceil: _unary("ceil"), np.trunc: _unary("trunc")},
    **{np.rint: _unary("round"), np.square: _square, np.reciprocal: _reciprocal},
    **{np.rad2deg: _scaled(180 / math.pi), np.degrees: _scaled(180 / math.pi)},
    **{np.deg2rad: _scaled(math.pi / 180), np.radians: _scaled(math.pi / 180)},
    **{np.isnan: _is_nan, np.isinf: _is_infinite, np.isfinite: _is_finite},
    np.hypot: _hypotenuse,
}
"""Ufunc of one result to what emits it; the result has the loop's dtype, or is bool."""

FLOATING_ONLY = frozenset((np.reciprocal,))
"""Ufuncs whose loops on integers the graph has no op for."""
NARROW_ONLY = frozenset((np.log2, np.log10, np.tan, np.hypot))
"""Ufuncs that are only exact enough where float64 is wider than the loop's dtype."""
COMPARISONS = frozenset(
    (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
)


def wide_enough(ufunc: np.ufunc, dtype: DType) -> bool:
    """Return whether the graph computes a ufunc on a dtype as closely as NumPy does."""
    if ufunc in NARROW_ONLY:
        return dtype is not float64
    return ufunc not in FLOATING_ONLY or dtype.is_floating


def shifted(build: IRBuilder, ufunc: np.ufunc, x: SSAValue, count: int) -> SSAValue | None:
    """Return `x << count` or `x >> count` for a count that is known; None for a negative one."""
    dtype = _dtype(build, x)
    if count < 0:
        return None
    if ufunc is np.left_shift:
        if count >= dtype.bits:
            return build.binary("mul", x, 0)
        factor = 1 << count
        if dtype.kind == "i" and count == dtype.bits - 1:
            factor = -factor
        return build.binary("mul", x, factor)
    last = dtype.bits - (2 if dtype.kind == "i" else 1)
    halved = x
    steps = min(count, dtype.bits)
    while steps > 0:
        now = min(steps, last)
        halved = build.binary("floordiv", halved, 1 << now)
        steps -= now
    return halved
