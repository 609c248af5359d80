"""Device functions that change the element type of a buffer.

The mode is a number: how a result between two values is rounded, or that what has too many bits
is cut. A float that an integer can't hold becomes its nearest limit, nan becomes 0.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from ...runtime.arrays import Array
from .hivm_errors import WrongOperands
from .hivm_functions import Build, DeviceFunction, Values, on
from .hivm_memory import Buffer

RINT, ROUND, FLOOR, CEIL, TRUNC, ODD, CUT = range(7)


def cast(source: Array, dtype: np.dtype[Any] | None, mode: int, unsigned: bool = False) -> Array:
    """Return elements in another type; None is bits, `unsigned` says how a signed type is meant."""
    if dtype is None:
        return source != 0
    if source.dtype == np.bool_:
        return source.astype(dtype)
    is_float = source.dtype.kind in "fV"
    if not is_float:
        return source.astype(dtype)
    if dtype == source.dtype:
        return _integral(source, mode)
    if dtype.kind in "fV":
        return _narrowed(source, dtype, mode)
    return _to_integer(_integral(source.astype(np.float64), mode), dtype, mode, unsigned)


def _integral(x: Array, mode: int) -> Array:
    match mode:
        case 0:
            return np.rint(x)
        case 1:
            return np.copysign(np.floor(np.abs(x) + x.dtype.type(0.5)), x)
        case 2:
            return np.floor(x)
        case 3:
            return np.ceil(x)
        case 4 | 6:
            return np.trunc(x)
        case _:
            raise WrongOperands(f"rounding mode {mode} isn't modelled")


def _narrowed(x: Array, dtype: np.dtype[Any], mode: int) -> Array:
    nearest = x.astype(dtype)
    if mode == RINT or dtype.itemsize >= x.dtype.itemsize:
        return nearest
    back = nearest.astype(x.dtype)
    inf = dtype.type(np.inf)
    if mode == ROUND:
        away = np.nextafter(nearest, np.copysign(inf, nearest))
        tie = np.abs(away.astype(x.dtype) - x) == np.abs(x - back)
        return np.where(tie & (np.abs(x) > np.abs(back)), away, nearest)
    up, down = np.nextafter(nearest, inf), np.nextafter(nearest, -inf)
    too_low = back < x
    too_high = back > x
    if mode == FLOOR:
        return np.where(too_high, down, nearest)
    if mode == CEIL:
        return np.where(too_low, up, nearest)
    if mode == TRUNC:
        toward = np.where(x > 0, down, up)
        return np.where(np.abs(back) > np.abs(x), toward, nearest)
    raise WrongOperands(f"rounding mode {mode} isn't modelled for a float")


def _to_integer(x: Array, dtype: np.dtype[Any], mode: int, unsigned: bool) -> Array:
    meant = np.dtype(dtype.str.replace("i", "u")) if unsigned else dtype
    limits = np.iinfo(meant)
    known = np.where(np.isnan(x), 0.0, x)
    # 2**63 - 1 is no float64, so the limits themselves are put in.
    inside = np.clip(known, float(limits.min), np.nextafter(float(limits.max) + 1, 0))
    whole = inside.astype(meant)
    whole = np.where(known >= float(limits.max), meant.type(limits.max), whole)
    return whole.view(dtype) if unsigned else whole


def _cast(match: re.Match[str]) -> DeviceFunction:
    unsigned, from_unsigned = match[2].startswith("u"), match[1].startswith("u")
    has_scratch = match[3] != "mode"

    def run(values: Values) -> None:
        source: Buffer = values[0]
        target: Buffer = values[1]
        x = source.values
        if from_unsigned and x.dtype.kind == "i":
            x = x.view(x.dtype.str.replace("i", "u"))
        target.write(cast(x, target.dtype, values[-1], unsigned))

    return on("V", [0], [1], run, [2] if has_scratch else [])


CASTS: Final[dict[str, Build]] = {
    r"vcast_(ELEMENT)_to_(ELEMENT)_\dd_with_(mode|overflow|temp)": _cast,
}
