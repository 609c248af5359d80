"""What functions, classes and modules are, in words that mean the same in another process.

Equal fingerprints: compiled code that was made for one is right for the other. What can't be said
in that way is refused, never guessed.
"""

from __future__ import annotations

import builtins
import dis
import os
import sys
import types
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import numpy as np

from ..dialects.dtypes import DType
from .compiled import CompiledFunction
from .guards import class_of, is_immutable
from .sha256 import sha256

Words = tuple[object, ...]
"""Nested tuples of strings, bytes and numbers, whose `repr` says all."""


class Unstorable(Exception):
    """Something can't be said in words that mean the same in another process."""


FRAMEWORK: Final = "foldaway"
_BUILTINS: Final = frozenset(
    "print len range isinstance issubclass int float bool complex str bytes bytearray tuple list"
    " dict slice abs min max sum any all round pow divmod reversed sorted enumerate zip map filter"
    " iter next hasattr getattr setattr delattr type super callable repr format chr ord bin hex"
    " oct ascii property classmethod staticmethod object NotImplemented Ellipsis".split()
)
"""Those whose results say nothing of addresses, hashes and names that happen to be bound."""
_MODULES_IN_C: Final = frozenset("builtins math cmath _operator operator".split())
_DESCRIPTORS: Final = (
    *(types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType),
    *(types.GetSetDescriptorType, types.MemberDescriptorType),
)
_PLAIN_MEMBERS: Final = frozenset((str, tuple, type(None), bool, int, dict, *_DESCRIPTORS))
"""Classes of members in which there are no functions."""
_OF_EVERY_CLASS: Final = frozenset(("__dict__", "__weakref__", "__annotations__", "__doc__"))
_INSTALLED: Final = tuple(
    os.path.join(part, "")
    for part in ("site-packages", "dist-packages", os.path.dirname(os.__file__))
)


class _Seen:
    """What was met on the way, and the globals of the function that is compiled."""

    def __init__(self, namespace: dict[str, object] | None) -> None:
        self.namespace = namespace
        self.numbers: dict[int, int] = {}


def fingerprint(value: object, namespace: dict[str, object] | None = None) -> str:
    """Return what tells a value from all others that are not known to do the same.

    Functions of the user's are told by their code and defaults, not by what they capture: that is
    guarded where it is read. Classes of the user's are told by all that they and their bases have.
    What C code does depends on its name alone, as what the framework does: who compares has the
    same versions of both.
    The globals of functions are those of their modules, or `namespace`.
    Raises Unstorable for other things.
    """
    return digest_of(_words(value, _Seen(namespace)))


def digest_of(words: Words) -> str:
    """Return 64 hexadecimal digits for some words."""
    return sha256(repr(words).encode()).hex()


def member_functions(kind: type[Any]) -> Iterator[types.FunctionType]:
    """Yield the functions that the fingerprint of a class covers."""
    for base in kind.__mro__:
        for member in vars(base).values():
            yield from _functions_in(member)


def _functions_in(member: Any) -> Iterator[types.FunctionType]:
    parts: tuple[Any, ...] = (member,)
    if isinstance(member, property):
        parts = (member.fget, member.fset, member.fdel)
    elif isinstance(member, (classmethod, staticmethod)):
        parts = (cast(Any, member).__func__,)
    elif isinstance(member, CompiledFunction):
        parts = (member.function,)
    for part in parts:
        if isinstance(part, types.FunctionType):
            yield part


def _words(value: Any, seen: _Seen) -> Words:
    kind: Any = class_of(value)
    if is_immutable(value):
        return value_words(value)
    known = seen.numbers.get(id(value))
    if known is not None:
        return ("again", known)
    seen.numbers[id(value)] = len(seen.numbers)
    write = _WRITERS.get(kind)
    if write is not None:
        return write(value, seen)
    if isinstance(value, type):
        return _class_words(value, seen)
    if issubclass(kind, CompiledFunction) and _is_framework(kind.__module__):
        return ("compiled", *_function_words(value.function, seen))
    if kind.__module__ == "numpy" and kind.__name__ == "_ArrayFunctionDispatcher":
        return _named(value, value.__module__, value.__qualname__)
    raise Unstorable(f"a {kind.__qualname__}")


def value_words(value: Any) -> Words:
    """Return the words for an immutable value; 1, 1.0, True and -0.0 differ.

    Raises Unstorable for a frozenset: its order may be another in each process.
    """
    kind: Any = class_of(value)
    if kind is float:
        return ("float", value.hex())
    if kind is complex:
        return ("complex", value.real.hex(), value.imag.hex())
    if kind is tuple:
        return ("tuple", *map(value_words, value))
    if kind is slice:
        return ("slice", *map(value_words, (value.start, value.stop, value.step)))
    if kind is frozenset:
        raise Unstorable("a frozenset")
    if kind is str:
        # A lone surrogate has no UTF-8.
        return ("str", value.encode("utf-8", "surrogatepass"))
    return (kind.__name__, repr(value))


