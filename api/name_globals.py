"""Global variables of a Python file, as IR text names them: by module and name."""

from __future__ import annotations

import ast
import symtable
from types import CodeType

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.rewriter import Rewriter

from foldaway.dialects import pyobj
from foldaway.dialects.syntax_trees import parse


def name_globals(ir: ModuleOp, text: str, file: str, module: str, code: CodeType) -> None:
    """Replace loads of the file's global variables by `pyobj.global`, of modules by their import.

    `module` is the file's name as a module, `code` that of the function which `ir` holds.
    A name that is local anywhere in the function stays a load.
    """
    places = _places(text, file, module)
    local = _local_names(code) | {
        op.variable.data for op in ir.walk() if isinstance(op, pyobj.StoreOp | pyobj.WalrusOp)
    }
    for op in list(ir.walk()):
        if isinstance(op, pyobj.LoadOp) and op.variable.data in places.keys() - local:
            named = _named(*places[op.variable.data])
            named.location = op.location
            Rewriter.replace_op(op, named)


def _named(module: str, attribute: str | None) -> pyobj.ImportModuleOp | pyobj.GlobalOp:
    result_types = (pyobj.ObjectType(),)
    properties = {"module": StringAttr(module)}
    if attribute is None:
        return pyobj.ImportModuleOp.create(properties=properties, result_types=result_types)
    properties["variable"] = StringAttr(attribute)
    return pyobj.GlobalOp.create(properties=properties, result_types=result_types)


def _places(text: str, file: str, module: str) -> dict[str, tuple[str, str | None]]:
    """Return for each global name of a file where it is found: a module, and a name in it."""
    table = symtable.symtable(text, file, "exec")
    bound = (s for s in table.get_symbols() if s.is_assigned() or s.is_imported())
    places: dict[str, tuple[str, str | None]] = {
        s.get_name(): (module, s.get_name()) for s in bound
    }
    stores: list[str] = []
    for statement in parse(text, file).body:
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    name = alias.asname or alias.name.partition(".")[0]
                    places[name] = (alias.name if alias.asname else name, None)
            case ast.ImportFrom(module=str(source), names=names, level=0) if source != "__future__":
                for alias in names:
                    places[alias.asname or alias.name] = (source, alias.name)
            case _:
                stores += (
                    node.id
                    for node in ast.walk(statement)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                )
    # What is assigned, too, is not what was imported.
    return places | {name: (module, name) for name in stores if name in places}


def _local_names(code: CodeType) -> set[str]:
    names = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _local_names(constant)
    return names
