"""Scalar ops on floats, compiled, give what NumPy gives for them one by one."""

import math

import numpy as np
import pytest

from .buffer_form import DTYPES, FLOATS, check_floats, elementwise, grid, run

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 3.25, -7.75, 100.0, 1e-3, 60000.0, -60000.0]
SPECIAL += [math.inf, -math.inf, math.nan, 5e-8, -6e-5, 1e30, 3e-39]
FLOAT_BINARY = {
    "arith.addf": (np.add, 0),
    "arith.subf": (np.subtract, 0),
    "arith.mulf": (np.multiply, 0),
    "arith.divf": (np.divide, 0),
    "arith.maximumf": (
        lambda x, y: np.where(x == y, np.where(np.signbit(x), y, x), np.maximum(x, y)),
        0,
    ),
    "arith.minimumf": (
        lambda x, y: np.where(x == y, np.where(np.signbit(x), x, y), np.minimum(x, y)),
        0,
    ),
    "math.copysign": (np.copysign, 0),
    "math.powf": (np.power, 2),
    "math.atan2": (np.arctan2, 2),
}
FLOAT_UNARY = {
    "arith.negf": (np.negative, 0),
    "math.absf": (np.abs, 0),
    "math.floor": (np.floor, 0),
    "math.ceil": (np.ceil, 0),
    "math.trunc": (np.trunc, 0),
    "math.roundeven": (np.rint, 0),
    "math.round": (lambda x: np.trunc(x + np.copysign(x.dtype.type(0.5), x)), 0),
    "math.sqrt": (np.sqrt, 0),
    "math.rsqrt": (lambda x: 1 / np.sqrt(x), 1),
    "math.exp": (np.exp, 2),
    "math.exp2": (np.exp2, 2),
    "math.expm1": (np.expm1, 2),
    "math.log": (np.log, 2),
    "math.log2": (np.log2, 2),
    "math.log10": (np.log10, 2),
    "math.log1p": (np.log1p, 2),
    "math.sin": (np.sin, 2),
    "math.cos": (np.cos, 2),
    "math.tanh": (np.tanh, 3),
    "math.erf": (lambda x: np.vectorize(math.erf, otypes=[x.dtype])(x.astype(float)), 2),
    "math.cbrt": (np.cbrt, 2),
}


def widened(compute, *arrays):
    """Return what an op gives in float32 or wider, rounded once to the dtype."""
    dtype = arrays[0].dtype
    with np.errstate(all="ignore"):
        wide = [a.astype(np.float32) if a.itemsize == 2 else a for a in arrays]
        return compute(*wide).astype(dtype)


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("name", ["f16", "bf16", "f32", "f64"])
def test_float_ops_on_special_values(name, portable):
    x, y = grid(SPECIAL, DTYPES[name])
    table = {f"%r = {op} %x0, %x1 : {name}": w for op, w in FLOAT_BINARY.items()}
    table |= {f"%r = {op} %x0 : {name}": w for op, w in FLOAT_UNARY.items()}
    text = elementwise(table, [name, name], [name] * len(table), len(x))
    results = run(text, x, y, portable=portable)
    for result, (op, (meaning, ulps)) in zip(results, table.items(), strict=True):
        wanted = widened(meaning, *((x, y) if "%x1" in op else (x,)))
        if "round " in op:
            # numpy has no rounding of halves away from zero, and 0.5 isn't added exactly.
            wanted, ulps = np.where(np.abs(x.astype(float)) > 1e5, x, wanted), 0
        with np.errstate(all="ignore"):
            check_floats(result, wanted.astype(x.dtype), ulps, op)


@pytest.mark.parametrize("name", ["f16", "bf16", "f32", "f64"])
def test_float_comparisons(name):
    x, y = grid(SPECIAL, DTYPES[name])
    u, v = x.astype(float), y.astype(float)
    nan = np.isnan(u) | np.isnan(v)
    table = {"eq": u == v, "gt": u > v, "ge": u >= v, "lt": u < v, "le": u <= v, "ne": u != v}
    wanted = {f"o{k}": t & ~nan for k, t in table.items()} | {
        f"u{k}": t | nan for k, t in table.items()
    }
    wanted |= {"ord": ~nan, "uno": nan}
    ops = [f"%r = arith.cmpf {k}, %x0, %x1 : {name}" for k in wanted]
    for got, want in zip(
        run(elementwise(ops, [name] * 2, ["i1"] * len(ops), len(x)), x, y),
        wanted.values(),
        strict=True,
    ):
        assert (got == want).all()


