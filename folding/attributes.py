"""Reading and writing attributes while folding; what is read from outside is guarded."""

from __future__ import annotations

import operator
import types
from typing import Any, cast

from ..runtime import guards
from ..runtime.sources import Attribute, Held
from ..runtime.tensor import Tensor
from .classify import is_inlined
from .errors import Raised, run
from .frames import Frame
from .numbers import SymbolicNumber, constant

_MISSING = object()
_PARTS = {name: operator.attrgetter(name) for name in ("real", "imag", "numerator", "denominator")}


def get_attribute(frame: Frame, owner: object, name: str) -> object:
    """Return `owner.name`; the getter of a user's property is folded like a call.

    Raises `Raised` with whatever Python raises.
    """
    folding = frame.folding
    folding.need_python("an attribute")
    if isinstance(owner, Tensor):
        return run(getattr, owner, name)
    if isinstance(owner, SymbolicNumber):
        return number_attribute(owner, name)
    if not isinstance(owner, types.ModuleType | type):
        folding.note_object(owner)
    getter = _user_getter(owner, name)
    if getter is not None:
        from .calls import call

        return call(frame, getter, [owner], {})
    source = folding.source(owner)
    if source is None:
        return run(getattr, owner, name)
    value = run(getattr, owner, name)
    if folding.is_copy(owner):
        return value
    if isinstance(value, types.MethodType) and value.__self__ is owner:
        if not isinstance(owner, type) and name not in getattr(owner, "__dict__", ()):
            method = Attribute(Held(type(owner)), name)
            folding.add_guard(guards.same_object(method, value.__func__))
            return value
    return folding.adopt(value, Attribute(source, name))


def number_attribute(number: SymbolicNumber, name: str) -> object:
    """Return an attribute of a run-time number; its methods are those of the constant."""
    if name == "__class__":
        return number.kind
    if name in _PARTS and (number.kind is not float or name in ("real", "imag")):
        return run(number.computed, _PARTS[name], (number,))
    return run(getattr, number.constant(), name)


def has_attribute(frame: Frame, owner: object, name: str) -> bool:
    """Return what `hasattr` gives, and guard it: presence and absence alike."""
    try:
        get_attribute(frame, owner, name)
    except Raised as raised:
        if not isinstance(raised.exception, AttributeError):
            raise
        source = frame.folding.source(owner)
        if source is not None:
            frame.folding.add_guard(guards.MissingGuard(source, name))
        return False
    return True


def set_attribute(frame: Frame, owner: object, name: str, value: object) -> None:
    """Do `owner.name = value` for an object that was born while folding."""
    frame.folding.need_python("an attribute")
    frame.folding.check_born(owner, f"the attribute '{name}' of {{}} is set")
    frame.folding.meet(owner)
    owner = constant(owner) if isinstance(owner, SymbolicNumber) else owner
    frame.folding.journal.before_change(owner)
    run(setattr, owner, name, value)


def _user_getter(owner: object, name: str) -> types.FunctionType | None:
    """Return the getter of a property that the user wrote, None for any other attribute."""
    static = cast(Any, _MISSING)
    for base in type(owner).__mro__:
        static = base.__dict__.get(name, _MISSING)
        if static is not _MISSING:
            break
    if isinstance(static, property) and isinstance(static.fget, types.FunctionType):
        return static.fget if is_inlined(static.fget) else None
    return None
