"""Integer and bit instructions, against Python's integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .exact_numbers import integers, wrapped
from .literal_ptx import apply

WIDTHS = [16, 32, 64]


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
        # As the manual has it, bit by bit.
        sign = (x >> min(s + n - 1, 31)) & 1 if n else 0
        picked = [(x >> s + i) & 1 if i < n and s + i < 32 else sign for i in range(32)]
        assert result == wrapped(sum(bit << i for i, bit in enumerate(picked)), 32, True)


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
