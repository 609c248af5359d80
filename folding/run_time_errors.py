"""What compiled code raises by itself, where a condition fails that only the call decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation, SSAValue

from ..dialects import graph, pyobj

if TYPE_CHECKING:
    from .frames import Frame
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
    if folding.host.is_behind:
        _branch(folding, condition, exception)
    else:
        _assert(folding, condition, name, text)


def _branch(folding: Folding, condition: SSAValue, exception: BaseException) -> None:
    """Raise on a side of a branch, where what the program did before is done first."""
    from .errors import Raised
    from .forks import LEFT, Fork, settle

    fork = Fork(folding, condition)
    failing = fork.ways[1]
    with failing.entered(folding):
        folding.host.leave_by_raising(Raised(exception))
        failing.end = LEFT
    settle(fork)


def retreat_unless(
    folding: Folding, condition: SSAValue, why: str = "an int is beyond 64 bits"
) -> None:
    """Let the call start again in Python unless a bool holds: the numbers are beyond the graph."""
    _assert(folding, condition, "Retreat", why)


def error_of(function: Callable[..., Any], *operands: object) -> Exception:
    """Return what the interpreter raises for these operands, in its own words."""
    try:
        function(*operands)
    except Exception as error:
        return error
    raise AssertionError(f"{function} takes {operands}")


def is_protected(folding: Folding, frame: Frame | None) -> bool:
    """Return whether a `try` or a `with` of the program sees what a frame's running op raises."""
    if folding.handled:
        # It would be the context of what is raised.
        return True
    while frame is not None:
        if frame.op is not None and _is_guarded(frame.op):
            return True
        frame = frame.caller
    return False


def _is_guarded(op: Operation) -> bool:
    """Return whether an op stands where a handler or a `finally` of its function takes over."""
    region = op.parent_region()
    while region is not None:
        around = region.parent
        if around is None or isinstance(around, pyobj.DefOp | pyobj.LambdaOp):
            return False
        if isinstance(around, pyobj.WithOp):
            return True
        if isinstance(around, pyobj.TryOp):
            final = around.finalbody
            if region is around.body or (region is not final and final.block.first_op is not None):
                return True
        region = around.parent_region()
    return False


def _assert(folding: Folding, condition: SSAValue, name: str, text: str) -> None:
    properties = {"exception": StringAttr(name), "message": StringAttr(text)}
    op = graph.AssertOp.create(
        operands=(condition,), properties=properties, location=folding.location
    )
    folding.block.add_op(op)
    folding.may_have_left = True
