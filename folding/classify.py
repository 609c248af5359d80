"""What may be called while compiling: tables of callables, and of what the graph knows itself."""

from __future__ import annotations

import builtins
import functools
import sys
import sysconfig
import types
from enum import EnumType
from functools import cache
from itertools import chain
from typing import Any, cast

import numpy as np

from ..dialects.dtypes import DType
from ..runtime.array_data import ArrayData
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .numbers import SymbolicNumber

PURE, IMPURE, OPAQUE = "pure", "impure", "opaque"

_PURE_MODULES = frozenset(
    "math cmath operator itertools functools collections numpy re json string statistics"
    " fractions decimal copy textwrap types enum dataclasses typing numbers bisect heapq"
    " unicodedata struct base64 binascii hashlib calendar abc array".split()
)
_IMPURE_MODULES = frozenset(
    "time random secrets os posix io socket subprocess threading multiprocessing uuid shutil"
    " tempfile logging signal select sys gc ctypes urllib http asyncio concurrent queue pathlib"
    " _random _io _thread locale _locale".split()
)
_FOLDED_MODULES = ("foldaway.nn", "foldaway.gradients", "foldaway.composite")
"""Modules of the framework whose functions read state, or call what the user wrote."""
_IMPURE_BUILTINS = frozenset(("input", "open", "next", "exec", "eval", "breakpoint", "__import__"))
_IMPURE_NUMPY = frozenset(
    "load save savez savez_compressed loadtxt savetxt genfromtxt fromfile memmap tofile"
    " seterr set_printoptions setbufsize".split()
)
_GRAPH_BUILTINS: tuple[object, ...] = (
    *(print, len, range, isinstance, int, float, bool, abs, min, max, sum, enumerate, zip, tuple),
    *(list, hasattr, getattr, type, super, all, any, round, pow, divmod, reversed, map, filter),
    *(str, slice, callable, issubclass),
)
_GRAPH_BUILTIN_IDS = frozenset(map(id, _GRAPH_BUILTINS))
DESCRIPTORS = (
    *(types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType),
    *(types.GetSetDescriptorType, types.MemberDescriptorType),
)
"""What the methods and attributes of classes written in C are; nobody changes one."""

_PLAIN = (
    *(bool, int, float, str, type(None), slice, range, type(...)),
    *(Tensor, DType, SymbolicNumber),
)


def purity(callee: Any) -> str:
    """Return whether a callable without source gives the same for the same, touching nothing."""
    if isinstance(callee, types.MethodType | types.BuiltinMethodType | types.MethodWrapperType):
        owner = callee.__self__
        if owner is not None and not isinstance(owner, types.ModuleType):
            return _method_purity(owner, callee.__name__)
    if _makes_plainly(callee):
        return PURE
    module = _module(callee)
    name = quietly(callee, "__name__") or ""
    if module == "builtins":
        return IMPURE if name in _IMPURE_BUILTINS and callee is getattr(builtins, name) else PURE
    top = module.partition(".")[0]
    if top in _IMPURE_MODULES or module.startswith("numpy.random") or name in _IMPURE_NUMPY:
        return IMPURE
    if module == "datetime" and name in ("now", "today", "utcnow"):
        return IMPURE
    # What a module has in C has a name of its own, `_functools`.
    top = top.removeprefix("_")
    if module == "contextlib" and name in ("suppress", "nullcontext", "contextmanager"):
        return PURE
    return PURE if top in _PURE_MODULES or module == "datetime" else OPAQUE


def _makes_plainly(callee: object) -> bool:
    """Return whether a callable is a user's class whose instances Python itself makes.

    No code of the user's runs then: those are exceptions, enumerations and classes without
    `__init__`.
    """
    kind = class_of(callee)
    if kind is EnumType:
        return True
    if kind is not type:
        return False
    made = type.__getattribute__(cast("type[Any]", callee), "__mro__")
    owners = [next(b for b in made if name in vars(b)) for name in ("__new__", "__init__")]
    return all(owner.__module__ == "builtins" for owner in owners)


