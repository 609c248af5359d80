"""What the program sets and deletes on objects that existed before the call.

The real object stays as it is while folding: a shadow keeps what was set, later reads of the same
fold find it there, and the host program does it to the real object at every call.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, ClassVar

from xdsl.ir import SSAValue

from ..runtime.guards import Guard, class_of
from ..runtime.sources import Attribute, Captured, Global
from .edits import Kind
from .numbers import is_unchanged

if TYPE_CHECKING:
    from .host import Host
    from .session import Folding


class _Word:
    def __init__(self, text: str):
        self._text = text

    def __repr__(self) -> str:
        return f"<{self._text}>"


UNWRITTEN, DELETED = _Word("unwritten"), _Word("deleted")
"""What a shadow answers for a name that it doesn't know, and holds for one that was deleted."""


class _Names(Kind):
    """The names that a shadow holds."""

    def read(self, model: Any) -> Any:
        return dict(model.now)

    def same(self, old: Any, new: Any) -> bool:
        return list(old) == list(new) and all(is_unchanged(old[name], new[name]) for name in new)

    def edit(self, host: Host, owner: SSAValue, old: Any, new: Any) -> None:
        for name, value in new.items():
            if not is_unchanged(old.get(name, UNWRITTEN), value):
                self._put(host, owner, name, value)

    def _put(self, host: Host, owner: SSAValue, name: str, value: object) -> None:
        raise AssertionError


class _Attributes(_Names):
    def __init__(self, raw: bool):
        self._raw = raw

    def _put(self, host: Host, owner: SSAValue, name: str, value: object) -> None:
        if value is DELETED:
            host.delete_attribute(owner, name, self._raw)
        else:
            host.set_attribute(owner, name, host.value(value), self._raw)

    def what(self, model: Any) -> str:
        return f"sets attributes of {model}"


class _Variables(_Names):
    def _put(self, host: Host, owner: SSAValue, name: str, value: object) -> None:
        if value is DELETED:
            host.delete_item(owner, host.key(name))
        else:
            host.set_item(owner, host.key(name), host.value(value))

    def what(self, model: Any) -> str:
        return "sets global variables"


class _Cell(_Attributes):
    def what(self, model: Any) -> str:
        return "sets a captured variable"


class Shadow:
    """The names set or deleted on one outside object; `owner` is the real one."""

    KINDS: ClassVar[dict[str, Kind]] = {
        "attributes": _Attributes(False),
        "raw attributes": _Attributes(True),
        "variables": _Variables(),
        "cell": _Cell(False),
    }

    def __init__(self, owner: object, kind: str, text: str):
        self.owner = owner
        self.now: dict[str, object] = {}
        self.edit_kind = Shadow.KINDS[kind]
        self._text = text

    @property
    def held(self) -> bool:
        """Whether the object is found by itself, not by a path: a namespace or a cell."""
        return class_of(self.owner) in (dict, types.CellType)

    def __str__(self) -> str:
        return self._text


