"""Values, tensors' types and the keys of calls as JSON, and back: a closed set, nothing is run."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np

from ..dialects.dtypes import BY_NAME, DType, TensorSpec
from .fingerprints import Unstorable, fingerprint
from .guards import class_of, is_immutable

Json = Any
"""Lists, texts, whole numbers, bools and None; files have it as `marshal` writes it."""


def write_value(value: Any) -> Json:
    """Return an immutable value as JSON. Raises Unstorable for any other, and for a frozenset."""
    kind: Any = class_of(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return ["str", value]
    if kind is int:
        return ["int", hex(value)]
    if kind is float:
        return ["float", value.hex()]
    if kind is complex:
        return ["complex", value.real.hex(), value.imag.hex()]
    if kind is bytes:
        return ["bytes", value.hex()]
    if value is ...:
        return ["..."]
    if kind is tuple:
        return ["tuple", *map(write_value, value)]
    if kind in (slice, range):
        return [kind.__name__, *map(write_value, (value.start, value.stop, value.step))]
    raise Unstorable(f"a {kind.__qualname__}")


def read_value(written: Json) -> Any:
    """Return the value that was written."""
    if written is None or type(written) is bool:
        return written
    kind, *parts = written
    return _READERS[kind](*parts)


def _read_tuple(*parts: Json) -> object:
    return tuple(map(read_value, parts))


def _read_int(text: str) -> int:
    return int(text, 16)


def _read_complex(real: str, imag: str) -> complex:
    return complex(float.fromhex(real), float.fromhex(imag))


_READERS: Final[dict[str, Callable[..., object]]] = {
    "str": str,
    "int": _read_int,
    "float": float.fromhex,
    "complex": _read_complex,
    "bytes": bytes.fromhex,
    "...": lambda: ...,
    "tuple": _read_tuple,
    "slice": lambda *parts: slice(*map(read_value, parts)),
    "range": lambda *parts: range(*map(read_value, parts)),
}


def write_spec(spec: TensorSpec) -> Json:
    """Return a tensor's type as JSON."""
    return [list(spec.shape), spec.dtype.name]


def read_spec(written: Json) -> TensorSpec:
    """Return the tensor's type that was written."""
    shape, name = written
    return TensorSpec(tuple(map(int, shape)), read_dtype(name))


def read_dtype(name: str) -> DType:
    """Return the dtype of a name. Raises KeyError for another text."""
    return BY_NAME[name]


def write_numpy_dtype(dtype: np.dtype[Any]) -> Json:
    """Return one of NumPy's own dtypes as JSON. Raises Unstorable for others'."""
    if not dtype.isbuiltin or dtype.kind not in "biufc":
        raise Unstorable(f"an array of {dtype}")
    return [dtype.str, dtype.num]


def write_key(key: Any, namespace: dict[str, object]) -> Json:
    """Return the key of a call as JSON: equal ones, equal JSON. It is never read back.

    Raises Unstorable for what can't be said to another process.
    """
    if isinstance(key, TensorSpec):
        return ["spec", *write_spec(key)]
    if isinstance(key, type):
        return ["class", fingerprint(cast("type[Any]", key), namespace)]
    if isinstance(key, np.dtype):
        return ["dtype", *write_numpy_dtype(cast(Any, key))]
    if type(key) is tuple:
        return ["key", *(write_key(part, namespace) for part in cast("tuple[object, ...]", key))]
    if is_immutable(key):
        return ["value", write_value(key)]
    raise Unstorable(f"a {class_of(key).__qualname__}")


def exception_named(name: str) -> type[BaseException]:
    """Return the builtin exception of a name. Raises KeyError for another text."""
    found = vars(builtins)[name]
    if not isinstance(found, type) or not issubclass(found, BaseException):
        raise KeyError(name)
    return found
