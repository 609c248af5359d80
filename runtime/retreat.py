"""What compiled code raises where only Python can go on."""

from __future__ import annotations


class Retreat(RuntimeError):
    """Compiled code met a number that it can't hold, such as an int beyond 64 bits.

    Whoever called it may run Python instead: compiled code changes nothing that existed before.
    """
