"""`python -m foldaway.mindspore` runs a program as `python` does."""

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROBE = """\
from __future__ import annotations
import sys, os, pickle
class Here: pass
def show(x: no_such_name): pass
assert pickle.loads(pickle.dumps(Here)) is Here
main = sys.modules["__main__"]
print(__name__, main.Here is Here, __file__, __package__, __spec__, __cached__, __doc__)
print(type(__loader__).__name__, __builtins__, sys.argv, sys.path[0], sorted(vars(main)))
"""

ENDINGS = {
    "falls-off": "print('done')",
    "exit-code": "import sys; sys.exit(7)",
    "exit-text": "import sys; sys.exit('said')",
    "error": "def f():\n    return 1 / 0\nf()",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('a') from e",
    "syntax": "def f(:\n    pass",
    "own-hook": "import sys\nsys.excepthook = lambda k, e, t: print(k, e, t.tb_lineno)\n1 / 0",
    "atexit": "import atexit\natexit.register(print, 'last')\n1 / 0",
    "thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.1),"
    " print('late'))).start()\nraise ValueError('first')",
    "encoding": "# -*- coding: latin-1 -*-\nprint('\\xe9'.encode())",
    "future": "def f(x: int): pass\nprint(f.__annotations__)",
    "group": "raise ExceptionGroup('two', [ValueError(1), TypeError(2)])",
    "main-guard": "if __name__ == '__main__':\n    print('main')",
}


def both(tmp_path: Path, *words: str) -> tuple[tuple[int, str, str], tuple[int, str, str]]:
    """Return (exit code, stdout, stderr) of a program under plain Python, and under the runner."""
    done = [
        subprocess.run([sys.executable, *how, *words], cwd=tmp_path, capture_output=True, text=True)
        for how in ([], ["-m", "foldaway.mindspore"])
    ]
    plain, ours = ((d.returncode, d.stdout, d.stderr) for d in done)
    return plain, ours


def test_a_script_sees_what_python_shows_it(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/probe.py").write_text(PROBE)
    plain, ours = both(tmp_path, "deep/probe.py", "-x", "two words", "--help")
    assert ours == plain


@pytest.mark.parametrize("case", ENDINGS)
def test_a_script_ends_as_under_python(case: str, tmp_path: Path):
    (tmp_path / "script.py").write_text(ENDINGS[case], "latin-1")
    plain, ours = both(tmp_path, "script.py")
    assert ours == plain


def test_a_module_sees_what_python_shows_it(tmp_path: Path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack/__init__.py").write_text("print(__name__)")
    (tmp_path / "pack/sister.py").write_text("print('sister')")
    (tmp_path / "pack/__main__.py").write_text(
        "import sys\nfrom . import sister\nprint(sys.argv, __package__, __spec__.name)\n1 / 0"
    )
    for words in (["-m", "pack", "a", "-b"], ["-m", "pack.sister"], ["-m", "no.such"]):
        plain, ours = both(tmp_path, *words)
        assert ours == plain


def test_a_folder_and_an_archive_run_too(tmp_path: Path):
    (tmp_path / "app").mkdir()
    program = "import sys, near\nprint(sys.argv, sys.path[0], __name__)\nraise OSError"
    (tmp_path / "app/__main__.py").write_text(program)
    (tmp_path / "app/near.py").write_text("")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("__main__.py", program)
        archive.writestr("near.py", "")
    for name in ("app", "app.zip"):
        plain, ours = both(tmp_path, name, "x")
        assert ours == plain


def test_a_missing_script_is_reported_as_python_does(tmp_path: Path):
    plain, ours = both(tmp_path, "missing.py")
    assert ours == plain


def test_an_interrupt_ends_with_its_signal(tmp_path: Path):
    (tmp_path / "script.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    plain, ours = both(tmp_path, "script.py")
    assert ours == plain
    assert ours[0] == -signal.SIGINT


IMPORTS = """\
import importlib.util, sys
import mindspore
import mindspore as ms
import mindspore.common.dtype as mstype
import mindspore.nn as nn
import mindspore.numpy
import mindspore.ops as ops
import mindspore.ops.operations as P
from mindspore import Parameter, Tensor, context, dtype, numpy as mnp
from mindspore.common import dtype as mstype2
from mindspore.common.api import jit, ms_function
from mindspore.common.initializer import initializer
from mindspore.common.parameter import Parameter as SameParameter
from mindspore.common.tensor import Tensor as SameTensor
from mindspore.nn.cell import Cell
from mindspore.ops import functional as F, operations as P2
import foldaway.mindspore
import foldaway.mindspore.nn

assert ms is mindspore is foldaway.mindspore is sys.modules["mindspore"]
assert ms.__spec__.name == "foldaway.mindspore"
assert foldaway.mindspore.nn is ms.nn is nn is sys.modules["mindspore.nn"]
assert nn.__spec__.name == "foldaway.nn"
assert nn.Cell is Cell
assert mstype is mstype2 is dtype is ms.dtype
assert mnp is mindspore.numpy
assert P is P2
assert F is ops
assert (Tensor, Parameter) == (SameTensor, SameParameter)
assert (jit, ms_function) == (ms.jit, ms.ms_function)
assert ms.float32 is mstype.float32
assert importlib.util.find_spec("mindspore.no_such") is None
"""


def test_mindspore_is_found_by_every_way_of_importing(tmp_path: Path):
    (tmp_path / "script.py").write_text(IMPORTS)
    assert both(tmp_path, "script.py")[1] == (0, "", "")


def test_the_usage_is_told():
    done = subprocess.run(
        [sys.executable, "-m", "foldaway.mindspore"], capture_output=True, text=True, env=os.environ
    )
    assert (done.returncode, done.stderr[:6]) == (2, "usage:")


def test_functions_that_are_called_as_a_submodule_stay_functions(tmp_path: Path):
    (tmp_path / "script.py").write_text(
        "import mindspore.ops\nfrom mindspore.ops.function import grad\n"
        "from mindspore import ops\nassert ops.grad is grad\nprint(grad.__name__)"
    )
    words = [sys.executable, "-m", "foldaway.mindspore", "script.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("mindspore_grad\n", "")
