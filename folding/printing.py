"""`print`: now, while compiling, or at every call."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, TextIO, cast

from xdsl.ir import SSAValue

from ..dialects.pyobj.attributes import ObjectType
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .errors import Raised, run
from .frames import Frame
from .lax import check_text
from .numbers import SymbolicNumber, constant
from .taint import is_tainted
from .tensor_numbers import TensorNumber

if TYPE_CHECKING:
    from .session import Folding


def fold_print(frame: Frame, args: list[object], kwargs: dict[str, object]) -> None:
    """Print now what is made of literals, imports and globals; all else at run time.

    In LAX all prints happen at run time.

    Raises `Raised` with Python's TypeError for a wrong `sep` or `end`.
    """
    folding = frame.folding
    run_time = any(isinstance(arg, Tensor | TensorNumber) or is_array(arg) for arg in args)
    waits = folding.journal.depth > 0 or folding.may_have_left
    known = not run_time and not is_tainted(frame) and not waits
    if folding.rolling and not run_time:
        folding.reject("a print in a long loop comes while compiling", "print outside the loop")
    if known and not folding.options.lax:
        for arg in args:
            folding.meet(arg)
        _print_now(frame, args, kwargs)
        folding.check_needed()
        return
    stream = _stream(frame, kwargs.pop("file", None))
    kwargs.pop("flush", None)
    separator, end = _word(kwargs, "sep", " "), _word(kwargs, "end", "\n")
    if kwargs:
        name = next(iter(kwargs))
        raise Raised(TypeError(f"'{name}' is an invalid keyword argument for print()"))
    _show_at_calls(frame, args, separator, end, stream)


def _show_at_calls(frame: Frame, args: list[object], separator: str, end: str, stream: str) -> None:
    """Emit what prints some values at every call: a print for each style that tensors have."""
    from .calls import call

    folding = frame.folding
    texts, values, style = [""], list[SSAValue](), folding.options.style
    for index, arg in enumerate(args):
        texts[-1] += separator if index else ""
        if isinstance(arg, Tensor) or is_array(arg):
            wanted = folding.options.style if isinstance(arg, Tensor) else "str"
            if wanted != style:
                _print_later(folding, texts, values, style, stream)
                texts, values, style = [""], [], wanted
            values.append(cast(Any, arg).graph_value(folding))
            texts.append("")
        elif isinstance(arg, TensorNumber):
            values.append(arg.value)
            texts.append("")
        elif isinstance(arg, SymbolicNumber) and folding.block is folding.entry:
            # An object of the host program, which doesn't reach into run-time branches.
            values.append(folding.host.value(arg))
            texts.append("")
        else:
            # A user's `__str__` is folded; what other classes' read is guarded.
            texts[-1] += str(constant(call(frame, str, [arg], {})))
            folding.check_needed()
            if folding.options.lax:
                check_text(folding, texts[-1])
    texts[-1] += end
    _print_later(folding, texts, values, style, stream)


def _print_later(
    folding: Folding, texts: list[str], values: list[SSAValue], style: str, stream: str
) -> None:
    """Emit a print: by the host program where it shows run-time numbers."""
    if not any(isinstance(value.type, ObjectType) for value in values):
        folding.builder.print(texts, values, style, stream)
        return
    host = folding.host
    host.runtime("print", *map(host.constant, (stream, style, tuple(texts))), *values)


def _print_now(frame: Frame, args: list[object], kwargs: dict[str, object]) -> None:
    """Print while compiling; the streams get it when the fold is known to be the last."""
    stream = kwargs.get("file")
    if stream is not None and stream is not sys.stdout and stream is not sys.stderr:
        frame.folding.report.shown = None
        run(print, *args, **kwargs)
        return
    text = io.StringIO()
    run(print, *args, **{**kwargs, "file": text})
    target = cast("TextIO | None", stream) or sys.stdout
    frame.folding.report.printed.append((target, text.getvalue()))


def _word(kwargs: dict[str, object], name: str, default: str) -> str:
    word = kwargs.pop(name, None)
    if word is None:
        return default
    if not isinstance(word, str):
        raise Raised(TypeError(f"{name} must be None or a string, not {type(word).__name__}"))
    return word


def _stream(frame: Frame, file: object) -> str:
    if file is None or file is sys.stdout:
        return "stdout"
    if file is sys.stderr:
        return "stderr"
    frame.folding.reject(
        "a run-time print goes to sys.stdout or sys.stderr only", "leave out 'file='"
    )
