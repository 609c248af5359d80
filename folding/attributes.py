"""Reading and writing attributes while folding; what is read from outside is guarded."""

from __future__ import annotations

import functools
import operator
import sys
import types
from collections.abc import Callable
from typing import Any, cast

from ..runtime import guards
from ..runtime.guards import class_of
from ..runtime.sources import Attribute, Held, Source
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .attribute_lookup import (
    class_property,
    guard_entry,
    guard_held,
    holds_itself,
    own_method,
)
from .classify import DESCRIPTORS, is_framework, is_inlined, is_library
from .effects import DELETED, UNWRITTEN
from .errors import Raised, run
from .frames import Frame
from .handles import Handle
from .numbers import SymbolicNumber
from .tensor_numbers import TensorNumber

_PARTS = {name: operator.attrgetter(name) for name in ("real", "imag", "numerator", "denominator")}


def get_attribute(frame: Frame, owner: object, name: str) -> object:
    """Return `owner.name`; the getter of a user's property is folded like a call.

    Raises `Raised` with whatever Python raises.
    """
    folding = frame.folding
    folding.need_python("an attribute")
    written = folding.effects.attribute(owner, name)
    if written is not UNWRITTEN:
        return written if written is not DELETED else _after_delete(frame, owner, name)
    source = folding.source(owner)
    if isinstance(owner, Tensor):
        value = run(getattr, owner, name)
        if source is not None and holds_itself(owner, name):
            return folding.adopt(value, Attribute(source, name))
        return value
    if is_array(owner):
        return run(_array_attribute, owner, name)
    if isinstance(owner, SymbolicNumber):
        return number_attribute(owner, name)
    if class_of(owner) is Handle:
        folding.note_object(owner)
        return cast(Handle, owner).method(name)
    if not isinstance(owner, types.ModuleType | type):
        folding.note_object(owner)
    getter = getattr(class_property(owner, name), "fget", None)
    if isinstance(getter, types.FunctionType) and is_inlined(getter):
        from .calls import call

        guard_entry(frame, owner, name)
        return call(frame, getter, [owner], {})
    found: Any = class_property(owner, name)
    read = _user_access(frame, owner, name, found)
    if read is not None:
        guard_entry(frame, owner, name)
        return read()
    if isinstance(found, functools.cached_property) and not holds_itself(owner, name):
        return _fill_cache(frame, owner, name, cast(Any, found))
    if type(owner) is super:
        return _of_super(frame, owner, name)
    if source is None:
        return _of_born(frame, owner, name, found)
    if name == "__dict__" and folding.effects.is_written(owner):
        folding.refuse_effect(f"the attributes of '{source}' are read as a whole after one is set")
    return _of_outside(frame, owner, name, source)


def _of_outside(frame: Frame, owner: object, name: str, source: Source) -> object:
    """Return what an object from outside has under a name, with what guards it."""
    folding = frame.folding
    value = _read(frame, owner, name, source)
    if folding.is_copy(owner):
        return value
    if isinstance(value, types.MethodType) and value.__self__ is owner:
        if not isinstance(owner, type) and name not in getattr(owner, "__dict__", ()):
            method = Attribute(Held(type(owner)), name)
            folding.add_guard(guards.same_object(method, value.__func__))
            return value
    if isinstance(value, types.BuiltinMethodType) and value.__self__ is owner:
        return value
    return folding.adopt(value, Attribute(source, name))


def _of_born(frame: Frame, owner: Any, name: str, found: Any) -> object:
    """Return an attribute of an object that was made here; what its class has is from outside."""
    kind = class_of(owner)
    if found is None or isinstance(owner, types.ModuleType | type) or holds_itself(owner, name):
        return run(getattr, owner, name)
    holder = next(base for base in kind.__mro__ if name in vars(base))
    if id(holder) in frame.folding.born_classes or not _is_users(holder):
        return run(getattr, owner, name)
    if hasattr(class_of(found), "__get__"):
        if not isinstance(found, DESCRIPTORS):
            guard_entry(frame, owner, name)
        return run(getattr, owner, name)
    return _of_class(frame, holder, name, found)


def _of_class(frame: Frame, holder: type[Any], name: str, value: object) -> object:
    """Return a value that a class has, as the program has set it or as it came from outside."""
    written = frame.folding.effects.attribute(holder, name)
    if written is not UNWRITTEN and written is not DELETED:
        return written
    source = frame.folding.source(holder) or Held(holder)
    return frame.folding.adopt(value, Attribute(source, name))


