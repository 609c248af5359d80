"""Reductions and products, compiled: their values, and how exact sums are."""

import math

import numpy as np
import pytest

from .buffer_form import check_floats, function, generic, run, zero


def test_matmul_in_each_orientation():
    rng = np.random.default_rng(1)
    for m, k, n in ((1, 1, 1), (5, 7, 3), (33, 300, 70), (2, 1000, 128)):
        a, b = rng.standard_normal((m, k), np.float32), rng.standard_normal((k, n), np.float32)
        for transposed in (False, True):
            types = [
                f"memref<{m}x{k}xf32>",
                f"memref<{n}x{k}xf32>" if transposed else f"memref<{k}x{n}xf32>",
            ]
            result = f"memref<{m}x{n}xf32>"
            body = zero("%o0", result)
            body += generic(
                [("%a0", types[0]), ("%a1", types[1])],
                [("%o0", result)],
                "%p = arith.mulf %x0, %x1 : f32\n%s = arith.addf %y0, %p : f32\n"
                "linalg.yield %s : f32",
                [
                    "(i, j, k) -> (i, k)",
                    "(i, j, k) -> (j, k)" if transposed else "(i, j, k) -> (k, j)",
                    "(i, j, k) -> (i, j)",
                ],
                "ppr",
            )
            right = np.ascontiguousarray(b.T) if transposed else b
            (got,) = run(function(types, [result], body), a, right)
            wanted = a.astype(np.float64) @ b.astype(np.float64)
            bound = np.abs(a).astype(np.float64) @ np.abs(b).astype(np.float64) * 2.0**-20
            assert (np.abs(got - wanted) <= bound + 1e-30).all()


def sum_of(shape, axes, element="f32", combine="arith.addf"):
    """Return a reduction of `%a0` into `%o0`, which starts at zero."""
    left = [n for n in shape if n is not None]
    kept = [k for k in range(len(shape)) if k not in axes]
    source = "memref<" + "".join(f"{n}x" for n in left) + f"{element}>"
    result = "memref<" + "".join(f"{shape[k]}x" for k in kept) + f"{element}>"
    indices = ", ".join(f"i{n}" for n in range(len(shape)))
    body = (
        zero("%o0", result)
        if kept
        else generic(
            [],
            [("%o0", result)],
            f"%z = arith.constant 0.0 : {element}\nlinalg.yield %z : {element}",
            ["() -> ()"],
            "",
        )
    )
    body += generic(
        [("%a0", source)],
        [("%o0", result)],
        f"%s = {combine} %x0, %y0 : {element}\nlinalg.yield %s : {element}",
        [f"({indices}) -> ({indices})", f"({indices}) -> ({', '.join(f'i{k}' for k in kept)})"],
        ["r" if k in axes else "p" for k in range(len(shape))],
    )
    return function([source], [result], body)


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((100_003,), (0,)),
        ((20_000, 3), (0,)),
        ((3, 20_000), (1,)),
        ((40, 50, 60), (0, 2)),
        ((7, 2000, 65), (1,)),
    ],
)
def test_sums_are_as_exact_as_numpys(shape, axes):
    rng = np.random.default_rng(len(shape))
    # Numbers of one sign, as the mean of a picture has: errors of a running sum grow with them.
    x = rng.uniform(0, 1, shape).astype(np.float32)
    (got,) = run(sum_of(shape, axes), x)
    moved = np.moveaxis(x, axes, range(len(axes))).reshape(-1, got.size)
    exact = np.array([math.fsum(column) for column in moved.T.tolist()]).reshape(got.shape)
    ours = np.abs(got - exact).max() / exact.max()
    assert ours <= 2 * np.finfo(np.float32).eps
    bound = np.abs(np.sum(x, axis=axes) - exact).max() / exact.max()
    assert ours <= max(bound, np.finfo(np.float32).eps)


def test_a_sum_of_millions_is_exact_to_a_few_ulps():
    x = np.random.default_rng(0).uniform(0, 1, 1 << 22).astype(np.float32)
    (got,) = run(sum_of(x.shape, (0,)), x)
    exact = math.fsum(x.tolist())
    assert abs(float(got) - exact) <= 2 * np.finfo(np.float32).eps * exact


def test_sums_of_infinities_and_nans():
    cases = {math.inf: [math.inf], -math.inf: [-math.inf], math.nan: [math.inf, -math.inf]}
    for wanted, values in cases.items():
        x = np.ones(5000, np.float32)
        x[[n * 1700 for n in range(len(values))]] = values
        (got,) = run(sum_of(x.shape, (0,)), x)
        assert got == wanted or (math.isnan(wanted) and np.isnan(got))
    big = np.full(2000, 3e38, np.float32)
    assert run(sum_of(big.shape, (0,)), big)[0] == math.inf


@pytest.mark.parametrize("shape", [(1000, 70), (70, 1000), (3, 5)])
@pytest.mark.parametrize("axis", [0, 1])
def test_maxima_and_minima(shape, axis):
    x = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    x[1, 2], x[2, 1] = np.nan, np.inf
    for op, meaning in (("arith.maximumf", np.max), ("arith.minimumf", np.min)):
        (got,) = run(sum_of(shape, (axis,), combine=op), x)
        wanted = meaning(np.concatenate([x, np.zeros_like(x)], axis), axis=axis)
        check_floats(got, wanted, 0)


@pytest.mark.parametrize("bits", [8, 32, 64])
def test_integer_reductions(bits):
    info = np.iinfo(f"i{bits // 8}")
    x = np.random.default_rng(3).integers(
        info.min, info.max, (37, 67), f"i{bits // 8}", endpoint=True
    )
    for op, meaning in (
        ("addi", np.add),
        ("maxsi", np.maximum),
        ("andi", np.bitwise_and),
        ("xori", np.bitwise_xor),
    ):
        for axis in (0, 1):
            (got,) = run(sum_of(x.shape, (axis,), f"i{bits}", f"arith.{op}"), x)
            assert (
                got == meaning(0, meaning.reduce(x, axis=axis, dtype=x.dtype), dtype=x.dtype)
            ).all(), op


def test_argmax_is_taken_in_order():
    types = ["memref<6x50xf32>", "memref<6xf32>", "memref<6xi64>"]
    body = generic(
        [],
        [("%o0", types[1]), ("%o1", types[2])],
        "%z = arith.constant 0xff800000 : f32\n%n = arith.constant 0 : i64\n"
        "linalg.yield %z, %n : f32, i64",
        ["(i) -> (i)"] * 2,
        "p",
    )
    body += generic(
        [("%a0", types[0])],
        [("%o0", types[1]), ("%o1", types[2])],
        "%i = linalg.index 1 : index\n%n = arith.index_cast %i : index to i64\n"
        "%g = arith.cmpf ogt, %x0, %y0 : f32\n%v = arith.select %g, %x0, %y0 : f32\n"
        "%k = arith.select %g, %n, %y1 : i64\nlinalg.yield %v, %k : f32, i64",
        ["(i, j) -> (i, j)", "(i, j) -> (i)", "(i, j) -> (i)"],
        "pr",
    )
    x = np.random.default_rng(4).integers(-5, 5, (6, 50)).astype(np.float32)
    values, indices = run(function(types[:1], types[1:], body), x)
    assert (values == x.max(1)).all()
    assert (indices == x.argmax(1)).all()
