"""Operators and calls: what is inlined, what runs now, what is refused."""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from xdsl.ir import SSAValue

from ..dialects.dtypes import bool_
from ..frontend.find_source import NoSource
from ..frontend.lower_function import lower_function
from ..runtime.compiled import CompiledFunction
from ..runtime.gradient import GradientFunction
from ..runtime.guards import class_of
from . import lax
from .attribute_changes import set_on_cell
from .attributes import get_attribute
from .branch_calls import check_iterator
from .classify import is_framework, is_inlined
from .code import code_of
from .deep_calls import Descent, is_deep, run_deep, slots_of
from .errors import Raised, run
from .frames import Frame
from .functions import Body, bind, body_of, execute
from .generators import make_generator
from .gradients import call_gradient, call_with_bprop
from .handles import Handle, HandleMethod
from .native_calls import FAST, call_native
from .native_reads import may_ask
from .native_writes import plain_setter
from .number_operands import looked_at, sets_item
from .numbers import SymbolicNumber, constant
from .operators import NATIVE, fold_operator, guard_method, iterate, listed, user_method
from .protocol_calls import fold_protocol, iterated
from .special import SPECIAL
from .taint import taint_of_call
from .tensor_numbers import TensorNumber
from .tensor_picks import picked
from .tensor_reads import READERS, number_of, truth_value

if TYPE_CHECKING:
    pass

_HOLDERS = (tuple, list, dict, slice)


def operate(frame: Frame, function: Callable[..., Any], *operands: object) -> Any:
    """Return what an operator gives; the interpreter is asked for objects."""
    for operand in operands:
        if type(operand) not in FAST:
            result = fold_operator(frame, function, operands, _call_method_of_users)
            if result is not NATIVE:
                return result
            break
    for operand in operands:
        if type(operand) not in FAST:
            if isinstance(operand, SymbolicNumber):
                if operand is operands[-1] and sets_item(function, operands):
                    continue
                return _operate_on_number(frame, function, operand, operands)
            if class_of(operand) is Handle:
                return _operate_on_handle(frame, function, cast(Handle, operand), operands)
            frame.folding.meet(operand)
            if may_ask(function):
                frame.folding.native.guard_deeply(operand)
            if type(operand) in _HOLDERS:
                if function is operator.getitem:
                    operands = picked(frame.folding, *operands)
                operands = looked_at(function, operands)
    result = run(function, *operands)
    frame.folding.check_needed()
    return frame.folding.outside.stand_in(result)


def _operate_on_number(
    frame: Frame, function: Callable[..., Any], number: SymbolicNumber, operands: tuple[object, ...]
) -> Any:
    """Return what an operator gives on a run-time number, or on the constant that it is now."""
    result = run(number.combined, function, operands)
    if result is NotImplemented:
        return operate(frame, function, *map(constant, operands))
    frame.folding.check_needed()
    return result


def _operate_on_handle(
    frame: Frame, function: Callable[..., Any], handle: Handle, operands: tuple[object, ...]
) -> Any:
    for operand in operands:
        if operand is not handle and not isinstance(operand, SymbolicNumber):
            frame.folding.meet(operand)
    return handle.operate(function, operands)


def _call_method_of_users(
    frame: Frame, method: types.FunctionType, operands: list[object]
) -> object:
    """Fold a method that an operator asks, on objects of which the statement must tell."""
    for operand in operands:
        if type(operand) not in FAST and not isinstance(operand, SymbolicNumber):
            frame.folding.note_object(operand)
    return call_function(frame, method, operands, {})


def iterator_of(frame: Frame, value: object) -> Any:
    """Return `iter(value)`; a user's `__iter__` and `__next__` are folded."""
    frame.folding.meet(value)
    check_iterator(frame.folding, value)
    made = iterate(frame, value, _call_method_of_users)
    frame.folding.journal.made(made)
    return made


def starred(frame: Frame, value: object) -> object:
    """Return what `*value` takes apart: a user's iterable as an iterator that is folded."""
    if user_method(class_of(value), "__iter__") is None:
        frame.folding.native.guard_content(value)
        return value
    frame.folding.note_object(value)
    return listed(frame, value, _call_method_of_users)


def truth(frame: Frame, value: object) -> bool:
    """Return whether a value counts as true; a run-time tensor's truth isn't known yet."""
    if value is True or value is False:
        return value
    if isinstance(value, SymbolicNumber):
        return value.truth()
    found = truth_value(frame.folding, value)
    if found is not None:
        return frame.folding.undecided(found)
    return operate(frame, bool, value)


