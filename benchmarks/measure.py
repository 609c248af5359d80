"""How a case is timed: contenders take turns, round by round, each on both clocks.

A round has a few samples of each contender and keeps the least; the rounds' median is the time.
A ratio is the median of the rounds' ratios: what slows the machine for a while slows both.
"""

from __future__ import annotations

import resource
import time
import timeit
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from .case import Call, Make


class Clocks(NamedTuple):
    """Seconds by the clock on the wall, and of processors in this process and its children."""

    wall: float
    processor: float

    def __sub__(self, start: Any) -> Clocks:  # timeit asks for the difference of two readings
        """Return what has passed since another reading."""
        return Clocks(self.wall - start.wall, self.processor - start.processor)

    def at(self, threads: int) -> float:
        """Return the time that counts: that of the processor unless several work at once."""
        return self.processor if threads == 1 else self.wall


@dataclass(frozen=True)
class Effort:
    """How long a case is measured."""

    rounds: int
    samples: int
    shortest: float
    """Seconds that a sample has to take, made of as many calls as it needs."""

    seconds: float
    """After these no round is begun, once there are three."""


QUICK = Effort(rounds=7, samples=4, shortest=0.001, seconds=4)
FULL = Effort(rounds=15, samples=5, shortest=0.005, seconds=40)


def now() -> Clocks:
    """Read both clocks."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() + children.ru_utime + children.ru_stime
    return Clocks(time.perf_counter(), spent)


def repeated(calls: Mapping[str, Call], effort: Effort) -> dict[str, list[Clocks]]:
    """Return each contender's time of a call in each round; they are called many times."""
    timers = {name: _timer(call) for name, call in calls.items()}
    counts = {name: _enough(timer, effort.shortest) for name, timer in timers.items()}
    found: dict[str, list[Clocks]] = {name: [] for name in calls}
    end = time.perf_counter() + effort.seconds
    for turn in range(effort.rounds):
        if turn >= 3 and time.perf_counter() > end:
            break
        for name in _turned(list(calls), turn):
            samples = [_sample(timers[name], counts[name]) for _ in range(effort.samples)]
            walls, processors = zip(*samples, strict=True)
            found[name].append(Clocks(min(walls), min(processors)))
    return found


def anew(makes: Mapping[str, Make], effort: Effort) -> dict[str, list[Clocks]]:
    """Return each contender's time of its first call in each round, in a form made for it."""
    found: dict[str, list[Clocks]] = {name: [] for name in makes}
    end = time.perf_counter() + effort.seconds
    for turn in range(effort.rounds):
        if turn >= 3 and time.perf_counter() > end:
            break
        for name in _turned(list(makes), turn):
            found[name].append(_sample(_timer(makes[name]()), 1))
    return found


def ratio(times: list[Clocks], ours: list[Clocks], threads: int) -> float:
    """Return the median, over the rounds, of a time over ours."""
    return median(
        one.at(threads) / max(own.at(threads), 1e-12) for one, own in zip(times, ours, strict=True)
    )


def typical(times: list[Clocks], threads: int) -> float:
    """Return the median of the times that count."""
    return median(one.at(threads) for one in times)


def _timer(call: Call) -> timeit.Timer:
    names = {f"a{i}": argument for i, argument in enumerate(call.arguments)}
    text = f"function({', '.join(names)})"
    clock: Any = now
    return timeit.Timer(text, timer=clock, globals={"function": call.function, **names})


def _sample(timer: timeit.Timer, count: int) -> Clocks:
    taken: Any = timer.timeit(count)
    return Clocks(taken.wall / count, taken.processor / count)


def _enough(timer: timeit.Timer, shortest: float) -> int:
    """Return how many calls make a sample long enough; a few are made to warm up."""
    count = 1
    for _ in range(3):
        taken = _sample(timer, 1).wall
    while True:
        taken = _sample(timer, count).wall * count
        if taken >= shortest:
            return count
        count = max(count + 1, min(count * 10, int(count * shortest / max(taken, 1e-9) * 1.2)))


def _turned(names: list[str], turn: int) -> list[str]:
    """Return the names, another one first in each round."""
    start = turn % len(names)
    return names[start:] + names[:start]
