"""Compiles a kernel with the vendor's compiler, as far as that goes without CANN.

`bishengir-compile` takes AscendNPU IR and stops before its last stage, `hivmc`, which only CANN
has. What it has by then, the final HIVM, is what this module gives: tiles, addresses on the chip
and flags are decided. Where `hivmc` is on the path, the same command goes on to an object file.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from ...runtime.disk_cache import DiskCache
from ...runtime.failure import Place
from ...runtime.sha256 import sha256
from ...runtime.version import VERSION
from .chips import Chip
from .diagnostics import Diagnostic, diagnostic, is_overflow
from .programs import Run, installation, last_stage, run

SECONDS: Final = 120.0
"""How long one run may take; most take less than one."""
_FILE: Final = "kernel.mlir"
_FINAL: Final = "module.hivm.opt.mlir"
_OBJECT: Final = "kernel.o"
_TILED: Final = "--enable-triton-kernel-compile"
_OPTIONS: Final = ("--enable-hfusion-compile", "--enable-hivm-compile")
_RETRIES: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("--enable-tuning-mode",),
    ("--enable-tuning-mode", "--hfusion-max-buffer-count-tuning=10"),
)
"""Options to try one after the other where a kernel needs more memory than the chip has."""
_ATTEMPTS: Final = DiskCache(".hivm")


class Source(NamedTuple):
    """A kernel as it is given to the compiler."""

    name: str
    """The function in the text."""
    text: str
    """AscendNPU IR."""
    blocks: int
    """How many cores work on it."""
    is_tiled: bool
    """Whether it is a program of tiles, as Triton's are; if not, one of whole tensors."""
    located: str = ""
    """The same with the places of ops in the user's program, for what the compiler refuses.

    What is kept on disk doesn't depend on them.
    """


class FinalKernel(NamedTuple):
    """A kernel as the compiler leaves it."""

    source: Source
    """What was compiled in the end, maybe with smaller tiles than at first."""
    hivm: str
    object_code: bytes
    """What `hivmc` made of it; empty where it isn't installed."""
    options: tuple[str, ...]


class KernelRefused(RuntimeError):
    """The compiler doesn't take a kernel, whatever the options and tiles, or doesn't end well."""

    def __init__(self, problem: str, place: Place | None = None, state: str = "refused") -> None:
        super().__init__(problem)
        self.state: Final = state
        """How it ended: `overflow`, `refused`, `crashed` or `late`."""
        self.problem: Final = problem
        self.place: Final = place
        """In the user's program, where that is known."""


class _Attempt(NamedTuple):
    state: str
    """`done`, `overflow`, `refused`, `crashed` or `late`."""
    hivm: str = ""
    object_code: bytes = b""
    problem: str = ""
    place: Place | None = None


