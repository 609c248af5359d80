"""Stars in displays and calls, with the errors that Python has for what can't be unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from .errors import run
from .numbers import SymbolicNumber


def arguments_of(
    callee: object, layout: Sequence[str], values: Sequence[Any], *, alone: bool = True
) -> tuple[list[object], dict[str, object]]:
    """Return the arguments of a call that some marks spread or name.

    `alone` unless others stand before them. Raises `Raised` with Python's own errors.
    """
    args: list[object] = []
    kwargs: dict[str, object] = {}
    alone = alone and not {"", "*"}.intersection(layout[1:])
    for mark, value in zip(layout, values, strict=True):
        if not mark:
            args.append(value)
        elif mark == "*":
            _add_positional(callee, args, value, alone=alone)
        else:
            _add_keywords(callee, kwargs, value if mark == "**" else {mark: value})
    if "**" in layout:
        _check_keywords(kwargs)
    return args, kwargs


def extended(values: list[object], more: Any, *, of_set: bool = False) -> list[object]:
    """Return the values of `[*values, *more]`; `of_set` with a set's error for `more`."""
    known = _known(more)
    return run(lambda: [*values, *(list(known) if of_set else known)])


def merged(table: dict[object, object], more: Any) -> dict[object, object]:
    """Return `{**table, **more}`."""
    known = _known(more)
    return run(lambda: {**table, **known})


def _add_positional(callee: object, args: list[object], more: Any, *, alone: bool) -> None:
    """Add the arguments of `*more`; `alone` if it is the only positional one."""
    more = _known(more)
    if not alone or _is_iterable(more):
        args[:] = extended(args, more)
        return
    kind = type(more).__name__

    def refuse() -> None:
        raise TypeError(f"{_named(callee)} argument after * must be an iterable, not {kind}")

    run(refuse)


def _add_keywords(callee: object, kwargs: dict[str, object], more: Any) -> None:
    """Add the arguments of `**more`."""
    more = _known(more)

    def add() -> None:
        if not hasattr(more, "keys"):
            kind = type(more).__name__
            raise TypeError(f"{_named(callee)} argument after ** must be a mapping, not {kind}")
        for key in more.keys():
            if key in kwargs:
                raise TypeError(
                    f"{_named(callee)} got multiple values for keyword argument '{key}'"
                )
            kwargs[key] = more[key]

    run(add)


def _check_keywords(kwargs: dict[str, object]) -> None:
    """Raise Python's TypeError for a keyword that is no text."""

    def refuse() -> None:
        raise TypeError("keywords must be strings")

    if not all(isinstance(key, str) for key in cast("dict[object, object]", kwargs)):
        run(refuse)


def _known(value: Any) -> Any:
    """Return a value; in the place of a run-time number one of its class, which errors name."""
    return value.kind() if isinstance(value, SymbolicNumber) else value


def _is_iterable(value: object) -> bool:
    kind = type(value)
    return hasattr(kind, "__iter__") or (hasattr(kind, "__getitem__") and kind is not dict)


def _named(callee: Any) -> str:
    """Return how CPython calls a function in errors: with its module, but for builtins."""
    name = getattr(callee, "__qualname__", None)
    if name is None:
        return str(callee)
    module = getattr(callee, "__module__", None)
    return f"{name}()" if module in (None, "builtins") else f"{module}.{name}()"
