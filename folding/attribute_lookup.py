"""Where Python finds an attribute: in the instance itself, or in its class."""

from __future__ import annotations

import types
from typing import Any

from ..runtime import guards
from ..runtime.guards import class_of
from ..runtime.sources import Held
from .array_inputs import is_array
from .classify import is_framework, is_inlined
from .edits import slots_of
from .errors import run
from .frames import Frame


def guard_entry(frame: Frame, owner: object, name: str) -> None:
    """Guard what the class of an instance has under a name: a property, or nothing."""
    kind = class_of(owner)
    frame.folding.add_guard(guards.same_entry(Held(kind), kind, name))


def check_array(owner: Any, name: str, what: str) -> None:
    """Refuse the change of an array's shape, dtype and layout; others are an AttributeError."""
    if not is_array(owner):
        return
    if not hasattr(owner.__class__, name):
        run(setattr, owner.sample(), name, None)
    owner.refuse(
        f"the attribute '{name}' of an array that exists only at run time is {what}",
        "make a new array, with reshape or astype",
    )


def class_property(owner: object, name: str) -> Any:
    """Return what a class has under a name, before it is bound to the instance; None if nothing."""
    return guards.class_attribute(class_of(owner), name)


def own_method(owner: Any, name: str) -> types.FunctionType | None:
    """Return a function that the user wrote, by its name in a class or a property."""
    found = getattr(owner, name, None)
    if isinstance(found, types.FunctionType) and not is_framework(found) and is_inlined(found):
        return found
    return None


def guard_held(frame: Frame, owner: object, name: str, held: bool) -> None:
    """Guard that an instance from outside has an attribute of its own, or has not."""
    source = frame.folding.source(owner)
    if source is not None:
        what = f"has {'' if held else 'no '}{name} of its own"
        check = guards.Guard(source, lambda now: holds_itself(now, name) == held, what)
        frame.folding.add_guard(check)


def holds_itself(owner: Any, name: str) -> bool:
    """Return whether an instance itself has an attribute, not its class alone."""
    attributes: Any = getattr(owner, "__dict__", None)
    if type(attributes) is dict and name in attributes:
        return True
    return name in slots_of(class_of(owner)) and hasattr(owner, name)
