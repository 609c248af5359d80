"""What a start loads: the compiler only when something is compiled."""

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import foldaway
from foldaway.backends.cpu.stored_code import this_machine

HEAVY = """
import sys
heavy = ("xdsl.ir", "xdsl.dialects", "llvmlite", "foldaway.passes", "foldaway.frontend",
         "foldaway.backends", "foldaway.dialects.graph", "foldaway.dialects.pyobj",
         "foldaway.folding.fold_function", "numpy.random", "foldaway.compile")
loaded = [name for name in heavy if name in sys.modules]
"""

START = (
    "import numpy as np, foldaway\nfrom foldaway import Tensor, nn, ops\nx = Tensor([1.0, 2.0])\n"
)

LIGHT = {
    "import": "import foldaway",
    "star": "from foldaway import *\nassert jit and nn.Dense and ops.relu and numpy.arange",
    "mindspore": "import foldaway.mindspore",
    "eager": START
    + """
y = ops.softmax((x[None] @ Tensor(np.ones((2, 3), np.float32))).exp() ** 2)
z = ops.concat([y, -y.T.reshape(1, 3)]).astype(foldaway.float16)
assert z.shape == (2, 3) and z.sum().item() == 0 and (z > 0).any()
assert str(foldaway.numpy.arange(3) + 1) == "[1 2 3]"
""",
    "decorators": START
    + """
@foldaway.jit
def f(x):
    return x + 1

class Net(nn.Cell):
    @foldaway.ms_function
    def construct(self, x):
        return x

net, gradient = Net(), foldaway.grad(f)
""",
    "pickle": START
    + """
import copy, pickle
y = pickle.loads(pickle.dumps([x, foldaway.float32]))
assert (y[0] == x).all() and y[1] is foldaway.float32 and (copy.deepcopy(x) == x).all()
""",
    "errors": START
    + """
try:
    x @ Tensor([1.0, 2.0, 3.0])
except ValueError:
    pass
try:
    ops.relu("no tensor")
except (TypeError, foldaway.CompileError):
    pass
""",
}

QUIET = """
import sys
import numpy
before = set(sys.modules)
PROGRAM
new = {name for name in sys.modules if name not in before}
seldom = {"xdsl", "logging", "hashlib", "json", "threading", "signal", "dataclasses", "copy",
          "sysconfig", "numpy.typing", "array", "string", "traceback", "decimal", "fractions",
          "foldaway.nn", "foldaway.numpy", "foldaway.gradients", "foldaway.operators",
          "foldaway.compile_trace", "foldaway.dialects.build", "foldaway.runtime.eager",
          "foldaway.runtime.lazy_trace", "foldaway.runtime.meanings",
          "foldaway.runtime.call_table", "foldaway.runtime.form_table"}
print(sorted(seldom & new), len(new), file=sys.stderr)
"""
"""Prints what shouldn't be there among the modules that NumPy doesn't load, and their number."""

DECORATED = """
import foldaway
from foldaway import Tensor, ops

@foldaway.jit
def f(x, y):
    return ops.relu(x * 2 + y)

x = Tensor(numpy.arange(4, dtype=numpy.float32))
"""

COMPILING = START + "assert (foldaway.jit(lambda x: x + 1)(x) == x + 1).all()"


def run(program: str, folder: Path, errors: bool = False) -> str:
    """Run a file, since what is compiled needs a source; return what it prints."""
    script = folder / "program.py"
    script.write_text(program)
    environment = {**os.environ, "FOLDAWAY_CACHE": "1", "FOLDAWAY_CACHE_DIR": str(folder)}
    words = [sys.executable, str(script)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return (done.stderr if errors else done.stdout).strip()


@pytest.mark.parametrize("program", LIGHT.values(), ids=LIGHT)
def test_the_compiler_is_not_loaded(program: str, tmp_path: Path):
    assert run(f"{program}\n{HEAVY}\nprint(loaded)", tmp_path) == "[]"


def test_decorating_loads_little(tmp_path: Path):
    found = run(QUIET.replace("PROGRAM", DECORATED), tmp_path, errors=True)
    names, _, count = found.rpartition(" ")
    assert names == "[]"
    assert int(count) <= 64


@pytest.mark.skipif(this_machine() is None, reason="only Linux on x86-64 keeps forms")
def test_a_warm_call_loads_little(tmp_path: Path):
    program = QUIET.replace("PROGRAM", f"{DECORATED}assert f(x, x).asnumpy()[3] == 9")
    cold, warm = (run(program, tmp_path, errors=True) for _ in range(2))
    assert "'xdsl'" in cold
    names, _, count = warm.rpartition(" ")
    assert names == "[]"
    assert int(count) <= 92


def test_it_is_loaded_by_a_call(tmp_path: Path):
    """Or the names above would be those of nothing."""
    left = run(f"{COMPILING}\n{HEAVY}\nprint(set(heavy) - set(loaded))", tmp_path)
    assert left == "{'numpy.random'}"


@pytest.mark.parametrize("name", ["nn", "ops", "numpy", "mindspore", "context", "jit", "gradients"])
def test_each_module_can_be_the_first(name: str, tmp_path: Path):
    program = (
        f"from importlib import import_module as load\nprint(load('foldaway.{name}').__name__)"
    )
    assert run(program, tmp_path) == f"foldaway.{name}"


@pytest.mark.parametrize("name", ["foldaway", "foldaway.ops"])
def test_all_names_are_there(name: str):
    module = import_module(name)
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError, match=f"'{name}' has no attribute 'nothing'"):
        _ = module.nothing


def test_names_that_are_loaded_late_are_those_that_type_checkers_see():
    file = foldaway.ops.__file__
    assert file is not None
    names = list[str]()
    [seen] = [node for node in ast.parse(Path(file).read_text()).body if isinstance(node, ast.If)]
    for node in seen.body:
        if isinstance(node, ast.ImportFrom):
            home = import_module(f"foldaway.{node.module}")
            for alias in node.names:
                names.append(alias.asname or alias.name)
                assert getattr(foldaway.ops, names[-1]) is getattr(home, alias.name)
        elif isinstance(node, ast.Assign):
            [target] = node.targets
            assert isinstance(target, ast.Name)
            assert isinstance(node.value, ast.Name)
            names.append(target.id)
            there = getattr(foldaway.ops, node.value.id)
            assert getattr(foldaway.ops, target.id) is there
    assert sorted(names) == sorted(foldaway.ops.__all__)
