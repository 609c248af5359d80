"""What ops on elements are on whole tensors in AscendNPU IR, and which ones have no form there."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, FloatAttr, IntegerAttr, f32, i1, i8, i16
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects.hfusion import (
    CastOp,
    CompareFn,
    CompareOp,
    ElemwiseUnaryOp,
    RoundMode,
    SelectOp,
    TypeFn,
    UnaryFn,
)
from .scalar_ops import (
    COMPARE_FLOATS,
    COMPARE_INTEGERS,
    splat_number,
    width,
)
from .structured_ops import TensorOps, element_of, shape_of

_INTEGERS = frozenset({"i8", "i16", "i32", "i64"})
_WHOLE: dict[type[Operation], frozenset[str]] = {
    **dict.fromkeys(
        (
            *(arith.AddfOp, arith.SubfOp, arith.MulfOp, arith.DivfOp, arith.NegfOp),
            *(arith.MaximumfOp, arith.MinimumfOp),
            *(math.AbsFOp, math.ExpOp, math.LogOp, math.SqrtOp, math.RsqrtOp, math.ErfOp),
            *(math.FloorOp, math.CeilOp),
        ),
        frozenset({"f32"}),
    ),
    **dict.fromkeys(
        (arith.AddiOp, arith.SubiOp, arith.MuliOp, arith.MaxSIOp, arith.MinSIOp), _INTEGERS
    ),
    **dict.fromkeys((arith.AndIOp, arith.OrIOp, arith.XOrIOp), _INTEGERS | {"i1"}),
}
"""Ops that the vendor's tool takes as they are on whole tensors, and of which elements."""

_EXPANDED: dict[type[Operation], frozenset[str]] = {
    math.TanhOp: frozenset({"f32"}),
    math.AbsIOp: _INTEGERS,
    arith.MaxUIOp: _INTEGERS,
    arith.MinUIOp: _INTEGERS,
}
"""Ops that take several of the device's, and of which elements."""
_SIGNED_FORMS: dict[type[Operation], type[Operation]] = {
    arith.MaxUIOp: arith.MaxSIOp,
    arith.MinUIOp: arith.MinSIOp,
}

_ROUNDINGS: dict[type[Operation], RoundMode] = {
    math.TruncOp: RoundMode.TRUNC,
    math.RoundEvenOp: RoundMode.RINT,
}
_CASTS: dict[tuple[type[Operation], str, str], tuple[RoundMode, TypeFn]] = {
    **{
        (arith.ExtFOp, narrow, "f32"): (RoundMode.RINT, TypeFn.SIGNED) for narrow in ("f16", "bf16")
    },
    **{
        (arith.TruncFOp, "f32", narrow): (RoundMode.RINT, TypeFn.SIGNED)
        for narrow in ("f16", "bf16")
    },
    **{
        (arith.SIToFPOp, whole, "f32"): (RoundMode.RINT, TypeFn.SIGNED)
        for whole in ("i8", "i16", "i32", "i64")
    },
    (arith.ExtUIOp, "i1", "i8"): (RoundMode.RINT, TypeFn.SIGNED),
    (arith.UIToFPOp, "i1", "f32"): (RoundMode.RINT, TypeFn.SIGNED),
    (arith.UIToFPOp, "i8", "f32"): (RoundMode.RINT, TypeFn.UNSIGNED),
    **{
        (arith.ExtSIOp, narrow, wide): (RoundMode.RINT, TypeFn.SIGNED)
        for narrow, wide in (
            *(("i8", "i16"), ("i8", "i32"), ("i8", "i64")),
            *(("i16", "i32"), ("i16", "i64"), ("i32", "i64")),
        )
    },
    **{
        (arith.ExtUIOp, "i1", wide): (RoundMode.RINT, TypeFn.SIGNED)
        for wide in ("i16", "i32", "i64")
    },
    **{
        (arith.ExtUIOp, "i8", wide): (RoundMode.RINT, TypeFn.UNSIGNED)
        for wide in ("i16", "i32", "i64")
    },
    **{
        (arith.TruncIOp, wide, narrow): (RoundMode.WRAP, TypeFn.SIGNED)
        for wide, narrow in (
            *(("i64", "i32"), ("i64", "i16"), ("i64", "i8")),
            *(("i32", "i16"), ("i32", "i8"), ("i16", "i8")),
        )
    },
    **{
        (arith.FPToSIOp, "f32", whole): (RoundMode.TRUNC, TypeFn.SIGNED)
        for whole in ("i8", "i16", "i32", "i64")
    },
}
"""Conversions by op, element before and after: how `hfusion.cast` rounds and reads integers."""

