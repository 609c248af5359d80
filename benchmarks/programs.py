"""Programs as text: functions that no cache has seen, and processes from start to end."""

from __future__ import annotations

import atexit
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .case import Call

_numbers = itertools.count()
_folder: list[tempfile.TemporaryDirectory[str]] = []


def folder() -> Path:
    """Return a new folder that is gone when this process ends."""
    made = tempfile.TemporaryDirectory()
    if not _folder:
        atexit.register(lambda: [one.cleanup() for one in _folder])
    _folder.append(made)
    return Path(made.name)


class Fresh:
    """Functions of one body, each with another constant for `C`; the first has 1."""

    def __init__(self, body: str, library: object):
        self.body = body
        self.library = library
        self._made = 0

    def __call__(self) -> Callable[..., Any]:
        """Return the next function; its body calls the library `lib`."""
        constant = 1 + self._made * 2**-10
        self._made += 1
        text = f"def function(x):\n{self.body.replace('C', repr(constant))}"
        file = folder() / f"program{next(_numbers)}.py"
        file.write_text(text)
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None and spec.loader is not None  # noqa: PT018
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.lib = self.library
        return module.function


def process(text: str, cache: Path) -> Call:
    """Return a call that runs a program in a process, and gives the list that it prints.

    `cache` is where it finds what an earlier one has kept.
    """
    file = folder() / "program.py"
    file.write_text(text)
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}

    def run() -> object:
        done = subprocess.run(
            [sys.executable, str(file)], env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return np.array(json.loads(done.stdout or "[]"))

    return Call(run)
