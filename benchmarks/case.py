"""What a case is: a program, who runs it, what they must agree on, and the ratio that is aimed at.

A case is built in the process that measures it, by a function of sizes: with small ones the same
program is a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

OURS = "foldaway"
"""The name of the contender that the others are compared with."""


class Call(NamedTuple):
    """What is timed: a function and its arguments."""

    function: Callable[..., object]
    arguments: tuple[Any, ...] = ()

    def __call__(self) -> object:
        """Return the result of one call."""
        return self.function(*self.arguments)


Make = Callable[[], Call]
"""What gets a contender ready. It imports what it needs."""


@dataclass(frozen=True)
class Problem:
    """A case of certain sizes."""

    reference: Callable[[], Any]
    """Gives the right result: an array, or a tuple of arrays, by NumPy."""

    contenders: Mapping[str, Make]
    """Who runs it, by name: that of a peer, perhaps with what of it after a dot."""

    tolerance: float = 1e-5
    """How far a result may be from the reference, over the greatest element of that."""

    unchecked: frozenset[str] = frozenset()
    """Contenders that compute something else on purpose, such as half of the work."""

    scales: Mapping[str, float] = field(default_factory=dict[str, float])
    """By what the times of some contenders are multiplied, since they do a part of the work."""

    extras: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds that are added to the times of some contenders, where the goal is a distance."""

    traffic: float = 0
    """Bytes that must be read and written; 0 where memory is no limit."""

    reads: bool = False
    """Whether next to nothing is written, so that the limit is reading instead of copying."""

    work: float = 0
    """Floating point operations that must be done; 0 where arithmetic is no limit."""


@dataclass(frozen=True)
class Case:
    """A row of the table, or one for each goal."""

    name: str
    build: Callable[..., Problem]
    sizes: tuple[int, ...] = ()
    goals: Mapping[str, float] = field(default_factory=dict[str, float])
    """What time over ours is aimed at, by the contender; "best" is the fastest peer."""

    goals_many: Mapping[str, float] | None = None
    """The same for several threads, where it is another."""

    share: float = 0
    """What share of the limit is aimed at; 0 for none."""

    once: bool = False
    """Whether each round gets everything ready anew, and times one call."""

    parallel: bool = True
    """Whether it is also run with several threads."""

    outputs: Literal["fresh", "none"] = "fresh"
    """How each contender returns its result: in a buffer that is new to the caller, or not."""

    def problem(self, tiny: bool = False) -> Problem:
        """Return the case in its sizes, or with no length above 8."""
        return self.build(*(min(size, 8) if tiny else size for size in self.sizes))

    def goals_at(self, threads: int) -> Mapping[str, float]:
        """Return the goals with so many threads."""
        several = self.goals_many
        return self.goals if several is None or threads == 1 else several
