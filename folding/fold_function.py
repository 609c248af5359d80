"""One function folded: pyobj in, graph and a result builder out."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import FunctionType as PythonFunction
from typing import Any

from xdsl.dialects.builtin import FunctionType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Region, SSAValue
from xdsl.traits import is_side_effect_free

from ..dialects import pyobj
from ..dialects.dtypes import spec_of
from ..dialects.pyobj.attributes import OBJECT, ObjectType
from ..dialects.source import CompileError
from ..runtime.sources import Argument, Source
from ..runtime.tracing import tracing
from . import (
    steps_choices,
    steps_classes,
    steps_control,
    steps_definitions,
    steps_exceptions,
    steps_generating,
    steps_generating_exceptions,
    steps_statements,
    steps_values,
)
from .array_inputs import ArrayPolicy
from .code import code_of
from .errors import Raised
from .exception_contents import run_time_contents
from .fold_report import FoldReport
from .forks import LEFT, Fork, Left
from .frames import Frame
from .functions import Returned, execute
from .generators import check_finished
from .lax import without_effects
from .notice import Notice
from .number_table import NumberPolicy
from .options import Options
from .run_time_loops import Unroll
from .scopes import scope_of
from .session import AnyGuard, Folding
from .unused_values import drop_unused

STEPS = (
    *(steps_values, steps_choices, steps_statements, steps_control, steps_exceptions),
    *(steps_definitions, steps_classes, steps_generating, steps_generating_exceptions),
)
"""The modules that say how each op is folded; importing them registers the steps."""


@dataclass(frozen=True)
class Environment:
    """The live function whose IR is folded, and the values of its parameters for this call."""

    function: Any = None
    """A `types.FunctionType`; None for IR that was read from text."""
    arguments: Sequence[object] = ()
    """One for each parameter, in order; tensors count by their type only."""
    numbers: NumberPolicy = field(default_factory=NumberPolicy)
    """Which numbers are run-time values."""
    arrays: ArrayPolicy = field(default_factory=ArrayPolicy)
    """Which arrays are run-time values."""
    quiet: bool = False
    """Whether what is printed while folding is dropped."""


@dataclass(frozen=True)
class Folded:
    """What is left of a function, and what must hold for it to be right."""

    op: FuncOp
    inputs: tuple[Source, ...]
    """Where to find the value of each argument of `op`."""
    guards: tuple[AnyGuard, ...]
    notice: Notice
    report: FoldReport
    functions: tuple[PythonFunction, ...]
    """The functions that were folded in, beside the one itself."""


def fold_function(func: FuncOp, options: Options, environment: Environment) -> Folded:
    """Fold the body of `func`; the result's arguments are what is known at run time only.

    Raises CompileError, or `Raised` with the exception that the user's program raises.
    """
    folding = Folding(options, environment.numbers, environment.arrays)
    try:
        return _fold(folding, func, environment)
    except CompileError:
        if folding.has_rolled:
            raise Unroll from None
        raise


def _fold(folding: Folding, func: FuncOp, environment: Environment) -> Folded:
    options, block = folding.options, func.body.block
    name = func.sym_name.data
    code = code_of(block)
    parameters = _parameter_names(func)
    function = environment.function
    frame = Frame(folding, name, scope_of(block), code.slots, function)
    frame.qualname = function.__code__.co_qualname if function is not None else name
    frame.first = _first_parameter(function)
    frame.tainted = frozenset(parameters.values())
    folding.frame, frame.op = frame, func
    quiet = without_effects(folding) if options.lax else nullcontext()
    with tracing(folding), quiet, folding.native.watching(), _frames_suffice(folding, frame):
        for index, (argument, slot) in enumerate(zip(block.args, code.arguments, strict=True)):
            source = Argument(index, parameters.get(argument, f"argument {index}"))
            frame.slots[slot] = _argument(folding, argument, source, environment)
        folding.direct = True
        try:
            result = execute(frame, code)
        except Left as left:
            result = left
        except Raised as raised:
            check_finished(folding)
            folding.check_needed()
            contents = run_time_contents(folding, raised.exception)
            raised.before = _finish(folding, frame, func, contents, environment)
            folding.report.release_prints(environment.quiet)
            if not any(contents) and not _has_effects(raised.before.op):
                raised.before = None
            raise
        folding.check_needed()
        check_finished(folding)
        folded = _finish(folding, frame, func, result, environment)
    folding.report.release_prints(environment.quiet)
    return folded


def _finish(
    folding: Folding, frame: Frame, func: FuncOp, result: object, environment: Environment
) -> Folded:
    """Return what is left of the function, with `result` to be returned."""
    folding.frame = frame
    given = _finish_way(folding, result)
    with tracing(None):
        folding.inputs.guard_memory(environment.arguments)
    folding.outside.guard_apart(folding.host.changed)
    folding.numbers.check_rewritten()
    type = FunctionType.from_lists([a.type for a in folding.block.args], [given])
    if folding.has_branches:
        drop_unused(folding.block)
    op = FuncOp(func.sym_name.data, type, Region(folding.block), func.sym_visibility)
    op.location = func.location
    inputs = tuple(folding.inputs.sources)
    guards = folding.numbers.needed_guards(folding.guards.values())
    functions = tuple(folding.functions.values())
    return Folded(op, inputs, guards, folding.notice, folding.report, functions)


def _finish_way(folding: Folding, result: object) -> Attribute:
    """Return the type of what is returned, emitting what the function does at its end.

    Where it ends in several ways, each does its own.
    """
    if isinstance(result, Left):
        return OBJECT
    if isinstance(result, Returned):
        _finish_sides(folding, result.fork, result.frame)
        return OBJECT
    value = folding.host.finish(result)
    folding.block.add_op(pyobj.ReturnOp.create(operands=(value,), location=folding.location))
    return value.type


def _finish_sides(folding: Folding, fork: Fork, frame: Frame) -> None:
    for way in fork.ways:
        if way.end == LEFT:
            continue
        with way.entered(folding):
            if isinstance(way.end, Fork):
                _finish_sides(folding, way.end, frame)
            else:
                _finish_way(folding, frame.result)


@contextmanager
def _frames_suffice(folding: Folding, frame: Frame) -> Generator[None]:
    """Raise CompileError where the fold uses up the interpreter's own frames."""
    try:
        yield
    except RecursionError:
        folding.frame = frame
        folding.reject(
            "calls or values are nested deeper than the interpreter can follow",
            "end the recursion while compiling, or use a loop",
        )


