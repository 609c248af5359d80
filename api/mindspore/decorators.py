"""MindSpore's decorators, in the form of MindSpore 2.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.jit.html>.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from foldaway.compile_options import CompileOptions
from foldaway.dialects.emitter import WeakNumber
from foldaway.jit import compiled, ms_function
from foldaway.nn_cell import Cell
from foldaway.runtime.guards import class_of
from foldaway.runtime.tensor import Tensor

Thing = TypeVar("Thing")

_CAPTURES = ("ast", "bytecode", "trace")


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
    """Compile a function. How it is captured and the levels don't matter: there is one way.

    Without `fullgraph`, and if no setting says otherwise, it is LAX.
    Raises ValueError for an unknown `capture_mode`, and as `foldaway.jit` does.
    """
    if capture_mode not in _CAPTURES:
        raise ValueError(f"capture_mode is one of {', '.join(_CAPTURES)}, not {capture_mode!r}")
    chosen = CompileOptions(fullgraph=fullgraph, jit_config=jit_config, lax=True)
    return compiled(function, chosen, backend)


def jit_class(cls: type[Thing]) -> type[Thing]:
    """Return the class: any class can be used in compiled code.

    Raises TypeError for what is no class, and for Cells.
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
