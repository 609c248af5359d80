"""Large results lie in memory that earlier ones have left, and are arrays as any other."""

import gc
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from foldaway import Tensor, jit
from foldaway.backends.cpu.result_memory import LARGE, RESULTS, ResultMemory

FLOATS = LARGE // 4


@pytest.fixture
def memory():
    return ResultMemory()


def address(array):
    return array.__array_interface__["data"][0]


def test_memory_is_used_again(memory):
    first = memory.empty((FLOATS,), np.dtype(np.float32))
    where = address(first)
    assert where % 64 == 0
    assert first.flags.owndata
    assert first.base is None
    assert memory.kept == 0
    del first
    kept = memory.kept
    assert kept >= LARGE
    again = memory.empty((FLOATS // 2, 2), np.dtype(np.float32))
    assert (address(again), memory.kept) == (where, 0)
    other = memory.empty((FLOATS,), np.dtype(np.float32))
    assert address(other) != where
    del again, other
    assert memory.kept == 2 * kept


def test_a_view_keeps_its_memory(memory):
    whole = memory.empty((FLOATS,), np.dtype(np.float32))
    whole[:] = 3
    part = whole[5:]
    del whole
    assert memory.kept == 0
    other = memory.empty((FLOATS,), np.dtype(np.float32))
    other[:] = 4
    assert (part == 3).all()
    del part
    assert memory.kept > 0


def test_what_numpy_makes_is_numpys(memory):
    memory.empty((FLOATS,), np.dtype(np.float32))
    kept = memory.kept
    array = np.empty(FLOATS, np.float32)
    assert memory.kept == kept
    del array
    assert memory.kept == kept
    small = memory.empty((3, 5), np.dtype(np.int8))
    assert small.shape == (3, 5)
    assert memory.kept == kept


@pytest.mark.parametrize("count", [FLOATS * 3, 10])
def test_resize(memory, count):
    array = memory.empty((FLOATS,), np.dtype(np.float32))
    array[:] = np.arange(FLOATS)
    array.resize(count, refcheck=False)
    same = min(count, FLOATS)
    np.testing.assert_array_equal(array[:same], np.arange(same))
    assert (array[same:] == 0).all()
    assert memory.kept > 0


def test_many_sizes(memory):
    """Memory is given back to the system where too much of it would wait."""
    for round in range(3):
        arrays = [memory.empty((FLOATS + 20_000 * n,), np.dtype(np.float64)) for n in range(40)]
        for n, array in enumerate(arrays):
            array[:] = n + round
        assert all((array == n + round).all() for n, array in enumerate(arrays))
        del arrays, array
        assert 0 < memory.kept < 40 * (FLOATS + 20_000 * 40) * 8


def test_no_memory(memory):
    memory.empty((FLOATS,), np.dtype(np.float32))
    with pytest.raises(MemoryError):
        memory.empty((1 << 55,), np.dtype(np.float32))
    assert np.zeros(3).sum() == 0


def test_threads(memory):
    wrong = []

    def work(number):
        for _ in range(200):
            array = memory.empty((FLOATS,), np.dtype(np.float32))
            array[:] = number
            if not (array == number).all():
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_results_of_many_calls():
    """However often a function is called, its large results lie there."""

    def shifted(x):
        return x + 1

    compiled, x = jit(shifted), Tensor(np.zeros(FLOATS, np.float32))
    results = [compiled(x) for _ in range(60)]
    before = RESULTS.kept
    del results[-1]
    assert RESULTS.kept > before
    assert all((result == 1).all() for result in results)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork(memory):
    array = memory.empty((FLOATS,), np.dtype(np.float32))
    array[:] = 1
    child = os.fork()
    if child == 0:
        other = memory.empty((FLOATS,), np.dtype(np.float32))
        other[:] = 2
        good = bool((array == 1).all())
        del array, other
        os._exit(0 if good and memory.kept > 0 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert (array == 1).all()
    gc.collect()


def test_arrays_outlive_the_interpreter(tmp_path):
    """What is left when the process ends gives its memory back without trouble."""
    text = (
        "import numpy as np, sys\n"
        "from foldaway import Tensor, jit\n"
        "def f(x):\n    return x + 1\n"
        "f = jit(f)\n"
        f"y = f(Tensor(np.zeros({FLOATS}, np.float32))).asnumpy()\n"
        "sys.kept = y\n"
        "import builtins; builtins.other = [y[3:], f(Tensor(y))]\n"
        "print(y.sum())\n"
    )
    program = tmp_path / "program.py"
    program.write_text(text)
    command = [sys.executable, "-W", "error", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (float(done.stdout), done.stderr) == (FLOATS, "")