def decided(frame: Frame, value: object) -> bool | SSAValue:
    """Return whether a value counts as true: a run-time bool, where only the call knows."""
    if value is True or value is False:
        return value
    if type(value) is TensorNumber:
        return frame.folding.builder.convert(value.value, bool_)
    if isinstance(value, SymbolicNumber):
        return value.truth()
    found = truth_value(frame.folding, value)
    return truth(frame, value) if found is None else found


def negated(frame: Frame, value: object) -> object:
    """Return `not value`: a run-time bool for what only the call knows."""
    if isinstance(value, SymbolicNumber):
        return operate(frame, operator.not_, value)
    number = number_of(frame.folding, value, bool)
    return not truth(frame, value) if number is None else operate(frame, operator.not_, number)


def call(frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]) -> object:
    """Return what a call gives: folded through its source, or evaluated now.

    Raises `Raised` with the user's exception, CompileError for what can't be compiled.
    """
    folding = frame.folding
    direct, folding.direct = folding.direct, False
    folding.need_python("a call")
    if class_of(callee) is HandleMethod:
        return cast(HandleMethod, callee).call(args, kwargs)
    if isinstance(callee, CompiledFunction):
        callee = callee.function
    if isinstance(callee, GradientFunction):
        return call_gradient(frame, callee, args, kwargs)
    if isinstance(callee, types.FunctionType):
        return call_function(frame, callee, args, kwargs, direct)
    handled = _call_special(frame, callee, args, kwargs)
    if handled is not NotImplemented:
        return handled
    if isinstance(callee, types.MethodType):
        function, owner = callee.__func__, callee.__self__
        if isinstance(function, types.FunctionType) and (is_inlined(function) or body_of(function)):
            return call_function(frame, function, [owner, *args], kwargs, direct)
    if isinstance(callee, types.BuiltinFunctionType | type):
        folded = fold_protocol(frame, callee, args, kwargs, _call_method_of_users)
        if folded is not NATIVE:
            return folded
        args = iterated(frame, callee, args, _call_method_of_users)
    if isinstance(callee, types.WrapperDescriptorType | types.MethodWrapperType):
        setter = plain_setter(callee, args, kwargs)
        if setter is not None:
            setter(frame)
            return None
    if isinstance(callee, type):
        return _construct(frame, callee, args, kwargs)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(callee, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
        if frame.folding.options.lax:
            lax.check_call(frame.folding, callee, args, kwargs)
        # What it keeps was computed without guards.
        return call(frame, getattr(callee, "__wrapped__"), args, kwargs)  # noqa: B009  # pyright: ignore[reportUnknownArgumentType]
    if type(callee) is functools.partial:
        return _call_partial(frame, callee, args, kwargs)
    inner = _call_method(callee)
    if inner is not None:
        if folding.differentiations and hasattr(class_of(callee), "bprop"):
            return call_with_bprop(frame, callee, inner, args, kwargs)
        return call_function(frame, inner, [callee, *args], kwargs, direct)
    return call_native(frame, callee, args, kwargs)


def _call_special(
    frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]
) -> object:
    """Return what a callee gives that has a meaning of its own here; else `NotImplemented`."""
    if isinstance(callee, types.MethodType):
        function = callee.__func__
        reader = READERS.get(function) if isinstance(function, types.FunctionType) else None
        given = [callee.__self__, *args]
        return NotImplemented if reader is None else reader(frame, given, kwargs)
    special = SPECIAL.get(callee) if isinstance(callee, types.BuiltinFunctionType | type) else None
    return NotImplemented if special is None else special(frame, args, kwargs)


def _call_partial(
    frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]
) -> object:
    """Fold the call of the function that a `functools.partial` binds arguments of."""
    parts = [get_attribute(frame, callee, name) for name in ("func", "args", "keywords")]
    function, bound, named = cast("tuple[Any, tuple[object, ...], dict[str, object]]", parts)
    return call(frame, function, [*bound, *args], {**named, **kwargs})


