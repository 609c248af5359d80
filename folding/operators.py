"""Operators of the user's classes: Python's own dispatch, with the user's methods folded.

Source: <https://docs.python.org/3/reference/datamodel.html#emulating-numeric-types>.
"""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from typing import Any, cast

from ..runtime import guards
from ..runtime.guards import class_attribute, class_of
from ..runtime.sources import Attribute, Held
from ..runtime.tracing import current_tracer
from .classify import is_inlined
from .errors import Raised, run
from .frames import Frame
from .handles import is_in, is_not_in
from .numbers import SymbolicNumber, constant

Call = Callable[[Frame, types.FunctionType, list[object]], Any]
"""Folds a call of a user's method; `calls` knows how."""

Fold = Callable[[Frame, tuple[Any, ...], Call], Any]

NATIVE = object()
"""None of the methods that the interpreter would ask is the user's."""

_HEAP_TYPE = 1 << 9
_SEQUENCES = (list, tuple, str, bytes, bytearray)


def user_method(kind: type[Any], name: str) -> types.FunctionType | None:
    """Return the method that instances of a class have, if the user wrote it in Python."""
    if not kind.__flags__ & _HEAP_TYPE:
        return None
    found = class_attribute(kind, name)
    function: Any = found.__func__ if isinstance(found, staticmethod) else found
    if not isinstance(function, types.FunctionType) or not is_inlined(function):
        return None
    guard_method(kind, name)
    return function


def guard_method(kind: type[Any], name: str) -> None:
    """Guard that a class from outside keeps a method that is folded."""
    folding: Any = current_tracer()
    known: dict[tuple[int, str], type] | None = getattr(folding, "methods", None)
    if known is None or (id(kind), name) in known or id(kind) in folding.born_classes:
        return
    known[id(kind), name] = kind
    folding.add_guard(guards.same_object(Attribute(Held(kind), name), getattr(kind, name)))


def fold_operator(
    frame: Frame, function: Callable[..., Any], operands: tuple[Any, ...], call: Call
) -> Any:
    """Return what an operator gives if a user's method has a say, `NATIVE` if none has.

    Raises `Raised` with Python's TypeError if all of them decline.
    """
    users = any(class_of(operand).__flags__ & _HEAP_TYPE for operand in operands)
    if not users and function is not is_in and function is not is_not_in:
        return NATIVE
    fold = _FOLDS.get(function)
    return NATIVE if fold is None else fold(frame, operands, call)


def _ask(frame: Frame, name: str, call: Call, owner: Any, *others: Any) -> Any:
    """Return what one method gives; `NotImplemented` where there is none."""
    kind = class_of(owner)
    method = user_method(kind, name)
    if method is not None:
        return call(frame, method, [owner, *others])
    native = getattr(kind, name, None)
    if issubclass(kind, _SEQUENCES) and name in ("__add__", "__mul__", "__rmul__"):
        # These raise instead of declining; `_unsupported` does so when all have been asked.
        if not hasattr(class_of(others[0]), "__index__"):
            return NotImplemented
    return NotImplemented if native is None else run(native, owner, *others)


