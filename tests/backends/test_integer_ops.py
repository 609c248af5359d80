"""Scalar ops on integers, compiled, give what Python's integers give, cut to the width."""

import numpy as np
import pytest

from .buffer_form import DTYPES, FLOATS, check_floats, elementwise, grid, run


def floor_free(x, y):
    """Return the quotient of integers towards zero; by 0 it is 0, and the least by -1 wraps."""
    size = x.dtype.itemsize * 8
    signed = x.dtype.kind == "i"

    def one(a, b):
        return 0 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)

    return wrapped(
        [one(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)], size, signed, x.dtype
    )


def wrapped(numbers, bits, signed, dtype):
    cut = [n & ((1 << bits) - 1) for n in numbers]
    return np.array([n - (1 << bits) if signed and n >> (bits - 1) else n for n in cut], dtype)


def exactly(compute):
    """Return the op on Python's integers, wrapped."""

    def meaning(x, y):
        numbers = [compute(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        return wrapped(numbers, x.dtype.itemsize * 8, x.dtype.kind == "i", x.dtype)

    return meaning


def remainder(x, y):
    return exactly(lambda a, b: 0 if b == 0 else abs(a) % abs(b) * (-1 if a < 0 else 1))(x, y)


INTEGERS = {
    "addi": exactly(lambda a, b: a + b),
    "subi": exactly(lambda a, b: a - b),
    "muli": exactly(lambda a, b: a * b),
    "andi": np.bitwise_and,
    "ori": np.bitwise_or,
    "xori": np.bitwise_xor,
}
SIGNED = {
    "divsi": floor_free,
    "remsi": remainder,
    "maxsi": np.maximum,
    "minsi": np.minimum,
    "shrsi": exactly(lambda a, b: a >> b if 0 <= b < 64 else (-1 if a < 0 else 0)),
}
UNSIGNED = {
    "divui": floor_free,
    "remui": remainder,
    "maxui": np.maximum,
    "minui": np.minimum,
    "shrui": exactly(lambda a, b: a >> b if b < 64 else 0),
    "shli": exactly(lambda a, b: a << b if b < 64 else 0),
}
PREDICATES = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_integer_ops_on_extremes(bits):
    least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    x, y = grid(
        [0, 1, -1, 2, 3, -5, 7, bits - 1, bits, most, least, most - 1, least + 1], f"i{bits // 8}"
    )
    u, v = x.view(f"u{bits // 8}"), y.view(f"u{bits // 8}")
    t = f"i{bits}"
    ops = [f"%r = arith.{op} %x0, %x1 : {t}" for op in INTEGERS | SIGNED | UNSIGNED]
    compares = [f"%r = arith.cmpi {p}, %x0, %x1 : {t}" for p in ("eq", "ne")]
    compares += [
        f"%r = arith.cmpi {s}{p}, %x0, %x1 : {t}" for s in "su" for p in list(PREDICATES)[2:]
    ]
    text = elementwise(
        [*ops, *compares, f"%r = math.absi %x0 : {t}"],
        [t, t],
        [t] * len(ops) + ["i1"] * 10 + [t],
        len(x),
    )
    *results, absolute = run(text, x, y)
    for op, result in zip(INTEGERS | SIGNED, results, strict=False):
        assert (result == (INTEGERS | SIGNED)[op](x, y)).all(), op
    for op, result in zip(UNSIGNED, results[len(INTEGERS | SIGNED) :], strict=False):
        assert (result.view(u.dtype) == UNSIGNED[op](u, v)).all(), op
    wanted = [x == y, x != y, x < y, x <= y, x > y, x >= y, u < v, u <= v, u > v, u >= v]
    for got, want in zip(results[len(ops) :], wanted, strict=True):
        assert (got == want).all()
    assert (absolute == np.abs(x)).all()


@pytest.mark.parametrize("bits", [1, 8, 16, 32, 64])
def test_integers_to_floats_and_to_others(bits):
    dtype = np.bool_ if bits == 1 else np.dtype(f"i{bits // 8}")
    x = grid(
        [0, 1] if bits == 1 else [0, 1, -1, 7, -(1 << (bits - 1)), (1 << (bits - 1)) - 1], dtype
    )[0]
    u = x if bits == 1 else x.view(f"u{bits // 8}")
    ops = [f"%r = arith.{op} %x0 : i{bits} to {t}" for t in FLOATS for op in ("sitofp", "uitofp")]
    results = run(elementwise(ops, [f"i{bits}"], [t for t in FLOATS for _ in "su"], len(x)), x)
    with np.errstate(all="ignore"):
        for n, target in enumerate(FLOATS):
            signed = -x.astype(np.int8) if bits == 1 else x
            narrow = target in ("f16", "bf16")
            for got, source in ((results[2 * n], signed), (results[2 * n + 1], u)):
                wanted = source.astype(np.float32) if narrow else source
                check_floats(got, wanted.astype(DTYPES[target]), 0, (target, bits))
    others = [n for n in (8, 16, 32, 64) if n > bits]
    ops = [f"%r = arith.{op} %x0 : i{bits} to i{n}" for n in others for op in ("extsi", "extui")]
    if ops:
        results = run(
            elementwise(ops, [f"i{bits}"], [f"i{n}" for n in others for _ in "su"], len(x)), x
        )
        for n, target in enumerate(others):
            signed = -x.astype(np.int8) if bits == 1 else x
            assert (results[2 * n] == signed).all()
            assert (results[2 * n + 1].view(f"u{target // 8}") == u).all()
    others = [n for n in (1, 8, 16, 32) if n < bits]
    ops = [f"%r = arith.trunci %x0 : i{bits} to i{n}" for n in others]
    results = (
        run(elementwise(ops, [f"i{bits}"], [f"i{n}" for n in others], len(x)), x) if ops else []
    )
    for target, result in zip(others, results, strict=True):
        wanted = (x & 1).astype(bool) if target == 1 else x.astype(f"i{target // 8}")
        assert (result == wanted).all()
