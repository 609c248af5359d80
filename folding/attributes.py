"""Reading and writing attributes while folding; what is read from outside is guarded."""

from __future__ import annotations

import functools
import operator
import sys
import types
from collections.abc import Callable
from typing import Any, cast

from ..runtime import guards
from ..runtime.guards import class_of, is_immutable
from ..runtime.parameter import Parameter
from ..runtime.sources import Attribute, Held, Source
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .classify import DESCRIPTORS, is_framework, is_inlined, is_library
from .edits import slots_of
from .effects import DELETED, UNWRITTEN
from .errors import Raised, run
from .frames import Frame
from .handles import Handle
from .numbers import SymbolicNumber
from .tensor_numbers import TensorNumber

_MISSING = object()
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
        if source is not None and _holds(owner, name):
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

        _guard_entry(frame, owner, name)
        return call(frame, getter, [owner], {})
    found: Any = class_property(owner, name)
    read = _user_access(frame, owner, name, found)
    if read is not None:
        _guard_entry(frame, owner, name)
        return read()
    if isinstance(found, functools.cached_property) and not _holds(owner, name):
        return _fill_cache(frame, owner, name, cast(Any, found))
    if type(owner) is super:
        return _of_super(frame, owner, name)
    if source is None:
        return _of_born(frame, owner, name, found)
    if name == "__dict__" and folding.effects.is_written(owner):
        folding.refuse_effect(f"the attributes of '{source}' are read as a whole after one is set")
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
    if found is None or isinstance(owner, types.ModuleType | type) or _holds(owner, name):
        return run(getattr, owner, name)
    holder = next(base for base in kind.__mro__ if name in vars(base))
    if id(holder) in frame.folding.born_classes or not _is_users(holder):
        return run(getattr, owner, name)
    if hasattr(class_of(found), "__get__"):
        if not isinstance(found, DESCRIPTORS):
            _guard_entry(frame, owner, name)
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

    def is_same(now: Any) -> bool:
        held = cast("dict[str, object]", vars(now))
        return held.get(name) is entry

    check = guards.Guard(Held(holder), is_same, f"has the same {name}")
    frame.folding.add_guard(check)
    for base in kind.__mro__[kind.__mro__.index(after) + 1 : kind.__mro__.index(holder)]:
        check = guards.Guard(Held(base), lambda now: name not in vars(now), f"has no {name}")
        frame.folding.add_guard(check)
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
    get = None if found is None else _user_method(class_of(found), "__get__")
    held = _holds(owner, name)
    if get is not None:
        if hasattr(class_of(found), "__set__") or hasattr(class_of(found), "__delete__"):
            return lambda: call(frame, get, [found, owner, kind], {})
    elif found is None and kind.__getattribute__ is object.__getattribute__:
        get = _user_method(kind, "__getattr__")
    if held or get is None:
        return None
    source = frame.folding.source(owner)
    if source is not None:
        check = guards.Guard(source, lambda now: not _holds(now, name), _has(name, False))
        frame.folding.add_guard(check)
    args: list[object] = [owner, name] if found is None else [found, owner, kind]
    return lambda: call(frame, get, args, {})


def _guard_entry(frame: Frame, owner: object, name: str) -> None:
    """Guard what the class of an instance has under a name: a property, or nothing."""
    kind, entry = class_of(owner), class_property(owner, name)
    check = guards.Guard(Held(kind), lambda now: _entry(now, name) is entry, f"has the same {name}")
    frame.folding.add_guard(check)


def _array_attribute(array: Any, name: str) -> object:
    """Return an attribute of a run-time array. Raises AttributeError for what no array has."""
    kind: Any = array.__class__
    if not hasattr(kind, name):
        return getattr(array.sample(), name)
    return getattr(array, name)