def _first_parameter(function: Any) -> str | None:
    code = function.__code__ if function is not None else None
    return code.co_varnames[0] if code is not None and code.co_argcount else None


def _has_effects(op: FuncOp) -> bool:
    """Return whether a function does anything but to return a value."""
    kinds = (pyobj.ConstantOp, pyobj.ReturnOp)
    return not all(isinstance(o, kinds) or is_side_effect_free(o) for o in op.body.block.ops)


def _argument(
    folding: Folding, argument: SSAValue, source: Argument, environment: Environment
) -> object:
    """Return the fold-time value of a parameter."""
    known = source.index < len(environment.arguments)
    if not isinstance(argument.type, ObjectType):
        if known:
            return folding.adopt(environment.arguments[source.index], source)
        try:
            spec = spec_of(argument.type)
        except TypeError as error:
            folding.reject(
                f"the parameter '{source}' can't be folded: {error}", "use a tensor type"
            )
        return folding.inputs.new(spec, source)
    if not known:
        folding.reject(
            f"the value of the parameter '{source}' isn't known while compiling",
            "give it as a literal with --args, or as a tensor type",
        )
    return folding.adopt(environment.arguments[source.index], source)


def _parameter_names(func: FuncOp) -> dict[SSAValue, str]:
    """Return the variable that each argument is stored to."""
    names: dict[SSAValue, str] = {}
    for op in func.body.block.ops:
        if isinstance(op, pyobj.StoreOp) and op.value in func.body.block.args:
            names.setdefault(op.value, op.variable.data)
    return names
