"""Numbers that compiled forms were made for and that change: widened, or told about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .guards import AnyGuard, NumberGuard

_WIDENED_AFTER = 2
_TOLD_AFTER = 4


class ChangingNumbers:
    """Counts, for one function, how often a guard on a number has failed.

    A number that is no argument's is a run-time value from the second time on; where a number is
    needed while compiling, the line is logged once, at level INFO.
    """

    def __init__(self) -> None:
        self.widened: set[tuple[object, ...]] = set()
        """Keys of the sources, not in arguments, whose numbers are run-time values by now."""
        self.handles: set[tuple[object, ...]] = set()
        """Keys of the sources of containers that are changed without a look at their content."""
        self.read: set[tuple[object, ...]] = set()
        """Keys of the sources of containers that are changed, and read, too."""
        self._failures: Counter[object] = Counter()
        self._told: set[object] = set()

    def note(self, guards: Sequence[AnyGuard], arguments: Sequence[object]) -> None:
        """Look at the guards of a form that doesn't fit a call, of which the first one counts."""
        failed = next((guard for guard in guards if not guard.holds(arguments)), None)
        if not isinstance(failed, NumberGuard):
            return
        what = (failed.place, str(failed.source))
        self._failures[what] += 1
        count = self._failures[what]
        if count >= _WIDENED_AFTER and failed.widens:
            self.widened.add(failed.source.key)
        elif count > _TOLD_AFTER and what not in self._told:
            self._told.add(what)
            place = ":".join(map(str, failed.place)) if failed.place is not None else "the program"
            import logging

            logging.getLogger("foldaway.fallback").info(
                "%s: '%s' has had more than %d values, and each was compiled for",
                place,
                failed.source,
                _TOLD_AFTER,
            )
