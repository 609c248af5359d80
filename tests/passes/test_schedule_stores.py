"""Results that are written past the cache have the same bits, wherever they begin."""

import ctypes
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.backends.cpu.driver import CpuDriver
from foldaway.dialects.past_cache import past_cache_of
from foldaway.passes.fuse_rows import FuseRowsPass
from foldaway.passes.schedule_stores import ScheduleStoresPass

from .compiled_graph import PASSES, lower, type_of

STORES = ScheduleStoresPass(past_bytes=0, ahead_bytes=300)
UNARY = {
    "neg": np.negative,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "exp": None,
    "tanh": None,
}
BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}


def marked(module):
    return [op for op in module.walk() if past_cache_of(op)]


def run_at(code, inputs, like, shift):
    """Return the result of the only output, which begins so many bytes behind a line."""
    room = np.full(like.nbytes + 256, 0x5A, np.uint8)
    first = -room.ctypes.data % 64 + 64 + shift
    block = (ctypes.c_void_p * (len(inputs) + 1))(
        *(x.ctypes.data for x in inputs), room.ctypes.data + first
    )
    entry = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(code.native.address)
    assert entry(ctypes.addressof(block)) == 0
    assert (room[:first] == 0x5A).all()
    assert (room[first + like.nbytes :] == 0x5A).all()
    return room[first : first + like.nbytes].view(like.dtype).reshape(like.shape)


class Chain:
    """Elementwise ops drawn at random, as text, of arrays and of rows for all rows."""

    def __init__(self, shape, dtype, seed):
        draw, numbers = random.Random(seed), np.random.default_rng(seed)
        self.shape, self.dtype = shape, dtype
        self.inputs = [numbers.uniform(0.5, 2, shape).astype(dtype) for _ in range(2)]
        self.inputs.append(numbers.uniform(0.5, 2, shape[-1:]).astype(dtype))
        self.inputs.append(numbers.uniform(0.5, 2, shape[:1]).astype(dtype))
        whole, row, column = (self.type(n) for n in ((0), 2, 3))
        axis = len(shape) - 1
        lines = [f"%b = graph.broadcast %2, dimensions = [{axis}] : {row} -> {whole}"]
        lines.append(f"%c = graph.broadcast %3, dimensions = [0] : {column} -> {whole}")
        names = ["%0", "%1", "%b", "%c"]
        for n in range(draw.randrange(1, 6)):
            if draw.random() < 0.4:
                lines.append(f"%v{n} = graph.{draw.choice(list(UNARY))} {names[-1]} : {whole}")
            else:
                other = draw.choice(names)
                lines.append(
                    f"%v{n} = graph.{draw.choice(list(BINARY))} {names[-1]}, {other} : {whole}"
                )
            names.append(f"%v{n}")
        self.lines, self.result = lines, names[-1]

    def type(self, n):
        return type_of(self.inputs[n].shape, self.dtype)

    def text(self):
        args = ", ".join(f"%{n} : {self.type(n)}" for n in range(4))
        body = "\n".join(self.lines)
        result = type_of(self.shape, self.dtype)
        return (
            f"func.func @f({args}) -> {result} {{\n{body}\nfunc.return {self.result} : {result}\n}}"
        )


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from([(64,), (3, 16), (5, 48), (2, 3, 80), (7, 24), (16, 5), (9, 128)]),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 10**6),
    shift=st.sampled_from([0, 0, 8, 32]),
)
def test_elementwise(shape, dtype, seed, shift):
    text = Chain(shape, dtype, seed).text()
    inputs = Chain(shape, dtype, seed).inputs
    module = lower(text, (*PASSES, STORES))
    in_lines = math.prod(shape) * np.dtype(dtype).itemsize % 64 == 0
    assert bool(marked(module)) == in_lines
    wanted = CpuDriver().compile(lower(text), "f")(inputs)[0]
    found = run_at(CpuDriver().compile(module, "f"), inputs, wanted, shift)
    np.testing.assert_array_equal(found, wanted)


LAYER_NORM = """
func.func @f(%x: X, %g: V, %b: V) -> X {
  %s = graph.reduce "sum" %x, axes = [1] : X -> R
  %n = graph.constant dense<COUNT.0> : tensor<F>
  %nr = graph.broadcast %n, dimensions = [] : tensor<F> -> R
  %m = graph.div %s, %nr : R
  %mb = graph.broadcast %m, dimensions = [0] : R -> X
  %d = graph.sub %x, %mb : X
  %q = graph.mul %d, %d : X
  %v = graph.reduce "sum" %q, axes = [1] : X -> R
  %r = graph.rsqrt %v : R
  %rb = graph.broadcast %r, dimensions = [0] : R -> X
  %u = graph.mul %d, %rb : X
  %gb = graph.broadcast %g, dimensions = [1] : V -> X
  %bb = graph.broadcast %b, dimensions = [1] : V -> X
  %w = graph.mul %u, %gb : X
  %y = graph.add %w, %bb : X
  func.return %y : X
}
"""


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "columns"), [(37, 64), (8, 240), (5, 30)])
@pytest.mark.parametrize("shift", [0, 16])
def test_rows(dtype, rows, columns, shift):
    """Tiles of a few rows, the last of fewer; what is fetched is behind the input's end at last."""
    element = f"f{8 * np.dtype(dtype).itemsize}"
    text = LAYER_NORM.replace("COUNT", str(columns)).replace("tensor<F>", f"tensor<{element}>")
    for name, shape in {"X": f"{rows}x{columns}", "V": f"{columns}", "R": f"{rows}"}.items():
        for before, after in ((" ", ","), (" ", ")"), (" ", "\n"), (" ", " ")):
            text = text.replace(
                f"{before}{name}{after}", f"{before}tensor<{shape}x{element}>{after}"
            )
    rng = np.random.default_rng(rows)
    inputs = [rng.normal(size=s).astype(dtype) for s in ((rows, columns), columns, columns)]
    row = 4 * columns * np.dtype(dtype).itemsize
    tiles = FuseRowsPass(tile_bytes=3 * row, least_bytes=0)
    module = lower(text, (*PASSES, tiles, STORES))
    if columns * np.dtype(dtype).itemsize % 64 == 0:
        assert any(len(past_cache_of(op).fetched) == 1 for op in marked(module))
    wanted = CpuDriver().compile(lower(text), "f")(inputs)[0]
    found = run_at(CpuDriver().compile(module, "f"), inputs, wanted, shift)
    np.testing.assert_array_equal(found, wanted)
    far = inputs[0] - inputs[0].mean(1, keepdims=True)
    plain = far / np.sqrt((far * far).sum(1, keepdims=True)) * inputs[1] + inputs[2]
    np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-4)
