"""Where a function's source stands: the node of the file's syntax tree that it was made from."""

from __future__ import annotations

import ast
import itertools
import linecache
import os
import re
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from ..dialects.source import CompileError
from ..dialects.syntax_trees import parse
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
_FunctionsAt = dict[int, list[tuple[FunctionNode, str | None]]]
_files: dict[str, tuple[list[str], _FunctionsAt]] = {}
_PRIVATE = re.compile(r"\b__(?!\w*__\b)\w")


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
    changed = _may_have_changed(file)
    found = None if changed or code.co_name == "<lambda>" else _parse_def(lines, code)
    return found or _search_file(lines, code, check=changed)


_sources = CodeCache(_search)


def is_as_written(function: types.FunctionType) -> bool:
    """Return whether a function's code is just what its file compiles to, as the file is now."""
    file = function.__code__.co_filename
    lines = _lines(file)
    known = _codes.get(file)
    if known is None or known[0] != lines:
        try:
            known = _codes[file] = (lines, {*_compiled("".join(lines), file)})
        except (SyntaxError, ValueError, RecursionError):
            return False
    return function.__code__ in known[1]


_codes: dict[str, tuple[list[str], set[types.CodeType]]] = {}


def _search_file(lines: list[str], code: types.CodeType, *, check: bool) -> Source:
    """Return the function in the tree of its whole file; `check` that it is what was compiled."""
    file = code.co_filename
    try:
        functions = _parse_file(file, lines)
    except RecursionError:
        raise _no_source(code, f"'{file}' is nested too deeply to be parsed from here") from None
    if functions is None:
        raise _no_source(code, f"'{file}' is no longer valid Python")
    candidates = [
        (node, owner) for node, owner in functions.get(code.co_firstlineno, ()) if _fits(node, code)
    ]
    if not candidates:
        raise _no_source(code, f"line {code.co_firstlineno} of '{file}' doesn't hold it any more")
    if len(candidates) > 1:
        candidates = _by_positions(candidates, code)
    if len(candidates) > 1:
        raise _no_source(code, "several functions on its line can't be told apart")
    if check and not _compiles_to("".join(lines), code):
        raise _no_source(code, f"'{file}' has changed since it was imported")
    node, owner = candidates[0]
    return Source(node, file, code.co_firstlineno, owner)


def _lines(file: str) -> list[str]:
    linecache.checkcache(file)
    return linecache.getlines(file)


def _parse_def(lines: list[str], code: types.CodeType) -> Source | None:
    """Return a def from its own lines, for parsing a large file takes long; None where it can't be.

    It ends before the first line that is not further in. If that line is in a string or brackets,
    what is before it isn't Python, and the next such line is tried.
    """
    first = code.co_firstlineno - 1
    if not lines[first : first + 1] or not lines[first].lstrip().startswith(("def ", "@")):
        return None
    indent = _indent(lines[first])
    last = max((line for _, _, line in code.co_lines() if line), default=first + 1)
    ends = (n for n in range(last, len(lines)) if _is_out(lines[n], indent))
    for end in itertools.islice(itertools.chain(ends, [len(lines)]), 8):
        text = "".join(lines[first:end])
        try:
            (node,) = parse(f"if 1:\n{text}" if indent else text).body
        except (SyntaxError, ValueError):
            continue
        except RecursionError:
            return None
        if isinstance(node, ast.If):
            (node,) = node.body
        ast.increment_lineno(node, first - 1 if indent else first)
        owner = _owner(code)
        # A def that is declared global in a method has a qualname without its class.
        unsure = owner is None and indent and _PRIVATE.search(text)
        if isinstance(node, ast.FunctionDef) and _fits(node, code) and not unsure:
            return Source(node, code.co_filename, code.co_firstlineno, owner)
        return None
    return None


def _indent(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())


def _is_out(line: str, indent: int) -> bool:
    """Return whether a line of code stands no further in than a def at `indent`."""
    text = line.strip()
    return bool(text) and not text.startswith("#") and _indent(line) <= indent


def _owner(code: types.CodeType) -> str | None:
    """Return the name of the nearest class around a def."""
    parts = code.co_qualname.split(".")
    for part, inner in zip(parts[-2::-1], parts[:0:-1], strict=True):
        if "<locals>" not in (part, inner):
            return part
    return None


def _parse_file(file: str, lines: list[str]) -> _FunctionsAt | None:
    """Return the functions of a file by their first lines; None if it isn't Python."""
    known = _files.get(file)
    if known is None or known[0] != lines:
        try:
            tree = parse("".join(lines), file)
        except (SyntaxError, ValueError):
            return None
        functions: _FunctionsAt = {}
        for node, owner in _functions(tree):
            functions.setdefault(_first_line(node), []).append((node, owner))
        known = _files[file] = (lines, functions)
    return known[1]


def _may_have_changed(file: str) -> bool:
    """Return whether a file is younger than this process; text that isn't a file never is."""
    try:
        return os.stat(file).st_mtime > _STARTED
    except OSError:
        return False


def _compiles_to(text: str, code: types.CodeType) -> bool:
    """Return whether the code is what the text of its file compiles to."""
    return any(one == code for one in _compiled(text, code.co_filename))


def _compiled(text: str, file: str) -> Iterator[types.CodeType]:
    """Yield all code that a file's text compiles to."""
    # A text may be nested more deeply than a tree.
    made = [compile(text, file, "exec", dont_inherit=True)]
    for one in made:
        yield one
        made += [inner for inner in one.co_consts if isinstance(inner, types.CodeType)]


def _functions(tree: ast.Module) -> Iterator[tuple[FunctionNode, str | None]]:
    """Yield the functions of a file and the class around each, in the order of the text."""
    rest: list[tuple[ast.AST, str | None]] = [(tree, None)]
    while rest:
        node, owner = rest.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield node, owner
        inner = node.name if isinstance(node, ast.ClassDef) else owner
        rest += [(part, inner) for part in _parts(node)][::-1]


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that may hold functions; most are names and numbers."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        for part in cast("list[object]", value) if type(value) is list else (value,):
            if type(part) not in _LEAVES and isinstance(part, ast.AST):
                found.append(part)
    return found


_LEAVES = frozenset[type](
    (
        *(ast.Name, ast.Constant, *ast.expr_context.__subclasses__()),
        *(*ast.operator.__subclasses__(), *ast.unaryop.__subclasses__()),
        *(*ast.boolop.__subclasses__(), *ast.cmpop.__subclasses__()),
    )
)


def _fits(node: FunctionNode, code: types.CodeType) -> bool:
    """Return whether name, first line and parameters are those of the code."""
    name = node.name if isinstance(node, ast.FunctionDef) else "<lambda>"
    if _first_line(node) != code.co_firstlineno or name != code.co_name:
        return False
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    counts = (positional, len(arguments.kwonlyargs))
    return counts == (code.co_argcount, code.co_kwonlyargcount)


def _first_line(node: FunctionNode) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


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
