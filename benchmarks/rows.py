"""Rows: what became of a case, as data that go from the measuring process to the report."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .case import OURS


@dataclass
class Goal:
    """A ratio that is aimed at."""

    against: str
    """A contender, or "best" for the fastest peer."""

    aim: float
    ratio: float | None
    """Time over ours; None where one of the two has no time."""

    @property
    def met(self) -> bool:
        """Whether we are so fast."""
        return self.ratio is not None and self.ratio >= self.aim


@dataclass
class Row:
    """One case with so many threads."""

    case: str
    threads: int
    outputs: str = "fresh"
    wall: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds of a call by the clock on the wall, by contender."""

    processor: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds of processors, in all threads and child processes."""

    counts: dict[str, float] = field(default_factory=dict[str, float])
    """The seconds that count."""

    best: str | None = None
    """The fastest peer."""

    goals: list[Goal] = field(default_factory=list[Goal])
    limit: str = ""
    """Which limit there is: copy, read or arithmetic."""

    limit_speed: float = 0
    """What the limit was in the run, in bytes or operations a second."""

    share: float | None = None
    """The time of the limit over ours."""

    share_aim: float = 0
    missing: dict[str, str] = field(default_factory=dict[str, str])
    """Contenders that can't run it, and why."""

    disagrees: dict[str, str] = field(default_factory=dict[str, str])
    """Contenders whose result is another, and how far off it is."""

    trouble: str = ""
    """What ended the measuring process, if it did."""

    @property
    def ok(self) -> bool:
        """Whether all that ran gave the right result, to the end."""
        return not self.disagrees and not self.trouble

    @property
    def met(self) -> bool:
        """Whether we ran, and all goals are met."""
        near = not self.share_aim or (self.share is not None and self.share >= self.share_aim)
        return self.ok and OURS in self.counts and near and all(goal.met for goal in self.goals)

    def as_data(self) -> dict[str, Any]:
        """Return what JSON can say."""
        return asdict(self)


def row_of(data: dict[str, Any]) -> Row:
    """Return the row that `as_data` was asked of."""
    goals = [Goal(**goal) for goal in data["goals"]]
    rest: dict[str, Any] = {**data, "goals": goals}
    return Row(**rest)
