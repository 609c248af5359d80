"""The vendor's programs: where they are, and runs of them that can neither crash nor hang ours."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Final, NamedTuple

_PACKAGE: Final = "ascendnpuir"
_DISTRIBUTION: Final = "ascendnpu-ir"


class ToolchainMissing(RuntimeError):
    """The vendor's compiler isn't installed."""


class Installation(NamedTuple):
    """The wheel with the compiler."""

    folder: Path
    version: str

    def program(self, name: str) -> Path:
        """Return the file of a program."""
        return self.folder / "bin" / name

    def libraries(self, suffix: str) -> list[Path]:
        """Return the device libraries whose names end so."""
        return sorted((self.folder / "lib").glob(f"*.{suffix}.bc"))


class Run(NamedTuple):
    """What a program did."""

    status: int
    """As `subprocess` has it: minus the number of a signal that ended it."""
    output: str
    errors: str
    is_late: bool
    """Whether it was ended because it took too long."""

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.is_late:
            return "took too long and was stopped"
        if self.status < 0:
            return f"was ended by {signal.Signals(-self.status).name}"
        return f"ended with status {self.status}"


@cache
def installation() -> Installation:
    """Return the installed compiler.

    Raises ToolchainMissing where there is none.
    """
    found = util.find_spec(_PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise ToolchainMissing(
            "the compiler for Ascend isn't installed: pip install 'foldaway[ascend]'"
        )
    return Installation(Path(places[0]), metadata.version(_DISTRIBUTION))


def is_installed() -> bool:
    """Return whether the vendor's compiler is there."""
    return util.find_spec(_PACKAGE) is not None


def last_stage(suffix: str = "") -> str | None:
    """Return the path of `hivmc`, the last stage, which only CANN has; None where it isn't."""
    return shutil.which(f"hivmc{suffix}")


def run(command: Sequence[str | Path], folder: str | Path, seconds: float, given: str = "") -> Run:
    """Run a program in a folder, with a text as its input, for at most some seconds.

    It and all that it started are ended then. Raises OSError where it can't be started.
    """
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(given.encode(), seconds)
            is_late = False
        except subprocess.TimeoutExpired:
            _end(process)
            output, errors = process.communicate()
            is_late = True
        except BaseException:
            _end(process)
            raise
        status = process.returncode
    return Run(status, output.decode(errors="replace"), errors.decode(errors="replace"), is_late)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # It has ended meanwhile.
