"""Changes in place: of what was born here, and of the models of what existed before the call."""

from __future__ import annotations

import operator
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from ..runtime.guards import class_of, is_immutable
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .branch_calls import check_change
from .calls import operate
from .classify import is_framework, is_inlined
from .errors import run
from .frames import Frame
from .handles import Handle
from .numbers import SymbolicNumber, constant


def set_item(frame: Frame, owner: object, key: object, value: object) -> None:
    """Do `owner[key] = value`; a user's `__setitem__` is folded like a call."""
    change(frame, operator.setitem, "an item of {} is set", owner, key, value)


def delete_item(frame: Frame, owner: object, key: object) -> None:
    """Do `del owner[key]`; a user's `__delitem__` is folded like a call."""
    change(frame, operator.delitem, "an item of {} is deleted", owner, key)


def change(
    frame: Frame, function: Callable[..., Any], problem: str, target: object, *operands: object
) -> object:
    """Return what an operator gives that may change its first operand.

    Raises CompileError, worded by `problem`, for a change that the fold has no model of.
    """
    folding = frame.folding
    if class_of(target) is Handle:
        return operate(frame, function, target, *operands)
    if isinstance(target, Tensor | SymbolicNumber) or is_array(target) or is_immutable(target):
        return operate(frame, function, target, *operands)
    method = getattr(class_of(target), f"__{function.__name__}__", None)
    if isinstance(method, types.FunctionType) and is_inlined(method) and not is_framework(method):
        return operate(frame, function, target, *operands)
    if method is not None:
        folding.check_modelled(target, problem)
    check_change(folding, target, function.__name__)
    folding.journal.before_change(target)
    try:
        if function is operator.setitem and class_of(target) in _KEEPING:
            key, value = operands
            return _put(frame, target, constant(key), value)
        return operate(frame, function, target, *operands)
    finally:
        folding.host.touch(target)


_KEEPING = (list, dict, deque, OrderedDict, defaultdict)
"""Containers that take a run-time number as it is."""


def _put(frame: Frame, target: Any, key: Any, value: object) -> None:
    for operand in (target, key, value):
        if not isinstance(operand, SymbolicNumber):
            frame.folding.meet(operand)
    run(operator.setitem, target, key, value)
    frame.folding.check_needed()
