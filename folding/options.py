"""How a function is folded, and what is told of each of its lines afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from xdsl.ir import Operation


@dataclass(frozen=True)
class Options:
    """How a function is folded."""

    fallback: bool = True
    """Whether objects that the graph doesn't know may be evaluated (MS_DEV_ENABLE_FALLBACK)."""
    style: str = "str"
    """How tensors print: `elements` as nested tuples, `str` as `str(tensor)`."""
    allow_python: bool = True
    """Whether anything of Python may be run at all; off for IR that was read from text."""
    lax: bool = False
    """Whether an error is no disaster: whatever might have an effect while folding is one."""
    rolls: bool = True
    """Whether long loops may become loops of the graph."""
    apart: frozenset[Operation] = frozenset()
    """The branches whose sides are to stay apart: a variable that they leave can't be merged."""


@dataclass
class LineReport:
    """What became of each line: how often it was folded, compiled, or run while compiling."""

    folded: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    ran: dict[tuple[str, int], set[str]] = field(default_factory=dict[tuple[str, int], set[str]])
    effects: dict[tuple[str, int], set[str]] = field(
        default_factory=dict[tuple[str, int], set[str]]
    )
