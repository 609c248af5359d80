"""What a Cell has been told about its inputs, checked when it is called.

Source: <https://www.mindspore.cn/docs/en/master/api_python/nn/mindspore.nn.Cell.html#mindspore.nn.Cell.set_inputs>.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from foldaway.runtime.tensor import Tensor


def check_inputs(expected: Sequence[Any], given: Sequence[Any]) -> None:
    """Check the arguments of a call: tensors by dtype, rank and the extents that are not open.

    Raises ValueError for another number of arguments or another shape, TypeError for another
    dtype or something that is no tensor.
    """
    if len(expected) != len(given):
        raise ValueError(
            f"The length of 'set_inputs' must be equal to network's inputs, but got {len(expected)}"
            f" and {len(given)}"
        )
    for i, (tensor, argument) in enumerate(zip(expected, given, strict=True)):
        if isinstance(tensor, list | tuple):
            if not isinstance(argument, list | tuple):
                kind = "list" if isinstance(tensor, list) else "tuple"
                raise TypeError(f"set_inputs says that input {i} is a {kind}")
            check_inputs(cast("Sequence[Any]", tensor), cast("Sequence[Any]", argument))
        elif isinstance(tensor, Tensor):
            _check_tensor(tensor, argument, i)


def _check_tensor(expected: Tensor, given: object, place: int) -> None:
    if not isinstance(given, Tensor):
        raise TypeError(f"set_inputs says that input {place} is a Tensor, not {given!r}")
    if given.dtype is not expected.dtype:
        raise TypeError(
            f"set_inputs says that input {place} has dtype {expected.dtype}, not {given.dtype}"
        )
    fits = len(given.shape) == len(expected.shape) and all(
        n in (m, -1) for m, n in zip(given.shape, expected.shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"set_inputs says that input {place} has shape {expected.shape}, not {given.shape}"
        )
