"""Code that runs lazily gives what it gives eagerly: data, aliases, errors, threads and all."""

import contextvars
import copy
import gc
import os
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import Parameter, Tensor
from foldaway.lazy_function import LazyFunction
from foldaway.runtime.lazy_trace import compute_eagerly, current_recorder


def lazily(function, *args):
    """Return what a function gives when it runs lazily, and its report."""
    lazy = LazyFunction(function)
    return lazy.run(args, {}), lazy.report


def data(value):
    """Return a result with arrays in the place of tensors, deeply."""
    if isinstance(value, Tensor):
        return value.asnumpy().copy()
    if isinstance(value, tuple | list):
        return [data(item) for item in value]
    return value


def same(a, b):
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and a == b


def check(function, *arrays, expected=None):
    """Run a function eagerly and lazily on tensors of the arrays; compare, also with a value."""
    eager = data(function(*map(Tensor, arrays)))
    result, report = lazily(function, *map(Tensor, arrays))
    assert same(data(result), eager)
    if expected is not None:
        np.testing.assert_array_equal(data(result), expected)
    return report


X = np.array([1.0, 2.0, 3.0], np.float32)
Y = np.array([[4, 5, 6], [7, 8, 9]], np.int32)


def test_operations_are_compiled_together():
    report = check(lambda x: (x * 2 + 1).sum() * x, X, expected=[15.0, 30.0, 45.0])
    assert report.ops_python == 0
    assert report.ops_compiled >= 5


def test_dead_intermediates_are_not_computed():
    def dead(x):
        y = x * 3
        del y
        return x + x

    assert check(dead, X, expected=[2, 4, 6]).ops_compiled == 1


def test_numbers_are_no_part_of_the_code():
    lazy = LazyFunction(lambda x, n: x * n + n)
    x = np.arange(37, dtype=np.float32)
    for n in range(20):
        assert lazy.run((Tensor(x), float(n)), {}).asnumpy().tolist() == (x * n + n).tolist()
    assert lazy.compilations == 1


def test_exponents_are_part_of_the_code():
    report = check(lambda x: (x**2, x**3, 2**x), X)
    assert report.ops_python == 0


# What shares memory.


def written_alias(x):
    a = x.asnumpy()
    y = x + 1
    a[0] = 100
    return y, x + 1, x


def test_earlier_operations_do_not_see_a_write_to_the_array():
    y = np.array([2.0, 3.0, 4.0])
    check(written_alias, X, expected=[y, [101.0, 3.0, 4.0], [100.0, 2.0, 3.0]])


def late_alias(x):
    y = x + 1
    a = x.asnumpy()
    a[1] = 50
    z = x + 1
    a[1] = 60
    return y, z, x


def test_an_array_handed_out_later_does_not_change_what_is_recorded():
    check(late_alias, X, expected=[[2.0, 3.0, 4.0], [2.0, 51.0, 4.0], [1.0, 60.0, 3.0]])


def pending_alias(x):
    y = x * 2
    a = y.asnumpy()
    z = y + 1
    a[:] = 0
    b = y.asnumpy()
    b[0] = 9
    return y, z, a.tolist(), a is b


def test_the_array_of_a_pending_tensor_is_its_own_from_then_on():
    result, _ = lazily(pending_alias, Tensor(X))
    assert data(result[0]).tolist() == [9.0, 0.0, 0.0]
    assert data(result[1]).tolist() == [3.0, 5.0, 7.0]
    assert result[2:] == ([9.0, 0.0, 0.0], True)


def copies(x):
    y = x.copy()
    z = Tensor(x)
    w = copy.copy(x)
    v = copy.deepcopy(x)
    x.asnumpy()[0] = 5
    y.asnumpy()[1] = 6
    z[2] = 7
    w[0] = 8
    return x, y, z, w, v


def test_copies_change_on_their_own():
    check(
        copies,
        X,
        expected=[[5, 2, 3], [1, 6, 3], [1, 2, 7], [8, 2, 3], [1, 2, 3]],
    )


