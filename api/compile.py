"""One call signature compiled: all stages in order, and the specialisation they end in."""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, cast

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.dialects.func import ReturnOp as FuncReturnOp
from xdsl.ir import Attribute, BlockArgument, Operation

from foldaway.dialects import graph
from foldaway.dialects.dtypes import spec_of, tensor_type
from foldaway.dialects.nested_ops import nested_ops
from foldaway.dialects.pyobj import (
    OBJECT,
    ForOp,
    IfOp,
    ReturnOp,
    SegmentOp,
    TupleOp,
    UnpackOp,
    WhileOp,
)
from foldaway.dialects.source import CompileError, reject
from foldaway.folding.array_inputs import ArrayPolicy
from foldaway.folding.errors import Raised
from foldaway.folding.exception_contents import fill
from foldaway.folding.fallback import fallback_enabled
from foldaway.folding.fold_function import Environment, Folded
from foldaway.folding.fold_report import place_of
from foldaway.folding.number_table import NumberPolicy, Rewritten
from foldaway.frontend.emit_python import to_function, to_text
from foldaway.frontend.lower_function import heading_of, specialize_function
from foldaway.passes.check_boundary import CheckBoundaryPass
from foldaway.passes.differentiate_graph import DifferentiateGraphPass
from foldaway.passes.fold_pyobj import FoldPyObjPass
from foldaway.passes.lower_graph_to_linalg import linalg_of
from foldaway.passes.outline_segments import OutlineSegmentsPass
from foldaway.passes.retreats import may_start_again
from foldaway.runtime.changing_numbers import ChangingNumbers
from foldaway.runtime.driver import Driver, Signature
from foldaway.runtime.host import RUNTIME
from foldaway.runtime.report import COMPILED, FOLDED, PYTHON, RAN, LineStatus, Report
from foldaway.runtime.segment import Segment
from foldaway.runtime.sources import Source
from foldaway.runtime.specialization import Making, Specialization
from foldaway.runtime.tensor import Tensor

from .compile_options import CompileOptions
from .drivers import current_driver
from .internal_error import our_failure
from .pipeline import lower_segment, lower_to_linalg, run_passes

STAGES = ("pyobj", "graph", "linalg", "llvm", "python")


def compile_function(
    function: types.FunctionType,
    arguments: Sequence[object],
    key: tuple[object, ...],
    options: CompileOptions,
    changing: ChangingNumbers,
    lax: bool = False,
    quiet: bool = False,
) -> Specialization:
    """Return the specialisation of a function for arguments like these.

    Numbers at the sources that `changing` names are run-time values, as numbers in arguments are;
    more sources may be added.
    With `lax`, whatever may not be evaluated while compiling is an error, and an error leaves no
    trace: the caller runs the function as plain Python instead. Then what the user's program
    raises stays wrapped in `Raised`.
    With `quiet`, nothing is printed and logged while compiling.

    Raises CompileError, or what the user's program raises while it is folded.
    """
    driver = current_driver()
    module, source = _read(function, arguments)
    style = "str" if lax else options.style
    fold = FoldPyObjPass(fallback_enabled(), style, allow_python=True, lax=lax)
    policy = NumberPolicy(widened=changing.widened, handles=changing.handles, read=changing.read)
    environment = Environment(function, arguments, policy, quiet=quiet)
    folded, raised = _fold(fold, source, environment, module)
    notice = str(folded.notice) if folded.notice.statements else ""
    if not lax and not quiet:
        _tell(notice)
    _check_and_outline(module, environment)
    host, segments = _split(module)
    starts_again = may_start_again(host, segments)
    if lax and not starts_again:
        _refuse_retreat(source)
    with our_failure(driver.name, module):
        compiled = {n: _compile_segment(m, n, driver) for n, m in segments.items()}
        entry, inputs = _entry(host, compiled, folded.inputs)
    if lax and not quiet:
        # Only now is it certain that nothing sends the function to plain Python.
        _tell(notice)
    report, texts = _report(folded, host, segments), _texts(source, host, segments)
    making = _making(folded) if raised is None else None
    made = Specialization(
        *(key, folded.guards, inputs, entry, notice, report, texts, starts_again, making)
    )
    if raised is not None:
        # What the program did before it raised; the next call is folded anew.
        fill(raised.exception, cast(Any, made.run(arguments)))
        raised.reraise()
    return made


