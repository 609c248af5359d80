"""Code that runs lazily gives what it gives eagerly: data, aliases, errors, threads and all."""

import copy
import pickle

import numpy as np
import pytest

from foldaway import Parameter, Tensor
from foldaway.lazy_function import LazyFunction
from foldaway.runtime.recording import current_recorder

from .lazy_programs import check, data, lazily, same

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
