"""Scalar arithmetic of HIVM as Python expressions, with the width of its integers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np
from xdsl.dialects.builtin import AnyFloat, FloatAttr, IntegerAttr, IntegerType
from xdsl.ir import Attribute, Operation

from .hivm_errors import UnknownOperation
from .hivm_memory import DTYPES
from .hivm_text import attribute, op_name

_WRAPPED: Final = {
    "addi": "{0} + {1}",
    "subi": "{0} - {1}",
    "muli": "{0} * {1}",
    "shli": "{0} << {1}",
    "trunci": "{0}",
}
_PLAIN: Final = {
    "divsi": "quotient({0}, {1})",
    "remsi": "remainder({0}, {1})",
    "floordivsi": "{0} // {1}",
    "ceildivsi": "-(-{0} // {1})",
    "minsi": "min({0}, {1})",
    "maxsi": "max({0}, {1})",
    "andi": "{0} & {1}",
    "ori": "{0} | {1}",
    "xori": "{0} ^ {1}",
    "shrsi": "{0} >> {1}",
    "index_cast": "{0}",
    "extsi": "{0}",
    "select": "{1} if {0} & 1 else {2}",
    "bitcast": "bits({0}, {type})",
    "addf": "{0} + {1}",
    "subf": "{0} - {1}",
    "mulf": "{0} * {1}",
    "divf": "{0} / {1}",
    "negf": "-{0}",
    "maximumf": "np.maximum({0}, {1})",
    "minimumf": "np.minimum({0}, {1})",
    "maxnumf": "np.fmax({0}, {1})",
    "minnumf": "np.fmin({0}, {1})",
    "extf": "{type}({0})",
    "truncf": "{type}({0})",
    "sitofp": "{type}({0})",
    "fptosi": "whole({0}, {bits})",
}
_FUNCTIONS: Final = {
    "absf": "abs",
    "ceil": "ceil",
    "cos": "cos",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "floor": "floor",
    "log": "log",
    "log1p": "log1p",
    "log2": "log2",
    "sin": "sin",
    "sqrt": "sqrt",
    "tanh": "tanh",
    "trunc": "trunc",
}
"""Functions of one number, as NumPy calls them."""
_UNSIGNED: Final = {
    "divui": "{0} // {1}",
    "remui": "{0} % {1}",
    "minui": "min({0}, {1})",
    "maxui": "max({0}, {1})",
    "shrui": "{0} >> {1}",
    "extui": "{0}",
    "index_castui": "{0}",
    "uitofp": "{type}({0})",
}
"""Of operands that are taken for unsigned."""
_INTEGER_TESTS: Final = ("==", "!=", "<", "<=", ">", ">=", "<", "<=", ">", ">=")
_FLOAT_TESTS: Final = {
    1: "{0} == {1}",
    2: "{0} > {1}",
    3: "{0} >= {1}",
    4: "{0} < {1}",
    5: "{0} <= {1}",
    13: "{0} != {1}",
}
"""By the number of the predicate: oeq ogt oge olt ole une."""


def scalar_expression(op: Operation, operands: list[str]) -> str:
    """Return the Python of an op of `arith` or `math`.

    Raises UnknownOperation for an op that the simulator doesn't know.
    """
    dialect, kind = op_name(op).split(".", 1)
    if dialect == "math" and kind in _FUNCTIONS:
        # NumPy's functions of a number give one of the same type.
        return f"{op.results[0].type}_(np.{_FUNCTIONS[kind]}({operands[0]}))"
    if kind == "constant":
        return constant(attribute(op, "value"))
    result = op.results[0].type
    names = {"type": f"{result}_", "bits": str(bits_of(result) or 64)}
    if kind == "cmpi":
        return _integer_test(op, operands)
    if kind == "cmpf":
        test = _FLOAT_TESTS.get(_predicate(op))
        if test is None:
            raise UnknownOperation("the simulator doesn't know this predicate of 'arith.cmpf'")
        return f"int({test.format(*operands)})"
    if kind in _WRAPPED:
        return wrapped(_WRAPPED[kind].format(*operands), bits_of(result))
    if kind in _PLAIN:
        return _PLAIN[kind].format(*operands, **names)
    if kind in _UNSIGNED:
        taken = [
            unsigned(text, bits_of(value.type))
            for text, value in zip(operands, op.operands, strict=True)
        ]
        return wrapped(_UNSIGNED[kind].format(*taken, **names), bits_of(result))
    raise UnknownOperation(f"the simulator doesn't know the op '{dialect}.{kind}'")


def constant(value: Attribute | None) -> str:
    """Return the Python of a constant number."""
    if isinstance(value, IntegerAttr):
        integer = cast(IntegerAttr[IntegerType], value)
        number = integer.value.data
        return str(number & 1 if bits_of(integer.type) == 1 else number)
    if isinstance(value, FloatAttr):
        real = cast(FloatAttr[AnyFloat], value)
        number = real.value.data
        text = repr(number) if math.isfinite(number) else f"float('{number}')"
        return f"{real.type}_({text})"
    raise UnknownOperation("the simulator doesn't know a constant that isn't a number")


def _integer_test(op: Operation, operands: list[str]) -> str:
    predicate = _predicate(op)
    if predicate >= 6:
        width = bits_of(op.operands[0].type)
        operands = [unsigned(text, width) for text in operands]
    return f"int({operands[0]} {_INTEGER_TESTS[predicate]} {operands[1]})"


def _predicate(op: Operation) -> int:
    value = attribute(op, "predicate")
    return value.value.data if isinstance(value, IntegerAttr) else -1


def bits_of(type: Attribute) -> int:
    """Return the width of an integer type; 0 for an index, which doesn't overflow here."""
    return cast(IntegerType, type).width.data if isinstance(type, IntegerType) else 0


def wrapped(text: str, bits: int) -> str:
    """Return an expression whose value is cut to a number of bits."""
    if not bits:
        return text
    if bits == 1:
        return f"({text}) & 1"
    half = 1 << (bits - 1)
    return f"((({text}) + {half}) & {2 * half - 1}) - {half}"


def unsigned(text: str, bits: int) -> str:
    """Return an expression of what the same bits are without a sign."""
    return f"(({text}) & {(1 << bits) - 1})" if bits else text


def quotient(a: int, b: int) -> int:
    """Return `a / b` without its fraction, as C does."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def remainder(a: int, b: int) -> int:
    """Return what C's division leaves."""
    return a - b * quotient(a, b)


def whole(value: Any, bits: int) -> int:
    """Return a float without its fraction as an integer that fits."""
    limit = 1 << (bits - 1)
    number = float(value)
    if math.isnan(number):
        return 0
    return max(-limit, min(limit - 1, int(max(min(number, 2.0**64), -(2.0**64)))))


def bits(value: Any, kind: Any) -> Any:
    """Return the bits of a number as another of the same size."""
    source = np.asarray(value)
    if source.dtype == np.int64:
        source = source.astype(f"i{np.dtype(kind).itemsize}")
    found = source.view(kind)[()]
    return int(found) if np.dtype(kind).kind == "i" else found


NAMES: Final[Mapping[str, object]] = {
    "np": np,
    "quotient": quotient,
    "remainder": remainder,
    "whole": whole,
    "bits": bits,
} | {f"{name}_": dtype.type for name, dtype in DTYPES.items() if dtype is not None}
"""What the expressions refer to."""
