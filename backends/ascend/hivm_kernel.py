"""Runs a kernel in its final HIVM on NumPy arrays: block after block, on memories of real size.

The cores of one block run in turns; each gives way where it waits for another.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Generator, Sequence
from types import GeneratorType, TracebackType
from typing import Any, Final, NoReturn, cast

import numpy as np

from ...runtime.arrays import Array
from . import hivm_views
from .hivm_core import CUBE, VECTOR, BlockSync, Core
from .hivm_decode import Function, Parameter
from .hivm_errors import Deadlock, SimulationError, WrongOperands
from .hivm_functions import device_function
from .hivm_memory import DTYPES, POISON, Buffer, Dims, Memory, row_major
from .hivm_scalars import NAMES
from .hivm_sync import Order
from .hivm_writer import device, identifier

Steps = Generator[None, None, tuple[Any, ...]]
Scratch = dict[str, Any]
"""What a kernel gets beside its tensors, by the role of the parameter."""
_KINDS: Final = {"AIC": CUBE, "AIV": VECTOR}
_ON_CORE: Final = {CUBE: ("cbuf", "ca", "cb", "cc"), VECTOR: ("ub",)}
_MEMREF: Final = re.compile(r"memref<((?:(?:\d+|\?)x)*)(\w+)")
_LOCK_BYTES: Final = 4096
_MISUSE: Final = (AttributeError, IndexError, TypeError, ValueError)
"""What Python raises for operands that a device function can't take."""


