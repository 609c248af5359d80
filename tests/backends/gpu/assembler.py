"""NVIDIA's assembler, where the extra `cuda-test` is installed."""

import re
import subprocess
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Assembled:
    """What the assembler says of a text with one kernel."""

    registers: int
    spilled: int
    """Bytes of registers that don't fit, and lie in memory."""


@cache
def _assembler() -> Path | None:
    packages = Path(sysconfig.get_paths()["platlib"])
    return next(iter(sorted(packages.glob("nvidia/**/bin/ptxas"))), None)


def assembled(text: str, arch: str) -> Assembled:
    """Assemble a text, and skip the test where there is no assembler.

    Raises AssertionError for a text that it refuses.
    """
    path = _assembler()
    if path is None:
        pytest.skip("ptxas is not installed: pip install 'foldaway[cuda-test]'")
    command = [path, "-arch", arch, "-v", "-o", "/dev/null", "/dev/stdin"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    registers = re.search(r"Used (\d+) registers", said)
    spilled = re.findall(r"(\d+) bytes spill", said)
    assert registers, said
    return Assembled(int(registers[1]), sum(map(int, spilled)))
