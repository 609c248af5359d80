"""How much time LLVM takes for a module."""

from __future__ import annotations

from typing import NamedTuple


class Effort(NamedTuple):
    """How much time LLVM takes."""

    optimizer: int
    """As of `-O`."""
    generator: int
    """As of `llc -O`; 0 takes a tenth of the time of 1."""
    interleaved: bool
    """Whether a vectorised loop works on several vectors a round."""
    unrolled: bool
    """Whether loops of few rounds are written out, and their variables kept in registers."""
