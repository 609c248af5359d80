"""A Python file as IR, for foldaway-opt. Nothing of the file runs, unless the command allows it."""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from inspect import unwrap
from typing import cast

from xdsl.context import Context
from xdsl.dialects.builtin import FunctionType, ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute
from xdsl.parser import Parser
from xdsl.rewriter import Rewriter

from foldaway.dialects import pyobj
from foldaway.dialects.pyobj.literals import Literal, is_literal
from foldaway.dialects.syntax_trees import parse

from .name_globals import name_globals


@dataclass(frozen=True)
class _Literal:
    value: Literal


class UsageError(Exception):
    """The command line asks for something that can't be had."""


def read_python(
    text: str, file: str, function: str | None, args: str | None, ctx: Context, *, run_it: bool
) -> ModuleOp:
    """Return the IR of a Python file, or of one `function` of it, specialised on `args` if given.

    `args` are types and literals. Raises UsageError for an unknown function or bad arguments.
    """
    if args is not None and function is None:
        raise UsageError("--args needs --function")

    from foldaway.frontend.lower_function import lower_module, specialize_function

    if function is None:
        return lower_module(text, file)
    if args is None:
        return _method(lower_module(_only(text, file, function), file))
    found = _run_and_find(file, function) if run_it else _find(text, file, function)
    arguments = list(_arguments(args, ctx))
    asked = [pyobj.ObjectType() if isinstance(a, _Literal) else a for a in arguments]
    try:
        module = specialize_function(found, asked)
    except TypeError as error:
        raise UsageError(str(error)) from None
    name_globals(module, text, file, _module_name(file), found.__code__)
    for index, argument in reversed(list(enumerate(arguments))):
        if isinstance(argument, _Literal):
            _fix_argument(module, index, argument.value)
    return module


def _only(text: str, file: str, function: str) -> str:
    """Return `text` with all but one function blanked out, so that places stay as they are.

    Of a class around it, the bare header is left.
    """
    body: Sequence[ast.stmt] = parse(text, file).body
    lines = ["" for _ in text.splitlines()]
    *outer, name = function.split(".")
    for one in outer:
        classes = [n for n in body if isinstance(n, ast.ClassDef) and n.name == one]
        body = classes[-1].body if classes else []
        for found in classes[-1:]:
            lines[found.lineno - 1] = f"{' ' * found.col_offset}class {one}:"
    functions = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == name]
    if not functions:
        raise UsageError(f"no function '{function}' in {file}")
    last = functions[-1]
    first = min([last.lineno, *(d.lineno for d in last.decorator_list)]) - 1
    lines[first : last.end_lineno] = text.splitlines()[first : last.end_lineno]
    return "\n".join(lines[: last.end_lineno])


def _method(module: ModuleOp) -> ModuleOp:
    """Return `module` with a function that stands in nested classes taken out of them."""
    block = module.body.block
    while isinstance(block.first_op, pyobj.ClassOp):
        shell = block.first_op
        inner = shell.body.block.first_op
        assert inner is not None, "the class holds the function that was asked for"
        inner.detach()
        block.insert_op_before(inner, shell)
        Rewriter.erase_op(shell)
    return module


def _module_name(file: str) -> str:
    return file.removesuffix(".py").rpartition("/")[2]


def _find(text: str, file: str, function: str) -> types.FunctionType:
    """Return `function` as it stands in the file, without globals: its module never runs."""
    for code in _codes(compile(text, file, "exec", dont_inherit=True)):
        if code.co_qualname == function:
            cells = tuple(types.CellType() for _ in code.co_freevars)
            return types.FunctionType(code, {"__name__": "__main__"}, code.co_name, None, cells)
    raise UsageError(f"no function '{function}' in {file}")


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _run_and_find(file: str, function: str) -> types.FunctionType:
    """Return `function` of the module that the file makes when it runs."""
    spec = spec_from_file_location(_module_name(file), file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file} can't be run as a module")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found: object = module
    for name in function.split("."):
        found = getattr(found, name, None)
    if callable(found):
        found = unwrap(found)
    if not isinstance(found, types.FunctionType):
        raise UsageError(f"no function '{function}' in {file}")
    return found


def _arguments(args: str, ctx: Context) -> Iterator[Attribute | _Literal]:
    """Return each argument's type, or its value where a Python literal stands for it."""
    for text in _split(args):
        try:
            value: object = ast.literal_eval(text)
        except (SyntaxError, ValueError):
            # In parentheses, so that whatever follows the type is an error too.
            parsed = Parser(ctx, f"({text}) -> ()", "--args").parse_type()
            yield from cast(FunctionType, parsed).inputs.data
            continue
        if not is_literal(value):
            raise UsageError(f"{text} in --args is neither a type nor an immutable literal")
        yield _Literal(value)


def _fix_argument(module: ModuleOp, index: int, value: Literal) -> None:
    """Put a constant where the only function of `module` takes an argument."""
    func = next(op for op in module.body.block.ops if isinstance(op, FuncOp))
    block = func.body.block
    argument, first = block.args[index], block.first_op
    assert first is not None, "a function ends in a return"
    constant = pyobj.ConstantOp.create(
        properties={"value": pyobj.LiteralAttr(value)}, result_types=[pyobj.ObjectType()]
    )
    constant.location = func.location
    block.insert_ops_before([constant], first)
    argument.replace_all_uses_with(constant.results[0])
    block.erase_arg(argument)
    func.update_function_type()


def _split(args: str) -> Iterator[str]:
    """Return the parts of `args` between commas that stand in no bracket and in no string."""
    depth, start = 0, 0
    for token in re.finditer(r"'[^']*'|\"[^\"]*\"|->|[\[({<]|[\])}>]|,", args):
        depth += (token[0] in "[({<") - (token[0] in "])}>")
        if token[0] == "," and depth == 0:
            yield args[start : token.start()].strip()
            start = token.end()
    if args[start:].strip():
        yield args[start:].strip()
