"""Where a function's source stands: the node of the file's syntax tree that it was made from."""

from __future__ import annotations

import ast
import linecache
import types
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ..dialects.source import CompileError

FunctionNode = ast.FunctionDef | ast.Lambda


class NoSource(CompileError):
    """A function can't be compiled because its source isn't there."""


@dataclass(frozen=True)
class Source:
    """A function's node in the tree of its file; lines and columns are the file's."""

    node: FunctionNode
    file: str
    first_line: int
    owner: str | None = None
    """Name of the class around it, if there is one: what private names are mangled with."""


_found: WeakKeyDictionary[types.CodeType, Source] = WeakKeyDictionary()
_trees: dict[str, tuple[list[str], ast.Module]] = {}


def find_source(function: types.FunctionType) -> Source:
    """Return where `function` was written. Nothing is evaluated.

    Raises NoSource where the text isn't to be had, or is another than what was compiled.
    """
    code = function.__code__
    found = _found.get(code)
    if found is None:
        found = _found[code] = _search(code)
    return found


def _search(code: types.CodeType) -> Source:
    file = code.co_filename
    lines = _lines(file)
    if not lines:
        raise _no_source(code, f"the source of '{file}' can't be read")
    tree = _tree(file, lines)
    if tree is None:
        raise _no_source(code, f"'{file}' is no longer valid Python")
    candidates = [(n, owner) for n, owner in _functions(tree, None) if _fits(n, code)]
    if not candidates:
        raise _no_source(code, f"line {code.co_firstlineno} of '{file}' doesn't hold it any more")
    if len(candidates) > 1:
        candidates = _by_positions(candidates, code)
    if len(candidates) > 1:
        raise _no_source(code, "several functions on its line can't be told apart")
    node, owner = candidates[0]
    return Source(node, file, code.co_firstlineno, owner)


def _lines(file: str) -> list[str]:
    linecache.checkcache(file)
    return linecache.getlines(file)


def _tree(file: str, lines: list[str]) -> ast.Module | None:
    known = _trees.get(file)
    if known is None or known[0] != lines:
        try:
            known = (lines, ast.parse("".join(lines), file))
        except (SyntaxError, ValueError):
            return None
        _trees[file] = known
    return known[1]


def _functions(node: ast.AST, owner: str | None) -> Iterator[tuple[FunctionNode, str | None]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child, owner
        inner = child.name if isinstance(child, ast.ClassDef) else owner
        yield from _functions(child, inner)


def _fits(node: FunctionNode, code: types.CodeType) -> bool:
    """Return whether name, first line and parameters are those of the code."""
    if isinstance(node, ast.FunctionDef):
        line = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        name = node.name
    else:
        line, name = node.lineno, "<lambda>"
    if line != code.co_firstlineno or name != code.co_name:
        return False
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    counts = (positional, len(arguments.kwonlyargs))
    return counts == (code.co_argcount, code.co_kwonlyargcount)


def _by_positions(
    candidates: list[tuple[FunctionNode, str | None]], code: types.CodeType
) -> list[tuple[FunctionNode, str | None]]:
    """Keep the functions whose body covers where the code's instructions come from."""
    places = [
        (line, column)
        for line, _, column, _ in code.co_positions()
        if line is not None and column is not None
    ]
    # Instructions at the start belong to the def itself.
    places = [place for place in places if place != (code.co_firstlineno, 0)]
    return [
        (node, owner)
        for node, owner in candidates
        if places and all(_body_covers(node, *place) for place in places)
    ]


def _body_covers(node: FunctionNode, line: int, column: int) -> bool:
    first = node.body[0] if isinstance(node.body, list) else node.body
    last = node.body[-1] if isinstance(node.body, list) else node.body
    start = (first.lineno, first.col_offset)
    end = (last.end_lineno or last.lineno, last.end_col_offset or 0)
    return start <= (line, column) <= end


def _no_source(code: types.CodeType, why: str) -> NoSource:
    return NoSource(
        f"{code.co_filename}:{code.co_firstlineno}: error: the function '{code.co_name}' has no"
        f" source to compile: {why}\n  hint: define it in a file, or call it outside"
    )
