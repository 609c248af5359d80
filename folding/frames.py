"""Frames: a function while it is folded, with its variables as Python has them."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xdsl.dialects.builtin import LocationAttr, UnknownLoc
from xdsl.ir import Operation

from ..dialects.pyobj import Parameters
from ..runtime import guards
from ..runtime.sources import Captured, Global, Held, builtins_of
from .effects import DELETED, UNWRITTEN
from .errors import Raised
from .scopes import Scope
from .unmerged import Unmerged

if TYPE_CHECKING:
    from .session import Folding


class Frame:
    """Variables, the values of the body's ops, and the op that runs now."""

    __slots__ = (
        "caller",
        "cells",
        "first",
        "folding",
        "function",
        "name",
        "namespace",
        "op",
        "parent",
        "qualname",
        "result",
        "scope",
        "slots",
        "tainted",
        "variables",
    )

    def __init__(
        self,
        folding: Folding,
        name: str,
        scope: Scope,
        slots: int,
        function: types.FunctionType | None,
        parent: Frame | None = None,
        qualname: str = "",
    ):
        self.folding = folding
        self.name = name
        self.qualname = qualname or name
        self.first: str | None = None
        """The first positional parameter, which `super()` without arguments looks at."""
        self.scope = scope
        self.slots: list[object] = [None] * slots
        self.variables: dict[str, object] = {}
        self.function = function
        self.parent = parent
        self.op: Operation | None = None
        self.caller: Frame | None = None
        """The frame that waits while this one runs."""
        self.result: object = None
        self.tainted = frozenset[str]()
        """Parameters whose values come from an argument of the compiled function."""
        if parent is not None:
            self.namespace: dict[str, object] = parent.namespace
            self.cells: dict[str, types.CellType] = parent.cells
        else:
            self.namespace = function.__globals__ if function is not None else {}
            self.cells = cells_of(function)
        folding.journal.made(self)

    def bind(self, parameters: Parameters, variables: dict[str, object]) -> None:
        """Give the parameters their values."""
        self.variables.update(variables)
        self.first = next(iter((*parameters.positional_only, *parameters.positional)), None)

    @property
    def location(self) -> LocationAttr:
        """Where the running op stands in the user's file."""
        return self.op.location if self.op is not None else UnknownLoc()

    def load(self, name: str) -> object:
        """Return a variable's value: local, of a function around, or global.

        Raises `Raised` with a NameError or UnboundLocalError.
        """
        scope = self.scope
        if name in scope.local:
            try:
                return self._used(self.variables[name])
            except KeyError:
                raise Raised(_unbound(name)) from None
        if name not in scope.outer and (owner := self._owner(name)) is not None:
            try:
                return self._used(owner.variables[name])
            except KeyError:
                raise Raised(_free_unbound(name)) from None
        if name in self.cells and name not in scope.outer:
            return self._load_captured(name)
        return self._load_global(name)

    def _used(self, value: object) -> object:
        """Return a variable's value, unless a branch left it undecided."""
        if type(value) is Unmerged:
            value.use(self)
        return value

    def store(self, name: str, value: object) -> None:
        """Bind a name where its scope says; the host binds a global or captured one, too."""
        owner = self if name in self.scope.local else None
        if owner is None and name not in self.scope.outer:
            owner = self._owner(name)
        if owner is not None:
            self.folding.journal.variable(owner, name)
            owner.variables[name] = value
            return
        self._store_outside(name, value)

    def delete(self, name: str) -> None:
        """Unbind a name. Raises as `load` does."""
        self.load(name)
        owner = self if name in self.scope.local else self._owner(name)
        if owner is None or name in self.scope.outer:
            self._store_outside(name, DELETED)
        else:
            self.folding.journal.variable(owner, name)
            del owner.variables[name]

    def _store_outside(self, name: str, value: object) -> None:
        """Bind or unbind a variable that existed before the call, or could have."""
        effects = self.folding.effects
        if name in self.cells and name not in self.scope.outer:
            cell = self.cells[name]
            if self.folding.journal.depth and effects.cell(cell) is UNWRITTEN:
                self._prime(cell, name, "cell_contents")
            effects.set_cell(cell, value)
            return
        if self.folding.journal.depth and effects.variable(self.namespace, name) is UNWRITTEN:
            self._prime(self.namespace, name, name)
        effects.set_variable(self.namespace, name, value)

    def _prime(self, owner: object, name: str, key: str) -> None:
        """Within a run-time branch, let the fold know a variable before it is changed."""
        try:
            value = self.load(name)
        except Raised:
            value = DELETED
        if owner is self.namespace and name not in self.namespace:
            # A builtin function of that name is none of the variables.
            self.folding.add_guard(guards.Guard(Held(owner), _lacks_own(name), f"has no {name}"))
            value = DELETED
        self.folding.effects.prime(owner, key, value)

    def forget(self, name: str) -> None:
        """Unbind a name if it is bound, as the end of a handler does."""
        try:
            self.delete(name)
        except Raised:
            return

    def inner_qualname(self, name: str) -> str:
        """Return the `__qualname__` of a function or a class that is made in this frame."""
        return name if name in self.scope.outer else f"{self.qualname}.<locals>.{name}"

    def owner_of(self, name: str) -> Frame | None:
        """Return the frame that binds a name: this one, one around it, or none."""
        return self if name in self.scope.local else self._owner(name)

    def _owner(self, name: str) -> Frame | None:
        """Return the frame around this one that binds `name`."""
        frame = self.parent
        while frame is not None:
            if name in frame.scope.local:
                return frame
            frame = frame.parent
        return None

    def _load_captured(self, name: str) -> object:
        cell = self.cells[name]
        written = self.folding.effects.cell(cell)
        if written is DELETED:
            raise Raised(_free_unbound(name))
        if written is not UNWRITTEN:
            return written
        try:
            value = cell.cell_contents
        except ValueError:
            self.folding.add_guard(guards.Guard(Held(cell), _is_empty, f"has no {name}"))
            raise Raised(_free_unbound(name)) from None
        return self.folding.adopt(value, Captured(cell, name))

    def _load_global(self, name: str) -> object:
        namespace = self.namespace
        written = self.folding.effects.variable(namespace, name)
        if written is not UNWRITTEN and written is not DELETED:
            return written
        if written is UNWRITTEN and name in namespace:
            value = namespace[name]
        else:
            try:
                value = builtins_of(namespace)[name]
            except KeyError:
                if written is UNWRITTEN:
                    check = guards.Guard(Held(namespace), _lacks(name), f"has no {name}")
                    self.folding.add_guard(check)
                raise Raised(_undefined(name)) from None
            if written is DELETED:
                return value
        return self.folding.adopt(value, Global(namespace, name))


def cells_of(function: types.FunctionType | None) -> dict[str, types.CellType]:
    """Return a function's captured variables by name."""
    if function is None or not function.__closure__:
        return {}
    return dict(zip(function.__code__.co_freevars, function.__closure__, strict=True))


def _is_empty(cell: Any) -> bool:
    try:
        return cell.cell_contents is _NOTHING
    except ValueError:
        return True


_NOTHING = object()


def _lacks(name: str) -> Callable[[Any], bool]:
    return lambda namespace: name not in namespace and name not in builtins_of(namespace)


def _lacks_own(name: str) -> Callable[[Any], bool]:
    return lambda namespace: name not in namespace


def _unbound(name: str) -> UnboundLocalError:
    return UnboundLocalError(
        f"cannot access local variable '{name}' where it is not associated with a value"
    )


def _free_unbound(name: str) -> NameError:
    return NameError(
        f"cannot access free variable '{name}' where it is not associated with a value"
        " in enclosing scope",
        name=name,
    )


def _undefined(name: str) -> NameError:
    return NameError(f"name '{name}' is not defined", name=name)
