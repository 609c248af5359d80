"""Compiled functions in threads, in each other, in forked children, generators and tasks."""

import asyncio
import contextvars
import linecache
import multiprocessing
import os
import sys
import threading
import time

import numpy as np
import pytest

from foldaway import CompileError, Tensor, jit
from foldaway.runtime.tracing import current_tracer

X = np.array([1.0, 2.0, 3.0], np.float32)
THREADS, ROUNDS = 8, 4
MODES = {"strict": True, "lax": False}


@pytest.fixture(autouse=True)
def many_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def in_threads(work):
    """Return what each thread's rounds gave, all begun at once; raise what one of them raised."""
    results, errors = {}, []
    barrier = threading.Barrier(THREADS)

    def run(number):
        try:
            barrier.wait(60)
            results[number] = [work(number) for _ in range(ROUNDS)]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]
    return [results[number] for number in range(THREADS)]


def values(tensor):
    return tensor.asnumpy().tolist()


def made(number):
    """Return a new function with source, different for each number."""
    text = (
        f"def f(x):\n    y = x * {number}\n    for k in range(5):\n        y = y + k\n"
        f"    return y - float(np.float32({number}))\n"
    )
    file = f"<thread {number} {time.perf_counter_ns()}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    namespace = {"np": np}
    exec(compile(text, file, "exec"), namespace)
    return namespace["f"]


def expected(number):
    return (X * number + 10 - number).tolist()


def scaled(x, n):
    table = np.linspace(0, 1, 3).astype(np.float32)
    return x * Tensor(table) * n + len(str(n))


@pytest.mark.parametrize("mode", MODES)
def test_threads_compile_one_function_at_once(mode):
    f = jit(scaled, fullgraph=MODES[mode])
    found = in_threads(lambda _: values(f(Tensor(X), 2.0)))
    assert found == [[values(scaled(Tensor(X), 2.0))] * ROUNDS] * THREADS
    assert len(f.specializations) == 1


@pytest.mark.parametrize("mode", MODES)
def test_threads_compile_one_function_for_shapes_of_their_own(mode):
    f = jit(lambda x: x * 2 + x.shape[0], fullgraph=MODES[mode])
    found = in_threads(lambda n: values(f(Tensor(np.ones(n + 1, np.float32)))))
    assert found == [[[3.0 + n] * (n + 1)] * ROUNDS for n in range(THREADS)]
    assert len(f.specializations) == THREADS


@pytest.mark.parametrize("mode", MODES)
def test_threads_compile_different_functions_at_once(mode):
    functions = [jit(made(n), fullgraph=MODES[mode]) for n in range(THREADS)]
    found = in_threads(lambda n: values(functions[n](Tensor(X))))
    assert found == [[expected(n)] * ROUNDS for n in range(THREADS)]
    everywhere = [jit(made(n), fullgraph=MODES[mode]) for n in range(THREADS)]
    found = in_threads(lambda _: [values(f(Tensor(X))) for f in everywhere])
    assert found == [[[*map(expected, range(THREADS))]] * ROUNDS] * THREADS


def test_threads_run_lazily_at_once():
    def stamped(x, n):
        y = x * n
        return y + int(time.time() > 0)

    f = jit(stamped, fullgraph=False)
    found = in_threads(lambda n: values(f(Tensor(X), n)))
    assert found == [[(X * n + 1).tolist()] * ROUNDS for n in range(THREADS)]


@pytest.mark.parametrize("mode", MODES)
def test_threads_fail_at_once(mode):
    def fails(x, n):
        raise ValueError(f"number {n}")

    f = jit(fails, fullgraph=MODES[mode])

    def work(n):
        with pytest.raises(ValueError, match=f"number {n}"):
            f(Tensor(X), n)
        return True

    assert in_threads(work) == [[True] * ROUNDS] * THREADS
    assert current_tracer() is None


@pytest.mark.parametrize("mode", MODES)
def test_functions_that_call_each_other_are_compiled_from_both_ends(mode):
    def even(x, n):
        return x if n == 0 else compiled_odd(x + 1, n - 1)

    def odd(x, n):
        return x if n == 0 else compiled_even(x * 2, n - 1)

    compiled_even = jit(even, fullgraph=MODES[mode])
    compiled_odd = jit(odd, fullgraph=MODES[mode])
    found = in_threads(lambda n: values((compiled_odd if n % 2 else compiled_even)(Tensor(X), 4)))
    assert found == [[[10.0, 14.0, 18.0]] * ROUNDS, [[7.0, 11.0, 15.0]] * ROUNDS] * 4


