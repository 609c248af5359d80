"""Attributes that are set and deleted: changes of the fold's own objects, effects on others."""

from __future__ import annotations

import sys
import types
from typing import Any, cast

from ..runtime import guards
from ..runtime.guards import class_of, is_immutable
from ..runtime.parameter import Parameter
from ..runtime.sources import Attribute
from ..runtime.tensor import Tensor
from .attribute_lookup import (
    check_array,
    class_property,
    guard_entry,
    guard_held,
    holds_itself,
    own_method,
)
from .attributes import get_attribute
from .classify import is_framework, is_library
from .edits import slots_of
from .effects import DELETED, UNWRITTEN
from .errors import run
from .frames import Frame


def set_attribute(frame: Frame, owner: object, name: str, value: object) -> None:
    """Do `owner.name = value`: a user's `__setattr__` and property setters are folded like calls.

    What existed before the call is changed by the host program.
    """
    frame.folding.need_python("an attribute")
    check_array(owner, name, "set")
    method = own_method(class_of(owner), "__setattr__")
    if method is not None:
        from .calls import call

        call(frame, method, [owner, name, value], {})
    elif _is_cell(owner) and frame.folding.source(owner) is not None:
        set_on_cell(frame, owner, name, value)
    else:
        set_plainly(frame, owner, name, value)


def delete_attribute(frame: Frame, owner: object, name: str) -> None:
    """Do `del owner.name`, as `set_attribute` sets."""
    frame.folding.need_python("an attribute")
    check_array(owner, name, "deleted")
    method = own_method(class_of(owner), "__delattr__")
    if method is not None:
        from .calls import call

        call(frame, method, [owner, name], {})
    elif _is_cell(owner) and frame.folding.source(owner) is not None:
        frame.folding.refuse_effect(
            f"the attribute '{name}' of '{frame.folding.source(owner)}' is deleted"
        )
    else:
        delete_plainly(frame, owner, name)


def set_plainly(frame: Frame, owner: Any, name: str, value: object) -> None:
    """Do what `object.__setattr__` does."""
    folding = frame.folding
    if _call_accessor(frame, owner, name, "fset", "__set__", [value]):
        return
    folding.note_object(owner)
    if folding.source(owner) is None:
        folding.meet(owner)
        folding.journal.before_change(owner)
        raw = own_method(class_of(owner), "__setattr__") is not None
        run(object.__setattr__ if raw else setattr, owner, name, value)
        folding.host.touch(owner)
        return
    if _check_settable(frame, owner, name):
        raw = own_method(class_of(owner), "__setattr__") is not None
        _prime(frame, owner, name)
        folding.effects.set_attribute(owner, name, value, raw)
    else:
        run(setattr, owner, name, value)


def _prime(frame: Frame, owner: Any, name: str) -> None:
    """Within a run-time branch, let the fold know an attribute before it is changed.

    What the class or a `__getattr__` would give in its place isn't there.
    """
    folding = frame.folding
    if not folding.journal.depth or folding.effects.attribute(owner, name) is not UNWRITTEN:
        return
    if isinstance(owner, types.ModuleType | type):
        if name in vars(owner):
            value = get_attribute(frame, owner, name)
            holder = owner if isinstance(owner, type) else vars(owner)
            folding.effects.prime(holder, name, value)
        return
    held = holds_itself(owner, name)
    guard_held(frame, owner, name, held)
    folding.effects.prime(owner, name, get_attribute(frame, owner, name) if held else DELETED)


