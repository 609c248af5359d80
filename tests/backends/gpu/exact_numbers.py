"""Numbers of PTX's formats, drawn at random, and what exact fractions round to in them."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
from hypothesis import strategies as st

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


def integers(bits, signed):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return st.integers(low, high) | st.sampled_from([low, high, 0, 1])


def wrapped(value, bits, signed):
    value &= 2**bits - 1
    return value - 2**bits if signed and value >> (bits - 1) else value
