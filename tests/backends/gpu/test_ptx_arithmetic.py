"""Instructions on single numbers, against exact fractions and Python's integers."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .literal_ptx import apply

BF16 = np.dtype(ml_dtypes.bfloat16)
FORMATS = {
    "f16": (np.float16, np.uint16, 11, -14, 15),
    "bf16": (BF16, np.uint16, 8, -126, 127),
    "f32": (np.float32, np.uint32, 24, -126, 127),
    "f64": (np.float64, np.uint64, 53, -1022, 1023),
}
"""dtype, that of its bits, bits of the fraction, least and greatest exponent of a normal."""


def rounded(exact, kind, mode="rn"):
    """Return the fraction as a float that has the value of the number of `kind` it rounds to."""
    _, _, bits, least, greatest = FORMATS[kind]
    if exact == 0:
        return 0.0
    size = abs(exact)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= size < Fraction(2) ** exponent
    quantum = Fraction(2) ** (max(exponent, least) - bits + 1)
    steps, rest = divmod(size, quantum)
    up = {
        "rn": rest * 2 > quantum or (rest * 2 == quantum and steps % 2),
        "rz": False,
        "rm": rest != 0 and exact < 0,
        "rp": rest != 0 and exact > 0,
    }[mode]
    value = (steps + bool(up)) * quantum
    largest = (2 - Fraction(2) ** (1 - bits)) * Fraction(2) ** greatest
    sign = -1.0 if exact < 0 else 1.0
    if value > largest:
        away = mode == "rn" or (mode == "rp" and exact > 0) or (mode == "rm" and exact < 0)
        return sign * (math.inf if away else float(largest))
    return sign * float(value)


def numbers(kind, count):
    """Draw `count` arrays of the same length, of numbers near to each other or of any bits."""
    dtype, raw, bits, least, greatest = FORMATS[kind]
    any_bits = st.integers(0, 2 ** (8 * raw().itemsize) - 1)
    near = st.builds(
        lambda sign, fraction, exponent: _pack(kind, sign, fraction, exponent),
        st.integers(0, 1),
        st.integers(0, 2 ** (bits - 1) - 1) | st.sampled_from([0, 1, 2 ** (bits - 1) - 1]),
        st.integers(-3, 3) | st.integers(least - 1, greatest),
    )
    row = st.tuples(*[near | any_bits] * count)
    return st.lists(row, min_size=1, max_size=40).map(
        lambda rows: [np.array(column, raw).view(dtype) for column in zip(*rows, strict=True)]
    )


def _pack(kind, sign, fraction, exponent):
    _, raw, bits, least, _ = FORMATS[kind]
    width = 8 * raw().itemsize
    return sign << (width - 1) | (exponent - least + 1) << (bits - 1) | fraction


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


# Integers

WIDTHS = [16, 32, 64]


def integers(bits, signed):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.integers(low, high) | st.sampled_from([low, high, 0, 1])


def wrapped(value, bits, signed):
    value &= 2**bits - 1
    return value - 2**bits if signed and value >> (bits - 1) else value


def trunc_div(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


INTEGER_OPS = {
    "add": lambda a, b, bits: a + b,
    "sub": lambda a, b, bits: a - b,
    "mul.lo": lambda a, b, bits: a * b,
    "mul.hi": lambda a, b, bits: (a * b) >> bits,
    "div": lambda a, b, bits: trunc_div(a, b) if b else -1,
    "rem": lambda a, b, bits: a - trunc_div(a, b) * b if b else a,
    "min": lambda a, b, bits: min(a, b),
    "max": lambda a, b, bits: max(a, b),
}


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("bits", WIDTHS)
@pytest.mark.parametrize("name", INTEGER_OPS)
@settings(max_examples=10)
@given(data=st.data())
def test_integers_wrap(name, bits, signed, data):
    pairs = data.draw(st.lists(st.tuples(*[integers(bits, signed)] * 2), min_size=1, max_size=50))
    dtype = np.dtype(f"{'i' if signed else 'u'}{bits // 8}")
    a, b = (np.array(column, dtype) for column in zip(*pairs, strict=True))
    got = apply(f"{name}.{'s' if signed else 'u'}{bits} {{0}}, {{1}}, {{2}}", dtype, a, b)
    expected = [wrapped(INTEGER_OPS[name](x, y, bits), bits, signed) for x, y in pairs]
    assert got.tolist() == expected


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("bits", [16, 32])
@settings(max_examples=10)
@given(data=st.data())
def test_wide_products(bits, signed, data):
    pairs = data.draw(st.lists(st.tuples(*[integers(bits, signed)] * 2), min_size=1, max_size=50))
    letter = "i" if signed else "u"
    a, b = (np.array(column, f"{letter}{bits // 8}") for column in zip(*pairs, strict=True))
    name = f"mul.wide.{'s' if signed else 'u'}{bits}"
    got = apply(f"{name} {{0}}, {{1}}, {{2}}", np.dtype(f"{letter}{bits // 4}"), a, b)
    assert got.tolist() == [x * y for x, y in pairs]


@pytest.mark.parametrize("bits", WIDTHS)
@settings(max_examples=15)
@given(data=st.data())
def test_shifts(bits, data):
    pairs = data.draw(
        st.lists(st.tuples(integers(bits, False), st.integers(0, 2 * bits)), min_size=1)
    )
    dtype = np.dtype(f"u{bits // 8}")
    a, by = np.array([p[0] for p in pairs], dtype), np.array([p[1] for p in pairs], np.uint32)
    left = apply(f"shl.b{bits} {{0}}, {{1}}, {{2}}", dtype, a, by)
    assert left.tolist() == [wrapped(x << y, bits, False) for x, y in pairs]
    right = apply(f"shr.u{bits} {{0}}, {{1}}, {{2}}", dtype, a, by)
    assert right.tolist() == [x >> y for x, y in pairs]
    signed = apply(f"shr.s{bits} {{0}}, {{1}}, {{2}}", dtype, a, by).view(f"i{bits // 8}")
    assert signed.tolist() == [wrapped(x, bits, True) >> y for x, y in pairs]


@settings(max_examples=30)
@given(st.lists(st.tuples(integers(32, False), *[st.integers(0, 40)] * 2), min_size=1))
def test_bit_fields(rows):
    a, start, length = (np.array(column, np.uint32) for column in zip(*rows, strict=True))
    got = apply("bfe.u32 {0}, {1}, {2}, {3}", np.uint32, a, start, length)
    assert got.tolist() == [(x >> s) & (2 ** min(n, 32) - 1) for x, s, n in rows]
    signed = apply("bfe.s32 {0}, {1}, {2}, {3}", np.int32, a, start, length)
    for result, (x, s, n) in zip(signed.tolist(), rows, strict=True):
        extended = wrapped(x, 32, True) >> min(s, 31)
        sign = (x >> min(s + n - 1, 31)) & 1 if n else 0
        field = (x >> s) & (2 ** min(n, 32) - 1)
        expected = wrapped(field - (sign << min(n, 32)), 32, True)
        assert result == (expected if n else 0), (x, s, n, extended)


@settings(max_examples=20)
@given(st.lists(integers(32, False), min_size=1), st.lists(integers(64, False), min_size=1))
def test_counts_of_bits(narrow, wide):
    for bits, values in ((32, narrow), (64, wide)):
        a = np.array(values, f"u{bits // 8}")
        popc = apply(f"popc.b{bits} {{0}}, {{1}}", np.uint32, a)
        assert popc.tolist() == [x.bit_count() for x in values]
        clz = apply(f"clz.b{bits} {{0}}, {{1}}", np.uint32, a)
        assert clz.tolist() == [bits - x.bit_length() for x in values]
        brev = apply(f"brev.b{bits} {{0}}, {{1}}", a.dtype, a)
        assert brev.tolist() == [int(f"{x:0{bits}b}"[::-1], 2) for x in values]


@settings(max_examples=20)
@given(st.lists(st.tuples(*[integers(32, False)] * 3), min_size=1))
def test_permutations_and_funnels(rows):
    a, b, c = (np.array(column, np.uint32) for column in zip(*rows, strict=True))
    got = apply("prmt.b32 {0}, {1}, {2}, {3}", np.uint32, a, b, c)
    for result, (x, y, selector) in zip(got.tolist(), rows, strict=True):
        octets = list(x.to_bytes(4, "little") + y.to_bytes(4, "little"))
        digits = [selector >> 4 * n & 15 for n in range(4)]
        picked = [octets[d & 7] for d in digits]
        picked = [255 * (p >> 7) if d & 8 else p for p, d in zip(picked, digits, strict=True)]
        assert result == int.from_bytes(bytes(picked), "little")
    funnel = apply("shf.l.wrap.b32 {0}, {1}, {2}, {3}", np.uint32, a, b, c)
    assert funnel.tolist() == [((y << 32 | x) << (n & 31) >> 32) & 0xFFFFFFFF for x, y, n in rows]


# Conversions


@pytest.mark.parametrize("mode", ["rni", "rzi", "rmi", "rpi"])
@pytest.mark.parametrize("target", ["s16", "u16", "s32", "u32", "s64", "u64"])
@settings(max_examples=10)
@given(data=st.data())
def test_floats_to_integers_clamp(target, mode, data):
    (values,) = data.draw(numbers("f32", 1))
    bits, signed = int(target[1:]), target[0] == "s"
    got = apply(
        f"cvt.{mode}.{target}.f32 {{0}}, {{1}}",
        np.dtype(f"{'i' if signed else 'u'}{bits // 8}"),
        values,
    )
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    for result, value in zip(got.tolist(), values.tolist(), strict=True):
        if math.isnan(value):
            assert result == (0 if bits < 64 else low if signed else 2**63)
        elif math.isinf(value):
            assert result == (high if value > 0 else low)
        else:
            whole = {"rni": round, "rzi": math.trunc, "rmi": math.floor, "rpi": math.ceil}[mode]
            assert result == min(max(whole(value), low), high)


@pytest.mark.parametrize("mode", ["rn", "rz", "rm", "rp"])
@pytest.mark.parametrize("target", ["f16", "bf16", "f32"])
@pytest.mark.parametrize("source", ["s32", "u32", "s64", "u64"])
@settings(max_examples=10)
@given(data=st.data())
def test_integers_to_floats_are_rounded_once(source, target, mode, data):
    bits, signed = int(source[1:]), source[0] == "s"
    values = data.draw(st.lists(integers(bits, signed), min_size=1))
    array = np.array(values, f"{'i' if signed else 'u'}{bits // 8}")
    dtype = FORMATS[target][0]
    got = apply(f"cvt.{mode}.{target}.{source} {{0}}, {{1}}", dtype, array)
    assert [float(g) for g in got] == [rounded(Fraction(v), target, mode) for v in values]


@pytest.mark.parametrize("mode", ["rn", "rz", "rm", "rp"])
@pytest.mark.parametrize(
    ("source", "target"),
    [("f64", "f32"), ("f64", "f16"), ("f64", "bf16"), ("f32", "f16"), ("f32", "bf16")],
)
@settings(max_examples=15)
@given(data=st.data())
def test_narrowing_is_rounded_once(source, target, mode, data):
    (values,) = data.draw(numbers(source, 1))
    got = apply(f"cvt.{mode}.{target}.{source} {{0}}, {{1}}", FORMATS[target][0], values)
    for result, value in zip(got, values, strict=True):
        if np.isfinite(value):
            expected = rounded(Fraction(float(value)), target, mode)
            assert float(result) == expected, value
            assert np.signbit(float(result)) == np.signbit(value)


def test_pairs_are_packed_upper_first():
    a, b = np.array([1.5, -2.0], np.float32), np.array([3.0, 0.25], np.float32)
    got = apply("cvt.rn.f16x2.f32 {0}, {1}, {2}", np.uint32, a, b).view(np.float16)
    assert got.tolist() == [3.0, 1.5, 0.25, -2.0]
    total = apply("add.rn.f16x2 {0}, {1}, {1}", np.uint32, got.view(np.uint32))
    assert total.view(np.float16).tolist() == [6.0, 3.0, 0.5, -4.0]


def test_tf32_keeps_ten_bits():
    values = np.array([1 + 2**-11, 1 + 2**-11 - 2**-20, -(1 + 2**-11)], np.float32)
    got = apply("cvt.rna.tf32.f32 {0}, {1}", np.float32, values)
    assert got.tolist() == [1 + 2**-10, 1.0, -(1 + 2**-10)]


def test_comparisons_of_nan():
    a = np.array([1.0, 2.0, np.nan, 1.0], np.float32)
    b = np.array([2.0, 2.0, 1.0, np.nan], np.float32)
    expected = {
        "eq": [0, 1, 0, 0], "ne": [1, 0, 0, 0], "lt": [1, 0, 0, 0], "geu": [0, 1, 1, 1],
        "equ": [0, 1, 1, 1], "neu": [1, 0, 1, 1], "num": [1, 1, 0, 0], "nan": [0, 0, 1, 1],
    }  # fmt: skip
    for word, result in expected.items():
        got = apply(f"setp.{word}.f32 {{0}}, {{1}}, {{2}}", np.bool_, a, b)
        assert got.astype(int).tolist() == result, word


def test_narrow_integers_in_wide_registers():
    values = np.array([-1, 127, -128], np.int8)
    raw = values.view(np.uint8)
    assert apply("cvt.s32.s8 {0}, {1}", np.int32, raw).tolist() == [-1, 127, -128]
    assert apply("cvt.u32.u8 {0}, {1}", np.int32, raw).tolist() == [255, 127, 128]
    wide = np.array([300, -5, 17], np.int32)
    assert apply("cvt.sat.u8.s32 {0}, {1}", np.uint16, wide).tolist() == [255, 0, 17]


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
