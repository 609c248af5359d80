"""Which names a function binds itself, and where all others are found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from xdsl.ir import Block, Operation

from ..dialects import pyobj


@dataclass
class Scope:
    """The names that a body binds, and those that it declares to be someone else's."""

    local: set[str] = field(default_factory=set[str])
    outer: set[str] = field(default_factory=set[str])
    """Names under `global`."""
    nonlocal_: set[str] = field(default_factory=set[str])


_scopes: WeakKeyDictionary[Block, Scope] = WeakKeyDictionary()


def scope_of(block: Block, parameters: tuple[str, ...] = ()) -> Scope:
    """Return the scope of a function's, a lambda's or a comprehension's body."""
    found = _scopes.get(block)
    if found is None:
        found = Scope(set(parameters))
        waiting = [*block.ops]
        while waiting:
            op = waiting.pop()
            # Most ops bind nothing.
            if op.regions or type(op) in _BINDING:
                waiting += _collect(op, found)
        found.local -= found.outer | found.nonlocal_
        _scopes[block] = found
    return found


_BINDING = frozenset[type[Operation]](
    (
        *(pyobj.StoreOp, pyobj.WalrusOp, pyobj.AugStoreOp, pyobj.DeleteOp, pyobj.DeclareOp),
        *(pyobj.ImportOp, pyobj.ImportFromOp, pyobj.MatchOp, pyobj.TryOp),
        *(pyobj.DefOp, pyobj.ClassOp),
    )
)


def _collect(op: Operation, scope: Scope) -> Iterator[Operation]:
    """Add the names that one op binds, and yield the ops in it that belong to the scope."""
    match op:
        case pyobj.StoreOp() | pyobj.WalrusOp() | pyobj.AugStoreOp() | pyobj.DeleteOp():
            scope.local.add(op.variable.data)
        case pyobj.DeclareOp():
            names = set(op.variables.data)
            match op.scope.data:
                case "global":
                    scope.outer |= names
                case "nonlocal":
                    scope.nonlocal_ |= names
                case _:
                    scope.local |= names
        case pyobj.ImportOp():
            scope.local.add(op.alias.data if op.alias else op.module.data.partition(".")[0])
        case pyobj.ImportFromOp():
            scope.local |= set(imported_names(op))
        case pyobj.MatchOp():
            for pattern in op.patterns.data:
                scope.local |= set(captured_names(pattern.data))
        case pyobj.TryOp():
            scope.local |= {name for name in op.names.data if name}
        case pyobj.DefOp():
            scope.local.add(op.variable.data)
            return
        case pyobj.ClassOp():
            scope.local.add(op.variable.data)
            return
        case pyobj.LambdaOp():
            return
        case pyobj.ComprehensionOp():
            _collect_walruses(op, scope)
            return
        case _:
            pass
    for region in op.regions:
        for block in region.blocks:
            yield from block.ops


def imported_names(op: pyobj.ImportFromOp) -> list[str]:
    """Return the names that `from module import …` binds."""
    return list(op.variables.data)


def _collect_walruses(op: Operation, scope: Scope) -> None:
    """A walrus in a comprehension binds in the function around it."""
    for inner in op.walk():
        if isinstance(inner, pyobj.WalrusOp):
            scope.local.add(inner.variable.data)


def captured_names(pattern: ast.pattern) -> Iterator[str]:
    """Yield the names that a pattern binds."""
    for node in ast.walk(pattern):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass
