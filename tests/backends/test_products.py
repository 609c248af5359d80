"""Products of matrices of any shape, orientation and type, against NumPy's in float64."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.dialects.dtypes import bfloat16, float16, float32, float64, int32
from foldaway.runtime.arrays import numpy_dtype

from .buffer_form import function, generic, run, zero
from .graph_program import GraphProgram

EXTENTS = st.sampled_from([0, 1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 33, 48, 64, 97, 130])
DTYPES = st.sampled_from([float32, float64, float16, bfloat16])
DIGITS = {float16: 11, bfloat16: 8, float32: 24, float64: 53}


def numbers(shape, dtype, seed):
    values = np.random.default_rng(seed).standard_normal(shape)
    return values.astype(numpy_dtype(dtype))


def product(dtype, lhs, rhs, swap_lhs=False, swap_rhs=False):
    """Return the program that multiplies arrays, the last two axes of some exchanged before."""

    def build(to, x, y):
        def swapped(value, swap):
            rank = len(value.type.get_shape())
            order = (*range(rank - 2), rank - 1, rank - 2)
            return to.transpose(value, order) if swap else value

        return [to.matmul(swapped(x, swap_lhs), swapped(y, swap_rhs))]

    return GraphProgram([(lhs.shape, dtype), (rhs.shape, dtype)], build)


def check(dtype, lhs, rhs, swap_lhs=False, swap_rhs=False):
    (got,) = product(dtype, lhs, rhs, swap_lhs, swap_rhs)(lhs, rhs)
    x = np.swapaxes(lhs, -1, -2) if swap_lhs else lhs
    y = np.swapaxes(rhs, -1, -2) if swap_rhs else rhs
    x, y = x.astype(np.float64), y.astype(np.float64)
    wanted, size = np.matmul(x, y), np.matmul(np.abs(x), np.abs(y))
    summed = 2.0 ** -min(DIGITS[dtype], 53)
    # Narrow floats are added as float32, and rounded once at the end.
    bound = size * (x.shape[-1] + 4) * max(2.0**-24 if DIGITS[dtype] < 24 else summed, 2.0**-53)
    rounding = np.abs(wanted) * summed + (2.0**-24 if dtype is float16 else 0)
    assert (np.abs(got.astype(np.float64) - wanted) <= bound + rounding).all()


@pytest.mark.parametrize("k", [1000, 1002, 1004, 2056])
@pytest.mark.parametrize("dtype", [float32, float64])
def test_long_sums_in_parts(dtype, k):
    """The last part is shorter; what is written out in a round divides its length, or isn't."""
    check(dtype, numbers((37, k), dtype, k), numbers((k, 70), dtype, k + 1))


