"""Machine code that answers calls holds nothing too long, and nothing too short.

Not in threads, in a forked child or at the end of the process, either.
"""

import ctypes
import gc
import os
import resource
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

from foldaway import Tensor, jit, ops
from foldaway.backends.cpu.native_entry import assemble_entry
from foldaway.runtime.native_callable import entries_offset
from foldaway.runtime.object_layout import object_layout
from tests.api.test_native_calls import native, natively, outcome

SCALE = 2.0


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr("foldaway.native_calls.SOME_CALLS", 3)


def test_one_that_nobody_has_is_collected():
    def make():
        held = {}
        f = native(jit(lambda x: x + len(held) + 1), Tensor([1.0]))
        held["me"] = f
        return weakref.ref(f), weakref.ref(f.specializations[0])

    references = make()
    gc.collect()
    left = [one for reference in references if (one := reference()) is not None]
    holders = [holder for one in left for holder in gc.get_referrers(one) if holder is not left]
    assert not left, [(type(holder), repr(holder)[:300]) for holder in holders]


def test_nothing_leaks():
    f = jit(lambda x, y, n: ops.relu(x * 2 + y) * n)
    x, y = Tensor(np.ones(4, np.float64)), Tensor(np.ones(4, np.float64))
    native(f, x, y, 1.5)
    wrong = Tensor(np.ones(3, np.float64))
    outcome(f, wrong, y, 1.5)
    held = (x, y, x.asnumpy(), x.asnumpy().dtype, Tensor, None, False, f, ops, np.ndarray)
    before = [sys.getrefcount(one) for one in held]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200_000):
        f(x, y, 1.5)
    for _ in range(2000):
        f(x, y, n=1.5)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    after = [sys.getrefcount(one) for one in held]
    assert all(abs(a - b) < 50 for a, b in zip(after, before, strict=True)), (before, after)
    assert grown < 4000


def test_threads_that_call_and_compile():
    f = jit(lambda x: x * 2 + SCALE)
    wrong = []
    values = [Tensor(np.full(n, n, np.float32)) for n in range(1, 9)]

    def call(number):
        for round in range(400):
            value = values[(number + round // 50) % 8]
            if f(value).asnumpy().tolist() != (value.asnumpy() * 2 + SCALE).tolist():
                wrong.append(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert natively(f)


def test_threads_run_beside_a_long_kernel():
    f = jit(lambda x: ops.exp(x).sum() + 1)
    big = Tensor(np.zeros(200_000, np.float32))
    native(f, big)
    wrong = []

    def call():
        for _ in range(50):
            x = Tensor(np.zeros(200_000, np.float32))
            if f(x).item() != 200_001:
                wrong.append(1)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_goes_on(tmp_path):
    program = """
import os, foldaway.native_calls
from foldaway import Tensor, jit
foldaway.native_calls.SOME_CALLS = 3
f = jit(lambda x: x + 1)
x = Tensor([1.0])
for _ in range(8): f(x)
child = os.fork()
assert f(x).asnumpy() == 2
g = jit(lambda x: x + 2)
for _ in range(8): assert g(x).asnumpy() == 3
assert g.specializations[0].report.native_calls.value
if child: assert os.waitpid(child, 0)[1] == 0
"""
    file = tmp_path / "forks.py"
    file.write_text(program)
    done = subprocess.run([sys.executable, file], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_python_without_plain_counts_and_versions(monkeypatch):
    """Such as 3.13 is: the counts are for the C API, dicts have no versions."""
    layout = object_layout()._replace(inline_counts=False, dict_version=None)
    monkeypatch.setattr("foldaway.runtime.call_table.object_layout", lambda: layout)
    code = assemble_entry(layout, entries_offset())
    address = ctypes.c_size_t.from_address(code.address).value
    monkeypatch.setattr("foldaway.backends.cpu.native_entry.entry_address", lambda: address)
    native(
        jit(lambda x, y, n: (ops.relu(x * SCALE + y) * n, x - n)), Tensor([1.0]), Tensor([2.0]), 3
    )
    g = native(jit(lambda x, y: ops.relu(x * SCALE + y)), Tensor([1.0]), Tensor([2.0]))
    x, y = Tensor([1.0]), Tensor([2.0])
    before = [sys.getrefcount(one) for one in (x, y, None, Tensor, x.asnumpy().dtype)]
    for _ in range(1000):
        assert g(x, y).asnumpy() == 4
    after = [sys.getrefcount(one) for one in (x, y, None, Tensor, x.asnumpy().dtype)]
    assert all(abs(a - b) < 50 for a, b in zip(after, before, strict=True)), (before, after)
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    for _ in range(3):
        assert g(x, y).asnumpy() == 5


def test_a_thread_in_a_kernel_does_not_keep_the_process(tmp_path):
    file = tmp_path / "ends.py"
    file.write_text("""
import threading, time, numpy as np, foldaway.native_calls
from foldaway import Tensor, jit, ops
foldaway.native_calls.SOME_CALLS = 3
f = jit(lambda x: ops.exp(ops.exp(ops.tanh(x))))
big = Tensor(np.zeros(3_000_000, np.float32))
small = Tensor(np.zeros(40_000, np.float32))
for x in (big, small):
    for _ in range(8): f(x)
def call():
    while True: f(big)
for _ in range(3): threading.Thread(target=call, daemon=True).start()
time.sleep(0.3)
for _ in range(20): f(small)
print("done")
""")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_calls_and_tensors_at_the_end_of_the_process(tmp_path):
    file = tmp_path / "ends.py"
    file.write_text("""
import atexit, sys, foldaway.native_calls
from foldaway import Tensor, jit
from foldaway.runtime.parameter import Parameter
foldaway.native_calls.SOME_CALLS = 3
f = jit(lambda x: x + 1)
class Last:
    def __init__(self): self.f, self.x = f, Tensor([1.0])
    def __del__(self): print(self.f(self.x).asnumpy()[0])
kept = [f(Tensor([1.0])) for _ in range(50)]
sys.kept = [f(Tensor([2.0])), Parameter(Tensor([1.0]), "p"), Last()]
atexit.register(lambda: print(f(Tensor([3.0])).asnumpy()[0]))
last = Last()
""")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "4.0"
