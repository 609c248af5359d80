"""The CPU as a machine: compiles a module in buffer form and calls its functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from xdsl.dialects import func, memref, scf
from xdsl.dialects.builtin import MemRefType, ModuleOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.exceptions import PassFailedException

from ...dialects.dtypes import TensorSpec, by_element
from ...dialects.nested_ops import nested_ops
from ...runtime.driver import Executable, Signature, Step
from ...runtime.threads import available_processors
from .effort import Effort
from .emit_llvm import emit
from .emitted_module import Emitted
from .executable import CpuExecutable, Program, address_of, aligned
from .machine_code import ASSEMBLER
from .processor import this_processor
from .thread_pool import PARALLEL, parallel_address

_SOME_KERNELS, _MANY_KERNELS = 30, 300
"""Above these LLVM takes less time for each kernel, so that compiling doesn't take seconds."""
_LONG_CONSTANT = 4096
"""Bytes; a longer constant is not worth printing and parsing."""
_LONG_WORK = 32768
"""Elements; for fewer, to let other threads run takes as long as the work."""


class CpuDriver:
    """Compiles for the processor this runs on."""

    name = "cpu"

    def steps(self) -> Sequence[Step]:
        """Return the passes to loops over buffers, scheduled for this processor."""
        machine = this_processor()
        contractions: dict[str, object] = {
            "vector_bytes": machine.vector_bytes,
            "vector_registers": machine.vector_registers,
            "first_cache": machine.first_cache,
            "second_cache": machine.second_cache,
        }
        return (
            Step("fuse-elementwise-to-generic"),
            Step("place-buffers"),
            Step("schedule-epilogues"),
            Step("fuse-rows"),
            Step("schedule-contractions", contractions),
            # The last cache is shared with others, and with what comes before and after.
            Step("schedule-stores", {"past_bytes": machine.last_cache // 2}),
            Step("schedule-threads", {"threads": max(available_processors(), 2)}),
        )

    def compile(
        self, module: ModuleOp, entry: str, signature: Signature | None = None
    ) -> Executable:
        """Return the code of a function of a module in buffer form."""
        signature = signature or signature_of(module, entry)
        emitted = emit(module, ASSEMBLER.instructions, _LONG_CONSTANT)
        constants = {name: aligned(data) for name, data in emitted.constants.items()}
        symbols = {name: address_of(array) for name, array in constants.items()}
        if emitted.is_shared:
            symbols[PARALLEL] = parallel_address()
        code = ASSEMBLER.assemble(emitted.text, entry, symbols, effort_of(emitted))
        is_long, failures = _is_long(module, emitted), emitted.failures
        shared = emitted.is_shared
        program = Program(entry, signature, constants, failures, is_long, code.key, shared)
        return CpuExecutable(code, program)


def _is_long(module: ModuleOp, emitted: Emitted) -> bool:
    """Return whether a call may take so long that other threads should run meanwhile."""
    if emitted.is_shared or emitted.work > _LONG_WORK:
        return True
    return any(type(op) in (scf.WhileOp, scf.ForOp) for op in nested_ops(module))


def effort_of(emitted: Emitted) -> Effort:
    """Return how much time LLVM takes for the code of a module."""
    if emitted.is_finished:
        return Effort(0, 2, interleaved=False, unrolled=False)
    if emitted.kernels <= _SOME_KERNELS:
        return Effort(2, 2, interleaved=True, unrolled=emitted.has_variables)
    return Effort(1, int(emitted.kernels <= _MANY_KERNELS), interleaved=False, unrolled=False)


def signature_of(module: ModuleOp, entry: str) -> Signature:
    """Return the inputs and outputs of a function: an output is an argument that is written.

    Raises PassFailedException if there is no such function, or it isn't one of memrefs.
    """
    for op in module.body.block.ops:
        if isinstance(op, func.FuncOp) and op.sym_name.data == entry and not op.is_declaration:
            arguments = list(op.body.block.args)
            written = _written(op)
            first = next((n for n, a in enumerate(arguments) if a in written), len(arguments))
            specs = [_spec_of(argument.type) for argument in arguments]
            return Signature(tuple(specs[:first]), tuple(specs[first:]))
    raise PassFailedException(f"error: the module has no function '{entry}'")


def _written(op: func.FuncOp) -> set[SSAValue]:
    """Return the memrefs of which some part is an output of a loop."""
    views: dict[SSAValue, SSAValue] = {}
    written: set[SSAValue] = set()
    for inner in op.body.block.walk():
        if isinstance(inner, memref.SubviewOp | memref.ReinterpretCastOp):
            views[inner.result] = views.get(inner.source, inner.source)
        elif isinstance(inner, GenericOp):
            written |= {views.get(output, output) for output in inner.outputs}
    return written


def _spec_of(type: Attribute) -> TensorSpec:
    if not isinstance(type, MemRefType):
        raise PassFailedException(f"error: the CPU's functions take memrefs, not {type}")
    memory = cast(MemRefType[Attribute], type)
    return TensorSpec(memory.get_shape(), by_element()[memory.element_type])
