"""MindSpore's decorators, in the form of MindSpore 2.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.jit.html>.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, TypeVar, cast

from foldaway.compile_cell import compiled_form
from foldaway.compile_options import CompileOptions
from foldaway.dialects.emitter import WeakNumber
from foldaway.jit import Jitted, compiled, ms_function
from foldaway.nn_cell import Cell
from foldaway.runtime.guards import class_of
from foldaway.runtime.tensor import Tensor

Thing = TypeVar("Thing")

_CAPTURES = ("ast", "bytecode", "trace")
_LEVELS = ("O0", "O1")


def jit(
    function: Callable[..., Any] | None = None,
    *,
    capture_mode: str = "ast",
    jit_level: str = "O0",
    dynamic: int = 0,
    fullgraph: bool | None = None,
    backend: str = "",
    jit_config: object = None,
    **options: object,
) -> Any:
    """Compile a function, a Cell's `construct`, or that of a class of Cells.

    How it is captured and the levels don't matter: there is one way. Without `fullgraph`, and if
    no setting says otherwise, it is LAX. What can't be compiled, a built-in function, is returned.
    Raises ValueError for an option that isn't there, TypeError for a `fullgraph` that is no bool.
    """
    _check_choice("capture_mode", capture_mode, _CAPTURES)
    _check_choice("jit_level", jit_level, _LEVELS)
    if dynamic not in (0, 1):
        raise ValueError(f"For 'jit', the 'dynamic' must be 0 or 1, but got {dynamic!r}.")
    if not isinstance(fullgraph, bool | None):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(fullgraph).__name__
        raise TypeError(f"For 'jit', the 'fullgraph' must be a bool, but got {kind}.")
    chosen = CompileOptions(fullgraph=fullgraph, jit_config=jit_config, lax=True)
    decorator = compiled(None, chosen, backend)

    def decorate(thing: Any) -> Any:
        return _decorated(thing, decorator)

    return decorate if function is None else decorate(function)


def _check_choice(option: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(
            f"For 'jit', the '{option}' must be str and must be in '{list(choices)}',"
            f" but got '{value}'."
        )


def _decorated(thing: Any, decorator: Callable[[Any], Any]) -> Any:
    """Return what `jit` makes of a function, a method, a Cell, a class of Cells or other things."""
    if isinstance(thing, Cell):
        return types.MethodType(decorator(compiled_form(thing)), thing)
    if issubclass(class_of(thing), type) and issubclass(thing, Cell):
        thing.construct = decorator(cast(Any, thing).construct)
    known = isinstance(thing, types.FunctionType | types.MethodType | Jitted)
    return decorator(thing) if known else thing


def jit_class(cls: type[Thing]) -> type[Thing]:
    """Return the class: any class can be used in compiled code.

    Raises TypeError for what is no class, and for a Cell's.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.jit_class.html>.
    """
    if not issubclass(class_of(cls), type):
        raise TypeError(f"Decorator jit_class can only be used for class type, but got {cls}.")
    if issubclass(cls, Cell):
        raise TypeError(
            "Decorator jit_class is used for user-defined classes and cannot be used for nn.Cell:"
            f" {cls}."
        )
    return cls


def mutable(input_data: Thing, dynamic_len: bool = False) -> Thing:
    """Return the data: tensors in containers are run-time values anyway.

    Raises TypeError for other data than numbers, tensors, and tuples, lists and dicts of them.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.mutable.html>.
    """
    if not _can_vary(input_data):
        raise TypeError(
            "For 'mutable', the 'input_data' should be one of (bool, int, float, Tensor, tuple,"
            f" list, dict) or their nested structures, but got {input_data}."
        )
    kind = class_of(input_data)
    if not isinstance(dynamic_len, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        given = type(dynamic_len).__name__
        raise TypeError(f"For 'mutable', the second input should be bool, but got: {given}")
    if dynamic_len and not issubclass(kind, tuple | list):
        raise TypeError(
            "For mutable, when the dynamic_len is True, the first input should be list or tuple,"
            f" but got: {input_data}"
        )
    return input_data


def _can_vary(data: Any) -> bool:
    if isinstance(data, tuple | list):
        return all(map(_can_vary, cast("list[object]", data)))
    if isinstance(data, dict):
        return all(map(_can_vary, cast("dict[object, object]", data).values()))
    return isinstance(data, bool | int | float | Tensor | WeakNumber)


__all__ = ["jit", "jit_class", "ms_function", "mutable"]
