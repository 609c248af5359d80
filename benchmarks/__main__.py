"""`python -m benchmarks`: every case beside its peers, each in a fresh process."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import cast

from . import peers
from .case import OURS, Case
from .cases import CASES
from .limits import processor
from .measure import FULL, QUICK
from .report import Table, as_json, notes, summary
from .rows import Row, row_of
from .run_case import child, run_case

ROOT = Path(__file__).parents[1]
COLUMNS = [OURS, "numpy", "numba", "jax", "torch", "torch.compile", "mindspore"]
_PATIENCE = 600
"""Seconds after which a case is given up, a third of them with --quick."""


def main() -> int:
    """Run the cases; return 1 if contenders disagree or a process breaks, which a goal can't."""
    options = _options()
    if options.child:
        effort = QUICK if options.quick else FULL
        chosen = _words(options.peers)
        threads = int(options.threads)
        child(options.child, threads, chosen, effort, options.tiny, Path(options.to))
        return 0
    cases = [case for case in CASES if _matches(case, options.cases)]
    if not cases:
        print(
            f"no case matches {options.cases!r}; there are:", *(c.name for c in CASES), sep="\n  "
        )
        return 2
    return _check(cases, options.tiny) if options.check else _run(cases, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--cases", default="*", help="patterns or parts of names, with commas")
    parser.add_argument("--threads", default="1,2", help="numbers of threads, with commas")
    parser.add_argument("--peers", default=",".join(peers.PEERS), help="names, with commas")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--format", default="table", choices=["table", "json", "markdown"])
    parser.add_argument("--check", action="store_true", help="compare our results, time nothing")
    parser.add_argument("--tiny", action="store_true", help="small sizes, to try the command")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--to", help=argparse.SUPPRESS)
    return parser.parse_args()


def _words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def _matches(case: Case, patterns: str) -> bool:
    return any(fnmatch(case.name, one) or one in case.name for one in _words(patterns))


def _check(cases: Sequence[Case], tiny: bool) -> int:
    """Compare our results with NumPy's in this process, and say what isn't available."""
    rows = [run_case(case, 1, ["numpy"], None, tiny) for case in cases]
    for row in rows:
        print(f"{row.case}: {'; '.join(notes(row)) or 'agrees'}", flush=True)
    return 0 if all(row.ok for row in rows) else 1


def _run(cases: Sequence[Case], options: argparse.Namespace) -> int:
    found = peers.versions(_words(options.peers))
    here = [name for name, version in found.items() if version]
    conditions = _conditions(found)
    rows: list[Row] = []
    shown = [name for name in COLUMNS if name == OURS or peers.peer_of(name) in here]
    table = None if options.format == "json" else Table(shown, options.format == "markdown")
    if table:
        print(_headline(conditions, found), table.head(), sep="\n", flush=True)
    for row in _rows(cases, here, options):
        rows.append(row)
        if table:
            print(table.lines(row), flush=True)
    print(f"\n{summary(rows)}" if table else as_json(rows, conditions))
    if any(version is None for version in found.values()):
        print(_missing(found), file=sys.stdout if table else sys.stderr)
    return 0 if all(row.ok for row in rows) else 1


def _rows(cases: Sequence[Case], here: list[str], options: argparse.Namespace) -> Iterator[Row]:
    for case in cases:
        for threads in map(int, options.threads.split(",")):
            if threads == 1 or case.parallel:
                yield _in_a_process(case, threads, here, options)


def _in_a_process(case: Case, threads: int, here: list[str], options: argparse.Namespace) -> Row:
    """Return the row that a fresh process measures with so many threads."""
    words = ["-m", "benchmarks", "--child", case.name, "--threads", str(threads)]
    words += ["--peers", ",".join(here), *(["--quick"] if options.quick else [])]
    words += ["--tiny"] if options.tiny else []
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "row.json"
        try:
            done = subprocess.run(
                [sys.executable, *words, "--to", str(to)],
                cwd=ROOT,
                env={**os.environ, **peers.thread_settings(threads)},
                capture_output=True,
                text=True,
                timeout=_PATIENCE / (3 if options.quick else 1),
            )
        except subprocess.TimeoutExpired as error:
            return Row(case.name, threads, trouble=f"no end after {error.timeout:.0f} s")
        if done.returncode or not to.exists():
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            return Row(case.name, threads, trouble=f"exit code {done.returncode}: {last}")
        return row_of(json.loads(to.read_text()))


def _conditions(found: dict[str, str | None]) -> dict[str, object]:
    return {
        "machine": f"{platform.machine()} {processor()}",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "peers": found,
    }


def _headline(conditions: dict[str, object], found: dict[str, str | None]) -> str:
    here = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    machine = f"{conditions['machine']}, {conditions['cores']} cores, load {conditions['load']:.1f}"
    times = "times: processor's with 1 thread, wall's with more; ratio: peer's over ours"
    lines = [f"{machine}; beside {here or 'nobody'}", times, _missing(found)]
    if cast(float, conditions["load"]) > 0.5:
        lines[2:2] = ["THE MACHINE IS BUSY: rows with more than 1 thread say little"]
    return "\n".join([*filter(None, lines), ""])


def _missing(found: dict[str, str | None]) -> str:
    gone = [name for name, version in found.items() if not version]
    return f"NOT INSTALLED, SO NOT COMPARED: {', '.join(gone)}" if gone else ""


if __name__ == "__main__":
    sys.exit(main())