class Effects:
    """The shadows of one fold."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._shadows: dict[int, Shadow] = {}
        self._classes = False

    def attribute(self, owner: Any, name: str) -> object:
        """Return what was set as an attribute, `DELETED` or `UNWRITTEN`.

        Attributes of a module are the variables of its namespace.
        """
        if not self._shadows:
            return UNWRITTEN
        if isinstance(owner, types.ModuleType):
            return self.variable(vars(owner), name)
        found = self._name(owner, name)
        if found is UNWRITTEN and self._classes:
            found = self._inherited(owner, name)
        return found

    def _inherited(self, owner: Any, name: str) -> object:
        """Return what was set on a class, unless the instance or a class before it has its own."""
        kind: type[Any] = owner if isinstance(owner, type) else class_of(owner)
        if kind is not owner and name in getattr(owner, "__dict__", ()):
            return UNWRITTEN
        for base in kind.__mro__:
            found = self._name(base, name)
            if found is not UNWRITTEN or name in vars(base):
                break
        else:
            return UNWRITTEN
        source = self._folding.source(owner)
        if found is not UNWRITTEN and source is not None:
            where = _holder(owner, name)
            check = Guard(source, lambda now: _holder(now, name) == where, f"inherits {name}")
            self._folding.add_guard(check)
        return found

    def variable(self, namespace: dict[str, object], name: str) -> object:
        """Return what was stored to a global variable, `DELETED` or `UNWRITTEN`."""
        return self._name(namespace, name) if self._shadows else UNWRITTEN

    def cell(self, cell: types.CellType) -> object:
        """Return what was stored to a captured variable, `DELETED` or `UNWRITTEN`."""
        return self._name(cell, "cell_contents") if self._shadows else UNWRITTEN

    def is_written(self, owner: object) -> bool:
        """Return whether anything was set or deleted on an object."""
        return id(owner) in self._shadows

    def set_attribute(self, owner: Any, name: str, value: object, raw: bool = False) -> None:
        """Set or (`DELETED`) delete an attribute of an outside object.

        `raw` sets it at the host as `object.__setattr__` does.
        """
        if isinstance(owner, types.ModuleType):
            self.set_variable(vars(owner), name, value)
            return
        self._classes = self._classes or isinstance(owner, type)
        source = self._folding.source(owner)
        if source is not None:
            self._folding.numbers.note_rewritten(Attribute(source, name))
        text = f"'{source or class_of(owner).__qualname__}'"
        self._put(owner, "raw attributes" if raw else "attributes", text, name, value)
        copy: Any = self._folding.outside.copy_of(getattr(owner, "__dict__", None))
        if copy is not None:
            self._folding.journal.before_change(copy)
            copy.pop(name, None) if value is DELETED else copy.__setitem__(name, value)
            self._folding.host.forget_change(copy)

    def set_variable(self, namespace: dict[str, object], name: str, value: object) -> None:
        """Set or (`DELETED`) delete a global variable."""
        self._folding.numbers.note_rewritten(Global(namespace, name))
        self._put(namespace, "variables", "", name, value)

    def set_cell(self, cell: types.CellType, value: object) -> None:
        """Set or (`DELETED`) delete a captured variable."""
        self._folding.numbers.note_rewritten(Captured(cell, "cell"))
        self._put(cell, "cell", "", "cell_contents", value)

    def prime(self, owner: Any, name: str, value: object) -> None:
        """Be told what an attribute or a variable is before a side of a branch changes it.

        Then the other side has it, too, and both can be merged.
        """
        kind, text = "attributes", f"'{self._folding.source(owner)}'"
        if class_of(owner) in (dict, types.CellType):
            kind, text = ("variables" if class_of(owner) is dict else "cell"), ""
        shadow = self._shadow(owner, kind, text)
        shadow.now[name] = value
        self._folding.host.know(shadow, name, value)

    def _shadow(self, owner: object, kind: str, text: str) -> Shadow:
        shadow = self._shadows.get(id(owner))
        if shadow is None:
            shadow = self._shadows[id(owner)] = Shadow(owner, kind, text)
            self._folding.host.track(shadow)
        return shadow

    def _name(self, owner: object, name: str) -> object:
        shadow = self._shadows.get(id(owner))
        return UNWRITTEN if shadow is None else shadow.now.get(name, UNWRITTEN)

    def _put(self, owner: object, kind: str, text: str, name: str, value: object) -> None:
        folding = self._folding
        shadow = self._shadow(owner, kind, text)
        folding.journal.before_change(shadow.now)
        # The newest last, so that the host does them in the program's order.
        shadow.now.pop(name, None)
        shadow.now[name] = value
        folding.native.look_again()
        folding.host.touch(shadow)


def _holder(owner: Any, name: str) -> int:
    """Return which class holds an attribute, by its place in the order of look-up.

    An instance's own has a negative place; that of none is beyond them all.
    """
    kind: type[Any] = owner if isinstance(owner, type) else class_of(owner)
    if kind is not owner and name in getattr(owner, "__dict__", ()):
        return -1
    held = (place for place, base in enumerate(kind.__mro__) if name in vars(base))
    return next(held, len(kind.__mro__))
