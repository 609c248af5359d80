"""The first of equal elements wins on a GPU too, and nan over all, whatever thread has it."""

import numpy as np
import pytest

from foldaway.dialects.dtypes import BY_NAME
from foldaway.runtime.arrays import numpy_dtype

from .families import Case
from .test_kernel_families import simulated

FLOATS = ["float32", "float64", "float16", "bfloat16"]
SHAPES = [(40, 33), (3, 4000), (300, 64), (2, 5), (7, 1)]


def found(kind: str, x: np.ndarray, dtype: str, axis: int = 1) -> np.ndarray:
    """Return the places of the best elements by a simulated GPU."""
    case = Case((x.shape,), lambda to, one: to.argreduce(kind, one, axis), np.argmax)
    return simulated(case.module(dtype), [x.astype(numpy_dtype(BY_NAME[dtype]))])


def few_numbers(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(shape[0]).integers(-4, 5, shape).astype(np.float64)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [*FLOATS, "int8", "int32", "int64"])
def test_the_first_of_equal_ones(dtype: str, shape: tuple[int, ...]):
    x = few_numbers(shape)
    np.testing.assert_array_equal(found("max", x, dtype), x.argmax(1))
    np.testing.assert_array_equal(found("min", x, dtype), x.argmin(1))


@pytest.mark.parametrize("shape", SHAPES[:3])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_first_nan(dtype: str, shape: tuple[int, ...]):
    x = few_numbers(shape)
    x[:, -1] = np.nan
    x.flat[[7, 20, 21]] = np.nan
    np.testing.assert_array_equal(found("max", x, dtype), x.argmax(1))
    np.testing.assert_array_equal(found("min", x, dtype), x.argmin(1))


@pytest.mark.parametrize("number", [-np.inf, np.inf])
def test_all_are_as_good_as_nothing(number: float):
    x = np.full((3, 4000), number)
    assert not found("max", x, "float32").any()
    assert not found("min", x, "float32").any()


COLUMNS = [(300, 40), (2, 5), (33, 1), (1000, 3), (7, 33, 5), (5, 300)]


@pytest.mark.parametrize("shape", COLUMNS)
@pytest.mark.parametrize("dtype", [*FLOATS, "int8", "int32", "int64"])
def test_the_first_of_equal_ones_in_columns(dtype: str, shape: tuple[int, ...]):
    x = few_numbers(shape)
    for axis in range(len(shape) - 1):
        np.testing.assert_array_equal(found("max", x, dtype, axis), x.argmax(axis))
        np.testing.assert_array_equal(found("min", x, dtype, axis), x.argmin(axis))


@pytest.mark.parametrize("shape", COLUMNS[:5])
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_first_nan_in_columns(dtype: str, shape: tuple[int, ...]):
    x = few_numbers(shape)
    x[np.random.default_rng(1).random(shape) < 0.05] = np.nan
    x[-1] = np.nan
    np.testing.assert_array_equal(found("max", x, dtype, 0), x.argmax(0))
    np.testing.assert_array_equal(found("min", x, dtype, 0), x.argmin(0))


@pytest.mark.parametrize("kind", ["max", "min"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64"])
def test_the_first_of_all_that_blocks_find(dtype: str, kind: str):
    x = few_numbers((100003,))
    wanted = getattr(x, f"arg{kind}")
    assert found(kind, x, dtype, 0) == wanted()
    if dtype != "int64":
        x[[60001, 99999]] = np.nan
        assert found(kind, x, dtype, 0) == 60001
        assert found(kind, np.full(100003, -np.inf), dtype, 0) == 0
