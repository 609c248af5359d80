"""What host programs call by name: the functions behind `pyobj.runtime`."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from .array_views import key_of
from .arrays import Array
from .tensor import Tensor


def print_tensors(stream: str, style: str, texts: tuple[str, ...], *values: Tensor | float) -> None:
    """Print the texts with a tensor or a number between each two of them.

    `style` is how tensors are shown: `elements`, as nested tuples of Python numbers, or `str`.
    """
    pieces = [texts[0]]
    for value, text in zip(values, texts[1:], strict=True):
        if style == "elements" and isinstance(value, Tensor):
            shown = str(_nested(cast(object, value.tolist())))
        else:
            shown = str(value)
        pieces += (shown, text)
    out = sys.stdout if stream == "stdout" else sys.stderr
    print("".join(pieces), end="", file=out)


def _nested(value: Any) -> object:
    """Return nested lists as nested tuples."""
    return tuple(_nested(item) for item in value) if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def python_float(value: Tensor | float) -> float:
    """Return the Python float that a 0-d float64 tensor holds."""
    return value if isinstance(value, float) else float(value)


def write_tensor(target: Tensor | Array, new: Tensor) -> None:
    """Change the elements of a tensor or an array; whoever shares its memory sees it."""
    array = target.array("a write") if isinstance(target, Tensor) else target
    array[...] = new.array("a write")


def assign_tensor(tensor: Tensor, new: Tensor) -> None:
    """Give a tensor other elements, as `set_data` does; who shares the old ones keeps them."""
    tensor.rebind(new)


def copy_tensor(value: Tensor | Array) -> Tensor:
    """Return a new tensor of the elements of a tensor or an array."""
    return value.copy() if isinstance(value, Tensor) else Tensor(value)


def new_instance(kind: type[Any]) -> object:
    """Return an instance of a class whose `__init__` is not called."""
    return object.__new__(kind)


def new_tuple(kind: type[Any], items: tuple[object, ...]) -> object:
    """Return an instance of a subclass of tuple; no code of the class runs."""
    make: Callable[..., object] = vars(tuple)["__new__"]
    return make(kind, items)


def array_of_tensor(tensor: Tensor) -> Array:
    """Return the array that a tensor's data are in."""
    return tensor.asnumpy()


def scalar_of_tensor(value: Tensor | Array) -> Any:
    """Return the only element as a NumPy scalar."""
    array = value.asnumpy() if isinstance(value, Tensor) else np.asarray(value)
    return array.reshape(())[()]


def array_of_bytes(elements: bytes, dtype: str, shape: tuple[int, ...], order: Any) -> Array:
    """Return a new array of these elements, which lie in an order of rows or columns."""
    return np.ndarray(shape, dtype, elements, order=order).copy(order)


def scalar_of_bytes(element: bytes, dtype: str, shape: tuple[int, ...], order: Any) -> Any:
    """Return a NumPy scalar."""
    return np.ndarray(shape, dtype, element)[()]


def view_of_array(array: Array, name: str, argument: Any) -> Array:
    """Return the view that NumPy itself makes: `name` is one of `VIEWS`."""
    return VIEWS[name](array, argument)


VIEWS: dict[str, Callable[[Array, Any], Any]] = {
    "index": lambda array, key: array[key_of(key)],
    "transpose": np.transpose,
    "reshape": np.reshape,
    "broadcast": np.broadcast_to,
}
"""What makes a view of an array out of a literal."""

RUNTIME: dict[str, Callable[..., object]] = {
    **{"print": print_tensors, "float": python_float},
    **{"write": write_tensor, "assign": assign_tensor, "copy": copy_tensor},
    **{"array": array_of_tensor, "scalar": scalar_of_tensor, "view": view_of_array},
    **{"array_of_bytes": array_of_bytes, "scalar_of_bytes": scalar_of_bytes},
    **{"new": new_instance, "new_tuple": new_tuple, "method": types.MethodType},
    **{"set_attribute": object.__setattr__, "delete_attribute": object.__delattr__},
}
"""Name in the IR to function."""