def _named(value: object, module: str | None, name: str) -> Words:
    """Return a place where everybody finds the value."""
    found: Any = sys.modules.get(module or "")
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is not value:
        raise Unstorable(f"what isn't {module}.{name}")
    return ("named", str(module), name)


def _is_framework(module: object) -> bool:
    return isinstance(module, str) and (module == FRAMEWORK or module.startswith(f"{FRAMEWORK}."))


def _is_file_of(module: str, code: types.CodeType) -> bool:
    return getattr(sys.modules.get(module), "__file__", None) == code.co_filename


# Functions.


def _function_words(function: types.FunctionType, seen: _Seen) -> Words:
    module, code = function.__module__, function.__code__
    if not isinstance(cast(object, module), str | None):
        raise Unstorable(f"the module of {function.__qualname__}")
    if _is_framework(module) and _is_file_of(module, code):
        return _named(function, module, function.__qualname__)
    if (module or "").partition(".")[0] == "numpy":
        if not code.co_filename.startswith(os.path.dirname(np.__file__)):
            raise Unstorable("a function that isn't NumPy's")
        return _named(function, module, function.__qualname__)
    if any(part in code.co_filename for part in _INSTALLED) or code.co_filename[:7] == "<frozen":
        raise Unstorable(f"the library function {function.__qualname__}")
    given = function.__kwdefaults__ or {}
    return (
        *function_words(function),
        _globals_of(function, seen),
        *(_words(value, seen) for value in function.__defaults__ or ()),
        *((name, _words(given[name], seen)) for name in sorted(given)),
    )


def function_words(function: types.FunctionType) -> Words:
    """Return the words for a function of the user's, but for its defaults and its globals."""
    names = map(str, (function.__module__, function.__name__, function.__qualname__))
    return ("function", *names, code_words(function.__code__), _class_around(function))


def _globals_of(function: types.FunctionType, seen: _Seen) -> str:
    if function.__globals__ is seen.namespace:
        return "ours"
    module = sys.modules.get(function.__module__ or "")
    if module is None or vars(module) is not function.__globals__:
        raise Unstorable(f"{function.__qualname__} has globals of no module")
    return "its module's"


