"""A plugin: all kernels that tests have compiled for a simulated GPU go through the assembler.

`python -m pytest -p tests.backends.gpu.assembling …`; one that it refuses is logged as an error, by
which the test fails. Registers in memory are no error here, as they are for the families: with 31
of 255 in use the assembler may still prefer some bytes of memory to fewer threads at a time.
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


def _assemble(text):
    for arch in ARCHES:
        try:
            assembled(to_ptx(text, arch), arch)
        except (AssertionError, NoPtx) as refused:
            logging.getLogger("foldaway.assembling").error("%s: %s\n%s", arch, refused, text)
