"""Conversions and comparisons, against exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .exact_numbers import FORMATS, integers, numbers, rounded
from .literal_ptx import apply


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
