"""Operators and calls: what is inlined, what runs now, what is refused."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from ..frontend.find_source import NoSource
from ..frontend.lower_function import lower_function
from ..runtime.compiled import CompiledFunction
from ..runtime.constants import evaluate
from ..runtime.gradient import GradientFunction
from ..runtime.tensor import Tensor
from .classify import IMPURE, OPAQUE, is_graph_callable, is_inlined, is_plain, purity
from .code import code_of
from .errors import Raised, run
from .frames import Frame
from .functions import Body, bind, body_of, execute
from .gradients import call_gradient
from .numbers import SymbolicFloat, constant
from .outside import changed, snapshot
from .special import SPECIAL
from .taint import taint_of_call

_FAST = frozenset((int, float, bool, str, type(None), Tensor))
_CALLS_BACK = ("builtins", "functools", "itertools", "_functools", "numpy")


def operate(frame: Frame, function: Callable[..., Any], *operands: object) -> Any:
    """Return what an operator gives; the interpreter is asked for objects."""
    for operand in operands:
        if type(operand) not in _FAST:
            if isinstance(operand, SymbolicFloat):
                return _operate_on_float(frame, function, operand, operands)
            frame.folding.meet(operand)
    result = run(function, *operands)
    frame.folding.check_needed()
    return result


def _operate_on_float(
    frame: Frame, function: Callable[..., Any], number: SymbolicFloat, operands: tuple[object, ...]
) -> Any:
    """Return what an operator gives on a run-time float, or on the constant that it is now."""
    result = run(number.combined, function, operands)
    if result is NotImplemented:
        return operate(frame, function, *map(constant, operands))
    frame.folding.check_needed()
    return result


def truth(frame: Frame, value: object) -> bool:
    """Return whether a value counts as true; a run-time tensor's truth isn't known yet."""
    if value is True or value is False:
        return value
    if (
        isinstance(value, Tensor)
        and value.is_symbolic
        and evaluate(value.graph_value(frame.folding)) is None
        and value.spec.size == 1
    ):
        frame.folding.reject(
            "the branch depends on the data of a tensor that exists only at run time",
            "choose between values with where(condition, a, b)",
        )
    return operate(frame, bool, value)


def call(frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]) -> object:
    """Return what a call gives: folded through its source, or evaluated now.

    Raises `Raised` with the user's exception, CompileError for what can't be compiled.
    """
    folding = frame.folding
    folding.need_python("a call")
    if isinstance(callee, CompiledFunction):
        callee = callee.function
    if isinstance(callee, GradientFunction):
        return call_gradient(frame, callee, args, kwargs)
    if isinstance(callee, types.FunctionType):
        return call_function(frame, callee, args, kwargs)
    if isinstance(callee, types.MethodType):
        function, owner = callee.__func__, callee.__self__
        if isinstance(function, types.FunctionType) and (is_inlined(function) or body_of(function)):
            return call_function(frame, function, [owner, *args], kwargs)
    special = SPECIAL.get(callee) if isinstance(callee, types.BuiltinFunctionType | type) else None
    if special is not None:
        handled = special(frame, args, kwargs)
        if handled is not NotImplemented:
            return handled
    if isinstance(callee, type):
        return _construct(frame, callee, args, kwargs)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(callee, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
        # What it keeps was computed without guards.
        return call(frame, getattr(callee, "__wrapped__"), args, kwargs)  # noqa: B009  # pyright: ignore[reportUnknownArgumentType]
    inner = _call_method(callee)
    if inner is not None:
        return call_function(frame, inner, [callee, *args], kwargs)
    return _call_native(frame, callee, args, kwargs)


def call_function(
    frame: Frame, function: types.FunctionType, args: list[object], kwargs: dict[str, object]
) -> object:
    """Fold the body of a Python function that the user wrote; run any other as it is."""
    body = body_of(function)
    if body is None:
        body = _source_of(frame, function)
    if body is None:
        return _call_native(frame, function, args, kwargs)
    if body.is_generator:
        frame.folding.reject(
            f"'{body.name}' is a generator, and those can't be compiled yet",
            "return a list or a tuple",
        )
    variables = bind(body, function, args, kwargs)
    inner = Frame(
        frame.folding,
        body.name,
        body.scope,
        code_of(body.block).slots,
        body.function,
        body.parent,
    )
    inner.variables.update(variables)
    inner.tainted = taint_of_call(frame, body.parameters)
    return execute(inner, code_of(body.block))


def _source_of(frame: Frame, function: types.FunctionType) -> Body | None:
    """Return the body of a function that is to be folded, None for one that runs as it is."""
    if not is_inlined(function):
        return None
    try:
        lowered = lower_function(function)
    except NoSource:
        # Generated code, as a dataclass's methods are: what it may read is guarded as a whole.
        frame.folding.native.guard_function(function)
        return None
    block, generator = lowered.body.block, lowered.is_generator
    return Body(block, lowered.parameters, lowered.name, generator, function)


def _construct(
    frame: Frame, kind: type[Any], args: list[object], kwargs: dict[str, object]
) -> object:
    """Return a new instance of a user's class; its `__init__` is folded like any function."""
    init = getattr(kind, "__init__", None)
    plain = type(kind) is type and kind.__new__ is object.__new__
    if not plain or not isinstance(init, types.FunctionType) or not is_inlined(init):
        frame.folding.native.guard_class(kind)
        return _call_native(frame, kind, args, kwargs)
    frame.folding.meet(kind)
    made = object.__new__(kind)
    if call_function(frame, init, [made, *args], kwargs) is not None:
        raise Raised(TypeError("__init__() should return None"))
    return made


