"""What the report says of a function that runs as plain Python with compiled traces."""

from __future__ import annotations

import sys

from .report import COMPILED, LineStatus

IN_PYTHON = "runs in Python"

_MOST_REASONS = 64
_WATCHED = 3
"""Calls in which each operation's line is noted; then all that matter are known."""


class LazyReport:
    """Counters over all lazy runs of one function, and why it runs lazily."""

    def __init__(self, file: str):
        self.calls = 0
        self.ops_compiled = 0
        """Operations of compiled traces that were executed, over all calls."""
        self.ops_python = 0
        """Tensor operations that Python has executed, over all calls."""
        self._file = file
        self._reasons: dict[LineStatus, None] = {}
        self._compiled: set[int] = set()

    @property
    def lines(self) -> list[LineStatus]:
        """Where and why it runs in Python, and the lines whose operations are compiled."""
        if not self.calls:
            return []
        why = {reason.line: reason for reason in self._reasons if reason.file == self._file}
        compiled = [
            LineStatus(self._file, line, COMPILED, "in traces")
            for line in self._compiled
            if line not in why
        ]
        elsewhere = [reason for reason in self._reasons if reason.file != self._file]
        return [*elsewhere, *sorted((*why.values(), *compiled), key=lambda status: status.line)]

    def add_reason(self, file: str, line: int, reason: str) -> None:
        """Keep why, and at which line, it runs in Python."""
        if len(self._reasons) < _MOST_REASONS:
            self._reasons.setdefault(LineStatus(file, line, IN_PYTHON, reason))

    def note_line(self) -> None:
        """Note the line of the user's that runs now, in the first calls."""
        if self.calls > _WATCHED:
            return
        frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
        while frame is not None:
            if frame.f_code.co_filename == self._file:
                self._compiled.add(frame.f_lineno)
                return
            frame = frame.f_back
