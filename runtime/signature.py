"""What of a call's arguments selects the specialisation: the key under which it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from .guards import identity_token, is_immutable
from .tensor import Tensor


def signature_key(arguments: Sequence[object]) -> tuple[object, ...]:
    """Return a hashable key: equal keys may share code, if the guards agree.

    Tensors count by class, shape and dtype; numbers and texts by value; containers by what is in
    them; other objects by class alone, because what is read of them is guarded.
    """
    # A float is a run-time value; where its value matters, a guard says so.
    return tuple(float if type(value) is float else _key(value) for value in arguments)


def _key(value: object) -> object:
    if isinstance(value, Tensor):
        return (type(value), value.spec)
    if is_immutable(value):
        return identity_token(value)
    if type(value) in (list, tuple):
        return (type(value), *map(_key, cast("list[object]", value)))
    if type(value) is dict:
        items = cast("dict[object, object]", value).items()
        return (dict, *((identity_token(key), _key(item)) for key, item in items))
    if isinstance(value, np.ndarray):
        array = cast("np.ndarray[Any, Any]", value)
        return (type(array), array.dtype, array.shape)
    return type(value)
