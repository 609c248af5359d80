"""What counts is what was compiled: in LAX most tensor operations are, and what STRICT takes is."""

import contextlib
import copy
import io

import pytest

import foldaway.mindspore as ms
from foldaway import CompileError, nn

from .test_programs import PROGRAMS

FUNCTIONS = [name for name, one in PROGRAMS.items() if not isinstance(one.make(), nn.Cell)]
SHARES = 4
IN_PYTHON = {
    "objects-special_methods": "an object's own `__hash__` is asked by `hash`",
    "libraries-libraries_take_arrays": "a library branches on the data of an array",
}
"""What STRICT folds once for what it sees, and LAX leaves to Python."""


def called(program, **options):
    """Return the compiled function after the calls, and whether each of them gave a result."""
    jitted = ms.jit(program.make(), **options)
    gave = True
    for call in program.calls:
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                jitted(*copy.deepcopy(call))
            except CompileError:
                raise
            except Exception:
                gave = False
    return jitted, gave


@pytest.mark.parametrize("share", range(SHARES))
def test_most_operations_are_compiled_in_lax(share):
    compiled = python = 0
    for name in FUNCTIONS[share::SHARES]:
        report = called(PROGRAMS[name])[0].report()
        compiled += report.ops_compiled
        python += report.ops_python
    assert compiled >= 0.8 * (compiled + python) > 0


@pytest.mark.parametrize("share", range(SHARES))
def test_what_strict_takes_compiles_whole_in_lax(share):
    lazily = {}
    for name in FUNCTIONS[share::SHARES]:
        try:
            strict, gave = called(PROGRAMS[name], fullgraph=True)
        except CompileError:
            continue
        ran = any(line.status == "ran while compiling" for line in strict.report().lines)
        if not gave or ran:
            # An exception that is known while compiling, or Python that nobody knows.
            continue
        lax = called(PROGRAMS[name])[0]
        if lax.lazy_runs and name not in IN_PYTHON:
            lazily[name] = str(lax.report())
    assert not lazily