def _of_super(frame: Frame, owner: Any, name: str) -> object:
    """Return what `super().name` gives; the class that has it may change."""
    kind, after = owner.__self_class__, owner.__thisclass__
    holder = _holder_after(kind, after, name)
    if holder is None or id(holder) in frame.folding.born_classes or not _is_users(holder):
        return run(getattr, owner, name)
    entry = vars(holder)[name]
    # The holder has it, the classes before it don't.
    for base in kind.__mro__[kind.__mro__.index(after) + 1 : kind.__mro__.index(holder) + 1]:
        frame.folding.add_guard(guards.same_own(Held(base), base, name))
    if hasattr(class_of(entry), "__get__"):
        return run(getattr, owner, name)
    return _of_class(frame, holder, name, entry)


def _holder_after(kind: type[Any], after: type[Any], name: str) -> type[Any] | None:
    """Return the class after another one in the order of look-up that has a name."""
    bases = iter(kind.__mro__)
    for base in bases:
        if base is after:
            break
    return next((base for base in bases if name in vars(base)), None)


def _is_users(kind: type[Any]) -> bool:
    """Return whether a class statement of the user's made a class, so that it may change."""
    if is_framework(kind):
        return False
    module = sys.modules.get(kind.__module__)
    return kind.__module__ != "builtins" and not is_library(getattr(module, "__file__", None) or "")


def _user_access(frame: Frame, owner: Any, name: str, found: Any) -> Callable[[], object] | None:
    """Return the call by which a user's descriptor or `__getattr__` gives a value, None without.

    Native code would read what the host program has not set yet.
    """
    from .calls import call

    if isinstance(owner, types.ModuleType | type):
        return None
    kind = class_of(owner)
    get = None if found is None else own_method(class_of(found), "__get__")
    held = holds_itself(owner, name)
    if get is not None:
        if hasattr(class_of(found), "__set__") or hasattr(class_of(found), "__delete__"):
            return lambda: call(frame, get, [found, owner, kind], {})
    elif found is None and kind.__getattribute__ is object.__getattribute__:
        get = own_method(kind, "__getattr__")
    if held or get is None:
        return None
    guard_held(frame, owner, name, False)
    args: list[object] = [owner, name] if found is None else [found, owner, kind]
    return lambda: call(frame, get, args, {})


def _array_attribute(array: Any, name: str) -> object:
    """Return an attribute of a run-time array. Raises AttributeError for what no array has."""
    kind: Any = array.__class__
    if not hasattr(kind, name):
        return getattr(array.sample(), name)
    return getattr(array, name)


def number_attribute(number: SymbolicNumber, name: str) -> object:
    """Return an attribute of a run-time number; its methods are those of the constant."""
    if name == "__class__":
        return number.kind
    if isinstance(number, TensorNumber):
        return run(number.attribute, name)
    if name in _PARTS and (number.kind is not float or name in ("real", "imag")):
        return run(number.computed, _PARTS[name], (number,))
    return run(getattr, number.constant(), name)


def _fill_cache(
    frame: Frame, owner: Any, name: str, cached: functools.cached_property[Any]
) -> object:
    """Compute a cached property, and keep the value as the instance's attribute."""
    from .calls import call

    folding = frame.folding
    guard_held(frame, owner, name, False)
    value = call(frame, cached.func, [owner], {})
    if folding.source(owner) is not None:
        folding.effects.set_attribute(owner, name, value)
    else:
        folding.journal.before_change(owner)
        vars(owner)[name] = value
        folding.host.touch(owner)
    return value


def _read(frame: Frame, owner: object, name: str, source: Source) -> Any:
    """Return an attribute of an outside object; that there is none is guarded, too."""
    try:
        return run(getattr, owner, name)
    except Raised as raised:
        if isinstance(raised.exception, AttributeError):
            frame.folding.add_guard(guards.MissingGuard(source, name))
        raise


def _after_delete(frame: Frame, owner: Any, name: str) -> object:
    """Return what a deleted attribute leaves: the class's own, or an error."""
    kind = class_of(owner)
    found = class_property(owner, name)
    if isinstance(owner, types.ModuleType | type) or hasattr(kind, "__getattr__"):
        frame.folding.reject(
            f"'{name}' is read after it was deleted", "read it before, or catch the error outside"
        )
    if found is None:
        error = AttributeError(f"'{kind.__name__}' object has no attribute '{name}'")
        error.name, error.obj = name, owner
        raise Raised(error)
    if hasattr(class_of(found), "__get__"):
        frame.folding.reject(
            f"'{name}' is read after it was deleted", "read it before, or catch the error outside"
        )
    return get_attribute(frame, frame.folding.adopt_held(kind), name)


def has_attribute(frame: Frame, owner: object, name: str) -> bool:
    """Return what `hasattr` gives, and guard it: presence and absence alike."""
    try:
        get_attribute(frame, owner, name)
    except Raised as raised:
        if not isinstance(raised.exception, AttributeError):
            raise
        return False
    return True
