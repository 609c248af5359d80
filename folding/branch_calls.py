"""What native code may do in a side of a run-time branch, and in a round of a loop of the graph.

A side is folded whether the call takes it or not, and a round more often than it runs: there only
what can be undone may happen while compiling.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..runtime.array_data import ArrayData
from ..runtime.guards import class_of, is_immutable
from ..runtime.tensor import Tensor
from .classify import OPAQUE, is_graph_callable, purity, quietly
from .journal import CHANGEABLE
from .numbers import SymbolicNumber
from .object_graphs import is_rebuilt

if TYPE_CHECKING:
    from .session import Folding

_HINT = "do it before the branch or the loop, or outside the compiled function"
_KNOWN = (
    *(Tensor, ArrayData, SymbolicNumber, types.ModuleType, type, BaseException),
    *(np.dtype, np.ufunc, np.generic, *CHANGEABLE),
)
"""Classes of objects that never change, or whose changes are undone."""
_PURE_MODULES = ("re", "datetime", "decimal", "fractions", "functools", "operator")
_DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType)


def check_call(folding: Folding, callee: Any, operands: Iterable[object]) -> None:
    """Reject a call in a side of a branch whose effects could not be undone."""
    if not folding.journal.depth:
        return
    name = quietly(callee, "__qualname__") or class_of(callee).__qualname__
    if purity(callee) == OPAQUE and not is_graph_callable(callee):
        folding.reject(
            f"'{name}' is called in a branch or loop that depends on run-time data, and nobody"
            " knows what it does",
            _HINT,
        )
    operands = list(operands)
    if isinstance(callee, types.BuiltinMethodType | types.MethodWrapperType):
        check_change(folding, quietly(callee, "__self__"), name)
    elif isinstance(callee, _DESCRIPTORS) and len(operands) > 1:
        check_change(folding, operands[1], name)
    elif isinstance(callee, types.MethodType):
        _check_library(folding, callee.__self__, name)
    elif isinstance(callee, types.FunctionType) and "." in name and len(operands) > 1:
        _check_library(folding, operands[1], name)
    for operand in operands:
        check_iterator(folding, operand)


def check_change(folding: Folding, owner: object, name: str) -> None:
    """Reject a change of an object of which the fold doesn't know how to undo it."""
    if not folding.journal.depth or owner is None or folding.journal.is_new(owner):
        return
    kind = class_of(owner)
    if is_immutable(owner) or issubclass(kind, _KNOWN) or is_rebuilt(kind):
        return
    if kind.__module__.partition(".")[0] in _PURE_MODULES or isinstance(owner, Iterator):
        return
    folding.reject(
        f"'{name}' may change a {kind.__qualname__} in a branch or loop that depends on run-time"
        " data",
        _HINT,
    )


def _check_library(folding: Folding, owner: object, name: str) -> None:
    """Reject a method of a library's class, which may change the instance from within."""
    if is_rebuilt(class_of(owner)) and not folding.journal.is_new(owner):
        folding.reject(
            f"'{name}' may change an object in a branch or loop that depends on run-time data",
            _HINT,
        )
    check_change(folding, owner, name)


def check_iterator(folding: Folding, value: object) -> None:
    """Reject an iterator from before a branch: who takes items of it there can't put them back."""
    if not folding.journal.depth or isinstance(value, Tensor | ArrayData | SymbolicNumber):
        return
    if hasattr(class_of(value), "__next__") and not folding.journal.is_new(value):
        folding.reject(
            f"items are taken from a {class_of(value).__qualname__} in a branch or loop that"
            " depends on run-time data, and it was made before",
            "make the iterator where it is used, or use a list",
        )
