"""The IR of forms that were loaded: they are compiled once more for whoever wants to see it."""

from __future__ import annotations

import types
import weakref
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

import numpy as np

from foldaway.runtime.arrays import numpy_dtype
from foldaway.runtime.changing_numbers import ChangingNumbers
from foldaway.runtime.collector import no_collection
from foldaway.runtime.guards import class_of, is_immutable
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tracing import tracing

from .compile_options import CompileOptions

_GONE = "an argument of the call that the form was loaded for is gone: call the function again"


def late_text(
    function: types.FunctionType,
    arguments: Sequence[object],
    key: tuple[object, ...],
    options: CompileOptions,
    lax: bool,
) -> Callable[[str], str]:
    """Return what gives the text of each stage of a function compiled for such arguments.

    It is compiled, quietly, when a text is asked for at first, with what the program's globals
    are by then. It keeps no data of tensors.
    """
    kept = [_kept(argument) for argument in arguments]

    @cache
    def texts() -> Callable[[str], str]:
        from .compile import compile_function

        given = [argument() for argument in kept]
        with tracing(None), no_collection():
            made = compile_function(
                function, given, key, options, ChangingNumbers(), lax, quiet=True
            )
        return made.ir

    return lambda stage: texts()(stage)


def _kept(value: Any) -> Callable[[], object]:
    """Return what gives a value of the same kind: for tensors, one with other data."""
    kind = class_of(value)
    if kind is Tensor:
        shape, dtype = value.spec
        return lambda: Tensor(np.zeros(shape, numpy_dtype(dtype)))
    if kind in (list, tuple):
        items = [_kept(item) for item in value]
        make: Any = kind
        return lambda: make([item() for item in items])
    if kind is dict:
        pairs = [(key, _kept(item)) for key, item in value.items()]
        return lambda: {key: item() for key, item in pairs}
    if is_immutable(value):
        return lambda: value
    try:
        reference = weakref.ref(value)
    except TypeError:
        return _gone

    def there() -> object:
        found = reference()
        return _gone() if found is None else cast(object, found)

    return there


def _gone() -> object:
    raise RuntimeError(_GONE)
