"""Functions while folding: binding of arguments, bodies of nested functions, execution."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from xdsl.ir import Block

from ..dialects.pyobj import Parameters
from ..runtime.tracing import ValueNeeded
from .code import Code, run_steps
from .errors import Raised, run
from .frames import Frame
from .scopes import Scope, scope_of

MAX_DEPTH = 100
"""How deep calls may be folded into each other."""


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


_BODY, _DEFAULTS = "__foldaway_body__", "__foldaway_defaults__"
"""Kept on the function, so that both go together: the body's frame holds the function."""


def body_of(function: types.FunctionType) -> Body | None:
    """Return the body of a function that was made while folding, None for any other."""
    return vars(function).get(_BODY)


def make_function(
    body: Body,
    defaults: dict[str, object],
    call: Callable[[types.FunctionType, list[object], dict[str, object]], object],
) -> types.FunctionType:
    """Return a real Python function for a nested def or lambda; calling it folds its body."""

    def folded(*args: object, **kwargs: object) -> object:
        return call(folded, list(args), kwargs)

    folded.__name__ = body.name
    parent = body.parent
    outer = getattr(body.function, "__qualname__", parent.name if parent else "")
    folded.__qualname__ = f"{outer}.<locals>.{body.name}" if outer else body.name
    folded.__module__ = str(parent.namespace.get("__name__", "")) if parent else ""
    positional = (*body.parameters.positional_only, *body.parameters.positional)
    folded.__kwdefaults__ = {n: v for n, v in defaults.items() if n not in positional}
    vars(folded)[_DEFAULTS] = tuple(v for n, v in defaults.items() if n in positional)
    vars(folded)[_BODY] = body
    return folded


_binders: WeakKeyDictionary[Block, types.FunctionType] = WeakKeyDictionary()


def bind(
    body: Body, function: types.FunctionType, args: list[object], kwargs: dict[str, object]
) -> dict[str, Any]:
    """Return each parameter's value, bound as Python binds it.

    Raises `Raised` with Python's own TypeError for arguments that don't fit.
    """
    binder = _binders.get(body.block)
    if binder is None:
        binder = _binders[body.block] = _make_binder(body)
    defaults = vars(function).get(_DEFAULTS, function.__defaults__ or ())
    binder = types.FunctionType(binder.__code__, {}, function.__name__, tuple(defaults))
    binder.__kwdefaults__ = function.__kwdefaults__
    binder.__qualname__ = function.__qualname__
    return run(binder, *args, **kwargs)


def _make_binder(body: Body) -> types.FunctionType:
    """Return a function with the same parameters that gives what they are bound to."""
    written = ", ".join(mark + name for mark, name in body.parameters.written)
    items = ", ".join(f"{name!r}: {name}" for name in body.parameters.names)
    namespace: dict[str, Any] = {}
    exec(f"def binder({written}): return {{{items}}}", namespace)
    return namespace["binder"]


def execute(frame: Frame, code: Code) -> object:
    """Run a body in its frame and return what it returns.

    Raises `Raised` with the frame added to the traceback, and CompileError.
    """
    folding = frame.folding
    if folding.depth >= MAX_DEPTH:
        folding.reject(
            f"calls are nested more than {MAX_DEPTH} deep",
            "end the recursion while compiling, or use a loop",
        )
    outer, folding.frame = folding.frame, frame
    folding.depth += 1
    try:
        run_steps(code.steps, frame)
    except Raised as raised:
        folding.check_needed()
        raised.passes(frame.name, frame.location)
        raise
    except ValueNeeded:
        folding.check_needed()
        raise
    finally:
        folding.depth -= 1
        folding.frame = outer
    return frame.result if code.given is None else frame.slots[code.given]
