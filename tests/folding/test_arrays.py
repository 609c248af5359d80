"""Arrays as arguments: run-time values, their memory and views, and what is refused."""

import logging

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor, jit, ms_function, ops

from .array_agreement import assert_same, sample

A = np.arange(6, dtype=np.float32).reshape(2, 3)
V = np.array([3.0, 1.0, 2.0], np.float32)


@pytest.fixture(autouse=True)
def quiet():
    logging.getLogger("foldaway.fallback").disabled = True
    yield
    logging.getLogger("foldaway.fallback").disabled = False


def agree(function, *args, forms=1):
    """Call a function twice, compiled and plain, with other contents the second time.

    Its results and what becomes of its arguments must agree; all of it takes so many forms.
    """
    compiled = jit(function)
    for change in (lambda a: a.copy(), lambda a: a.copy()[::-1].copy() + a.dtype.type(1)):
        mine, theirs = _changed(args, change), _changed(args, change)
        assert_alike(compiled(*mine), function(*theirs))
        assert_alike(list(mine), list(theirs))
    assert len(compiled.specializations) == forms
    return compiled


def _changed(value, change):
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, Tensor):
        return Tensor(change(value.asnumpy()))
    if isinstance(value, list | tuple):
        return type(value)(_changed(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _changed(item, change) for key, item in value.items()}
    return value


def assert_alike(got, wanted):
    assert type(got) is type(wanted)
    if isinstance(wanted, Tensor):
        assert got.dtype is wanted.dtype
        assert_same(got.asnumpy(), wanted.asnumpy(), ulps=40)
    elif isinstance(wanted, list | tuple):
        for a, b in zip(got, wanted, strict=True):
            assert_alike(a, b)
    elif isinstance(wanted, dict):
        assert_alike(list(got.items()), list(wanted.items()))
    else:
        assert_same(got, wanted, ulps=40)


def refused(function, *args, **options):
    with pytest.raises(CompileError) as raised:
        jit(function, **options)(*args)
    return str(raised.value)


# Values.


def test_new_contents_need_no_new_code():
    agree(lambda a, b: np.exp(a - a.max()) / b.sum(), A, V)
    agree(lambda a: {"sum": a.sum(), "rows": [row * 2 for row in a]}, A)


def test_another_shape_or_dtype_does():
    double = jit(lambda a: a * 2)
    for a in (A, A.T.copy(), A.astype(np.float64), A.astype(np.int8), A.T):
        assert_same(double(a), a * 2)
    assert len(double.specializations) == 5


def test_arrays_in_containers_and_outside():
    class Model:
        weight = A.copy()

    model = Model()
    agree(lambda d: [d["w"] @ v for v in d["v"]], {"w": A, "v": [V, V + 1]})

    @jit
    def apply(x):
        return x @ model.weight

    assert_same(apply(np.ones(2, np.float32)), np.ones(2, np.float32) @ model.weight)
    model.weight = model.weight + 1
    assert_same(apply(np.ones(2, np.float32)), np.ones(2, np.float32) @ model.weight)
    assert len(apply.specializations) == 1


@pytest.mark.parametrize("a", [A.T, A[:, ::2], A[::-1], np.asfortranarray(A)], ids=str)
def test_elements_that_lie_in_another_order(a):
    compiled = jit(lambda a: (a * 2, a.T, a.reshape(-1), a.ravel(), a[1:], a.sum(axis=0)))
    assert_alike(compiled(a), compiled.function(a))


@pytest.mark.parametrize(
    "a",
    [
        A.astype(">f4"),
        A.astype(complex),
        np.array(["a", "b"]),
        np.array([1, None], object),
        np.ma.masked_array([1, 2]),
        np.arange(3, dtype=np.longlong),
    ],
    ids=["byte-order", "complex", "text", "objects", "masked", "longlong"],
)
def test_arrays_that_stay_constants(a):
    compiled = jit(lambda a: (len(a), str(a.dtype), type(a).__name__))
    assert compiled(a) == compiled.function(a)


def test_numbers_beside_arrays():
    @jit
    def step(a, rate, n):
        b = a.copy()
        b *= rate
        b[0] = n
        return b + n, np.multiply(b, rate), np.clip(b, rate, None), np.where(b > n, b, rate)

    for rate, n in ((0.5, 2), (0.25, 3), (1.5, 7)):
        assert_alike(step(A, rate, n), step.function(A, rate, n))
    assert len(step.specializations) == 1


def test_an_integer_that_does_not_fit():
    @jit
    def add(a, n):
        return a + n

    small = np.arange(3, dtype=np.int8)
    assert_same(add(small, 3), small + 3)
    with pytest.raises(OverflowError, match="Python integer 300 out of bounds for int8"):
        add(small, 300)


def test_comparing_with_an_integer_that_no_element_can_be():
    small = np.arange(3, dtype=np.int8)
    compiled = jit(lambda a, n: (a < n, a == n, n <= a))
    for n in (1, 300, -300):
        assert_alike(compiled(small, n), compiled.function(small, n))


# Tensors.


def test_arrays_and_tensors():
    x = Tensor([1.0, 2.0, 3.0])
    agree(lambda a, x: (a + x, x - a, a * x, a > x, a @ x, np.add(a, x)), A, x)
    agree(lambda a: (Tensor(a), Tensor(a, foldaway.int32), Tensor.from_numpy(a) + 1), A)
    agree(lambda a: Tensor([a[0, 0], a[1, 1], 2.0]), A)
    agree(lambda a: (ops.relu(a - 3), foldaway.numpy.sum(a)), A)


def test_scalars_are_weak_beside_tensors():
    x = Tensor([1.0, 2.0, 3.0])
    agree(lambda a, x: (a[0, 1] * x, x * a.max(), x > a.sum(), x + a.argmax()), A, x)
    wide = A.astype(np.float64)
    agree(lambda a, x: (x * a[0, 1], a.mean() - x), wide, x)


def test_the_array_of_a_tensor():
    x = Tensor([1.0, 2.0, 4.0])
    agree(lambda x: (np.log2(x.asnumpy()), x.numpy().mean(), np.hypot(x, x)), x)
    agree(lambda x: Tensor(np.concatenate([x.asnumpy(), np.ones(2, np.float32)])), x)
    agree(lambda x: (np.array(x * 2), np.asarray(x) + 1), x)
    agree(lambda x: (x + 1).asnumpy() is (x + 1).asnumpy(), x)
    same = jit(lambda x: (x.asnumpy(), x.asnumpy() is x.asnumpy()))
    assert same(x)[0] is x.asnumpy()
    assert same(x)[1] is True


def test_a_tensor_and_its_array_are_one_memory():
    def both(x):
        y = x * 2
        a = y.asnumpy()
        y[0] = 9
        a[1] = 4
        return a, y, y + 1

    agree(both, Tensor([1.0, 2.0, 3.0]))
    a, y, _ = jit(both)(Tensor([1.0, 2.0, 3.0]))
    assert np.shares_memory(a, y.asnumpy())

    def argument(x):
        a = x.asnumpy()
        a[0] = 7
        x[1] = 8
        return a.sum()

    agree(argument, Tensor([1.0, 2.0, 3.0]))


def test_copies_are_other_objects():
    x, a = Tensor([1.0, 2.0]), V.copy()
    copied = jit(lambda x, a: (x.copy(), Tensor(a), a.copy(), np.array(a), a.copy()))(x, a)
    assert copied[0] is not x
    arrays = [one.asnumpy() if isinstance(one, Tensor) else one for one in copied]
    arrays += [x.asnumpy(), a]
    for i, one in enumerate(arrays):
        assert not any(np.shares_memory(one, other) for other in arrays[:i])


# Memory.


def test_an_argument_comes_back_as_itself():
    same = jit(lambda a, b: (a, [b], a is b, np.asarray(a), a.astype(a.dtype, copy=False)))
    result = same(A, V)
    assert result[0] is A
    assert result[1][0] is V
    assert result[2] is False
    assert result[3] is A
    assert result[4] is A
    assert same(A, A)[2] is True


def test_views_of_arguments_share_their_memory():
    a = np.arange(6.0)
    views = jit(
        lambda a: (a[1:], a.reshape(2, 3).T, a[::-1], np.broadcast_to(a, (2, 6)), a[None], a[...])
    )
    for view, wanted in zip(views(a), views.function(a), strict=True):
        assert_same(view, wanted)
        assert np.shares_memory(view, a)
        assert view.strides == wanted.strides
        assert view.flags.writeable == wanted.flags.writeable
    assert not np.shares_memory(jit(lambda a: a.reshape(2, 3).T.reshape(-1))(a), a)


def test_writes_in_place():
    def change(a):
        b = a + 1
        rows = b[1:]
        b += 1
        rows *= 2
        b[0, 0] = 7
        b.T[1] = 5
        b.reshape(-1)[-1] = 9
        c = np.zeros_like(b)
        np.add(b, b, out=c)
        c[:, ::2] = [[1], [2]]
        c[1] -= c[0]
        d = np.empty_like(c)
        d.fill(3)
        d[...] = c[::-1]
        return b, rows, c, d

    agree(change, A)
    agree(change, A.astype(np.int16))
    b, rows, _, _ = jit(change)(A)
    assert np.shares_memory(b, rows)


def test_writes_to_arguments():
    def change(a, b):
        a[0] = 5
        view = a[1:]
        view += b
        a *= 2
        return view, a.sum()

    agree(change, np.arange(4.0), np.ones(3))
    shared = np.arange(8.0)
    with pytest.raises(CompileError, match="shares its memory"):
        jit(change)(shared[:4], shared[1:4])


def test_an_escaped_array_is_written_where_it_is():
    log = []

    @jit
    def keep(a):
        b = a + 1
        log.append(b)
        b[0] = 100
        return b

    assert keep(V) is log[0]
    assert_same(log[0], np.array([100, 2, 3], np.float32))


def put(index, value):
    def write(a):
        b = a.copy()
        b[index] = value
        return b

    return write


def grow(a):
    b = a.copy()
    b += np.ones((2, 3))
    return b


def halve(a):
    b = a.copy()
    b /= 2
    return b


def write_to_scalar(a):
    a[0][0] = 1


WRITES = {
    "index": (put(9, 1), np.zeros(3)),
    "number": (put(0, 300), np.zeros(3, np.int8)),
    "nan": (put(0, float("nan")), np.zeros(3, np.int8)),
    "shape": (put(slice(2), [1, 2, 3]), np.zeros(3)),
    "grow": (grow, np.zeros(3)),
    "cast": (halve, np.zeros(3, np.int32)),
    "scalar": (write_to_scalar, np.zeros(3)),
    "broadcast": (lambda a: np.broadcast_to(a, (2, 3)).__setitem__(0, 1), np.zeros(3)),
}


@pytest.mark.parametrize("case", WRITES)
def test_writes_that_numpy_refuses(case):
    function, a = WRITES[case]
    with pytest.raises((ValueError, TypeError, IndexError, OverflowError)) as wanted:
        function(a)
    with pytest.raises(wanted.type) as got:
        jit(function)(a)
    assert str(got.value) == str(wanted.value)


def test_an_argument_that_may_not_be_written_to():
    a = np.zeros(3)
    a.flags.writeable = False
    with pytest.raises(ValueError, match="assignment destination is read-only"):
        jit(lambda a: a.__setitem__(0, 1))(a)


@pytest.mark.parametrize("value", [1.7, True, np.float32(2.5), 3], ids=repr)
def test_numbers_are_converted_as_they_are_written(value):
    for dtype in ("bool", "int8", "uint64", "float16", "float64"):
        a = sample(dtype, (3,))
        assert_same(jit(put(1, value))(a), put(1, value)(a))


# Output.


def test_arrays_print_at_every_call(capsys):
    def show(a, x):
        print("a:", a, a.sum(), x)

    for compiled in (jit(show), ms_function(show)):
        compiled(A, Tensor([1.0]))
        compiled(A + 1, Tensor([2.0]))
        assert len(compiled.specializations) == 1
    lines = capsys.readouterr().out
    assert lines.startswith(f"a: {A} 15.0 [1.]\na: {A + 1} 21.0 [2.]\n")
    assert lines.endswith("21.0 (2.0,)\n")


# What isn't in the graph.


def test_arrays_whose_data_are_needed_are_constants():
    @jit
    def pick(x, places):
        return Tensor([x[int(i)] for i in places])

    x = V.copy()
    for places in (np.array([0, 2]), np.array([1, 1])):
        assert_alike(pick(x, places), pick.function(x, places))
    pick(x + 1, np.array([1, 1]))
    assert len(pick.specializations) == 2


def test_functions_of_numpy_that_the_graph_lacks_run_on_constants():
    ordered = jit(lambda a: Tensor(np.sort(a)))
    assert_alike(ordered(V), Tensor(np.sort(V)))
    assert_alike(ordered(V + 1), Tensor(np.sort(V + 1)))
    assert len(ordered.specializations) == 2


REFUSED = {
    "numpy.sort can't be compiled": lambda a: np.sort(a),
    "str() needs the data": lambda a: (str(a + 1), a * 2),
    "with arrays, lists or bools": lambda a: a[a > 1],
    "numpy.sum with 'where'": lambda a: np.sum(a, where=a > 1, axis=0),
    "the attribute 'view'": lambda a: a.view(np.int32),
    "numpy.add.accumulate": lambda a: np.add.accumulate(a),
    "numpy.errstate('raise')": lambda a: divide_strictly(a),
    "may be negative": lambda a: a.astype(int) ** a.astype(int),
    "'shape' of an array that exists only at run time is set": lambda a: reshape_in_place(a),
    "converting an array of float32 to complex128": lambda a: a.astype(complex),
    "known while compiling": lambda a: np.add(a, 1, out=np.zeros((2, 3), np.float32)),
    "may be a view": lambda a: write_to_what_may_be_a_view(a + 0),
}


def divide_strictly(a):
    with np.errstate(divide="raise"):
        return a / 2


def reshape_in_place(a):
    b = a + 1
    b.shape = (3, 2)
    return b


def write_to_what_may_be_a_view(a):
    b = a.T.reshape(-1)
    b[0] = 1
    return a, b


@pytest.mark.parametrize("problem", REFUSED)
def test_refused(problem):
    assert problem in refused(REFUSED[problem], A)


def test_a_refused_program_leaves_no_settings_behind():
    before = np.geterr()
    refused(divide_strictly, A)
    assert np.geterr() == before


def test_an_array_made_while_compiling_is_still_refused():
    assert "Should not use Python object in runtime" in refused(lambda a: np.array([1, 2]), A)


def test_a_write_to_a_constant_argument_is_refused():
    assert "'a' is changed in place" in refused(lambda a: np.add.at(a, 0, 1), A)


def test_gradients_do_not_stop_at_arrays_unnoticed():
    def loss(x):
        return (x * Tensor(x.asnumpy())).sum()

    assert "asnumpy() needs the data" in refused(lambda x: foldaway.grad(loss)(x), Tensor([1.0]))
