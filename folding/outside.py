"""How values that existed before the call come in: guarded, or as run-time inputs.

Tensors become inputs of the graph. Lists, tuples, dicts and sets are copied with their leaves,
so that nothing the folder runs can change the originals. Everything else is itself, and what is
read from it is guarded where it is read.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects.dtypes import DType
from ..runtime import guards
from ..runtime.sources import Attribute, Item, Source
from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .session import Folding

_IDENTITIES = (
    types.ModuleType,
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    np.ufunc,
    DType,
)
_CONTAINERS = (list, tuple, dict, set)
_MAX_LEAVES = 100_000


class Outside:
    """The values known to have existed before the call, with the path to each."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._sources: dict[int, Source] = {}
        self._alive: list[object] = []
        self._copies: dict[int, object] = {}
        self._made: set[int] = set()
        self._leaves = 0

    def source(self, value: object) -> Source | None:
        """Return the path to a value that came in from outside, None if it was born here."""
        return self._sources.get(id(value))

    def is_copy(self, value: object) -> bool:
        """Return whether a value is a copy that was made here of an outside one."""
        return id(value) in self._made

    def adopt(self, value: object, source: Source) -> object:
        """Return what stands for an outside value while folding, and guard what must not change."""
        add = self._folding.add_guard
        if guards.is_immutable(value):
            add(guards.equal_value(source, value))
            return value
        if isinstance(value, Tensor):
            return self._folding.input(value, source)
        if isinstance(value, _IDENTITIES):
            add(guards.same_object(source, value))
            self._remember(value, source)
            return value
        if isinstance(value, types.MethodType):
            return self._adopt_method(value, source)
        if isinstance(value, np.ndarray):
            return self._adopt_array(cast("np.ndarray[Any, Any]", value), source)
        if type(value) in _CONTAINERS:
            return self._adopt_container(value, source)
        if isinstance(value, _CONTAINERS):
            self._guard_leaves(cast(object, value), source)
        add(guards.same_type(source, type(value)))
        self._remember(value, source)
        return value

    def _guard_leaves(self, value: Any, source: Source) -> None:
        """Guard what an instance of a subclass of a container holds; it can't be copied."""
        if id(value) in self._sources or isinstance(value, set):
            return
        self._remember(value, source)
        self._folding.add_guard(guards.same_length(source, value))
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in cast("list[tuple[object, object]]", list(pairs)):
            if isinstance(item, Tensor):
                self._folding.reject(
                    f"'{source}' is a {type(value).__qualname__} that holds tensors",
                    "pass its tensors in a tuple, a list or a dict",
                )
            self.adopt(item, Item(source, key))

    def _remember(self, value: object, source: Source) -> None:
        if id(value) not in self._sources:
            self._sources[id(value)] = source
            self._alive.append(value)

    def _adopt_method(self, value: types.MethodType, source: Source) -> object:
        function = self.adopt(value.__func__, Attribute(source, "__func__"))
        owner = self.adopt(value.__self__, Attribute(source, "__self__"))
        return types.MethodType(cast(Any, function), owner)

    def _adopt_array(self, value: np.ndarray[Any, Any], source: Source) -> object:
        copy = self._copies.get(id(value))
        if copy is None:
            self._folding.add_guard(guards.same_array(source, value))
            copy = value.copy()
            copy.flags.writeable = False
            self._keep(value, copy, source)
        return copy

    def _adopt_container(self, value: Any, source: Source) -> object:
        copy: Any = self._copies.get(id(value))
        if copy is not None:
            return copy
        self._leaves += len(value)
        if self._leaves > _MAX_LEAVES:
            self._folding.reject(
                f"'{source}' and what else is read hold more than {_MAX_LEAVES} items",
                "pass large data as tensors",
            )
        if isinstance(value, set):
            self._folding.add_guard(
                guards.Guard(source, _equal_set(cast(set[object], value)), "is an equal set")
            )
            copy = set(cast(set[object], value))
            return self._keep(cast(object, value), copy, source)
        self._folding.add_guard(guards.same_length(source, value))
        if isinstance(value, tuple):
            items = [self.adopt(item, Item(source, i)) for i, item in enumerate(value)]
            return self._keep(cast(object, value), tuple(items), source)
        copy = type(value)()
        self._keep(value, copy, source)
        if isinstance(value, dict):
            for key, item in cast(dict[object, object], value).items():
                copy[key] = self.adopt(item, Item(source, key))
        else:
            copy.extend(self.adopt(item, Item(source, i)) for i, item in enumerate(value))
        return copy

    def _keep(self, value: object, copy: object, source: Source) -> object:
        self._copies[id(value)] = copy
        self._made.add(id(copy))
        self._alive += (value, copy)
        self._sources[id(copy)] = source
        return copy


def snapshot(values: list[object], outside: Outside) -> list[tuple[Any, list[object]]]:
    """Return the outside lists, dicts and sets among `values` with what they hold now."""
    return [
        (value, list(cast(Any, value).items() if isinstance(value, dict) else cast(Any, value)))
        for value in values
        if isinstance(value, list | dict | set) and outside.source(cast(object, value))
    ]


def changed(before: list[tuple[Any, list[object]]]) -> bool:
    """Return whether a container doesn't hold the very same items as in the snapshot."""
    for value, items in before:
        now = list(value.items() if isinstance(value, dict) else value)
        if len(now) != len(items):
            return True
        for a, b in zip(now, items, strict=True):
            if a is not b and not (type(a) is tuple and a[0] is b[0] and a[1] is b[1]):  # pyright: ignore[reportIndexIssue, reportUnknownMemberType]
                return True
    return False


def _equal_set(expected: set[object]) -> guards.Check:
    kept = {guards.identity_token(item) for item in expected}
    return lambda value: (
        type(value) is set
        and {guards.identity_token(item) for item in cast(set[object], value)} == kept
    )