def delete_plainly(frame: Frame, owner: Any, name: str) -> None:
    """Do what `object.__delattr__` does."""
    folding = frame.folding
    if _call_accessor(frame, owner, name, "fdel", "__delete__", []):
        return
    folding.note_object(owner)
    source = folding.source(owner)
    if source is None:
        folding.meet(owner)
        folding.journal.before_change(owner)
        raw = own_method(class_of(owner), "__delattr__") is not None
        run(object.__delattr__ if raw else delattr, owner, name)
        folding.host.touch(owner)
        return
    written = folding.effects.attribute(owner, name)
    if written is DELETED or isinstance(owner, type | types.ModuleType | Tensor):
        folding.refuse_effect(f"the attribute '{name}' of '{source}' is deleted")
    held = holds_itself(owner, name)
    if written is UNWRITTEN:
        guard_held(frame, owner, name, held)
    if written is UNWRITTEN and not held:
        run(object.__delattr__, owner, name)
    elif _check_settable(frame, owner, name):
        raw = own_method(class_of(owner), "__delattr__") is not None
        _prime(frame, owner, name)
        folding.effects.set_attribute(owner, name, DELETED, raw)


def _call_accessor(
    frame: Frame, owner: object, name: str, accessor: str, method: str, values: list[object]
) -> bool:
    """Fold the setter or deleter that a user's class has for a name; return whether it has one."""
    from .calls import call

    found = class_property(owner, name)
    function = own_method(found, accessor) if isinstance(found, property) else None
    if function is not None:
        guard_entry(frame, owner, name)
        call(frame, function, [owner, *values], {})
        return True
    function = None if found is None else own_method(class_of(found), method)
    if function is not None:
        guard_entry(frame, owner, name)
        call(frame, function, [found, owner, *values], {})
        return True
    return False


def _check_settable(frame: Frame, owner: Any, name: str) -> bool:
    """Return whether the host can set an attribute; False where Python raises at once.

    Raises CompileError for what the fold has no model of.
    """
    folding = frame.folding
    found, special = class_property(owner, name), name.startswith("__") and name.endswith("__")
    allowed = not special
    if isinstance(owner, types.ModuleType):
        allowed = allowed and not _is_library_module(owner)
    elif isinstance(owner, type):
        static = vars(cast("type[Any]", owner)).get(name)
        plain = not hasattr(class_of(static), "__get__") and not is_framework(owner)
        allowed = allowed and plain and class_of(owner) is type
    elif found is not None and hasattr(class_of(found), "__set__"):
        if isinstance(found, property) and not is_framework(class_of(owner)):
            return False
        allowed = allowed and name in slots_of(class_of(owner))
    elif type(getattr(owner, "__dict__", None)) is not dict:
        return False
    if not allowed:
        folding.refuse_effect(f"the attribute '{name}' of '{folding.source(owner)}' is set")
    return True


def _is_library_module(module: types.ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    if file is None:
        return module.__name__.partition(".")[0] in sys.stdlib_module_names
    return is_library(file)


def _is_cell(owner: object) -> bool:
    kind = class_of(owner)
    return hasattr(kind, "construct") and is_framework(kind.__setattr__)


def set_on_cell(frame: Frame, cell: Any, name: str, value: object) -> None:
    """Do what a Cell does: a tensor set on a parameter's name becomes the parameter's data."""
    folding = frame.folding
    source = folding.source(cell)
    assert source is not None
    parts: list[dict[str, object]] = [vars(cell)[table] for table in ("_params", "_cells")]
    known = [name in table for table in parts]
    for table, had in zip(("_params", "_cells"), known, strict=True):
        what = f"has {'' if had else 'no '}{name}"
        check = guards.Guard(
            Attribute(source, table), lambda now, had=had: (name in now) == had, what
        )
        folding.add_guard(check)
    if known[0] and isinstance(value, Tensor) and not isinstance(value, Parameter):
        parameter: Any = get_attribute(frame, cell, name)
        run(parameter.set_data, value)
        folding.check_needed()
    elif any(known) and is_immutable(value) and value is not None:
        run(setattr, cell, name, value)  # Raises TypeError.
    elif any(known) or hasattr(class_of(value), "construct") or isinstance(value, Parameter):
        folding.refuse_effect(f"'{name}', a part of the network '{source}', is set")
    else:
        set_plainly(frame, cell, name, value)
