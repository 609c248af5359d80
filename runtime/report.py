"""What became of each line of a compiled function, and what its calls cost."""

from __future__ import annotations

from dataclasses import dataclass, field

COMPILED = "compiled"
FOLDED = "folded while compiling"
RAN = "ran while compiling"


@dataclass(frozen=True)
class LineStatus:
    """One line of the user's file: its status, and why."""

    file: str
    line: int
    status: str
    reason: str = ""

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.file}:{self.line}: {self.status}{why}"


@dataclass
class Report:
    """The lines of one specialisation, and counters over its calls.

    `ops_compiled` counts graph operations that compiled code executed, `ops_python` those that
    Python executed at run time.
    """

    lines: list[LineStatus] = field(default_factory=list[LineStatus])
    graph_ops: int = 0
    """Graph operations that one call executes."""
    calls: int = 0

    @property
    def ops_compiled(self) -> int:
        """Graph operations that compiled code has executed, over all calls."""
        return self.calls * self.graph_ops

    @property
    def ops_python(self) -> int:
        """Tensor operations that Python has executed at run time, over all calls."""
        return 0

    def count_call(self) -> None:
        """Count one more call."""
        self.calls += 1

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))


@dataclass
class FunctionReport:
    """The reports of all specialisations of a function together."""

    parts: list[Report]

    @property
    def lines(self) -> list[LineStatus]:
        """The lines of all specialisations, each status once."""
        return list(dict.fromkeys(line for part in self.parts for line in part.lines))

    @property
    def ops_compiled(self) -> int:
        """Graph operations that compiled code has executed, over all calls."""
        return sum(part.ops_compiled for part in self.parts)

    @property
    def ops_python(self) -> int:
        """Tensor operations that Python has executed at run time, over all calls."""
        return sum(part.ops_python for part in self.parts)

    def __str__(self) -> str:
        counts = f"{self.ops_compiled} operations compiled, {self.ops_python} in Python"
        return "\n".join([*map(str, self.lines), counts])
