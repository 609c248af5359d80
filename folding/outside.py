"""How values that existed before the call come in: guarded, or as run-time inputs.

Tensors become inputs of the graph. Lists, tuples, dicts and sets are copied with their leaves,
so that nothing the folder runs can change the originals. Everything else is itself, and what is
read from it is guarded where it is read.
"""

from __future__ import annotations

import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects.dtypes import DType
from ..runtime import guards
from ..runtime.compiled import CompiledFunction
from ..runtime.guards import class_of
from ..runtime.parameter import ParameterTuple
from ..runtime.sources import Attribute, Held, Item, Source
from ..runtime.tensor import Tensor
from .classify import DESCRIPTORS, is_library_callable
from .edits import EDITS
from .handles import KINDS, Handle, HandleMethod
from .native_reads import value_types
from .number_table import is_argument
from .numbers import SymbolicNumber, constant

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
    CompiledFunction,
)
_CONTAINERS = (
    *(list, tuple, dict, set, ParameterTuple),
    *(OrderedDict, Counter, defaultdict, deque, bytearray),
)
_FACTORIES = (None, list, dict, set, int, float, str, tuple, bool)
"""What a defaultdict calls and that needs no folding."""

_MAX_LEAVES = 100_000


class Outside:
    """The values known to have existed before the call, with the path to each."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._sources: dict[int, Source] = {}
        self._alive: list[object] = []
        self._copies: dict[int, object] = {}
        self._made: set[int] = set()
        self.constants: set[tuple[object, ...]] = set()
        """Keys of the sources, not in arguments, whose numbers are constants."""
        self._leaves = 0
        self._by_content = 0
        self._has_handles = False

    def source(self, value: object) -> Source | None:
        """Return the path to a value that came in from outside, None if it was born here."""
        return self._sources.get(id(value))

    def is_copy(self, value: object) -> bool:
        """Return whether a value is a copy that was made here of an outside one."""
        return id(value) in self._made

    def copy_of(self, value: object) -> object:
        """Return the copy that stands for an outside container, None if there is none yet."""
        return self._copies.get(id(value))

    def stand_in(self, value: object) -> object:
        """Return what stands for a value that native code found by itself."""
        return self._copies.get(id(value), value)

    def adopt(self, value: object, source: Source) -> object:
        """Return what stands for an outside value while folding, and guard what must not change."""
        add = self._folding.add_guard
        if type(value) in (int, float):
            return self._adopt_number(cast(float, value), source)
        if guards.is_immutable(value) and not self._has_symbolic(value, source):
            add(guards.equal_value(source, value))
            return value
        if isinstance(value, value_types()):
            add(guards.equal_instance(source, value))
            return value
        if isinstance(value, Tensor):
            return self._folding.inputs.tensor(value, source)
        return self._adopt_object(value, source)

    def _adopt_number(self, value: float, source: Source) -> object:
        policy = self._folding.numbers.policy
        if policy.is_symbolic(source):
            return self._folding.numbers.leaf(value, source, SymbolicNumber)
        widens = not policy.all_constant and not is_argument(source)
        if widens:
            self.constants.add(source.key)
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
        kind = class_of(value)
        if source.key in self._folding.numbers.policy.handles and kind in KINDS:
            return self._adopt_handle(value, source)
        if kind in _CONTAINERS and (kind is not defaultdict or value.default_factory in _FACTORIES):
            return self._adopt_container(value, source)
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
            self.adopt_by_content(item, Item(source, key))

    def adopt_by_content(self, value: object, source: Source) -> object:
        """Return what `adopt` does, for what native code reads: arrays are constants, guarded."""
        self._by_content += 1
        try:
            adopted = constant(self.adopt(value, source))
        finally:
            self._by_content -= 1
        self._guard_arrays(value, source, set())
        return adopted

    def _guard_arrays(self, value: Any, source: Source, seen: set[int]) -> None:
        """Guard the content of arrays in containers that were adopted before."""
        if isinstance(value, np.ndarray):
            self._folding.add_guard(guards.same_array(source, cast(Any, value)))
        elif type(value) in (list, tuple, dict) and id(value) not in seen:
            seen.add(id(value))
            items: Any = value
            pairs: Any = items.items() if type(value) is dict else enumerate(items)
            for key, item in pairs:
                if isinstance(item, np.ndarray) or type(item) in (list, tuple, dict):
                    self._guard_arrays(item, Item(source, key), seen)

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

    def guard_apart(self, changed: Iterable[object]) -> None:
        """Guard that what the program changes goes on to be no other object that it met."""
        kept = {id(value): value for value in self._alive if id(value) in self._sources}
        for one in {id(value): value for value in changed}.values():
            first = self._sources.get(id(one))
            for other in kept.values() if first is not None else ():
                second = self._sources[id(other)]
                if other is one or class_of(other) is not class_of(one):
                    continue
                if first is not None and first.key != second.key:
                    self._folding.add_guard(guards.AliasGuard(second, first, False))

    def _adopt_method(self, value: types.MethodType, source: Source) -> object:
        function = self.adopt(value.__func__, Attribute(source, "__func__"))
        owner = self.adopt(value.__self__, Attribute(source, "__self__"))
        return types.MethodType(cast(Any, function), owner)

    def _adopt_array(self, value: Any, source: Source) -> object:
        symbolic = None if self._by_content else self._folding.arrays.adopt(value, source)
        if symbolic is not None:
            return symbolic
        copy: Any = self._copies.get(id(value))
        if copy is not None:
            self._meets(copy, source)
        else:
            self._folding.add_guard(guards.same_array(source, value))
            self._folding.inputs.memory.append(source)
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
            keys = self._keys(value, source)
            known = all(map(guards.is_immutable, keys))
            copy = set(value if known else map(self._adopt_key, keys))
            if known and any(a is not b for a, b in zip(copy, value, strict=True)):
                self._folding.reject(
                    f"the order of the set '{source}' depends on its history", "pass a list"
                )
            return self._keep(value, copy, source)
        if kind is bytearray:
            self._folding.add_guard(_equal_bytes(source, bytes(value)))
            return self._keep(value, bytearray(value), source)
        self._folding.add_guard(guards.same_length(source, value))
        if kind in (tuple, ParameterTuple):
            make: Any = kind
            items = [self.adopt(item, Item(source, i)) for i, item in enumerate(value)]
            return self._keep(value, make(items), source)
        copy = _empty_like(value, source, self._folding)
        self._keep(value, copy, source)
        if issubclass(kind, dict):
            for key in self._keys(value, source):
                copy[self._adopt_key(key)] = self.adopt(value[key], Item(source, key))
        else:
            copy.extend(self.adopt(item, Item(source, i)) for i, item in enumerate(value))
        self._folding.host.forget_change(copy)
        return copy

    def _adopt_handle(self, value: Any, source: Source) -> object:
        found = self._copies.get(id(value))
        if found is not None:
            self._meets(found, source)
            return found
        self._folding.add_guard(guards.same_type(source, class_of(value)))
        handle = Handle(self._folding, value, source)
        self._has_handles = True
        return self._keep(value, handle, source)

    def check_handles(self, value: object) -> None:
        """Refuse a handle in native code's hands, wherever it hides in a value."""
        if self._has_handles:
            _refuse_handles(value, set())

    def _keys(self, value: Any, source: Source) -> list[object]:
        """Return the keys of a dict or the items of a set; instances must stay the very same."""
        keys: list[object] = list(value)
        if not all(map(guards.is_immutable, keys)):
            kept = {*map(id, keys)}
            check = guards.Guard(source, lambda now: {*map(id, now)} == kept, "has the very keys")
            self._folding.add_guard(check)
        return keys

    def _adopt_key(self, key: object) -> object:
        return key if guards.is_immutable(key) else self.adopt(key, Held(key))

    def _keep(self, value: object, copy: object, source: Source) -> object:
        self._copies[id(value)] = copy
        self._made.add(id(copy))
        self._alive += (value, copy)
        self._sources[id(copy)] = source
        if class_of(copy) in EDITS:
            self._folding.host.track(copy)
            self._folding.native.keep(value, source)
        return copy


