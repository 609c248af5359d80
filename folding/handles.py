"""Handles: outside containers of which the fold knows nothing but what it asks for.

A log that is appended to at every call would be compiled for anew each time, if its content were
guarded. A handle has no content: writes are ops of the host program, and what is read of it, an
item of a dict or whether a key is there, is guarded by itself. All else is refused, and the
function is folded again with the content guarded.
"""

from __future__ import annotations

import operator
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ..runtime import guards
from ..runtime.guards import class_of, is_immutable
from ..runtime.sources import Item, Source
from .effects import DELETED, UNWRITTEN
from .errors import Raised, run
from .numbers import constant

if TYPE_CHECKING:
    from .session import Folding

KINDS = (list, dict, set, deque, OrderedDict, defaultdict)
"""The classes whose instances may be handles."""

_MISSING = object()


def is_in(item: object, container: Any) -> bool:
    """Return `item in container`."""
    return item in container


def is_not_in(item: object, container: Any) -> bool:
    """Return `item not in container`."""
    return item not in container


class Handle:
    """Stands for an outside container; native code that touches it refuses the fold."""

    __slots__ = ("_folding", "_real", "_source", "_written", "name")

    def __init__(self, folding: Folding, real: Any, source: Source):
        self._folding = folding
        self._real = real
        self._source = source
        self._written: dict[object, tuple[object, object]] = {}
        self.name = class_of(real).__name__

    def method(self, name: str) -> HandleMethod:
        """Return a method that calls of the program are folded by."""
        kind: type[Any] = class_of(self._real)
        found = _METHODS.get(name) if kind is not defaultdict or name in _OF_DICTS else None
        kinds = () if found is None else found[0]
        if found is None or not issubclass(kind, kinds):
            self.refuse()
        return HandleMethod(self, found[1])

    def operate(self, function: Callable[..., Any], operands: tuple[object, ...]) -> object:
        """Return what an operator gives that has the handle as an operand."""
        kind: type[Any] = class_of(self._real)
        if function in (is_in, is_not_in) and issubclass(kind, dict | set):
            return self.contains(operands[0]) == (function is is_in)
        if operands[0] is not self:
            self.refuse()
        if issubclass(kind, dict) and function is operator.setitem:
            return self.set_item(*operands[1:])
        if issubclass(kind, dict) and function is operator.delitem:
            return self.pop(operands[1])
        if kind in (dict, OrderedDict) and function is operator.getitem:
            return self.get_item(operands[1])
        if issubclass(kind, list | deque) and function.__name__ == "iadd":
            self.extend(operands[1])
            return self
        if issubclass(kind, set | dict) and function.__name__ == "ior":
            self.update(operands[1])
            return self
        self.refuse()

    def refuse(self) -> NoReturn:
        """Raise CompileError; the next fold has the content."""
        self._folding.numbers.policy.wanted.add(self._source.key)
        self._folding.reject(
            f"'{self._source}' is read, whose content isn't known while compiling",
            "read it before the compiled function, and pass what you need",
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.refuse()

    # Sequences.

    def append(self, value: object, /) -> None:
        """Add an item at the end."""
        self._emit("append", value)

    def appendleft(self, value: object, /) -> None:
        """Add an item at the beginning."""
        self._emit("appendleft", value)

    def extend(self, values: object, /) -> None:
        """Add the items of an iterable at the end."""
        items: list[object] = []
        try:
            _collect(values, items)
        finally:
            # An iterable that raises has given its first items all the same.
            if items:
                self._emit_items("extend", items)

    def clear(self) -> None:
        """Remove all items."""
        if issubclass(class_of(self._real), dict | set):
            self.refuse()
        self._emit("clear")

    # Keys.

    def get_item(self, key: object) -> object:
        """Return the item of a key, or raise `Raised` with KeyError."""
        found = self.get(key, _MISSING)
        if found is _MISSING:
            raise Raised(KeyError(key))
        return found

    def get(self, key: object, default: object = None, /) -> object:
        """Return the item of a key, guarded, or the default."""
        key = self._key(key)
        written = self._now(key)
        if written is not UNWRITTEN:
            return default if written is DELETED else written
        if not self._held(key):
            return default
        return self._folding.adopt(self._real[key], Item(self._source, key))

    def contains(self, key: object) -> bool:
        """Return whether a key is there, guarded."""
        key = self._key(key)
        written = self._now(key)
        return self._held(key) if written is UNWRITTEN else written is not DELETED

    def set_item(self, key: object, value: object) -> None:
        """Set the item of a key."""
        key = self._key(key)
        folding = self._folding
        self._note()
        folding.numbers.note_rewritten(Item(self._source, key))
        self._written[guards.identity_token(key)] = (key, value)
        host = folding.host
        host.set_item(host.value(self), host.key(key), host.value(value))

    def pop(self, key: object, /, *default: object) -> object:
        """Remove a key and return its item."""
        found = self.get(key, *default) if default else self.get_item(key)
        key = self._key(key)
        if self.contains(key):
            self._note()
            self._written[guards.identity_token(key)] = (key, DELETED)
            host = self._folding.host
            host.delete_item(host.value(self), host.key(key))
        return found

    def setdefault(self, key: object, default: object = None, /) -> object:
        """Return the item of a key, which is set if it isn't there."""
        if not self.contains(key):
            self.set_item(key, default)
        return self.get(key)

    def update(self, /, *others: object, **named: object) -> None:
        """Set the items of dicts, or add the items of iterables."""
        if issubclass(class_of(self._real), set):
            for other in others:
                items: list[object] = []
                try:
                    _collect(other, items)
                finally:
                    for value in items:
                        self.add(value)
            return
        if any(class_of(other) is not dict for other in others):
            self.refuse()
        for key, value in run(dict, *others, **named).items():
            self.set_item(key, value)

    def add(self, value: object, /) -> None:
        """Add an item to a set."""
        self._change_set(value, value, "add")

    def discard(self, value: object, /) -> None:
        """Remove an item from a set, if it is there."""
        self._change_set(value, DELETED, "discard")

    def _change_set(self, value: object, now: object, method: str) -> None:
        key = self._key(value)
        self._written[guards.identity_token(key)] = (key, now)
        self._emit(method, key)

    def _key(self, key: object) -> object:
        key = constant(key)
        if not is_immutable(key) or isinstance(key, slice):
            self.refuse()
        return key

    def _now(self, key: object) -> object:
        """Return what this fold has set for a key."""
        for known, value in self._written.values():
            if known == key:
                return value
        return UNWRITTEN

    def _held(self, key: object) -> bool:
        """Return whether a key is there at the beginning of each call."""
        held = key in self._real
        word = "has" if held else "lacks"
        check = guards.Guard(self._source, lambda now: (key in now) == held, f"{word} {key!r}")
        self._folding.add_guard(check)
        return held

    def _emit(self, method: str, *values: object) -> None:
        host = self._folding.host
        self._note()
        host.method(host.value(self), method, *[host.value(value) for value in values])

    def _emit_items(self, method: str, items: list[object]) -> None:
        host = self._folding.host
        self._note()
        host.method(host.value(self), method, host.list_of(items))

    def _note(self) -> None:
        if self._folding.journal.depth:
            self.refuse()
        self._folding.note_effect(f"changes a {self.name}")


def _collect(values: object, items: list[object]) -> None:
    """Take the items of an iterable one by one. Raises `Raised` with what the iterable raises."""
    iterator = run(iter, values)
    while (item := run(next, iterator, _MISSING)) is not _MISSING:
        items.append(item)


class HandleMethod:
    """A method of a handle, for calls alone."""

    __slots__ = ("_function", "_handle")

    def __init__(self, handle: Handle, function: Callable[..., object]):
        self._handle = handle
        self._function = function

    def call(self, args: list[object], kwargs: dict[str, object]) -> object:
        """Return what the method gives. Raises `Raised` for arguments that don't fit."""
        return run(self._function, self._handle, *args, **kwargs)

    def refuse(self) -> NoReturn:
        """Raise CompileError; the next fold has the content."""
        self._handle.refuse()

    def __call__(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: native code would call it."""
        self.refuse()


_METHODS: dict[str, tuple[tuple[type[Any], ...], Callable[..., object]]] = {
    "append": ((list, deque), Handle.append),
    "appendleft": ((deque,), Handle.appendleft),
    "extend": ((list, deque), Handle.extend),
    "clear": ((list, deque), Handle.clear),
    "get": ((dict,), Handle.get),
    "pop": ((dict,), Handle.pop),
    "setdefault": ((dict,), Handle.setdefault),
    "update": ((dict, set), Handle.update),
    "add": ((set,), Handle.add),
    "discard": ((set,), Handle.discard),
}
"""Method to the classes that have it, and what folds it."""
_OF_DICTS = ("setdefault", "pop", "get", "update")


def _refusing(name: str) -> Callable[..., NoReturn]:
    def method(self: Handle | HandleMethod, *args: object) -> NoReturn:
        self.refuse()

    method.__name__ = name
    return method


for _name in (
    *("__bool__", "__len__", "__iter__", "__contains__", "__getitem__", "__setitem__"),
    *("__delitem__", "__eq__", "__ne__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__"),
    *("__add__", "__radd__", "__iadd__", "__mul__", "__rmul__", "__or__", "__ror__", "__ior__"),
    *("__and__", "__rand__", "__sub__", "__rsub__", "__xor__", "__rxor__", "__mod__", "__rmod__"),
    *("__str__", "__repr__", "__format__", "__reduce_ex__", "__reversed__", "__matmul__"),
    *("__index__", "__int__", "__float__", "__enter__", "__exit__", "__next__", "__rmatmul__"),
):
    setattr(Handle, _name, _refusing(_name))
    setattr(HandleMethod, _name, _refusing(_name))