def _read(function: types.FunctionType, arguments: Sequence[object]) -> tuple[ModuleOp, FuncOp]:
    """Return a function's IR for arguments like these, in a module of its own."""
    with our_failure("frontend", None):
        module = specialize_function(function, [_type_of(argument) for argument in arguments])
    source = _only_function(module)
    if heading_of(function).is_generator:
        reject(
            source,
            f"'{function.__name__}' is a generator function, whose caller would run its body",
            "return a list or a tuple, or compile what calls it",
        )
    return module, source


def _refuse_retreat(source: FuncOp) -> NoReturn:
    """Raise CompileError: compiled code couldn't leave the call to Python any more."""
    reject(
        source,
        "an int may be beyond 64 bits after something was changed",
        "nothing is to be done: it runs in Python at every call",
    )


def _making(folded: Folded) -> Making | None:
    """Return what came of the making of a form; None after opaque code has run."""
    if folded.report.ran or folded.report.shown is None:
        return None
    quoted = {file: None for file, _, _ in folded.notice.statements}
    return Making(folded.functions, tuple(folded.report.shown), tuple(quoted))


def _tell(notice: str) -> None:
    """Log which statements needed the interpreter, if any did."""
    if notice:
        import logging

        logging.getLogger("foldaway.fallback").warning("%s", notice)


def _fold(
    fold: FoldPyObjPass, source: FuncOp, environment: Environment, module: ModuleOp
) -> tuple[Folded, Raised | None]:
    """Return what is left of the function; raise what the user's program raises.

    A program that changes something and then raises gives both: what is left before, and the error.
    What can't be compiled with run-time numbers may be so with constants; then arrays whose data
    an error asked for become constants, and at last all arrays.
    """
    numbers, arrays = environment.numbers, environment.arrays
    while True:
        try:
            with our_failure(fold.name, module):
                return fold.fold(source, environment), None
        except Rewritten as rewritten:
            numbers.widened.update(source.key for source in rewritten.numbers)
            numbers.handles.update(source.key for source in rewritten.containers)
        except CompileError as error:
            arrays.first = arrays.first or error
            if not _take_as_constants(fold.lax, numbers, arrays):
                if arrays.met:
                    # Constants were but the last resort.
                    raise arrays.first from None
                raise
        except Raised as error:
            if fold.lax:
                raise
            raised = error
            break
    if raised.before is None:
        raised.reraise()
    fold.replace(source, raised.before)
    return raised.before, raised


def _take_as_constants(lax: bool, numbers: NumberPolicy, arrays: ArrayPolicy) -> bool:
    """Let the next fold take more as constants; return whether there was anything left."""
    if numbers.handles:
        numbers.read_handles()
    elif numbers.met and not numbers.all_constant:
        numbers.all_constant = True
    elif not lax and arrays.narrow():
        numbers.all_constant = False
    elif not lax and arrays.met and not arrays.all_constant:
        arrays.all_constant, numbers.all_constant = True, False
    else:
        return False
    return True


def _check_and_outline(module: ModuleOp, environment: Environment) -> None:
    """Leave graph functions and the host program.

    Raises CompileError for objects that need Python; where arrays were constants as a last resort,
    that is not what stood in the way, but what the first fold said.
    """
    first = environment.arrays.first
    for step in (DifferentiateGraphPass(), CheckBoundaryPass(), OutlineSegmentsPass()):
        try:
            with our_failure(step.name, module):
                step.apply(Context(), module)
        except CompileError:
            if isinstance(step, CheckBoundaryPass) and first is not None:
                raise first from None
            raise


def _type_of(argument: object) -> Attribute:
    return tensor_type(argument.spec) if isinstance(argument, Tensor) else OBJECT


def _only_function(module: ModuleOp) -> FuncOp:
    func = module.body.block.first_op
    assert isinstance(func, FuncOp)
    return func


def _split(module: ModuleOp) -> tuple[FuncOp, dict[str, ModuleOp]]:
    """Return the host program, and each segment in a module of its own."""
    host, *segments = list(module.ops)
    assert isinstance(host, FuncOp)
    modules: dict[str, ModuleOp] = {}
    for segment in segments:
        assert isinstance(segment, FuncOp)
        segment.detach()
        modules[segment.sym_name.data] = ModuleOp([segment])
    return host, modules


def _compile_segment(module: ModuleOp, name: str, driver: Driver) -> Segment:
    """Return the compiled form of a segment; its module stays as it is, to be shown."""
    type = _only_function(module).function_type
    signature = Signature(tuple(map(spec_of, type.inputs)), tuple(map(spec_of, type.outputs)))
    lowered = linalg_of(module)
    run_passes(lowered, driver.steps())
    return Segment(driver.compile(lowered, name, signature), len(signature.outputs))


