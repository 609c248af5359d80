"""Ascend as a machine: kernels go through the vendor's compiler, and run in a simulator here.

A lowered segment is a host's function that launches kernels. What has no kernel, and kernels that
the compiler refuses, run on the CPU.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, NoReturn, cast

import numpy as np
from xdsl.dialects.builtin import (
    IntegerAttr,
    ModuleOp,
    StringAttr,
    SymbolRefAttr,
    UnknownLoc,
)
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation
from xdsl.utils.exceptions import PassFailedException

from ...dialects.dtypes import TensorSpec, spec_of
from ...dialects.source import describe, reject
from ...runtime.arrays import Array, numpy_dtype
from ...runtime.driver import Executable, Signature, Step
from ...runtime.machine import RunPasses
from ..cpu.driver import CpuDriver
from .chips import DEFAULT, chip_named
from .diagnostics import location
from .hivm_errors import SimulationError, UnknownFunction, UnknownOperation
from .hivm_kernel import Kernel
from .host_program import HostProgram, element_dtype, shape_of
from .kernel_text import kernel_text
from .known_faults import is_known
from .link_check import check_links
from .machine import STEPS
from .programs import ToolchainMissing, installation
from .simulated import simulated
from .toolchain import KernelRefused, Source, Toolchain

VARIABLE: Final = "FOLDAWAY_ASCEND"
"""The environment variable that, as `sim`, lets kernels run in the simulator."""
_BLOCKS: Final = 40
"""Vector cores that share a kernel's work."""
_KERNELS: Final = 1000
"""How many compiled kernels are kept at once."""
_GRID: Final = "foldaway.grid"


class CompiledKernel(NamedTuple):
    """A kernel in the simulator, how many blocks it runs as, and whether it is one of tiles."""

    kernel: Kernel
    blocks: int
    is_tiled: bool


class AscendDriver:
    """Compiles for a chip of Ascend, and runs in the simulator where that is asked for."""

    name = "ascend"

    def __init__(self, run_passes: RunPasses, chip: str = DEFAULT) -> None:
        """Take what runs passes, for the CPU's parts and for kernels with smaller tiles.

        Raises ValueError for a chip that the vendor's compiler doesn't know.
        """
        self.toolchain: Final = Toolchain(chip_named(chip))
        self.run_passes: Final = run_passes
        self._kernels: dict[tuple[str, str], CompiledKernel] = {}

    def steps(self) -> Sequence[Step]:
        """Return the passes to kernels and a host that launches them."""
        return STEPS

    def compile(
        self, module: ModuleOp, entry: str, signature: Signature | None = None
    ) -> Executable:
        """Return the host's function of a module as a program that launches its kernels.

        Kernels are compiled when they are launched for the first time.
        Raises CompileError where there is no compiler, and no device and no simulator.
        """
        _check_machine()
        for op in module.body.block.ops:
            if isinstance(op, FuncOp) and op.sym_name.data == entry:
                return AscendExecutable(self, module, op, signature or signature_of(op))
        raise PassFailedException(f"error: the module has no function '{entry}'")

    def kernel(
        self, source: Source, smaller: Callable[[int], Source | None] | None
    ) -> CompiledKernel:
        """Return a kernel as it runs; each text is compiled once.

        Raises KernelRefused, and UnknownOperation or UnknownFunction for what the simulator
        doesn't know.
        """
        key = source.name, source.text
        found = self._kernels.get(key)
        if found is None:
            final = self.toolchain.compile(source, smaller)
            check_links(final.hivm, self.toolchain.chip)
            kernel = simulated(final, self.toolchain)
            found = CompiledKernel(kernel, final.source.blocks, final.source.is_tiled)
            if len(self._kernels) >= _KERNELS:
                self._kernels.clear()
            self._kernels[key] = found
        return found