def shared_from_numpy(x):
    array = np.zeros(3, np.float32)
    t = Tensor.from_numpy(array)
    y = t + x
    array[0] = 1
    z = t + x
    t[1] = 5
    return y, z, t, array.tolist()


def test_from_numpy_shares_its_array():
    check(shared_from_numpy, X)
    result, _ = lazily(shared_from_numpy, Tensor(X))
    assert result[3] == [1.0, 5.0, 0.0]


def view_from_numpy(x):
    whole = np.zeros(5, np.float32)
    t = Tensor.from_numpy(whole[1:4])
    y = t + x
    whole[:] = 9
    z = t + x
    return y, z


def test_from_numpy_shares_a_view():
    check(view_from_numpy, X, expected=[[1, 2, 3], [10, 11, 12]])


def numpy_operand(x):
    a = np.ones(3, np.float32)
    y = x + a
    a[:] = 7
    return y, x + a


def test_an_array_as_operand_is_what_it_was():
    check(numpy_operand, X, expected=[[2, 3, 4], [8, 9, 10]])


def test_arrays_are_lent_and_not_copied():
    x = Tensor(X)
    place = x.asnumpy().ctypes.data

    def use(x):
        y = x + 1
        own = y.asnumpy().ctypes.data
        return y, own, x * 2

    y, own, _ = lazily(use, x)[0]
    assert x.asnumpy().ctypes.data == place
    assert y.asnumpy().ctypes.data == own


def dlpack_alias(x):
    a = np.from_dlpack(x)
    y = x * 2
    x[0] = 4
    return y, a.tolist(), np.asarray(x) is x.asnumpy()


def test_dlpack_shares_memory():
    check(dlpack_alias, X)
    assert lazily(dlpack_alias, Tensor(X))[0][1] == [4.0, 2.0, 3.0]


# Writes.


def writes(x, y):
    z = x + 1
    x[0] = 10
    w = x * 2
    x[1:] = w[:2]
    y[0, ::-1] = y[1]
    y[:, 1] = 0
    y[1][2] = 77
    return z, x, w, y


def test_writes_to_elements():
    check(
        writes,
        X,
        Y,
    )
    z, x, w, y = lazily(writes, Tensor(X), Tensor(Y))[0]
    assert data(z).tolist() == [2, 3, 4]
    assert data(w).tolist() == [20, 4, 6]
    assert data(x).tolist() == [10, 20, 4]
    assert data(y).tolist() == [[9, 0, 7], [7, 0, 9]]


def fancy_writes(x):
    y = x + 0
    x[[0, 2]] = 5
    x[x > 4] = x[x > 4] * 2
    return x, y, x[np.array([2, 0])]


def test_writes_by_arrays():
    report = check(fancy_writes, X)
    assert report.ops_python > 0


def large_writes(x):
    y = x + 1
    for i in range(4):
        x[i] = y[i] * 2
    return x[:5], y[:5]


def test_large_tensors_are_written_in_place():
    check(large_writes, np.arange(1 << 15, dtype=np.float32))


def test_a_write_is_seen_by_whoever_shares_the_tensor():
    def shared(x):
        y, rows = x, [x]
        x[0] = 8
        y += 1
        return x, y, rows[0]

    check(shared, X, expected=[[8, 2, 3], [9, 3, 4], [8, 2, 3]])


def parameter_writes(x):
    p = Parameter(x * 2, name="p")
    a = p.asnumpy()
    q = p + 1
    p.set_data(x * 3)
    r = p + 1
    a[:] = 0
    p.assign_value(q)
    s = p + 0
    return p + 0, q, r, s


def test_parameters_take_new_data():
    check(parameter_writes, X, expected=[[3, 5, 7], [3, 5, 7], [4, 7, 10], [3, 5, 7]])


def test_an_outside_parameter_is_changed():
    p = Parameter(Tensor(X), name="p")

    def step(x):
        p.set_data(p + x)
        return p * 1

    for n in (2, 3):
        assert data(lazily(step, Tensor(X))[0]).tolist() == (X * n).tolist()
    assert p.asnumpy().tolist() == (X * 3).tolist()


