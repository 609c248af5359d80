"""What must still hold for a compiled function to be the right one; checked before each call."""

from __future__ import annotations

import operator
import struct
import weakref
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, cast

import numpy as np

from ..dialects.dtypes import DType, TensorSpec
from .sources import Source
from .tensor import Tensor

Check = Callable[[Any], bool]

_LOST = (LookupError, AttributeError, ValueError, TypeError)
"""What following a path to its value raises where it has come to an end."""
LOST = (*_LOST, ArithmeticError, MemoryError)
"""What comparing it may raise, too."""

_IMMUTABLE = (bool, int, float, complex, str, bytes, type(None), type(...), range, slice)


class Asked(NamedTuple):
    """What a check asks, for those who can ask it without a call of Python."""

    what: str
    """`is`, `is weakly`, `class`, `equal`: of the value; `spec`, `layout`: of parts of it."""
    value: object
    """An object, a weak reference to one, a class, or what a tensor or an array must be like."""


class Guard:
    """A value found at `source` must pass `check`; `what` says so in words."""

    def __init__(
        self,
        source: Source,
        check: Check,
        what: str,
        *,
        asked: Asked | None = None,
        kept: Asked | None = None,
    ) -> None:
        self.source: Final = source
        self.check: Final = check
        self.what: Final = what
        self.asked: Final = asked
        self.kept: Final = kept
        """The same for those who write guards down, where `asked` doesn't say it.

        `length`: a class, and a number or the keys; `entry`, `own`: a name; `truth`: a bool;
        `fits`: a dtype.
        """

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether the value is still there and passes; never raises for a lost path."""
        try:
            return self.check(self.source.fetch(arguments))
        except LOST:
            return False

    def __str__(self) -> str:
        return f"{self.source} {self.what}"


class NumberGuard(Guard):
    """A number must be equal; one that changes often is better a run-time value."""

    def __init__(
        self, equal: Guard, place: tuple[str, int] | None = None, widens: bool = False
    ) -> None:
        """Ask what `equal` asks."""
        super().__init__(equal.source, equal.check, equal.what, asked=equal.asked)
        self.place: Final = place
        """The line that needs the number while compiling."""
        self.widens: Final = widens
        """Whether the number is a constant only because it is no argument's."""


class SpecGuard(Guard):
    """A tensor must have its class, shape and dtype. The key of a call says so of arguments."""


class RaisesGuard:
    """Computing a number must still raise the same."""

    def __init__(self, source: Source, kind: type[BaseException], args: tuple[object, ...]) -> None:
        self.source: Final = source
        self.kind: Final = kind
        self.args: Final = args

    @property
    def what(self) -> str:
        """The guard in words."""
        return f"raises {self.kind.__name__}{self.args}"

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether the same exception comes."""
        try:
            self.source.fetch(arguments)
        except Exception as error:
            return type(error) is self.kind and error.args == self.args
        return False

    def __str__(self) -> str:
        return f"{self.source} {self.what}"


class MissingGuard:
    """There must still be no attribute of that name."""

    def __init__(self, source: Source, name: str) -> None:
        self.source: Final = source
        self.name: Final = name

    @property
    def what(self) -> str:
        """The guard in words."""
        return f"has no attribute {self.name}"

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether the attribute is still missing."""
        try:
            return not hasattr(self.source.fetch(arguments), self.name)
        except _LOST:
            return False

    def __str__(self) -> str:
        return f"{self.source} {self.what}"


