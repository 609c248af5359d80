"""Device functions of the cube unit: products of matrices and the way there and back.

A matrix on the way to the cube lies in fractals: blocks of 16 rows and as many columns as 32 bytes
hold (16 for the results), column of blocks after column of blocks: `[columns, rows, 16, inner]`.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from ...runtime.arrays import Array
from .hivm_errors import WrongOperands
from .hivm_functions import Build, DeviceFunction, Step, Values, on
from .hivm_memory import Buffer
from .hivm_sync import UNIT

_M, _MTE1, _MTE2 = UNIT["M"], UNIT["MTE1"], UNIT["MTE2"]
_SMALL: Final = 1 << 18
"""Multiplications from which on OpenBLAS thinks of more threads."""
_CONVERSIONS: Final = {0: ("float", "float"), 1: ("float", "half"), 16: ("float", "bfloat16_t")}
"""What the fixpipe makes of its elements, by the number that it is told."""


def rows_and_columns(fractals: Array) -> Array:
    """Return a matrix in fractals as rows and columns, padding too."""
    columns, rows, row, column = fractals.shape
    return fractals.transpose(1, 2, 0, 3).reshape(rows * row, columns * column)


def _multiplied(left: Array, right: Array) -> Array:
    """Return a product of matrices, a few rows at a time.

    So small that OpenBLAS uses one thread: where the processors are busy, waiting for another one
    takes much longer than the work.
    """
    rows = max(1, _SMALL // max(1, right.size))
    parts = [left[first : first + rows] @ right for first in range(0, len(left), rows)]
    return np.concatenate(parts)


def _to_fractals(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        source: Array = values[0].array
        target: Array = values[1].array
        columns, rows, row, column = target.shape
        padded = np.zeros((rows * row, columns * column), source.dtype)
        padded[: source.shape[0], : source.shape[1]] = source
        target[...] = padded.reshape(rows, row, columns, column).transpose(2, 0, 1, 3)

    return on("MTE2", [0], [1], run)


def _product(match: re.Match[str]) -> DeviceFunction:
    left_is_turned, right_is_turned = bool(match[1]), bool(match[2])

    def run(values: Values) -> None:
        begins, rows, inner, columns = values[2:6]
        left = rows_and_columns(values[0].array)
        right = rows_and_columns(values[1].array)
        left = (left.T if left_is_turned else left)[:rows, :inner]
        right = (right.T if right_is_turned else right)[:inner, :columns]
        result: Buffer = values[6]
        if left.shape != (rows, inner) or right.shape != (inner, columns):
            raise WrongOperands(f"{left.shape} times {right.shape} isn't {rows, inner, columns}")
        if any(event != -1 for event in values[12:14]):
            raise WrongOperands("a product that sets flags for its result isn't modelled")
        product = _multiplied(left.astype(np.float32), right.astype(np.float32))
        whole = rows_and_columns(result.array)
        if begins & 1:
            whole[:rows, :columns] = product
        else:
            whole[:rows, :columns] += product
        blocks, row_blocks, row, column = result.sizes
        turned = whole.reshape(row_blocks, row, blocks, column).transpose(2, 0, 1, 3)
        result.array[...] = turned

    steps = (Step(_MTE1, (0, 1), ()), Step(_M, (6,), (6,)))
    waits = ((_MTE2, _MTE1, 7), (_MTE2, _MTE1, 8))
    sets = ((_MTE1, _MTE2, 9), (_MTE1, _MTE2, 10))
    return DeviceFunction(steps, run, waits, sets)


def _from_fractals(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        conversion, relu = values[2], values[3]
        target: Array = values[1].array
        if _CONVERSIONS.get(conversion) != (match[1], match[2]) or values[4] & 1:
            raise WrongOperands(f"a fixpipe that converts by {conversion} isn't modelled")
        matrix = rows_and_columns(values[0].array)[: target.shape[0], : target.shape[1]]
        if matrix.shape != target.shape:
            raise WrongOperands(f"{matrix.shape} is stored to {target.shape}")
        if relu == 1:
            matrix = np.maximum(matrix, np.float32(0))
        elif relu != 0:
            raise WrongOperands(f"a fixpipe with activation {relu} isn't modelled")
        target[...] = matrix.astype(target.dtype)

    return on("FIX", [0], [1], run)


CUBE: Final[dict[str, Build]] = {
    r"nd2nz_ELEMENT": _to_fractals,
    r"mma_tile_(?:half|bfloat16_t|float)_to_float(_ta)?(_tb)?": _product,
    r"fixpipe_nz2nd_(ELEMENT)_to_(ELEMENT)_4d_to_2d(?:_gm)?": _from_fractals,
}
