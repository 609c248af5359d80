"""The seven examples that the project began with, run unmodified through the runner."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SEED = Path(__file__).parents[1] / "examples/seed"
NOTICE = (
    "Found unsupported syntax in Graph mode, "
    "those codes would be fallen back to Python interpreter:"
)
BOUNDARY = (
    "Should not use Python object in runtime, "
    "node: ValueNode<InterpretedObject> InterpretedObject: '[2 4 6 8 10]'"
)
MEETS = "Meet a exception from Python when get the type of '<built-in function {}>'"
REFUSES = (
    "TypeError: Not support for this object with type "
    "'<class 'builtin_function_or_method'>' and value '<built-in function {}>'"
)


class Ran:
    """How a program ended: its exit code, and what it printed with white space squeezed."""

    def __init__(self, done: subprocess.CompletedProcess[str]):
        self.code = done.returncode
        self.out = [squeezed(line) for line in done.stdout.splitlines()]
        # Where the suite runs on a simulated machine, the log says so.
        lines = (line for line in done.stderr.splitlines() if "simulat" not in line)
        self.err = [squeezed(line) for line in lines]
        self.text = done.stderr

    def notices(self) -> list[list[str]]:
        """Return the statements of each notice on stderr, as they were written."""
        starts = [n for n, line in enumerate(self.err) if line == squeezed(NOTICE)]
        ends = [*starts[1:], len(self.err)]
        return [self.err[a + 1 : b] for a, b in zip(starts, ends, strict=False)]


def squeezed(text: str) -> str:
    """Return `text` without the white space that the seed leaves open."""
    return re.sub(r"(?<=[\[(,]) +| +(?=[\]),])", "", " ".join(text.split()))


def run(file: Path | str, **settings: str) -> Ran:
    words = [sys.executable, "-m", "foldaway.mindspore", str(file)]
    environment = {**os.environ, **settings}
    return Ran(subprocess.run(words, capture_output=True, text=True, env=environment))


@pytest.fixture(scope="module")
def ran() -> Iterator[Callable[..., Ran]]:
    """Return a function that gives how a program of the seed ended; all run side by side."""
    with ThreadPoolExecutor(4) as pool:
        runs = {
            (file.name, switch): pool.submit(run, file, MS_DEV_ENABLE_FALLBACK=switch)
            for switch in ("1", "0")
            for file in sorted(SEED.glob("*.py"))
        }
        yield lambda name, switch="1": runs[name, switch].result()


def run_text(text: str, folder: Path, **settings: str) -> Ran:
    (folder / "script.py").write_text(text)
    return run(folder / "script.py", **settings)


def test_01_numpy_on_constants(ran: Callable[..., Ran]):
    one = ran("01_np_binop.py")
    assert (one.code, one.out) == (0, ["[5 7 9]"])
    assert one.notices() == [
        [
            "a = np.array([1,2,3])",
            "b = np.array([4,5,6])",
            "c = a + b",
            "return Tensor(c)",
        ]
    ]


def test_02_a_tensor_made_in_a_cell(ran: Callable[..., Ran]):
    one = ran("02_cell.py")
    assert (one.code, one.out) == (0, ["result 18"])
    assert one.notices() == [["tensor_num = Tensor(np.array(9))"]]


def test_03_print_of_constants_comes_first(ran: Callable[..., Ran]):
    one = ran("03_print.py")
    assert one.code == 0
    assert one.out == ["np_sum: [2 4 6 8 10]", "tensor_sum: (2,4,6,8,10)"]


def test_03_a_second_call_prints_the_tensor_only(tmp_path: Path):
    ran = run_text((SEED / "03_print.py").read_text() + "print('again')\ntest_print()\n", tmp_path)
    assert ran.code == 0
    assert ran.out[2:] == ["again", "tensor_sum: (2,4,6,8,10)"]


def test_04_an_object_does_not_reach_the_runtime(ran: Callable[..., Ran]):
    one = ran("04_np_add.py")
    assert one.code == 1
    assert squeezed(BOUNDARY) in squeezed(one.text)


def test_04_the_boundary_points_at_the_return(tmp_path: Path):
    text = (SEED / "04_np_add.py").read_text()
    caught = text.replace(
        "np_add_res = test_np_add()",
        "try:\n    test_np_add()\nexcept RuntimeError as error:\n    print(error)",
    )
    ran = run_text(caught, tmp_path)
    assert ran.code == 0
    assert ran.out[0] == f"{tmp_path}/script.py:7"
    assert ran.out[1] == "7 | return np.add(x,y)"


@pytest.mark.parametrize(
    ("file", "answer"),
    [
        ("05_mnp_average.py", "result 2.5"),
        ("06_np_vdot.py", "result [[1,3],[2,4]]"),
        ("07_self_fn.py", "result [4,6,8]"),
    ],
)
def test_what_the_seed_could_not_do(file: str, answer: str, ran: Callable[..., Ran]):
    one = ran(file)
    assert (one.code, one.out) == (0, [answer])


@pytest.mark.parametrize(
    "file",
    [
        "01_np_binop.py",
        "02_cell.py",
        "03_print.py",
        "04_np_add.py",
        "06_np_vdot.py",
        "07_self_fn.py",
    ],
)
def test_without_fallback_the_first_object_called_is_named(file: str, ran: Callable[..., Ran]):
    one = ran(file, "0")
    assert one.code == 1
    assert one.out == []
    assert one.notices() == []
    meets, refuses = squeezed(MEETS.format("array")), squeezed(REFUSES.format("array"))
    assert one.err.index(meets) < one.err.index(refuses)


def test_without_fallback_tensors_still_compile(tmp_path: Path):
    text = """\
