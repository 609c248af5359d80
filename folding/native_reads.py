"""What native code may read behind the folder's back, guarded before it runs.

The folder sees each read of code that it folds. Where the interpreter runs a user's method or
looks into a user's object by itself, all that it could read there by name is guarded instead.
"""

from __future__ import annotations

import datetime
import enum
import functools
import operator
import pathlib
import re
import sys
import types
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..runtime import guards
from ..runtime.guards import class_of
from ..runtime.sources import Attribute, Captured, Global, Held, Source
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .classify import DESCRIPTORS, is_framework, is_library, is_library_callable
from .edits import EDITS, Kind
from .effects import UNWRITTEN
from .handles import Handle, is_in, is_not_in

if TYPE_CHECKING:
    from .session import Folding

_VALUE_TYPES: tuple[type[Any], ...] = (
    *(np.generic, np.dtype, enum.Enum, re.Pattern, pathlib.PurePath),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo),
)
"""Classes whose instances never change and are compared by `==`."""
_LATE_VALUE_TYPES = (("decimal", "Decimal"), ("fractions", "Fraction"), ("uuid", "UUID"))
"""The same in modules that few programs load: without them there are no instances."""


_SHOWN = (list, tuple, dict, BaseException, int, float, complex, str, bytes)
"""Classes written in C whose instances show what they hold."""

_SIMPLE = frozenset((int, float, bool, str, type(None), Tensor))


def value_types() -> tuple[type[Any], ...]:
    """Return the classes whose instances never change and are compared by `==`."""
    late = [getattr(sys.modules.get(module), name, None) for module, name in _LATE_VALUE_TYPES]
    return *_VALUE_TYPES, *(kind for kind in late if kind is not None)


class NativeReads:
    """Guards objects and code as a whole, each once."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._seen: set[int] = set()
        self._alive: list[object] = []
        self._kept: list[tuple[Source, Any, Kind, Any]] = []

    def guard_content(self, value: Any) -> None:
        """Guard all attributes of an outside instance, and of the instances in them.

        Raises CompileError for one that keeps its content where nobody can see it.
        """
        folding = self._folding
        source = folding.source(value)
        if isinstance(value, Handle):
            value.refuse()
        if source is None or isinstance(value, Tensor) or is_array(value):
            return
        if folding.is_copy(value):
            return
        if not self._first(value) or not _is_instance(value):
            return
        if class_of(value) is object:
            # A sentinel: all that native code can ask is whether it is the one.
            folding.add_guard(guards.same_object(source, value))
            return
        self.guard_class(class_of(value))
        self._check_unwritten(value)
        found = False
        attributes: dict[str, Any] | None = getattr(value, "__dict__", None)
        if attributes is not None:
            found = True
            if type(attributes) is dict:
                self.keep(attributes, source)
            folding.add_guard(guards.same_length(Attribute(source, "__dict__"), attributes))
            for name, item in list(attributes.items()):
                self._attribute(item, source, name)
        for name in _slots(class_of(value)):
            found = True
            if hasattr(value, name):
                self._attribute(getattr(value, name), source, name)
        if (not found or _is_hidden(class_of(value))) and not issubclass(class_of(value), _SHOWN):
            folding.reject(
                f"'{source}' is a {class_of(value).__qualname__}, whose content can't be guarded",
                "take out of it what the function needs, and pass that",
            )

    def guard_class(self, kind: type[Any]) -> None:
        """Guard what the methods of a user's class may read."""
        for base in kind.__mro__:
            if base.__module__ == "builtins" or is_framework(base) or not self._first(base):
                continue
            self._check_unwritten(base)
            for item in list(vars(base).values()):
                function = getattr(item, "__func__", getattr(item, "fget", item))
                if isinstance(function, types.FunctionType):
                    self.guard_function(function)

    def guard_function(self, function: types.FunctionType) -> None:
        """Guard the globals and captured variables that a user's function names."""
        code = function.__code__
        if is_library(code.co_filename) or is_framework(function) or not self._first(function):
            return
        names = set(_names(code))
        for name in sorted(names & function.__globals__.keys()):
            value = function.__globals__[name]
            self._check_name(self._folding.effects.variable(function.__globals__, name), name)
            self._reach(value, Global(function.__globals__, name), names)
        cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
        for name, cell in cells:
            self._check_name(self._folding.effects.cell(cell), name)
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            if name != "__class__":
                self._reach(value, Captured(cell, name), names)

    @contextmanager
    def watching(self) -> Generator[None]:
        """Put back what native code changed in the objects that it was handed.

        Raises CompileError if it did.
        """
        try:
            yield
        finally:
            changed = self._changed()
            if changed is not None and not self._folding.options.lax:
                self._folding.refuse_effect(f"'{changed}' is changed by code that isn't folded")

    def keep(self, value: Any, source: Source) -> None:
        """Remember what an outside container holds, the real one; nothing may change it."""
        kind = EDITS.get(class_of(value))
        if kind is not None:
            self._kept.append((source, value, kind, kind.read(value)))

    def _changed(self) -> Source | None:
        """Return where something was changed, None if nowhere.

        It is put back, unless another thread may have done it.
        """
        found: Source | None = None
        for source, value, kind, content in self._kept:
            if not kind.same(content, kind.read(value)):
                found = source
                import threading

                if threading.active_count() == 1:
                    kind.put(value, content)
        return found

    def look_again(self) -> None:
        """Forget what was looked at: something has been set that nobody else may read."""
        self._seen.clear()

    def guard_deeply(self, value: Any, seen: set[int] | None = None) -> None:
        """Guard the outside instances in containers and born instances, whose methods may run."""
        seen = set() if seen is None else seen
        kind = class_of(value)
        if kind in _SIMPLE or id(value) in seen:
            return
        seen.add(id(value))
        born = self._folding.source(value) is None
        if not born and not self._folding.is_copy(value):
            self.guard_content(value)
            return
        items: list[object] = []
        if issubclass(kind, dict):
            items = [*vars(dict)["keys"](value), *vars(dict)["values"](value)]
        elif issubclass(kind, list | tuple | set | frozenset):
            items = list(cast(Any, kind).__iter__(value))
        elif born and kind.__flags__ & _HEAP and not is_framework(kind):
            attributes: Any = getattr(value, "__dict__", None)
            if type(attributes) is dict:
                items = list(cast("dict[str, object]", attributes).values())
        if not _SIMPLE.issuperset(map(type, items)):
            for item in items:
                self.guard_deeply(item, seen)

    def _check_unwritten(self, value: object) -> None:
        """Refuse what the program has set attributes of: native code would see the old ones."""
        if self._folding.effects.is_written(value):
            self._folding.refuse_effect(
                f"'{self._folding.source(value)}' is used as a whole after an attribute was set"
            )

    def _check_name(self, written: object, name: str) -> None:
        if written is not UNWRITTEN:
            self._folding.refuse_effect(f"the variable '{name}' is set and then read by a library")

    def _attribute(self, item: Any, source: Source, name: str) -> None:
        adopted = self._folding.outside.adopt_by_content(item, Attribute(source, name))
        self.guard_content(adopted)

    def _reach(self, value: Any, source: Source, names: set[str]) -> None:
        adopted: Any = self._folding.outside.adopt_by_content(value, source)
        if isinstance(value, types.FunctionType):
            self.guard_function(value)
        elif isinstance(value, type):
            self.guard_class(value)
        elif isinstance(value, types.ModuleType):
            if not is_library(getattr(value, "__file__", None) or "<frozen>"):
                for name in sorted(names & vars(value).keys()):
                    self._reach(vars(value)[name], Attribute(Held(value), name), names)
        else:
            self.guard_content(adopted)

    def _first(self, value: object) -> bool:
        if id(value) in self._seen:
            return False
        self._seen.add(id(value))
        self._alive.append(value)
        return True


