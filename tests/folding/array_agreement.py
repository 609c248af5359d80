"""What tests of arrays share: arguments of all dtypes and shapes, and a comparison with NumPy."""

import warnings

import numpy as np

from foldaway import jit

DTYPES = [
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
]


def sample(dtype, shape, seed=0):
    """Return an array of a dtype and a shape with zeros, limits and, if floating, fractions."""
    rng = np.random.default_rng(seed)
    size = int(np.prod(shape))
    if dtype == "bool":
        return rng.integers(0, 2, size).astype(bool).reshape(shape)
    if dtype.startswith("float"):
        values = (rng.standard_normal(size) * 3).astype(dtype)
        values[::5] = 0
        return values.reshape(shape)
    limits = np.iinfo(dtype)
    values = rng.integers(max(limits.min, -20), 20, size).astype(dtype)
    if size > 3:
        values[-1], values[-2] = limits.max, limits.min
    return values.reshape(shape)


def plain(function, args):
    """Return what plain Python gives, or the exception that it raises."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args)
        except Exception as error:
            return error


def check(function, cases, ulps=None):
    """Compile a function once for all cases that don't raise, and compare with NumPy.

    Those that raise must raise the same when compiled.
    """
    # One array in two cases would have to be one in the next call, too.
    cases = [tuple(_copy(value) for value in case) for case in cases]
    expected = [plain(function, case) for case in cases]
    fine = [(c, e) for c, e in zip(cases, expected, strict=True) if not isinstance(e, Exception)]
    for case, error in zip(cases, expected, strict=True):
        if isinstance(error, Exception):
            found = plain(jit(lambda *args: function(*args)), case)
            assert type(found) is type(error), (case, error, found)
            assert str(found) == str(error), (case, error, found)
    if not fine:
        return

    @jit
    def compiled(cases):
        return [function(*case) for case in cases]

    given = [case for case, _ in fine]
    found = compiled(given)
    for (case, wanted), got in zip(fine, found, strict=True):
        assert_same(got, wanted, case, ulps)
    changed = [tuple(_other(value) for value in case) for case in given]
    again = [plain(function, case) for case in changed]
    if not any(isinstance(one, Exception) for one in again):
        for case, wanted, got in zip(changed, again, compiled(changed), strict=True):
            assert_same(got, wanted, case, ulps)
        assert len(compiled.specializations) == 1


def _copy(value):
    return value.copy() if isinstance(value, np.ndarray) else value


def _other(value):
    """Return an argument with other contents."""
    return value[::-1].copy() if isinstance(value, np.ndarray) and value.ndim else value


def assert_same(got, wanted, case=None, ulps=None):
    """Assert that two results have one type, dtype, shape and value."""
    assert type(got) is type(wanted), (case, type(got), type(wanted))
    if isinstance(wanted, list | tuple):
        assert len(got) == len(wanted)
        for a, b in zip(got, wanted, strict=True):
            assert_same(a, b, case, ulps)
        return
    if not isinstance(wanted, np.ndarray | np.generic):
        assert got == wanted, (case, got, wanted)
        return
    assert got.dtype == wanted.dtype, (case, got.dtype, wanted.dtype)
    assert got.shape == wanted.shape, (case, got.shape, wanted.shape)
    if wanted.dtype.kind != "f":
        assert np.array_equal(got, wanted), (case, got, wanted)
        return
    a, b = np.asarray(got, np.float64), np.asarray(wanted, np.float64)
    assert np.array_equal(np.isnan(a), np.isnan(b)), (case, got, wanted)
    with np.errstate(invalid="ignore"):
        allowed = np.spacing(np.abs(np.asarray(wanted))).astype(np.float64)
        allowed = np.where(np.isfinite(allowed), allowed, 0)
        near = (a == b) | np.isnan(a) | (np.abs(a - b) <= allowed * (ulps or 0))
    assert near.all(), (case, got, wanted)
