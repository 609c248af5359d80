"""What host programs call by name: the functions behind `pyobj.runtime`."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from .array_views import key_of
from .arrays import Array
from .dispatch import from_array
from .tensor import Tensor
from .tracebacks import function_at, traceback_at
from .tracing import tracing


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


def python_int(value: Tensor | Array | int) -> int:
    """Return the Python int that a 0-d tensor of integers holds."""
    return value if type(value) is int else int(value)


def python_bool(value: Tensor | Array | bool) -> bool:
    """Return the Python bool that a 0-d tensor of bools holds."""
    return bool(value)


def indices(start: int, step: int, count: int) -> Iterator[Tensor]:
    """Yield `count` integers as 0-d tensors."""
    for index in range(count):
        with tracing(None):
            made = from_array(np.asarray(start + index * step))
        yield made


def choose(condition: Tensor | bool, one: object, other: object) -> object:
    """Return one of two objects, the first if the condition is true."""
    return one if python_bool(condition) else other


def item_of_table(index: Tensor | int, constants: tuple[object, ...]) -> object:
    """Return one of some objects."""
    return constants[int(index)]


def builtin_exception(name: str, *arguments: object) -> BaseException:
    """Return a new exception of a builtin class."""
    kind: type[BaseException] = getattr(builtins, name)
    return kind(*arguments)


def placed_exception(error: BaseException, file: str, line: int, column: int) -> BaseException:
    """Return an exception whose traceback ends at a line of another file than the program's."""
    if error.__traceback__ is None:
        from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr

        place = FileLineColLoc(StringAttr(file), IntAttr(line), IntAttr(column))
        error.__traceback__ = traceback_at(function_at(place) or "<foldaway>", place)
    return error


def new_exception(
    kind: type[BaseException],
    arguments: tuple[object, ...],
    attributes: dict[str, object],
    cause: BaseException | None,
    context: BaseException | None,
    suppress_context: bool,
) -> BaseException:
    """Return an exception as it was when it was raised; no code of its class runs."""
    made: BaseException = _native(kind, "__new__", types.BuiltinFunctionType)(kind, *arguments)
    _native(kind, "__init__", types.WrapperDescriptorType)(made, *arguments)
    vars(made).update(attributes)
    made.__cause__, made.__context__ = cause, context
    made.__suppress_context__ = suppress_context
    return made


def _native(kind: type[Any], name: str, native: type) -> Callable[..., Any]:
    """Return the method of the nearest base that is written in C."""
    found: list[Any] = [vars(base).get(name) for base in kind.__mro__]
    return next(method for method in found if isinstance(method, native))


class Raising:
    """Lets an exception keep the context it has, while it is raised in the `with` of this.

    Python gives it the exception that the caller of the program is handling, which belongs to the
    other end of the chain: the program was handling its own.
    """

    def __init__(self, error: BaseException):
        self._context = error.__context__

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: object, error: BaseException, trace: object) -> None:
        """Put the contexts in order; the exception goes on."""
        handled, last = error.__context__, self._context
        if last is None or handled is None or handled is last:
            return
        error.__context__ = last
        while last.__context__ is not None:
            last = last.__context__
            if last is handled:
                return
        last.__context__ = handled


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
    **{"print": print_tensors, "float": python_float, "int": python_int, "bool": python_bool},
    **{"truth": python_bool, "choose": choose, "table": item_of_table, "indices": indices},
    **{"exception": builtin_exception, "new_exception": new_exception, "raising": Raising},
    **{"placed": placed_exception},
    **{"write": write_tensor, "assign": assign_tensor, "copy": copy_tensor},
    **{"array": array_of_tensor, "scalar": scalar_of_tensor, "view": view_of_array},
    **{"array_of_bytes": array_of_bytes, "scalar_of_bytes": scalar_of_bytes},
    **{"new": new_instance, "new_tuple": new_tuple, "method": types.MethodType},
    **{"set_attribute": object.__setattr__, "delete_attribute": object.__delattr__},
}
"""Name in the IR to function."""
