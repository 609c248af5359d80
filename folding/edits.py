"""What a container or an instance holds, and the ops that make another of the same content."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from xdsl.ir import SSAValue

from ..runtime.guards import class_of
from .numbers import SymbolicNumber, is_unchanged

if TYPE_CHECKING:
    from .host import Host


class Kind(ABC):
    """A kind of object that changes in place: how to read it, and how to tell the host."""

    empty: Any = ()
    """What a new one holds."""

    @abstractmethod
    def read(self, model: Any) -> Any:
        """Return what it holds now; later changes don't change what was returned."""

    @abstractmethod
    def same(self, old: Any, new: Any) -> bool:
        """Return whether two contents hold the very same objects."""

    @abstractmethod
    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        """Emit the ops that make the new content of the old one."""

    def put(self, model: Any, content: Any) -> None:
        """Give the content back that `read` returned: pairs, or the items of a set."""
        model.clear()
        if isinstance(model, dict):
            items = cast("dict[Any, Any]", model)
            for key, value in content:
                items[key] = value
        else:
            model.update(content)

    def changed_keys(self, old: Any, new: Any) -> list[object]:
        """Return where another item stands in the place of the old one."""
        return []

    @abstractmethod
    def what(self, model: Any) -> str:
        """The effect in words, for the report."""


class _Sequence(Kind):
    """A list or a deque."""

    def read(self, model: Any) -> Any:
        """Return the items."""
        return tuple(model)

    def same(self, old: Any, new: Any) -> bool:
        """Compare the items by identity."""
        return len(old) == len(new) and all(map(is_same, old, new))

    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        """Append, or replace what is between the items that stayed at both ends."""
        start = 0
        while start < min(len(old), len(new)) and is_same(old[start], new[start]):
            start += 1
        if start == len(old):
            _append(host, owner, new[start:])
            return
        self._replace(host, owner, old, new, start)

    def changed_keys(self, old: Any, new: Any) -> list[object]:
        """Return the indices of other items."""
        pairs = enumerate(zip(old, new, strict=False))
        return [index for index, (a, b) in pairs if not is_same(a, b)]

    def put(self, model: Any, content: Any) -> None:
        """Give the items back."""
        model.clear()
        model.extend(content)

    def _replace(self, host: Host, owner: SSAValue, old: Any, new: Any, start: int) -> None:
        end = 0
        shorter = min(len(old), len(new))
        while end < shorter - start and is_same(old[-1 - end], new[-1 - end]):
            end += 1
        stop = len(old) - end
        items = new[start : len(new) - end]
        if stop - start == 1 and len(items) == 1:
            host.set_item(owner, host.key(start), host.value(items[0]))
        elif stop - start == 1 and not items:
            host.delete_item(owner, host.key(start))
        else:
            host.set_item(owner, host.key(slice(start, stop)), host.list_of(list(items)))

    def what(self, model: Any) -> str:
        """The effect in words."""
        return f"changes a {class_of(model).__name__}"


class _Deque(_Sequence):
    def _replace(self, host: Host, owner: SSAValue, old: Any, new: Any, start: int) -> None:
        host.method(owner, "clear")
        _append(host, owner, new)


class _Bytes(_Sequence):
    empty = b""

    def read(self, model: Any) -> Any:
        return bytes(model)

    def same(self, old: Any, new: Any) -> bool:
        return old == new

    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        host.set_item(owner, host.key(slice(None)), host.value(new))


class _Mapping(Kind):
    """A dict or one of its subclasses in `collections`."""

    def __init__(self, updates: bool = True):
        self._updates = updates
        """Whether `update` sets items; that of a Counter adds to them."""

    def read(self, model: Any) -> Any:
        """Return pairs of key and value."""
        return tuple(model.items())

    def same(self, old: Any, new: Any) -> bool:
        """Compare keys and values by identity."""
        return len(old) == len(new) and all(
            a is b and is_same(x, y) for (a, x), (b, y) in zip(old, new, strict=True)
        )

    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        """Delete and set items; a dict in another order is filled anew."""
        before = {id(key): value for key, value in old}
        after = {id(key) for key, _ in new}
        kept = [id(key) for key, _ in old if id(key) in after]
        if kept != [id(key) for key, _ in new][: len(kept)]:
            host.method(owner, "clear")
            before = {}
        else:
            for key, _ in old:
                if id(key) not in after:
                    host.delete_item(owner, host.key(key))
        changed = [(k, v) for k, v in new if not is_same(before.get(id(k), self), v)]
        if len(changed) > 1 and self._updates:
            host.method(owner, "update", host.dict_of(changed))
            return
        for key, value in changed:
            host.set_item(owner, host.key(key), host.value(value))

    def changed_keys(self, old: Any, new: Any) -> list[object]:
        """Return the keys of other values."""
        before = {id(key): value for key, value in old}
        return [k for k, v in new if id(k) in before and not is_same(before[id(k)], v)]

    def what(self, model: Any) -> str:
        """The effect in words."""
        return f"changes a {class_of(model).__name__}"