@pytest.mark.parametrize("mode", MODES)
def test_a_function_that_calls_itself(mode):
    @jit(fullgraph=MODES[mode])
    def factorial(x, n):
        return x if n <= 1 else factorial(x, n - 1) * n

    assert values(factorial(Tensor(X), 5)) == [120.0, 240.0, 360.0]
    assert values(factorial(Tensor(X), 3)) == [6.0, 12.0, 18.0]


@pytest.mark.parametrize("mode", MODES)
def test_a_function_that_is_called_by_what_runs_while_another_is_compiled(mode):
    triple = jit(lambda x: x * 3, fullgraph=MODES[mode])
    seen = []

    class Reader:
        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            seen.append(current_tracer() is None)
            return float(triple(Tensor([1.0, 2.0])).asnumpy()[1])

    def key(number):
        return -float(triple(Tensor([float(number)])).asnumpy()[0])

    reader = Reader()

    def outer(x):
        first, *_ = sorted([1, 3, 2], key=key)
        return x * reader.value + first + triple(x)

    f = jit(outer, fullgraph=MODES[mode])
    for _ in range(3):
        assert values(f(Tensor(X))) == [12.0, 21.0, 30.0]
    assert values(triple(Tensor(X))) == [3.0, 6.0, 9.0]


def test_a_function_compiled_in_another_thread_that_compiling_waits_for():
    inner = jit(lambda x: x + 1)

    def elsewhere():
        kept = []
        thread = threading.Thread(target=lambda: kept.append(values(inner(Tensor(X)))))
        thread.start()
        thread.join(60)
        assert not thread.is_alive()
        return kept[0][0]

    f = jit(lambda x: x * elsewhere(), fullgraph=False)
    assert values(f(Tensor(X))) == [2.0, 4.0, 6.0]


def calls_in_a_child(functions):
    """Return what functions give in a child that is forked."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            text = repr([values(f(Tensor(X))) for f in functions])
            os.write(writing, text.encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return text


@pytest.mark.parametrize("mode", MODES)
def test_a_forked_child_calls_and_compiles(mode):
    known, new = (jit(made(n), fullgraph=MODES[mode]) for n in (2, 3))
    known(Tensor(X))
    assert calls_in_a_child([known, new]) == repr([expected(2), expected(3)])
    assert values(new(Tensor(X))) == expected(3)


@pytest.mark.parametrize("mode", MODES)
def test_a_child_that_is_forked_while_threads_compile(mode):
    stop = threading.Event()

    def compile_on():
        number = 0
        while not stop.is_set():
            number += 1
            jit(made(number), fullgraph=MODES[mode])(Tensor(X))

    threads = [threading.Thread(target=compile_on, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for n in range(4):
            assert calls_in_a_child([jit(made(n), fullgraph=MODES[mode])]) == repr([expected(n)])
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


_shared = jit(scaled)


def call_shared(number):
    return values(_shared(Tensor(X), number))


def test_a_pool_of_forked_processes():
    call_shared(1.0)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.map_async(call_shared, [1.0, 2.0, 3.0]).get(120)
    assert found == [values(scaled(Tensor(X), n)) for n in (1.0, 2.0, 3.0)]


@pytest.mark.parametrize("mode", MODES)
def test_tasks_and_generators(mode):
    f = jit(scaled, fullgraph=MODES[mode])
    stamped = jit(lambda x: x + int(time.time() > 0), fullgraph=False)

    async def task(number):
        await asyncio.sleep(0)
        first = f(Tensor(X), number)
        await asyncio.sleep(0)
        return values(stamped(first))

    async def all_tasks():
        return await asyncio.gather(*(task(float(n)) for n in range(THREADS)))

    def generator():
        for n in range(3):
            yield values(f(Tensor(X), float(n)))

    assert asyncio.run(all_tasks()) == [
        values(scaled(Tensor(X), float(n)) + 1) for n in range(THREADS)
    ]
    assert [*generator()] == [values(scaled(Tensor(X), float(n))) for n in range(3)]
    context = contextvars.copy_context()
    assert values(context.run(f, Tensor(X), 1.0)) == values(scaled(Tensor(X), 1.0))


def test_a_generator_of_the_caller_s_goes_on_between_compiles():
    def source():
        while True:
            assert current_tracer() is None
            yield jit(lambda x: x + 1)(Tensor(X))

    numbers = source()
    first = next(numbers)
    with pytest.raises(CompileError):
        jit(lambda x: f"{x}")(Tensor(X))
    assert values(first) == values(next(numbers)) == [2.0, 3.0, 4.0]
