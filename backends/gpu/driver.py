"""A GPU as a machine: compiles a module in simt form, and gives its functions to Python."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from xdsl.dialects.builtin import ModuleOp

from ...runtime.driver import Signature, Step
from ..cpu.driver import effort_of, signature_of
from ..cpu.effort import Effort
from ..cpu.machine_code import ASSEMBLER
from .device import Device, Kernel, KernelText
from .executable import GpuExecutable, Program
from .host_code import FUNCTIONS, HostCode, emit_host
from .machine import STEPS
from .memory import MemoryPool

_LAUNCHES = Effort(0, 0, interleaved=False, unrolled=False)
"""For code that does nothing but launch kernels: LLVM would find nothing to do."""


class GpuDriver:
    """Compiles for one device."""

    name = "gpu"

    def __init__(self, device: Device) -> None:
        self.device = device
        self.pool = MemoryPool(device)

    def steps(self) -> Sequence[Step]:
        """Return the passes from linalg in tensor form to simt form."""
        device = {"arch": self.device.arch, "processors": self.device.processors}
        return [Step(s.name, device) if s.name == "schedule-simt" else s for s in STEPS]

    def compile(
        self, module: ModuleOp, entry: str, signature: Signature | None = None
    ) -> GpuExecutable:
        """Return the code of a function of a module in simt form.

        What the CPU computes, for lack of a kernel, is told to the log `foldaway.fallback`.
        """
        from .emit_kernels import emit_kernels

        signature = signature or signature_of(module, entry)
        emitted = emit_kernels(module, self.device.target)
        # The simulator has but one kind of shared memory.
        is_whole = self.device.target == "sim"
        kernels = {
            one.name: Kernel(
                *(one.parameters, one.grid, one.block),
                one.shared_bytes if is_whole else one.dynamic_bytes,
            )
            for one in emitted.kernels
        }
        return self.load(module, entry, signature, KernelText(emitted.text, kernels))

    def load(
        self, module: ModuleOp, entry: str, signature: Signature, kernels: KernelText
    ) -> GpuExecutable:
        """Return the code of a function of a module whose kernels are emitted."""
        device = self.device
        has_streams = "wait" in device.functions
        host = emit_host(module, entry, kernels.kernels, has_streams, ASSEMBLER.instructions)
        _tell(host)
        effort = _LAUNCHES if host.of_processor is None else effort_of(host.of_processor)
        code = ASSEMBLER.assemble(host.text, entry, {}, effort)
        stream = device.enter()
        loaded = device.load(kernels)
        constants = {
            name: self.pool.upload_bytes(data, stream) for name, data in host.constants.items()
        }
        table = [device.functions.get(name, 0) for name in FUNCTIONS]
        table.append(device.context)
        table += [loaded.handles[name] for name in host.kernels]
        table += [piece.address for piece in constants.values()]
        program = Program(entry, signature, host.workspace, host.failures, table)
        return GpuExecutable(code, program, self.pool, loaded, constants)


def _tell(host: HostCode) -> None:
    for notice in dict.fromkeys(part.notice() for part in host.on_host):
        logging.getLogger("foldaway.fallback").warning("%s", notice)