_ASKS = (
    *(
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
        operator.eq,
        operator.ne,
        is_in,
        is_not_in,
        str,
        repr,
        format,
        ascii,
        hash,
        operator.mod,
    ),
    *(sorted, min, max, sum, any, all, set, frozenset, dict, print),
)
_ASKS_BY_NAME = frozenset("sort index count remove join format add update discard pop".split())
_ASKING = frozenset(map(id, _ASKS))
"""By identity, since a callable may have an equality of its own."""
_MOVES = ("builtins", "itertools", "_operator", "operator")


def may_ask(callee: Any) -> bool:
    """Return whether native code may run methods of instances in the containers it is given."""
    if id(callee) in _ASKING:
        return True
    module = getattr(callee, "__module__", None) or "builtins"
    return module not in _MOVES or getattr(callee, "__name__", "") in _ASKS_BY_NAME


_HEAP = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: a class statement made the class."""


def _is_instance(value: Any) -> bool:
    kinds = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
    return not isinstance(value, (type, np.ufunc, *kinds, *DESCRIPTORS, *value_types())) and not (
        guards.is_immutable(value)
        or is_library_callable(value)
        or (is_framework(class_of(value)) and callable(value))
    )


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)


def _is_hidden(kind: type[Any]) -> bool:
    """Return whether instances have more than attributes: what a class that is written in C keeps.

    A file has attributes, too, but not its place in them.
    """
    if issubclass(kind, functools.partial):
        return False
    words = 2 + sum(1 for _ in _slots(kind))
    words += (kind.__dictoffset__ > 0) + (kind.__weakrefoffset__ > 0)
    return kind.__basicsize__ > words * _WORD


_WORD = object.__basicsize__ // 2


def _slots(kind: type[Any]) -> Iterator[str]:
    if issubclass(kind, functools.partial):
        yield from ("func", "args", "keywords")
    for base in kind.__mro__:
        slots: Any = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                yield name
