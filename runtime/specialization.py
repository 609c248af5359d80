"""One compiled form of a function: data that says when it may be used, and what to run."""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Callable, Sequence

from .changing_numbers import ChangingNumbers
from .guards import AnyGuard, SpecGuard
from .locks import ForkSafeLock
from .quick_entry import QuickEntry
from .report import Report
from .retreat import Retreat
from .sources import Argument, Source

_BOUND_OF_KEY = 32
"""How many forms of one key are kept: numbers and what is guarded differ between them."""
_NEAR = 3
"""How far from the front a form may stay when it is used."""


class Making:
    """What came of the making of a form, for those who keep it for other processes."""

    def __init__(
        self,
        functions: tuple[types.FunctionType, ...],
        printed: tuple[tuple[str, str], ...],
        quoted: tuple[str, ...],
    ) -> None:
        self.functions = functions
        """The functions that were folded in, beside the compiled one."""
        self.printed = printed
        """What was printed while compiling: `stdout` or `stderr`, and the text."""
        self.quoted = quoted
        """The files whose lines the notice shows."""


class Specialization:
    """The guards, the places where the run-time inputs are found, and the host program."""

    def __init__(
        self,
        key: tuple[object, ...],
        guards: tuple[AnyGuard, ...],
        inputs: tuple[Source, ...],
        entry: Callable[..., object],
        notice: str,
        report: Report,
        ir: Callable[[str], str],
        starts_again: bool = True,
        making: Making | None = None,
    ) -> None:
        self.key = key
        self.guards = guards
        self.inputs = inputs
        self.entry = entry
        self.notice = notice
        self.report = report
        self.ir = ir
        """Stage name to the text of the IR at that stage."""
        self.starts_again = starts_again
        """Whether Python may run a call from its beginning that the compiled code retreats from."""
        self.making = making
        """None where something happened that can't be shown again."""
        self.asked = [guard for guard in guards if not _is_in_key(guard)]
        """The guards that say more than the key."""
        places = [source.index if isinstance(source, Argument) else -1 for source in inputs]
        self._places = None if -1 in places else places
        """Which arguments the inputs are; None where they are more than that."""
        self.quick: QuickEntry | None = None
        """What a call of which this is most likely the form asks first; made when it pays."""

    def holds(self, arguments: Sequence[object]) -> bool:
        """Return whether all that was read while compiling is still the same."""
        # A generator expression would take as long again.
        for guard in self.asked:
            if not guard.holds(arguments):
                return False
        return True

    def run(self, arguments: Sequence[object]) -> object:
        """Return what the function returns for these arguments."""
        self.report.python_calls += 1
        places = self._places
        try:
            if places is None:
                return self.entry(*[source.fetch(arguments) for source in self.inputs])
            return self.entry(*[arguments[place] for place in places])
        except Retreat as retreat:
            raise self.given_up(retreat) from None

    def given_up(self, retreat: Retreat) -> BaseException:
        """Return what a call raises from which the compiled code retreats."""
        if self.starts_again:
            return retreat
        return OverflowError(f"{retreat}, and the function has changed something")


def _is_in_key(guard: AnyGuard) -> bool:
    return isinstance(guard, SpecGuard) and isinstance(guard.source, Argument)


class SpecializationCache:
    """The specialisations of one function, the least recently used dropped beyond a bound."""

    def __init__(self, bound: int = 128):
        self._bound = bound
        self._kept: OrderedDict[tuple[object, ...], list[Specialization]] = OrderedDict()
        self._lock = ForkSafeLock()
        self.numbers = ChangingNumbers()

    def find(self, key: tuple[object, ...], arguments: Sequence[object]) -> Specialization | None:
        """Return the specialisation for a call, None if there is none yet."""
        for index, specialization in enumerate(self._kept.get(key, ())):
            if specialization.holds(arguments):
                if index > _NEAR:
                    self._to_front(key, specialization)
                return specialization
        return None

    def note_use(self, used: Specialization) -> None:
        """Be told that a form was used without a look for it: it is to be kept."""
        if used not in self._kept.get(used.key, ())[: _NEAR + 1]:
            self._to_front(used.key, used)

    def note_miss(self, key: tuple[object, ...], arguments: Sequence[object]) -> None:
        """Be told that a call fits no form, and will be compiled."""
        kept = self._kept.get(key)
        if kept:
            self.numbers.note(kept[0].guards, arguments)

    def _to_front(self, key: tuple[object, ...], used: Specialization) -> None:
        with self._lock:
            kept = self._kept.get(key, [])
            if used in kept:
                self._kept[key] = [used, *(one for one in kept if one is not used)]

    def add(self, specialization: Specialization, arguments: Sequence[object]) -> None:
        """Keep a new one; of those of its key the least recently used are forgotten."""
        with self._lock:
            old = self._kept.pop(specialization.key, [])
            self._kept[specialization.key] = [specialization, *old[: _BOUND_OF_KEY - 1]]
            while sum(map(len, self._kept.values())) > self._bound:
                self._kept.popitem(last=False)

    def all(self) -> list[Specialization]:
        """Return all that are kept, the oldest first."""
        with self._lock:
            return [one for group in self._kept.values() for one in group]
