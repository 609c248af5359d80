"""Loops that run on the parts of a product give the same bits as behind it, and NumPy's numbers."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ml_dtypes import bfloat16

from foldaway import Tensor, jit, ops
from foldaway.backends.cpu.driver import CpuDriver
from foldaway.backends.cpu.processor import this_processor
from foldaway.dialects.epilogue import is_marked
from foldaway.passes.fuse_rows import FuseRowsPass
from foldaway.passes.schedule_contractions import ScheduleContractionsPass
from foldaway.passes.schedule_epilogues import ScheduleEpiloguesPass

from .compiled_graph import PASSES, lower, type_of

EXTENTS = st.sampled_from([1, 2, 3, 5, 7, 8, 13, 16, 17, 20, 23, 31, 33, 48, 64, 97, 130])
DTYPES = st.sampled_from([np.float32, np.float64, np.float16, bfloat16])


def compiled(text, *passes, caches=None):
    """Return the module, for this machine or one with less cache, and its function."""
    machine = this_processor()
    caches = caches or (machine.first_cache, machine.second_cache)
    schedule = ScheduleContractionsPass(machine.vector_bytes, machine.vector_registers, *caches)
    module = lower(text, (*PASSES, *passes, FuseRowsPass(), schedule))
    return module, CpuDriver().compile(module, "f")


def marked(module):
    return sum(is_marked(op) for op in module.walk())


class Layer:
    """A product of two arrays, and ops drawn at random behind it, as text and in NumPy."""

    def __init__(self, dtype, batch, m, n, k, swaps, seed):
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.dtype, self.shape = dtype, (*batch, m, n)
        self.inputs, self.lines, self.values = [], [], {}
        lhs = self.input((*batch, *((k, m) if swaps[0] else (m, k))))
        rhs = self.input((*batch, *((n, k) if swaps[1] else (k, n))))
        x, y = (self.values[name].astype(np.float64) for name in (lhs, rhs))
        x, y = (np.swapaxes(z, -1, -2) if s else z for z, s in zip((x, y), swaps, strict=True))
        axes, first = list(range(len(batch))), len(batch)
        contract = first if swaps[0] else first + 1, first + 1 if swaps[1] else first
        text = f"batch = {axes} x {axes}, contract = [{contract[0]}] x [{contract[1]}]"
        types = f"{self.type(lhs)}, {self.type(rhs)} -> {type_of(self.shape, dtype)}"
        self.add(f"graph.dot_general {lhs}, {rhs}, {text} : {types}", np.matmul(x, y))
        self.results = ["%v0"]

    def input(self, shape):
        name = f"%{len(self.inputs)}"
        self.inputs.append(self.numbers.uniform(-1, 1, shape).astype(self.dtype))
        self.values[name] = self.inputs[-1]
        return name

    def type(self, name):
        return type_of(self.values[name].shape, self.dtype)

    def add(self, text, array):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        self.values[name] = array
        return name

    def step(self):
        """Compute something of a result, and keep it beside or in the place of that."""
        at = self.random.randrange(len(self.results))
        name, type = self.results[at], type_of(self.shape, self.dtype)
        kind = self.random.choice(["bias", "column", "residual", "scale", "tanh", "relu", "again"])
        if kind == "tanh":
            new = self.add(f"graph.tanh {name} : {type}", np.tanh(self.values[name]))
        elif kind == "relu":
            new = self.combined("maximum", np.maximum, name, self.broadcast())
        elif kind == "scale":
            new = self.combined("mul", np.multiply, name, self.broadcast())
        elif kind == "bias":
            new = self.combined("add", np.add, name, self.broadcast(len(self.shape) - 1))
        elif kind == "column":
            around = range(len(self.shape) - 1)
            new = self.combined("add", np.add, name, self.broadcast(*around))
        elif kind == "residual":
            new = self.combined("add", np.add, name, self.input(self.shape))
        else:
            new = self.combined("sub", np.subtract, name, self.random.choice(self.results))
        if self.random.random() < 0.3:
            self.results.append(new)
        else:
            self.results[at] = new

    def broadcast(self, *kept):
        small = self.input(tuple(self.shape[n] for n in kept))
        types = f"{self.type(small)} -> {type_of(self.shape, self.dtype)}"
        wide = self.values[small].reshape([s if n in kept else 1 for n, s in enumerate(self.shape)])
        text = f"graph.broadcast {small}, dimensions = {list(kept)} : {types}"
        return self.add(text, np.broadcast_to(wide, self.shape).astype(np.float64))

    def combined(self, op, meaning, one, other):
        arrays = (self.values[name].astype(np.float64) for name in (one, other))
        type = type_of(self.shape, self.dtype)
        return self.add(f"graph.{op} {one}, {other} : {type}", meaning(*arrays))

    def text(self):
        args = ", ".join(f"%{n} : {self.type(f'%{n}')}" for n in range(len(self.inputs)))
        types = ", ".join([type_of(self.shape, self.dtype)] * len(self.results))
        lines = "\n".join(self.lines)
        return (
            f"func.func @f({args}) -> ({types}) {{\n{lines}\n"
            f"func.return {', '.join(self.results)} : {types}\n}}"
        )

    def check(self, caches=None):
        """Hold that all agree; return how many ops run on parts of the product."""
        self.results = list(dict.fromkeys(self.results))
        _, plain = compiled(self.text(), caches=caches)
        module, tiled = compiled(self.text(), ScheduleEpiloguesPass(least_bytes=0), caches=caches)
        wanted, found = plain(self.inputs), tiled(self.inputs)
        terms = self.inputs[0].size // self.shape[-2]
        loose = {4: 1e-5, 8: 1e-12, 2: 0.1 if self.dtype is bfloat16 else 0.02}
        far = loose[self.inputs[0].itemsize] * (terms + 4) ** 0.5
        for name, one, other in zip(self.results, found, wanted, strict=True):
            bits = f"u{one.itemsize}"
            np.testing.assert_array_equal(one.view(bits), other.view(bits))
            size = max(float(np.abs(self.values[name]).max()), 1)
            assert np.abs(one.astype(np.float64) - self.values[name]).max() <= far * size
        return marked(module)


@given(
    *(DTYPES, st.sampled_from([(), (), (3,), (2, 2)]), EXTENTS, EXTENTS, EXTENTS),
    *(st.tuples(st.booleans(), st.booleans()), st.integers(0, 10**6), st.integers(1, 6)),
)
@settings(max_examples=40, deadline=None)
def test_layers_drawn_at_random(dtype, batch, m, n, k, swaps, seed, steps):
    layer = Layer(dtype, batch, m, n, k, swaps, seed)
    for _ in range(steps):
        layer.step()
    layer.check()


@pytest.mark.parametrize("n", range(15, 27))
def test_a_panel_that_is_wider_than_the_others(n):
    layer = Layer(np.float32, (), 4, n, 64, (False, False), n)
    layer.step()
    layer.step()
    layer.check()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("swaps", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize(("batch", "m", "n", "k"), [((), 57, 130, 200), ((3,), 40, 70, 90)])
def test_sums_in_several_parts(dtype, swaps, batch, m, n, k):
    """With small caches a part is complete after several rounds of blocks."""
    fused = 0
    for seed in range(2):
        layer = Layer(dtype, batch, m, n, k, swaps, seed)
        for _ in range(3):
            layer.step()
        fused += layer.check(caches=(2048, 16384))
    assert fused


SEVERAL = """
func.func @f(%x: tensor<20x6x40xf32>, %y: tensor<6x50x40xf32>, %b: tensor<50xf32>)
    -> tensor<20x50xf32> {
  %p = graph.dot_general %x, %y, batch = [] x [], contract = [1, 2] x [0, 2]
      : tensor<20x6x40xf32>, tensor<6x50x40xf32> -> tensor<20x50xf32>
  %c = graph.broadcast %b, dimensions = [1] : tensor<50xf32> -> tensor<20x50xf32>
  %s = graph.add %p, %c : tensor<20x50xf32>
  %r = graph.tanh %s : tensor<20x50xf32>
  func.return %r : tensor<20x50xf32>
}
"""


@pytest.mark.parametrize("caches", [None, (2048, 16384)])
def test_sums_along_several_axes(caches):
    """What follows waits for the last round of the loop around the product, too."""
    x, y, b = uniform(20, 6, 40), uniform(6, 50, 40), uniform(50)
    module, function = compiled(SEVERAL, ScheduleEpiloguesPass(least_bytes=0), caches=caches)
    assert marked(module) == 1
    wanted = np.tanh(np.einsum("iak,ajk->ij", x.astype(np.float64), y) + b)
    np.testing.assert_allclose(function([x, y, b])[0], wanted, rtol=2e-4, atol=2e-4)


def run(function, *arrays):
    return function(*(Tensor(array) for array in arrays))


def uniform(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(-1, 1, shape).astype(np.float32)


def close(found, wanted):
    np.testing.assert_allclose(found.asnumpy(), wanted, rtol=2e-4, atol=2e-4)


def test_layers_of_one_width():
    """A layer must not write over what it multiplies, though nothing else needs that."""
    x, weights = uniform(120, 128), [uniform(128, 128) * 0.1 for _ in range(5)]

    @jit
    def network(x, a, b, c, d, e):
        for weight in (a, b, c, d, e):
            x = ops.relu(x @ weight) + x
        return x

    wanted = x.astype(np.float64)
    for weight in weights:
        wanted = np.maximum(wanted @ weight, 0) + wanted
    close(run(network, x, *weights), wanted)


def test_a_result_that_is_used_twice():
    x, y, b = uniform(100, 70), uniform(70, 150), uniform(150)

    @jit
    def function(x, y, b):
        product = x @ y
        shifted = product + b
        return product, ops.tanh(shifted), shifted * product, product.sum(0)

    wide = x.astype(np.float64) @ y
    product, tanh, multiplied, total = run(function, x, y, b)
    close(product, wide)
    close(tanh, np.tanh(wide + b))
    close(multiplied, (wide + b) * wide)
    close(total, wide.sum(0))


def test_a_residual_that_is_an_operand():
    x, y = uniform(128, 128), uniform(1, 128)

    @jit
    def function(x, y):
        return x @ x + x + y, (x.T @ x) * x

    wide = x.astype(np.float64)
    first, second = run(function, x, y)
    close(first, wide @ wide + wide + y)
    close(second, (wide.T @ wide) * wide)


def test_sums_of_products():
    x, y, u, v, b = (
        uniform(90, 64),
        uniform(64, 130),
        uniform(90, 32),
        uniform(32, 130),
        uniform(130),
    )

    @jit
    def function(x, y, u, v, b):
        return ops.sigmoid(x @ y + u @ v + b)

    close(run(function, x, y, u, v, b), 1 / (1 + np.exp(-(x.astype(np.float64) @ y + u @ v + b))))


def test_a_transposed_result():
    x, y, b = uniform(90, 64), uniform(64, 130), uniform(130)
    found = run(jit(lambda x, y, b: ops.relu(x @ y + b).T + 1), x, y, b)
    close(found, np.maximum(x.astype(np.float64) @ y + b, 0).T + 1)


@pytest.mark.parametrize("rounds", [1, 40])
def test_a_loop_whose_values_are_multiplied(rounds):
    """The next value of a loop must not be written while the old one is multiplied."""
    x, y, b = uniform(100, 96), uniform(96, 96) * 0.2, uniform(96)

    @jit
    def function(x, y, b):
        for _ in range(rounds):
            x = ops.tanh(x @ y + b)
        return x

    wanted = x.astype(np.float64)
    for _ in range(rounds):
        wanted = np.tanh(wanted @ y + b)
    close(run(function, x, y, b), wanted)


@pytest.mark.parametrize("shape", [(4, 100, 64), (2, 3, 50, 64)])
def test_heads_and_layers_of_a_network(shape):
    x, y, b, h = uniform(*shape), uniform(64, 64), uniform(64), uniform(*shape[:-1], 64)

    @jit
    def function(x, y, b, h):
        z = x @ y + b + h
        scores = (z @ z.swapaxes(-1, -2)) * 0.125
        z = z + ops.softmax(scores, -1) @ h
        return ops.gelu(z - z.mean(-1, True)), z.reshape(-1, 64) + 1

    wide = x.astype(np.float64) @ y + b + h
    scores = (wide @ np.swapaxes(wide, -1, -2)) * 0.125
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    wide = wide + powers / powers.sum(-1, keepdims=True) @ h
    first, second = run(function, x, y, b, h)
    away = wide - wide.mean(-1, keepdims=True)
    close(first, away * 0.5 * (1 + np.vectorize(math.erf)(away / 2**0.5)))
    close(second, wide.reshape(-1, 64) + 1)
