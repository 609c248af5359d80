"""From pyobj to Python: syntax trees, text, and functions that run."""

from __future__ import annotations

import ast
import builtins
import keyword
import types
from collections.abc import Mapping
from typing import ClassVar, NoReturn, cast

from xdsl.dialects.builtin import FileLineColLoc, ModuleOp, StringAttr
from xdsl.dialects.func import FuncOp
from xdsl.dialects.func import ReturnOp as FuncReturnOp
from xdsl.ir import Operation, SSAValue

from ..dialects import pyobj
from ..dialects.source import reject
from .emit_names import all_ops, complete_places
from .emit_order import LOAD, Handler, Ordering, Sheet, sheet_of
from .emit_statements import STATEMENTS, body_of
from .emit_values import VALUES


def is_segment(op: FuncOp) -> bool:
    """Return whether a function is computed by compiled code: it holds no Python."""
    if op.sym_visibility == StringAttr("private"):
        return True
    names = {inner.name for inner in all_ops(op)} - {op.name, FuncReturnOp.name}
    return bool(names) and not any(name.startswith("pyobj.") for name in names)


def _func(self: PythonEmitter, sheet: Sheet, op: FuncOp) -> ast.stmt | None:
    return None if is_segment(op) else self.function(op)


def _func_return(self: Ordering, sheet: Sheet, op: FuncReturnOp) -> ast.stmt:
    values = self.take(sheet, op.operands)
    if len(values) > 1:
        return ast.Return(ast.Tuple(values, LOAD))
    return ast.Return(values[0] if values else None)


class PythonEmitter(Ordering):
    """Prints modules and functions."""

    handlers: ClassVar[Mapping[type[Operation], Handler]] = {
        **{**VALUES, **STATEMENTS},
        **{FuncOp: _func, FuncReturnOp: _func_return},
    }

    def module(self, module: ModuleOp) -> ast.Module:
        """Return the module's statements and host programs; segments are left out."""
        sheet = sheet_of(module.body)
        self.flat = 1
        self.run(sheet)
        doc = module.attributes.get("pyobj.doc")
        if isinstance(doc, pyobj.LiteralAttr) and isinstance(doc.data, str):
            sheet.out.insert(0, ast.Expr(ast.Constant(doc.data)))
        return ast.Module(sheet.out, [])

    def function(self, op: FuncOp) -> ast.FunctionDef:
        """Return a host program as a function of its block's arguments."""
        sheet = sheet_of(op.body)
        parameters = self._parameters(sheet)
        flat, self.flat = self.flat, 0
        self.run(sheet)
        self.flat = flat
        written = [ast.arg(name) for name in parameters]
        arguments = ast.arguments([], written, None, [], [], None, [])
        definition = ast.FunctionDef(op.sym_name.data, arguments, body_of(sheet.out), [])
        self.place(definition, op)
        return definition

    def _parameters(self, sheet: Sheet) -> list[str]:
        """Return the parameters' names; one that is only stored at the start is its variable."""
        stored = _stored_at_start(sheet)
        names = list[str]()
        for argument in sheet.block.args:
            name = stored.get(argument)
            if name is None:
                hint = argument.name_hint or ""
                fits = hint.isidentifier() and not keyword.iskeyword(hint)
                name = self.unused(hint if fits else f"a{argument.index}")
            names.append(name)
            self.call_it(argument, lambda name=name: ast.Name(name, LOAD))
        return names


def _stored_at_start(sheet: Sheet) -> dict[SSAValue, str]:
    """Return the parameters that the first ops store, to their variables; skip those ops."""
    stored = dict[SSAValue, str]()
    for op in sheet.ops:
        if not isinstance(op, pyobj.StoreOp) or op.variable.data in stored.values():
            break
        value = op.value
        if value not in sheet.block.args or not value.has_one_use():
            break
        stored[value] = op.variable.data
        sheet.index += 1
    return stored


def to_ast(
    op: ModuleOp | FuncOp, namespace: dict[str, object] | None = None
) -> ast.Module | ast.FunctionDef:
    """Return a module or a host program as Python's syntax tree, each node at its place.

    Objects without a literal form are free names in it, which are added to `namespace`.
    Raises CompileError where an op has no form in Python: graph ops belong into segments.
    """
    emitter = PythonEmitter(op, namespace)
    tree = emitter.module(op) if isinstance(op, ModuleOp) else emitter.function(op)
    complete_places(tree)
    return tree


