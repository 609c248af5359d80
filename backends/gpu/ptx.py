"""LLVM IR → PTX, the assembly language of NVIDIA's GPUs, in a process that may fail.

LLVM ends the process at an instruction that the machine doesn't have. So another process does
the work; where it ends or doesn't answer, that is an exception here, and a new one is started.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

import llvmlite  # pyright: ignore[reportMissingTypeStubs]

from ...runtime.disk_cache import DiskCache
from ...runtime.sha256 import sha256
from ...runtime.version import VERSION

ARCHITECTURES = ("sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_120")
"""Chips for which code is made; it runs on later ones, but for those with an `a`."""
TIME_LIMIT = 120.0
"""Seconds for one module."""
SCRIPT = Path(__file__).with_name("nvptx_worker.py")
"""What the other process runs."""
_FORM = 1
"""Is counted up when something else comes out of the same text."""

TEXTS = DiskCache(".ptx")
"""All that was made."""


class NoPtx(RuntimeError):
    """LLVM has no PTX for a module, says why, or ended."""


def to_ptx(text: str, arch: str = "sm_80") -> str:
    """Return the PTX of a module of kernels in LLVM IR, for a chip.

    Raises ValueError for a chip that isn't one of `ARCHITECTURES`, and NoPtx for a text that
    isn't LLVM IR, has no code on such a chip, or takes longer than `TIME_LIMIT`.
    """
    if arch not in ARCHITECTURES:
        raise ValueError(f"no GPU is called {arch!r}; known are {', '.join(ARCHITECTURES)}")
    made_by = repr((VERSION, _FORM, llvmlite.__version__, arch))
    key = sha256(made_by.encode(), text.encode()).hex()
    found = TEXTS.find(key)
    if found is not None:
        return found.decode()
    made = _WORKER.made(text, arch)
    TEXTS.keep(key, made.encode())
    return made


class Worker:
    """The other process: started at its first task, and again where it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._said: IO[str] | None = None
        """Where it writes what it says of itself."""
        atexit.register(self._end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._lock.acquire,
                after_in_parent=self._lock.release,
                after_in_child=self._forget,
            )

    def made(self, text: str, arch: str) -> str:
        """Return the PTX of a text."""
        with self._lock:
            process = self._running()
            timer = threading.Timer(TIME_LIMIT, process.kill)
            timer.start()
            try:
                answer = self._answer(process, json.dumps({"text": text, "arch": arch}))
            except BaseException:
                # Half of a task or an answer may be under way: nobody could use it any more.
                self._end()
                raise
            finally:
                timer.cancel()
        if "error" in answer:
            raise NoPtx(answer["error"])
        return answer["ptx"]

    def _answer(self, process: subprocess.Popen[str], task: str) -> dict[str, str]:
        assert process.stdin is not None, "it is a pipe"
        assert process.stdout is not None, "it is a pipe"
        line = ""
        try:
            process.stdin.write(f"{task}\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            pass  # It has ended, and has said why.
        if line.endswith("\n"):
            return json.loads(line)
        process.wait()
        assert self._said is not None, "it was started"
        self._said.seek(0)
        said = self._said.read().strip() or f"it took more than {TIME_LIMIT:g} seconds"
        raise NoPtx(f"LLVM ended without PTX: {said.splitlines()[0]}")

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            # A pipe would fill up with LLVM's warnings, which nobody reads while it works.
            self._said = tempfile.TemporaryFile("w+")
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(SCRIPT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        self._close()

    def _close(self) -> None:
        said, self._said = self._said, None
        if said is not None:
            said.close()

    def _forget(self) -> None:
        """Leave the process to the parent, in a child."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            self._close()
            # It isn't this one's child: asking for it would find nothing.
            process.returncode = 0
        self._lock.release()


_WORKER = Worker()