class Toolchain:
    """The compiler for one chip. Any number of threads may use it at once."""

    def __init__(self, chip: Chip, seconds: float = SECONDS) -> None:
        self.chip: Final = chip
        self._seconds = seconds

    def compile(
        self, source: Source, smaller: Callable[[int], Source | None] | None = None
    ) -> FinalKernel:
        """Return the final HIVM of a kernel.

        Where it needs more memory than the chip has, other options are tried, then what
        `smaller(n)` gives: the kernel with tiles that are halved n times.
        Raises KernelRefused, and ToolchainMissing where the compiler isn't installed.
        """
        shrink, problem, place = 0, "", None
        while True:
            for more in _RETRIES:
                attempt = self._attempt(source, more)
                if attempt.state == "done":
                    options = (*self._options(source), *more)
                    return FinalKernel(source, attempt.hivm, attempt.object_code, options)
                if attempt.state != "overflow":
                    raise self._refusal(source, more, attempt)
                problem, place = attempt.problem, attempt.place
            shrink += 1
            next_source = smaller(shrink) if smaller else None
            if next_source is None:
                raise KernelRefused(problem, place, "overflow")
            source = next_source

    def _refusal(self, source: Source, more: tuple[str, ...], attempt: _Attempt) -> KernelRefused:
        """Return why a kernel is refused, and where if its text with places says so."""
        if source.located and attempt.state == "refused":
            attempt = self._attempt(source._replace(text=source.located), more)
        return KernelRefused(attempt.problem, attempt.place, attempt.state)

    def verify(self, text: str) -> Diagnostic | None:
        """Return what `bishengir-opt` finds wrong with AscendNPU IR, None if it takes it.

        Raises KernelRefused where it doesn't end well.
        """
        done = self.optimise(text)
        found = diagnostic(done, text, "<stdin>")
        if found is None and done.status != 0:
            raise KernelRefused(f"bishengir-opt {done.ending}")
        return found

    def optimise(self, text: str, *options: str) -> Run:
        """Return a run of `bishengir-opt` on a text."""
        program = installation().program(f"bishengir-opt{self.chip.program_suffix}")
        with tempfile.TemporaryDirectory(prefix="foldaway-ascend-") as folder:
            return run([program, *options], folder, self._seconds, text)

    def _options(self, source: Source) -> tuple[str, ...]:
        tiled = (_TILED,) if source.is_tiled else (f"--block-dim={source.blocks}",)
        return *_OPTIONS, *tiled, f"--target={self.chip.name}"

    def _attempt(self, source: Source, more: tuple[str, ...]) -> _Attempt:
        options = (*self._options(source), *more)
        stage = last_stage(self.chip.program_suffix)
        parts = (source.text, options, installation().version, VERSION, _identity(stage))
        key = sha256(repr(parts).encode()).hex()
        kept = _read(_ATTEMPTS.find(key))
        if kept is not None:
            return kept
        attempt = self._compiled(source.text, options, stage is not None)
        # The next one may not take so long.
        if attempt.state != "late":
            _ATTEMPTS.keep(key, _written(attempt))
        return attempt

    def _compiled(self, text: str, options: tuple[str, ...], to_object: bool) -> _Attempt:
        name = f"bishengir-compile{self.chip.program_suffix}"
        program = installation().program(name)
        with tempfile.TemporaryDirectory(prefix="foldaway-ascend-") as folder:
            place = Path(folder)
            (place / _FILE).write_text(text)
            command = [program, *options, f"--save-temps={folder}", _FILE, "-o", _OBJECT]
            done = run(command, folder, self._seconds)
            error = diagnostic(done, text, _FILE)
            if done.is_late:
                return _Attempt("late", problem=f"{name} {done.ending}")
            if done.status < 0:
                said = f": {error.text}" if error else ""
                return _Attempt("crashed", problem=f"{name} {done.ending}{said}")
            if is_overflow(done):
                problem = error.text if error else "it needs more memory than the chip has"
                return _Attempt("overflow", problem=problem, place=error and error.place)
            if error is not None:
                return _Attempt("refused", problem=error.text, place=error.place)
            final = place / _FINAL
            if not final.exists():
                return _Attempt("refused", problem=f"{name} {done.ending} and wrote no HIVM")
            code = place / _OBJECT
            if to_object and (done.status != 0 or not code.exists()):
                return _Attempt("refused", problem=f"hivmc wrote no object file: {done.ending}")
            object_code = code.read_bytes() if to_object else b""
            return _Attempt("done", final.read_text(), object_code)


def _identity(program: str | None) -> tuple[str, int, int] | None:
    """Return what tells two versions of a program apart."""
    if program is None:
        return None
    status = Path(program).stat()
    return program, status.st_size, status.st_mtime_ns


def _written(attempt: _Attempt) -> bytes:
    fields = attempt._asdict() | {"object_code": base64.b64encode(attempt.object_code).decode()}
    return json.dumps(fields).encode()


def _read(data: bytes | None) -> _Attempt | None:
    if data is None:
        return None
    fields = json.loads(data)
    fields["object_code"] = base64.b64decode(fields["object_code"])
    fields["place"] = fields["place"] and tuple(fields["place"])
    return _Attempt(**fields)