def call_function(
    frame: Frame,
    function: types.FunctionType,
    args: list[object],
    kwargs: dict[str, object],
    direct: bool = False,
) -> object:
    """Fold the body of a Python function that the user wrote; run any other as it is.

    With `direct`, the caller goes on in each way that the function returns: see `Returned`.
    """
    if is_framework(function) and function.__name__ == "__setattr__" and len(args) == 3:
        # Reached by `super().__setattr__(...)` of a network.
        set_on_cell(frame, args[0], str(args[1]), args[2])
        return None
    body = body_of(function) or source_of(frame, function)
    if body is None:
        return call_native(frame, function, args, kwargs)
    variables = bind(body, function, args, kwargs)
    frame.folding.direct = direct
    return run_body(frame, body, variables, function.__code__.co_qualname)


def run_body(frame: Frame, body: Body, variables: dict[str, object], qualname: str) -> object:
    """Fold a function's body with these values of its parameters; `frame` calls it."""
    if body.is_generator:
        return make_generator(frame, body, variables, qualname)
    if is_deep(frame.folding.depth):
        return run_deep(_descent(frame, body, variables, qualname))
    code = code_of(body.block)
    return execute(_frame_of(frame, body, variables, qualname, code.slots), code)


def descent_of(
    frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]
) -> Descent | None:
    """Return a call of a function that is folded through its source, None for any other."""
    if isinstance(callee, CompiledFunction):
        callee = callee.function
    if isinstance(callee, types.MethodType):
        callee, args = callee.__func__, [callee.__self__, *args]
    if not isinstance(callee, types.FunctionType) or is_framework(callee):
        return None
    body = body_of(callee) or source_of(frame, callee)
    if body is None or body.is_generator:
        return None
    frame.folding.need_python("a call")
    variables = bind(body, callee, args, kwargs)
    return _descent(frame, body, variables, callee.__code__.co_qualname)


def _descent(frame: Frame, body: Body, variables: dict[str, object], qualname: str) -> Descent:
    slots = slots_of(body.block)
    return Descent(_frame_of(frame, body, variables, qualname, slots), body.block)


def _frame_of(
    frame: Frame, body: Body, variables: dict[str, object], qualname: str, slots: int
) -> Frame:
    inner = Frame(frame.folding, body.name, body.scope, slots, body.function, body.parent, qualname)
    inner.bind(body.parameters, variables)
    inner.tainted = taint_of_call(frame, body.parameters)
    return inner


def source_of(frame: Frame, function: types.FunctionType) -> Body | None:
    """Return the body of a function that is to be folded, None for one that runs as it is."""
    if not is_inlined(function):
        return None
    frame.folding.functions[id(function)] = function
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
    """Return a new instance of a class; what the user wrote of the making is folded.

    Source: <https://docs.python.org/3/reference/datamodel.html#object.__new__>.
    """
    if frame.folding.options.lax:
        lax.check_class(frame.folding, kind)
    maker = user_method(type(kind), "__call__")
    if maker is not None:
        return call_function(frame, maker, [kind, *args], kwargs)
    new, init = user_method(kind, "__new__"), user_method(kind, "__init__")
    if type(kind).__call__ is not type.__call__ or (new is None and init is None):
        frame.folding.native.guard_class(kind)
        return call_native(frame, kind, args, kwargs)
    frame.folding.meet(kind)
    if new is not None:
        made = call_function(frame, new, [kind, *args], kwargs)
    elif kind.__new__ is object.__new__:
        made = run(object.__new__, kind)
        frame.folding.journal.made(made)
    else:
        made = call_native(frame, kind.__new__, [kind, *args], kwargs)
    if not isinstance(made, kind):
        return made
    init = user_method(class_of(made), "__init__")
    if init is not None:
        given = call_function(frame, init, [made, *args], kwargs)
    elif type(made).__init__ is object.__init__:
        given = None
    else:
        given = call_native(frame, type(made).__init__, [made, *args], kwargs)
    if given is not None:
        raise Raised(TypeError(f"__init__() should return None, not '{type(given).__name__}'"))
    return made


def _call_method(callee: object) -> types.FunctionType | None:
    """Return the function behind a callable instance: `construct` of a Cell, or `__call__`."""
    kind = type(callee)
    found = getattr(kind, "__call__", None)  # noqa: B004
    construct = getattr(kind, "construct", None)
    if isinstance(found, types.FunctionType) and isinstance(construct, types.FunctionType):
        module = found.__module__ or ""
        if module.startswith("foldaway."):
            if not is_framework(construct):
                guard_method(kind, "construct")
            return construct
    if isinstance(found, types.FunctionType) and is_inlined(found):
        guard_method(kind, "__call__")
        return found
    return None
