"""Forms that other processes have kept."""

import os
import subprocess
import sys
import textwrap

import pytest

from foldaway.backends.cpu.stored_code import this_machine

from .programs import PROGRAMS, SHOWN, START

pytestmark = pytest.mark.skipif(this_machine() is None, reason="only Linux on x86-64")


def start(file, **settings):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    words = [sys.executable, str(file)]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def finished(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out, err


SHOW = """
import logging, sys
logging.basicConfig(format="%(name)s %(message)s")
for _ in range(2):
    print(f(*args).asnumpy().tobytes().hex())
heavy = ("xdsl.ir", "xdsl.dialects", "llvmlite", "foldaway.compile", "foldaway.frontend")
print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("name", ["network", "shown", "large", "defaults"])
def test_a_warm_process_loads_no_compiler(name, program):
    texts = {
        "network": PROGRAMS["network"],
        "shown": SHOWN,
        "large": "f = foldaway.jit(lambda x: x * 2)\nargs = [Tensor(np.ones((1 << 17,)))]",
        "defaults": "@foldaway.jit\ndef f(x, n=2):\n    return x * n\nargs = [Tensor([1.0])]",
    }
    program.file.write_text(START + textwrap.dedent(texts[name]) + SHOW)
    cold, warm = (finished(start(program.file)) for _ in range(2))
    assert warm[0] == cold[0]
    *cold_lines, _ = cold[1].splitlines()
    *warm_lines, loaded = warm[1].splitlines()
    assert loaded == "[]"
    assert warm_lines == cold_lines


def test_processes_at_once(program):
    program.file.write_text(START + textwrap.dedent(PROGRAMS["network"]) + SHOW)
    runs = [finished(process) for process in [start(program.file) for _ in range(3)]]
    runs.append(finished(start(program.file)))
    assert len({out for out, _ in runs}) == 1
    assert runs[-1][1].splitlines()[-1] == "[]"


def test_it_can_be_turned_off(program):
    program.file.write_text(START + textwrap.dedent(PROGRAMS["elementwise"]) + SHOW)
    for setting in ("code", "code", "0"):
        _, err = finished(start(program.file, FOLDAWAY_CACHE=setting))
        assert "foldaway.compile" in err
    assert not list((program.file.parent / "cache").glob("*.form"))
