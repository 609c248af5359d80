"""Loops that read columns and write rows go square by square, and give what NumPy gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .buffer_form import function, generic, run

EXTENTS = st.sampled_from([1, 7, 8, 15, 16, 17, 31, 40, 64, 100])
WIDE = st.sampled_from([16, 100, 512, 1000, 1024])
ELEMENTS = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i8": np.int8, "i64": np.int64}


def memref(shape, element):
    return f"memref<{'x'.join(map(str, shape))}x{element}>"


@given(st.sampled_from(list(ELEMENTS)), EXTENTS, WIDE, st.integers(1, 3), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_transposed(element, rows, columns, images, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-50, 50, (images, rows, columns)).astype(ELEMENTS[element])
    source, result = (memref(shape, element) for shape in (x.shape, (images, columns, rows)))
    body = generic(
        [("%a0", source)],
        [("%o0", result)],
        f"linalg.yield %x0 : {element}",
        ["(n, i, j) -> (n, j, i)", "(n, i, j) -> (n, i, j)"],
        "ppp",
    )
    (got,) = run(function([source], [result], body), x)
    np.testing.assert_array_equal(got, x.swapaxes(1, 2))


@pytest.mark.parametrize(("rows", "columns"), [(100, 1024), (33, 2048), (130, 500)])
def test_with_other_operands_and_indices(rows, columns):
    """The body knows which element it is at, also behind the last whole square."""
    rng = np.random.default_rng(rows)
    x = rng.normal(size=(rows, columns))
    y = rng.normal(size=(columns, rows))
    z = rng.normal(size=columns)
    types = [memref(a.shape, "f64") for a in (x, y, z)]
    text = """%i = linalg.index 0 : index
      %j = linalg.index 1 : index
      %c = arith.constant 1000 : index
      %k = arith.muli %i, %c : index
      %l = arith.addi %k, %j : index
      %m = arith.index_cast %l : index to i64
      %n = arith.sitofp %m : i64 to f64
      %s = arith.addf %x0, %x1 : f64
      %t = arith.mulf %s, %x2 : f64
      %u = arith.addf %t, %n : f64
      linalg.yield %u : f64"""
    body = generic(
        [(f"%a{n}", type) for n, type in enumerate(types)],
        [("%o0", types[1])],
        text,
        ["(i, j) -> (j, i)", "(i, j) -> (i, j)", "(i, j) -> (i)", "(i, j) -> (i, j)"],
        "pp",
    )
    (got,) = run(function(types, [types[1]], body), x, y, z)
    places = np.arange(columns)[:, None] * 1000.0 + np.arange(rows)
    np.testing.assert_array_equal(got, (x.T + y) * z[:, None] + places)
