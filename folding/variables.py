"""Tensors in nested containers, as the variables and the results of differentiated functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..runtime.guards import class_of
from ..runtime.tensor import Tensor

_CONTAINERS = (tuple, list, dict)


def is_variable(value: object) -> bool:
    """Return whether a value is a tensor, or a container of such values and of nothing else."""
    if isinstance(value, Tensor):
        return True
    items = list(items_of(value))
    return bool(items) and all(map(is_variable, items))


def items_of(value: Any) -> Iterator[Any]:
    """Yield what a tuple, a list or a dict holds; nothing of anything else."""
    if class_of(value) in _CONTAINERS:
        yield from value.values() if isinstance(value, dict) else value


def tensors_in(value: object) -> Iterator[Tensor]:
    """Yield the tensors of a value, the containers in it walked in order."""
    if isinstance(value, Tensor):
        yield value
    else:
        for item in items_of(value):
            yield from tensors_in(item)


def mapped(value: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """Return a value with each tensor replaced; its containers are new ones of the same types."""
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, dict):
        return {key: mapped(item, function) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return class_of(value)([mapped(item, function) for item in value])


def same_structure(value: Any, other: Any) -> bool:
    """Return whether two values are of the same containers and the very same tensors."""
    if isinstance(value, Tensor):
        return value is other
    if class_of(value) is not class_of(other) or len(value) != len(other):
        return False
    if isinstance(value, dict) and list(value) != list(other):  # pyright: ignore[reportUnknownArgumentType]
        return False
    return all(map(same_structure, items_of(value), items_of(other)))