def _arithmetic(name: str, function: Callable[..., Any]) -> Fold:
    forward, reflected = f"__{name}__", f"__r{name}__"

    def fold(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
        left, right = operands
        kinds = class_of(left), class_of(right)
        if not user_method(kinds[0], forward) and not user_method(kinds[1], reflected):
            return NATIVE
        asked = [(forward, left, right)]
        if kinds[0] is not kinds[1]:
            other = class_attribute(kinds[1], reflected)
            overrides = issubclass(kinds[1], kinds[0]) and other is not None
            first = overrides and other is not class_attribute(kinds[0], reflected)
            first = first or issubclass(kinds[0], _SEQUENCES)
            asked.insert(0 if first else 1, (reflected, right, left))
        for method, owner, operand in asked:
            result = _ask(frame, method, call, owner, operand)
            if result is not NotImplemented:
                return result
        raise _unsupported(function, operands)

    return fold


def _inplace(name: str, function: Callable[..., Any]) -> Fold:
    binary = _arithmetic(name, function)

    def fold(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
        left = operands[0]
        if user_method(class_of(left), f"__i{name}__"):
            result = _ask(frame, f"__i{name}__", call, *operands)
            if result is not NotImplemented:
                return result
        elif class_attribute(class_of(left), f"__i{name}__") is not None:
            return NATIVE
        result = binary(frame, operands, call)
        if result is NATIVE and user_method(class_of(left), f"__i{name}__"):
            raise _unsupported(function, operands)
        return result

    return fold


def _unsupported(function: Callable[..., Any], operands: tuple[Any, ...]) -> Raised:
    """Return the interpreter's own error for operands that all decline."""
    try:
        run(function, *map(_declining, operands))
    except Raised as raised:
        return raised
    names = " and ".join(f"'{class_of(operand).__name__}'" for operand in operands)
    return Raised(TypeError(f"unsupported operand type(s): {names}"))


def _declining(operand: Any) -> Any:
    """Return an instance of a class of the same name without any methods; other values as is."""
    kind = class_of(operand)
    return type(kind.__name__, (), {})() if kind.__flags__ & _HEAP_TYPE else operand


def _comparison(name: str, mirrored: str) -> Fold:
    forward, reflected = f"__{name}__", f"__{mirrored}__"

    def fold(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
        left, right = operands
        kinds = class_of(left), class_of(right)
        names = (forward, "__eq__") if name == "ne" else (forward,)
        others = (reflected, "__eq__") if name == "ne" else (reflected,)
        if not any(user_method(kinds[0], one) for one in names):
            if not any(user_method(kinds[1], one) for one in others):
                return NATIVE
        asked = [(forward, left, right), (reflected, right, left)]
        if kinds[0] is not kinds[1] and issubclass(kinds[1], kinds[0]):
            asked.reverse()
        for method, owner, operand in asked:
            result = _compared(frame, method, call, owner, operand)
            if result is not NotImplemented:
                return result
        if name in ("eq", "ne"):
            return (left is right) == (name == "eq")
        raise _unsupported(getattr(operator, name), operands)

    return fold


def _compared(frame: Frame, method: str, call: Call, owner: Any, operand: Any) -> Any:
    """Return what one side of a comparison says; without `__ne__`, `__eq__` is asked."""
    found = class_attribute(class_of(owner), method)
    if method == "__ne__" and found is object.__ne__:
        result = _ask(frame, "__eq__", call, owner, operand)
        return result if result is NotImplemented else not truth_of(frame, result, call)
    return _ask(frame, method, call, owner, operand)


def truth_of(frame: Frame, value: Any, call: Call) -> bool:
    """Return whether a value counts as true, as `calls.truth` does."""
    from .calls import truth

    return truth(frame, value)


def _unary(name: str) -> Fold:
    def fold(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
        method = user_method(class_of(operands[0]), name)
        return NATIVE if method is None else call(frame, method, list(operands))

    return fold


def _membership(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
    item, container = operands
    kind = class_of(container)
    method = user_method(kind, "__contains__")
    if method is not None:
        return truth_of(frame, call(frame, method, [container, item]), call)
    if class_attribute(kind, "__contains__") is None and user_method(kind, "__iter__"):
        items = iterate(frame, container, call)
    elif kind in (list, tuple):
        users = (class_of(one) for one in (item, *container))
        if not any(user_method(one, "__eq__") for one in users):
            return NATIVE
        items = iter(cast("list[Any]", container))
    else:
        return NATIVE
    end = object()
    while (other := run(next, items, end)) is not end:
        if other is item or truth_of(frame, _equal(frame, other, item, call), call):
            return True
    return False


def _equal(frame: Frame, a: Any, b: Any, call: Call) -> Any:
    from .calls import operate

    return operate(frame, operator.eq, a, b)


def _not_member(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
    found = _membership(frame, operands, call)
    return found if found is NATIVE else not found


def _get_item(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
    owner, key = operands
    kind = class_of(owner)
    method = user_method(kind, "__getitem__")
    if method is not None:
        return call(frame, method, [owner, key])
    table: Any = dict
    if isinstance(owner, type):
        found: Any = getattr(cast(Any, owner), "__class_getitem__", None)
        function = getattr(found, "__func__", None)
        if isinstance(function, types.FunctionType) and is_inlined(function):
            return call(frame, function, [found.__self__, key])
    missing = user_method(kind, "__missing__")
    if missing is not None and issubclass(kind, dict) and not run(table.__contains__, owner, key):
        return call(frame, missing, [owner, key])
    return NATIVE


def _truth(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
    (value,) = operands
    kind = class_of(value)
    method = user_method(kind, "__bool__")
    if method is not None:
        result = call(frame, method, [value])
        if isinstance(result, SymbolicNumber) and result.kind is bool:
            return result.truth()
        if class_of(result) is not bool:
            name = class_of(constant(result)).__name__
            raise Raised(TypeError(f"__bool__ should return bool, returned {name}"))
        return result
    if class_attribute(kind, "__bool__") is None and user_method(kind, "__len__"):
        return length_of(frame, value, call) != 0
    return NATIVE


def length_of(frame: Frame, value: Any, call: Call) -> Any:
    """Return `len(value)` for an instance of a class with a user's `__len__`, else `NATIVE`."""
    method = user_method(class_of(value), "__len__")
    if method is None:
        return NATIVE
    length = call(frame, method, [value])
    if class_of(length) is int and length >= 0:
        return length

    class Sized:
        def __len__(self) -> int:
            return length

    # What else may be given, and what errors there are, the interpreter knows.
    return run(len, Sized())


def _shown(name: str, fallback: str | None) -> Fold:
    def fold(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
        (value,) = operands
        kind = class_of(value)
        method, asked = user_method(kind, name), name
        if method is None and fallback and class_attribute(kind, name) is object.__str__:
            method, asked = user_method(kind, fallback), fallback
        if method is None:
            return NATIVE
        text = call(frame, method, [value])
        if not isinstance(text, str):
            found = class_of(text).__name__
            raise Raised(TypeError(f"{asked} returned non-string (type {found})"))
        return text

    return fold


def _formatted(frame: Frame, operands: tuple[Any, ...], call: Call) -> Any:
    value, spec = operands
    kind = class_of(value)
    method = user_method(kind, "__format__")
    if method is not None:
        text = call(frame, method, [value, spec])
        if not isinstance(text, str):
            found = class_of(text).__name__
            raise Raised(TypeError(f"__format__ must return a str, not {found}"))
        return text
    if spec == "" and class_attribute(kind, "__format__") is object.__format__:
        return _FOLDS[str](frame, (value,), call)
    return NATIVE


class FoldedIterator:
    """A user's iterator as native code sees it: each step folds its `__next__`."""

    def __init__(self, ask: Callable[[], object]):
        self._ask = ask

    def __iter__(self) -> FoldedIterator:
        return self

    def __next__(self) -> object:
        return self._ask()


def iterate(frame: Frame, value: Any, call: Call) -> Any:
    """Return `iter(value)`; what the user wrote of the protocol is folded."""
    from .errors import outward

    kind = class_of(value)
    method = user_method(kind, "__iter__")
    made = run(iter, value) if method is None else call(frame, method, [value])
    step = user_method(class_of(made), "__next__")
    if step is None:
        return run(iter, made)
    folding = frame.folding
    return FoldedIterator(lambda: outward(lambda: call(folding.frame or frame, step, [made])))


def listed(frame: Frame, value: Any, call: Call) -> Any:
    """Return `iter(value)` for a list to be made of; Python asks how long it will be."""
    made = iterate(frame, value, call)
    for name in ("__len__", "__length_hint__"):
        method = user_method(class_of(value), name)
        if method is not None:
            call(frame, method, [value])
            break
    return made


_ARITHMETIC = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("lshift", "rshift", "and", "or", "xor"),
)
_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def _operator(name: str) -> Callable[..., Any]:
    return getattr(operator, f"{name}_" if name in ("and", "or") else name)


_FOLDS: dict[Callable[..., Any], Fold] = {
    **{_operator(name): _arithmetic(name, _operator(name)) for name in _ARITHMETIC},
    **{_operator(f"i{name}"): _inplace(name, _operator(f"i{name}")) for name in _ARITHMETIC},
    **{_operator(name): _comparison(name, mirrored) for name, mirrored in _MIRRORED.items()},
    **{operator.neg: _unary("__neg__"), operator.pos: _unary("__pos__")},
    **{operator.invert: _unary("__invert__"), abs: _unary("__abs__")},
    **{operator.setitem: _unary("__setitem__"), operator.delitem: _unary("__delitem__")},
    **{operator.getitem: _get_item, is_in: _membership, is_not_in: _not_member},
    **{bool: _truth, repr: _shown("__repr__", None), str: _shown("__str__", "__repr__")},
    format: _formatted,
}
