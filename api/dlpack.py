"""Tensors of other libraries' memory.

Source: <https://data-apis.org/array-api/latest/design_topics/data_interchange.html>.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from foldaway.runtime.dispatch import from_lazy
from foldaway.runtime.tensor import Tensor

from .drivers import driver_of

_HOST = 1


def from_dlpack(x: Any) -> Tensor:
    """Return a tensor that shares the memory of an object with `__dlpack__`.

    What lies on a GPU stays there. What is written there is seen by who reads the tensor, until
    the tensor itself is written to or hands out an array: then its elements are on the host.
    Raises `TypeError` for an object without DLPack or with a dtype that no tensor has,
    `ValueError` for memory of another device than the context's, CompileError without a GPU.
    Source: <https://data-apis.org/array-api/latest/API_specification/generated/array_api.from_dlpack.html>.
    """
    if not hasattr(x, "__dlpack_device__"):
        raise TypeError(f"from_dlpack takes an object with __dlpack__, not {type(x).__name__}")
    if x.__dlpack_device__()[0] == _HOST:
        return Tensor.from_numpy(np.from_dlpack(x))
    driver = cast(Any, driver_of("GPU"))
    return from_lazy(driver.pool.adopt(x))
