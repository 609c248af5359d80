"""What compiled code raises by itself, where a condition fails that only the call decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import SSAValue

from ..dialects import graph

if TYPE_CHECKING:
    from .session import Folding


def raise_unless(folding: Folding, condition: SSAValue, exception: BaseException) -> None:
    """Let the compiled code raise a builtin exception of one text, or of none, unless a bool holds.

    Raises CompileError inside `try` and `with`, which would have to see it.
    """
    name, (text,) = type(exception).__name__, exception.args or ("",)
    if folding.protected:
        folding.arrays.blame([condition])
        folding.reject(
            f"whether '{name}: {text}' is raised inside a try or with is known only at run time",
            "move it out of the try or with",
        )
    _assert(folding, condition, name, text)


def retreat_unless(folding: Folding, condition: SSAValue) -> None:
    """Let the call start again in Python unless a bool holds: the numbers are beyond the graph."""
    _assert(folding, condition, "Retreat", "an int is beyond 64 bits")


def error_of(function: Callable[..., Any], *operands: object) -> Exception:
    """Return what the interpreter raises for these operands, in its own words."""
    try:
        function(*operands)
    except Exception as error:
        return error
    raise AssertionError(f"{function} takes {operands}")


def _assert(folding: Folding, condition: SSAValue, name: str, text: str) -> None:
    properties = {"exception": StringAttr(name), "message": StringAttr(text)}
    op = graph.AssertOp.create(
        operands=(condition,), properties=properties, location=folding.location
    )
    folding.block.add_op(op)