def _call_method(callee: object) -> types.FunctionType | None:
    """Return the function behind a callable instance: `construct` of a Cell, or `__call__`."""
    kind = type(callee)
    found = getattr(kind, "__call__", None)  # noqa: B004
    construct = getattr(kind, "construct", None)
    if isinstance(found, types.FunctionType) and isinstance(construct, types.FunctionType):
        module = found.__module__ or ""
        if module.startswith("foldaway."):
            return construct
    if isinstance(found, types.FunctionType) and is_inlined(found):
        return found
    return None


def _call_native(frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]) -> Any:
    folding = frame.folding
    args = [constant(value) for value in args]
    kwargs = {name: constant(value) for name, value in kwargs.items()}
    constant(getattr(callee, "__self__", None))
    if not is_graph_callable(callee):
        folding.meet(callee)
    for value in (*args, *kwargs.values()):
        if type(value) not in _FAST:
            folding.meet(value)
    wrapped = getattr(callee, "__wrapped__", None)
    if isinstance(wrapped, types.FunctionType):
        # A library's wrapper, as `contextmanager` makes, runs the user's function by itself.
        folding.native.guard_function(wrapped)
    _check_purity(frame, callee, args)
    owner = getattr(callee, "__self__", None)
    watched = snapshot([owner, *args, *kwargs.values()], folding.outside)
    if (getattr(callee, "__module__", None) or "builtins") in _CALLS_BACK:
        args = [_folded_when_called(frame, value) for value in args]
        kwargs = {name: _folded_when_called(frame, value) for name, value in kwargs.items()}
    folding.journal.before_call([owner, *args, *kwargs.values()])
    result = run(callee, *args, **kwargs)
    folding.check_needed()
    if watched and changed(watched):
        name = getattr(callee, "__name__", "a call")
        folding.refuse_effect(f"'{name}' changes an object that existed before the call")
    folding.count_folded()
    return result


def _check_purity(frame: Frame, callee: Any, args: list[object]) -> None:
    """Refuse what touches the world or differs each time; report what nobody knows."""
    kind = purity(callee)
    if kind == IMPURE:
        if callee is next and args and frame.folding.source(args[0]) is None:
            return
        name = getattr(callee, "__qualname__", None) or type(callee).__qualname__
        frame.folding.reject(
            f"'{name}' does something outside the program, or gives another result each time",
            "call it before the compiled function, and pass the result",
        )
    if kind == OPAQUE and not is_graph_callable(callee):
        frame.folding.note_ran(callee)


def _folded_when_called(frame: Frame, value: object) -> object:
    """Return a user's function as one that is folded when native code calls it."""
    if isinstance(value, GradientFunction):
        return lambda *args, **kwargs: call(frame, value, list(args), kwargs)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownVariableType]
    if not isinstance(value, types.FunctionType | types.MethodType) or is_plain(value):
        return value
    inner = value.__func__ if isinstance(value, types.MethodType) else value
    if not isinstance(inner, types.FunctionType) or not (body_of(inner) or is_inlined(inner)):
        return value

    @functools.wraps(value)
    def folded(*args: object, **kwargs: object) -> object:
        return constant(call(frame, value, list(args), kwargs))

    return folded
