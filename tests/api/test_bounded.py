"""New values need no new code where numbers may be run-time values, and nothing grows for ever."""

import gc
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from foldaway import Tensor, jit
from foldaway import compile as compiling
from foldaway.compile_trace import TRACES
from foldaway.runtime.specialization import SpecializationCache

X = np.array([1.0, 2.0, 3.0], np.float32)
MODES = {"strict": True, "lax": False}
SEEN = {}


@pytest.fixture
def compiled(monkeypatch):
    """What was compiled since: an item for each function and each trace."""
    found = []
    whole, trace = compiling.compile_function, type(TRACES).compile
    monkeypatch.setattr(
        compiling, "compile_function", lambda *given: (found.append(given[0]), whole(*given))[1]
    )
    monkeypatch.setattr(
        type(TRACES), "compile", lambda self, form: (found.append(form), trace(self, form))[1]
    )
    return found


def values(tensor):
    return tensor.asnumpy().tolist()


@pytest.mark.parametrize("mode", MODES)
def test_a_new_float_or_int_is_not_compiled_for(mode, compiled):
    f = jit(lambda x, rate, n: x * rate + n, fullgraph=MODES[mode])
    for n in range(1000):
        assert values(f(Tensor(X), n / 8, n)) == (X * (n / 8) + n).tolist()
    assert len(compiled) == len(f.specializations) == 1


def test_a_new_float_is_not_compiled_for_around_python(compiled):
    def stamped(x, rate):
        y = x * rate
        return y + int(time.time() > 0) * rate

    f = jit(stamped, fullgraph=False)
    for n in range(1000):
        assert values(f(Tensor(X), n / 8)) == (X * (n / 8) + n / 8).tolist()
    # The function once; and its trace, unless another program had the same one.
    assert len(compiled) in (1, 2)
    assert f.report().ops_python == 0


@pytest.mark.parametrize("mode", MODES)
def test_a_number_that_is_no_argument_is_not_compiled_for_each_time(mode, compiled):
    box = {"rate": 0.0}
    f = jit(lambda x: x * box["rate"], fullgraph=MODES[mode])
    for n in range(1000):
        box["rate"] = n / 8
        assert values(f(Tensor(X))) == (X * (n / 8)).tolist()
    assert len(compiled) <= 4


def scalar(n):
    return n, lambda x, n: x * (n % 7) + len(str(n))


def text(n):
    return f"text {n}", lambda x, what: x + len(what)


def numbers(n):
    return [1.0] * n, lambda x, items: x * sum(items)


def tensors(n):
    return [Tensor(X)] * (n % 50 + 1), lambda x, items: x + len(items)


def shape(n):
    return Tensor(np.ones(n % 40 + 1, np.float32)), lambda x, other: x[0] + other.shape[0]


def keys(n):
    return {f"key {n}": n}, lambda x, table: x + next(iter(table.values()))


def array(n):
    return np.ones(n % 40 + 1, np.float32), lambda x, other: x + Tensor(other).shape[0]


KINDS = [scalar, text, numbers, tensors, shape, keys, array]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_thousand_values_leave_the_caches_bounded(kind, compiled):
    f = jit(kind(1)[1], fullgraph=False)
    for n in range(1, 1001):
        what, plain = kind(n)
        assert values(f(Tensor(X), what)) == values(plain(Tensor(X), what))
    assert len(f.specializations) <= 128
    # Compiling stops where each call needs code of its own.
    assert len(compiled) <= 8 + 64 + 40 * (kind in (shape, array))
    assert len(f._lazy._keys) <= 1024
    assert len(f._lazy._codes) <= 64


def test_strict_keeps_no_more_forms_than_it_may():
    f = jit(lambda x, n: x * (n % 7) + len(str(n)))
    for n in range(40):
        f(Tensor(X), n)
    assert len(f.specializations) <= 32
    g = jit(lambda x: x * 2)
    g._cache = SpecializationCache(bound=4)
    for n in (0, 1, 2, 3, 0, 4, 5):
        g(Tensor(np.ones(n + 1, np.float32)))
    assert len(g.specializations) == 4


def resident():
    """Return how many bytes of this process are in memory."""
    gc.collect()
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_thousand_values_leave_memory_as_it_is(kind):
    f = jit(kind(1)[1], fullgraph=False)

    def calls(first):
        for n in range(first, first + 1000):
            f(Tensor(X), kind(n)[0])

    calls(1)
    before = resident()
    calls(1)
    calls(1001)
    # A leak of 2 kB a call would be 4 MB.
    assert resident() - before < 4_000_000


def test_functions_that_are_gone_leave_memory_as_it_is():
    def rounds(count):
        for _ in range(count):
            f = jit(lambda x: x * 2 + int(str(len(SEEN)) == "0"))
            f(Tensor(X))

    rounds(30)
    before = resident()
    rounds(60)
    # A compiled function takes hundreds of kilobytes.
    assert resident() - before < 8_000_000
