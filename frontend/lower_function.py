"""From a Python function, or a file, to pyobj."""

from __future__ import annotations
import __future__

import ast
import inspect
import types
from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import FunctionType, ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Block, Region

from ..dialects import pyobj
from ..dialects.pyobj import Parameters
from ..dialects.syntax_trees import parse
from .code_cache import CodeCache
from .find_source import Source, find_source
from .lower_statement import StatementLowering, docstring
from .lower_tensors import TensorLowering


@dataclass(frozen=True)
class Heading:
    """What is known of a function without its body."""

    parameters: Parameters
    is_generator: bool


def heading_of(function: types.FunctionType) -> Heading:
    """Return a function's heading, made once: lowering a long body takes a fifth of a compile.

    Raises NoSource where there is no source.
    """
    return _headings(function)


def _heading(function: types.FunctionType) -> Heading:
    source = find_source(function)
    parameters = _parameters(StatementLowering(source.file, source.owner), source)
    return Heading(parameters, bool(function.__code__.co_flags & inspect.CO_GENERATOR))


_headings = CodeCache(_heading)


@dataclass(frozen=True)
class Lowered:
    """A function as pyobj: what folding a call of it needs."""

    body: Region
    parameters: Parameters
    name: str
    is_generator: bool
    file: str


def lower_function(function: types.FunctionType) -> Lowered:
    """Return a function's body as pyobj, made once; decorators and defaults are no part of it.

    Raises NoSource where there is no source, CompileError for async code.
    """
    return _lowered(function)


def _lower(function: types.FunctionType) -> Lowered:
    source, heading = find_source(function), heading_of(function)
    lowering = StatementLowering(source.file, source.owner)
    _inside(lowering, function)
    return Lowered(
        lowering.region(lambda _: _lower_body(lowering, source)),
        heading.parameters,
        function.__code__.co_name,
        heading.is_generator,
        source.file,
    )


_lowered = CodeCache(_lower)


def specialize_function(function: types.FunctionType, types: Sequence[Attribute]) -> ModuleOp:
    """Return a module with the function for parameters of these types, in order.

    Operators on tensor parameters, in the straight-line code at its start, are graph ops.
    A function that is all graph ends in `func.return`.
    Raises as `lower_function`, and TypeError for a wrong number of types.
    """
    source = find_source(function)
    lowering = TensorLowering(source.file, source.owner)
    _inside(lowering, function)
    names = heading_of(function).parameters.names
    if len(names) != len(types):
        raise TypeError(
            f"{function.__name__}() has {len(names)} parameters, but {len(types)} are given"
        )
    block = Block(arg_types=types)
    lowering.block = block
    lowering.at(source.node)
    place = lowering.location
    for name, argument in zip(names, block.args, strict=True):
        argument.name_hint = name if name.isascii() else None
        lowering.store_parameter(name, argument, source.node)
    _lower_body(lowering, source)
    lowering.location = place
    lowering.finish()
    last = block.last_op
    returned = [value.type for value in last.operands] if last is not None else []
    name = function.__name__ if function.__name__ != "<lambda>" else "lambda"
    func = FuncOp(name, FunctionType.from_lists(list(types), returned), Region(block))
    func.location = place
    return ModuleOp([func])


def lower_module(source: str, file: str) -> ModuleOp:
    """Return a whole file as pyobj; its docstring is the module's `pyobj.doc`.

    Raises SyntaxError for a text that isn't Python, CompileError for async code.
    """
    body, doc = docstring(parse(source, file).body)
    lowering = StatementLowering(file)
    region = lowering.region(lambda _: lowering.statements(body))
    attributes: dict[str, Attribute] = {}
    if doc is not None:
        attributes["pyobj.doc"] = pyobj.LiteralAttr(doc)
    return ModuleOp(region, attributes)


def _inside(lowering: StatementLowering, function: types.FunctionType) -> None:
    """Let a lowering know that it starts inside a function, and what held around that."""
    lowering.in_function = True
    flag = __future__.annotations.compiler_flag
    lowering.annotations_are_text = bool(function.__code__.co_flags & flag)


def _lower_body(lowering: StatementLowering, source: Source) -> None:
    node = source.node
    if isinstance(node, ast.Lambda):
        lowering.returned(node.body)
    else:
        lowering.statements(docstring(node.body)[0])


def _parameters(lowering: StatementLowering, source: Source) -> Parameters:
    args = source.node.args
    plain = [*args.posonlyargs, *args.args]
    defaults = [arg.arg for arg in plain[len(plain) - len(args.defaults) :]]
    pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    defaults += [arg.arg for arg, default in pairs if default is not None]
    return lowering.parameter_names(args, defaults)
