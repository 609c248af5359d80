"""The CPU's executables: what they accept, return, and that threads may share them."""

import gc
import os
import threading
import weakref

import numpy as np
import pytest

from foldaway.backends.cpu.driver import CpuDriver

from .buffer_form import elementwise, parse


def test_inputs_in_other_layouts_are_copied_and_results_are_new():
    executable = CpuDriver().compile(
        parse(elementwise(["%r = arith.addf %x0, %x1 : f32"], ["f32"] * 2, ["f32"], 6)), "f"
    )
    x, y = np.arange(12, dtype=np.float32)[::2], np.arange(6, dtype=np.float32)[::-1]
    (got,) = executable([x, y])
    assert (got == x + y).all()
    raw = np.zeros(25, np.uint8)
    odd = raw[1:].view(np.float32)
    assert not odd.flags.aligned
    assert (executable([odd, y])[0] == y).all()
    assert not np.shares_memory(got, executable([x, y])[0])
    with pytest.raises(TypeError, match=r"an input is float64\[6\], compiled was float32\[6\]"):
        executable([x.astype(float), y])
    with pytest.raises(TypeError, match="2 inputs were compiled, not 1"):
        executable([x])


def test_threads_compile_and_call_at_once():
    text = elementwise(["%r = arith.mulf %x0, %x0 : f64"], ["f64"], ["f64"], 1000)
    failures = []

    def work(seed):
        x = np.random.default_rng(seed).standard_normal(1000)
        executable = CpuDriver().compile(parse(text), "f")
        failures.extend(n for n in range(50) if not (executable([x])[0] == x * x).all())

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_calls_and_compiles():
    text = elementwise(["%r = arith.mulf %x0, %x0 : f64"], ["f64"], ["f64"], 10)
    executable, x = CpuDriver().compile(parse(text), "f"), np.arange(10.0)
    child = os.fork()
    if child == 0:
        done = (executable([x])[0] == CpuDriver().compile(parse(text), "f")([x])[0]).all()
        os._exit(0 if done else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_code_is_unloaded_with_its_executable():
    text = elementwise(["%r = arith.addf %x0, %x0 : f64"], ["f64"], ["f64"], 10)
    executable = CpuDriver().compile(parse(text), "f")
    gone = weakref.ref(executable)
    del executable
    gc.collect()
    assert gone() is None
