"""What host programs call by name: the functions behind `pyobj.runtime`."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from .tensor import Tensor


def print_tensors(stream: str, style: str, texts: tuple[str, ...], *tensors: Tensor) -> None:
    """Print the texts with a tensor between each two of them.

    `style` is `elements`, nested tuples of Python numbers, or `str`, what `str(tensor)` gives.
    """
    pieces = [texts[0]]
    for tensor, text in zip(tensors, texts[1:], strict=True):
        shown = _nested(tensor.tolist()) if style == "elements" else str(tensor)
        pieces += (str(shown), text)
    out = sys.stdout if stream == "stdout" else sys.stderr
    print("".join(pieces), end="", file=out)


def _nested(value: Any) -> object:
    """Return nested lists as nested tuples."""
    return tuple(_nested(item) for item in value) if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def python_float(value: Tensor | float) -> float:
    """Return the Python float that a 0-d float64 tensor holds."""
    return value if isinstance(value, float) else float(value)


def write_tensor(tensor: Tensor, new: Tensor) -> None:
    """Change a tensor's own elements; whoever shares its memory sees it."""
    tensor.array("a write")[...] = new.array("a write")


def assign_tensor(tensor: Tensor, new: Tensor) -> None:
    """Give a tensor other elements, as `set_data` does; who shares the old ones keeps them."""
    tensor.rebind(new)


def copy_tensor(tensor: Tensor) -> Tensor:
    """Return a new tensor of the same elements."""
    return tensor.copy()


def new_instance(kind: type[Any]) -> object:
    """Return an instance of a class whose `__init__` is not called."""
    return object.__new__(kind)


def new_tuple(kind: type[Any], items: tuple[object, ...]) -> object:
    """Return an instance of a subclass of tuple; no code of the class runs."""
    return tuple.__new__(kind, items)


RUNTIME: dict[str, Callable[..., object]] = {
    **{"print": print_tensors, "float": python_float},
    **{"write": write_tensor, "assign": assign_tensor, "copy": copy_tensor},
    **{"new": new_instance, "new_tuple": new_tuple, "method": types.MethodType},
    **{"set_attribute": object.__setattr__, "delete_attribute": object.__delattr__},
}
"""Name in the IR to function."""