from mindspore import Tensor, ms_function

@ms_function
def double(x):
    y = x + x
    return y * 2

print(double(Tensor([1, 2, 3])))
"""
    ran = run_text(text, tmp_path, MS_DEV_ENABLE_FALLBACK="0")
    assert (ran.code, ran.out, ran.err) == (0, ["[4 8 12]"], [])


def test_without_fallback_the_object_itself_is_named(tmp_path: Path):
    text = """\
import math
from mindspore import Tensor, ms_function

@ms_function
def scaled(x):
    return x * math.sqrt(4.0)

scaled(Tensor([1.0, 2.0]))
"""
    ran = run_text(text, tmp_path, MS_DEV_ENABLE_FALLBACK="0")
    assert ran.code == 1
    meets, refuses = squeezed(MEETS.format("sqrt")), squeezed(REFUSES.format("sqrt"))
    assert ran.err.index(meets) < ran.err.index(refuses)


def test_without_fallback_the_error_is_the_builtin_one(tmp_path: Path):
    text = (SEED / "01_np_binop.py").read_text()
    caught = text.partition("res = ")[0] + (
        "try:\n    np_binop()\n"
        "except TypeError as error:\n    print(type(error).__name__, *error.args)"
    )
    ran = run_text(caught, tmp_path, MS_DEV_ENABLE_FALLBACK="0")
    assert ran.code == 0
    message = REFUSES.format("array").removeprefix("TypeError: ")
    assert ran.out == [squeezed(f"TypeError {message}")]


def test_the_switch_is_read_at_each_compile(tmp_path: Path):
    text = (
        (SEED / "01_np_binop.py").read_text().partition("res = ")[0]
        + """
import os
os.environ["MS_DEV_ENABLE_FALLBACK"] = "0"
try:
    np_binop()
except TypeError:
    print("refused")
del os.environ["MS_DEV_ENABLE_FALLBACK"]
print(np_binop())
"""
    )
    ran = run_text(text, tmp_path)
    assert (ran.code, ran.out) == (0, ["refused", "[5 7 9]"])
    assert len(ran.notices()) == 1