@pytest.mark.parametrize("source", FLOATS)
def test_floats_to_other_floats(source):
    x = grid([*SPECIAL, 65519.99, 65520.0, 2.0**-25, 1.0009765625, 1e300, 1e-300], DTYPES[source])[
        0
    ]
    order = list(FLOATS)
    targets = [t for t in order if t != source and {t, source} != {"f16", "bf16"}]
    wider = [("extf" if order.index(t) > order.index(source) else "truncf", t) for t in targets]
    ops = [f"%r = arith.{op} %x0 : {source} to {t}" for op, t in wider]
    results = run(elementwise(ops, [source], targets, len(x)), x)
    for (_, target), result in zip(wider, results, strict=True):
        with np.errstate(all="ignore"):
            check_floats(result, x.astype(DTYPES[target]), 0, target)


@pytest.mark.parametrize("source", FLOATS)
def test_floats_to_integers_as_numpy_on_x86(source):
    values = [v for v in SPECIAL if v == v] + [
        300.0,
        -1.0,
        255.9,
        -129.2,
        70000.7,
        3e9,
        9.3e18,
        1.8e19,
    ]
    with np.errstate(all="ignore"):
        x = np.array(values).astype(np.float32).astype(DTYPES[source])
        bits = (8, 16, 32, 64)
        ops = [f"%r = arith.fptosi %x0 : {source} to i{n}" for n in bits]
        ops += [f"%r = arith.fptoui %x0 : {source} to i{n}" for n in bits]
        results = run(elementwise(ops, [source], [f"i{n}" for n in bits] * 2, len(x)), x)
        inside = [np.abs(x.astype(float)) < 2.0 ** (n - 1) for n in bits]
        for n, result, fits in zip(bits, results[:4], inside, strict=True):
            assert (result[fits] == x.astype(f"i{n // 8}")[fits]).all()
        for n, result in zip(bits, results[4:], strict=True):
            fits = (x.astype(float) > -1) & (x.astype(float) < 2.0**n)
            assert (result.view(f"u{n // 8}")[fits] == x.astype(f"u{n // 8}")[fits]).all()


ALL_16 = np.arange(65536, dtype=np.uint16)


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_every_16_bit_float_is_read_and_rounded_exactly(name, portable):
    x = ALL_16.view(DTYPES[name])
    ops = [f"%r = arith.extf %x0 : {name} to f32", f"%r = arith.negf %x0 : {name}"]
    ops += [
        f"%c = arith.constant 1.000977e+00 : f32\n%w = arith.extf %x0 : {name} to f32\n"
        f"%p = arith.mulf %w, %c : f32\n%r = arith.truncf %p : f32 to {name}"
    ]
    wide, negative, product = run(
        elementwise(ops, [name], ["f32", name, name], len(x)), x, portable=portable
    )
    check_floats(wide, x.astype(np.float32), 0)
    check_floats(negative, -x, 0)
    factor = np.float32(float("1.000977e+00"))
    with np.errstate(all="ignore"):
        check_floats(product, (x.astype(np.float32) * factor).astype(x.dtype), 0)


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_a_tie_is_rounded_to_even(name, portable):
    x = ALL_16.view(DTYPES[name])
    with np.errstate(all="ignore"):
        step = np.nextafter(x.astype(np.float32), np.float32(np.inf))
        finite = np.isfinite(x.astype(np.float32))
        between = ((x[:-1].astype(np.float64) + x[1:].astype(np.float64)) / 2)[
            finite[:-1] & finite[1:]
        ]
        for values in (between, np.nextafter(between, np.inf), np.nextafter(between, -np.inf)):
            op = f"%r = arith.truncf %x0 : f64 to {name}"
            (got,) = run(elementwise([op], ["f64"], [name], len(values)), values, portable=portable)
            check_floats(got, values.astype(x.dtype), 0)
    assert len(step)
