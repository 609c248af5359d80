"""What the compiler says is found in its output, and its place in the user's program."""

import pytest

from foldaway.backends.ascend.diagnostics import Diagnostic, diagnostic, is_overflow
from foldaway.backends.ascend.programs import Run

KERNEL = 'first\nsecond loc("user.py":3:5)\nthird\n'
TEXT = "what is wrong"


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (f'loc("user.py":7:3): error: {TEXT}', ("user.py", 7, 3)),
        (f'loc("/tmp/x/kernel.mlir":2:1): error: {TEXT}', ("user.py", 3, 5)),
        (f'loc("/tmp/x/kernel.mlir":1:1): error: {TEXT}', None),
        (f'loc("/tmp/x/kernel.mlir":0:0): error: {TEXT}', None),
        (f"/tmp/x/kernel.mlir:2:1: error: {TEXT}", ("user.py", 3, 5)),
        (f"kernel.mlir:99:1: error: {TEXT}", None),
        (f"error: {TEXT}", None),
        (f"loc(unknown): error: {TEXT}", None),
        (f"LLVM ERROR: {TEXT}", None),
    ],
)
def test_forms_of_errors(line, place):
    output = f"[ERROR] Cannot find hivmc under $PATH \n{line}\n[ERROR] Failed to run it\n"
    assert diagnostic(Run(1, "", output, False), KERNEL, "kernel.mlir") == Diagnostic(TEXT, place)


def test_the_exact_error_comes_before_the_vague_one():
    output = (
        'loc("kernel.mlir":0:0): error: Failed to run BiShengHIR pipeline\n\n'
        f'loc("user.py":7:3): error: {TEXT}\n'
    )
    found = diagnostic(Run(1, "", output, False), KERNEL, "kernel.mlir")
    assert found == Diagnostic(TEXT, ("user.py", 7, 3))


def test_the_missing_last_stage_is_no_error():
    output = 'loc("k":0:0): error: External hivmc run fails, returning module before running\n'
    assert diagnostic(Run(1, "", output, False), KERNEL, "kernel.mlir") is None


def test_overflow_is_told_apart():
    said = "error: cbuf overflow, requires 12 bits while 8 bits available! (possible reason: …)"
    assert is_overflow(Run(1, "", said, False))
    assert not is_overflow(Run(1, "", "error: integer overflow", False))
