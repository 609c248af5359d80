import pytest

from foldaway import Tensor, jit, nn
from foldaway.testing import assert_fully_compiled


def test_a_compiled_function_passes_and_gives_its_result():
    @jit
    def f(x):
        return x * 2

    assert assert_fully_compiled(f, Tensor([1.0])).tolist() == [2]
    assert f.report().ops_compiled > 0


def test_a_cell_passes():
    assert assert_fully_compiled(nn.ReLU(), Tensor([-1.0, 1.0])).tolist() == [0, 1]


def test_what_is_never_compiled():
    with pytest.raises(TypeError, match="decorate it with jit"):
        assert_fully_compiled(len, [])
