"""`any`, `all`, `max` and `min` of the items of run-time tensors are computed in the graph."""

import math

import numpy as np
import pytest

from foldaway import CompileError, Tensor, grad, jit

NAN = math.nan

CASES = [
    # data, any, all, max, min
    ([1.0, 2.0, 3.0], True, True, 3.0, 1.0),
    ([3, 1, 2], True, True, 3, 1),
    ([0, 5], True, False, 5, 0),
    ([0.0, 0.0], False, False, 0.0, 0.0),
    ([True, False], True, False, True, False),
    # Nothing exceeds nan, and nan exceeds nothing: the first item stays.
    ([NAN, 1.0], True, True, NAN, NAN),
    ([1.0, NAN], True, True, 1.0, 1.0),
    ([-0.0, 0.0], False, False, -0.0, -0.0),
    ([0.0, -0.0], False, False, 0.0, 0.0),
    ([7], True, True, 7, 7),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[0]))
def test_items_of_a_tensor(case):
    data, some, every, greatest, least = case

    @jit
    def f(x):
        return any(x), all(x), max(x), min(x)

    for _ in range(2):
        found = f(Tensor(data))
        assert found[:2] == (some, every)
        assert [type(value) for value in found] == [bool, bool, Tensor, Tensor]
        assert [repr(value.tolist()) for value in found[2:]] == [repr(greatest), repr(least)]
        assert found[2].dtype is Tensor(data).dtype
        assert found[2].shape == ()


def test_the_truth_of_arrays():
    @jit
    def f(x):
        a = x.asnumpy()
        return any(a > 2), all(a > 0)

    assert f(Tensor([1, 2, 3])) == (True, True)
    assert f(Tensor([-1, 2])) == (False, False)


def test_branches_on_items():
    @jit
    def f(x):
        if any(x > 2) and max(x) < 9:
            return x + min(x)
        return -x

    assert f(Tensor([1, 4])).tolist() == [2, 5]
    assert f(Tensor([1, 2])).tolist() == [-1, -2]
    assert f(Tensor([1, 9])).tolist() == [-1, -9]


def test_the_gradient_of_the_greatest():
    assert grad(lambda x: max(x) * 3)(Tensor([1.0, 5.0, 2.0])).tolist() == [0.0, 3.0, 0.0]


def test_known_items_are_folded():
    @jit
    def f(x):
        return x * (2 if any(Tensor([0, 1])) else 3)

    assert f(Tensor([1])).tolist() == [2]


class Backwards(Tensor):
    def __iter__(self):
        return iter([Tensor(0)])


@pytest.mark.parametrize(
    ("f", "data", "error"),
    [
        (lambda x: max(x), [], ValueError),
        (lambda x: any(x), 3, TypeError),
        (lambda x: all(x), [[1, 2], [3, 4]], ValueError),
        (lambda x: max(x), [[1, 2], [3, 4]], ValueError),
    ],
)
def test_what_has_no_such_items_raises_as_ever(f, data, error):
    x = Tensor(np.array(data))
    for function in (f, jit(f), jit(f, fullgraph=False)):
        with pytest.raises(error):
            function(x)


def test_other_iterators_are_the_users():
    @jit(fullgraph=False)
    def f(x):
        return any(x), max(x)

    found = f(Backwards([1, 2]))
    assert (bool(found[0]), int(found[1])) == (False, 0)


def test_the_greatest_of_an_array_is_refused():
    with pytest.raises(CompileError, match="needs the data"):
        jit(lambda x: max(x.asnumpy()))(Tensor([1, 2]))
