"""The frame of a class body: its names go into the namespace that becomes the class.

Functions in the body don't see them; all they see of it is `__class__`.
Source: <https://docs.python.org/3/reference/executionmodel.html#resolution-of-names>.
"""

from __future__ import annotations

import operator
import types
from typing import Any

from ..runtime.guards import class_of
from .effects import DELETED
from .errors import Raised, run
from .frames import Frame
from .scopes import Scope

_MISSING = object()


class _Cell(dict[str, object]):
    """What functions of a class body see of it: `__class__`, once the class is made."""

    def __init__(self, cell: types.CellType):
        super().__init__()
        self.cell = cell

    def __missing__(self, name: str) -> object:
        try:
            return self.cell.cell_contents
        except ValueError:
            raise KeyError(name) from None


class ClassFrame(Frame):
    """A class body while it is folded."""

    __slots__ = ("contents", "names")

    def __init__(
        self,
        parent: Frame,
        name: str,
        names: Scope,
        slots: int,
        contents: Any,
        cell: types.CellType,
    ):
        inner = Scope(local={"__class__"})
        qualname = parent.inner_qualname(name)
        super().__init__(parent.folding, name, inner, slots, parent.function, parent, qualname)
        self.names = names
        """The names that the body binds and declares."""
        self.contents = contents
        """The namespace: a dict, or what the metaclass prepared."""
        self.variables = _Cell(cell)
        self.tainted = parent.tainted

    def load(self, name: str) -> object:
        """Return what a name means in the class body. Raises `Raised` with a NameError."""
        if name in self.names.outer:
            return self._load_global(name)
        if name not in self.names.nonlocal_:
            found = self._look_up(name)
            if found is not _MISSING:
                return found
            if name in self.names.local:
                return self._load_global(name)
        assert self.parent is not None
        return self._load_around(name)

    def store(self, name: str, value: object) -> None:
        """Bind a name in the class, or where it is declared to be."""
        if name in self.names.outer or name in self.names.nonlocal_:
            self._store_around(name, value)
            return
        self.folding.journal.before_change(self.contents)
        run(operator.setitem, self.contents, name, value)

    def delete(self, name: str) -> None:
        """Unbind a name. Raises `Raised` with a NameError."""
        if name in self.names.outer or name in self.names.nonlocal_:
            owner = self._owner(name) if name in self.names.nonlocal_ else None
            if owner is not None:
                owner.delete(name)
            else:
                self.load(name)
                self._store_around(name, DELETED)
            return
        if self._look_up(name) is _MISSING:
            raise Raised(NameError(f"name '{name}' is not defined", name=name))
        self.folding.journal.before_change(self.contents)
        run(operator.delitem, self.contents, name)

    def inner_qualname(self, name: str) -> str:
        """Return the `__qualname__` of a method or a class that is made in the body."""
        return name if name in self.names.outer else f"{self.qualname}.{name}"

    def _look_up(self, name: str) -> object:
        contents = self.contents
        if class_of(contents) is dict:
            return contents.get(name, _MISSING)
        try:
            return run(operator.getitem, contents, name)
        except Raised as raised:
            if isinstance(raised.exception, KeyError):
                return _MISSING
            raise

    def _load_around(self, name: str) -> object:
        """Return a variable of a function around, or a global one."""
        owner = self._owner(name)
        if owner is not None:
            return owner.load(name)
        if name in self.cells:
            return self._load_captured(name)
        return self._load_global(name)

    def _store_around(self, name: str, value: object) -> None:
        """Bind a variable of a function around, or a global one."""
        owner = self._owner(name) if name in self.names.nonlocal_ else None
        if owner is not None:
            owner.store(name, value)
        elif name in self.names.nonlocal_:
            self.folding.effects.set_cell(self.cells[name], value)
        else:
            self.folding.effects.set_variable(self.namespace, name, value)