class AscendExecutable:
    """A compiled segment. Any number of threads may call it at once."""

    def __init__(
        self, driver: AscendDriver, module: ModuleOp, host: FuncOp, signature: Signature
    ) -> None:
        self._driver = driver
        self._signature = signature
        self._symbols = {_symbol(op): op for op in module.body.block.ops if _symbol(op)}
        self._program = HostProgram(host, self)
        self._types = host.function_type
        self._kernels: dict[str, CompiledKernel | None] = {}
        self._on_cpu: dict[str, Executable] = {}

    def __call__(self, inputs: Sequence[Array], /) -> list[Array]:
        """Return new arrays with the results."""
        if len(inputs) != len(self._signature.inputs):
            raise TypeError(f"{len(self._signature.inputs)} inputs were compiled")
        given: list[Array] = []
        for array, spec, type in zip(
            inputs, self._signature.inputs, self._types.inputs, strict=True
        ):
            dtype = numpy_dtype(spec.dtype)
            if array.shape != spec.shape or array.dtype != dtype:
                raise TypeError(
                    f"an input is {array.dtype.name}{list(array.shape)}, "
                    f"compiled was {dtype.name}{list(spec.shape)}"
                )
            given.append(_in_order(array).view(element_dtype(type)))
        outputs: list[Array] = []
        for array, spec in zip(self._program.run(given), self._signature.outputs, strict=True):
            # An array may be an input, or be given twice.
            is_shared = any(np.shares_memory(array, other) for other in [*given, *outputs])
            result = array.copy() if is_shared or not array.flags.c_contiguous else array
            outputs.append(result.reshape(spec.shape).view(numpy_dtype(spec.dtype)))
        return outputs

    def launch(self, op: Operation, inputs: Sequence[Array]) -> list[Array]:
        """Run a kernel in the simulator, or its fallback on the CPU."""
        name = cast(SymbolRefAttr, op.properties["kernel"]).string_value()
        if name not in self._kernels:
            self._kernels[name] = self._compiled(name, op)
        compiled = self._kernels[name]
        if compiled is None:
            return self.call(self._fallback(op), inputs)
        outputs = [
            np.empty(shape_of(result.type), element_dtype(result.type)) for result in op.results
        ]
        try:
            compiled.kernel.run([_in_order(array) for array in inputs], outputs, compiled.blocks)
        except SimulationError as error:
            # A kernel of whole tensors has no address in it: those are the compiler's.
            if compiled.is_tiled or "fallback" not in op.properties:
                raise
            self._kernels[name] = None
            why = f"what the compiler for Ascend makes of it is wrong: {error}"
            self._note(name, op, why, type(error).__name__)
            return self.call(self._fallback(op), inputs)
        return outputs

    def call(self, name: str, inputs: Sequence[Array]) -> list[Array]:
        """Run a function on the CPU."""
        executable = self._on_cpu.get(name)
        if executable is None:
            function = cast(FuncOp, self._symbols[name]).clone()
            signature = signature_of(function)
            module = ModuleOp([function])
            driver = CpuDriver()
            self._driver.run_passes(module, driver.steps())
            executable = driver.compile(module, name, signature)
            self._on_cpu[name] = executable
        return executable([_in_order(array) for array in inputs])

    def _compiled(self, name: str, op: Operation) -> CompiledKernel | None:
        """Return a kernel; None where only the CPU can run it."""
        module = cast(ModuleOp, self._symbols[name])
        grid = cast(IntegerAttr[Any], op.properties["grid"]).value.data
        source = _source(module, name, grid)
        try:
            return self._driver.kernel(source, self._smaller(name, op))
        except KernelRefused as refused:
            if "fallback" not in op.properties:
                _reject_kernel(refused, op)
            why = f"the compiler for Ascend refuses it: {refused.problem}"
            self._note(name, location(refused.place) or op, why, refused.state)
            return None
        except (UnknownFunction, UnknownOperation) as unknown:
            if "fallback" not in op.properties:
                raise unknown.at(name, None, "") from None
            self._note(name, op, str(unknown), type(unknown).__name__)
            return None

    def _smaller(self, name: str, op: Operation) -> Callable[[int], Source | None] | None:
        if "fallback" not in op.properties:
            return None
        function = cast(FuncOp, self._symbols[self._fallback(op)])

        def smaller(shrink: int) -> Source | None:
            part = ModuleOp([function.clone()])
            step = Step("lower-kernels-to-smaller-tiles", {"shrink": shrink})
            self._driver.run_passes(part, [step])
            kernel = part.body.block.first_op
            if not isinstance(kernel, ModuleOp):
                return None
            return _source(kernel, name, _grid_of(kernel))

        return smaller

    def _fallback(self, op: Operation) -> str:
        return cast(SymbolRefAttr, op.properties["fallback"]).string_value()

    def _note(self, name: str, where: Operation | Attribute, why: str, state: str) -> None:
        """Log why a kernel runs on the CPU: as an error, if it isn't known to fail so."""
        import logging

        text = kernel_text(cast(ModuleOp, self._symbols[name]))
        level = logging.WARNING if is_known(state, why, text) else logging.ERROR
        place = describe(where).rstrip()
        logging.getLogger("foldaway.ascend").log(
            level, "%s\n'%s' runs on the CPU: %s", place, name, why
        )


def signature_of(function: FuncOp) -> Signature:
    """Return the inputs and outputs of a function of tensors."""
    type = function.function_type
    specs = [tuple(_spec(one) for one in types) for types in (type.inputs, type.outputs)]
    return Signature(*specs)


def _in_order(array: Array) -> Array:
    """Return an array in row-major order; `ascontiguousarray` would make one axis of none."""
    return np.asarray(array, order="C")


def _spec(type: Attribute) -> TensorSpec:
    return spec_of(type)


def _symbol(op: Operation) -> str:
    name = op.properties.get("sym_name") or op.attributes.get("sym_name")
    return name.data if isinstance(name, StringAttr) else ""


def _source(module: ModuleOp, name: str, grid: int) -> Source:
    located = kernel_text(module, locations=True)
    return Source(name, kernel_text(module), grid or _BLOCKS, grid > 0, located)


def _grid_of(module: ModuleOp) -> int:
    return cast(IntegerAttr[Any], module.attributes[_GRID]).value.data


def _reject_kernel(refused: KernelRefused, op: Operation) -> NoReturn:
    reject(
        location(refused.place) or op,
        f"the compiler for Ascend refuses a kernel: {refused.problem}",
        "run this part on the CPU",
    )


def _check_machine() -> None:
    try:
        installation()
    except ToolchainMissing:
        reject(
            UnknownLoc(),
            "the compiler for Ascend isn't installed",
            "pip install 'foldaway[ascend]'",
        )
    if os.environ.get(VARIABLE) != "sim":
        reject(
            UnknownLoc(),
            "there is no Ascend device that kernels could run on",
            "set FOLDAWAY_ASCEND=sim to run them in a simulator",
        )
    _tell_of_simulator()


@cache
def _tell_of_simulator() -> None:
    import logging

    logging.getLogger("foldaway.ascend").warning(
        "kernels are compiled to HIVM by the vendor's compiler and run in a simulator"
    )
