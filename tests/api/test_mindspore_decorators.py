"""What MindSpore's decorators take: cells, methods, classes and options."""

import numpy as np
import pytest

import foldaway
from foldaway import mindspore as ms
from foldaway import nn
from foldaway.mindspore import JitConfig

from .same_values import X, same


class Scaled(nn.Cell):
    def __init__(self):
        super().__init__()
        self.factor = 2

    def construct(self, x):
        return x * self.factor

    def array(self):
        return X.asnumpy()


def test_jit_takes_cells_their_methods_and_classes():
    net = Scaled()
    assert ms.jit(net)(X).tolist() == [2.0, 4.0, 6.0]
    assert ms.jit(net.construct)(X).tolist() == [2.0, 4.0, 6.0]
    assert type(ms.jit(net.array)()) is np.ndarray

    @ms.jit
    class Compiled(Scaled):
        def construct(self, x):
            return super().construct(x) + 1

    @ms.jit(fullgraph=True)
    class Inherits(Scaled):
        pass

    assert Compiled()(X).tolist() == [3.0, 5.0, 7.0]
    assert isinstance(Compiled.construct, foldaway.jit(same).__class__)
    assert Inherits()(X).tolist() == [2.0, 4.0, 6.0]
    assert not hasattr(Scaled.construct, "function")
    assert ms.jit(len) is len


WRONG_OPTIONS = {
    "jit_level": ({"jit_level": "O3"}, ValueError),
    "capture_mode": ({"capture_mode": "guess"}, ValueError),
    "dynamic": ({"dynamic": 2}, ValueError),
    "fullgraph": ({"fullgraph": 1}, TypeError),
}


@pytest.mark.parametrize("name", WRONG_OPTIONS)
def test_jit_refuses_an_option_that_is_not_there(name):
    options, kind = WRONG_OPTIONS[name]
    with pytest.raises(kind, match=f"For 'jit', the '{name}' must be"):
        ms.jit(**options)


def test_jit_class_is_for_classes():
    with pytest.raises(TypeError, match="can only be used for class type, but got"):
        ms.jit_class(same)
    with pytest.raises(TypeError, match=r"cannot be used for nn\.Cell"):
        ms.jit_class(Scaled)


class Refused(nn.Cell):
    def construct(self, x):
        print("runs")
        return np.array([1]).tolist(), np.array([1]) if x.shape else x


def test_the_executor_compiles_without_running(capsys):
    executor = ms.common.api._cell_graph_executor
    assert executor.compile(Scaled(), X, phase="train") == ("train", True)
    strict = Refused()
    strict.set_jit_config(JitConfig(jit_syntax_level="STRICT"))
    with pytest.raises(foldaway.CompileError, match="Should not use Python object in runtime"):
        executor.compile(strict, X)
    ms.common.api._pynative_executor.sync()


def test_names_that_leave_a_function_as_it_is():
    assert ms.recompute(Scaled(), X).tolist() == [2.0, 4.0, 6.0]
    assert ms.is_tensor(X)
    assert not ms.is_tensor(X.asnumpy())
    assert ms.from_numpy(np.array([1, 2])).tolist() == [1, 2]
    ms.set_seed(5)
    assert ms.get_seed() == 5
