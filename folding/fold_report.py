"""What one fold has to tell: of each line, of what ran meanwhile, and what was printed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import TextIO

from xdsl.dialects.builtin import FileLineColLoc, LocationAttr

Place = tuple[str, int]
"""File and line."""


class FoldReport:
    """What became of each line: how often it was folded, what ran there, what it changes."""

    def __init__(self, place: Callable[[], Place | None]):
        self._place = place
        self.folded: Counter[Place] = Counter()
        self.ran: dict[Place, set[str]] = {}
        """The opaque functions that ran while compiling."""
        self.effects: dict[Place, set[str]] = {}
        """What is changed at every call."""
        self.printed: list[tuple[TextIO, str]] = []
        """What was printed while compiling; it comes out when the fold ends well."""
        self.shown: list[tuple[str, str]] | None = []
        """All that came out: `stdout` or `stderr`, and the text; None if more than that."""

    def count_folded(self) -> None:
        """Count the running op as evaluated while compiling."""
        place = self._place()
        if place is not None:
            self.folded[place] += 1

    def note_ran(self, name: str) -> None:
        """Record that an opaque function ran while compiling."""
        place = self._place()
        if place is not None:
            self.ran.setdefault(place, set()).add(name)

    def note_effect(self, what: str) -> None:
        """Record that the running op changes something at every call."""
        place = self._place()
        if place is not None:
            self.effects.setdefault(place, set()).add(what)

    def release_prints(self, quiet: bool) -> None:
        """Print what was printed while compiling, or forget it."""
        for stream, text in self.printed if not quiet else ():
            if self.shown is not None:
                self.shown.append(("stderr" if stream is sys.stderr else "stdout", text))
            stream.write(text)
        self.printed.clear()


def place_of(location: LocationAttr) -> Place | None:
    """Return file and line of a location, None if it has none."""
    if isinstance(location, FileLineColLoc):
        return location.filename.data, location.line.data
    return None
