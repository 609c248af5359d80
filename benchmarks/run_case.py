"""One case in a process of its own: who runs it, whether they agree, and how long they take."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from statistics import median
from typing import Any, cast

import numpy as np

from . import limits
from .case import OURS, Call, Case, Make, Problem
from .measure import Clocks, Effort, anew, ratio, repeated, typical
from .peers import as_array, peer_of, stay_on
from .rows import Goal, Row

_LONGEST_REASON = 160


def child(name: str, threads: int, peers: list[str], effort: Effort, tiny: bool, to: Path) -> None:
    """Run one case of the table with so many threads, and write its row."""
    from .cases import CASES

    stay_on(threads)
    warnings.simplefilter("ignore")
    (case,) = (case for case in CASES if case.name == name)
    to.write_text(json.dumps(run_case(case, threads, peers, effort, tiny).as_data()))


def run_case(
    case: Case, threads: int, peers: Collection[str], effort: Effort | None, tiny: bool = False
) -> Row:
    """Return the row of a case; without an effort only what it takes to see that all agree."""
    row = Row(case.name, threads, case.outputs, share_aim=case.share)
    problem = case.problem(tiny)
    makes = {
        name: make for name, make in problem.contenders.items() if peer_of(name) in {OURS, *peers}
    }
    calls = _checked(problem, makes, row)
    if effort is None or row.disagrees:
        return row
    if case.once:
        times = anew({name: makes[name] for name in calls}, effort)
    else:
        bounds = _limits(problem, threads)
        scales = {name: limit.scale for name, limit in bounds.items()}
        times = repeated({**calls, **{k: limit.call for k, limit in bounds.items()}}, effort)
        times = {name: _scaled(of, scales.get(name, 1), 0) for name, of in times.items()}
        _note_limit(problem, row, {name: times.pop(name) for name in bounds}, times.get(OURS))
    scaled = {
        name: _scaled(of, problem.scales.get(name, 1), problem.extras.get(name, 0))
        for name, of in times.items()
    }
    _note_times(case, row, scaled)
    return row


def _checked(problem: Problem, makes: Mapping[str, Make], row: Row) -> dict[str, Call]:
    """Return the contenders that can run, having noted those that can't or that are wrong."""
    right = problem.reference()
    calls: dict[str, Call] = {}
    for name, make in makes.items():
        try:
            call = make()
            result = as_array(call())
        except Exception as error:  # whatever a contender says to a program that it can't run
            row.missing[name] = _reason(error)
            continue
        calls[name] = call
        if name not in problem.unchecked:
            wrong = difference(result, right, problem.tolerance)
            if wrong:
                row.disagrees[name] = wrong
    return calls


def difference(result: Any, right: Any, tolerance: float) -> str:
    """Return in what a result differs from the right one by too much; nothing if it doesn't."""
    if isinstance(right, tuple):
        parts = zip(result, cast("tuple[Any, ...]", right), strict=True)
        found = [difference(one, other, tolerance) for one, other in parts]
        return "; ".join(filter(None, found))
    given, wanted = np.asarray(result), np.asarray(right)
    if given.shape != wanted.shape:
        return f"shape {given.shape}, not {wanted.shape}"
    if not wanted.size:
        return ""
    far = float(np.abs(given.astype(np.float64) - wanted).max())
    relative = far / max(float(np.abs(wanted).max()), 1e-30)
    return "" if relative <= tolerance else f"off by {relative:.2g} of the greatest element"


def _reason(error: Exception) -> str:
    """Return the class and the first lines of an error, on one line."""
    text = " ".join(str(error).split())
    kind = type(error).__name__
    return f"{kind}: {text}"[:_LONGEST_REASON]


def _limits(problem: Problem, threads: int) -> dict[str, limits.Limit]:
    found: dict[str, limits.Limit] = {}
    if problem.traffic:
        moves = limits.reads if problem.reads else limits.copies
        found |= moves(problem.traffic, threads)
    if problem.work:
        found |= limits.arithmetic(problem.work, threads)
    return found


def _note_limit(
    problem: Problem, row: Row, bounds: Mapping[str, list[Clocks]], ours: list[Clocks] | None
) -> None:
    """Note the time that neither memory nor arithmetic lets us to beat, and ours beside it."""
    if not bounds:
        return
    least = {name: typical(times, row.threads) for name, times in bounds.items()}
    copies = [name for name in least if name.startswith("copy")]
    fastest = [min(copies, key=least.__getitem__)] if copies else []
    other = [name for name in least if name not in copies]
    binding = max([*fastest, *other], key=least.__getitem__)
    work = problem.work if binding == "arithmetic" else problem.traffic
    row.limit, row.limit_speed = binding.split("_")[0], work / least[binding]
    if ours is not None:
        row.share = ratio(bounds[binding], ours, row.threads)


def _note_times(case: Case, row: Row, times: Mapping[str, list[Clocks]]) -> None:
    for name, of in times.items():
        row.wall[name] = median(one.wall for one in of)
        row.processor[name] = median(one.processor for one in of)
        row.counts[name] = typical(of, row.threads)
    rivals = [name for name in times if name != OURS]
    row.best = min(rivals, key=row.counts.__getitem__, default=None)
    for against, aim in case.goals_at(row.threads).items():
        rival = row.best if against == "best" else against
        both = rival in times and OURS in times
        found = ratio(times[str(rival)], times[OURS], row.threads) if both else None
        row.goals.append(Goal(against, aim, found))


def _scaled(times: list[Clocks], scale: float, extra: float) -> list[Clocks]:
    scaled: Callable[[float], float] = lambda seconds: seconds * scale + extra  # noqa: E731
    return [Clocks(scaled(one.wall), scaled(one.processor)) for one in times]
