"""LAX: what can't be compiled whole runs as plain Python, with its tensor operations compiled."""

import threading
import time

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor
from foldaway.compile_trace import TRACES
from foldaway.testing import assert_fully_compiled

from .lax_programs import X, lax, needs_python

pytestmark = pytest.mark.usefixtures("default_settings")


# What runs lazily.


@lax
def through_numpy(x):
    y = x * 2 + 1
    z = Tensor(np.sort(y.asnumpy())[:: -int(time.time() > 0)].copy())
    return z - x.mean()


def test_operations_around_python_are_compiled():
    for _ in range(3):
        assert through_numpy(Tensor(X)).asnumpy().tolist() == [5, 3, 1]
    report = through_numpy.report()
    assert report.ops_python == 0
    assert report.ops_compiled % 3 == 0
    assert report.ops_compiled >= 15
    statuses = {line.line: line for line in report.lines}
    first = through_numpy.function.__code__.co_firstlineno + 2
    assert statuses[first].status == "compiled"
    assert statuses[first + 1].status == "runs in Python"
    assert statuses[first + 1].reason
    assert statuses[first + 2].status == "compiled"


def test_the_report_as_html():
    html = through_numpy.report()._repr_html_()
    assert html.startswith("<table>")
    assert "runs in Python" in html

    @lax
    def f(x):
        assert x.asnumpy()[0] < 2, "<b>"
        return x

    f(Tensor(X))
    line = foldaway.runtime.report.LineStatus("<f>", 1, "a & b", "<i>")
    report = foldaway.runtime.report.FunctionReport(
        [foldaway.runtime.report.Report([line]), f.report()]
    )
    assert "&lt;i&gt;" in report._repr_html_()
    assert "a &amp; b" in report._repr_html_()


def test_the_ir_of_a_function_that_runs_lazily():
    through_numpy(Tensor(X))
    assert "graph.mul" in through_numpy.ir("graph")
    assert "linalg." in through_numpy.ir("linalg")
    assert "define" in through_numpy.ir("llvm")
    assert "np.sort" in through_numpy.ir("python")
    assert "np.sort" in through_numpy.ir("pyobj")
    with pytest.raises(ValueError, match="no stage 'ptx'"):
        through_numpy.ir("ptx")


def test_assert_fully_compiled_names_the_reason():
    with pytest.raises(AssertionError, match=r"runs in Python \([a-z]"):
        assert_fully_compiled(through_numpy, Tensor(X))
    whole = lax(lambda x: x * 2)
    assert assert_fully_compiled(whole, Tensor(X)).asnumpy().tolist() == [2, 4, 6]


def test_what_is_not_recorded_counts_as_python():
    @lax
    def f(x):
        return x[x.asnumpy() > int(time.time() > 0)] * 2

    assert f(Tensor(X)).asnumpy().tolist() == [4, 6]
    assert f.report().ops_python == 1
    assert "1 in Python" in str(f.report())


def test_folding_is_tried_once_for_each_key(monkeypatch):
    from foldaway import compile as compiling

    tried = []
    real = compiling.compile_function
    monkeypatch.setattr(compiling, "compile_function", lambda *a: tried.append(1) or real(*a))

    @lax
    def f(x, n):
        return x * int(time.time() > 0) + n

    for _ in range(5):
        f(Tensor(X), "a" == "b")
    assert len(tried) == 1
    f(Tensor(X), Tensor(X))
    assert len(tried) == 2


@pytest.mark.parametrize("kind", ["lists", "texts", "keys"])
def test_what_differs_at_each_call_is_not_compiled_each_time(kind):
    make = {
        "lists": lambda n: [Tensor(X)] * (n + 1),
        "texts": lambda n: f"text {n}",
        "keys": lambda n: {f"key {n}": n},
    }[kind]
    f = lax(lambda x, what: x * 2 + len(what))
    for n in range(1000):
        what = make(n)
        assert f(Tensor(X), what).asnumpy().tolist() == (X * 2 + len(what)).tolist()
    assert len(f.specializations) <= 9
    assert f.lazy_runs >= 990
    assert f.report().ops_python == 0


def test_a_jitted_function_in_one_that_runs_lazily():
    inner = foldaway.jit(lambda x: x * 3)
    careless = lax(lambda x: x + float(x.asnumpy()[0]) * int(time.time() > 0))

    @lax
    def outer(x):
        y = x + 1
        z = inner(y) + careless(y)
        y.asnumpy()[0] = 50 * int(time.time() > 0)
        return z + y

    assert outer(Tensor(X)).asnumpy().tolist() == [10 + 50, 14 + 3, 18 + 4]
    assert inner.report().ops_compiled > 0


def test_a_strict_function_in_one_that_runs_lazily_is_still_strict():
    inner = foldaway.jit(needs_python)
    with pytest.raises(CompileError):
        lax(lambda x: inner(x) * 2)(Tensor(X))


def test_recursion():
    @lax
    def countdown(x, n):
        return x if n == 0 or float(x.asnumpy()[0]) < 0 else countdown(x - 1, n - 1) * 2

    assert countdown(Tensor(X), 3).asnumpy().tolist() == [-4, 0, 4]


def test_threads_call_a_new_function_at_once():
    @lax
    def f(x, n):
        return x * n + int(time.time() > 0)

    results = {}

    def work(n):
        for _ in range(10):
            results[n] = f(Tensor(X), n).asnumpy().tolist()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: (X * n + 1).tolist() for n in range(4)}


def test_an_interrupt_while_folding_is_not_taken_for_the_program_s(monkeypatch):
    def interrupted(x):
        return x + len(sorted([3, 1], key=interrupt))

    def interrupt(n):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lax(interrupted)(Tensor(X))


def test_compiled_traces_are_bounded():
    kept = TRACES.__class__(bound=4)
    from foldaway.runtime.lazy_trace import scheduled
    from foldaway.runtime.lazy_value import LazyValue

    for n in range(1, 8):
        array = np.ones(n, np.float32)
        spec = Tensor(array).spec
        value = LazyValue(spec, array)
        out = LazyValue(spec, None, None, "graph.neg", (value,))
        form, inputs, _ = scheduled([out])
        assert kept.compile(form)(inputs)[0].tolist() == [-1.0] * n
        assert kept.find(form) is not None
    assert len(kept) == 4
