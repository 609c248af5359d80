"""What the vendor's compiler says when it refuses a kernel, and where in the user's program."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr

from ...runtime.failure import Place
from .programs import Run

_ERROR: Final = re.compile(
    r'^(?:(?:loc\()?(?:"?(?P<file>[^"\n]*?)"?:(?P<line>\d+):(?P<column>\d+)|[^)\n]*)\)?: )?'
    r"(?P<kind>error|LLVM ERROR): (?P<text>.*)$",
    re.M,
)
_LOCATION: Final = re.compile(r'loc\("([^"]+)":(\d+):(\d+)\)')
_OVERFLOW: Final = re.compile(r"overflow, requires \d+ bits while \d+ bits available")
_LAST_STAGE: Final = "External hivmc run fails"
_VAGUE: Final = ("Failed to run BiShengHIR pipeline", "Failed to run BiShengIR pipeline")


class Diagnostic(NamedTuple):
    """Why a kernel was refused."""

    text: str
    place: Place | None
    """In the user's program, where that is known."""


def diagnostic(run: Run, kernel: str, file: str) -> Diagnostic | None:
    """Return the first error of a run, None if there is none but the missing last stage.

    `kernel` is the text that was compiled from the file; its lines may say where they come from.
    """
    found = [
        Diagnostic(match["text"].strip(), _place(match, kernel, file))
        for match in _ERROR.finditer(run.errors)
        if _LAST_STAGE not in match["text"]
    ]
    # The first line often only says that something failed, and the next ones what.
    exact = [one for one in found if not one.text.startswith(_VAGUE)]
    return next(iter([*exact, *found]), None)


def is_overflow(run: Run) -> bool:
    """Return whether the kernel was refused because it needs more memory than the chip has."""
    return bool(_OVERFLOW.search(run.errors))


def location(place: Place | None) -> FileLineColLoc | None:
    """Return a place as xDSL has it."""
    if place is None:
        return None
    file, line, column = place
    return FileLineColLoc(StringAttr(file), IntAttr(line), IntAttr(column))


def _place(match: re.Match[str], kernel: str, file: str) -> Place | None:
    if match["file"] is None:
        return None
    line = int(match["line"])
    if match["file"].endswith(file):
        lines = kernel.splitlines()
        said = _LOCATION.search(lines[line - 1]) if 0 < line <= len(lines) else None
        return (said[1], int(said[2]), int(said[3])) if said else None
    return match["file"], line, int(match["column"])
