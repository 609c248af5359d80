"""NumPy's ufuncs with a tensor and something else: computed, left to the other, or refused."""

import numpy as np
import pytest

from foldaway import Tensor, jit

X = Tensor([1.0, 2.0, 3.0])
UFUNCS = pytest.mark.parametrize("ufunc", [np.add, np.minimum, np.greater, np.power])


def modes(function):
    return function, jit(function), jit(function, fullgraph=False)


class Other:
    """A class that has a say of its own."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return "other"


@UFUNCS
@pytest.mark.parametrize("other", [[3.0, 2.0, 1.0], (3, 2, 1), [[1], [2]], 2, 2.5, True], ids=str)
def test_numbers_and_nested_lists_are_operands(ufunc, other):
    array = np.asarray(other, np.float32)
    for one in modes(lambda x: (ufunc(other, x), ufunc(x, other))):
        left, right = one(X)
        assert np.array_equal(left.asnumpy(), ufunc(array, X.asnumpy()))
        assert np.array_equal(right.asnumpy(), ufunc(X.asnumpy(), array))


def test_lists_of_another_length():
    for one in modes(lambda x: np.add([1.0, 2.0], x)):
        with pytest.raises(ValueError, match=r"shape|broadcast"):
            one(X)


@UFUNCS
@pytest.mark.parametrize("other", ["ab", None, {}, 1j, ["a", "b", "c"], [None]], ids=str)
def test_what_no_tensor_can_be_computed_with(ufunc, other):
    for one in modes(lambda x: ufunc(other, x)):
        with pytest.raises(TypeError):
            one(X)


@UFUNCS
def test_another_class_has_its_say(ufunc):
    other = Other()
    assert ufunc(X, other) == "other"
    assert jit(lambda x: ufunc(x, other), fullgraph=False)(X) == "other"
