"""A new machine is a folder and a line in the table of machines; nothing else knows it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foldaway.context import set_context
from foldaway.machines import MACHINES, all_machines
from foldaway.universe import TARGETS

ROOT = Path(__file__).parents[1]
LINE = "import foldaway.machines; foldaway.machines.MACHINES['Toy'] = 'tests.toy_machine.machine'"
RUN = """
import numpy as np
import foldaway
from foldaway import Tensor, jit, set_context

set_context(device_target="Toy")

@jit
def f(x, y):
    total = 0
    for number in [1, 2, 3]:
        total = total + x * number
    if (x > y).all():
        return total
    return (total - y).sum(axis=1)

x = np.arange(6, dtype=np.float32).reshape(2, 3)
for y in (x - 1, x + 1):
    wanted = x * 6 if (x > y).all() else (x * 6 - y).sum(axis=1)
    np.testing.assert_array_equal(f(Tensor(x), Tensor(y)).asnumpy(), wanted)
print(foldaway.context.get_context("device_target"))
"""


def python(*args, **variables):
    return subprocess.run(
        [sys.executable, *args],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_is_one_line(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(f"{LINE}\n{RUN}")
    done = python("-W", "error", str(program))
    assert (done.stdout, done.stderr) == ("Toy\n", "")


def test_its_target_and_its_pass_are_found(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("def f(x, y):\n    return (x * 2 + y) @ y\n")
    opt = f"{LINE}; from foldaway.opt import main; main()"
    args = [str(program), "--function", "f", "-t", "toy"]
    args += ["--args", "tensor<4x4xf32>, tensor<4x4xf32>", "--allow-python"]
    done = python("-c", opt, *args)
    assert "f_segment0: 3 loops" in done.stdout, done.stderr or done.stdout


def test_a_machine_that_nobody_named_is_refused():
    with pytest.raises(ValueError, match="Toy"):
        set_context(device_target="Toy")


def test_the_environment_may_name_the_machine():
    program = "import foldaway; print(foldaway.context.get_context('device_target'))"
    for name in MACHINES:
        done = python("-c", program, FOLDAWAY_DEVICE_TARGET=name)
        assert done.stdout == f"{name}\n", done.stderr
    done = python("-c", "import foldaway.context", FOLDAWAY_DEVICE_TARGET="TPU")
    assert "ValueError: FOLDAWAY_DEVICE_TARGET is 'TPU'; there are CPU" in done.stderr


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_is_known_by_the_name_of_its_line(name):
    (machine,) = [machine for machine in all_machines() if machine.name == name]
    assert {target: TARGETS[target] for target in machine.targets} == {
        target: one.where for target, one in machine.targets.items()
    }
