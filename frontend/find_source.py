"""Where a function's source stands: the node of the file's syntax tree that it was made from."""

from __future__ import annotations

import ast
import linecache
import os
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass

from ..dialects.source import CompileError
from .code_cache import CodeCache

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


_STARTED = time.time()
_trees: dict[str, tuple[list[str], ast.Module]] = {}


def find_source(function: types.FunctionType) -> Source:
    """Return where `function` was written. Nothing is evaluated.

    Raises NoSource where the text isn't to be had, or is another than what was compiled.
    """
    return _sources(function)


def _search(function: types.FunctionType) -> Source:
    code = function.__code__
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
    if _may_have_changed(file) and not _compiles_to(tree, file, code):
        raise _no_source(code, f"'{file}' has changed since it was imported")
    node, owner = candidates[0]
    return Source(node, file, code.co_firstlineno, owner)


_sources = CodeCache(_search)


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


def _may_have_changed(file: str) -> bool:
    """Return whether a file is younger than this process; text that isn't a file never is."""
    try:
        return os.stat(file).st_mtime > _STARTED
    except OSError:
        return False


def _compiles_to(tree: ast.Module, file: str, code: types.CodeType) -> bool:
    """Return whether the code is what the tree compiles to."""
    made = [compile(tree, file, "exec", dont_inherit=True)]
    for one in made:
        if one == code:
            return True
        made += [inner for inner in one.co_consts if isinstance(inner, types.CodeType)]
    return False


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
    covering = [
        (node, owner)
        for node, owner in candidates
        if places and all(_body_covers(node, *place) for place in places)
    ]
    # A function around the right one covers it too; they come from the outside in.
    return covering[-1:] if all(_holds(o, covering[-1][0]) for o, _ in covering) else covering


def _holds(outer: FunctionNode, inner: FunctionNode) -> bool:
    return any(node is inner for node in ast.walk(outer))


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