_FLOAT_TESTS = {
    "oeq": CompareFn.EQ,
    "ogt": CompareFn.GT,
    "oge": CompareFn.GE,
    "olt": CompareFn.LT,
    "ole": CompareFn.LE,
    "une": CompareFn.NE,
    "uno": CompareFn.NE,
    "ord": CompareFn.EQ,
}
"""Comparisons of floats; the last two compare the first operand with itself, then the second."""
_INTEGER_TESTS = {
    "eq": CompareFn.EQ,
    "ne": CompareFn.NE,
    "lt": CompareFn.LT,
    "le": CompareFn.LE,
    "gt": CompareFn.GT,
    "ge": CompareFn.GE,
}
_FAR = ("math.sin", "math.cos")
"""What the device computes rightly for small arguments only."""
_SELECTED = frozenset({"f32", "f16", "bf16", "i8", "i16", "i32", "i64", "i1"})
_COMPARED = frozenset({"i8", "i16", "i32", "i64", "i1"})


def refusal(op: Operation) -> str | None:
    """Return why an op on elements, or on whole tensors, has no kernel; None if it has one."""
    kind = type(op)
    if isinstance(op, arith.ConstantOp | linalg.YieldOp):
        return None
    elements = [str(element_of(value)) for value in (*op.operands, *op.results)]
    if "f64" in elements:
        return "the device computes no float64"
    if op.name in _FAR:
        return f"'{op.name}' is wrong on the device for large arguments"
    table = _WHOLE if kind in _WHOLE else _EXPANDED
    if kind in table:
        allowed = elements[0] in table[kind]
    elif kind in _ROUNDINGS:
        allowed = elements[0] == "f32"
    elif kind is arith.SelectOp:
        allowed = elements[1] in _SELECTED
    elif isinstance(op, arith.CmpfOp):
        allowed = COMPARE_FLOATS[op.predicate.value.data] in _FLOAT_TESTS and elements[0] == "f32"
    elif isinstance(op, arith.CmpiOp):
        allowed = elements[0] in _COMPARED
    else:
        allowed = (kind, elements[0], elements[-1]) in _CASTS
    return None if allowed else f"'{op.name}' on {elements[0]} has no kernel"


def write_element(to: TensorOps, op: Operation, operands: Sequence[SSAValue]) -> SSAValue:
    """Append what an op that isn't refused is on whole tensors; all have one shape."""
    kind, element = type(op), element_of(op.results[0])
    shape = shape_of(operands[0])
    whole = to.whole(shape)
    if kind is arith.XOrIOp and _is_ones(operands[1]):
        return _not(to, operands[0])
    if kind in _WHOLE:
        return whole.emit(kind, element, *operands)
    if kind in _EXPANDED:
        return _expanded(to, kind, operands)
    if kind in _ROUNDINGS:
        return cast_element(to, operands[0], element, _ROUNDINGS[kind], TypeFn.SIGNED)
    if kind is arith.SelectOp:
        condition, lhs, rhs = operands
        if element == i1:
            return _choose(to, condition, lhs, rhs)
        return to.add(_placed(to, SelectOp(condition, lhs, rhs, to.empty(element, shape))))
    if isinstance(op, arith.CmpfOp):
        return _compare_floats(to, COMPARE_FLOATS[op.predicate.value.data], *operands)
    if isinstance(op, arith.CmpiOp):
        test = COMPARE_INTEGERS[op.predicate.value.data]
        if element_of(operands[0]) == i1:
            return _compare_bools(to, test, *operands)
        if test.startswith("u"):
            operands = [_shifted(to, value) for value in operands]
        return compare(to, _INTEGER_TESTS[test.lstrip("us")], *operands)
    number = _filled_with(operands[0])
    if number is not None and element_of(operands[0]) == i1:
        # The vendor's compiler takes the one bit of a true that it knows for a sign.
        return to.filled(number, element, shape)
    if element == i8 and element_of(operands[0]) == i1:
        # There is no step from a bool to a byte that comes from memory.
        wider = cast_element(to, operands[0], i16)
        return cast_element(to, wider, i8, RoundMode.WRAP)
    mode, signs = _CASTS[kind, str(element_of(operands[0])), str(element)]
    return cast_element(to, operands[0], element, mode, signs)


def number_of(op: arith.ConstantOp) -> float | int | None:
    """Return the number that a constant has, everywhere if it is a tensor; None if several."""
    value = op.value
    if isinstance(value, DenseIntOrFPElementsAttr):
        return splat_number(value)
    if isinstance(value, IntegerAttr | FloatAttr):
        number = value.value.data
        return abs(number) if value.type == i1 else number
    return None


def _placed(to: TensorOps, op: Operation) -> Operation:
    op.location = to.location
    return op


def cast_element(
    to: TensorOps,
    value: SSAValue,
    element: Attribute,
    mode: RoundMode = RoundMode.RINT,
    signs: TypeFn = TypeFn.SIGNED,
) -> SSAValue:
    """Append the conversion of a tensor to another element type."""
    empty = to.empty(element, shape_of(value))
    return to.add(_placed(to, CastOp(value, empty, mode, signs)))


