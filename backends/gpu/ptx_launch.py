"""Runs a kernel from its text: `run_ptx`, which tests call in place of a device.

Source: PTX ISA 9.0, "Kernel and Function Directives", "Performance-Tuning Directives"
(.reqntid, .maxntid), "State Spaces".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from .ptx_control import Layout, Linker, reachable
from .ptx_copies import Copies
from .ptx_decode import Machine
from .ptx_errors import WrongLaunch
from .ptx_machine import Threads
from .ptx_memory import SHARED_START, GlobalMemory, PrivateMemory, SharedMemory
from .ptx_parser import parse_ptx
from .ptx_races import SharedAccesses
from .ptx_rounding import Array
from .ptx_state import Dim, Geometry, SpecialRegisters
from .ptx_syntax import Function, Module, Number, Variable, names_in
from .ptx_types import bits_of, is_type

_ELSEWHERE = {"global", "param", "local", "const"}
_MOST_SHARED = 227 * 1024
_MOST_LOCAL, _MOST_PARAMETERS = 512 << 10, 32764
_MOST_LANES = 8192
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Pointer:
    """An argument that points `offset` bytes into `array`; the same array is one allocation."""

    array: Array
    offset: int = 0


Argument: TypeAlias = Array | Pointer | np.generic | int | float | bytes


def run_ptx(
    text: str,
    kernel: str,
    arguments: Sequence[Argument],
    grid: Sequence[int],
    block: Sequence[int],
    shared_bytes: int = 0,
    max_steps: int = 4_000_000,
) -> list[Array]:
    """Return what a kernel makes of each array among `arguments`, as new arrays in their order.

    An array is passed as a pointer to a copy of its bytes, a number or NumPy scalar by value (a
    Python number in the parameter's type), bytes as a structure. `grid` and `block` have up to
    three sizes; `shared_bytes` is the dynamic shared memory. `max_steps` is how many instructions
    may be taken, one for all threads that take it together. Faults of the kernel are subclasses
    of PtxError, which name the line of the text, the block and the thread.
    """
    memory = GlobalMemory()
    launch = Launch(_parsed(text), kernel, three(grid), three(block), shared_bytes, memory)
    values, arrays = _passed(arguments, launch.kernel.parameters, memory)
    launch.run(values, max_steps)
    return [_result(array, memory.content(address)) for array, address in arrays]


_parsed = lru_cache(maxsize=8)(parse_ptx)


def _passed(
    arguments: Sequence[Argument], parameters: Sequence[Variable], memory: GlobalMemory
) -> tuple[list[bytes], list[tuple[Array, int]]]:
    """Return the bytes of each argument, and each array with its address."""
    if len(arguments) != len(parameters):
        raise WrongLaunch(f"{len(parameters)} arguments are due, {len(arguments)} are given")
    addresses: dict[int, int] = {}
    arrays: list[tuple[Array, int]] = []
    values: list[bytes] = []
    for number, (parameter, argument) in enumerate(zip(parameters, arguments, strict=True)):
        if isinstance(argument, np.ndarray):
            argument = Pointer(argument)
        if isinstance(argument, Pointer):
            base = addresses.get(id(argument.array))
            if base is None:
                raw = np.frombuffer(argument.array.tobytes(), np.uint8)
                base = memory.put(f"argument {number}", raw)
                addresses[id(argument.array)] = base
            arrays.append((argument.array, base))
            values.append((base + argument.offset).to_bytes(8, "little"))
        else:
            values.append(_bytes_of(argument, parameter))
    return values, arrays


def _result(array: Array, content: Array) -> Array:
    return np.ndarray(array.shape, array.dtype, content.copy().data if array.size else None)


def three(sizes: Sequence[int]) -> Dim:
    """Return a size of a grid or a block with all three numbers."""
    if not 1 <= len(sizes) <= 3 or min(sizes) < 1:
        raise WrongLaunch(f"{tuple(sizes)} is no size of a grid or a block")
    x, y, z = (*sizes, 1, 1)[:3]
    return int(x), int(y), int(z)


class Launch:
    """One launch: memory is laid out, the code decoded, and the blocks run some at a time."""

    def __init__(
        self,
        module: Module,
        kernel: str,
        grid: Dim,
        block: Dim,
        shared_bytes: int,
        memory: GlobalMemory,
    ):
        self._functions = reachable(module, kernel)
        self.kernel = self._functions[0]
        self._grid = grid
        self._block = block
        self._memory = memory
        self._own: list[int] = []  # addresses of the module's variables
        self._layout = Layout({function.name: {} for function in self._functions})
        _check_block(self.kernel, block)
        self._place_parameters()
        self._place_variables(module, shared_bytes)

    # Memory

    def _place_parameters(self) -> None:
        for function in self._functions:
            own = [v for v in function.variables if v.space == "param"]
            for variable in [*function.parameters, *function.results, *own]:
                place = self._layout.place("param", variable.size or 0, variable.alignment)
                self._layout.symbols[function.name][variable.name] = ("param", place)

    def _place_variables(self, module: Module, shared_bytes: int) -> None:
        used = {name for function in self._functions for name in names_in(function)}
        for variable in module.variables:
            if variable.name in used:
                self._place(variable, self._functions)
        for function in self._functions:
            for variable in function.variables:
                self._place(variable, [function])
        if self._layout.sizes.get("shared", 0) + shared_bytes > _MOST_SHARED:
            raise WrongLaunch("more shared memory than a block may have")
        if self._layout.sizes.get("local", 0) > _MOST_LOCAL:
            raise WrongLaunch("more local memory than a thread may have")
        if self._layout.sizes.get("param", 0) > _MOST_PARAMETERS:
            raise WrongLaunch("more parameters than there may be")
        # Those without a size begin where the others end, all at the same place.
        open_ended = [v for v in module.variables if v.size is None and v.space == "shared"]
        alignment = max([v.alignment for v in open_ended], default=1)
        start = self._layout.place("shared", 0, alignment)
        for variable in open_ended:
            self._name(variable, ("shared", SHARED_START + start), self._functions)
        self._layout.place("shared", shared_bytes, 1)

    def _place(self, variable: Variable, functions: list[Function]) -> None:
        space, size = variable.space, variable.size
        if space == "param" or size is None:
            return
        if space in ("global", "const"):
            content = np.zeros(size, np.uint8)
            content[: len(variable.content)] = np.frombuffer(variable.content, np.uint8)
            address = self._memory.put(variable.name, content, space == "global")
            self._own.append(address)
        else:
            address = self._layout.place(space, size, variable.alignment)
            address += SHARED_START if space == "shared" else 0
        self._name(variable, (space, address), functions)

    def _name(self, variable: Variable, symbol: tuple[str, int], functions: list[Function]) -> None:
        for function in functions:
            self._layout.symbols[function.name].setdefault(variable.name, symbol)

    # Running

    def run(self, values: Sequence[bytes], max_steps: int) -> None:
        """Run all blocks; `values` are the bytes of each parameter."""
        parameters = self._parameters(values)
        total = self._grid[0] * self._grid[1] * self._grid[2]
        machine = self._machine(min(total, self._together()))
        linker = Linker(self._functions, self._layout, machine)
        with np.errstate(all="ignore"):
            threads = Threads(machine, linker.steps(), linker.registers)
            for first in range(0, total, machine.geometry.blocks):
                machine.parameters.fill(parameters)
                machine.local.fill(b"")
                blocks = min(machine.geometry.blocks, total - first)
                threads.run(first, blocks, max_steps)

    def release(self) -> None:
        """Give back the memory of the module's variables."""
        for address in self._own:
            self._memory.free(address)
        self._own = []

    def _parameters(self, values: Sequence[bytes]) -> bytes:
        content = bytearray(self._layout.sizes.get("param", 0))
        end = 0
        for number, (one, value) in enumerate(zip(self.kernel.parameters, values, strict=True)):
            if len(value) != one.size:
                raise WrongLaunch(f"argument {number} has {len(value)} bytes, not {one.size}")
            place = self._layout.symbols[self.kernel.name][one.name][1]
            end = place + len(value)
            content[place:end] = value
        return bytes(content[:end])

    def _together(self) -> int:
        """Return how many blocks run together: as many as memory is cheap for."""
        one = Geometry(self._grid, self._block, 1)
        sizes = self._layout.sizes
        granules = sizes.get("shared", 0) // self._granule()
        bytes_ = granules * (32 if not self._some_threads() else 12 * one.width)
        bytes_ += one.width * (2 * sizes.get("param", 0) + 2 * sizes.get("local", 0))
        return max(1, min(_MOST_LANES // one.width, _MOST_BYTES // max(bytes_, 1)))

    def _machine(self, blocks: int) -> Machine:
        shape = Geometry(self._grid, self._block, blocks)
        sizes = self._layout.sizes
        shared = SharedMemory(shape, sizes.get("shared", 0))
        accesses = SharedAccesses(shape, shared.stride, self._granule(), self._some_threads())
        return Machine(
            shape,
            SpecialRegisters(shape, sizes.get("shared", 0)),
            self._memory,
            shared,
            PrivateMemory("local", shape, sizes.get("local", 0)),
            PrivateMemory("param", shape, sizes.get("param", 0)),
            accesses,
            Copies(shape, accesses),
        )

    def _some_threads(self) -> bool:
        """Return whether the kernel has barriers of some threads."""
        for function in self._functions:
            for instruction in function.code:
                parts = instruction.parts
                if parts[0] in ("bar", "barrier"):
                    counted = len(instruction.operands) > (3 if "red" in parts else 1)
                    if counted or "arrive" in parts or "warp" in parts:
                        return True
        return False

    def _granule(self) -> int:
        """Return the smallest size with which the kernel may access shared memory."""
        size = 16
        for function in self._functions:
            for instruction in function.code:
                parts, operands = instruction.parts, instruction.operands
                if parts[0] == "cp" and len(operands) > 2 and isinstance(operands[2], Number):
                    size = min(size, max(operands[2].value, 1))
                elif parts[0] in ("ld", "st", "atom", "red") and not _ELSEWHERE & {*parts}:
                    types = [bits_of(part) for part in parts[1:] if is_type(part)]
                    count = 4 if "v4" in parts else 2 if "v2" in parts else 1
                    size = min(size, max(types[-1] // 8 if types else 1, 1) * count)
        return size


def _check_block(kernel: Function, block: Dim) -> None:
    threads = block[0] * block[1] * block[2]
    required = kernel.limits.get("reqntid")
    if not kernel.is_kernel:
        raise WrongLaunch(f"{kernel.name} is no kernel")
    if required is not None and (*required, 1, 1)[:3] != block:
        raise WrongLaunch(f"blocks of {block} threads, where .reqntid says {required}", None)
    most = kernel.limits.get("maxntid", (1024,))
    if threads > int(np.prod(most)):
        raise WrongLaunch(f"{threads} threads a block, where {most} is the most")


def _bytes_of(argument: np.generic | int | float | bytes, parameter: Variable) -> bytes:
    """Return a number in the type of its parameter."""
    if isinstance(argument, bytes):
        return argument
    if isinstance(argument, np.generic):
        return argument.tobytes()
    size = parameter.size or 0
    if isinstance(argument, float) or parameter.type in ("f16", "f32", "f64"):
        return np.array(argument, f"f{size}").tobytes()
    return (int(argument) & ((1 << 8 * size) - 1)).to_bytes(size, "little")