class AliasGuard:
    """Two paths must still lead to one object, or still to two."""

    def __init__(self, source: Source, other: Source, same: bool) -> None:
        self.source: Final = source
        self.other: Final = other
        self.same: Final = same

    @property
    def what(self) -> str:
        """The guard in words."""
        return f"is {'' if self.same else 'not '}{self.other}"

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether the paths meet as they did."""
        try:
            found = self.source.fetch(arguments) is self.other.fetch(arguments)
        except _LOST:
            return False
        return found == self.same

    def __str__(self) -> str:
        return f"{self.source} {self.what}"


class MemoryGuard:
    """A tensor that is written to must share its memory with none of the other inputs."""

    def __init__(self, source: Source, others: tuple[Source, ...]) -> None:
        self.source: Final = source
        self.others: Final = others

    @property
    def what(self) -> str:
        """The guard in words."""
        return "shares its memory with no other input"

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether the memory of no other input overlaps."""
        return self.sharing(arguments) is None

    def sharing(self, arguments: Sequence[object]) -> Source | None:
        """Return the first other input whose memory overlaps, None if there is none."""
        own = _memory(self.source.fetch(arguments))
        for other in self.others:
            if np.may_share_memory(own, _memory(other.fetch(arguments))):
                return other
        return None

    def __str__(self) -> str:
        return f"{self.source} {self.what}"


def _memory(value: object) -> np.ndarray[Any, Any]:
    return value.asnumpy() if isinstance(value, Tensor) else cast("np.ndarray[Any, Any]", value)


AnyGuard = Guard | MissingGuard | AliasGuard | RaisesGuard | MemoryGuard


def same_object(source: Source, expected: object) -> Guard:
    """Return the guard that the very same object is found; it is held weakly where that can be."""
    what = f"is {_short(expected)}"
    try:
        reference = weakref.ref(expected)
    except TypeError:
        return Guard(source, lambda value: value is expected, what, asked=Asked("is", expected))
    return Guard(
        source,
        lambda value: value is not None and value is reference(),
        what,
        asked=Asked("is weakly", reference),
    )


def equal_value(source: Source, expected: object) -> Guard:
    """Return the guard that an immutable value has the same type and is equal."""
    kind, token = type(expected), identity_token(expected)
    return Guard(
        source,
        lambda value: value is expected or (type(value) is kind and identity_token(value) == token),
        f"== {_short(expected)}",
        asked=Asked("equal", expected),
    )


def equal_number(
    source: Source, expected: object, place: tuple[str, int] | None, widens: bool = False
) -> NumberGuard:
    """Return the guard that a number has the same type and is equal; `place` needs it."""
    return NumberGuard(equal_value(source, expected), place, widens)


def equal_instance(source: Source, expected: object) -> Guard:
    """Return the guard that an instance of an immutable class has its class and is equal."""
    kind = class_of(expected)
    return Guard(
        source,
        lambda value: type(value) is kind and bool(value == expected),
        f"is an equal {kind.__qualname__}",
    )


def same_type(source: Source, expected: type) -> Guard:
    """Return the guard that the value is an instance of just that class."""
    return Guard(
        source,
        lambda value: type(value) is expected,
        f"is a {expected.__qualname__}",
        asked=Asked("class", expected),
    )


def same_length(source: Source, expected: Any) -> Guard:
    """Return the guard that a container has its type and its length; a dict its keys in order."""
    kind = class_of(expected)
    length = len(expected)
    if isinstance(expected, dict):
        keys = [*map(identity_token, cast(dict[object, object], expected))]
        return Guard(
            source,
            lambda value: type(value) is kind and [*map(identity_token, value)] == keys,
            "has the same keys",
            kept=Asked("length", (kind, [*cast("dict[object, object]", expected)])),
        )
    return Guard(
        source,
        lambda value: type(value) is kind and len(value) == length,
        f"is a {kind.__name__} of length {length}",
        kept=Asked("length", (kind, length)),
    )


def same_entry(source: Source, kind: type[Any], name: str) -> Guard:
    """Return the guard that a class and its bases have the same under a name, or still nothing."""
    entry = class_attribute(kind, name)
    return Guard(
        source,
        lambda now: class_attribute(now, name) is entry,
        f"has the same {name}",
        kept=Asked("entry", name),
    )


def same_own(source: Source, kind: type[Any], name: str) -> Guard:
    """Return the guard that a class itself has the same under a name, or still nothing."""
    entry = vars(kind).get(name, _MISSING)
    return Guard(
        source,
        lambda now: now.__dict__.get(name, _MISSING) is entry,
        f"has {'no' if entry is _MISSING else 'the same'} {name}",
        kept=Asked("own", name),
    )