# Whatever asks for data.

ASKS = {
    "bool": lambda x: bool(x.sum() > 3),
    "float": lambda x: float(x.sum()),
    "int": lambda x: int(x.sum()),
    "item": lambda x: (x + 1)[0].item(),
    "list": lambda x: (x + 1).tolist(),
    "str": lambda x: str(x + 1),
    "repr": lambda x: repr(x + 1),
    "format": lambda x: f"{x.sum():.2f} {x + 1}",
    "rows": lambda x: [row.item() for row in x * 2],
    "contains": lambda x: 2.0 in x,
    "array": lambda x: np.asarray(x * 2).tolist(),
    "ufunc": lambda x: np.hypot(x, x).tolist(),
    "function": lambda x: np.median((x * 2).asnumpy()).item(),
    "pickle": lambda x: pickle.loads(pickle.dumps(x + 1)).tolist(),
    "index": lambda x: [10, 20, 30][(x.sum() / 6).astype("int64")],
    "length": lambda x: len(x * 2),
    "branch": lambda x: x + 1 if x[0] > 0 else x - 1,
}


@pytest.mark.parametrize("name", ASKS)
def test_data_is_there_when_it_is_asked_for(name):
    check(ASKS[name], X)


def test_printing(capsys):
    def shout(x):
        y = x * 2
        print("y", y)
        x[0] = 9
        print(x)

    check(shout, X)
    eager, lazy = np.array_split(capsys.readouterr().out.splitlines(), 2)
    assert eager.tolist() == lazy.tolist() == ["y [2. 4. 6.]", "[9. 2. 3.]"]


# Errors.

WRONG = {
    "shapes": lambda x, log: (x + 1, x + Tensor(np.ones((2, 2), np.float32))),
    "dtype": lambda x, log: ~x,
    "axis": lambda x, log: x.sum(axis=4),
    "index": lambda x, log: x[7],
    "reshape": lambda x, log: x.reshape((2, 2)),
    "integer": lambda x, log: x.astype("int8") + 1000,
    "operand": lambda x, log: x + "a",
    "array": lambda x, log: x + np.array(["a"]),
    "number": lambda x, log: bool(x),
    "write": lambda x, log: x.__setitem__(slice(0, 2), Tensor(np.ones(3, np.float32))),
    "matmul": lambda x, log: x @ Tensor(np.ones(5, np.float32)),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors_come_where_eager_ones_come(name):
    def attempt(x, log):
        log.append("before")
        try:
            WRONG[name](x, log)
        except Exception as error:
            log.append((type(error), str(error)))
            return x * 2
        log.append("none")
        return x

    logs: list[list[object]] = [[], []]
    eager = attempt(Tensor(X), logs[0])
    lazy = LazyFunction(attempt).run((Tensor(X), logs[1]), {})
    assert logs[0] == logs[1]
    assert len(logs[0]) == 2
    assert same(data(lazy), data(eager))


def test_an_exception_leaves_pending_tensors_usable():
    kept = []

    def fail(x):
        kept.append(x * 2)
        raise KeyError("mine")

    lazy = LazyFunction(fail)
    with pytest.raises(KeyError, match="mine"):
        lazy.run((Tensor(X),), {})
    assert current_recorder() is None
    assert kept[0].asnumpy().tolist() == [2, 4, 6]


def test_an_interrupt_while_computing_leaves_all_pending(monkeypatch):
    from foldaway import compile_trace

    kept = []

    def keep(x):
        kept.append(x * 2 - 7)
        return len(kept[0])

    def interrupt(form, driver):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(compile_trace, "_compiled", interrupt)
        with pytest.raises(KeyboardInterrupt):
            LazyFunction(keep).run((Tensor(X),), {})
    assert current_recorder() is None
    assert kept[0].asnumpy().tolist() == [-5, -3, -1]


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