def _check_array(owner: Any, name: str, what: str) -> None:
    """Refuse the change of an array's shape, dtype and layout; others are an AttributeError."""
    if not is_array(owner):
        return
    if not hasattr(owner.__class__, name):
        run(setattr, owner.sample(), name, None)
    owner.refuse(
        f"the attribute '{name}' of an array that exists only at run time is {what}",
        "make a new array, with reshape or astype",
    )


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
    source = folding.source(owner)
    if source is not None:
        check = guards.Guard(source, lambda now: not _holds(now, name), _has(name, False))
        folding.add_guard(check)
    value = call(frame, cached.func, [owner], {})
    if source is not None:
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


def set_attribute(frame: Frame, owner: object, name: str, value: object) -> None:
    """Do `owner.name = value`: a user's `__setattr__` and property setters are folded like calls.

    What existed before the call is changed by the host program.
    """
    frame.folding.need_python("an attribute")
    _check_array(owner, name, "set")
    method = _user_method(class_of(owner), "__setattr__")
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
    _check_array(owner, name, "deleted")
    method = _user_method(class_of(owner), "__delattr__")
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
        raw = _user_method(class_of(owner), "__setattr__") is not None
        run(object.__setattr__ if raw else setattr, owner, name, value)
        folding.host.touch(owner)
        return
    if _check_settable(frame, owner, name):
        raw = _user_method(class_of(owner), "__setattr__") is not None
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
    held = _holds(owner, name)
    _guard_held(frame, owner, name, held)
    folding.effects.prime(owner, name, get_attribute(frame, owner, name) if held else DELETED)


def _guard_held(frame: Frame, owner: object, name: str, held: bool) -> None:
    source = frame.folding.source(owner)
    assert source is not None
    check = guards.Guard(source, lambda now: _holds(now, name) == held, _has(name, held))
    frame.folding.add_guard(check)


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
        raw = _user_method(class_of(owner), "__delattr__") is not None
        run(object.__delattr__ if raw else delattr, owner, name)
        folding.host.touch(owner)
        return
    written = folding.effects.attribute(owner, name)
    if written is DELETED or isinstance(owner, type | types.ModuleType | Tensor):
        folding.refuse_effect(f"the attribute '{name}' of '{source}' is deleted")
    held = _holds(owner, name)
    if written is UNWRITTEN:
        _guard_held(frame, owner, name, held)
    if written is UNWRITTEN and not held:
        run(object.__delattr__, owner, name)
    elif _check_settable(frame, owner, name):
        raw = _user_method(class_of(owner), "__delattr__") is not None
        _prime(frame, owner, name)
        folding.effects.set_attribute(owner, name, DELETED, raw)


def _has(name: str, held: bool) -> str:
    return f"has {'' if held else 'no '}{name} of its own"


def _holds(owner: Any, name: str) -> bool:
    """Return whether an instance itself has an attribute, not its class alone."""
    attributes: Any = getattr(owner, "__dict__", None)
    if type(attributes) is dict and name in attributes:
        return True
    return name in slots_of(class_of(owner)) and hasattr(owner, name)


def _call_accessor(
    frame: Frame, owner: object, name: str, accessor: str, method: str, values: list[object]
) -> bool:
    """Fold the setter or deleter that a user's class has for a name; return whether it has one."""
    from .calls import call

    found = class_property(owner, name)
    function = _user_method(found, accessor) if isinstance(found, property) else None
    if function is not None:
        _guard_entry(frame, owner, name)
        call(frame, function, [owner, *values], {})
        return True
    function = None if found is None else _user_method(class_of(found), method)
    if function is not None:
        _guard_entry(frame, owner, name)
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


def class_property(owner: object, name: str) -> Any:
    """Return what a class has under a name, before it is bound to the instance; None if nothing."""
    return _entry(class_of(owner), name)


def _entry(kind: type[Any], name: str) -> Any:
    for base in kind.__mro__:
        static = base.__dict__.get(name, _MISSING)
        if static is not _MISSING:
            return static
    return None


def _user_method(owner: Any, name: str) -> types.FunctionType | None:
    """Return a function that the user wrote, by its name in a class or a property."""
    found = getattr(owner, name, None)
    if isinstance(found, types.FunctionType) and not is_framework(found) and is_inlined(found):
        return found
    return None
