"""What graph's elementwise ops are in arith and math.

float16 and bfloat16 are computed in float32 and rounded after each op.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import (
    Float16Type,
    f32,
    f64,
    i1,
)
from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from ..dialects.dtypes import DType, TensorSpec, float16, integer_limits, spec_of
from .lower_division import float_floordiv, float_mod, integer_floordiv, integer_mod
from .lower_power import float_power, integer_power
from .scalar_ops import ScalarOps, integer_type, signless, splat_number, wide
from .structured_ops import TensorOps

Arith = dict[type[Operation], type[Operation]]

FLOATS: Arith = {
    **{graph.NegOp: arith.NegfOp, graph.AbsOp: math.AbsFOp, graph.ExpOp: math.ExpOp},
    **{graph.LogOp: math.LogOp, graph.SqrtOp: math.SqrtOp, graph.RsqrtOp: math.RsqrtOp},
    **{graph.TanhOp: math.TanhOp, graph.ErfOp: math.ErfOp, graph.SinOp: math.SinOp},
    **{graph.CosOp: math.CosOp, graph.FloorOp: math.FloorOp, graph.CeilOp: math.CeilOp},
    **{graph.TruncOp: math.TruncOp, graph.RoundOp: math.RoundEvenOp},
    **{graph.AddOp: arith.AddfOp, graph.SubOp: arith.SubfOp, graph.MulOp: arith.MulfOp},
    **{graph.DivOp: arith.DivfOp, graph.MaximumOp: arith.MaximumfOp},
    **{graph.MinimumOp: arith.MinimumfOp},
}
_INTEGERS: Arith = {
    **{graph.AddOp: arith.AddiOp, graph.SubOp: arith.SubiOp, graph.MulOp: arith.MuliOp},
    **{graph.AndOp: arith.AndIOp, graph.OrOp: arith.OrIOp, graph.XorOp: arith.XOrIOp},
}
BOOLS: Arith = {
    **{graph.AddOp: arith.OrIOp, graph.MulOp: arith.AndIOp},
    **{graph.MaximumOp: arith.OrIOp, graph.MinimumOp: arith.AndIOp},
    **{graph.AndOp: arith.AndIOp, graph.OrOp: arith.OrIOp, graph.XorOp: arith.XOrIOp},
}
SIGNED: Arith = {
    **_INTEGERS,
    **{graph.MaximumOp: arith.MaxSIOp, graph.MinimumOp: arith.MinSIOp, graph.AbsOp: math.AbsIOp},
}
UNSIGNED: Arith = {
    **_INTEGERS,
    **{graph.MaximumOp: arith.MaxUIOp, graph.MinimumOp: arith.MinUIOp},
}
SINGLE: dict[str, Arith] = {"b": BOOLS, "i": SIGNED, "u": UNSIGNED, "f": FLOATS}
"""By kind of dtype: the one op of arith or math that means the same as a graph op."""

Expansion = Callable[[ScalarOps, Operation, DType, Sequence[SSAValue]], SSAValue]


def lower_elementwise(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append what an elementwise graph op means, and return its value.

    One op on whole tensors where arith or math has it, else a `linalg.generic`.
    """
    spec, source = spec_of(op.results[0].type), spec_of(op.operands[0].type).dtype
    if type(op) is graph.ConvertOp:
        if signless(source) == signless(spec.dtype):
            return operands[0]
        if _converts_whole(source, spec.dtype):
            return convert(to.whole(spec.shape), operands[0], source, spec.dtype)
    elif type(op) is graph.AbsOp and source.kind in "bu":
        return operands[0]
    elif type(op) in SINGLE[source.kind]:
        return single(to.whole(spec.shape), op, source, operands)
    elif type(op) in (graph.NegOp, graph.NotOp):
        return _from_constant(to, op, spec, operands[0])

    def body(scalars: ScalarOps, values: Sequence[SSAValue]) -> Sequence[SSAValue]:
        return [EXPANSIONS[type(op)](scalars, op, source, values[:-1])]

    return to.map(operands, signless(spec.dtype), spec.shape, body)