def class_attribute(kind: type[Any], name: str) -> Any:
    """Return what a class and its bases have under a name; None for nothing."""
    for base in kind.__mro__:
        static = base.__dict__.get(name, _MISSING)
        if static is not _MISSING:
            return static
    return None


_MISSING = object()


def same_truth(source: Source, truth: bool) -> Guard:
    """Return the guard that a number counts as true, or as false."""
    check = bool if truth else operator.not_
    return Guard(source, check, f"counts as {truth}", kept=Asked("truth", truth))


def fits_dtype(source: Source, dtype: DType) -> Guard:
    """Return the guard that the number can be had in a dtype: `source` raises if not."""
    return Guard(source, lambda value: True, f"fits {dtype.name}", kept=Asked("fits", dtype))


def same_array(source: Source, expected: np.ndarray[Any, Any]) -> Guard:
    """Return the guard that an array has the same class, dtype, shape and bytes."""
    kind, dtype, shape, data = type(expected), expected.dtype, expected.shape, expected.tobytes()
    return Guard(
        source,
        lambda value: (
            type(value) is kind
            and value.dtype == dtype
            and value.shape == shape
            and value.tobytes() == data
        ),
        "is an equal array",
    )


def _same_dtype(there: np.dtype[Any], dtype: np.dtype[Any]) -> bool:
    return there == dtype and there.num == dtype.num


def same_layout(source: Source, expected: np.ndarray[Any, Any]) -> Guard:
    """Return the guard that an array has its dtype, its shape and, or not, row-major order."""
    dtype, shape, flags = expected.dtype, expected.shape, expected.flags
    in_rows, writeable = flags.c_contiguous, flags.writeable
    return Guard(
        source,
        lambda value: (
            type(value) is np.ndarray
            and (value.dtype is dtype or _same_dtype(value.dtype, dtype))
            and value.shape == shape
            and value.flags.c_contiguous == in_rows
            and value.flags.writeable == writeable
        ),
        f"is a {dtype} array of shape {shape}{'' if in_rows else ' not in row-major order'}",
        asked=Asked("layout", (dtype, shape, in_rows, writeable)),
    )


def same_spec(source: Source, kind: type, spec: TensorSpec) -> SpecGuard:
    """Return the guard that a tensor has its class, shape and dtype; its data are free."""
    return SpecGuard(
        source,
        lambda value: type(value) is kind and cast(Tensor, value).spec == spec,
        f"is a {spec.dtype.name} tensor of shape {spec.shape}",
        asked=Asked("spec", (kind, spec)),
    )


def is_immutable(value: object) -> bool:
    """Return whether a value can be compared by value for ever, through and through."""
    if type(value) in (tuple, frozenset):
        return all(is_immutable(item) for item in cast(tuple[object, ...], value))
    return type(value) in _IMMUTABLE


def identity_token(value: object) -> object:
    """Return what is equal for values that no program can tell apart: 1, 1.0 and True differ."""
    if isinstance(value, float):
        return (float, struct.pack("d", value))
    if isinstance(value, complex):
        return (complex, struct.pack("dd", value.real, value.imag))
    if type(value) is tuple:
        return (tuple, *map(identity_token, cast(tuple[object, ...], value)))
    if type(value) is frozenset:
        return (frozenset, frozenset(map(identity_token, cast(frozenset[object], value))))
    if isinstance(value, slice):
        parts = cast("slice[object, object, object]", value)
        return (slice, *map(identity_token, (parts.start, parts.stop, parts.step)))
    return (type(value), value)


def _short(value: object) -> str:
    """Return a short text for a value; no code of the user's runs for it."""
    if not is_immutable(value):
        return str(getattr(value, "__qualname__", None) or f"a {type(value).__name__}")
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def class_of(value: object) -> type[Any]:
    """Return the class of a value, whatever the value claims in `__class__`."""
    return type(value)
