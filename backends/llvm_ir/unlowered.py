"""The refusal of an op that a pass should have replaced before the IR came here."""

from __future__ import annotations

from typing import NoReturn

from xdsl.ir import Operation
from xdsl.utils.exceptions import PassFailedException

from ...dialects.source import describe

_LOWERED_BY = {
    "pyobj": "outline-segments",
    "graph": "lower-graph-to-linalg",
    "linalg": "fuse-elementwise-to-generic",
    "tensor": "place-buffers",
}


def unlowered(op: Operation) -> NoReturn:
    """Raise PassFailedException, which names the op and the pass that should have lowered it."""
    dialect = op.name.partition(".")[0]
    passed = _LOWERED_BY.get(dialect, "place-buffers")
    raise PassFailedException(
        f"{describe(op.location)}error: there is no code for '{op.name}'; run {passed} before"
    )
