"""Names that stand nowhere in the program, and the places of nodes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import cast

from xdsl.dialects.builtin import ArrayAttr, FileLineColLoc, StringAttr
from xdsl.ir import Operation

from ..dialects.pyobj import NamesAttr, ParametersAttr, PatternAttr
from .lowering import mangled


class Naming:
    """Gives names that the program doesn't have, and the user's places to nodes."""

    def __init__(self, root: Operation, namespace: dict[str, object] | None = None):
        self.root = root
        self.namespace: dict[str, object] = {} if namespace is None else namespace
        """The free names: what is in it already, and the objects that are named on the way."""
        self.owner: str | None = None
        """The class around, for private names."""
        self._objects: dict[int, str] = {}
        self._taken: set[str] | None = None
        self._counts = Counter[str]()
        location = root.location
        self.file = location.filename if isinstance(location, FileLineColLoc) else None

    def fresh(self, prefix: str) -> str:
        """Return a numbered name that stands nowhere in the program."""
        self._counts[prefix] += 1
        return self.unused(f"{prefix}{self._counts[prefix]}")

    def unused(self, wanted: str) -> str:
        """Return a name that stands nowhere in the program: `wanted` itself, if that is so."""
        if self._taken is None:
            self._taken = {*self.namespace, *_names_in(self.root)}
        name = wanted
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def definition_name(self, name: str, variable: str) -> str:
        """Return the name that a def or a class is written with; Python mangles a private one."""
        return name if mangled(name, self.owner) == variable else variable

    def object_name(self, value: object, prefix: str = "_object") -> str:
        """Return the free name of an object that has no literal form."""
        name = self._objects.get(id(value))
        if name is None:
            name = self._objects[id(value)] = self.fresh(prefix)
            self.namespace[name] = value
        return name

    def place(self, node: ast.expr | ast.stmt | ast.excepthandler, op: Operation) -> None:
        """Place a node where its op is; one of another file stays where its parent is."""
        location = op.location
        if isinstance(location, FileLineColLoc):
            if self.file is None:
                self.file = location.filename
            if location.filename == self.file:
                node.lineno = node.end_lineno = location.line.data
                node.col_offset = max(location.column.data - 1, 0)
                node.end_col_offset = node.col_offset + 1


def complete_places(tree: ast.AST) -> None:
    """Put each node that has no place where its parent is; several times as fast as `ast`'s."""
    rest: list[tuple[ast.AST, int, int]] = [(tree, 1, 0)]
    while rest:
        node, line, column = rest.pop()
        if isinstance(node, _PLACED):
            if hasattr(node, "lineno"):
                line, column = node.lineno, node.col_offset
            else:
                node.lineno = node.end_lineno = line
                node.col_offset = node.end_col_offset = column
        for value in vars(node).values():
            if isinstance(value, ast.AST):
                rest.append((value, line, column))
            elif isinstance(value, list):
                parts = cast("list[object]", value)
                rest += [(part, line, column) for part in parts if isinstance(part, ast.AST)]


_PLACED = (ast.expr, ast.stmt, ast.arg, ast.keyword, ast.alias, ast.excepthandler, ast.pattern)


def all_ops(root: Operation) -> Iterator[Operation]:
    """Yield an op and those in it, in no order; `walk` recurses too deeply for long `elif`s."""
    rest = [root]
    while rest:
        op = rest.pop()
        yield op
        for region in op.regions:
            for block in region.blocks:
                rest += block.ops


def _names_in(root: Operation) -> Iterator[str]:
    for op in all_ops(root):
        for attribute in op.properties.values():
            if isinstance(attribute, StringAttr):
                yield attribute.data
            elif isinstance(attribute, NamesAttr):
                yield from attribute.data
            elif isinstance(attribute, ParametersAttr):
                yield from attribute.data.names
            elif isinstance(attribute, ArrayAttr):
                for pattern in cast("ArrayAttr[PatternAttr]", attribute).data:
                    yield from (str(name) for name in _captures(pattern.data))


def _captures(pattern: ast.pattern) -> Iterator[str | None]:
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar):
            yield node.name
        elif isinstance(node, ast.MatchMapping):
            yield node.rest