def _empty_like(value: Any, source: Source, folding: Folding) -> Any:
    """Return a new container of the same class, without items."""
    if isinstance(value, defaultdict):
        factory = value.default_factory
        folding.add_guard(guards.same_object(Attribute(source, "default_factory"), factory))
        return defaultdict[Any, Any](factory)
    if isinstance(value, deque):
        folding.add_guard(guards.equal_value(Attribute(source, "maxlen"), value.maxlen))
        return deque[Any](maxlen=value.maxlen)
    return class_of(value)()


def _equal_bytes(source: Source, expected: bytes) -> guards.Guard:
    return guards.Guard(
        source,
        lambda value: type(value) is bytearray and bytes(value) == expected,
        "is an equal bytearray",
    )


def _refuse_handles(value: Any, seen: set[int]) -> None:
    kind: Any = class_of(value)
    if kind in (Handle, HandleMethod):
        value.refuse()
    if id(value) in seen:
        return
    seen.add(id(value))
    if kind in (types.MethodType, types.BuiltinMethodType):
        _refuse_handles(value.__self__, seen)
    if issubclass(kind, dict):
        for item in [*vars(dict)["keys"](value), *vars(dict)["values"](value)]:
            _refuse_handles(item, seen)
    elif issubclass(kind, list | tuple | set | frozenset | deque):
        for item in list(cast(Any, kind).__iter__(value)):
            _refuse_handles(item, seen)
    attributes: Any = getattr(value, "__dict__", None)
    if type(attributes) is dict and not isinstance(value, types.ModuleType | Tensor):
        for item in list(cast("dict[str, Any]", attributes).values()):
            _refuse_handles(item, seen)


def _equal_set(expected: set[object]) -> guards.Check:
    kept = _tokens(expected)

    def check(value: Any) -> bool:
        kind = class_of(value)
        return kind is set and _tokens(value) == kept

    return check


def _tokens(values: Iterable[object]) -> list[object]:
    """Return what stands for the items, in the order in which the set gives them."""
    return [guards.identity_token(value) for value in values]
