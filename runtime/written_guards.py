"""Guards and the paths to what they look at as JSON, and back, in another process."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final, cast

import numpy as np

from . import guards
from .compiled import CompiledFunction
from .expressions import InDType
from .fingerprints import FRAMEWORK, Unstorable, fingerprint
from .guards import (
    LOST,
    AliasGuard,
    AnyGuard,
    Guard,
    MemoryGuard,
    MissingGuard,
    NumberGuard,
    RaisesGuard,
    class_of,
)
from .sources import Argument, Attribute, Captured, Global, Held, Item, Source
from .written_values import (
    Json,
    exception_named,
    read_dtype,
    read_spec,
    read_value,
    write_numpy_dtype,
    write_spec,
    write_value,
)


class Changed(Exception):
    """What is found is not what a guard was written for."""


# Writing.


class GuardWriter:
    """Writes the guards and paths of one form of a function."""

    def __init__(self, function: types.FunctionType, found: Sequence[AnyGuard]):
        self._namespace = function.__globals__
        self._cells: dict[int, Json] = {}
        self._objects: dict[int, Json] = {}
        self._alive: list[object] = []
        self.covered: set[int] = set()
        """The user's functions that the guards tell from others, by identity."""
        self.classes: list[type[Any]] = []
        """The classes that they tell from others."""
        self._note_function(function, ["root"])
        for guard in found:
            self._note(guard)

    def _note(self, guard: AnyGuard) -> None:
        """Remember what a guard leads to: other paths may begin there."""
        asked = guard.asked if isinstance(guard, Guard) else None
        if asked is None or isinstance(guard.source, InDType):
            return
        if asked.what in ("class", "spec"):
            kind: Any = asked.value if asked.what == "class" else cast(Any, asked.value)[0]
            self._note_class(kind, lambda: ["class of", self.source(guard.source)])
            return
        if asked.what not in ("is", "is weakly"):
            return
        value = _expected(guard)
        if isinstance(value, CompiledFunction):
            inner: Any = value.function
            self._note_function(inner, lambda: ["compiled", self.source(guard.source)])
        elif isinstance(value, types.FunctionType):
            self._note_function(value, lambda: ["value", self.source(guard.source)])
        elif isinstance(value, type):
            self._note_class(value, lambda: ["value", self.source(guard.source)])

    def _note_function(self, function: types.FunctionType, path: Json) -> None:
        self._alive.append(function)
        self.covered.add(id(function))
        for index, cell in enumerate(function.__closure__ or ()):
            self._cells.setdefault(id(cell), (path, index, function.__code__.co_freevars[index]))

    def _note_class(self, kind: type[Any], path: Json) -> None:
        self._alive.append(kind)
        self.classes.append(kind)
        for index, base in enumerate(kind.__mro__):
            self._objects.setdefault(id(base), (path, index))

    def guard(self, guard: AnyGuard) -> Json:
        """Return a guard as JSON. Raises Unstorable for one that another process can't ask."""
        source = self.source(guard.source)
        if isinstance(guard, MissingGuard):
            return ["missing", source, guard.name]
        if isinstance(guard, AliasGuard):
            return ["alias", source, self.source(guard.other), guard.same]
        if isinstance(guard, MemoryGuard):
            return ["memory", source, [*map(self.source, guard.others)]]
        if isinstance(guard, RaisesGuard):
            if guard.kind.__module__ != "builtins":
                raise Unstorable(f"a {guard.kind.__qualname__}")
            return ["raises", source, guard.kind.__name__, write_value(guard.args)]
        asked = guard.asked or guard.kept
        if asked is None:
            raise Unstorable(f"the guard '{guard}'")
        if isinstance(guard, NumberGuard):
            place = None if guard.place is None else list(guard.place)
            return ["number", source, write_value(asked.value), place, guard.widens]
        return self._comparison(guard, asked.what, asked.value, source)

    def _comparison(self, guard: AnyGuard, what: str, value: Any, source: Json) -> Json:
        """Return as JSON a guard that compares what it finds with a value."""
        match what:
            case "is" | "is weakly":
                return ["is", source, fingerprint(_expected(guard), self._namespace)]
            case "class":
                return ["class", source, self._class(value)]
            case "equal":
                return ["equal", source, write_value(value)]
            case "spec":
                kind, spec = value
                return ["spec", source, self._class(kind), write_spec(spec)]
            case "layout":
                dtype, shape, in_rows, writeable = value
                return ["layout", source, [write_numpy_dtype(dtype), [*shape], in_rows, writeable]]
            case "length":
                kind, length = value
                if not isinstance(length, int):
                    length = [*map(write_value, length)]
                return ["length", source, fingerprint(kind, self._namespace), length]
            case "entry" | "own":
                return [what, source, value]
            case "truth":
                return ["truth", source, value]
            case "fits":
                return ["fits", source, value.name]
            case _:
                raise Unstorable(f"the guard '{guard}'")

    def _class(self, kind: type[Any]) -> str:
        """Return the fingerprint of the class of an object whose other parts are guarded."""
        if issubclass(kind, CompiledFunction):
            raise Unstorable(f"a {kind.__qualname__}")
        return fingerprint(kind, self._namespace)

    def source(self, source: Source) -> Json:
        """Return a path as JSON. Raises Unstorable for one that begins nowhere in a program."""
        match source:
            case Argument():
                return ["argument", source.index, source.name]
            case Attribute():
                return ["attribute", self.source(source.base), source.name]
            case Item():
                return ["item", self.source(source.base), write_value(source.index)]
            case Global():
                return ["global", self._globals(source.namespace), source.name]
            case Captured():
                return ["captured", *self._cell(source.cell), source.name]
            case Held():
                return ["held", *self._held(source.value)]
            case InDType():
                return ["in dtype", self.source(source.number), source.dtype.name]
            case _:
                raise Unstorable(f"the path {source}")

    def _globals(self, namespace: dict[str, object]) -> Json:
        if namespace is self._namespace:
            return None
        name = namespace.get("__name__")
        module = sys.modules.get(name) if isinstance(name, str) else None
        if module is None or vars(module) is not namespace:
            raise Unstorable("globals of no module")
        return name

    def _cell(self, cell: types.CellType) -> Json:
        found = self._cells.get(id(cell))
        if found is None:
            raise Unstorable("a variable of a function that nothing leads to")
        path, index, name = found
        return [_made(path), index, name]

    def _held(self, value: object) -> Json:
        if isinstance(value, types.ModuleType):
            if sys.modules.get(value.__name__) is not value:
                raise Unstorable(f"another module than {value.__name__}")
            return ["module", value.__name__]
        found = self._objects.get(id(value))
        if found is None:
            raise Unstorable("an object that nothing leads to")
        path, index = found
        return ["base", _made(path), index]


