"""Builtins that look at the frame, at attributes or at the output: folded by hand."""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

from .array_inputs import is_array
from .array_operands import class_as_seen
from .attribute_changes import delete_attribute, set_attribute
from .attributes import get_attribute, has_attribute
from .class_frames import ClassFrame
from .errors import Raised, run
from .evaluation import fold_eval, fold_exec, fold_locals
from .frames import Frame
from .number_calls import NUMBER_CALLS
from .printing import fold_print
from .run_time_ranges import fold_range
from .tensor_items import ITEM_CALLS

Special = Callable[[Frame, list[object], dict[str, object]], object]


def _getattr(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    if len(args) not in (2, 3) or kwargs or not isinstance(args[1], str):
        return NotImplemented
    if len(args) == 3 and not has_attribute(frame, args[0], args[1]):
        return args[2]
    return get_attribute(frame, args[0], args[1])


def _hasattr(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    if len(args) != 2 or kwargs or not isinstance(args[1], str):
        return NotImplemented
    return has_attribute(frame, args[0], args[1])


def _setattr(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    if len(args) != 3 or kwargs or not isinstance(args[1], str):
        return NotImplemented
    return set_attribute(frame, args[0], args[1], args[2])


def _delattr(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    if len(args) != 2 or kwargs or not isinstance(args[1], str):
        return NotImplemented
    return delete_attribute(frame, args[0], args[1])


def _vars(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    if len(args) != 1 or kwargs:
        return _frame_reader("vars")(frame, args, kwargs)
    if isinstance(args[0], types.ModuleType):
        return _globals(frame, args, kwargs)
    return get_attribute(frame, args[0], "__dict__")


def _either(first: Special, second: Special) -> Special:
    """Return what folds a call as the first does, or, where that doesn't, as the second."""

    def fold(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        made = first(frame, args, kwargs)
        return second(frame, args, kwargs) if made is NotImplemented else made

    return fold


def _type(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    if len(args) == 1 and is_array(args[0]):
        return class_as_seen(args[0])
    return NUMBER_CALLS[builtins.type](frame, args, kwargs)


def _super(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    """Zero-argument `super()` needs the class cell and the first parameter of the method."""
    if args or kwargs:
        return NotImplemented
    try:
        kind = frame.load("__class__")
    except Raised:
        raise Raised(RuntimeError("super(): __class__ cell not found")) from None
    if frame.first is None:
        raise Raised(RuntimeError("super(): no arguments"))
    if frame.first not in frame.variables:
        raise Raised(RuntimeError("super(): arg[0] deleted"))
    return run(super, kind, frame.variables[frame.first])


def _frame_reader(name: str) -> Special:
    def refuse(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
        if name in ("vars", "dir") and args:
            return NotImplemented
        if isinstance(frame, ClassFrame):
            return sorted(frame.contents) if name == "dir" else frame.contents
        known = fold_locals(frame)
        if known is not None:
            return sorted(known) if name == "dir" else known
        frame.folding.reject(
            f"'{name}()' looks at the variables of a function that is compiled",
            "name the variables instead",
        )

    return refuse


def _globals(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    frame.folding.reject(
        "'globals()' can't be guarded as a whole", "name the global variable instead"
    )


SPECIAL: dict[Any, Special] = {
    **NUMBER_CALLS,
    **ITEM_CALLS,
    builtins.max: _either(ITEM_CALLS[max], NUMBER_CALLS[max]),
    builtins.min: _either(ITEM_CALLS[min], NUMBER_CALLS[min]),
    builtins.range: fold_range,
    builtins.print: fold_print,
    builtins.getattr: _getattr,
    builtins.hasattr: _hasattr,
    builtins.setattr: _setattr,
    builtins.super: _super,
    builtins.type: _type,
    builtins.locals: _frame_reader("locals"),
    builtins.vars: _vars,
    builtins.delattr: _delattr,
    builtins.dir: _frame_reader("dir"),
    builtins.globals: _globals,
    builtins.eval: fold_eval,
    builtins.exec: fold_exec,
}
"""Builtin to what folds a call of it; `NotImplemented` leaves it to the interpreter."""
