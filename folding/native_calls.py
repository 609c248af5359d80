"""Calls of native code, which runs while compiling: what it is handed, may do, and gives."""

from __future__ import annotations

import contextlib
import functools
import itertools
import operator
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ..runtime.gradient import GradientFunction
from ..runtime.symbolic_array import SCALARS, SymbolicArray
from ..runtime.tensor import Tensor
from ..runtime.tracing import current_tracer
from . import lax
from .array_operands import call_on_arrays, check_read_only, takes_numbers_too
from .branch_calls import check_call
from .classify import IMPURE, OPAQUE, is_graph_callable, purity, quietly
from .errors import Raised, outward, run
from .frames import Frame
from .functions import Body, Invocation, body_of, make_function
from .moving_calls import callbacks_of, keyed_by_first, only_moves, takes_numbers
from .native_reads import may_ask
from .native_writes import Contents, changed, check_method, snapshot
from .numbers import SymbolicNumber, constant
from .tensor_reads import with_tensors

if TYPE_CHECKING:
    from .session import Folding

Arguments = tuple[list[object], dict[str, object]]

_CONTEXT_MANAGER = contextlib.contextmanager(cast(Any, iter)).__code__
FAST = frozenset((int, float, bool, str, type(None), Tensor, SymbolicArray, *SCALARS.values()))
"""Classes of values that nobody needs to be told of when native code meets them."""
_CALLS_BACK = ("builtins", "functools", "itertools", "_functools", "numpy")
_CONVERTING: tuple[object, ...] = (int, float, bool)
_MAKERS: tuple[object, ...] = (
    *(list, dict, set, bytearray, sorted, deque, Counter, OrderedDict, defaultdict),
    *(iter, zip, enumerate, map, filter, reversed, itertools.chain, itertools.count),
    *(itertools.repeat, itertools.product, itertools.islice, itertools.cycle),
)
"""Callables that give a new object each time."""

_KEEPERS: tuple[object, ...] = (property, classmethod, staticmethod, functools.partial, type)
"""What keeps a function without calling it: folded code finds it there and folds it."""


def call_native(frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]) -> Any:
    """Return what native code gives, which runs now; what it reads is guarded.

    Raises `Raised` with its exception, CompileError for what must not happen while compiling.
    """
    folding = frame.folding
    if callee is id or callee is operator.is_ or callee is operator.is_not:
        for value in args:
            if isinstance(value, Tensor):
                value.ask_identity()
    args = with_tensors(folding, callee, args, kwargs)
    moves = only_moves(callee, args, kwargs)
    args, kwargs = _without_numbers(callee, args, kwargs, moves)
    callee = _met(frame, callee, args, kwargs)
    _check_purity(frame, callee, args)
    if folding.options.lax:
        lax.check_call(folding, callee, args, kwargs)
    owner = quietly(callee, "__self__")
    operands = [owner, *args, *kwargs.values()]
    _guard_reads(folding, callee, owner, operands)
    check_method(frame, callee, args)
    check_call(folding, callee, operands)
    watched = snapshot(operands, folding)
    args, kwargs = _with_callbacks(frame, callee, args, kwargs)
    if moves:
        args, kwargs = _with_constants(frame, callee, args, kwargs)
    folding.journal.before_call(operands)
    moved, folding.moves_numbers = folding.moves_numbers, moves
    try:
        result = _run(frame, callee, args, kwargs, operands)
    finally:
        folding.moves_numbers = moved
        _check_unchanged(folding, callee, operands, watched)
    folding.check_needed()
    if folding.options.lax:
        lax.check_text(folding, result)
    folding.report.count_folded()
    if folding.journal.depth and _is_maker(callee):
        folding.journal.made(result)
    return folding.outside.stand_in(result)


def _without_numbers(
    callee: Any, args: list[object], kwargs: dict[str, object], moves: bool
) -> Arguments:
    """Return the arguments with the constants of the run-time numbers that it looks at."""
    if moves and keyed_by_first(callee):
        args[:1] = map(constant, args[:1])
    elif moves and not takes_numbers(callee):
        args = [one.constant() if isinstance(one, SymbolicNumber) else one for one in args]
    elif not moves and not takes_numbers_too(callee, args):
        args = [constant(value) for value in args]
        kwargs = {name: constant(value) for name, value in kwargs.items()}
        constant(quietly(callee, "__self__"))
    return args, kwargs


def _met(frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]) -> Any:
    """Let native code meet its operands; return the callable, which a manager's folds its body."""
    folding = frame.folding
    if not is_graph_callable(callee):
        folding.meet(callee)
    for value in (*args, *kwargs.values()):
        if type(value) not in FAST:
            folding.meet(value)
    wrapped = quietly(callee, "__wrapped__")
    if isinstance(wrapped, types.FunctionType):
        # A library's wrapper runs the user's function by itself.
        folding.native.guard_function(wrapped)
        if quietly(callee, "__code__") is _CONTEXT_MANAGER:
            return contextlib.contextmanager(cast(Any, _folded_when_called(frame, wrapped)))
    return callee


