"""The place of the best element, found in the lanes of vectors: the first of equal ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foldaway.dialects.dtypes import BY_NAME

from .graph_program import GraphProgram

DTYPES = ("float32", "float64", "int32", "int64", "uint32", "uint64", "float16", "int8")
SHAPES = [(31,), (32,), (33,), (64,), (100,), (1000,), (3, 65), (65, 3), (4, 5, 40)]


def program(shape, dtype, kind, axis):
    def run(builder, x):
        return [builder.argreduce(kind, x, axis)]

    return GraphProgram([(shape, BY_NAME[dtype])], run)


def check(x, kind, axis):
    (found,) = program(x.shape, x.dtype.name, kind, axis)(x)
    meaning = np.argmax if kind == "max" else np.argmin
    np.testing.assert_array_equal(found, meaning(x, axis))


@pytest.mark.parametrize("kind", ["max", "min"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_of_few_different_numbers(shape, dtype, kind):
    """Most elements are equal to others, also across lanes and rounds."""
    x = np.random.default_rng(1).integers(0, 4, shape).astype(dtype)
    for axis in range(len(shape)):
        check(x, kind, axis)


@pytest.mark.parametrize("kind", ["max", "min"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_limits(dtype, kind):
    compiled = program((80,), dtype, kind, 0)
    meaning = np.argmax if kind == "max" else np.argmin
    special = [np.nan, np.inf, -np.inf, 0.0, -0.0]
    generator = np.random.default_rng(2)
    for fill in (np.inf, -np.inf, 0.0, np.nan):
        for number in special:
            for count in (0, 1, 3):
                x = np.full(80, fill, dtype)
                x[generator.integers(0, 80, count)] = number
                assert compiled(x)[0] == meaning(x), (fill, number, x)


@given(st.lists(st.floats(width=32), min_size=70, max_size=70))
def test_any_numbers(values):
    x = np.array(values, np.float32)
    for kind, meaning in (("max", np.argmax), ("min", np.argmin)):
        compiled = _COMPILED.setdefault(kind, program((70,), "float32", kind, 0))
        assert compiled(x)[0] == meaning(x)


_COMPILED = {}
