"""The statements that needed the interpreter, as the user wrote them."""

from __future__ import annotations

import ast
import linecache
from bisect import bisect_right
from dataclasses import dataclass, field

from xdsl.dialects.builtin import FileLineColLoc, LocationAttr

from ..dialects.syntax_trees import parse

HEADER = (
    "Found unsupported syntax in Graph mode, those codes would be fallen back to "
    "Python interpreter:"
)


@dataclass
class Notice:
    """Collects statements in program order, each once."""

    statements: dict[tuple[str, int, int], str] = field(
        default_factory=dict[tuple[str, int, int], str]
    )
    _seen: set[int] = field(default_factory=set[int])

    def add(self, location: LocationAttr) -> None:
        """Add the statement that the place belongs to."""
        if id(location) in self._seen or not isinstance(location, FileLineColLoc):
            return
        self._seen.add(id(location))
        file, line = location.filename.data, location.line.data
        found = _statement_at(file, line, location.column.data - 1)
        if found is not None:
            self.statements.setdefault((file, found.lineno, found.col_offset), _text(file, found))

    def has(self, location: LocationAttr) -> bool:
        """Return whether the statement that the place belongs to was added for it."""
        return id(location) in self._seen

    def __str__(self) -> str:
        return "\n".join((HEADER, *self.statements.values()))


def _statement_at(file: str, line: int, column: int) -> ast.stmt | None:
    """Return the innermost statement that has the place in its own text."""
    statements = _statements(file)
    # Those that begin before the place, the last one first: an inner one begins after its outer.
    for index in range(bisect_right(statements, (line, column), key=_start) - 1, -1, -1):
        node = statements[index]
        if (line, column) <= (node.end_lineno or node.lineno, node.end_col_offset or 0):
            return node
    return None


def _start(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


_parsed: dict[str, tuple[list[str], list[ast.stmt]]] = {}


def _statements(file: str) -> list[ast.stmt]:
    """Return all statements of a file, outer ones before those in them."""
    lines = linecache.getlines(file)
    kept = _parsed.get(file)
    if kept is None or kept[0] is not lines:
        try:
            nodes = ast.walk(parse("".join(lines)))
        except (SyntaxError, ValueError):
            nodes = iter(())
        found = [node for node in nodes if isinstance(node, ast.stmt)]
        kept = _parsed[file] = (lines, sorted(found, key=_start))
    return kept[1]


def _text(file: str, node: ast.stmt) -> str:
    """Return a statement's lines as written; of one with a body only what stands before it."""
    lines = linecache.getlines(file)
    end = node.end_lineno or node.lineno
    body: list[ast.stmt] = getattr(node, "body", [])
    if body and body[0].lineno > node.lineno:
        end = body[0].lineno - 1
    text = [line.rstrip() for line in lines[node.lineno - 1 : end]]
    if text:
        text[0] = text[0].encode()[node.col_offset :].decode(errors="replace")
    return "\n".join(text)