def compare(to: TensorOps, test: CompareFn, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    """Append a comparison of tensors; integers are signed."""
    empty = to.empty(i1, shape_of(lhs))
    return to.add(_placed(to, CompareOp(test, lhs, rhs, empty)))


def _compare_floats(to: TensorOps, test: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    if test not in ("uno", "ord"):
        return compare(to, _FLOAT_TESTS[test], lhs, rhs)
    first = compare(to, _FLOAT_TESTS[test], lhs, lhs)
    if lhs is rhs:
        return first
    second = compare(to, _FLOAT_TESTS[test], rhs, rhs)
    both = arith.OrIOp if test == "uno" else arith.AndIOp
    return to.whole(shape_of(lhs)).emit(both, i1, first, second)


def _expanded(to: TensorOps, kind: type[Operation], operands: Sequence[SSAValue]) -> SSAValue:
    value = operands[0]
    whole, element = to.whole(shape_of(value)), element_of(value)
    if kind is math.TanhOp:
        return tanh(to, value)
    if kind is math.AbsIOp:
        minus = whole.emit(arith.SubiOp, element, to.filled(0, element, shape_of(value)), value)
        return whole.emit(arith.MaxSIOp, element, value, minus)
    shifted = [_shifted(to, operand) for operand in operands]
    return _shifted(to, whole.emit(_SIGNED_FORMS[kind], element, *shifted))


def _shifted(to: TensorOps, value: SSAValue) -> SSAValue:
    """Append unsigned integers as signed ones in the same order, and the other way round."""
    whole, element = to.whole(shape_of(value)), element_of(value)
    least = to.filled(-(1 << ((width(element) or 1) - 1)), element, shape_of(value))
    return whole.emit(arith.AddiOp, element, value, least)


_NEAR = 0.55
_TANH = (-0.00661575, 0.02131274, -0.05391007, 0.13333118, -0.33333332)
"""`(tanh(x) / x - 1) / x**2` as a polynomial of `x**2`, highest power first, up to `_NEAR`."""


def tanh(to: TensorOps, value: SSAValue) -> SSAValue:
    """Append the hyperbolic tangent: the device's subtracts, which loses the digits near 0."""
    shape = shape_of(value)
    whole = to.whole(shape)
    square = whole.emit(arith.MulfOp, f32, value, value)
    sum = to.filled(_TANH[0], f32, shape)
    for number in _TANH[1:]:
        product = whole.emit(arith.MulfOp, f32, sum, square)
        sum = whole.emit(arith.AddfOp, f32, product, to.filled(number, f32, shape))
    cube = whole.emit(arith.MulfOp, f32, square, sum)
    near = whole.emit(arith.AddfOp, f32, value, whole.emit(arith.MulfOp, f32, value, cube))
    far = whole.emit(math.TanhOp, f32, value)
    size = whole.emit(math.AbsFOp, f32, value)
    is_near = compare(to, CompareFn.LT, size, to.filled(_NEAR, f32, shape))
    return to.add(_placed(to, SelectOp(is_near, near, far, to.empty(f32, shape))))


def _compare_bools(to: TensorOps, test: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    """Append a comparison of bools by logic; signed ones don't occur."""
    whole = to.whole(shape_of(lhs))
    if test in ("ugt", "uge"):
        lhs, rhs, test = rhs, lhs, {"ugt": "ult", "uge": "ule"}[test]
    if test == "ne":
        return whole.emit(arith.XOrIOp, i1, lhs, rhs)
    if test == "eq":
        return _not(to, whole.emit(arith.XOrIOp, i1, lhs, rhs))
    op = arith.AndIOp if test == "ult" else arith.OrIOp
    return whole.emit(op, i1, _not(to, lhs), rhs)


def _choose(to: TensorOps, condition: SSAValue, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    whole = to.whole(shape_of(lhs))
    first = whole.emit(arith.AndIOp, i1, condition, lhs)
    second = whole.emit(arith.AndIOp, i1, _not(to, condition), rhs)
    return whole.emit(arith.OrIOp, i1, first, second)


def _not(to: TensorOps, value: SSAValue) -> SSAValue:
    empty = to.empty(element_of(value), shape_of(value))
    return to.add(_placed(to, ElemwiseUnaryOp(UnaryFn.NOT, value, empty)))


def _is_ones(value: SSAValue) -> bool:
    """Return whether a tensor is filled with elements all of whose bits are set."""
    return _filled_with(value) == (1 if element_of(value) == i1 else -1)


def _filled_with(value: SSAValue) -> float | int | None:
    """Return the number that a tensor is filled with; None if it isn't."""
    owner = value.owner.inputs[0].owner if isinstance(value.owner, linalg.FillOp) else None
    return number_of(owner) if isinstance(owner, arith.ConstantOp) else None
