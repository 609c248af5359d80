"""What MindSpore's programs tell its compiler: `mutable`, `jit_class`, `constexpr`, comments."""

import time

import numpy as np
import pytest

from foldaway import mindspore as ms
from foldaway.mindspore import Tensor, jit, mutable, nn, ops

X = Tensor(np.array([1.0, 2.0, 3.0], np.float32))
LEVELS = {"strict": True, "lax": False}


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_mutable_is_not_compiled_for(level):
    @jit(fullgraph=LEVELS[level])
    def f(x, items, table):
        return x * items[0] + table["a"] * items[1][0] + len(items)

    for n in range(6):
        items = mutable([n / 2, (X,)])
        table = mutable({"a": n})
        expected = X * (n / 2) + X * n + 2
        assert f(X, items, table).tolist() == expected.tolist()
    assert len(f.specializations) == 1


def test_a_mutable_list_may_have_any_length():
    @jit
    def f(x, items):
        for item in items:
            x = x + item
        return x

    for n in (1, 3, 2, 3, 1):
        assert f(X, mutable([X] * n, dynamic_len=True)).tolist() == (X * (n + 1)).tolist()


@pytest.mark.parametrize("level", LEVELS)
def test_instances_of_a_jit_class(level):
    @ms.jit_class
    class Scale:
        factor = 3

        def __init__(self, offset):
            self.offset = offset

        def __call__(self, x):
            return x * self.factor + self.offset

        def twice(self, x):
            return self(self(x))

    kept = Scale(1)

    @jit(fullgraph=LEVELS[level])
    def f(x, n):
        return kept(x) + Scale(n).twice(x)

    assert f(X, 2).tolist() == [21.0, 33.0, 45.0]
    kept.offset = 11
    assert f(X, 2).tolist() == [31.0, 43.0, 55.0]


def test_what_is_no_jit_class():
    with pytest.raises(TypeError, match="can only be used for class type, but got 3"):
        ms.jit_class(3)
    with pytest.raises(TypeError, match=r"cannot be used for nn\.Cell"):

        @ms.jit_class
        class Net(nn.Cell):
            pass


@pytest.mark.parametrize("level", LEVELS)
def test_a_constexpr_runs_while_compiling(level):
    @ops.constexpr
    def squares(n):
        return tuple(i * i for i in range(n))

    @ops.constexpr(get_instance=False)
    def axes():
        return lambda shape: tuple(range(len(shape)))

    @jit(fullgraph=LEVELS[level])
    def f(x):
        return x * squares(x.shape[0])[2] + axes()()(x.shape)[0]

    for _ in range(3):
        assert f(X).tolist() == [4.0, 8.0, 12.0]
    assert len(f.specializations) == 1


def test_comments_about_types_change_nothing():
    @jit
    def f(x):
        y = Tensor(np.sort(x.asnumpy())[::-1].copy())  # @jit.typing: () -> tensor_type[float32]
        z = int(time.time() > 0)  # @jit.typing: () -> int64
        # @jit.typing: () -> tensor_type[float16]
        return y * 2 + z

    @jit(fullgraph=True)
    def g(x):
        y = Tensor([1, 2, 3])  # @jit.typing: () -> tensor_type[float32]
        return x.astype(y.dtype) * y

    assert f(X).tolist() == [7.0, 5.0, 3.0]
    assert g(X).tolist() == [1, 4, 9]
    assert g(X).dtype is ms.int64


class Doubled(nn.Cell):
    def construct(self, x, y):
        return x * 2 + y.sum()


def test_a_cell_whose_inputs_are_open_takes_any_extent_there():
    net = Doubled()
    net.set_inputs(Tensor(shape=[None, 3], dtype=ms.float32), Tensor(shape=[-1], dtype=ms.int64))
    for rows, n in ((1, 2), (4, 1), (2, 5)):
        x, y = np.ones((rows, 3), np.float32), np.arange(n)
        assert net(Tensor(x), Tensor(y)).tolist() == (x * 2 + y.sum()).tolist()
    with pytest.raises(ValueError, match=r"input 0 has shape \(-1, 3\), not \(3,\)"):
        net(X, Tensor([1]))
    with pytest.raises(TypeError, match="input 1 has dtype Int64, not Float32"):
        net(Tensor(np.ones((1, 3), np.float32)), X)
