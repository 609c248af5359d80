"""How values that existed before the call come in: guarded, or as run-time inputs.

Tensors become inputs of the graph. Lists, tuples, dicts and sets are copied with their leaves,
so that nothing the folder runs can change the originals. Everything else is itself, and what is
read from it is guarded where it is read.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects.dtypes import DType
from ..runtime import guards
from ..runtime.guards import class_of
from ..runtime.parameter import ParameterTuple
from ..runtime.sources import Attribute, Item, Source
from ..runtime.tensor import Tensor
from .classify import DESCRIPTORS, is_library_callable
from .native_reads import VALUE_TYPES
from .number_table import is_argument
from .numbers import constant

if TYPE_CHECKING:
    from .session import Folding

_IDENTITIES = (
    types.ModuleType,
    type,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodWrapperType,
    *DESCRIPTORS,
    np.ufunc,
    DType,
)
_CONTAINERS = (list, tuple, dict, set, ParameterTuple)
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
        if type(value) in (int, float):
            return self._adopt_number(cast(float, value), source)
        if guards.is_immutable(value) and not self._has_symbolic(value, source):
            add(guards.equal_value(source, value))
            return value
        if isinstance(value, VALUE_TYPES):
            add(guards.equal_instance(source, value))
            return value
        if isinstance(value, Tensor):
            return self._folding.input(value, source)
        return self._adopt_object(value, source)

    def _adopt_number(self, value: float, source: Source) -> object:
        policy = self._folding.numbers.policy
        if policy.is_symbolic(source):
            return self._folding.symbolic_number(value, source)
        widens = not policy.all_constant and not is_argument(source)
        self._folding.add_guard(guards.equal_number(source, value, self._folding.place, widens))
        return value

    def _has_symbolic(self, value: object, source: Source) -> bool:
        """Return whether a tuple of numbers, text and tuples has numbers of run time in it."""
        if type(value) is not tuple:
            return type(value) in (int, float) and self._folding.numbers.policy.is_symbolic(source)
        items = enumerate(cast("tuple[object, ...]", value))
        return any(self._has_symbolic(item, Item(source, index)) for index, item in items)

    def _adopt_object(self, value: Any, source: Source) -> object:
        add = self._folding.add_guard
        if isinstance(value, _IDENTITIES) or is_library_callable(value):
            add(guards.same_object(source, value))
            self._remember(value, source)
            return value
        if isinstance(value, types.MethodType):
            return self._adopt_method(value, source)
        if isinstance(value, np.ndarray):
            return self._adopt_array(value, source)
        if type(value) in _CONTAINERS:
            return self._adopt_container(value, source)
        kind = class_of(value)
        if any(issubclass(kind, container) for container in _CONTAINERS):
            self._guard_leaves(value, source)
        add(guards.same_type(source, kind))
        self._remember(value, source)
        return value

    def _guard_leaves(self, value: Any, source: Source) -> None:
        """Guard what an instance of a subclass of a container holds; it can't be copied."""
        if id(value) in self._sources or isinstance(value, set):
            return
        self._remember(value, source)
        self._folding.add_guard(guards.same_length(source, value))
        pairs: Any = value.items() if issubclass(type(value), dict) else enumerate(value)
        for key, item in pairs:
            if isinstance(item, Tensor):
                self._folding.reject(
                    f"'{source}' is a {type(value).__qualname__} that holds tensors",
                    "pass its tensors in a tuple, a list or a dict",
                )
            constant(self.adopt(item, Item(source, key)))

    def _remember(self, value: object, source: Source) -> None:
        if not self._meets(value, source):
            self._sources[id(value)] = source
            self._alive.append(value)

    def _meets(self, value: object, source: Source) -> bool:
        """Return whether a value is known by a path; a second path must go on leading there."""
        known = self._sources.get(id(value))
        if known is None:
            return False
        if known.key != source.key and not isinstance(value, _IDENTITIES):
            self._folding.add_guard(guards.AliasGuard(source, known, True))
        return True

    def _adopt_method(self, value: types.MethodType, source: Source) -> object:
        function = self.adopt(value.__func__, Attribute(source, "__func__"))
        owner = self.adopt(value.__self__, Attribute(source, "__self__"))
        return types.MethodType(cast(Any, function), owner)

    def _adopt_array(self, value: Any, source: Source) -> object:
        copy: Any = self._copies.get(id(value))
        if copy is not None:
            self._meets(copy, source)
        else:
            self._folding.add_guard(guards.same_array(source, value))
            copy = value.copy()
            copy.flags.writeable = False
            self._keep(value, copy, source)
        return copy

    def _adopt_container(self, value: Any, source: Source) -> object:
        copy: Any = self._copies.get(id(value))
        if copy is not None:
            self._meets(copy, source)
            return copy
        self._leaves += len(value)
        if self._leaves > _MAX_LEAVES:
            self._folding.reject(
                f"'{source}' and what else is read hold more than {_MAX_LEAVES} items",
                "pass large data as tensors",
            )
        kind = class_of(value)
        if kind is set:
            self._folding.add_guard(guards.Guard(source, _equal_set(value), "is an equal set"))
            return self._keep(value, set(value), source)
        self._folding.add_guard(guards.same_length(source, value))
        if kind in (tuple, ParameterTuple):
            make: Any = kind
            items = [self.adopt(item, Item(source, i)) for i, item in enumerate(value)]
            return self._keep(value, make(items), source)
        copy = kind()
        self._keep(value, copy, source)
        if kind is dict:
            for key, item in value.items():
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


def snapshot(values: list[object], outside: Outside) -> list[tuple[Any, list[Any]]]:
    """Return the outside lists, dicts and sets among `values` with what they hold now."""
    return [
        (value, _contents(value))
        for value in values
        if issubclass(type(value), list | dict | set) and outside.source(value)
    ]


def changed(before: list[tuple[Any, list[Any]]]) -> bool:
    """Return whether a container doesn't hold the very same items as in the snapshot."""
    for value, items in before:
        now = _contents(value)
        if len(now) != len(items) or any(a is not b for a, b in zip(now, items, strict=True)):
            return True
    return False


def _contents(value: Any) -> list[Any]:
    """Return what a container holds: a dict's keys and values, one after the other."""
    if not issubclass(type(value), dict):
        return list(value)
    return [part for pair in value.items() for part in pair]


def _equal_set(expected: set[object]) -> guards.Check:
    kept = _tokens(expected)

    def check(value: Any) -> bool:
        kind = class_of(value)
        return kind is set and _tokens(value) == kept

    return check


def _tokens(values: Iterable[object]) -> set[object]:
    return {guards.identity_token(value) for value in values}
