"""Branches, loops and raises, compiled, do what Python does on NumPy arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import TensorSpec
from foldaway.runtime.arrays import numpy_dtype

from .control_programs import SHAPES, Drawn, Graph, Raises, numpy_run
from .graph_program import GraphProgram

NAMES = [dtype.name for dtype in dtypes.ALL]


def numbers(seed, specs):
    random = np.random.default_rng(seed)
    drawn = [random.integers(-2, 3, shape) for shape, _ in specs]
    return [np.asarray(x).astype(numpy_dtype(s.dtype)) for x, s in zip(drawn, specs, strict=True)]


def outcome(run):
    try:
        return run()
    except Raises as error:
        return error.args
    except Exception as error:
        return type(error).__name__, *(error.args or ("",))


def check(drawn, seed):
    """Hold that a program drawn does the same compiled, for some inputs."""
    program = GraphProgram(
        drawn.specs, lambda to, *xs: Graph(drawn).write(drawn.block, to, dict(enumerate(xs)))
    )
    for n in range(3):
        inputs = numbers((seed, n), drawn.specs)
        expected = outcome(lambda inputs=inputs: numpy_run(drawn, inputs))
        got = outcome(lambda inputs=inputs: program(*inputs))
        assert type(got) is type(expected), (got, expected)
        if isinstance(got, tuple):
            assert got == expected
            continue
        for a, b in zip(got, expected, strict=True):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            with np.errstate(all="ignore"):
                np.testing.assert_array_equal(a.astype(np.float64), b.astype(np.float64))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_random_programs(name, seed):
    specs = [TensorSpec(shape, dtypes.BY_NAME[name]) for shape in SHAPES]
    check(Drawn(seed, specs), seed)
