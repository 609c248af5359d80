"""Elementwise device functions: arithmetic, bits, comparisons and choices of the vector unit.

A buffer comes as many arguments as the function has, then the result, then scratch memory that
only some element types need. Names end in the rank and the element type; with `_vs` the second
operand is a number, with `_sv` the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np

from ...runtime.arrays import Array
from .hivm_functions import Build, DeviceFunction, Values, on
from .hivm_memory import Buffer

Compute = Callable[..., Array]


def _relu(x: Array) -> Array:
    return np.maximum(x, x.dtype.type(0))


def _reciprocal(x: Array) -> Array:
    return x.dtype.type(1) / x


def _inverse_root(x: Array) -> Array:
    return (1 / np.sqrt(x.astype(np.float32))).astype(x.dtype)


UNARY: Final[dict[str, Compute]] = {
    "abs": np.abs,
    "exp": np.exp,
    "ln": np.log,
    "not": np.invert,
    "rec": _reciprocal,
    "relu": _relu,
    "rsqrt": _inverse_root,
    "sqrt": np.sqrt,
}
BINARY: Final[dict[str, Compute]] = {
    "add": np.add,
    "and": np.bitwise_and,
    "div": np.divide,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "or": np.bitwise_or,
    "sub": np.subtract,
    "xor": np.bitwise_xor,
}
COMPARE: Final[dict[str, Compute]] = {
    "eq": np.equal,
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
    "ne": np.not_equal,
}
SHIFT: Final[dict[str, Compute]] = {"shl": np.left_shift, "shr": np.right_shift}


def number(value: Any, like: Buffer) -> Any:
    """Return a scalar operand as one of the buffer's elements."""
    if like.dtype is None:
        return bool(value & 1)
    return like.dtype.type(value)


def _unary(match: re.Match[str]) -> DeviceFunction:
    compute = UNARY[match[1]]

    def run(values: Values) -> None:
        values[1].write(compute(values[0].values))

    return on("V", [0], [1], run, [2])


def _binary(match: re.Match[str]) -> DeviceFunction:
    compute = BINARY[match[1]]

    def run(values: Values) -> None:
        values[2].write(compute(values[0].values, values[1].values))

    return on("V", [0, 1], [2], run, [3])


def _with_number(match: re.Match[str]) -> DeviceFunction:
    compute = BINARY[match[1]]

    def run(values: Values) -> None:
        values[2].write(compute(values[0].values, number(values[1], values[0])))

    return on("V", [0], [2], run, [3])


def _number_first(match: re.Match[str]) -> DeviceFunction:
    compute = BINARY[match[1]]

    def run(values: Values) -> None:
        values[2].write(compute(number(values[0], values[1]), values[1].values))

    return on("V", [1], [2], run, [3])


def _shift(match: re.Match[str]) -> DeviceFunction:
    compute, is_unsigned = SHIFT[match[1]], match[2].startswith("u")

    def run(values: Values) -> None:
        x = values[0].values
        if is_unsigned:
            x = x.view(x.dtype.str.replace("i", "u"))
        values[2].write(compute(x, x.dtype.type(values[1])).astype(values[2].dtype))

    return on("V", [0], [2], run, [3])


def _compare(match: re.Match[str]) -> DeviceFunction:
    compute = COMPARE[match[1]]

    def run(values: Values) -> None:
        values[2].write(compute(values[0].values, values[1].values))

    return on("V", [0, 1], [2], run, [3])


def _compare_with_number(match: re.Match[str]) -> DeviceFunction:
    compute = COMPARE[match[1]]

    def run(values: Values) -> None:
        values[2].write(compute(values[0].values, number(values[1], values[0])))

    return on("V", [0], [2], run, [3])


def _select(match: re.Match[str]) -> DeviceFunction:
    kinds = match[1]

    def run(values: Values) -> None:
        result: Buffer = values[3]
        chosen: list[Any] = [
            values[place].values if kind == "v" else number(values[place], result)
            for place, kind in enumerate(kinds, 1)
        ]
        condition: Array = values[0].values
        result.write(cast(Array, np.where(condition, chosen[0], chosen[1])))

    reads = [0, *(place for place, kind in enumerate(kinds, 1) if kind == "v")]
    return on("V", reads, [3], run, [4])


def _either(table: dict[str, Compute]) -> str:
    return "|".join(table)


VECTOR: Final[dict[str, Build]] = {
    rf"v({_either(UNARY)})_\dd_ELEMENT": _unary,
    rf"v({_either(BINARY)})_\dd_ELEMENT": _binary,
    rf"v({_either(BINARY)})s?_vs_\dd_ELEMENT": _with_number,
    rf"v({_either(BINARY)})_sv_\dd_ELEMENT": _number_first,
    rf"v({_either(SHIFT)})s_vs_\dd_(ELEMENT)": _shift,
    rf"vcmp_({_either(COMPARE)})_\dd_ELEMENT": _compare,
    rf"vcmps_({_either(COMPARE)})_\dd_ELEMENT": _compare_with_number,
    r"vsel_(vv|vs|sv|ss)_\dd_(?:ELEMENT_)?ELEMENT": _select,
}
