"""What of a call's arguments selects the specialisation: the key under which it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from .guards import identity_token, is_immutable
from .tensor import Tensor


def signature_key(arguments: Sequence[object]) -> tuple[object, ...]:
    """Return a hashable key: equal keys may share code, if the guards agree.

    Tensors count by class, shape and dtype; numbers by class; texts by value; containers by what
    is in them; other objects by class alone, because what is read of them is guarded.
    """
    return tuple([signature_of(argument) for argument in arguments])


def signature_of(value: object) -> object:
    """Return the key of one argument."""
    kind = type(value)
    if kind is Tensor:
        return cast(Tensor, value).spec
    if kind in (int, float):
        # A run-time value; where it matters, a guard says so.
        return kind
    if isinstance(value, Tensor):
        return (kind, value.spec)
    if kind in (list, tuple):
        return (kind, *map(signature_of, cast("list[object]", value)))
    if is_immutable(value):
        return identity_token(value)
    if kind is dict:
        items = cast("dict[object, object]", value).items()
        return (dict, *((identity_token(key), signature_of(item)) for key, item in items))
    if isinstance(value, np.ndarray):
        array = cast("np.ndarray[Any, Any]", value)
        return (type(array), array.dtype, array.shape)
    return kind


def has_key(key: object, value: object) -> bool:
    """Return whether an argument has a key."""
    return signature_of(value) == key
