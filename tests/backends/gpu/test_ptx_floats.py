"""Floating-point instructions, against exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .exact_numbers import BF16, numbers, rounded
from .literal_ptx import apply

EXACT = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "fma": lambda a, b, c: a * b + c,
}


def check_rounding(name, kind, mode, arrays):
    """Check `name` where the operands are finite and the exact result isn't zero."""
    got = apply(
        f"{name}.{mode}.{kind} {{0}}, " + ", ".join(f"{{{n + 1}}}" for n in range(len(arrays))),
        arrays[0].dtype,
        *arrays,
    )
    for at, result in enumerate(got):
        values = [float(array[at]) for array in arrays]
        if not all(map(math.isfinite, values)) or (name == "div" and values[1] == 0):
            continue
        exact = EXACT[name](*map(Fraction, values))
        assert float(result) == rounded(exact, kind, mode), (name, kind, mode, values)


@pytest.mark.parametrize("mode", ["rn", "rz", "rm", "rp"])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "fma"])
@pytest.mark.parametrize("kind", ["f32", "f64"])
@settings(max_examples=15)
@given(data=st.data())
def test_floats_are_rounded_once(name, kind, mode, data):
    check_rounding(name, kind, mode, data.draw(numbers(kind, 3 if name == "fma" else 2)))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "fma"])
@pytest.mark.parametrize("kind", ["f16", "bf16"])
@settings(max_examples=30)
@given(data=st.data())
def test_halves_are_rounded_once(name, kind, data):
    check_rounding(name, kind, "rn", data.draw(numbers(kind, 3 if name == "fma" else 2)))


@pytest.mark.parametrize("mode", ["rn", "rz", "rm", "rp"])
@pytest.mark.parametrize("kind", ["f32", "f64"])
@settings(max_examples=15)
@given(data=st.data())
def test_roots_are_rounded_once(kind, mode, data):
    (values,) = data.draw(numbers(kind, 1))
    values = np.abs(values)
    got = apply(f"sqrt.{mode}.{kind} {{0}}, {{1}}", values.dtype, values)
    for root, value in zip(got, values, strict=True):
        if not 0 < value < np.inf:
            continue
        root, square = float(root), Fraction(float(value))
        below, above = (np.nextafter(values.dtype.type(root), w) for w in (-np.inf, np.inf))
        below, above = Fraction(float(below)), Fraction(float(above))
        exact = Fraction(root)
        match mode:
            case "rz" | "rm":
                assert exact**2 <= square < above**2
            case "rp":
                assert below**2 < square <= exact**2
            case _:
                assert ((below + exact) / 2) ** 2 <= square <= ((exact + above) / 2) ** 2


def test_an_fma_that_doubles_would_round_twice():
    # a*b is a hair less than half of c's last place; in the sum, as a double, the hair is lost.
    a, b = np.float32(1 - 2**-23), np.float32(2**-24 * (1 + 2**-23))
    c = np.float32(1 + 2**-23)
    got = apply("fma.rn.f32 {0}, {1}, {2}, {3}", np.float32, *(np.array([v]) for v in (a, b, c)))
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    assert float(got[0]) == rounded(exact, "f32") == c
    assert np.float32(np.float64(a) * b + c) != c


def test_zeros_and_nan_of_extremes():
    a = np.array([0.0, -0.0, np.nan, 1.0, np.nan], np.float32)
    b = np.array([-0.0, 0.0, 2.0, np.nan, np.nan], np.float32)
    low = apply("min.f32 {0}, {1}, {2}", np.float32, a, b)
    high = apply("max.f32 {0}, {1}, {2}", np.float32, a, b)
    assert np.signbit(low[:2]).all()
    assert not np.signbit(high[:2]).any()
    assert (low[2:4] == [2, 1]).all()
    assert low.view(np.uint32)[4] == 0x7FFFFFFF
    kept = apply("min.NaN.f32 {0}, {1}, {2}", np.float32, a, b)
    assert np.isnan(kept[2:]).all()


def test_flushing_and_saturation():
    tiny = np.array([1e-40, -1e-40, 1.0, 3.0, np.nan, -1.0], np.float32)
    ones = np.ones(6, np.float32)
    flushed = apply("mul.rn.ftz.f32 {0}, {1}, {2}", np.float32, tiny, ones)
    assert flushed[:2].tolist() == [0.0, 0.0]
    assert np.signbit(flushed[1])
    kept = apply("mul.rn.f32 {0}, {1}, {2}", np.float32, tiny, ones)
    assert kept[0] == tiny[0]
    saturated = apply("mul.rn.sat.f32 {0}, {1}, {2}", np.float32, tiny, ones)
    assert saturated.tolist() == [tiny[0], 0.0, 1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "function", "low", "high"),
    [
        ("ex2.approx.f32", np.exp2, -140, 127),
        ("lg2.approx.f32", np.log2, 1e-30, 1e30),
        ("rcp.approx.f32", np.reciprocal, 1e-30, 1e30),
        ("rsqrt.approx.f32", lambda x: 1 / np.sqrt(x), 1e-30, 1e30),
        ("sqrt.approx.f32", np.sqrt, 0, 1e30),
        ("sin.approx.f32", np.sin, -3, 3),
        ("cos.approx.f32", np.cos, -3, 3),
        ("tanh.approx.f32", np.tanh, -9, 9),
    ],
)
def test_approximations_are_near(name, function, low, high):
    x = np.linspace(low, high, 500).astype(np.float32)
    got = apply(f"{name} {{0}}, {{1}}", np.float32, x)
    np.testing.assert_allclose(got, function(x.astype(np.float64)), rtol=2**-23, atol=1e-45)


