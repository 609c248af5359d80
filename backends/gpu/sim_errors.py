"""What the simulated device says of a kernel that does something wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from .sim_layout import Fault, Kind


class SimulatorError(RuntimeError):
    """The simulated device was asked for what it can't do."""


class KernelFault(SimulatorError):
    """A kernel did something that no kernel may."""


class BarrierDeadlock(KernelFault):
    """Threads wait for others that never come."""


class DivergentCollective(KernelFault):
    """Threads of a warp came to different places where all must come to the same."""


class UnawaitedCopy(KernelFault):
    """A thread ended and had not waited for its asynchronous copies; or it started too many."""


class GuardDamaged(KernelFault):
    """A kernel wrote a little before or behind a piece of memory."""


class IllegalAccess(KernelFault):
    """A kernel read or wrote where there is no memory of the device."""


class MisalignedAccess(KernelFault):
    """An address isn't the multiple that the access needs."""


class Record(NamedTuple):
    """What the runtime noted of a fault."""

    fault: Fault
    kernel: str
    block: tuple[int, int, int]
    thread: tuple[int, int, int]
    a: int
    b: int

    def where(self) -> str:
        """Return the kernel, the block and the thread."""
        return f"kernel {self.kernel}, block {self.block}, thread {self.thread}"


def exception_of(record: Record, threads: int, owner: Callable[[int], str]) -> KernelFault:
    """Return the exception for a fault in a launch of blocks of so many threads.

    `owner` says of an address which piece of memory it belongs to, or is near to.
    """
    kind, say = _SAYINGS[record.fault]
    return kind(say(record, threads, owner))


_Say = Callable[[Record, int, Callable[[int], str]], str]


def _deadlock(record: Record, threads: int, owner: object) -> str:
    others = threads - record.a - record.b
    return (
        f"deadlock in kernel {record.kernel}, block {record.block}: of {threads} threads "
        f"{record.a} wait at the barrier, {others} for their warp, {record.b} have ended"
    )


def _divergent(record: Record, threads: int, owner: object) -> str:
    if not record.b:
        return f"{_kind(record.a)} by a warp of less than 32 threads: {record.where()}"
    return (
        f"threads of one warp meet in different places, {_kind(record.a)} and {_kind(record.b)}: "
        f"{record.where()}"
    )


def _kind(what: int) -> str:
    return Kind(what & 255).name.lower()


def _unawaited(record: Record, threads: int, owner: object) -> str:
    return f"{record.a} asynchronous copies that nobody waited for: {record.where()}"


def _too_many(record: Record, threads: int, owner: object) -> str:
    return f"too many asynchronous copies that nobody waits for: {record.where()}"


def _guard(record: Record, threads: int, owner: Callable[[int], str]) -> str:
    return f"kernel {record.kernel} wrote outside of its memory, {owner(record.b)}"


def _misaligned(record: Record, threads: int, owner: Callable[[int], str]) -> str:
    return f"{owner(record.a)} is no multiple of {record.b}: {record.where()}"


_ACCESSES: Final = ("an access", "a read", "a write")
_SIGNALS: Final = {4: "an instruction that can't be", 8: "a division that can't be"}


def _signal(record: Record, threads: int, owner: Callable[[int], str]) -> str:
    what = _SIGNALS.get(record.b & 255)
    if what is None:
        what = f"{_ACCESSES[record.b >> 8]} at {owner(record.a)}"
    return f"{what}: {record.where()}"


_SAYINGS: Final[Mapping[Fault, tuple[type[KernelFault], _Say]]] = {
    Fault.DEADLOCK: (BarrierDeadlock, _deadlock),
    Fault.DIVERGENT: (DivergentCollective, _divergent),
    Fault.UNAWAITED: (UnawaitedCopy, _unawaited),
    Fault.TOO_MANY_COPIES: (UnawaitedCopy, _too_many),
    Fault.GUARD: (GuardDamaged, _guard),
    Fault.MISALIGNED: (MisalignedAccess, _misaligned),
    Fault.SIGNAL: (IllegalAccess, _signal),
}
