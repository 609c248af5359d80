"""What runs before what on the units of a core: flags, barriers, and bytes that two units use.

The units of a core (scalar, vector, cube, transfers) run at the same time; only flags and barriers
order them. Each unit has a vector clock: for each unit, how many of its steps are known to be over.
An access to bytes that isn't known to be over when another begins, and one of the two writes, is an
error though the numbers may be right here: the chip could run them in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .hivm_errors import Deadlock, FlagError, MissingSync

if TYPE_CHECKING:
    from .hivm_memory import Memory

UNITS: Final = ("S", "V", "M", "MTE1", "MTE2", "MTE3", "FIX")
"""Scalar, vector, cube, L1 to L0, to the chip, from the chip, L0C to the rest."""
UNIT: Final = {name: number for number, name in enumerate(UNITS)}
_IN_ORDER: Final = {UNIT["S"], UNIT["M"], UNIT["MTE1"]}
"""Units whose steps are over before their next begins, without a barrier."""
_MANY: Final = 24

Access = tuple[int, int, int, int, bool, bool]
"""First byte, the byte after the last, unit, which of its steps, whether it writes, and whether
that is scratch memory."""
Flag = tuple[int, int, int]
"""The unit that sets it, the one that waits, and its number."""


class Order:
    """The clocks of all units of the cores that work on one block."""

    def __init__(self, cores: int) -> None:
        self.count: Final = cores * len(UNITS)
        self.steps = [0] * self.count
        self.clocks = [[0] * self.count for _ in range(self.count)]

    def begin(self, unit: int) -> int:
        """Return the number of a step that a unit begins."""
        self.steps[unit] += 1
        return self.steps[unit]

    def end(self, unit: int) -> None:
        """Let a step be over for its own unit, if that needs no barrier."""
        if unit % len(UNITS) in _IN_ORDER:
            self.clocks[unit][unit] = self.steps[unit]

    def after(self, unit: int) -> list[int]:
        """Return what is known to be over when all steps of a unit up to now are."""
        clock = self.clocks[unit].copy()
        clock[unit] = self.steps[unit]
        return clock

    def learn(self, unit: int, clock: list[int]) -> None:
        """Let a unit know what is over, on top of what it knows."""
        self.clocks[unit] = list(map(max, self.clocks[unit], clock))

    def use(
        self,
        memory: Memory,
        span: tuple[int, int],
        unit: int,
        writes: bool,
        is_scratch: bool = False,
    ) -> None:
        """Note that the current step of a unit uses bytes.

        Raises MissingSync if another step may use them at the same time.
        """
        low, high = span
        if low == high:
            return
        clock, time = self.clocks[unit], self.steps[unit]
        kept: list[Access] = []
        for access in memory.accesses:
            first, end, by, at, wrote, was_scratch = access
            is_over = clock[by] >= at
            if first < high and low < end and (writes or wrote) and not is_over:
                # A unit reads its operands in the order of its steps, so that only what it has
                # written needs a barrier. What a function puts into its scratch memory it reads
                # again itself, and waits for before.
                if by != unit or (wrote and at != time and not was_scratch):
                    raise MissingSync(_conflict(memory.name, access, span, unit, writes))
            # What is covered and over is implied by the new access; so is the same one, earlier.
            if is_over and writes and low <= first and end <= high:
                continue
            if by == unit and wrote == writes and (first, end) == span:
                continue
            kept.append(access)
        kept.append((low, high, unit, time, writes, is_scratch))
        memory.accesses = self._unsettled(kept) if len(kept) > _MANY else kept

    def _unsettled(self, accesses: list[Access]) -> list[Access]:
        """Drop what is known to be over by each unit that does anything."""
        working = [clock for clock, steps in zip(self.clocks, self.steps, strict=True) if steps]
        known = [min(clock[unit] for clock in working) for unit in range(self.count)]
        return [access for access in accesses if access[3] > known[access[2]]]


class Flags:
    """The flags between the units of one core, whose units begin at `base` in the order."""

    def __init__(self, order: Order, base: int) -> None:
        self._order = order
        self._base = base
        self._set: dict[Flag, list[int]] = {}

    def set(self, setter: int, waiter: int, number: int) -> None:
        """Set a flag when all steps of the first unit are over."""
        flag = setter, waiter, number
        if flag in self._set:
            raise FlagError(f"{flag_text(flag)} is set, and nobody has waited for it before")
        self._set[flag] = self._order.after(self._base + setter)

    def wait(self, setter: int, waiter: int, number: int) -> None:
        """Let the second unit wait for a flag, and clear it."""
        flag = setter, waiter, number
        clock = self._set.pop(flag, None)
        if clock is None:
            raise Deadlock(f"{flag_text(flag)} is waited for, and nobody has set it")
        # The scalar unit gives all others their work, so that what it has waited for is over for
        # all that comes later.
        is_scalar = waiter == UNIT["S"]
        units = range(len(UNITS)) if is_scalar else (waiter,)
        for unit in units:
            self._order.learn(self._base + unit, clock)

    def barrier(self, unit: int) -> None:
        """Let a unit finish what it has begun."""
        clock = self._order.clocks[self._base + unit]
        clock[self._base + unit] = self._order.steps[self._base + unit]

    def barrier_of_all(self) -> None:
        """Let all units of the core finish what they have begun."""
        units = range(self._base, self._base + len(UNITS))
        over = list(map(max, *(self._order.after(unit) for unit in units)))
        for unit in units:
            self._order.clocks[unit] = over.copy()

    def check_end(self) -> None:
        """Raise FlagError for a flag that is left when the kernel ends."""
        for flag in self._set:
            raise FlagError(f"{flag_text(flag)} is still set when the kernel ends")


def flag_text(flag: Flag) -> str:
    """Return a flag as a message names it."""
    return f"flag {flag[2]} from {UNITS[flag[0]]} to {UNITS[flag[1]]}"


def _conflict(memory: str, earlier: Access, span: tuple[int, int], unit: int, writes: bool) -> str:
    first, end, by, _, wrote, _ = earlier
    low, high = max(first, span[0]), min(end, span[1])
    return (
        f"{UNITS[unit % len(UNITS)]} {'writes' if writes else 'reads'} bytes {low} to {high} of "
        f"{memory} while {UNITS[by % len(UNITS)]} may still be {'writing' if wrote else 'reading'} "
        "them: a flag or a barrier is missing"
    )
