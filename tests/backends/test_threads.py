"""Loops that threads share: the same bits for any number of threads, and nothing that hangs."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, nn, ops
from foldaway.backends.cpu.thread_pool import pool_text
from foldaway.runtime.threads import available_processors

LINUX = sys.platform.startswith("linux")

Program = Callable[..., Tensor]

PROGRAMS: dict[str, tuple[Program, list[tuple[int, ...]]]] = {
    "elementwise": (lambda x: ops.relu(x * 2 + 1).exp(), [(70001,)]),
    "past the cache": (lambda x: x * 2 + 1, [(3 << 22,)]),
    "rows of neighbours": (lambda x, b: x + b, [(3, 30011), (30011,)]),
    "transposed": (lambda x: x.T + 1, [(401, 333)]),
    "transposed in squares": (lambda x, y: x.T * 2 + y, [(1024, 515), (515, 1024)]),
    "softmax": (lambda x: ops.softmax(x), [(601, 333)]),
    "normalised": (
        lambda x: (x - x.mean(1, keepdims=True)) / (x.var(1, keepdims=True) + 1) ** 0.5,
        [(601, 333)],
    ),
    "sums of rows": (lambda x: x.sum(1), [(601, 333)]),
    "sums of columns": (lambda x: x.sum(0), [(333, 601)]),
    "sum of all": (lambda x: x.sum(), [(333, 601)]),
    "greatest": (lambda x: x.argmax(1), [(601, 333)]),
    "product by columns": (lambda x, y: x @ y, [(97, 131), (131, 389)]),
    "product by rows": (lambda x, y: x @ y, [(1001, 67), (67, 31)]),
    "product of a transposed": (lambda x, y: x.T @ y, [(131, 97), (131, 389)]),
    "product with a transposed": (lambda x, y: x @ y.T, [(33, 700), (501, 700)]),
    "product of a vector": (lambda x, y: x @ y, [(1, 517), (517, 4099)]),
    "products": (lambda x, y: x @ y, [(9, 65, 43), (9, 43, 67)]),
    "product with what follows": (
        lambda x, w, b, r: ops.gelu(x @ w + b) * 0.5 + r,
        [(97, 131), (131, 389), (389,), (97, 389)],
    ),
    "product by rows with what follows": (
        lambda x, w, b, r: ops.relu(x @ w + b) - r,
        [(1001, 67), (67, 31), (31,), (1001, 31)],
    ),
    "products with what follows": (
        lambda x, w, b: ops.tanh(x @ w + b),
        [(9, 65, 43), (9, 43, 67), (67,)],
    ),
    "columns that are copied, with what follows": (
        lambda x, w, b: ops.relu(x.T @ w.T + b),
        [(131, 97), (389, 131), (389,)],
    ),
    "two layers": (lambda x, w, v: ops.relu(x @ w) @ v, [(301, 64), (64, 129), (129, 77)]),
}

CONVOLUTIONS = [
    ("window", 3, 1, (1, 16, 40, 40)),
    ("window of several images", 3, 1, (5, 16, 20, 20)),
    ("one by one", 1, 1, (1, 48, 32, 32)),
    ("one by one of several images", 1, 1, (6, 48, 16, 16)),
    ("depthwise", 3, 16, (1, 16, 60, 60)),
    ("depthwise of several images", 3, 16, (6, 16, 30, 30)),
]


@pytest.fixture(autouse=True)
def number_of_threads() -> Iterator[None]:
    """Leave the setting as it was."""
    before = foldaway.get_num_threads()
    yield
    foldaway.set_num_threads(before)


def tensors(*shapes: tuple[int, ...]) -> list[Tensor]:
    """Return the same numbers each time."""
    generator = np.random.default_rng(0)
    return [Tensor(generator.standard_normal(s).astype(np.float32)) for s in shapes]


def in_child(program: str, **environment: str) -> str:
    """Return what a new process prints; fail unless it ends well."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "program.py")
        file.write_text(PREAMBLE + program)
        done = subprocess.run(
            [sys.executable, "-W", "error", str(file)],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


PREAMBLE = """
import os, sys, time
import numpy as np
import foldaway
from foldaway import Tensor, ops

@foldaway.jit
def f(x):
    return ops.exp(x * 2 + 1)

def workers():
    return len(os.listdir("/proc/self/task")) - 1

x = Tensor(np.linspace(-1, 1, 1 << 20, dtype=np.float32))
"""


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bits_are_those_of_one_thread(name: str):
    program, shapes = PROGRAMS[name]
    arguments, compiled = tensors(*shapes), foldaway.jit(program)
    foldaway.set_num_threads(1)
    alone = compiled(*arguments).asnumpy()
    expected = program(*(Tensor(a.asnumpy().astype(np.float64)) for a in arguments)).asnumpy()
    np.testing.assert_allclose(alone, expected, rtol=2e-4, atol=2e-4)
    for number in (2, 3, 5):
        foldaway.set_num_threads(number)
        for _ in range(4):
            assert compiled(*arguments).asnumpy().tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    ("window", "groups", "shape"), [c[1:] for c in CONVOLUTIONS], ids=[c[0] for c in CONVOLUTIONS]
)
def test_convolutions_have_the_bits_of_one_thread(window: int, groups: int, shape: tuple[int, ...]):
    channels = shape[1]
    (weight, bias, x) = tensors((32, channels // groups, window, window), (32,), shape)
    cell = nn.Conv2d(
        channels, 32, window, has_bias=True, group=groups, weight_init=weight, bias_init=bias
    )
    compiled = foldaway.jit(lambda x: ops.relu(cell(x)))
    foldaway.set_num_threads(1)
    alone = compiled(x).asnumpy().tobytes()
    for number in (2, 3):
        foldaway.set_num_threads(number)
        for _ in range(4):
            assert compiled(x).asnumpy().tobytes() == alone


def test_python_threads_call_at_once():
    foldaway.set_num_threads(3)
    programs = [(foldaway.jit(program), tensors(*shapes)) for program, shapes in PROGRAMS.values()]
    expected = [compiled(*arguments).asnumpy().tobytes() for compiled, arguments in programs]
    wrong: list[int] = []

    def storm(first: int) -> None:
        for round in range(first, first + 60):
            number = round % len(programs)
            compiled, arguments = programs[number]
            if compiled(*arguments).asnumpy().tobytes() != expected[number]:
                wrong.append(number)

    callers = [threading.Thread(target=storm, args=(first,)) for first in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


def test_a_loop_that_fails_is_still_reported():
    @foldaway.jit
    def f(x: Tensor, i: Tensor) -> Tensor:
        y = ops.exp(x * 2)
        if i > 2:
            raise ValueError("no such round")
        return y + i

    foldaway.set_num_threads(2)
    (x,) = tensors((1 << 18,))
    assert f(x, Tensor(1)).shape == x.shape
    with pytest.raises(ValueError, match="no such round"):
        f(x, Tensor(3))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_has_threads_of_its_own():
    printed = in_child("""
foldaway.set_num_threads(2)
expected = f(x).asnumpy()
for _ in range(20):
    f(x)
child = os.fork()
if child == 0:
    assert workers() == 0
    for _ in range(20):
        assert (f(x).asnumpy() == expected).all()
    assert workers() == 1
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert (f(x).asnumpy() == expected).all()
""")
    assert printed == "7\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_forks_while_others_compute():
    printed = in_child("""
import threading, warnings
warnings.simplefilter("ignore")
foldaway.set_num_threads(2)
expected, stop = f(x).asnumpy(), False

def busy():
    while not stop:
        f(x)

other = threading.Thread(target=busy)
other.start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        os._exit(0 if (f(x).asnumpy() == expected).all() else 1)
    assert os.waitpid(child, 0)[1] == 0
stop = True
other.join()
print("done")
""")
    assert printed == "done\n"


@pytest.mark.skipif(not LINUX, reason="threads are counted by Linux")
def test_there_are_as_many_threads_as_asked_for():
    counted = "f(x); f(x); print(workers())"
    assert in_child(counted, FOLDAWAY_NUM_THREADS="1") == "0\n"
    assert in_child(counted, FOLDAWAY_NUM_THREADS="3") == "2\n"
    assert in_child("foldaway.set_num_threads(1); " + counted, FOLDAWAY_NUM_THREADS="3") == "0\n"
    grown = "f(x); foldaway.set_num_threads(4); f(x); foldaway.set_num_threads(2); f(x)\n"
    assert in_child(grown + "print(workers())", FOLDAWAY_NUM_THREADS="2") == "3\n"


@pytest.mark.parametrize("last", ["", "time.sleep(0.05)"])
def test_the_interpreter_ends_while_workers_wait(last: str):
    assert in_child(f"f(x)\nprint('end')\n{last}", FOLDAWAY_NUM_THREADS="3") == "end\n"


@pytest.mark.skipif(not LINUX, reason="only there threads share work")
def test_workers_take_no_signals():
    printed = in_child(
        """
f(x)
for task in os.listdir("/proc/self/task"):
    if int(task) != os.getpid():
        with open(f"/proc/self/task/{task}/status") as file:
            lines = file.read().splitlines()
        (blocked,) = (line.split()[1] for line in lines if line.startswith("SigBlk"))
        print(int(blocked, 16) & 1 << 1 != 0)
""",
        FOLDAWAY_NUM_THREADS="2",
    )
    assert printed == "True\n"


@pytest.mark.skipif(not LINUX, reason="only there threads share work")
def test_a_part_that_gets_no_memory():
    """The call fails, and the next one that has memory is right."""
    printed = in_child(
        """
import resource

@foldaway.jit
def product(x):
    return x @ x

x = Tensor(np.ones((512, 512), np.float32))
for _ in range(3):
    expected = product(x).asnumpy()
with open("/proc/self/statm") as file:
    size = int(file.read().split()[0]) * resource.getpagesize()
limits = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (size, limits[1]))
failed = set()
for _ in range(20):
    try:
        product(x)
    except MemoryError as error:
        failed.add(str(error))
resource.setrlimit(resource.RLIMIT_AS, limits)
assert (product(x).asnumpy() == expected).all()
print(failed)
""",
        FOLDAWAY_NUM_THREADS="2",
        MALLOC_MMAP_THRESHOLD_="65536",
    )
    assert printed == "{'there is no memory for what a compiled function needs'}\n"


@pytest.mark.parametrize("wrong", [0, -1, 1025])
def test_a_number_out_of_range_is_refused(wrong: int):
    with pytest.raises(ValueError, match=f"from 1 to 1024, not {wrong}"):
        foldaway.set_num_threads(wrong)


@pytest.mark.parametrize("wrong", [True, 2.0, "2", None])
def test_what_is_no_int_is_refused(wrong: object):
    with pytest.raises(TypeError, match=f"must be an int, not {type(wrong).__name__}"):
        foldaway.set_num_threads(wrong)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("wrong", ["0", "many", "9999999999999"])
def test_an_environment_that_makes_no_sense_is_refused(wrong: str):
    done = subprocess.run(
        [sys.executable, "-c", "import foldaway"],
        env={**os.environ, "FOLDAWAY_NUM_THREADS": wrong},
        capture_output=True,
        text=True,
    )
    assert f"FOLDAWAY_NUM_THREADS must be a number from 1 to 1024, not {wrong!r}" in done.stderr


def test_the_environment_says_how_many():
    show = "print(foldaway.get_num_threads())"
    assert in_child(show, FOLDAWAY_NUM_THREADS=" 7 ") == "7\n"
    assert in_child(show, FOLDAWAY_NUM_THREADS="") == f"{available_processors()}\n"


def test_a_setting_takes_effect_without_compiling():
    compiled = foldaway.jit(lambda x: ops.tanh(x) + 1)
    (x,) = tensors((1 << 18,))
    foldaway.set_num_threads(1)
    first = compiled(x)
    foldaway.set_num_threads(2)
    assert (compiled(x) == first).all()
    assert foldaway.get_num_threads() == 2


def test_other_systems_work_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert "pthread_create" not in pool_text()
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert "@llvm.aarch64.hint(i32 1)" in pool_text()
    assert "$" not in pool_text()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_pool_of_processes_may_fork():
    context = multiprocessing.get_context("fork")
    foldaway.set_num_threads(2)
    expected = _in_process(0)
    with context.Pool(2) as pool:
        assert pool.map(_in_process, range(4)) == [expected] * 4


def _in_process(_: int) -> bytes:
    (x,) = tensors((1 << 18,))
    return foldaway.jit(lambda x: ops.exp(x) * 3)(x).asnumpy().tobytes()