def single(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    """Append the one op that means what `op` does, between conversions where it needs them."""
    return narrowed(
        to,
        dtype,
        lambda *wider: to.emit(SINGLE[dtype.kind][type(op)], wide(signless(dtype)), *wider),
    )(*operands)


def narrowed(
    to: ScalarOps, dtype: DType, compute: Callable[..., SSAValue]
) -> Callable[..., SSAValue]:
    """Return `compute` with float16 and bfloat16 operands widened and its result rounded."""
    element, wider = signless(dtype), wide(signless(dtype))
    if element is wider or element == wider:
        return compute

    def rounded(*operands: SSAValue) -> SSAValue:
        result = compute(*(to.emit(arith.ExtFOp, wider, value) for value in operands))
        return to.emit(arith.TruncFOp, element, result)

    return rounded


def convert(to: ScalarOps, value: SSAValue, source: DType, target: DType) -> SSAValue:
    """Append the conversion of a value from one dtype to another."""
    element = signless(target)
    if target.kind == "b":
        return _is_true(to, value, source)
    if source.is_floating:
        return _from_float(to, value, source, target)
    if target.is_floating:
        op = arith.SIToFPOp if source.kind == "i" else arith.UIToFPOp
        result = to.emit(op, wide(element), value)
        return result if wide(element) == element else to.emit(arith.TruncFOp, element, result)
    if source.bits == target.bits:
        return value
    if source.bits > target.bits:
        return to.emit(arith.TruncIOp, element, value)
    return to.emit(arith.ExtSIOp if source.kind == "i" else arith.ExtUIOp, element, value)


def _converts_whole(source: DType, target: DType) -> bool:
    """Return whether xDSL's arith converts whole tensors: floats, where one rounding will do."""
    if (source.bits, target) == (64, float16):
        return False
    return source.is_floating and target.is_floating


def _is_true(to: ScalarOps, value: SSAValue, source: DType) -> SSAValue:
    value = widened(to, value)
    zero = to.constant(0, value.type)
    return to.compare("une" if source.is_floating else "ne", value, zero)


def widened(to: ScalarOps, value: SSAValue) -> SSAValue:
    """Append the conversion of a scalar to the type it is computed in, where that is another."""
    if wide(value.type) == value.type:
        return value
    return to.emit(arith.ExtFOp, f32, value)


def _from_float(to: ScalarOps, value: SSAValue, source: DType, target: DType) -> SSAValue:
    element = signless(target)
    if target.is_floating:
        if target.bits > source.bits:
            return to.emit(arith.ExtFOp, element, value)
        if source.bits == 16:
            value = to.emit(arith.ExtFOp, f32, value)
        elif source.bits == 64 and target.bits == 16:
            # Rounding twice is wrong for float16; for bfloat16 it is what ml_dtypes does.
            exact = isinstance(element, Float16Type)
            value = round_to_odd(to, value) if exact else to.emit(arith.TruncFOp, f32, value)
        return to.emit(arith.TruncFOp, element, value)
    value = widened(to, value)
    least, greatest = integer_limits(target)
    op = arith.FPToSIOp if target.kind == "i" else arith.FPToUIOp
    number = to.emit(op, element, value)
    # Both limits of the range are powers of 2, so every float type has them.
    over = to.compare("oge", value, to.constant(float(greatest + 1), value.type))
    inside = to.compare("oge", value, to.constant(float(least), value.type))
    number = to.select(over, to.constant(greatest, element), number)
    number = to.select(inside, number, to.constant(least, element))
    if target.kind == "u":
        return number
    nan = to.compare("uno", value, value)
    return to.select(nan, to.constant(0, element), number)


def round_to_odd(to: ScalarOps, value: SSAValue) -> SSAValue:
    """Append the f32 next to an f64 whose last bit is 1 unless it is equal.

    Rounding that once more gives what rounding the f64 once does.
    """
    i32 = integer_type(32)
    near = to.emit(arith.TruncFOp, f32, value)
    back = to.emit(arith.ExtFOp, f64, near)
    bits = to.emit(arith.BitcastOp, i32, near)
    one = to.constant(1, i32)
    odd = to.emit(arith.TruncIOp, i1, bits)
    over = to.compare("ogt", to.emit(math.AbsFOp, f64, back), to.emit(math.AbsFOp, f64, value))
    down, up = to.emit(arith.SubiOp, i32, bits, one), to.emit(arith.AddiOp, i32, bits, one)
    other = to.emit(arith.BitcastOp, f32, to.select(over, down, up))
    inexact = to.compare("one", back, value)
    moved = to.select(odd, near, other)
    return to.select(inexact, moved, near)


def _from_constant(to: TensorOps, op: Operation, spec: TensorSpec, value: SSAValue) -> SSAValue:
    """Append `0 - x` for the negative of an integer, `x ^ -1` for its complement."""
    element, whole = signless(spec.dtype), to.whole(spec.shape)
    if type(op) is graph.NegOp:
        return whole.emit(arith.SubiOp, element, to.filled(0, element, spec.shape), value)
    return whole.emit(arith.XOrIOp, element, value, to.filled(-1, element, spec.shape))


def _sign(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    value = widened(to, operands[0])
    zero, one = to.constant(0, value.type), to.constant(1, value.type)
    if dtype.kind == "u":
        return to.select(to.compare("ne", value, zero), one, zero)
    below, above = ("olt", "ogt") if dtype.is_floating else ("slt", "sgt")
    minus = to.constant(-1, value.type)
    rest = zero
    if dtype.is_floating:
        rest = to.select(to.compare("oeq", value, zero), zero, value)
    result = to.select(to.compare(below, value, zero), minus, rest)
    result = to.select(to.compare(above, value, zero), one, result)
    element = signless(dtype)
    return result if result.type == element else to.emit(arith.TruncFOp, element, result)


def _compare(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    predicate = cast(graph.CompareOp, op).predicate.data
    lhs, rhs = (widened(to, value) for value in operands)
    if dtype.is_floating:
        predicate = "une" if predicate == "ne" else f"o{predicate}"
    elif predicate not in ("eq", "ne"):
        predicate = f"{'s' if dtype.kind == 'i' else 'u'}{predicate}"
    return to.compare(predicate, lhs, rhs)


def _select(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    return to.select(*operands)


def _convert(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    return convert(to, operands[0], dtype, spec_of(op.results[0].type).dtype)


def _floordiv(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    if dtype.is_floating:
        return narrowed(to, dtype, partial(float_floordiv, to))(*operands)
    return integer_floordiv(to, *operands, signed=dtype.kind == "i")


def _mod(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    if dtype.is_floating:
        return narrowed(to, dtype, partial(float_mod, to))(*operands)
    return integer_mod(to, *operands, signed=dtype.kind == "i")


def _pow(to: ScalarOps, op: Operation, dtype: DType, operands: Sequence[SSAValue]) -> SSAValue:
    exponent = known_number(op.operands[1])
    if dtype.is_floating:
        return narrowed(to, dtype, partial(float_power, to, exponent=exponent))(*operands)
    known = None if exponent is None else int(exponent)
    return integer_power(to, *operands, exponent=known, signed=dtype.kind == "i")


def known_number(value: SSAValue) -> float | int | None:
    """Return the number that a tensor is known to have everywhere, None where it isn't known."""
    op = value.owner
    while isinstance(op, graph.BroadcastOp):
        op = op.input.owner
    if not isinstance(op, graph.ConstantOp):
        return None
    number = splat_number(op.value)
    kind = spec_of(op.result.type).dtype
    if number is not None and kind.kind == "u":
        return int(number) & integer_limits(kind)[1]
    return number


EXPANSIONS: dict[type[Operation], Expansion] = {
    graph.SignOp: _sign,
    graph.CompareOp: _compare,
    graph.SelectOp: _select,
    graph.ConvertOp: _convert,
    graph.FloorDivOp: _floordiv,
    graph.ModOp: _mod,
    graph.PowOp: _pow,
}
"""Graph ops that take several scalar ops each."""
ELEMENTWISE = (*graph.UNARY, *graph.BINARY, graph.CompareOp, graph.SelectOp, graph.ConvertOp)
