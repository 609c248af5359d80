"""How a function is folded."""

from __future__ import annotations

from dataclasses import dataclass

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