def _entry(
    host: FuncOp, segments: dict[str, Segment], inputs: tuple[Source, ...]
) -> tuple[Callable[..., object], tuple[Source, ...]]:
    """Return what a call runs, and what it is given.

    That is the segment itself where the host program does nothing else.
    """
    direct = _direct_segment(host)
    if direct is not None:
        name, order = direct
        return segments[name], tuple(inputs[index] for index in order)
    runtime = {f"_runtime_{name}": function for name, function in RUNTIME.items()}
    namespace: dict[str, object] = {**segments, **runtime}
    return to_function(host, host.sym_name.data, namespace), inputs


def _direct_segment(host: FuncOp) -> tuple[str, list[int]] | None:
    """Return the segment's name, and which arguments it takes, if all is to call it.

    It must take arguments of the program, and give the one tensor or the tuple that is returned.
    """
    ops = list(host.body.block.ops)
    if len(ops) == 5 and isinstance(ops[2], UnpackOp) and isinstance(ops[3], TupleOp):
        # A segment with several results gives them in a tuple.
        if list(ops[3].operands) != list(ops[2].results):
            return None
        unpacked, packed = ops[2].operands, ops[3].results
        del ops[2:4]
    elif len(ops) == 3:
        unpacked = packed = ops[1].results
    else:
        return None
    segment, call, returned = ops
    if not isinstance(segment, SegmentOp) or not isinstance(returned, ReturnOp):
        return None
    callee, *given = call.operands
    if callee is not segment.results[0] or list(returned.operands) != list(packed):
        return None
    if list(unpacked) != list(call.results):
        return None
    order = [value.index for value in given if isinstance(value, BlockArgument)]
    return (segment.callee.root_reference.data, order) if len(order) == len(given) else None


def _texts(source: FuncOp, host: FuncOp, segments: dict[str, ModuleOp]) -> Callable[[str], str]:
    """Return what shows the IR at a stage; lower stages are made when they are asked for."""

    def text(stage: str) -> str:
        match stage:
            case "pyobj":
                return str(source)
            case "python":
                return to_text(host)
            case "graph" | "linalg" | "llvm":
                return "\n".join(segment_text(module, stage) for module in segments.values())
            case _:
                raise ValueError(f"no stage {stage!r}; there are {', '.join(STAGES)}")

    return text


def segment_text(module: ModuleOp, stage: str) -> str:
    """Return the text of a module of graph functions, lowered to a stage."""
    lowered = module.clone()
    if stage == "linalg":
        lower_to_linalg(lowered)
    if stage == "llvm":
        from foldaway.backends.cpu.driver import CpuDriver
        from foldaway.backends.cpu.emit_llvm import emit_llvm

        lower_segment(lowered, CpuDriver())
        return emit_llvm(lowered)
    return str(lowered)


def _report(folded: Folded, host: FuncOp, segments: dict[str, ModuleOp]) -> Report:
    """Return what became of each line: a line that has graph ops counts as compiled."""
    compiled: Counter[tuple[str, int]] = Counter()
    for module in segments.values():
        for op in nested_ops(_only_function(module)):
            place = place_of(op.location)
            if place is not None and type(op) not in (FuncOp, FuncReturnOp, graph.GiveOp):
                compiled[place] += 1
    lines: dict[tuple[str, int], LineStatus] = {}
    for place in folded.report.folded:
        lines[place] = LineStatus(*place, FOLDED)
    for place, count in compiled.items():
        lines[place] = LineStatus(*place, COMPILED, f"{count} operations")
    for place, effects in _effects(folded, host).items():
        lines[place] = LineStatus(*place, PYTHON, ", ".join(sorted(effects)))
    for place, names in folded.report.ran.items():
        reason = ", ".join(sorted(names)) + " ran once, not at every call"
        lines[place] = LineStatus(*place, RAN, reason)
    ordered = [lines[place] for place in sorted(lines)]
    return Report(ordered, graph_ops=sum(compiled.values()))


def _effects(folded: Folded, host: FuncOp) -> dict[tuple[str, int], set[str]]:
    """Return what the host program does at each line; it branches where a side has effects."""
    found = {place: {*effects} for place, effects in folded.report.effects.items()}
    for op in nested_ops(host):
        what = _HOST_CONTROL.get(type(op))
        place = place_of(op.location)
        if what is not None and place is not None:
            found.setdefault(place, set()).add(what)
    return found


_HOST_CONTROL: dict[type[Operation], str] = {
    IfOp: "a branch with effects",
    WhileOp: "a loop with effects",
    ForOp: "a loop with effects",
}
