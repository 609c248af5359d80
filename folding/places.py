"""Places that hold fold-time values, and what each holds: variables, results, objects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xdsl.ir import Operation

from ..runtime.array_data import ArrayData
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .frames import Frame


class Unset:
    """The content of a variable that isn't bound, or an attribute that isn't there."""

    def __repr__(self) -> str:
        return "<unset>"


UNSET = Unset()


class Place(ABC):
    """Something that holds fold-time values and can be changed."""

    @property
    @abstractmethod
    def key(self) -> tuple[object, ...]:
        """What tells this place from others."""

    @property
    def owner(self) -> object:
        """The object whose content this is; the place itself, if it is of no object."""
        return self

    @abstractmethod
    def read(self) -> Any:
        """Return what it holds now; later changes don't change what was returned."""

    @abstractmethod
    def write(self, content: Any) -> None:
        """Let it hold what `read` returned before, or something like it."""

    @abstractmethod
    def __str__(self) -> str:
        """The place in the user's words."""


@dataclass(frozen=True, eq=False)
class _OfFrame(Place):
    """A place in a frame, which is gone with it."""

    frame: Frame

    @property
    def owner(self) -> object:
        """The frame."""
        return self.frame


@dataclass(frozen=True, eq=False)
class Variable(_OfFrame):
    """A variable of a frame."""

    name: str

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this place from others."""
        return ("variable", id(self.frame), self.name)

    def read(self) -> object:
        """Return the value, `UNSET` for a name that isn't bound."""
        return self.frame.variables.get(self.name, UNSET)

    def write(self, content: object) -> None:
        """Bind the name, or unbind it."""
        if content is UNSET:
            self.frame.variables.pop(self.name, None)
        else:
            self.frame.variables[self.name] = content

    def __str__(self) -> str:
        return f"the variable '{self.name}'"


@dataclass(frozen=True, eq=False)
class Result(_OfFrame):
    """What a function returns."""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this place from others."""
        return ("result", id(self.frame))

    def read(self) -> object:
        """Return the value."""
        return self.frame.result

    def write(self, content: object) -> None:
        """Set the value."""
        self.frame.result = content

    def __str__(self) -> str:
        return f"the result of '{self.frame.name}'"


@dataclass(frozen=True, eq=False)
class Slot(_OfFrame):
    """The value of an expression of which the sides of a branch give one each."""

    index: int
    op: Operation | None = None
    """The op whose result it is."""

    def is_gone_after(self, statement: Operation | None) -> bool:
        """Return whether the value is of an op within a statement: nothing after it can ask."""
        op = None if self.op is None else self.op.parent_op()
        while op is not None and op is not statement:
            op = op.parent_op()
        return op is not None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this place from others."""
        return ("slot", id(self.frame), self.index)

    def read(self) -> object:
        """Return the value."""
        return self.frame.slots[self.index]

    def write(self, content: object) -> None:
        """Set the value."""
        self.frame.slots[self.index] = content

    def __str__(self) -> str:
        return "the value of an expression"


@dataclass(eq=False)
class Cell(Place):
    """What the fold itself keeps of a loop, beside what the program does."""

    name: str
    content: object = None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this place from others."""
        return ("cell", id(self))

    def read(self) -> object:
        """Return what it holds."""
        return self.content

    def write(self, content: object) -> None:
        """Let it hold something."""
        self.content = content

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Contents:
    """What an object holds: its items by key, in order, and its attributes."""

    items: tuple[tuple[object, object], ...] = ()
    attributes: tuple[tuple[str, object], ...] = ()
    raw: object = None
    """For objects without parts: what restores them."""


@dataclass(frozen=True, eq=False)
class Object(Place):
    """A mutable object: a container, an instance, a tensor."""

    value: Any

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this place from others."""
        return ("object", id(self.value))

    @property
    def owner(self) -> object:
        """The object."""
        return self.value

    def read(self) -> Contents:
        """Return items and attributes."""
        value = self.value
        if isinstance(value, Tensor):
            return Contents(raw=value.snapshot())
        if isinstance(value, np.ndarray):
            return Contents(raw=cast(Any, value).copy())
        return Contents(tuple(_items(value)), tuple(_attributes(value)))

    def write(self, content: Contents) -> None:
        """Put items and attributes back."""
        value = self.value
        if isinstance(value, Tensor):
            value.restore(content.raw)
        elif isinstance(value, np.ndarray):
            value[...] = content.raw
        else:
            _put_items(value, content)
            _put_attributes(value, dict(content.attributes))

    def __str__(self) -> str:
        return f"a {class_of(self.value).__qualname__}"


def place_of_object(value: Any) -> Object | None:
    """Return the place of a mutable object, None for what can't be changed."""
    kind = class_of(value)
    if issubclass(kind, ArrayData) or (kind is np.ndarray and not value.flags.writeable):
        # Its elements are in a tensor, or nobody may write to them.
        return None
    if issubclass(kind, (list, dict, set, bytearray, deque, np.ndarray, Tensor)):
        return Object(value)
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return Object(value)
    return Object(value) if any(slots_of(kind)) else None


def slots_of(kind: type[Any]) -> Iterator[str]:
    """Yield the names in the `__slots__` of a class and its bases."""
    for base in kind.__mro__:
        slots: Any = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                yield f"_{base.__name__.lstrip('_')}{name}" if _is_private(name) else name


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


_BASES: tuple[Any, ...] = (OrderedDict, dict, set, list, bytearray, deque)


def _base(value: object) -> tuple[str, Any]:
    """Return the builtin container that a value is, whose methods change it and nothing else."""
    kind = class_of(value)
    found: Any = next((base for base in _BASES if issubclass(kind, base)), object)
    return found.__name__, found


def _items(value: Any) -> Iterator[tuple[object, object]]:
    """Yield key and item; a set's items are keys, in its order."""
    name, base = _base(value)
    if name in ("dict", "OrderedDict"):
        yield from base.items(value)
    elif name == "set":
        yield from ((item, None) for item in base.__iter__(value))
    elif name != "object":
        yield from enumerate(base.__iter__(value))


def _attributes(value: Any) -> Iterator[tuple[str, object]]:
    attributes: dict[str, object] | None = getattr(value, "__dict__", None)
    if attributes is not None:
        yield from attributes.items()
    for name in slots_of(class_of(value)):
        try:
            yield name, object.__getattribute__(value, name)
        except AttributeError:
            continue


def _put_items(value: Any, content: Contents) -> None:
    name, base = _base(value)
    items = [item for _, item in content.items]
    if name in ("dict", "OrderedDict"):
        base.clear(value)
        for key, item in content.items:
            base.__setitem__(value, key, item)
    elif name == "set":
        base.clear(value)
        base.update(value, [key for key, _ in content.items])
    elif name in ("list", "bytearray"):
        base.__setitem__(value, slice(None), items)
    elif name == "deque":
        base.clear(value)
        base.extend(value, items)


def _put_attributes(value: Any, wanted: dict[str, object]) -> None:
    attributes: dict[str, object] | None = getattr(value, "__dict__", None)
    in_slots = list(slots_of(class_of(value)))
    if attributes is not None:
        attributes.clear()
        attributes.update({n: v for n, v in wanted.items() if n not in in_slots})
    for name in in_slots:
        if name in wanted:
            object.__setattr__(value, name, wanted[name])
        elif hasattr(value, name):
            object.__delattr__(value, name)
