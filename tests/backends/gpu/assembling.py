"""A plugin: all kernels that tests have compiled for a simulated GPU go through the assembler.

`python -m pytest -p tests.backends.gpu.assembling …`; a kernel that it refuses, or for which the
registers don't suffice, is logged as an error, by which the test fails.
"""

import logging

from foldaway.backends.gpu import emit_kernels as emitting
from foldaway.backends.gpu.ptx import NoPtx, to_ptx

from .assembler import assembled

ARCHES = ("sm_80", "sm_90")
SEEN = set()


def pytest_configure():
    """Let each module of kernels be printed for a real device, too."""
    emit = emitting.emit_kernels

    def emit_and_assemble(module, target=emitting.NVPTX, instructions=None):
        text = emit(module, emitting.NVPTX).text
        if text not in SEEN and "define" in text:
            SEEN.add(text)
            _assemble(text)
        return emit(module, target, instructions)

    emitting.emit_kernels = emit_and_assemble


def pytest_terminal_summary(terminalreporter):
    """Say how many there were; with several processes, each has its own."""
    if SEEN:
        terminalreporter.write_line(f"assembled modules of kernels: {len(SEEN)}")


def _assemble(text):
    for arch in ARCHES:
        try:
            found = assembled(to_ptx(text, arch), arch)
        except (AssertionError, NoPtx) as refused:
            logging.getLogger("foldaway.assembling").error("%s: %s\n%s", arch, refused, text)
        else:
            if found.spilled:
                problem = f"{found.spilled} bytes of registers lie in memory"
                logging.getLogger("foldaway.assembling").error("%s: %s\n%s", arch, problem, text)