def _method_purity(owner: object, name: str) -> str:
    kind = owner if isinstance(owner, type) else type(owner)
    # A user's class has its methods in C from a built-in one, and may have others of these names.
    native = (*DESCRIPTORS, types.BuiltinFunctionType)
    kind = next((base for base in kind.__mro__ if isinstance(vars(base).get(name), native)), kind)
    module = kind.__module__
    if module.startswith("numpy.random") or module.partition(".")[0] in _IMPURE_MODULES:
        return IMPURE
    if module == "datetime":
        return IMPURE if name in ("now", "today", "utcnow") else PURE
    if module == "builtins" or module.partition(".")[0] in _PURE_MODULES:
        return IMPURE if name == "tofile" else PURE
    return OPAQUE


def quietly(value: object, name: str) -> Any:
    """Return an attribute that a callable may have, None without one; no `__getattr__` runs."""
    kind = class_of(value)
    if getattr(kind, "__getattr__", None) is not None and not isinstance(value, types.ModuleType):
        return None
    return getattr(value, name, None)


def is_plain(value: object) -> bool:
    """Return whether a graph knows the value without the interpreter's help.

    Those are tensors, dtypes, numbers, strings, None, and tuples and lists of them.
    """
    kind = class_of(value)
    if kind is not tuple and kind is not list:
        return _is_plain_kind(kind)
    level: list[Any] = [value]
    seen: set[int] = set()
    while True:
        # This is asked of every operand: of many lists and items, in one go for each depth.
        kinds = {*map(type, chain.from_iterable(level))}
        if not all(map(_is_plain_kind, kinds - _NESTING)):
            return False
        if not kinds & _NESTING:
            return True
        seen.update(map(id, level))
        nested = (item for item in chain.from_iterable(level) if type(item) in _NESTING)
        level = [*{id(item): item for item in nested if id(item) not in seen}.values()]


_NESTING: frozenset[type[Any]] = frozenset((tuple, list))


def _is_plain_kind(kind: type[Any]) -> bool:
    if kind in _PLAIN:
        return True
    return issubclass(kind, (*_PLAIN, ArrayData)) and not issubclass(kind, np.generic)


def is_graph_callable(callee: Any) -> bool:
    """Return whether a graph can call it without the interpreter's help.

    Those are functions and classes of the framework, user functions, Cells, a few builtins, and
    methods of plain values.
    """
    kind = class_of(callee)
    if issubclass(kind, types.FunctionType) or hasattr(kind, "construct"):
        return True
    if issubclass(kind, types.MethodType):
        return is_framework(callee.__func__) or isinstance(callee.__func__, types.FunctionType)
    if id(callee) in _GRAPH_BUILTIN_IDS or is_framework(callee):
        return True
    owner = quietly(callee, "__self__")
    return owner is not None and not isinstance(owner, types.ModuleType) and is_plain(owner)


def is_framework(callee: object) -> bool:
    """Return whether a function or a class is foldaway's own."""
    module = _module(callee)
    return module == "foldaway" or module.startswith("foldaway.")


def is_library_callable(value: Any) -> bool:
    """Return whether a value is a callable object that a library made, like NumPy's functions.

    A `functools.partial` isn't one: what it holds may be the user's.
    """
    kind = class_of(value)
    if not callable(value) or kind is functools.partial:
        return False
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None) or "<frozen>"
    return module is not None and kind.__module__ != "builtins" and is_library(file)


def is_inlined(function: types.FunctionType) -> bool:
    """Return whether a Python function is folded through its source.

    The user's are; the framework's are only where they read state: the layers in `nn`. Those of
    the standard library and of installed packages run as they are.
    """
    module = function.__module__ or ""
    if module.startswith(_FOLDED_MODULES):
        return True
    if is_framework(function):
        return False
    return not is_library(function.__code__.co_filename)


@cache
def is_library(file: str) -> bool:
    """Return whether a file belongs to the standard library or to an installed package."""
    paths = sysconfig.get_paths()
    roots = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return file.startswith("<frozen") or any(file.startswith(root) for root in roots)


def _module(callee: object) -> str:
    module = getattr(callee, "__module__", None)
    if isinstance(module, str):
        return module
    kind = type(callee)
    if isinstance(callee, np.ufunc):
        return "numpy"
    return kind.__module__
