"""Tracebacks that show the user's lines, for code that Python doesn't run itself."""

from __future__ import annotations

import ast
import linecache
import types
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..dialects.source import width_at
from ..dialects.syntax_trees import parse

if TYPE_CHECKING:
    from xdsl.dialects.builtin import FileLineColLoc

MARK = "__a_line_of_the_user__"
"""A global of the frame of each traceback entry that is made here."""


@lru_cache(256)
def traceback_at(name: str, location: FileLineColLoc) -> types.TracebackType:
    """Return a traceback entry that shows function `name` at the place."""
    file, line = location.filename.data, location.line.data
    tree = parse("def f():\n raise ValueError\n")
    start = location.column.data - 1
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr):
            node.lineno = node.end_lineno = line
            node.col_offset, node.end_col_offset = start, start + width_at(location)
    namespace: dict[str, Any] = {"__name__": __name__, MARK: True}
    exec(compile(tree, file, "exec"), namespace)
    function: types.FunctionType = namespace["f"]
    function.__code__ = function.__code__.replace(co_name=name, co_qualname=name)
    try:
        function()
    except ValueError as error:
        traceback = error.__traceback__
        assert traceback is not None
        assert traceback.tb_next is not None
        return traceback.tb_next
    raise AssertionError("the function always raises")


def function_at(location: FileLineColLoc) -> str | None:
    """Return the name of the innermost Python function around a place; None if there is none."""
    try:
        tree = parse("".join(linecache.getlines(location.filename.data)))
    except (SyntaxError, ValueError, RecursionError):
        return None
    place = location.line.data, location.column.data - 1
    found, last = None, (0, 0)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            first = node.lineno, node.col_offset
            end = node.end_lineno or 0, node.end_col_offset or 0
            if last <= first <= place <= end:
                found, last = getattr(node, "name", "<lambda>"), first
    return found
