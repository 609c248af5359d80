"""Parts of tensors at indices that only the call knows, where these lie inside for sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from xdsl.ir import SSAValue

from ..runtime.dispatch import apply, from_value
from ..runtime.tensor import Tensor
from .int_bounds import bounds_of
from .tensor_numbers import TensorNumber

if TYPE_CHECKING:
    from .session import Folding


def picked(folding: Folding, owner: object, key: object) -> tuple[object, object]:
    """Return the part of a tensor at the key's run-time ints, and the key that is left for it.

    Both are as they were where an int might lie outside, for which Python has an exception.
    """
    items = _items(key)
    if not isinstance(owner, Tensor) or not any(type(item) is TensorNumber for item in items):
        return owner, key
    axes = _axes(items, owner.ndim)
    if axes is None:
        return owner, key
    part: object = owner
    left = list(items)
    for place in reversed(range(len(items))):
        item, axis = items[place], axes[place]
        if isinstance(item, TensorNumber):
            index = _inside(folding, item, owner.shape[axis])
            if index is None:
                return owner, key
            part = apply("pick", part, from_value(folding, index), axis)
            del left[place]
    return part, tuple(left)


def _items(key: object) -> tuple[object, ...]:
    return cast("tuple[object, ...]", key) if type(key) is tuple else (key,)


def _inside(folding: Folding, number: TensorNumber, extent: int) -> SSAValue | None:
    """Return a run-time int as an index from the start; None if it may lie outside."""
    if number.kind is not int:
        return None
    bounds = bounds_of(folding, number.value)
    if bounds is None:
        return None
    least, greatest = bounds
    if not -extent <= least <= greatest < extent:
        return None
    if least >= 0:
        return number.value
    build = folding.builder
    behind = build.binary("add", number.value, extent)
    return build.select(build.compare("lt", number.value, 0), behind, number.value)


def _axes(items: tuple[object, ...], rank: int) -> list[int] | None:
    """Return which axis each item of a key is for; None for a key of other than basic items."""
    known = (int, slice, type(None), type(...), TensorNumber)
    if any(type(item) not in known for item in items):
        return None
    used = sum(item is not None and item is not ... for item in items)
    if used > rank or sum(item is ... for item in items) > 1:
        return None
    axes: list[int] = []
    axis = 0
    for item in items:
        axes.append(axis)
        if item is ...:
            axis += rank - used
        elif item is not None:
            axis += 1
    return axes