class Kernel:
    """A kernel as the simulator runs it. Any number of threads may run it at once."""

    def __init__(
        self, name: str, functions: Sequence[Function], sizes: dict[str, int], hivm: str
    ) -> None:
        """Prepare the kernel `name` of a final HIVM, whose text errors quote.

        Raises UnknownFunction for a device function whose meaning isn't known.
        """
        self.name: Final = name
        self._functions = {function.name: function for function in functions}
        self._sizes = sizes
        self._hivm = hivm.splitlines()
        self._namespace = self._load()
        mixed = [f"{name}_mix_aic", f"{name}_mix_aiv"]
        found = [one for one in [name, *mixed] if one in self._functions]
        if not found:
            raise SimulationError(f"the final HIVM has no kernel '{name}'")
        self._entries = found[:1] if found[0] == name else found

    def _load(self) -> dict[str, Any]:
        namespace: dict[str, Any] = dict(NAMES)
        namespace |= {f"t_{name}": dtype for name, dtype in DTYPES.items()}
        for view in ("bitcast", "collapse", "expand", "reinterpret", "subview", "view"):
            namespace[view] = getattr(hivm_views, view)
        namespace["whole_buffer"] = hivm_views.whole
        namespace["failed"] = _failed
        for function in self._functions.values():
            for name in function.devices:
                namespace[device(name)] = device_function(name)
            exec(compile(function.text, _file(function.name), "exec"), namespace)
        return namespace

    def run(self, inputs: Sequence[Array], outputs: Sequence[Array], blocks: int) -> None:
        """Run all blocks; the outputs are written.

        Raises SimulationError for what the chip could not do, or would not do alike each time.
        """
        for array in outputs:
            array.reshape(-1).view(np.uint8).fill(POISON)
        tensors = [
            Buffer.of_array(f"tensor {number}", array)
            for number, array in enumerate([*map(_read_only, inputs), *outputs])
        ]
        scratch = self._scratch(tensors, blocks)
        memories = self._memories()
        # Where no block asks which it is, all do the same.
        count = blocks if self._asks_for_block() else min(blocks, 1)
        with np.errstate(all="ignore"):
            for block in range(count):
                for memory in [*memories.values(), *(one.memory for one in tensors)]:
                    memory.accesses.clear()
                self._run_block(block, blocks, tensors, scratch, memories)

    def _asks_for_block(self) -> bool:
        return any("core.block" in one.text for one in self._functions.values())

    def _scratch(self, tensors: Sequence[Buffer], blocks: int) -> Scratch:
        """Return the memory that the host gives a kernel, and what it computes for it."""
        workspace = np.full(
            self._number("infer_workspace_shape_function") * blocks, POISON, np.uint8
        )
        sizes = np.zeros(self._number("get_tiling_struct_size_function"), np.int64)
        scratch: Scratch = {
            "ffts_base_address": 0,
            "workspace": Buffer.of_array("workspace", workspace.view(np.int8)),
            "sync_block_lock": Buffer.of_array("lock", np.zeros(_LOCK_BYTES, np.int8)),
            "tiling_key": [0],
            "tiling_struct": Buffer.of_array("tiling", sizes),
        }
        tiling = f"{self.name}_tiling_function"
        if tiling in self._functions:
            values = _arguments(self._functions[tiling].parameters, tensors, scratch, blocks)
            host = Core("HOST", 0, {}, Order(1))
            _finish(self._namespace[identifier(tiling)](host, *values))
        return scratch

    def _number(self, role: str) -> int:
        """Return what a host's function without parameters says; 0 where there is none."""
        name = f"{self.name}_{role}"
        if name not in self._functions:
            return 0
        steps: Steps = self._namespace[identifier(name)](None)
        return int(_finish(steps)[0])

    def _memories(self) -> dict[tuple[int, str], Memory]:
        return {
            (number, space): Memory.poisoned(space, self._sizes[space])
            for number, (kind, _) in enumerate(self._cores())
            for space in _ON_CORE[kind]
        }

    def _cores(self) -> list[tuple[str, str]]:
        """Return the cores of a block: their kind and what they run."""
        cores: list[tuple[str, str]] = []
        for entry in self._entries:
            kind = _KINDS[self._functions[entry].core]
            # Two vector cores belong to a cube core.
            copies = 2 if kind == VECTOR and len(self._entries) > 1 else 1
            cores += [(kind, entry)] * copies
        return cores

    def _run_block(
        self,
        block: int,
        blocks: int,
        tensors: Sequence[Buffer],
        scratch: Scratch,
        memories: dict[tuple[int, str], Memory],
    ) -> None:
        planned = self._cores()
        order = Order(len(planned))
        running: list[tuple[Core, str, Steps]] = []
        for number, (kind, entry) in enumerate(planned):
            own = {space: memory for (at, space), memory in memories.items() if at == number}
            for memory in own.values():
                memory.poison()
            core = Core(kind, number, own, order)
            core.block = block
            core.sub_block = number - 1 if len(planned) > 1 and kind == VECTOR else 0
            values = _arguments(self._functions[entry].parameters, tensors, scratch, blocks)
            steps: Steps = self._namespace[identifier(entry)](core, *values)
            running.append((core, entry, steps))
        sync = BlockSync([core for core, _, _ in running]) if len(running) > 1 else None
        for core, _, _ in running:
            core.sync = sync
        self._take_turns(running, sync)

    def _take_turns(
        self, running: Sequence[tuple[Core, str, Steps]], sync: BlockSync | None
    ) -> None:
        left = list(running)
        while left:
            before = sync.changes if sync else 0
            waiting: list[tuple[Core, str, Steps]] = []
            for core, entry, steps in left:
                try:
                    next(steps)
                except StopIteration:
                    self._at_end(entry, core.flags.check_end)
                except Exception as error:
                    self._explain(error, entry)
                else:
                    waiting.append((core, entry, steps))
            if len(waiting) == len(left) and sync and sync.changes == before:
                _, entry, steps = waiting[0]
                error = Deadlock("the cores of a block wait for each other")
                raise self._placed(error, self._functions[entry].lines[_line_in(steps) - 1])
            left = waiting
        if sync is not None:
            self._at_end(self._entries[0], sync.check_end)

    def _at_end(self, entry: str, check: Callable[[], None]) -> None:
        try:
            check()
        except SimulationError as error:
            raise self._placed(error, self._functions[entry].lines[-1]) from None

    def _explain(self, error: Exception, entry: str) -> NoReturn:
        """Raise an error of the kernel with the line of its HIVM; others as they are."""
        line = self._line(error.__traceback__)
        if isinstance(error, SimulationError):
            raise self._placed(error, line)
        if line is not None and isinstance(error, _MISUSE):
            wrong = WrongOperands(f"operands don't fit: {error}")
            raise self._placed(wrong, line) from error
        if line is not None and isinstance(error, ArithmeticError):
            raise self._placed(SimulationError(str(error)), line) from error
        raise error

    def _line(self, traceback: TracebackType | None) -> int | None:
        line = None
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            for function in self._functions.values():
                if file == _file(function.name):
                    line = function.lines[traceback.tb_lineno - 1]
            traceback = traceback.tb_next
        return line

    def _placed(self, error: SimulationError, line: int | None) -> SimulationError:
        known = line is not None and 0 < line <= len(self._hivm)
        return error.at(self.name, line, self._hivm[cast(int, line) - 1] if known else "")


