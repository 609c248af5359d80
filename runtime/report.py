"""What became of each line of a compiled function, and what its calls cost."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_int64
from typing import NamedTuple, Protocol

COMPILED = "compiled"
FOLDED = "folded while compiling"
RAN = "ran while compiling"
PYTHON = "runs in Python"


class LineStatus(NamedTuple):
    """One line of the user's file: its status, and why."""

    file: str
    line: int
    status: str
    reason: str = ""

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.file}:{self.line}: {self.status}{why}"


class Report:
    """The lines of one specialisation, and counters over its calls.

    `ops_compiled` counts graph operations that compiled code executed, `ops_python` those that
    Python executed at run time.
    """

    def __init__(self, lines: list[LineStatus], graph_ops: int = 0) -> None:
        self.lines = lines
        self.graph_ops = graph_ops
        """Graph operations that one call executes."""
        self.python_calls = 0
        """Calls that Python has answered."""
        self.native_calls = c_int64()
        """Calls that machine code has answered, and counted here."""

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return self.python_calls + self.native_calls.value

    @property
    def ops_compiled(self) -> int:
        """Graph operations that compiled code has executed, over all calls."""
        return self.calls * self.graph_ops

    @property
    def ops_python(self) -> int:
        """Tensor operations that Python has executed at run time, over all calls."""
        return 0

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))


class ReportPart(Protocol):
    """What became of the lines in one form of a function, and the counters of its calls."""

    @property
    def lines(self) -> list[LineStatus]:
        """What became of each line."""
        ...

    @property
    def ops_compiled(self) -> int:
        """Graph operations that compiled code has executed, over all calls."""
        ...

    @property
    def ops_python(self) -> int:
        """Tensor operations that Python has executed at run time, over all calls."""
        ...


class FunctionReport:
    """The reports of all specialisations of a function together, and of its runs in Python."""

    def __init__(self, parts: Sequence[ReportPart]) -> None:
        self.parts = parts

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

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(line.file)}:{line.line}</td><td>{escape(line.status)}</td>"
            f"<td>{escape(line.reason)}</td></tr>"
            for line in self.lines
        )
        counts = f"{self.ops_compiled} operations compiled, {self.ops_python} in Python"
        head = "<tr><th>line</th><th>status</th><th>reason</th></tr>"
        return f"<table><caption>{counts}</caption>{head}{rows}</table>"