def _class_around(function: types.FunctionType) -> str:
    """Return the class that `super()` without arguments begins after."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        if name == "__class__":
            kind: Any = cell.cell_contents if _has_content(cell) else None
            if not isinstance(kind, type):
                raise Unstorable(f"the class around {function.__qualname__}")
            return f"{kind.__module__}.{kind.__qualname__}"
    return ""


def _has_content(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def code_words(code: types.CodeType) -> Words:
    """Return all of a code object: what it does, and where in which file.

    Raises Unstorable for what depends on hashes of text, which differ from process to process.
    """
    if _may_ask_for_hashes(code) and sys.flags.hash_randomization:
        raise Unstorable(f"the order of a set in {code.co_qualname}")
    constants = [_constant_words(constant) for constant in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    place = (code.co_filename, code.co_firstlineno, code.co_name, code.co_qualname)
    tables = (code.co_code, code.co_linetable, code.co_exceptiontable)
    return ("code", place, counts, names, tables, *constants)


def _constant_words(constant: object) -> Words:
    if isinstance(constant, types.CodeType):
        return code_words(constant)
    if isinstance(constant, frozenset):
        return ("frozenset", *sorted(map(_constant_words, cast("frozenset[object]", constant))))
    return value_words(constant)


_MAKES_SETS: Final = frozenset(
    dis.opmap[name] for name in ("BUILD_SET", "SET_ADD", "SET_UPDATE") if name in dis.opmap
)
_SET_METHODS: Final = frozenset(("keys", "items"))
_COMBINES: Final = frozenset("&|^-")


def _may_ask_for_hashes(code: types.CodeType) -> bool:
    """Return whether code may go through a set; only numbers have the same order everywhere."""
    if not _MAKES_SETS.isdisjoint(code.co_code[::2]):
        return True
    constants: tuple[Any, ...] = code.co_consts
    sets: list[Any] = [one for one in constants if type(one) is frozenset]
    texts = [one for one in sets if not {*map(type, one)} <= {int, float, bool}]
    views = not _SET_METHODS.isdisjoint(code.co_names)
    if not texts and not views:
        return False
    before: Any = None
    for instruction in dis.get_instructions(code):
        if views and instruction.opname == "BINARY_OP":
            if instruction.argrepr.rstrip("=") in _COMBINES:
                return True
        if before is not None and instruction.opname != "CONTAINS_OP":
            return True
        is_set = instruction.opname == "LOAD_CONST" and isinstance(instruction.argval, frozenset)
        before = instruction if is_set and texts else None
    return False


# Classes, and what is written in C.


def _class_words(kind: type[Any], seen: _Seen) -> Words:
    module, name = kind.__module__, kind.__qualname__
    if type(cast(object, module)) is not str:
        raise Unstorable(f"the module of the class {name}")
    if module == "builtins":
        if name not in _BUILTINS and not issubclass(kind, BaseException):
            raise Unstorable(f"the class {name}")
        return _named(kind, module, name)
    if module.partition(".")[0] == "numpy":
        return _named(kind, module, name)
    if _is_framework(module):
        return (*_named(kind, module, name), *_framework_members(kind))
    if kind is OrderedDict:
        return _named(kind, module, name)
    if type(kind) is not type:
        raise Unstorable(f"the metaclass of {name}")
    source = getattr(sys.modules.get(module), "__file__", None) or "<string>"
    if any(part in source for part in _INSTALLED):
        raise Unstorable(f"the library class {name}")
    members = [
        (member, _member_words(value, seen))
        for member, value in vars(kind).items()
        if member not in _OF_EVERY_CLASS
    ]
    return ("class", module, name, *members, *(_words(base, seen) for base in kind.__bases__))


def _framework_members(kind: type[Any]) -> Words:
    """Return what tells whether somebody has put other methods into one of our classes."""
    found: list[Words] = []
    for base in kind.__mro__:
        if base.__module__ == "builtins":
            continue
        if not _is_framework(base.__module__):
            raise Unstorable(f"a base of {kind.__qualname__}")
        found += _own_members(base)
    return tuple(found)


def _own_members(kind: type[Any]) -> list[Words]:
    """Return the words for what one of our classes has itself, which takes long at first only."""
    members = [*vars(kind).items()]
    known = _members.get(kind)
    if known is not None and known[0] == members:
        return known[1]
    found: list[Words] = []
    for name, member in members:
        if type(member) in _PLAIN_MEMBERS:
            continue
        functions = (member,) if type(member) is types.FunctionType else _functions_in(member)
        for function in functions:
            if not _is_framework(function.__module__):
                raise Unstorable(f"{kind.__qualname__}.{name}, which isn't ours")
            found.append((name, function.__module__, function.__qualname__))
    _members[kind] = members, found
    return found


_members: dict[type[Any], tuple[list[tuple[str, Any]], list[Words]]] = {}


def _member_words(value: Any, seen: _Seen) -> Words:
    if isinstance(value, property):
        parts = (value.fget, value.fset, value.fdel)
        return ("property", *(_words(part, seen) for part in parts))
    if isinstance(value, (classmethod, staticmethod)):
        inner: Any = cast(Any, value).__func__
        name = "classmethod" if isinstance(value, classmethod) else "staticmethod"
        return (name, _words(inner, seen))
    if isinstance(value, types.MemberDescriptorType):
        return ("slot",)
    return _words(value, seen)


def _builtin_words(function: types.BuiltinFunctionType, seen: _Seen) -> Words:
    module, name = function.__module__, function.__name__
    if not isinstance(function.__self__, types.ModuleType | None):
        raise Unstorable(f"the method {name}")
    is_known = module in _MODULES_IN_C or (module or "").partition(".")[0] == "numpy"
    if not is_known or (module == "builtins" and name not in _BUILTINS):
        raise Unstorable(f"{module}.{name}")
    return _named(function, module, name)


def _descriptor_words(descriptor: Any, seen: _Seen) -> Words:
    kind = descriptor.__objclass__
    if kind.__module__ not in ("builtins", "numpy"):
        raise Unstorable(f"{kind.__qualname__}.{descriptor.__name__}")
    return ("descriptor", _class_words(kind, seen), descriptor.__name__)


def _module_words(module: types.ModuleType, seen: _Seen) -> Words:
    if sys.modules.get(module.__name__) is not module:
        raise Unstorable(f"another module than {module.__name__}")
    return ("module", module.__name__)


_WRITERS: Final[dict[type[Any], Callable[[Any, _Seen], Words]]] = {
    types.FunctionType: _function_words,
    types.BuiltinFunctionType: _builtin_words,
    types.ModuleType: _module_words,
    np.ufunc: lambda value, seen: _named(value, "numpy", value.__name__),
    DType: lambda value, seen: ("dtype", value.name),
    **dict.fromkeys(_DESCRIPTORS, _descriptor_words),
}
assert _BUILTINS <= {*dir(builtins)}