def test_special_values_of_approximations():
    x = np.array([0.0, -0.0, np.inf, -np.inf, -1.0], np.float32)
    assert apply("rcp.approx.f32 {0}, {1}", np.float32, x)[:4].tolist() == [
        np.inf,
        -np.inf,
        0,
        0,
    ]
    root = apply("rsqrt.approx.f32 {0}, {1}", np.float32, x)
    assert root[:3].tolist() == [np.inf, -np.inf, 0]
    assert np.isnan(root[3:]).all()
    assert apply("ex2.approx.f32 {0}, {1}", np.float32, x).tolist() == [1, 1, np.inf, 0, 0.5]
    # Past 2**126 the reciprocal of the divisor is flushed.
    a, b = np.array([1e38, np.inf], np.float32), np.array([2e38, 2e38], np.float32)
    quick = apply("div.approx.f32 {0}, {1}, {2}", np.float32, a, b)
    assert quick[0] == 0
    assert np.isnan(quick[1])
    assert apply("div.full.f32 {0}, {1}, {2}", np.float32, a, b)[0] == np.float32(0.5)


# Halves, one and two in a register

HALVES = {"f16": np.float16, "bf16": BF16}
_random = np.random.default_rng(3)
_BITS = [_random.integers(0, 2**16, 1000, np.uint16) for _ in range(2)]
_BITS[1][:300] = _BITS[0][:300]  # so that some are equal


def same_numbers(got, expected):
    with np.errstate(invalid="ignore"):  # a signalling NaN says so when it is converted
        got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    return (got == expected) | (np.isnan(got) & np.isnan(expected))


@pytest.mark.parametrize("kind", HALVES)
def test_comparisons_of_halves(kind):
    a, b = (bits.view(HALVES[kind]) for bits in _BITS)
    with np.errstate(invalid="ignore"):
        x, y = a.astype(np.float32), b.astype(np.float32)
    ordered = ~(np.isnan(x) | np.isnan(y))
    for word, expected in (
        ("eq", x == y), ("neu", x != y), ("lt", x < y), ("geu", ~(x < y)), ("num", ordered),
    ):  # fmt: skip
        got = apply(f"setp.{word}.{kind} {{0}}, {{1}}, {{2}}", np.bool_, a, b)
        assert (got == expected).all(), word


@pytest.mark.parametrize("kind", HALVES)
@pytest.mark.parametrize(
    ("name", "function"),
    [("min", np.fmin), ("max", np.fmax), ("min.NaN", np.minimum), ("max.NaN", np.maximum)],
)
def test_extremes_of_halves(kind, name, function):
    a, b = (bits.view(HALVES[kind]) for bits in _BITS)
    with np.errstate(invalid="ignore"):
        expected = function(a.astype(np.float32), b.astype(np.float32))
    got = apply(f"{name}.{kind} {{0}}, {{1}}, {{2}}", HALVES[kind], a, b)
    assert same_numbers(got, expected).all()
    pairs = [bits.view(np.uint32) for bits in _BITS]
    got = apply(f"{name}.{kind}x2 {{0}}, {{1}}, {{2}}", np.uint32, *pairs)
    assert same_numbers(got.view(HALVES[kind]), expected).all()


@pytest.mark.parametrize("kind", HALVES)
def test_pairs_of_halves_are_as_two(kind):
    pairs = [bits.view(np.uint32) for bits in _BITS]
    for name in ("add.rn", "sub.rn", "mul.rn", "fma.rn", "neg", "abs"):
        count = {"fma.rn": 3, "neg": 1, "abs": 1}.get(name, 2)
        operands = ", ".join(f"{{{n}}}" for n in range(count + 1))
        raws = [*pairs, pairs[0]][:count]
        one = apply(f"{name}.{kind} {operands}", np.uint16, *(r.view(np.uint16) for r in raws))
        two = apply(f"{name}.{kind}x2 {operands}", np.uint32, *raws)
        assert (two.view(np.uint16) == one).all(), name


def test_halves_are_what_their_bits_say():
    for kind, dtype in HALVES.items():
        every = np.arange(2**16, dtype=np.uint16)[:: 1 if kind == "f16" else 3]
        got = apply(f"cvt.f32.{kind} {{0}}, {{1}}", np.float32, every)
        assert same_numbers(got, every.view(dtype)).all()
        back = apply(f"cvt.rn.{kind}.f32 {{0}}, {{1}}", dtype, got)
        assert same_numbers(back, every.view(dtype)).all()
