"""One compiled form of a function: data that says when it may be used, and what to run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .guards import AnyGuard
from .locks import ForkSafeLock
from .report import Report
from .sources import Source


@dataclass(frozen=True, eq=False)
class Specialization:
    """The guards, the places where the run-time inputs are found, and the host program."""

    key: tuple[object, ...]
    guards: tuple[AnyGuard, ...]
    inputs: tuple[Source, ...]
    entry: Callable[..., object]
    notice: str
    report: Report
    ir: Callable[[str], str] = field(repr=False)
    """Stage name to the text of the IR at that stage."""

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether all that was read while compiling is still the same."""
        return all(guard.holds(arguments) for guard in self.guards)

    def run(self, arguments: Sequence[object]) -> object:
        """Return what the function returns for these arguments."""
        self.report.count_call()
        return self.entry(*(source.fetch(arguments) for source in self.inputs))


class SpecializationCache:
    """The specialisations of one function, the least recently used dropped beyond a bound."""

    def __init__(self, bound: int = 128):
        self._bound = bound
        self._kept: OrderedDict[tuple[object, ...], list[Specialization]] = OrderedDict()
        self._lock = ForkSafeLock()
        self.widened: set[tuple[object, ...]] = set()
        """Keys of the sources, not in arguments, whose numbers are run-time values by now."""

    def find(self, key: tuple[object, ...], arguments: Sequence[object]) -> Specialization | None:
        """Return the specialisation for a call, None if there is none yet."""
        for specialization in self._kept.get(key, ()):
            if specialization.holds(arguments):
                return specialization
        return None

    def add(self, specialization: Specialization, arguments: Sequence[object]) -> None:
        """Keep a new one; those of its key whose guards have failed are forgotten."""
        with self._lock:
            old = self._kept.pop(specialization.key, [])
            self._kept[specialization.key] = [specialization, *old[:7]]
            while sum(map(len, self._kept.values())) > self._bound:
                self._kept.popitem(last=False)

    def all(self) -> list[Specialization]:
        """Return all that are kept, the oldest first."""
        with self._lock:
            return [one for group in self._kept.values() for one in group]
