"""What native code may change behind the folder's back: modelled, or refused before it runs."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .attribute_changes import delete_plainly, set_plainly

if TYPE_CHECKING:
    from .frames import Frame
    from .session import Folding

_READS = frozenset(
    "get keys values items copy count index union intersection difference symmetric_difference"
    " issubset issuperset isdisjoint most_common elements total".split()
)
"""The methods of containers that change nothing."""

Contents = list[tuple[Any, list[Any], dict[str, Any] | None]]


def check_method(frame: Frame, callee: Any, args: list[object]) -> None:
    """Refuse a method that changes an outside container of which the fold has no model.

    Those are instances of the user's subclasses of list, dict, set and deque.
    """
    kinds = (types.BuiltinMethodType, types.MethodWrapperType)
    descriptors = (types.MethodDescriptorType, types.WrapperDescriptorType)
    owner = callee.__self__ if isinstance(callee, kinds) else None
    if isinstance(callee, descriptors) and args:
        owner = args[0]
    name = str(getattr(callee, "__name__", ""))
    if not issubclass(class_of(owner), list | dict | set | deque | bytearray):
        return
    if name not in _READS and not (name.startswith("__") and name not in _CHANGING):
        frame.folding.check_modelled(
            owner, f"'{name}' changes an object that existed before the call"
        )


_CHANGING = ("__setitem__", "__delitem__", "__iadd__", "__imul__", "__ior__", "__init__")


def plain_setter(
    callee: Any, args: list[object], kwargs: dict[str, object]
) -> Callable[[Frame], None] | None:
    """Return what folds a call of `object.__setattr__` or its like; None for any other call."""
    if isinstance(callee, types.MethodWrapperType):
        args = [callee.__self__, *args]
    match callee.__name__, args:
        case "__setattr__", [owner, str() as name, value] if not kwargs:
            return lambda frame: set_plainly(frame, owner, name, value)
        case "__delattr__", [owner, str() as name] if not kwargs:
            return lambda frame: delete_plainly(frame, owner, name)
        case _:
            return None


def snapshot(values: list[object], folding: Folding) -> Contents:
    """Return the outside objects among `values` that have no model, with what they hold now."""
    found: Contents = []
    for value in values:
        if isinstance(value, Tensor | types.ModuleType | type | types.FunctionType):
            continue
        if folding.source(value) is None or folding.host.is_tracked(value):
            continue
        attributes: Any = getattr(value, "__dict__", None)
        kept: dict[str, Any] | None = None
        if type(attributes) is dict:
            kept = dict(cast("dict[str, Any]", attributes))
        found.append((value, _items(value), kept))
    return found


def changed(before: Contents) -> bool:
    """Return whether one doesn't hold the very same as in the snapshot; attributes are put back."""
    found = False
    for value, items, attributes in before:
        now = _items(value)
        found = found or len(now) != len(items)
        found = found or any(a is not b for a, b in zip(now, items, strict=False))
        held: dict[str, Any] = getattr(value, "__dict__", {})
        if attributes is None:
            continue
        if list(held) != list(attributes) or any(held[n] is not attributes[n] for n in held):
            found = True
            held.clear()
            held.update(attributes)
    return found


def _items(value: Any) -> list[Any]:
    """Return what a container holds: a dict's keys, then its values."""
    kind: Any = class_of(value)
    if issubclass(kind, dict):
        items = cast("dict[Any, Any]", value)
        return [*vars(dict)["keys"](items), *vars(dict)["values"](items)]
    if not issubclass(kind, list | set | deque):
        return []
    return list(cast(Any, kind).__iter__(value))
