"""Run-time numbers inside an operator's operands: some operators only move them, others look."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .numbers import constant
from .tensor_numbers import TensorNumber

_MOVING = frozenset[Callable[..., Any]](
    getattr(operator, name)
    for name in "add iadd mul imul or_ ior eq ne lt le gt ge not_ truth".split()
)
"""Operators that move the items of containers, or compare them one by one."""
_REPEATING = frozenset[Callable[..., Any]](getattr(operator, name) for name in ("mul", "imul"))
_ITEMS = frozenset((operator.getitem, operator.setitem, operator.delitem))
_CONTAINERS = (tuple, list, dict)


def sets_item(function: Callable[..., Any], operands: tuple[object, ...]) -> bool:
    """Return whether an operator puts its last operand into a container as it is."""
    return function is operator.setitem and type(operands[0]) in _CONTAINERS


def looked_at(function: Callable[..., Any], operands: tuple[object, ...]) -> tuple[object, ...]:
    """Return the operands with those numbers constant that the operator looks at."""
    owner, *others = operands
    if function in _ITEMS:
        if type(owner) not in _CONTAINERS:
            # Into a tensor a number goes that is made of one.
            last = others[-1] if isinstance(others[-1], TensorNumber) else constant(others[-1])
            return (*map(constant, operands[:-1]), last)
        # The value that is set goes in as it is.
        return (owner, constant(others[0]), *others[1:])
    moved = (*_CONTAINERS, int) if function in _REPEATING else _CONTAINERS
    if (function in _MOVING or function is bool) and all(type(one) in moved for one in operands):
        return operands
    return tuple(map(constant, operands))