def _guard_reads(folding: Folding, callee: Any, owner: object, operands: list[object]) -> None:
    if isinstance(callee, types.BuiltinMethodType | types.MethodWrapperType):
        # What a method written in C looks at is in its object.
        folding.native.guard_content(owner)
    if may_ask(callee):
        for operand in operands:
            folding.native.guard_deeply(operand)


def _with_callbacks(
    frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]
) -> Arguments:
    """Return the arguments; the user's functions that it calls back are folded then."""
    calls_back = (getattr(callee, "__module__", None) or "builtins") in _CALLS_BACK
    if calls_back and not any(callee is keeper for keeper in _KEEPERS):
        args = [_folded_when_called(frame, value) for value in args]
        kwargs = {name: _folded_when_called(frame, value) for name, value in kwargs.items()}
    return args, kwargs


def _with_constants(
    frame: Frame, callee: Any, args: list[object], kwargs: dict[str, object]
) -> Arguments:
    """Return the arguments; native functions that it calls back get no run-time numbers."""
    folding = frame.folding
    numbers = folding.numbers.policy.met or folding.numbers.of_tensors
    for callback in callbacks_of(callee, args, kwargs):
        if not numbers and not any(callback is kind for kind in _CONVERTING):
            continue
        if not isinstance(callback, types.FunctionType) or body_of(callback) is None:
            made = _handed_constants(frame, callback)
            args = [made if value is callback else value for value in args]
            kwargs = {k: made if value is callback else value for k, value in kwargs.items()}
    return args, kwargs


def _run(
    frame: Frame,
    callee: Any,
    args: list[object],
    kwargs: dict[str, object],
    operands: list[object],
) -> Any:
    """Run native code."""
    folding = frame.folding
    folding.native_calls += 1
    try:
        result = call_on_arrays(frame, callee, args, kwargs)
        return run(callee, *args, **kwargs) if result is NotImplemented else result
    except Raised as raised:
        check_read_only(frame, raised, operands)
        raise
    finally:
        folding.native_calls -= 1


def _check_unchanged(
    folding: Folding, callee: Any, operands: list[object], watched: Contents
) -> None:
    """Refuse what native code changed of the world; let the host look at its operands again."""
    if changed(watched):
        name = quietly(callee, "__name__") or "a call"
        folding.refuse_effect(f"'{name}' changes an object that existed before the call")
    for operand in operands:
        folding.host.touch(operand)


def _is_maker(callee: Any) -> bool:
    """Return whether a callable gives a new object each time."""
    return any(callee is maker for maker in _MAKERS)


def _check_purity(frame: Frame, callee: Any, args: list[object]) -> None:
    """Refuse what touches the world or differs each time; report what nobody knows."""
    kind = purity(callee)
    if kind == IMPURE:
        if callee is next and args and frame.folding.source(args[0]) is None:
            return
        name = quietly(callee, "__qualname__") or type(callee).__qualname__
        frame.folding.reject(
            f"'{name}' does something outside the program, or gives another result each time",
            "call it before the compiled function, and pass the result",
        )
    if kind == OPAQUE and not is_graph_callable(callee):
        name = quietly(callee, "__qualname__") or type(callee).__qualname__
        frame.folding.report.note_ran(str(name))


def _folded_when_called(frame: Frame, value: object) -> object:
    """Return a user's function as one that is folded when native code calls it."""
    from .calls import call, source_of

    if isinstance(value, GradientFunction):
        return lambda *args, **kwargs: call(frame, value, list(args), kwargs)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, types.MethodType):
        inner = _folded_when_called(frame, value.__func__)
        same = inner is value.__func__
        return value if same else types.MethodType(cast(Any, inner), value.__self__)
    if not isinstance(value, types.FunctionType) or body_of(value) is not None:
        return value
    body = source_of(frame, value)
    if body is None:
        return value
    made = make_function(body, {}, native_entry(frame.folding, body, value.__qualname__))
    made.__defaults__, made.__kwdefaults__ = value.__defaults__, value.__kwdefaults__
    return functools.update_wrapper(made, value)


def _handed_constants(frame: Frame, function: Any) -> Callable[..., object]:
    """Return a native function that is called as folded code calls it, when native code does."""
    from .calls import call

    folding = frame.folding

    def called(*args: object, **kwargs: object) -> object:
        caller = folding.frame or frame
        return outward(lambda: folding.handed_out(call(caller, function, list(args), kwargs)))

    return called


def native_entry(folding: Folding, body: Body, qualname: str) -> Invocation:
    """Return what native code runs when it calls a function that is to be folded."""
    from .calls import run_body

    def invoke(variables: dict[str, object]) -> object:
        caller = folding.frame
        if current_tracer() is not folding or caller is None:
            raise RuntimeError(f"'{body.name}' was made in a compiled function that has returned")
        return outward(lambda: folding.handed_out(run_body(caller, body, variables, qualname)))

    return invoke
