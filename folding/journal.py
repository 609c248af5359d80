"""The write journal: what a side of a run-time branch changed, so that it can be undone and merged.

Nothing is journalled outside run-time branches and loops; there a fold goes forward only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.ir import Operation

from ..runtime.guards import class_of
from .places import Place, Result, Slot, Variable, place_of_object

if TYPE_CHECKING:
    from .frames import Frame

CHANGEABLE = (list, dict, set, bytearray, deque, np.ndarray)
"""Containers whose methods may change them."""


@dataclass
class Change:
    """What a place held before a side of a branch ran, and after it."""

    place: Place
    old: object
    new: object


Changes = dict[tuple[object, ...], Change]


@dataclass(frozen=True)
class Outcome:
    """What a side of a branch left behind."""

    changes: Changes = field(default_factory=dict[tuple[object, ...], Change])
    made: dict[int, object] = field(default_factory=dict[int, object])
    """The objects that were made in it, by identity."""


@dataclass
class Record:
    """What was saved since a side began, and what was made in it."""

    saved: dict[tuple[object, ...], tuple[Place, object]] = field(
        default_factory=dict[tuple[object, ...], tuple[Place, object]]
    )
    made: dict[int, object] = field(default_factory=dict[int, object])
    undo: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])


class Journal:
    """A stack of records, one for each side of a branch that is being folded now."""

    def __init__(self) -> None:
        self._records: list[Record] = []

    @property
    def depth(self) -> int:
        """How many sides of branches are being folded inside each other."""
        return len(self._records)

    def begin(self) -> None:
        """Start a record: what is changed from now on can be undone."""
        self._records.append(Record())

    def end(self) -> Outcome:
        """Close the newest record, put everything back as it was, and return what was left."""
        changes = self.changes()
        record = self._records.pop()
        for change in reversed(changes.values()):
            change.place.write(change.old)
        for undo in reversed(record.undo):
            undo()
        if self._records:
            self._records[-1].made.update(record.made)
        return Outcome(changes, record.made)

    def changes(self) -> Changes:
        """Return what was changed since the newest record was begun."""
        saved = self._records[-1].saved
        return {key: Change(place, old, place.read()) for key, (place, old) in saved.items()}

    def keep(self) -> None:
        """Close the newest record and leave everything as it is now."""
        record = self._records.pop()
        if self._records:
            around = self._records[-1]
            for key, saved in record.saved.items():
                around.saved.setdefault(key, saved)
            around.made.update(record.made)
            around.undo += record.undo

    def redo(self, outcome: Outcome) -> None:
        """Change everything again as a side did that was ended."""
        for change in outcome.changes.values():
            self.write(change.place, change.new)
        if self._records:
            self._records[-1].made.update(outcome.made)

    def record(self, undo: Callable[[], None]) -> None:
        """Have `undo` called when the side that is being folded ends, whatever it ends with.

        For tables of values that are known only inside the side.
        """
        if self._records:
            self._records[-1].undo.append(undo)

    def made(self, value: object) -> None:
        """Be told of an object that was made just now: nobody outside the side knows it."""
        if self._records:
            self._records[-1].made[id(value)] = value

    def is_new(self, value: object) -> bool:
        """Return whether an object was made in the newest side."""
        return bool(self._records) and id(value) in self._records[-1].made

    def write(self, place: Place, content: object) -> None:
        """Change a place; a record that is open remembers what it held."""
        self._save(place)
        place.write(content)

    def put(self, frame: Frame, index: int, value: object, op: Operation | None = None) -> None:
        """Put the value of an expression, an op's result, into its slot, in a side of a branch."""
        if self._records:
            self._save(Slot(frame, index, op))
        frame.slots[index] = value

    def variable(self, frame: Frame, name: str) -> None:
        """Be told that a variable is bound or unbound next."""
        if self._records:
            self._save(Variable(frame, name))

    def result(self, frame: Frame) -> None:
        """Be told that a function's result is set next."""
        if self._records:
            self._save(Result(frame))

    def before_change(self, value: Any) -> None:
        """Be told that a fold-time object is changed in place next."""
        if self._records:
            place = place_of_object(value)
            if place is not None:
                self._save(place)

    def before_call(self, values: list[object]) -> None:
        """Be told that native code runs next that may change some of these objects."""
        if self._records:
            for value in values:
                if issubclass(class_of(value), CHANGEABLE):
                    self.before_change(value)

    def _save(self, place: Place) -> None:
        if not self._records:
            return
        record = self._records[-1].saved
        key = place.key
        if key not in record:
            record[key] = (place, place.read())
