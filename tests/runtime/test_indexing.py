"""Subscripts of tensors against NumPy's, on random keys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Tensor

SHAPES = [(), (0,), (1,), (5,), (3, 4), (2, 0, 3), (2, 3, 4)]
MANY = settings(max_examples=300, deadline=None)

bound = st.one_of(st.none(), st.integers(-7, 7))
steps = st.one_of(st.none(), st.integers(-3, 3).filter(bool))


@st.composite
def basic_keys(draw, shape):
    """Integers (some out of bounds), slices, None and `...`, one item or a tuple."""
    item = st.one_of(
        st.integers(-5, 5),
        st.integers(-2, 1).map(np.int64),
        st.builds(slice, bound, bound, steps),
        st.none(),
        st.just(...),
    )
    items = draw(st.lists(item, max_size=len(shape) + 2))
    return items[0] if len(items) == 1 and draw(st.booleans()) else tuple(items)


@st.composite
def cases(draw):
    shape = draw(st.sampled_from(SHAPES))
    return np.arange(np.prod(shape, dtype=int)).reshape(shape), draw(basic_keys(shape))


@MANY
@given(cases())
def test_reading(case):
    array, key = case
    try:
        expected = array[key]
    except IndexError:
        with pytest.raises(IndexError):
            Tensor(array)[key]
        return
    actual = Tensor(array)[key]
    assert actual.shape == expected.shape
    np.testing.assert_array_equal(actual.asnumpy(), expected)


@MANY
@given(cases(), st.sampled_from(["number", "full", "row"]))
def test_writing(case, kind):
    array, key = case
    tensor = Tensor(array)
    try:
        region = array[key]
    except IndexError:
        with pytest.raises(IndexError):
            tensor[key] = 0
        return
    shape = {"number": (), "full": region.shape, "row": region.shape[-1:]}[kind]
    value = -1 - np.arange(np.prod(shape, dtype=int)).reshape(shape)
    array[key] = value
    tensor[key] = value.item() if kind == "number" else Tensor(value)
    np.testing.assert_array_equal(tensor.asnumpy(), array)


KEYS = [
    [0, 2],
    np.array([[0, 1], [2, 0]]),
    np.array([True, False, True]),
    (slice(None), [0, 3]),
    ([0, 1], [1, 2]),
    (..., np.array([1, 1])),
    True,
]


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("as_tensor", [False, True])
def test_keys_with_arrays(key, as_tensor):
    array = np.arange(12).reshape(3, 4)
    ours = key
    if as_tensor:
        items = key if isinstance(key, tuple) else (key,)
        ours = tuple(Tensor(i) if isinstance(i, list | np.ndarray | bool) else i for i in items)
    np.testing.assert_array_equal(Tensor(array)[ours].asnumpy(), array[key])
    tensor = Tensor(array)
    tensor[ours] = -1
    array[key] = -1
    np.testing.assert_array_equal(tensor.asnumpy(), array)


def test_a_0d_tensor_is_an_integer():
    x = Tensor([[1, 2], [3, 4]])
    assert x[Tensor(1)].tolist() == [3, 4]
    assert x[Tensor(0), Tensor(1) :].tolist() == [2]


@pytest.mark.parametrize("key", ["a", 1.5, (0, "a"), 1j])
def test_other_keys_are_an_index_error(key):
    with pytest.raises(IndexError, match="indexed by integers"):
        Tensor([[1, 2]])[key]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (5, "index 5 is out of bounds for axis 0 with size 2"),
        ((0, -4), "index -4 is out of bounds for axis 1 with size 3"),
        ((0, 0, 0), "too many indices"),
        ((..., ...), "single ellipsis"),
    ],
)
def test_errors(key, text):
    with pytest.raises(IndexError, match=text):
        Tensor(np.zeros((2, 3)))[key]


def test_a_value_is_converted_and_must_broadcast():
    x = Tensor([1, 2, 3])
    x[0] = 2.9
    x[1] = Tensor([7.5])
    assert x.tolist() == [2, 7, 3]
    with pytest.raises(ValueError, match="broadcast"):
        x[:2] = Tensor([1, 2, 3])
    with pytest.raises(OverflowError):
        Tensor([1]).astype("int8")[0] = 300


def test_writing_from_its_own_rows():
    x = Tensor([1, 2, 3, 4])
    x[1:] = x[:-1]
    assert x.tolist() == [1, 1, 2, 3]


def test_rows():
    assert [row.tolist() for row in Tensor([[1, 2], [3, 4]])] == [[1, 2], [3, 4]]
    assert list(Tensor(np.zeros((0, 2)))) == []
    first, second = Tensor([1, 2])
    assert (first.item(), second.item()) == (1, 2)


def test_whoever_shares_the_tensor_sees_a_write():
    x = y = Tensor([1, 2])
    x[0] = 5
    assert y.tolist() == [5, 2]
