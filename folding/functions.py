"""Functions while folding: binding of arguments, bodies of nested functions, execution."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from xdsl.dialects.builtin import FileLineColLoc
from xdsl.ir import Block, Operation

from ..dialects.pyobj import Parameters
from ..runtime.tracing import ValueNeeded
from .code import RETURN, Code, run_steps
from .errors import HOOK, Raised, run
from .forks import Fork, Signal, after, handle, leave, pass_frame, turn
from .frames import Frame
from .run_time_errors import is_protected
from .scopes import Scope, scope_of


@dataclass(frozen=True)
class Body:
    """What is needed to fold a call of a function."""

    block: Block
    parameters: Parameters
    name: str
    is_generator: bool
    function: Any
    """The live `types.FunctionType`, or the one around a nested function; None for IR text."""
    parent: Frame | None = None
    """The frame of the function around a nested one."""

    @property
    def scope(self) -> Scope:
        """The names that the body binds."""
        return scope_of(self.block, self.parameters.names)


Invocation = Callable[[dict[str, object]], object]
"""What a call with these values of the parameters gives."""


@dataclass(frozen=True)
class Invoker:
    """What a function made while folding does when native code calls it."""

    body: Body
    invoke: Invocation

    def __call__(self, variables: dict[str, object]) -> object:
        """Return what the body gives for these values of its parameters."""
        return self.invoke(variables)


def body_of(function: types.FunctionType) -> Body | None:
    """Return the body of a function that was made while folding, None for any other."""
    if function.__code__.co_freevars != (HOOK,) or function.__closure__ is None:
        return None
    hook = function.__closure__[0].cell_contents
    return hook.body if isinstance(hook, Invoker) else None


def make_function(
    body: Body,
    defaults: dict[str, object],
    invoke: Invocation,
    location: object = None,
) -> types.FunctionType:
    """Return a real Python function for a nested def or lambda; calling it folds its body.

    It has the parameters, defaults, names and globals that Python gives it.
    """
    parent = body.parent
    qualname = parent.inner_qualname(body.name) if parent is not None else body.name
    code = _code_of(body, qualname, location)
    namespace = getattr(body.function, "__globals__", {})
    positional = (*body.parameters.positional_only, *body.parameters.positional)
    given = tuple(value for name, value in defaults.items() if name in positional)
    cell = types.CellType(Invoker(body, invoke))
    made = types.FunctionType(code, namespace, body.name, given or None, (cell,))
    made.__kwdefaults__ = {n: v for n, v in defaults.items() if n not in positional} or None
    return made


_CODE = "foldaway_shell"
"""Kept on the block of a body, so that both go together."""


def _code_of(body: Body, qualname: str, location: object) -> types.CodeType:
    """Return the code of a function that hands its parameters to its `Invoker`."""
    found: types.CodeType | None = vars(body.block).get(_CODE)
    if found is None or found.co_qualname != qualname:
        found = _inner_code(_function_text(body, f"{HOOK}({_items(body)})"))
        found = found.replace(co_name=body.name, co_qualname=qualname)
        if isinstance(location, FileLineColLoc):
            line = location.line.data
            found = found.replace(co_filename=location.filename.data, co_firstlineno=line)
        vars(body.block)[_CODE] = found
    return found


def _function_text(body: Body, value: str) -> str:
    written = ", ".join(mark + name for mark, name in body.parameters.written)
    if body.is_generator:
        value = f"(yield from {value})"
    return f"def outer({HOOK}):\n def inner({written}):\n  return {value}\n"


def _items(body: Body) -> str:
    return "{" + ", ".join(f"{name!r}: {name}" for name in body.parameters.names) + "}"


def _inner_code(text: str) -> types.CodeType:
    codes = [compile(text, "<foldaway>", "exec")]
    for _ in range(2):
        codes.append(next(c for c in codes[-1].co_consts if isinstance(c, types.CodeType)))
    return codes[-1]


_binders: WeakKeyDictionary[Block, types.FunctionType] = WeakKeyDictionary()


def bind(
    body: Body, function: types.FunctionType, args: list[object], kwargs: dict[str, object]
) -> dict[str, Any]:
    """Return each parameter's value, bound as Python binds it.

    Raises `Raised` with Python's own TypeError for arguments that don't fit.
    """
    parameters = body.parameters
    if not kwargs and len(args) == len(parameters.names) and not parameters.keyword_only:
        if parameters.vararg is None and parameters.kwarg is None:
            return dict(zip(parameters.names, args, strict=True))
    binder = _binders.get(body.block)
    if binder is None:
        binder = _binders[body.block] = _make_binder(body)
    binder = types.FunctionType(
        binder.__code__, binder.__globals__, function.__name__, function.__defaults__
    )
    binder.__kwdefaults__ = function.__kwdefaults__
    binder.__qualname__ = function.__qualname__
    return run(binder, *args, **kwargs)


def _make_binder(body: Body) -> types.FunctionType:
    """Return a function with the same parameters that gives what they are bound to."""
    written = ", ".join(mark + name for mark, name in body.parameters.written)
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(f"def binder({written}): return {_items(body)}", namespace)
    return namespace["binder"]


def execute(frame: Frame, code: Code) -> object:
    """Run a body in its frame and return what it returns.

    For a caller that goes on in several ways (`Folding.direct`) that may be a `Returned`.
    Raises `Raised` with the frame added to the traceback, and CompileError.
    """
    folding = frame.folding
    direct, folding.direct = folding.direct, False
    with execution(frame):
        signal = run_steps(code.steps, frame)
    if type(signal) is Fork:
        signal = turn(signal, {None: RETURN})
        if type(signal) is Fork and not is_protected(folding, frame.caller):
            signal = handle(frame, signal, leave)
        if type(signal) is Fork:
            if not direct or code.given is not None:
                signal.refuse()
            pass_frame(signal, frame)
            return Returned(frame, signal)
    return frame.result if code.given is None else frame.slots[code.given]


@dataclass(frozen=True)
class Returned:
    """What a call gives that returns, or raises, in ways that can't be merged."""

    frame: Frame
    fork: Fork

    def into(self, frame: Frame, slot: int, op: Operation) -> Signal:
        """Put what each way returns into the slot of the call's op; return how that ends."""

        def put(frame: Frame) -> None:
            frame.folding.journal.put(frame, slot, self.frame.result, op)

        return after(frame, self.fork, put, (RETURN,))


class execution:
    """The time in which a frame's body runs; what it raises passes the frame."""

    __slots__ = ("_frame", "_outer")

    def __init__(self, frame: Frame):
        self._frame = frame

    def __enter__(self) -> None:
        folding = self._frame.folding
        if folding.depth >= sys.getrecursionlimit():
            folding.reject(
                f"calls are nested more than {sys.getrecursionlimit()} deep",
                "end the recursion while compiling, or use a loop",
            )
        self._outer, folding.frame = folding.frame, self._frame
        if self._outer is not self._frame:
            self._frame.caller = self._outer
        folding.depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        folding = self._frame.folding
        folding.depth -= 1
        folding.frame = self._outer
        if isinstance(error, Raised):
            folding.check_needed()
            error.passes(self._frame.name, self._frame.location)
        elif isinstance(error, ValueNeeded):
            folding.check_needed()
