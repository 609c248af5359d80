"""MindSpore's functions of functions: maps over nested sequences, and overloads by type.

Sequences of different lengths, and arguments that no overload takes, are a `ValueError`,
sequences of different forms and names of types that there are not a `TypeError`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from foldaway.dialects.dtypes import DType
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor

from .operators import Primitive


class MultitypeFuncGraph:
    """A function of several forms; the first whose types fit the arguments is called.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/ops/mindspore.ops.MultitypeFuncGraph.html>.
    """

    def __init__(self, name: str, read_value: bool = False, doc_url: str = ""):
        self.name = name
        self.entries: list[tuple[tuple[str, ...], Callable[..., Any]]] = []

    def register(self, *type_names: object) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator that adds a form for arguments of these types.

        They are named "Tensor", "Number", "Int", "Float", "Bool", "String", "Tuple", "List",
        "Dictionary", "Function" and "None", or by a dtype. Raises TypeError for another name.
        """
        names = tuple(_type_name(name) for name in type_names)

        def add(fn: Callable[..., Any]) -> Callable[..., Any]:
            self.entries.append((names, fn))
            return fn

        return add

    def __call__(self, *args: Any) -> Any:
        """Return what the first form that fits gives; a single form takes what it gets.

        Raises ValueError where none fits.
        """
        if len(self.entries) == 1:
            return self.entries[0][1](*args)
        for names, fn in self.entries:
            if _fits(names, args):
                return fn(*args)
        kinds = ", ".join([type(arg).__name__ for arg in args])
        raise ValueError(f"For 'MultitypeFuncGraph', cannot find fn match given args: {kinds}")

    def __repr__(self) -> str:
        return f"MultitypeFuncGraph({self.name!r})"


class HyperMap:
    """Applies a function to the elements of sequences, however deep they are nested.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/ops/mindspore.ops.HyperMap.html>.
    """

    def __init__(self, ops: Callable[..., Any] | None = None, reverse: bool = False):
        self.ops = ops
        self.reverse = reverse

    def __call__(self, *args: Any) -> Any:
        """Return the results, nested as the arguments are; without `ops` the first is called.

        Raises TypeError for sequences beside other things, ValueError for different lengths.
        """
        if self.ops is not None:
            return _mapped(self.ops, args, self.reverse)
        return _mapped(args[0], args[1:], self.reverse)


class Map:
    """Applies a function to the elements of sequences, of the outermost ones.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/ops/mindspore.ops.Map.html>.
    """

    def __init__(self, ops: Callable[..., Any] | None = None, reverse: bool = False):
        self.ops = ops
        self.reverse = reverse

    def __call__(self, *args: Any) -> Any:
        """Return the results, as the first sequence is one; without `ops` the first is called.

        Raises ValueError for different lengths.
        """
        ops, rows = (args[0], args[1:]) if self.ops is None else (self.ops, args)
        return _each(ops, rows, self.reverse)


class Partial(Primitive):
    """Binds the first arguments of a function."""

    def __call__(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Return the function that takes the others."""
        return functools.partial(func, *args, **kwargs)


class Depend(Primitive):
    """Orders one thing after another; in a program they have an order anyway."""

    def __call__(self, value: Any, expr: Any) -> Any:
        """Return the value."""
        return value


def constexpr(
    fn: Callable[..., Any] | None = None,
    get_instance: bool = True,
    name: str | None = None,
    reuse_result: bool = True,
    check: bool = True,
) -> Any:
    """Return the function, or a decorator that does: on constants it runs while compiling anyway.

    Without `get_instance` a call of what is returned gives the function.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/ops/mindspore.ops.constexpr.html>.
    """

    def decorated(function: Callable[..., Any]) -> Any:
        return function if get_instance else lambda: function

    return decorated if fn is None else decorated(fn)


def partial(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return a function whose first arguments are bound."""
    return functools.partial(func, *args, **kwargs)


def depend(value: Any, expr: Any) -> Any:
    """Return the value; `expr` has been computed before."""
    return value


def _mapped(ops: Callable[..., Any], rows: tuple[Any, ...], reverse: bool) -> Any:
    nested = [isinstance(row, (list, tuple, dict)) for row in rows]
    if not any(nested):
        return ops(*rows)
    if not all(nested):
        raise TypeError("HyperMap needs sequences of one form, or none")

    def inner(*items: Any) -> Any:
        return _mapped(ops, items, reverse)

    return _each(inner, rows, reverse)


def _each(ops: Callable[..., Any], rows: tuple[Any, ...], reverse: bool) -> Any:
    first = rows[0]
    for row in rows:
        if len(row) != len(first):
            raise ValueError("the sequences to map over differ in length")
    if isinstance(first, dict):
        return {key: ops(*[row[key] for row in rows]) for key in first}  # pyright: ignore[reportUnknownVariableType]
    places = range(len(first))
    results = [ops(*[row[i] for row in rows]) for i in (reversed(places) if reverse else places)]
    results = results[::-1] if reverse else results
    return tuple(results) if isinstance(first, tuple) else results


def _fits(names: tuple[str, ...], args: tuple[Any, ...]) -> bool:
    if len(names) != len(args):
        return False
    return all([_is_a(arg, name) for name, arg in zip(names, args)])  # noqa: B905


def _is_a(value: Any, name: str) -> bool:
    if name.startswith("tensor:"):
        return isinstance(value, Tensor) and value.dtype.name == name[7:]
    if name == "Parameter":
        return isinstance(value, Parameter)
    if name == "Bool":
        return isinstance(value, bool)
    if name in ("Int", "Int64"):
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "Number":
        return isinstance(value, (bool, int, float))
    if name == "Function":
        return callable(value)
    if name == "None":
        return value is None
    return isinstance(value, _KINDS[name])


_KINDS: dict[str, type[Any]] = {
    **{"Tensor": Tensor, "Ref": Parameter, "Float": float, "Float64": float, "String": str},
    **{"Tuple": tuple, "List": list, "Dictionary": dict, "Dict": dict},
}
_NAMES = frozenset(
    [*_KINDS, "Parameter", "Bool", "Int", "Int64", "Number", "Function", "None", "TypeNone"]
)


def _type_name(name: object) -> str:
    if isinstance(name, DType):
        return f"tensor:{name.name}"
    known = getattr(name, "name", name)
    if known not in _NAMES:
        raise TypeError(f"there is no type {name!r} to register a function for")
    return "None" if known == "TypeNone" else str(known)
