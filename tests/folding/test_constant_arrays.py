"""Arrays and NumPy scalars that LAX functions make while compiling, and give at each call."""

import numpy as np
import pytest

import foldaway
from foldaway import Tensor

X = Tensor([1.0, 2.0])
TABLE = np.array(["a", "b"])


def lax(function):
    return foldaway.jit(function, fullgraph=False)


RESULTS = {
    "integers": lambda: np.arange(3),
    "rows": lambda: np.arange(6).reshape(2, 3),
    "columns": lambda: np.arange(6).reshape(2, 3).T,
    "fortran": lambda: np.asfortranarray(np.ones((2, 2), np.float32)),
    "empty": lambda: np.zeros((0, 3)),
    "no-axes": lambda: np.array(7),
    "text": lambda: np.char.upper(np.array(["ab", "c"])),
    "bytes": lambda: np.array([b"x"]),
    "complex": lambda: np.array([1 + 2j]),
    "bools": lambda: np.array([1, 2]) > 1,
    "float32": lambda: np.float32(1.5),
    "float64": lambda: np.array([1.0, 2.0]).sum(),
    "int": lambda: np.arange(4).max(),
    "bool": lambda: np.any([True]),
    "str": lambda: np.array(["ab"])[0],
    "nan": lambda: np.array([np.nan, -0.0]),
    "containers": lambda: ([np.ones(1), (np.int8(1), {"k": np.zeros(2)})], np.float64(0.1)),
}


def same(a, b):
    assert type(a) is type(b)
    if isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        same(list(a.values()), list(b.values()))
    else:
        assert (a.dtype, a.shape, a.strides, a.tobytes()) == (
            b.dtype,
            b.shape,
            b.strides,
            b.tobytes(),
        )


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_given_without_python(name):
    compiled = lax(RESULTS[name])
    for _ in range(2):
        same(compiled(), RESULTS[name]())
    assert compiled.lazy_runs == 0


def test_each_call_has_its_own_array():
    @lax
    def f(x):
        a = np.array([1, 2])
        return a, a, x + 1

    first, again, _ = f(X)
    assert first is again
    first[0] = 50
    assert f(X)[0].tolist() == [1, 2]
    assert f.lazy_runs == 0
    assert f.report().ops_python == 0


def test_an_array_is_stored_as_it_is_at_the_end():
    """What changes after it was stored runs in Python: the store has happened by then."""

    def fill(table):
        a = np.zeros(2)
        table["a"] = a
        print(len(table))
        a[0] = 5
        return len(table)

    for function in (fill, lax(fill)):
        table = {}
        assert function(table) == 1
        assert table["a"].tolist() == [5.0, 0.0]


def overlapping():
    a = np.arange(4)
    return a, a[1:]


def of_a_tensor():
    t = Tensor([1, 2])
    return t.asnumpy(), t


def before_the_tensor():
    t = Tensor([1, 2])
    return t, t.asnumpy()


def made_into_a_tensor():
    a = np.array([1, 2])
    return a, Tensor.from_numpy(a)


def of_an_outside_array():
    return TABLE[:1], TABLE


SHARING = (overlapping, of_a_tensor, before_the_tensor, made_into_a_tensor, of_an_outside_array)


@pytest.mark.parametrize("function", SHARING, ids=lambda f: f.__name__)
def test_results_that_share_memory_share_it(function):
    one, other = (r.asnumpy() if isinstance(r, Tensor) else r for r in lax(function)())
    assert np.shares_memory(one, other)


def test_what_cannot_be_made_anew_runs_in_python():
    class Own(np.ndarray):
        pass

    for make in (
        lambda: np.array([None, 1]),
        lambda: np.ones((4, 4))[::2, ::2],
        lambda: np.broadcast_to(np.ones(1), (2,)),
        lambda: np.zeros(3).view(Own),
        lambda: np.zeros(100_000),
        lambda: np.array([(1, 2.0)], "i4,f4"),
    ):
        compiled = lax(make)
        found, expected = compiled(), make()
        assert (type(found), found.dtype, found.shape) == (
            type(expected),
            expected.dtype,
            expected.shape,
        )
        assert found.flags.writeable == expected.flags.writeable
        assert compiled.lazy_runs == 1


@pytest.mark.parametrize(
    "decorate", [lambda f: f, foldaway.jit, lax], ids=["plain", "strict", "lax"]
)
def test_a_tensor_sees_what_is_written_to_the_array_it_is_made_of(decorate):
    def f():
        a = np.array([1, 2])
        t = Tensor.from_numpy(a)
        a[0] = 7
        u = t + 1
        t[1] = 9
        return u, t, a.tolist()

    u, t, a = decorate(f)()
    assert (u.tolist(), t.tolist(), a) == ([8, 3], [7, 9], [7, 9])


def test_strict_refuses_an_array_as_before():
    with pytest.raises(foldaway.CompileError, match="Should not use Python object in runtime"):
        foldaway.jit(RESULTS["integers"])()


def put_in_a_branch(x):
    a = np.array([1, 2, 3])
    if x > 0:
        np.put(a[1:], [0], 9)
    else:
        np.copyto(a, 7)
    return Tensor(a), x


def put_in_a_loop(x):
    a = np.zeros(3, np.int64)
    for i in range(3):
        np.copyto(a[i:], i)
    np.place(a, a > 1, [5])
    np.putmask(a, a == 5, 6)
    square = np.zeros((2, 2))
    np.fill_diagonal(square, 1)
    return Tensor(a), Tensor(square) * x


def put_in_a_run_time_loop(x):
    a = np.array([1, 2, 3])
    while x < 3:
        np.put(a, [0], 9)
        x = x + 1
    return Tensor(a), x


def put_into_an_array_of_a_tensor(x):
    t = Tensor([1, 2])
    np.put(t.asnumpy(), [0], 8)
    return t + x


PUTTING = (put_in_a_branch, put_in_a_loop, put_in_a_run_time_loop, put_into_an_array_of_a_tensor)


@pytest.mark.parametrize("function", PUTTING, ids=lambda f: f.__name__)
@pytest.mark.parametrize("start", [1, -1, 5])
def test_functions_that_write_to_arrays_made_here(function, start):
    compiled = lax(function)
    for _ in range(2):
        assert str(compiled(Tensor(start))) == str(function(Tensor(start)))


@pytest.mark.parametrize("array", [np.array([1, 2, 3]), TABLE], ids=["numbers", "text"])
def test_functions_that_write_to_arrays_from_outside(array):
    def f():
        np.put(array, [0], array[1])
        return len(array)

    kept, wanted = array.copy(), array.copy()
    wanted[0] = wanted[1]
    with pytest.raises(foldaway.CompileError, match=r"can't be compiled|is changed in place"):
        foldaway.jit(f)()
    assert array.tolist() == kept.tolist()
    assert lax(f)() == len(array)
    assert array.tolist() == wanted.tolist()
    array[:] = kept