def to_text(op: ModuleOp | FuncOp) -> str:
    """Return a module or a host program as Python, for people.

    A segment is a comment with its name and types; so is an object without a literal form.
    """
    funcs = [op] if isinstance(op, FuncOp) else [f for f in op.ops if isinstance(f, FuncOp)]
    segments = [func for func in funcs if is_segment(func)]
    lines = [_segment_line(segment) for segment in segments]
    if op in segments:
        return lines[0]
    namespace = dict[str, object]()
    tree = to_ast(op, namespace)
    try:
        _make_writable(tree)
        text = ast.unparse(tree)
    except RecursionError:
        _reject_depth(op)
    lines += [f"# {name}: {pyobj.ObjectAttr(value)}" for name, value in namespace.items()]
    return "\n".join([*lines, text])


def _reject_depth(op: Operation) -> NoReturn:
    problem = "a part of this function is nested too deeply for Python's own compiler"
    reject(op, problem, "assign a part of a long expression to a variable")


def _make_writable(tree: ast.AST) -> None:
    """Make f-strings calls where their text can't be: Python 3.11 has no backslash in it."""
    rest = [tree]
    while rest:
        node = rest.pop()
        if isinstance(node, ast.JoinedStr):
            continue
        for name, part in ast.iter_fields(node):
            if isinstance(part, list):
                parts = cast("list[object]", part)
                parts[:] = [_writable(one) for one in parts]
            elif isinstance(part, ast.JoinedStr):
                setattr(node, name, _writable(part))
        rest += ast.iter_child_nodes(node)


def _writable(part: object) -> object:
    """Return a part of a tree; an f-string that can't be a text as a `join` of its parts."""
    if not isinstance(part, ast.JoinedStr):
        return part
    try:
        ast.unparse(part)
    except ValueError:
        texts = [_formatted(value) for value in part.values]
        join = ast.Attribute(ast.Constant(""), "join", LOAD)
        return ast.Call(join, [ast.List(texts, LOAD)], [])
    return part


def _formatted(part: ast.expr) -> ast.expr:
    if not isinstance(part, ast.FormattedValue):
        return part
    value = part.value
    if part.conversion >= 0:
        convert = {"s": "str", "r": "repr", "a": "ascii"}[chr(part.conversion)]
        value = ast.Call(ast.Name(convert, LOAD), [value], [])
    spec = [] if part.format_spec is None else [part.format_spec]
    return ast.Call(ast.Name("format", LOAD), [value, *spec], [])


def _segment_line(op: FuncOp) -> str:
    names = [argument.name_hint or f"a{argument.index}" for argument in op.args]
    types = zip(names, op.function_type.inputs, strict=True)
    outputs = ", ".join(str(type) for type in op.function_type.outputs)
    inputs = ", ".join(f"{name}: {type}" for name, type in types)
    return f"# segment {op.sym_name.data}({inputs}){outputs and f' -> {outputs}'}"


def to_function(
    op: FuncOp,
    name: str,
    namespace: dict[str, object],
    globals: dict[str, object] | None = None,
    closure: Mapping[str, types.CellType] | None = None,
) -> types.FunctionType:
    """Return a host program as a function that runs; tracebacks show the user's lines.

    `namespace` has what its free names stand for (segments, the runtime's functions), and gets
    the objects that have no literal form. `globals` and `closure` are those of the user's
    function: its module's variables, and its cells by name.
    Raises CompileError where an op has no form in Python, or Python can't compile the result.
    """
    definition = PythonEmitter(op, namespace).function(op)
    cells = {key: types.CellType(value) for key, value in namespace.items()} | {**(closure or {})}
    location = op.location
    file = location.filename.data if isinstance(location, FileLineColLoc) else "<foldaway>"
    try:
        code = _compile(definition, name, file, [*cells])
    except RecursionError:
        _reject_depth(op)
    if globals is None:
        globals = {"__builtins__": builtins, "__name__": "foldaway"}
    found = tuple(cells[free] for free in code.co_freevars)
    return types.FunctionType(code, globals, name, None, found)


def _compile(definition: ast.FunctionDef, name: str, file: str, free: list[str]) -> types.CodeType:
    """Return the code of a function in which some names are cells, and no variable is added."""
    definition.name = "<host>"  # The program may load a global of its own name.
    parameters = [ast.arg(one) for one in free]
    arguments = ast.arguments([], parameters, None, [], [], None, [])
    outer = ast.FunctionDef("<cells>", arguments, [definition], [])
    ast.copy_location(outer, definition)
    module = ast.Module([outer], [])
    complete_places(module)
    code = compile(module, file, "exec", dont_inherit=True)
    for _ in range(2):
        code = next(one for one in code.co_consts if isinstance(one, types.CodeType))
    return code.replace(co_name=name, co_qualname=name)