def _made(path: Any) -> Json:
    return path() if callable(path) else path


def _expected(guard: AnyGuard) -> object:
    """Return the object that a guard asks for."""
    asked: Any = cast(Guard, guard).asked
    value: Any = asked.value() if asked.what == "is weakly" else asked.value
    if value is None:
        raise Unstorable("an object that is gone")
    return value


# Reading.


class GuardReader:
    """Reads guards and paths again, for the function and the arguments of a call."""

    def __init__(self, function: types.FunctionType, arguments: Sequence[object]):
        self._function = function
        self._arguments = arguments
        self._fingerprints: dict[int, tuple[object, str]] = {}

    def guard(self, written: Json) -> AnyGuard:
        """Return a guard that holds for this call. Raises Changed if none does."""
        kind, source, *rest = written
        try:
            made = _READERS[kind](self, self.source(source), *rest)
            holds = made.holds(self._arguments)
        except (*LOST, Unstorable, ImportError) as error:
            raise Changed(str(error)) from None
        if not holds:
            raise Changed(str(made))
        return made

    def source(self, written: Json) -> Source:
        """Return a path. Raises what Python raises where it has come to an end."""
        kind, *parts = written
        match kind:
            case "argument":
                return Argument(*parts)
            case "attribute":
                return Attribute(self.source(parts[0]), parts[1])
            case "item":
                return Item(self.source(parts[0]), read_value(parts[1]))
            case "global":
                return Global(self._globals(parts[0]), parts[1])
            case "captured":
                return self._captured(*parts)
            case "held":
                return Held(self._object(*parts))
            case "in dtype":
                return InDType(self.source(parts[0]), read_dtype(parts[1]))
            case _:
                raise KeyError(kind)

    def _globals(self, name: str | None) -> dict[str, object]:
        return self._function.__globals__ if name is None else vars(_module(name))

    def _captured(self, path: Json, index: int, variable: str, name: str) -> Source:
        function = self._object(*path)
        if function.__code__.co_freevars[index] != variable:
            raise KeyError(variable)
        return Captured(function.__closure__[index], name)

    def _object(self, kind: str, *parts: Json) -> Any:
        match kind:
            case "root":
                return self._function
            case "module":
                return _module(parts[0])
            case "base":
                return self._object(*parts[0]).__mro__[parts[1]]
            case "value":
                return self._value(parts[0])
            case "compiled":
                return self._value(parts[0]).function
            case "class of":
                return class_of(self._value(parts[0]))
            case _:
                raise KeyError(kind)

    def _value(self, path: Json) -> Any:
        return self.source(path).fetch(self._arguments)

    def check(self, value: object, expected: str) -> None:
        """Raise Changed unless a value has a fingerprint."""
        found = self._fingerprints.get(id(value))
        if found is None:
            found = (value, fingerprint(value, self._function.__globals__))
            self._fingerprints[id(value)] = found
        if found[1] != expected:
            raise Changed(f"another {class_of(value).__qualname__}")

    def fetch(self, source: Source) -> Any:
        """Return what is found now."""
        return source.fetch(self._arguments)


