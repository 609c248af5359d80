"""Lazy runs with threads, contexts, generators and processes; their bounds; random programs."""

import contextvars
import gc
import os
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import Parameter, Tensor
from foldaway.lazy_function import LazyFunction
from foldaway.runtime.lazy_trace import compute_eagerly

from .lazy_programs import check, lazily, same

X = np.array([1.0, 2.0, 3.0], np.float32)
Y = np.array([[4, 5, 6], [7, 8, 9]], np.int32)


# Threads, contexts, generators, processes.


def test_another_thread_reads_a_pending_tensor():
    def hand_over(x):
        y = x * 2 + 1
        seen = []
        thread = threading.Thread(target=lambda: seen.append(y.asnumpy().tolist()))
        thread.start()
        thread.join()
        return seen, y + 1

    seen, z = lazily(hand_over, Tensor(X))[0]
    assert seen == [[3, 5, 7]]
    assert z.asnumpy().tolist() == [4, 6, 8]


def test_threads_read_while_one_records():
    def record(x):
        tensors, seen, done = [], [], threading.Event()

        def read():
            while not done.is_set() or len(seen) < len(tensors):
                if len(seen) < len(tensors):
                    seen.append(tensors[len(seen)].asnumpy().copy())

        thread = threading.Thread(target=read)
        thread.start()
        for _ in range(60):
            x = x * 0.5 + 1
            tensors.append(x)
        done.set()
        thread.join()
        return tensors, seen

    tensors, seen = lazily(record, Tensor(X))[0]
    assert len(seen) == 60
    assert all((a.asnumpy() == b).all() for a, b in zip(tensors, seen, strict=True))


def test_threads_run_the_same_function():
    lazy = LazyFunction(lambda x, n: (x * n).sum() + float((x + n).asnumpy()[0]))
    results = {}

    def work(n):
        for _ in range(20):
            results[n] = lazy.run((Tensor(X), n), {}).item()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: 6.0 * n + 1 + n for n in range(4)}


def test_a_tensor_of_one_trace_is_an_operand_in_another_thread():
    def outer(x):
        y = x * 2
        other = LazyFunction(lambda: y + 1)
        results = []
        thread = threading.Thread(target=lambda: results.append(other.run((), {})))
        thread.start()
        thread.join()
        return results[0] + y

    assert lazily(outer, Tensor(X))[0].asnumpy().tolist() == [5, 9, 13]


def test_a_generator_outlives_the_call():
    def rows(x):
        y = x * 2
        return (y[i] + 1 for i in range(3))

    assert [row.item() for row in lazily(rows, Tensor(X))[0]] == [3, 5, 7]


def test_a_generator_function():
    def rows(x):
        for i in range(3):
            yield x[i] * 2

    assert [row.item() for row in lazily(rows, Tensor(X))[0]] == [2, 4, 6]


def test_a_copied_context_outlives_the_call():
    kept = []

    def keep(x):
        kept.append(contextvars.copy_context())
        return x + 1

    lazily(keep, Tensor(X))
    assert kept[0].run(lambda: Tensor(X) * 2).asnumpy().tolist() == [2, 4, 6]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_computes_what_is_pending():
    def fork(x):
        y = x * 2
        pid = os.fork()
        if pid == 0:
            os._exit(int(y.asnumpy().sum()))
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), y

    code, y = lazily(fork, Tensor(X))[0]
    assert code == 12
    assert y.asnumpy().tolist() == [2, 4, 6]


# Bounds.


def test_a_long_trace_is_computed_in_pieces():
    def count(x):
        for _ in range(1500):
            x = x + 1
        return x

    report = check(count, X, expected=[1501, 1502, 1503])
    assert report.ops_python == 0


def test_what_differs_each_time_is_computed_eagerly():
    def grow(x):
        for n in range(100):
            x = x.reshape((-1,))
            float((x.sum() * n).item())
            x = Tensor(np.ones(n + 2, np.uint16)) * 2
        return x.sum()

    lazy = LazyFunction(grow)
    assert lazy.run((Tensor(X),), {}).item() == 202
    assert lazy.compilations == 64
    assert lazy.report.ops_python > 0


def test_nothing_is_kept_after_the_call():
    gc.collect()
    lazy = LazyFunction(lambda x: (x * 2).asnumpy().sum() + 0 * len(x + 1))
    lazy.run((Tensor(X),), {})
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(200):
            lazy.run((Tensor(X),), {})
        assert len(gc.get_objects()) - before < 100
    finally:
        gc.enable()


# Random programs.

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            "add mul sub scale slice write row alias poke copy set".split()
            + "drop sum where item neg iadd".split()
        ),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    min_size=4,
    max_size=20,
)


def run_steps(x, y, steps):
    """Run a program on two tensors: operations, writes, and arrays that share memory."""
    pool, arrays, seen = [x, y, Parameter(x * 2, name="p")], [], []
    for name, i, j, k in steps:
        a, b = pool[i % len(pool)], pool[j % len(pool)]
        match name:
            case "add":
                pool.append(a + b)
            case "mul":
                pool.append(a * b)
            case "sub":
                pool.append(b - a)
            case "scale":
                pool.append(a * (k + 0.5) - k)
            case "slice":
                pool.append(a[::-1] if k % 2 else a[:4])
            case "write":
                a[k] = b[0]
            case "row":
                a[k:] = b[k:]
            case "alias":
                arrays.append(a.asnumpy())
            case "poke" if arrays:
                arrays[j % len(arrays)][k] += 10
            case "copy":
                pool.append(a.copy() if k % 2 else Tensor(a))
            case "set":
                pool[2].set_data(a)
            case "drop" if len(pool) > 3:
                pool.pop()
            case "sum":
                pool.append(a + a.sum())
            case "where":
                pool.append(foldaway.ops.select(a > b, a, b))
            case "item":
                seen.append(a[k].item())
            case "neg":
                pool.append(-abs(a))
            case "iadd":
                a += b
                pool.append(a)
            case _:
                pass
    return seen, [t.asnumpy().copy() for t in pool], arrays


class Computed(LazyFunction):
    """Records like any, but computes traces with NumPy: that is faster than compiling."""

    def run_trace(self, form, inputs):
        return compute_eagerly(form, inputs)


def check_steps(kind, steps):
    x, y = np.arange(4, dtype=np.float32), np.array([5, -1, 2, 0.5], np.float32)
    eager = run_steps(Tensor(x), Tensor(y), steps)
    result = kind(run_steps).run((Tensor(x), Tensor(y), steps), {})
    assert same(list(map(list, result)), list(map(list, eager)))


@settings(max_examples=500, deadline=None)
@given(STEPS)
def test_random_programs_recorded(steps):
    check_steps(Computed, steps)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_random_programs_compiled(steps):
    check_steps(LazyFunction, steps)
