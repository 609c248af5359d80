"""Targets of foldaway-opt, for what the pipeline makes of Python: host program and segments."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import IO, cast

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, TensorType
from xdsl.dialects.func import FuncOp
from xdsl.ir import Operation
from xdsl.printer import Printer
from xdsl.utils.exceptions import PassFailedException
from xdsl.utils.target import Target

from foldaway.backends import llvm
from foldaway.backends.cpu import target as cpu
from foldaway.backends.cpu.driver import CpuDriver
from foldaway.dialects.dtypes import spec_of
from foldaway.frontend.emit_python import to_function, to_text
from foldaway.passes.check_boundary import CheckBoundaryPass
from foldaway.runtime.dispatch import from_array
from foldaway.runtime.driver import Signature
from foldaway.runtime.host import RUNTIME
from foldaway.runtime.segment import Segment
from foldaway.runtime.tensor import Tensor

from .pipeline import lower_segment


@dataclass(frozen=True)
class PythonTarget(Target):
    """Prints `pyobj` as the Python it says: a file, or the host program after folding."""

    name = "python"

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write Python to `output`; graph ops have no Python form and are rejected."""
        output.write(to_text(module).rstrip("\n") + "\n")


@dataclass(frozen=True)
class LinalgTarget(Target):
    """Prints the level where all machines start: linalg on tensors, and no `graph` op left."""

    name = "linalg"

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write IR to `output`, or raise PassFailedException when a graph op is left."""
        for op in module.walk():
            if op.name.startswith("graph."):
                raise PassFailedException(f"'{op.name}' is left: run lower-graph-to-linalg first")
        Printer(output).print_op(module)
        output.write("\n")


@dataclass(frozen=True)
class LlvmTarget(llvm.LlvmTarget):
    """Prints functions in buffer form as LLVM IR, for any 64-bit machine; no host program."""

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write LLVM IR text; raise PassFailedException for an op that must be lowered before."""
        compiled = module.clone()
        for op in list(compiled.ops):
            if _is_host(op):
                op.detach()
        super().emit(ctx, compiled, output)


@dataclass(frozen=True)
class CpuTarget(cpu.CpuTarget):
    """Runs the first function of a module on this processor, and prints its results.

    It is a function in buffer form, or a host program with the graph functions that it calls.
    `inputs` is a file that `numpy.savez` wrote, with the arrays in order; without it the numbers
    are drawn from -4 to 4, each run the same for one `seed`.
    """

    def emit(self, ctx: Context, module: ModuleOp, output: IO[str]) -> None:
        """Write one line for each result: its dtype and shape, then its elements; or its repr."""
        functions = [op for op in module.ops if isinstance(op, FuncOp)]
        if not functions or not _is_lifted(functions[0]):
            super().emit(ctx, module, output)
            return
        run = host_function(ctx, module)
        for type in functions[0].function_type.inputs:
            if not isinstance(type, TensorType):
                raise PassFailedException(f"error: a parameter of type {type} has no value")
        specs = [spec_of(type) for type in functions[0].function_type.inputs]
        tensors = [from_array(array) for array in self.arrays(specs)]
        with redirect_stdout(output):
            result = cpu.ran(lambda: run(*tensors))
        for one in cast(tuple[object, ...], result) if isinstance(result, tuple) else (result,):
            output.write(cpu.shown(one.asnumpy()) if isinstance(one, Tensor) else f"{one!r}\n")


def host_function(ctx: Context, module: ModuleOp) -> Callable[..., object]:
    """Return the first function of a module as one that runs, the graph functions compiled.

    Raises CompileError where it would need the interpreter for more than building its result.
    """
    CheckBoundaryPass().apply(ctx, module)
    first, *others = [op for op in module.ops if isinstance(op, FuncOp)]
    if not _is_host(first):
        return _segment(first)
    namespace: dict[str, object] = {op.sym_name.data: _segment(op) for op in others}
    namespace |= {f"_runtime_{name}": function for name, function in RUNTIME.items()}
    return to_function(first, first.sym_name.data, namespace)


def _segment(graph: FuncOp) -> Segment:
    type, name = graph.function_type, graph.sym_name.data
    signature = Signature(tuple(map(spec_of, type.inputs)), tuple(map(spec_of, type.outputs)))
    lowered = ModuleOp([graph.clone()])
    driver = CpuDriver()
    lower_segment(lowered, driver)
    return Segment(driver.compile(lowered, name, signature), len(signature.outputs))


def _is_host(op: Operation) -> bool:
    return any(inner.name.startswith("pyobj.") for inner in op.walk())


def _is_lifted(op: Operation) -> bool:
    """Return whether a function is a host program, or a graph that is not lowered yet."""
    return any(inner.name.startswith(("pyobj.", "graph.")) for inner in op.walk())
