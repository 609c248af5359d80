"""Runs the threads of some blocks: who goes next, who waits, and who can't go on.

Source: PTX ISA 9.0, "PTX Machine Model", "Control Flow Instructions", "Parallel Synchronization
and Communication Instructions" (bar, barrier).

Each lane has a place in the program. Lanes at the same place go together, and those at the
smallest place go first, so that lanes that parted meet again where the code does. Nothing that a
lane waits for depends on that order.
"""

import numpy as np

from .ptx_control import BlockBarrier, Branch, Call, Control, Return, Step, located, malformed
from .ptx_decode import MALFORMED, Machine
from .ptx_errors import BarrierDeadlock, EndlessLoop, OutOfBounds, PtxError
from .ptx_meetings import BlockBarriers, WarpMeetings
from .ptx_rounding import Array
from .ptx_state import Lanes, Register
from .ptx_warps import Collective

_PATIENCE = 1024  # turns of the lowest lanes, after which the highest ones get some
_FAVOUR = 64


class Threads:
    """The lanes of a machine on their way through `steps`."""

    def __init__(self, machine: Machine, steps: list[Step], registers: list[Register]):
        lanes = machine.geometry.lanes
        self._machine = machine
        self._steps = steps
        self._registers = registers
        self._groups: dict[int, Lanes] = {}
        self._ended = np.ones(lanes, np.bool_)
        self._return = np.zeros((1 + max(_functions(steps)), lanes), np.int64)
        self._barriers = BlockBarriers(machine)
        self._meetings = WarpMeetings(self._ended)
        self._turns = 0
        self.taken = 0

    def run(self, first_block: int, blocks: int, max_steps: int) -> None:
        """Run blocks number `first_block` and the following ones to their end."""
        self._start(first_block, blocks)
        while True:
            try:
                if self._groups:
                    self._turn(max_steps)
                elif not self._wake():
                    return
            except PtxError as error:
                self._name_thread(error)
                raise

    def _start(self, first_block: int, blocks: int) -> None:
        machine = self._machine
        shape = machine.geometry
        lane = np.arange(shape.lanes)
        self._ended[:] = (lane % shape.width >= shape.threads) | (lane // shape.width >= blocks)
        for register in self._registers:
            register.forget(lane)
        machine.special.start(first_block)
        machine.accesses.restart()
        self._barriers.restart()
        machine.copies.restart()
        self._groups = {0: Lanes(np.nonzero(~self._ended)[0])}

    def _name_thread(self, error: PtxError) -> None:
        if error.lane is not None:
            shape = self._machine.geometry
            error.block = shape.block_of(self._machine.special.first_block, error.lane)
            error.thread = shape.thread_of(error.lane)

    # Turns

    def _choose(self) -> int:
        """Return the place whose lanes go next: the smallest, but all get their turns."""
        self._turns += 1
        if len(self._groups) > 1 and self._turns % (_PATIENCE + _FAVOUR) >= _PATIENCE:
            return max(self._groups)
        return min(self._groups)

    def _turn(self, max_steps: int) -> None:
        """Let the lanes of one place go on until they jump, wait, or meet others."""
        at = self._choose()
        lanes = self._groups.pop(at)
        self._machine.special.clock = self.taken
        stop = min((place for place in self._groups if place > at), default=-1)
        while at != stop:
            step = self._steps[at]
            self.taken += 1
            try:
                following = self._take(step, at, lanes)
                if self.taken > max_steps:
                    raise EndlessLoop(f"more than {max_steps} steps", int(lanes.index[0]))
            except PtxError as error:
                raise located(error, step.instruction) from None
            except MALFORMED as error:
                raise located(malformed(error), step.instruction) from error
            if following is None:
                return
            at = following
        self._join(at, lanes)

    def _take(self, step: Step, at: int, lanes: Lanes) -> int | None:
        """Do one step; return the next place if all lanes just go on to it."""
        active = lanes
        if step.guard is not None:
            mask = step.guard(lanes)
            if not mask.all():
                mask = lanes.spread(mask)
                active = lanes.where(mask)
                if step.control is not None:
                    self._join(at + 1, lanes.where(~mask))
                if not active.count:
                    return at + 1 if step.control is None else None
        if step.action is not None:
            step.action(active)
            return at + 1
        assert step.control is not None
        return self._direct(step.control, at, active, active is lanes)

    def _join(self, at: int, lanes: Lanes) -> None:
        """Let the lanes be at the place `at`, with those that are there."""
        if not lanes.count:
            return
        others = self._groups.get(at)
        if others is not None:
            lanes = Lanes(np.sort(np.concatenate([others.index, lanes.index])))
        self._groups[at] = lanes

    # Control flow

    def _direct(self, control: Control, at: int, lanes: Lanes, everyone: bool) -> int | None:
        match control:
            case Collective():
                met = self._meetings.come(at, control, lanes)
                if everyone and met is lanes:
                    return at + 1
                self._join(at + 1, met)
            case Branch(targets, None):
                self._join(targets[0], lanes)
            case Branch(targets, index) if index is not None:
                self._switch(targets, lanes.spread(index(lanes)), lanes)
            case BlockBarrier():
                for place, released in self._barriers.come(at, control, lanes):
                    self._join(place, released)
            case Call():
                for source, target, size in control.arguments:
                    self._machine.parameters.copy(lanes, source, target, size)
                self._return[control.function, lanes.select] = at + 1
                self._join(control.target, lanes)
            case Return(0):
                self._machine.copies.end(lanes)
                self._ended[lanes.select] = True
            case Return(function):
                self._go_back(self._return[function, lanes.select], lanes)
            case _:
                raise AssertionError(control)
        return None

    def _switch(self, targets: tuple[int, ...], index: Array, lanes: Lanes) -> None:
        if (index >= len(targets)).any():
            lane = int(lanes.index[np.argmax(index >= len(targets))])
            raise OutOfBounds(f"a jump to number {int(index.max())} of {len(targets)}", lane)
        for number in np.unique(index):
            self._join(targets[int(number)], lanes.where(index == number))

    def _go_back(self, places: Array, lanes: Lanes) -> None:
        for place in np.unique(places):
            members = lanes.where(places == place)
            call = self._steps[int(place) - 1].control
            assert isinstance(call, Call)
            for source, target, size in call.results:
                self._machine.parameters.copy(members, source, target, size)
            self._join(int(place), members)

    # Waiting

    def _wake(self) -> bool:
        """Let go on who waited for lanes that have ended; raise if nobody can; False at the end."""
        for at in self._meetings.places():
            control = self._steps[at].control
            assert isinstance(control, Collective)
            try:
                met = self._meetings.meet(at, control)
            except PtxError as error:
                raise located(error, self._steps[at].instruction) from None
            if met is not None:
                self._join(at + 1, met)
                return True
        for at in self._meetings.places():
            raise located(self._meetings.stuck(at), self._steps[at].instruction)
        waiting = self._barriers.waiting()
        if waiting is None:
            return False
        at, lane, count = waiting
        block = lane // self._machine.geometry.width
        width = self._machine.geometry.width
        ended = int(self._ended[block * width :][: self._machine.geometry.threads].sum())
        error = BarrierDeadlock(
            f"{count} threads wait here for ever: of the {self._machine.geometry.threads} threads"
            f" of the block {ended} have ended, the others wait elsewhere",
            lane,
        )
        raise located(error, self._steps[at].instruction)


def _functions(steps: list[Step]) -> list[int]:
    return [step.control.function for step in steps if isinstance(step.control, Return)]
