"""A core while it runs a kernel: its memories, flags and clocks, and what HIVM asks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from .hivm_errors import Deadlock, FlagError, OutOfBounds, SimulationError, WrongOperands
from .hivm_functions import DeviceFunction
from .hivm_memory import Buffer, Dims, Memory, byte_count, row_major
from .hivm_sync import UNIT, UNITS, Flags, Order

SCALAR: Final = UNIT["S"]
CUBE, VECTOR = "CUBE", "VECTOR"


class BlockSync:
    """Flags between the cube core and the vector cores that work on one block."""

    def __init__(self, cores: Sequence[Core]) -> None:
        self._vectors = [core.number for core in cores if core.kind == VECTOR]
        self._set: dict[tuple[str, int, int], list[list[int]]] = {}
        self.changes = 0
        """How often a flag was set or cleared."""

    def set(self, core: Core, unit: int, flag: int) -> None:
        """Set a flag for the other kind of core when a unit has done its steps."""
        self.changes += 1
        clock = core.order.after(core.base + unit)
        others = self._vectors if core.kind == CUBE else [core.number]
        for number in others:
            self._set.setdefault((core.kind, number, flag), []).append(clock)

    def can_go_on(self, core: Core, flag: int) -> bool:
        """Return whether all that a core waits for is set; if so, clear it."""
        setter = VECTOR if core.kind == CUBE else CUBE
        numbers = self._vectors if core.kind == CUBE else [core.number]
        keys = [(setter, number, flag) for number in numbers]
        if not all(self._set.get(key) for key in keys):
            return False
        self.changes += 1
        for key in keys:
            clock = self._set[key].pop(0)
            # The scalar unit waits, which gives all others their work.
            for unit in range(core.base, core.base + len(UNITS)):
                core.order.learn(unit, clock)
        return True

    def check_end(self) -> None:
        """Raise FlagError for a flag that is left when the kernel ends."""
        for (kind, _, flag), clocks in self._set.items():
            if clocks:
                raise FlagError(f"block flag {flag} of the {kind} core is still set at the end")


class Core:
    """One core and the block that it works on."""

    def __init__(
        self, kind: str, number: int, memories: Mapping[str, Memory], order: Order
    ) -> None:
        self.kind: Final = kind
        self.number: Final = number
        """Among the cores of the block."""
        self.memories: Final = memories
        self.order: Final = order
        self.base: Final = number * len(UNITS)
        self.flags: Final = Flags(order, self.base)
        self.block = 0
        self.sub_block = 0
        self.sync: BlockSync | None = None
        self._reading: object = object()
        self._writing: object = object()

    def buffer(self, space: str, address: int, sizes: Dims, dtype: np.dtype[Any] | None) -> Buffer:
        """Return a buffer at an address of a memory on the chip."""
        memory = self.memories.get(space)
        if memory is None:
            raise SimulationError(f"a {self.kind.lower()} core has no memory '{space}'")
        end = address + byte_count(sizes, dtype)
        if address < 0 or end > memory.bytes.nbytes:
            raise OutOfBounds(
                f"a buffer at {address} ends at {end}, and '{space}' at {memory.bytes.nbytes}"
            )
        return Buffer(memory, address, end, dtype, 0, sizes, row_major(sizes))

    def call(self, function: DeviceFunction, values: Sequence[Any]) -> None:
        """Run a device function."""
        self._begin_anew()
        order, base = self.order, self.base
        for setter, waiter, place in function.waits:
            if values[place] >= 0:
                self.flags.wait(setter, waiter, values[place])
        for unit, reads, writes, scratch in function.steps:
            unit += base
            order.begin(unit)
            for place in scratch:
                if place < len(values) and isinstance(values[place], Buffer):
                    self._spoil(values[place], unit)
            for place in reads:
                order.use(values[place].memory, values[place].span, unit, False)
            for place in writes:
                order.use(values[place].memory, values[place].span, unit, True)
                for other in reads:
                    _check_apart(values[other], values[place])
        function.run(values)
        for step in function.steps:
            order.end(base + step.unit)
        for setter, waiter, place in function.sets:
            if values[place] >= 0:
                self.flags.set(setter, waiter, values[place])

    def _spoil(self, scratch: Buffer, unit: int) -> None:
        low, high = scratch.span
        self.order.use(scratch.memory, (low, high), unit, True, is_scratch=True)
        scratch.memory.bytes[low:high] = 0xFF

    def load(self, buffer: Buffer, place: Dims) -> Any:
        """Return an element."""
        if buffer.last_use is not self._reading and buffer.last_use is not self._writing:
            self._use(buffer, False)
            buffer.last_use = self._reading
        if min(place, default=0) < 0:
            raise OutOfBounds(f"element {list(place)} of {list(buffer.sizes)}")
        try:
            return buffer.values[place]
        except IndexError:
            raise OutOfBounds(f"element {list(place)} of {list(buffer.sizes)}") from None

    def store(self, value: Any, buffer: Buffer, place: Dims) -> None:
        """Write an element."""
        if buffer.last_use is not self._writing:
            self._use(buffer, True)
            buffer.last_use = self._writing
        if any(not 0 <= at < size for at, size in zip(place, buffer.sizes, strict=True)):
            raise OutOfBounds(f"element {list(place)} of {list(buffer.sizes)}")
        if buffer.dtype is None:
            bits = buffer.values
            bits[place] = bool(value)
            buffer.write(bits)
        else:
            buffer.array[place] = value

    def _begin_anew(self) -> None:
        # A loop over elements asks again and again; the answer is the same until something else
        # happens.
        self._reading, self._writing = object(), object()

    def _use(self, buffer: Buffer, writes: bool) -> None:
        unit = self.base + SCALAR
        self.order.begin(unit)
        self.order.use(buffer.memory, buffer.span, unit, writes)
        self.order.end(unit)

    def set_flag(self, setter: int, waiter: int, number: int) -> None:
        """Let the second unit go on when the first has done its steps."""
        self._begin_anew()
        self.flags.set(setter, waiter, number)

    def wait_flag(self, setter: int, waiter: int, number: int) -> None:
        """Let the second unit wait for the first."""
        self._begin_anew()
        self.flags.wait(setter, waiter, number)

    def barrier(self, unit: int) -> None:
        """Let a unit do its steps before others; -1 is all of them."""
        self._begin_anew()
        if unit < 0:
            self.flags.barrier_of_all()
        else:
            self.flags.barrier(unit)

    def block_set(self, unit: int, flag: int) -> None:
        """Set a flag for the other kind of core."""
        self._blocks().set(self, unit, flag)

    def block_wait(self, flag: int) -> bool:
        """Return whether the core may go on after a flag of the other kind of core."""
        self._begin_anew()
        return self._blocks().can_go_on(self, flag)

    def _blocks(self) -> BlockSync:
        if self.sync is None:
            raise Deadlock("a kernel of one kind of core waits for, or lets go on, the other kind")
        return self.sync


def _check_apart(operand: Buffer, result: Buffer) -> None:
    """Refuse a result that is written where an operand has yet to be read.

    A unit works on a few elements at a time. Both may begin at one place, if the result's elements
    aren't the longer ones.
    """
    if operand.memory is not result.memory:
        return
    first, end = operand.span
    low, high = result.span
    if first < high and low < end and (low != first or high > end):
        raise WrongOperands(
            f"the result, bytes {low} to {high}, overlaps an operand, bytes {first} to {end}"
        )