def stored(functions: Sequence[Function], sizes: dict[str, int]) -> bytes:
    """Return decoded functions as bytes that `restored` reads."""
    return json.dumps([[list(function) for function in functions], sizes]).encode()


def restored(data: bytes) -> tuple[list[Function], dict[str, int]]:
    """Return what was stored.

    Raises ValueError, TypeError or KeyError for bytes that aren't so.
    """
    written, sizes = json.loads(data)
    functions = [
        Function(name, tuple(Parameter(*one) for one in parameters), core, text, *map(tuple, rest))
        for name, parameters, core, text, *rest in written
    ]
    return functions, sizes


def _arguments(
    parameters: Sequence[Parameter],
    tensors: Sequence[Buffer],
    scratch: Scratch,
    blocks: int,
) -> list[Any]:
    """Return what a kernel is called with: its tensors in order, scratch memory and the grid."""
    values: list[Any] = []
    rest, numbers = [*tensors], [blocks, 1, 1]
    for type, role in parameters:
        memref = _MEMREF.match(type)
        given = rest if memref is not None else numbers
        if role not in scratch and not given:
            raise WrongOperands(f"{len(tensors)} tensors are too few for the kernel")
        value: Any = scratch[role] if role in scratch else given.pop(0)
        values.append(_shaped(value, memref[1], memref[2]) if memref else value)
    if rest:
        raise WrongOperands(f"{len(tensors)} tensors are too many for the kernel")
    return values


def _shaped(buffer: Buffer, shape: str, element: str) -> Buffer:
    """Return the elements of a tensor in the shape that a kernel has for them."""
    count, extents = math.prod(buffer.sizes), shape.split("x")[:-1]
    known = math.prod(int(one) for one in extents if one != "?")
    sizes: Dims = tuple(count // max(known, 1) if one == "?" else int(one) for one in extents)
    if math.prod(sizes) != count or DTYPES.get(element) != buffer.dtype:
        raise WrongOperands(
            f"a tensor of {count} elements {buffer.dtype} is given for {shape}{element}"
        )
    return Buffer(buffer.memory, buffer.first, buffer.end, buffer.dtype, 0, sizes, row_major(sizes))


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _line_in(steps: Steps) -> int:
    """Return the line of its text where a function gives way."""
    frame = cast("GeneratorType[None, None, tuple[Any, ...]]", steps).gi_frame
    return frame.f_lineno if frame is not None else 1


def _finish(steps: Steps) -> tuple[Any, ...]:
    """Return the result of a function that waits for nobody."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def _failed(message: str) -> NoReturn:
    raise SimulationError(f"an assertion of the kernel fails: {message}")


def _file(function: str) -> str:
    return f"<hivm of {function}>"
