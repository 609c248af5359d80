"""`any`, `all`, `max` and `min` of the items of run-time tensors and arrays, in the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from xdsl.ir import SSAValue

from ..dialects.dtypes import bool_, spec_of
from ..runtime.array_data import ArrayData
from ..runtime.constants import evaluate
from ..runtime.dispatch import from_value
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .frames import Frame
from .operators import user_method
from .tensor_numbers import TensorNumber

Special = Callable[[Frame, list[object], dict[str, object]], object]

_MOST = 64
"""How many floats are compared one after the other."""


def _truth_of_items(reduction: str) -> Special:
    """Return what folds `any` or `all` of a tensor or an array with one axis."""

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        items = _items(frame, args, kwargs)
        if items is None:
            return NotImplemented
        folding = frame.folding
        truths = folding.builder.convert(items, bool_)
        return TensorNumber(folding.numbers, folding.builder.reduce(reduction, truths), bool)

    return fold


def _extreme_item(predicate: str, reduction: str) -> Special:
    """Return what folds `max` or `min` of a tensor with one axis: its element, a tensor."""

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        items = _items(frame, args, kwargs)
        if items is None or not isinstance(args[0], Tensor):
            return NotImplemented
        build, spec = frame.folding.builder, spec_of(items.type)
        if not spec.size or (spec.dtype.is_floating and spec.size > _MOST):
            return NotImplemented
        if not spec.dtype.is_floating:
            return from_value(frame.folding, build.reduce(reduction, items))
        # Python keeps what nothing is found to exceed: nan exceeds nothing, and nothing it.
        best, *others = (build.slice(items, (i,), (i + 1,), (1,)) for i in range(spec.size))
        for one in others:
            best = build.select(build.compare(predicate, one, best), one, best)
        return from_value(frame.folding, build.reshape(best, ()))

    return fold


def _items(frame: Frame, args: list[object], kwargs: dict[str, object]) -> SSAValue | None:
    """Return the elements of the only argument; None for what is known or has other axes."""
    if len(args) != 1 or kwargs:
        return None
    value: Any = args[0]
    if not is_array(value) and not (isinstance(value, Tensor) and value.is_symbolic):
        return None
    if any(user_method(class_of(value), name) for name in ("__iter__", "__getitem__")):
        return None
    found = cast("Tensor | ArrayData", value).graph_value(frame.folding)
    return found if len(spec_of(found.type).shape) == 1 and evaluate(found) is None else None


ITEM_CALLS: dict[Any, Special] = {
    any: _truth_of_items("any"),
    all: _truth_of_items("all"),
    max: _extreme_item("gt", "max"),
    min: _extreme_item("lt", "min"),
}
"""Builtin to what folds a call of it; `NotImplemented` leaves it to the interpreter."""
