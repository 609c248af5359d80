"""Small tensors that nobody has any more become new results, and nobody can tell."""

import gc
import resource
import threading
import weakref

import numpy as np
import pytest

from foldaway import Tensor, jit
from foldaway.runtime.parameter import Parameter
from tests.api.test_native_calls import native, natively


@pytest.fixture
def f(monkeypatch):
    monkeypatch.setattr("foldaway.native_calls.SOME_CALLS", 3)
    return native(jit(lambda x: x + 1), Tensor(np.float32([1, 2])))


X = Tensor(np.float32([1, 2]))


def ones(f):
    """Return some results, which are different objects."""
    made = [f(X) for _ in range(20)]
    assert len({*map(id, made)}) == len({id(one.asnumpy()) for one in made}) == 20
    assert len({one.asnumpy().ctypes.data for one in made}) == 20
    for one in made:
        assert one.asnumpy().tolist() == [2, 3]
        assert one.asnumpy().strides == (4,)
        assert one.dtype == X.dtype
    return made


def test_what_is_held_stays(f):
    arrays = [f(X).asnumpy() for _ in range(20)]
    views = [f(X).asnumpy()[1:] for _ in range(20)]
    memory = [memoryview(f(X).asnumpy()) for _ in range(20)]
    for array in arrays:
        array[:] = 7
    ones(f)
    assert all(array.tolist() == [7, 7] for array in arrays)
    assert all(view.tolist() == [3] for view in views)
    assert all(view.tolist() == [2, 3] for view in memory)


def change_shape(array):
    array.shape = (2, 1)


def change_dtype(array):
    array.dtype = np.int32


def lock(array):
    array.flags.writeable = False


@pytest.mark.parametrize("change", [change_shape, change_dtype, lock])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_changed_array_is_no_new_result(f, change):
    for _ in range(10):
        made = [f(X) for _ in range(8)]
        for one in made:
            change(one.asnumpy())
        del made, one
        for one in ones(f):
            one.asnumpy()[0] = 5


def test_weak_references_end(f):
    ended = []
    for _ in range(10):
        one = f(X)
        reference = weakref.ref(one, ended.append)
        array = weakref.ref(one.asnumpy())
        del one
        assert reference() is None
        assert array() is None
        ended.pop()
    ones(f)


def test_subclasses_are_freed(f):
    ended = []

    class Own(Tensor):
        __slots__ = ("extra",)

        def __del__(self):
            ended.append("del")

    class Wide(Parameter):
        pass

    for kind in (Own, Wide):
        one = kind(np.float32([1, 2]))
        one.extra = object.__new__(type("Held", (), {"__del__": lambda self: ended.append("held")}))
        reference = weakref.ref(one, lambda reference: ended.append("weak"))
        assert reference() is one
        del one
        assert sorted(ended) == (["del", "held", "weak"] if kind is Own else ["held", "weak"])
        ended.clear()
    cycle = Parameter(np.float32([1, 2]))
    cycle.me = cycle
    reference = weakref.ref(cycle)
    del cycle
    gc.collect()
    assert reference() is None
    references = weakref.ref(Own), weakref.ref(Wide)
    del Own, Wide, kind
    gc.collect()
    assert [reference() for reference in references] == [None, None]
    ones(f)


def test_last_words(f, monkeypatch):
    kept = []
    monkeypatch.setattr(Tensor, "__del__", lambda self: kept.append(self), raising=False)
    f(X)
    assert len(kept) == 1
    assert kept[0].asnumpy().tolist() == [2, 3]
    monkeypatch.undo()
    ones(f)


def test_an_open_tensor_is_one_as_before(f):
    template = Tensor(shape=[None, 3], dtype=X.dtype)
    assert template.shape == (-1, 3)
    assert type(template).__name__ == "Tensor"
    del template
    ones(f)


def test_other_classes_can_be_assigned(f):
    class Marked(Tensor):
        __slots__ = ()

    for _ in range(5):
        one = f(X)
        one.__class__ = Marked
        assert type(one) is Marked
        del one
        ones(f)


def test_tensors_that_python_made_are_taken(f):
    for _ in range(50):
        eager = [X * 2 for _ in range(5)]
        lazy = [Tensor(np.float32([4, 5])) for _ in range(5)]
        assert all(one.asnumpy().tolist() == [2, 4] for one in eager)
        assert all(one.asnumpy().tolist() == [4, 5] for one in lazy)
        del eager, lazy
        ones(f)


def test_shapes_that_come_and_go_leave_nothing(monkeypatch):
    monkeypatch.setattr("foldaway.native_calls.SOME_CALLS", 3)
    g = jit(lambda x: x * 2)
    values = [Tensor(np.ones((n % 7 + 1, n + 1), np.float32)) for n in range(40)]
    for _ in range(3):
        for value in values:
            for _ in range(30):
                g(value)
    assert natively(g)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        for value in values:
            assert g(value).shape == value.shape
            kept = [Tensor(value.asnumpy()) for _ in range(10)]
            assert kept[-1].shape == value.shape
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4000


def test_the_collector_may_run_at_any_time(f):
    old = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(200):
            ones(f)
            holder = [f(X)]
            holder.append(holder)
    finally:
        gc.set_threshold(*old)


def test_threads(f):
    wrong = []

    def call(value):
        x = Tensor(np.float32([value, value]))
        for _ in range(3000):
            one, other = f(x), f(x)
            if one is other or one.asnumpy().tolist() != [value + 1] * 2:
                wrong.append(value)
            other[0] = -1.0

    threads = [threading.Thread(target=call, args=(value,)) for value in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
