"""Device functions that reduce an axis: `r` the only one, `ar` the last, `ra` the first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...runtime.arrays import Array
from .hivm_errors import WrongOperands
from .hivm_functions import Build, DeviceFunction, Values, on

AXIS: Final = {"r": 0, "ar": 1, "ra": 0, "ra0a1": 0}
REDUCE: Final[dict[str, Callable[..., Any]]] = {
    "andi": np.bitwise_and.reduce,
    "max": np.maximum.reduce,
    "min": np.minimum.reduce,
    "ori": np.bitwise_or.reduce,
    "prod": np.multiply.reduce,
    "sum": np.add.reduce,
    "xori": np.bitwise_xor.reduce,
}


def _reduce(match: re.Match[str]) -> DeviceFunction:
    axis, compute, is_sum = AXIS[match[2]], REDUCE[match[1]], match[1] == "sum"

    def run(values: Values) -> None:
        source: Array = values[0].values
        if is_sum and axis == 0:
            # NumPy adds rows one after the other; by pairs, as the chip does, is more exact.
            source = np.ascontiguousarray(source.T if source.ndim == 2 else source)
            reduced = compute(source, axis=-1) if source.ndim < 3 else compute(values[0].values, 0)
        else:
            reduced = compute(source, axis=axis)
        result = np.asarray(reduced).astype(values[1].dtype)
        if result.size != np.prod(values[1].sizes):
            raise WrongOperands(f"{list(source.shape)} are reduced to {list(values[1].sizes)}")
        values[1].write(result.reshape(values[1].sizes))

    return on("V", [0], [1], run, [2])


REDUCTIONS: Final[dict[str, Build]] = {
    rf"(?:enablevc_)?reduce_({'|'.join(REDUCE)})_(r|ar|ra|ra0a1)_ELEMENT": _reduce,
}