def _module(name: str) -> types.ModuleType:
    """Return a module; those of the framework are loaded when they are needed."""
    if name.startswith(f"{FRAMEWORK}."):
        return import_module(name)
    return sys.modules[name]


def _read_missing(reader: GuardReader, source: Source, name: str) -> AnyGuard:
    return MissingGuard(source, name)


def _read_alias(reader: GuardReader, source: Source, other: Json, same: bool) -> AnyGuard:
    return AliasGuard(source, reader.source(other), same)


def _read_memory(reader: GuardReader, source: Source, others: Json) -> AnyGuard:
    return MemoryGuard(source, tuple(map(reader.source, others)))


def _read_raises(reader: GuardReader, source: Source, kind: str, args: Json) -> AnyGuard:
    return RaisesGuard(source, exception_named(kind), read_value(args))


def _read_number(
    reader: GuardReader, source: Source, value: Json, place: Json, widens: bool
) -> AnyGuard:
    where = None if place is None else (place[0], place[1])
    return guards.equal_number(source, read_value(value), where, widens)


def _read_is(reader: GuardReader, source: Source, expected: str) -> AnyGuard:
    value = reader.fetch(source)
    reader.check(value, expected)
    return guards.same_object(source, value)


def _read_class(reader: GuardReader, source: Source, expected: str) -> AnyGuard:
    kind = class_of(reader.fetch(source))
    reader.check(kind, expected)
    return guards.same_type(source, kind)


def _read_equal(reader: GuardReader, source: Source, value: Json) -> AnyGuard:
    return guards.equal_value(source, read_value(value))


def _read_spec(reader: GuardReader, source: Source, expected: str, spec: Json) -> AnyGuard:
    kind = class_of(reader.fetch(source))
    reader.check(kind, expected)
    return guards.same_spec(source, kind, read_spec(spec))


def _read_layout(reader: GuardReader, source: Source, layout: Json) -> AnyGuard:
    value = reader.fetch(source)
    if type(value) is not np.ndarray:
        raise Changed("no array")
    dtype, shape, *flags = layout
    now = [write_numpy_dtype(value.dtype), [*value.shape]]
    if now != [dtype, shape] or [value.flags.c_contiguous, value.flags.writeable] != flags:
        raise Changed("another array")
    return guards.same_layout(source, value)


def _read_length(reader: GuardReader, source: Source, expected: str, length: Json) -> AnyGuard:
    value = reader.fetch(source)
    reader.check(class_of(value), expected)
    now = len(value) if isinstance(length, int) else [*map(write_value, value)]
    if now != length:
        raise Changed("another length")
    return guards.same_length(source, value)


def _read_entry(reader: GuardReader, source: Source, name: str) -> AnyGuard:
    return guards.same_entry(source, reader.fetch(source), name)


def _read_own(reader: GuardReader, source: Source, name: str) -> AnyGuard:
    return guards.same_own(source, reader.fetch(source), name)


def _read_truth(reader: GuardReader, source: Source, truth: bool) -> AnyGuard:
    return guards.same_truth(source, truth)


def _read_fits(reader: GuardReader, source: Source, dtype: str) -> AnyGuard:
    return guards.fits_dtype(source, read_dtype(dtype))


_READERS: Final[dict[str, Callable[..., AnyGuard]]] = {
    **{"missing": _read_missing, "alias": _read_alias, "memory": _read_memory},
    **{"raises": _read_raises, "number": _read_number, "is": _read_is, "class": _read_class},
    **{"equal": _read_equal, "spec": _read_spec, "layout": _read_layout},
    **{
        "length": _read_length,
        "entry": _read_entry,
        "truth": _read_truth,
        "own": _read_own,
        "fits": _read_fits,
    },
}