@given(DTYPES, EXTENTS, EXTENTS, EXTENTS, st.booleans(), st.booleans(), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_matrices(dtype, m, n, k, swap_lhs, swap_rhs, seed):
    lhs = numbers((k, m) if swap_lhs else (m, k), dtype, seed)
    rhs = numbers((n, k) if swap_rhs else (k, n), dtype, seed + 100)
    check(dtype, lhs, rhs, swap_lhs, swap_rhs)


@given(
    st.sampled_from([float32, float64, bfloat16]),
    st.sampled_from([((3,), (3,)), ((1,), (4,)), ((2, 1), (1, 3)), ((), (2,)), ((2, 2), ())]),
    st.tuples(EXTENTS, EXTENTS, EXTENTS).filter(lambda extents: np.prod(extents) < 40000),
    *(st.booleans(), st.booleans()),
)
@settings(max_examples=40, deadline=None)
def test_batches_of_matrices(dtype, batches, extents, swap_lhs, swap_rhs):
    m, n, k = extents
    lhs = numbers((*batches[0], *((k, m) if swap_lhs else (m, k))), dtype, 0)
    rhs = numbers((*batches[1], *((n, k) if swap_rhs else (k, n))), dtype, 1)
    check(dtype, lhs, rhs, swap_lhs, swap_rhs)


@given(st.sampled_from([float32, float64]), EXTENTS, EXTENTS, st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_matrix_and_a_vector(dtype, rows, terms, is_left, swap):
    vector = numbers((terms,), dtype, 1)
    if is_left:
        matrix = numbers((rows, terms) if swap else (terms, rows), dtype, 0)
        check(dtype, vector, matrix, swap_rhs=swap)
    else:
        matrix = numbers((terms, rows) if swap else (rows, terms), dtype, 0)
        check(dtype, matrix, vector, swap_lhs=swap)


@pytest.mark.parametrize("dtype", [float32, float64, float16, bfloat16])
@pytest.mark.parametrize(
    ("m", "n", "k"), [(100, 600, 530), (7, 300, 1100), (1, 5000, 300), (300, 40, 1300)]
)
@pytest.mark.parametrize("swaps", [(False, False), (True, False), (False, True), (True, True)])
def test_matrices_of_several_blocks(dtype, m, n, k, swaps):
    lhs = numbers((k, m) if swaps[0] else (m, k), dtype, 0)
    rhs = numbers((n, k) if swaps[1] else (k, n), dtype, 1)
    check(dtype, lhs, rhs, *swaps)


SHAPES = [((20, 33), (33, 21)), ((1, 9000), (9000, 17)), ((3, 40), (40,))]


@pytest.mark.parametrize("shapes", SHAPES)
def test_nan_and_infinity_reach_only_their_row_and_column(shapes):
    lhs, rhs = numbers(shapes[0], float32, 0), numbers(shapes[1], float32, 1)
    lhs[-1, 3], rhs[5] = np.nan, np.inf
    (got,) = product(float32, lhs, rhs)(lhs, rhs)
    with np.errstate(invalid="ignore"):
        wanted = np.matmul(lhs.astype(np.float64), rhs.astype(np.float64))
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-3)


def test_threads_may_run_one_product_at_once():
    """Each call has a workspace of its own."""
    lhs, rhs = numbers((4, 150, 300), float32, 0), numbers((4, 300, 170), float32, 1)
    program = product(float32, lhs[0], rhs[0])

    def many(pair):
        return [program(*pair)[0] for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        for n, results in enumerate(pool.map(many, zip(lhs, rhs, strict=True))):
            for got in results:
                np.testing.assert_allclose(got, lhs[n] @ rhs[n], rtol=1e-3, atol=1e-3)


def test_integers_wrap_as_in_numpy():
    lhs = np.arange(40 * 50, dtype=np.int32).reshape(40, 50) * 99991
    rhs = lhs.T.copy()
    (got,) = product(int32, lhs, rhs)(lhs, rhs)
    assert (got == lhs @ rhs).all()


SCHEDULES = st.tuples(
    st.sampled_from(["outer", "inner", "stream"]),
    st.integers(1, 7),
    st.integers(1, 3),
    st.sampled_from([2, 4, 8, 16]),
    st.integers(1, 50),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)


@given(
    SCHEDULES,
    *(st.integers(1, 40) for _ in range(3)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["0.0", "2.0"]),
)
@settings(max_examples=60, deadline=None)
def test_any_schedule_adds_the_product(schedule, m, n, k, swap_lhs, swap_rhs, before):
    """Also those of machines with other vectors; what doesn't fit is done by plain loops."""
    kind, rows, columns, lanes, depth, width, *packed = schedule
    columns *= lanes if kind == "outer" else 1
    numbered = {"rows": rows, "columns": columns, "lanes": lanes, "depth": depth}
    numbered |= {"width": width * columns, "pack_lhs": packed[0], "pack_rhs": packed[1]}
    listed = ", ".join(f"{name} = {int(value)} : i64" for name, value in numbered.items())
    attrs = f' attrs = {{schedule = {{kind = "{kind}", {listed}}}}} {{\n^bb0'
    shapes = ((k, m) if swap_lhs else (m, k)), ((n, k) if swap_rhs else (k, n)), (m, n)
    types = ["x".join(map(str, shape)) + "xf32" for shape in shapes]
    memory = [f"memref<{type}>" for type in types]
    accesses = ["(k, i)" if swap_lhs else "(i, k)", "(j, k)" if swap_rhs else "(k, j)", "(i, j)"]
    body = "%p = arith.mulf %x0, %x1 : f32\n%s = arith.addf %p, %y0 : f32\nlinalg.yield %s : f32"
    text = generic(
        [("%a0", memory[0]), ("%a1", memory[1])],
        [("%o0", memory[2])],
        body,
        [f"(i, j, k) -> {access}" for access in accesses],
        "ppr",
    ).replace(" {\n^bb0", attrs)
    lhs, rhs = numbers(shapes[0], float32, 0), numbers(shapes[1], float32, 1)
    filled = zero("%o0", memory[2]).replace("0.0", before)
    (got,) = run(function(memory[:2], memory[2:], filled + text), lhs, rhs)
    wanted = float(before) + (lhs.T if swap_lhs else lhs) @ (rhs.T if swap_rhs else rhs)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)
