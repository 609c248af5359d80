"""Where a value that existed before the call can be found again at the next call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from keyword import iskeyword
from types import CellType
from typing import Any, Final, cast


class Source(ABC):
    """A path from the arguments, the globals or a closure to one value."""

    @property
    @abstractmethod
    def key(self) -> tuple[object, ...]:
        """What tells this path from others; equal keys are one path."""

    @abstractmethod
    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now.

        Raises whatever Python raises where the path has come to an end: LookupError,
        AttributeError, ValueError or TypeError.
        """

    def text(self, named: Callable[[object], str]) -> str:
        """Return an expression of Python that gives the value, in terms of names for objects.

        The arguments are `a0`, `a1`, …, all of them `arguments`.
        """
        return f"{named(self.fetch)}(arguments)"

    @abstractmethod
    def __str__(self) -> str:
        """The path as a user would write it."""


class Argument(Source):
    """The argument at a position of the flattened signature."""

    def __init__(self, index: int, name: str) -> None:
        self.index: Final = index
        self.name: Final = name

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("argument", self.index)

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now."""
        return arguments[self.index]

    def text(self, named: Callable[[object], str]) -> str:
        """Return the argument's name."""
        return f"a{self.index}"

    def __str__(self) -> str:
        return self.name


class Global(Source):
    """A name in a module's namespace, or else in the builtins."""

    def __init__(self, namespace: dict[str, object], name: str) -> None:
        self.namespace: Final = namespace
        self.name: Final = name

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("global", id(self.namespace), self.name)

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now."""
        try:
            return self.namespace[self.name]
        except KeyError:
            return builtins_of(self.namespace)[self.name]

    def text(self, named: Callable[[object], str]) -> str:
        """Return the item of the namespace, unless the name is one of the builtins now."""
        if self.name not in self.namespace:
            return super().text(named)
        return f"{named(self.namespace)}[{self.name!r}]"

    def __str__(self) -> str:
        return self.name


class Captured(Source):
    """A variable of an enclosing function, kept in a cell."""

    def __init__(self, cell: CellType, name: str) -> None:
        self.cell: Final = cell
        self.name: Final = name

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("cell", id(self.cell))

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now."""
        return self.cell.cell_contents

    def text(self, named: Callable[[object], str]) -> str:
        """Return the content of the cell."""
        return f"{named(self.cell)}.cell_contents"

    def __str__(self) -> str:
        return self.name


class Attribute(Source):
    """An attribute of another value."""

    def __init__(self, base: Source, name: str) -> None:
        self.base: Final = base
        self.name: Final = name

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("attribute", *self.base.key, self.name)

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now."""
        return getattr(self.base.fetch(arguments), self.name)

    def text(self, named: Callable[[object], str]) -> str:
        """Return the attribute of the base."""
        # Python reads identifiers that aren't ASCII in a normal form.
        if not (self.name.isascii() and self.name.isidentifier()) or iskeyword(self.name):
            return super().text(named)
        return f"{self.base.text(named)}.{self.name}"

    def __str__(self) -> str:
        return f"{self.base}.{self.name}"


class Item(Source):
    """An item of a list, a tuple or a dict."""

    def __init__(self, base: Source, index: object) -> None:
        self.base: Final = base
        self.index: Final = index

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("item", *self.base.key, type(self.index), self.index)

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now."""
        return cast(Any, self.base.fetch(arguments))[self.index]

    def text(self, named: Callable[[object], str]) -> str:
        """Return the item of the base."""
        return f"{self.base.text(named)}[{named(self.index)}]"

    def __str__(self) -> str:
        return f"{self.base}[{self.index!r}]"


class Held(Source):
    """An object itself, where no path to it is known."""

    def __init__(self, value: object) -> None:
        self.value: Final = value

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("held", id(self.value))

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now."""
        return self.value

    def text(self, named: Callable[[object], str]) -> str:
        """Return the object's name."""
        return named(self.value)

    def __str__(self) -> str:
        return f"<{type(self.value).__name__} object>"


def builtins_of(namespace: dict[str, object]) -> dict[str, object]:
    """Return the builtins that a module's code sees."""
    found = namespace.get("__builtins__", __builtins__)
    return cast(dict[str, object], found if isinstance(found, dict) else vars(cast(Any, found)))
