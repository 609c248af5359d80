"""Syntax trees of texts, made by one thread at a time."""

from __future__ import annotations

import ast
import os
from _thread import RLock
from typing import Any

_lock = RLock()
"""CPython 3.11 counts how deep a tree is for all threads together.

A thread that makes a tree while another one does finds "AST constructor recursion depth mismatch".
"""
_TRIES = 100
"""For threads of others, who know nothing of the lock."""

os.register_at_fork(after_in_child=_lock._at_fork_reinit)  # pyright: ignore[reportUnknownArgumentType, reportAttributeAccessIssue, reportUnknownMemberType]


def parse(text: str, file: str = "<unknown>", mode: str = "exec") -> Any:
    """Return the tree of a text, as `ast.parse` does.

    Raises as that does: SyntaxError, ValueError, RecursionError, MemoryError.
    """
    for _ in range(_TRIES):
        try:
            with _lock:
                return ast.parse(text, file, mode)
        except SystemError:
            continue
    return ast.parse(text, file, mode)
