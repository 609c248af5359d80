"""Where an op came from in the user's Python, and how to point at it."""

from __future__ import annotations

import ast
import linecache
from typing import TYPE_CHECKING, NoReturn

from .syntax_trees import parse

# Whoever may catch a CompileError imports this, before there is any IR.
if TYPE_CHECKING:
    from xdsl.dialects.builtin import FileLineColLoc
    from xdsl.ir import Attribute, Operation
    from xdsl.pattern_rewriter import PatternRewriter


class CompileError(RuntimeError):
    """The user's program can't be compiled. The message points into their file."""


def reject(where: Operation | Attribute, problem: str, hint: str) -> NoReturn:
    """Raise CompileError for an op or a place: where, the line and a caret, what, what to do."""
    raise CompileError(f"{describe(where)}error: {problem}\n  hint: {hint}")


def replace(rewriter: PatternRewriter, op: Operation, *new_ops: Operation) -> None:
    """Replace `op` by `new_ops`, the last of which gives its results, and keep its place.

    xDSL's own `rewriter.replace` forgets where an op came from; no pass calls it.
    """
    from xdsl.dialects.builtin import UnknownLoc

    for new_op in new_ops:
        if isinstance(new_op.location, UnknownLoc):
            new_op.location = op.location
    rewriter.replace(op, new_ops)


def describe(where: Operation | Attribute) -> str:
    """Return `file:line`, the line and carets under the expression, or just the op's name."""
    from xdsl.dialects.builtin import FileLineColLoc
    from xdsl.ir import Operation

    location = where.location if isinstance(where, Operation) else where
    if not isinstance(location, FileLineColLoc):
        return f"{where.name}: " if isinstance(where, Operation) else ""
    file, line = location.filename.data, location.line.data
    column = max(location.column.data - 1, 0)
    text = linecache.getline(file, line).rstrip()
    if not text:
        return f"{file}:{line}: "
    gutter = f"{line:>4} | "
    width = width_at(location)
    # ast counts columns in UTF-8 bytes, a terminal in characters.
    start = len(text.encode()[:column].decode(errors="ignore"))
    return f"{file}:{line}\n{gutter}{text}\n{' ' * (len(gutter) + start)}{'^' * width}\n"


def width_at(location: FileLineColLoc) -> int:
    """Return how many characters the widest one-line expression at the place spans; at least 1."""
    file, line = location.filename.data, location.line.data
    column = max(location.column.data - 1, 0)
    text = linecache.getline(file, line).rstrip()
    try:
        tree = parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError, RecursionError):
        return 1
    starting = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt)
        and (node.lineno, node.col_offset) == (line, column)
    ]
    expressions = [_end(node, line) for node in starting if isinstance(node, ast.expr)]
    # Where a statement begins with an expression, that is what the place means.
    ends = expressions or [_end(node, line) for node in starting]
    return max(1, len(text.encode()[column : max(ends, default=0)].decode(errors="ignore")))


def _end(node: ast.expr | ast.stmt, line: int) -> int:
    """Return the column where a node ends, of a statement with a body its head; 0 if not here."""
    match node:
        case ast.If() | ast.While():
            return _end(node.test, line)
        case ast.For():
            return _end(node.iter, line)
        case ast.With():
            return _end(node.items[-1].context_expr, line)
        case _ if hasattr(node, "body") and isinstance(node, ast.stmt):
            return 0
        case _:
            return (node.end_col_offset or 0) if node.end_lineno == line else 0
