"""How rows are printed: a table while they come, Markdown or JSON at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from .rows import Row

_UNITS = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9))


class Table:
    """Lines of cells, for a terminal or in Markdown."""

    def __init__(self, contenders: Sequence[str], markdown: bool):
        self.contenders = contenders
        self.markdown = markdown
        self._widths = [30, 3, 5, *(max(len(name), 8) for name in contenders), 16, 6, 6, 4, 24]

    def head(self) -> str:
        """Return the first lines."""
        names = ["case", "thr", "out", *self.contenders, "against", "ratio", "goal", "met", "limit"]
        rule = ["-" * max(3, width) for width in self._widths]
        return f"{self._line(names)}\n{self._line(rule)}"

    def lines(self, row: Row) -> str:
        """Return a line for each goal of a row, and below them what is missing or wrong."""
        times = [_time(row.counts.get(name)) for name in self.contenders]
        first = [row.case, str(row.threads), row.outputs, *times]
        empty = [""] * len(first)
        goals = row.goals if row.ok else []
        cells = [
            [_against(row, g.against), _ratio(g.ratio), f"{g.aim:g}", _met(g.met)] for g in goals
        ]
        cells = cells or [["", "", "", "no"]]
        found = [
            self._line([*(empty if i else first), *cell, "" if i else _limit(row)])
            for i, cell in enumerate(cells)
        ]
        return "\n".join([*found, *(self._note(note) for note in notes(row))])

    def _line(self, cells: Sequence[str]) -> str:
        if self.markdown:
            return f"| {' | '.join(cells)} |"
        return "  ".join(
            cell.ljust(width) if i in (0, 2, len(self._widths) - 5) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, self._widths, strict=True))
        ).rstrip()

    def _note(self, note: str) -> str:
        if self.markdown:
            return self._line([f"_{note}_", *[""] * (len(self._widths) - 1)])
        return f"    {note}"


def notes(row: Row) -> list[str]:
    """Return what can't run a case and why, and what disagrees."""
    found = [f"{name}: not available: {why}" for name, why in row.missing.items()]
    found += [f"{name}: DISAGREES, nothing is timed: {how}" for name, how in row.disagrees.items()]
    return [*found, *([f"TROUBLE: {row.trouble}"] if row.trouble else [])]


def as_json(rows: Iterable[Row], conditions: dict[str, object]) -> str:
    """Return all that is known."""
    return json.dumps({**conditions, "rows": [row.as_data() for row in rows]}, indent=1)


def summary(rows: Sequence[Row]) -> str:
    """Return how many rows meet all their goals, and which don't."""
    missed = [f"{row.case} ({row.threads})" for row in rows if not row.met]
    wrong = [f"{row.case} ({row.threads})" for row in rows if not row.ok]
    lines = [f"{len(rows) - len(missed)} of {len(rows)} rows meet their goals"]
    lines += [f"missed: {', '.join(missed)}"] if missed else []
    lines += [f"WRONG OR BROKEN: {', '.join(wrong)}"] if wrong else []
    return "\n".join(lines)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return "0 ns" if seconds <= 0 else f"{seconds * 1e9:.2f} ns"


def _against(row: Row, against: str) -> str:
    return f"{row.best or 'no peer'}" if against == "best" else against


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _met(met: bool) -> str:
    return "yes" if met else "no"


def _limit(row: Row) -> str:
    if row.share is None:
        return ""
    aim = f" of {row.share_aim:.0%}" if row.share_aim else ""
    speed = f"{row.limit_speed / 1e9:.0f}"
    unit = "GF/s" if row.limit == "arithmetic" else f"GB/s {row.limit}"
    return f"{row.share:.0%}{aim}, {speed} {unit}"
