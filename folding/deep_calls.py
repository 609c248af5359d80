"""Deep recursion: calls that are folded into each other without nesting in the interpreter.

A folded call takes several of the interpreter's own frames, of which there are 1,000. From some
depth on a body runs in the form that can wait, and waits at each call: one loop drives all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from xdsl.ir import Block

from ..dialects import pyobj
from .errors import Raised
from .frames import Frame
from .functions import execution
from .generating import Waiting, generating_code, run_parts

SHALLOW = 16
"""How deep calls nest in the interpreter, too."""

_CODE = "foldaway_deep"


@dataclass(frozen=True)
class Descent:
    """A call that a body waits for."""

    frame: Frame
    block: Block


def is_deep(depth: int) -> bool:
    """Return whether calls at a depth should no longer nest in the interpreter.

    That is so, too, where the program around has used up half of its frames.
    """
    if depth >= SHALLOW:
        return True
    if depth < 2:
        return False
    try:
        sys._getframe(sys.getrecursionlimit() // 2)  # pyright: ignore[reportPrivateUsage]
    except ValueError:
        return False
    return True


def slots_of(block: Block) -> int:
    """Return how many slots a frame needs for the form of a body that waits at calls."""
    return generating_code(block, _CODE, pyobj.CallOp).slots


def run_deep(first: Descent) -> object:
    """Return what a call gives, and run all calls in it, in one loop.

    Raises `Raised` and CompileError as `execute` does.
    """
    running: list[Generator[Descent, Any, Any]] = [_activation(first)]
    given: Any = None
    raised: Raised | None = None
    while running:
        innermost = running[-1]
        try:
            request = innermost.send(given) if raised is None else innermost.throw(raised)
        except StopIteration as done:
            running.pop()
            given, raised = done.value, None
        except Raised as error:
            running.pop()
            given, raised = None, error
        else:
            running.append(_activation(request))
            given, raised = None, None
    if raised is not None:
        raise raised
    return given


def _activation(descent: Descent) -> Waiting:
    frame = descent.frame
    code = generating_code(descent.block, _CODE, pyobj.CallOp)
    with execution(frame):
        yield from run_parts(code.parts, frame)
    return frame.result if code.given is None else frame.slots[code.given]