class _Set(Kind):
    def read(self, model: Any) -> Any:
        return tuple(model)

    def same(self, old: Any, new: Any) -> bool:
        return len(old) == len(new) and {*map(id, old)} == {*map(id, new)}

    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        before, after = {*map(id, old)}, {*map(id, new)}
        for item in old:
            if id(item) not in after:
                host.method(owner, "discard", host.value(item))
        for item in new:
            if id(item) not in before:
                host.method(owner, "add", host.value(item))

    def what(self, model: Any) -> str:
        return "changes a set"


class Attributes(Kind):
    """The attributes of an instance that was born here; those in slots, too."""

    empty: Any = MappingProxyType[str, Any]({})

    def read(self, model: Any) -> Any:
        """Return the values by name."""
        found: dict[str, Any] = {}
        for name in slots_of(class_of(model)):
            try:
                found[name] = object.__getattribute__(model, name)
            except AttributeError:
                continue
        attributes: Any = getattr(model, "__dict__", None)
        if type(attributes) is dict:
            found.update(cast("dict[str, Any]", attributes))
        return found

    def same(self, old: Any, new: Any) -> bool:
        """Compare the values by identity."""
        return list(old) == list(new) and all(is_same(old[name], new[name]) for name in new)

    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        """Delete and set attributes, without the class's own `__setattr__`."""
        for name in old:
            if name not in new:
                host.delete_attribute(owner, name, True)
        for name, value in new.items():
            if not is_same(old.get(name, self), value):
                host.set_attribute(owner, name, host.value(value), True)

    def what(self, model: Any) -> str:
        """The effect in words."""
        return f"sets attributes of a {class_of(model).__qualname__}"


EDITS: dict[type[Any], Kind] = {
    **{list: _Sequence(), deque: _Deque(), bytearray: _Bytes(), set: _Set()},
    **dict.fromkeys((dict, OrderedDict, defaultdict), _Mapping()),
    Counter: _Mapping(updates=False),
}
"""The built-in containers that change in place."""

_ATTRIBUTES = Attributes()


def kind_of(model: Any) -> Kind:
    """Return how to read an object that changes in place."""
    return EDITS.get(class_of(model), _ATTRIBUTES)


def slots_of(kind: type[Any]) -> Iterator[str]:
    """Yield the names in the `__slots__` of a class and its bases, as they are mangled."""
    for base in kind.__mro__:
        slots: Any = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name in ("__dict__", "__weakref__"):
                continue
            private = name.startswith("__") and not name.endswith("__")
            yield f"_{base.__name__.lstrip('_')}{name}" if private else name


def is_same(old: object, new: object) -> bool:
    """Return whether two parts are one object, at every call.

    A run-time number that something has made constant is the constant.
    """
    if is_unchanged(old, new):
        return True
    if class_of(old) is tuple and class_of(new) is tuple:
        a, b = cast("tuple[object, ...]", old), cast("tuple[object, ...]", new)
        return len(a) == len(b) and _holds_number(a) and all(map(is_same, a, b))
    return False


def _holds_number(items: tuple[object, ...]) -> bool:
    for item in items:
        if isinstance(item, SymbolicNumber):
            return True
        if class_of(item) is tuple and _holds_number(cast("tuple[object, ...]", item)):
            return True
    return False


def _append(host: Host, owner: SSAValue, items: Any) -> None:
    if len(items) == 1:
        host.method(owner, "append", host.value(items[0]))
    elif items:
        host.method(owner, "extend", host.list_of(list(items)))
