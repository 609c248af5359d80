"""Formulas of functions: as exact as they say, on numbers of every size."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foldaway.backends.cpu.driver import CpuDriver
from foldaway.backends.cpu.machine_code import ASSEMBLER

from .buffer_form import DTYPES, elementwise, parse

MOST_ULPS = {"exp": 2, "expm1": 2, "log": 2, "log1p": 2, "sin": 1, "cos": 1, "tanh": 4, "erf": 4}
COMPOSED = ("exp2", "log2", "log10", "tan", "sinh", "cosh", "asin", "acos", "atan")
COMPOSED += ("asinh", "acosh", "atanh", "cbrt")
CASES = [(name, element) for name in MOST_ULPS for element in ("f32", "f64")]
CASES += [(name, "f32") for name in COMPOSED]
MOST_ULPS |= dict.fromkeys(COMPOSED, 1)
SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 5e-324, -5e-324, 1e-45, -1e-45]

needs_formulas = pytest.mark.skipif(
    not ASSEMBLER.instructions.fma or np.finfo(np.longdouble).nmant < 60,
    reason="formulas need a fused multiply-add, and this test numbers that are longer than float64",
)


def numbers(dtype):
    """Return numbers of all sizes, and many where the functions change their way."""
    generator = np.random.Generator(np.random.PCG64(1))
    unsigned = {4: np.uint32, 8: np.uint64}[np.dtype(dtype).itemsize]
    of_any_size = generator.integers(0, np.iinfo(unsigned).max, 100_000, unsigned, True).view(dtype)
    ranges = [(-1, 1), (-110, 100), (-750, 720), (-8, 8), (0.4, 2.5), (-1e5, 1e5), (-1e-3, 1e-3)]
    drawn = [generator.uniform(low, high, 50_000).astype(dtype) for low, high in ranges]
    return np.concatenate([of_any_size, *drawn, np.array(SPECIAL).astype(dtype)])


@cache
def executable(name, element, count, size):
    operands = ", ".join(f"%x{n}" for n in range(count))
    op = f"%r = math.{name} {operands} : {element}"
    text = elementwise([op], [element] * count, [element], size)
    return CpuDriver().compile(parse(text), "f")


def compiled(name, element, *arrays):
    return executable(name, element, len(arrays), len(arrays[0]))(arrays)[0]


def ulps(found, exact):
    """Return by how many steps between neighbouring numbers each result is off."""
    near = exact.astype(found.dtype)
    same = (near == found) | (np.isnan(near) & np.isnan(found))
    step = np.spacing(np.abs(np.where(np.isfinite(near), near, 0))).astype(np.longdouble)
    off = np.abs(found.astype(np.longdouble) - exact) / step
    return np.where(np.isfinite(near) & np.isfinite(found), off, np.where(same, 0, np.inf))


@needs_formulas
@pytest.mark.parametrize(("name", "element"), CASES)
def test_error(name, element):
    x = numbers(DTYPES[element])
    found = compiled(name, element, x)
    with np.errstate(all="ignore"):
        if name == "erf":
            exact = np.array([math.erf(number) for number in x.tolist()]).astype(np.longdouble)
        else:
            numpy = f"arc{name[1:]}" if name.startswith("a") else name
            exact = getattr(np, numpy)(x.astype(np.longdouble))
        off = ulps(found, exact)
    worst = int(np.argmax(off))
    assert off[worst] <= MOST_ULPS[name], (x[worst], found[worst], exact[worst])
    zeros = (x == 0) & (found == 0)
    assert (np.signbit(found) == np.signbit(x))[zeros].all()


POWERS = [*SPECIAL, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e30, -1e30, 2.0**25 + 1, 0.9999999, 1e-40]


def power(x, y):
    """Return x^y as C's pow does, in float32."""
    try:
        exact = math.pow(x, y)
    except OverflowError:
        exact = -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        # Python raises for a power of 0 that C says is infinite.
        return (math.copysign(math.inf, x) if y % 2 == 1 else math.inf) if x == 0 else math.nan
    return float(np.float64(exact).astype(np.float32))


@needs_formulas
@np.errstate(over="ignore")
def test_powers_at_limits():
    limits = np.array(POWERS, np.float32).tolist()
    x, y = (np.repeat(limits, len(limits)), np.tile(limits, len(limits)))
    found = compiled("powf", "f32", x.astype(np.float32), y.astype(np.float32))
    wanted = np.array([power(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])
    wrong = ~((found == wanted) | (np.isnan(found) & np.isnan(wanted)))
    wrong |= (np.signbit(found) != np.signbit(wanted)) & ~np.isnan(wanted)
    assert not wrong.any(), [*zip(x[wrong], y[wrong], found[wrong], wanted[wrong], strict=True)]


@needs_formulas
def test_error_of_powers():
    generator = np.random.Generator(np.random.PCG64(2))
    x = np.concatenate([generator.uniform(0, 3, 50_000), 10 ** generator.uniform(-44, 38, 50_000)])
    y = np.concatenate([generator.uniform(-90, 90, 50_000), generator.uniform(-1, 1, 50_000)])
    x, y = x.astype(np.float32), y.astype(np.float32)
    found = compiled("powf", "f32", x, y)
    with np.errstate(all="ignore"):
        off = ulps(found, x.astype(np.longdouble) ** y.astype(np.longdouble))
    assert off.max() <= 1


@needs_formulas
def test_atan2_at_limits():
    limits = np.array(POWERS, np.float32)
    y, x = (np.repeat(limits, len(limits)), np.tile(limits, len(limits)))
    found = compiled("atan2", "f32", y, x)
    wanted = np.array([*map(math.atan2, y.tolist(), x.tolist())]).astype(np.float32)
    np.testing.assert_array_equal(found, wanted)
    assert (np.signbit(found) == np.signbit(wanted))[~np.isnan(wanted)].all()


@needs_formulas
def test_error_of_atan2():
    generator = np.random.Generator(np.random.PCG64(3))
    y, x = generator.standard_normal((2, 50_000)) * 10 ** generator.uniform(-20, 20, (2, 50_000))
    y, x = y.astype(np.float32), x.astype(np.float32)
    off = ulps(compiled("atan2", "f32", y, x), np.arctan2(y.astype(np.longdouble), x))
    assert off.max() <= 1


@needs_formulas
@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_the_same_alone_and_in_vectors(values):
    """A number's result doesn't depend on its neighbours: vectors and single ones compute alike."""
    x = np.array(values, np.float32)
    for name in MOST_ULPS:
        together = compiled(name, "f32", np.resize(x, 32))[: len(x)]
        alone = [compiled(name, "f32", x[n : n + 1])[0] for n in range(len(x))]
        np.testing.assert_array_equal(together, np.array(alone, np.float32))
