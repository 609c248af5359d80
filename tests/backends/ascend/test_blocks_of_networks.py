"""Blocks of networks run whole on Ascend, and give what the CPU gives."""

import numpy as np
import pytest

from foldaway.dialects import dtypes

from ..graph_program import GraphProgram
from ..other_machines import ascend_driver
from .needs_compiler import needs_compiler

pytestmark = needs_compiler
RANDOM = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def simulated(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_ASCEND", "sim")


def check(specs, build):
    """Run a graph on both machines; `GraphProgram` compares them."""
    arrays = [
        RANDOM.standard_normal(shape).astype(np.float32).astype(dtype.name)
        for shape, dtype in specs
    ]
    GraphProgram(specs, build, ascend_driver())(*arrays)


def gelu(to, x):
    inner = to.binary("mul", x, 0.7071067811865476)
    return to.binary("mul", to.binary("mul", x, 0.5), to.binary("add", to.unary("erf", inner), 1.0))


def normalised(to, x, axis):
    mean = to.reduce("sum", x, (axis,), True)
    mean = to.binary("div", mean, float(to.emitter.spec(x).shape[axis]))
    apart = to.binary("sub", x, mean)
    square = to.reduce("sum", to.binary("mul", apart, apart), (axis,), True)
    variance = to.binary("div", square, float(to.emitter.spec(x).shape[axis]))
    return to.binary("mul", apart, to.unary("rsqrt", to.binary("add", variance, 1e-5)))


def softmax(to, x):
    most = to.reduce("max", x, (2,), True)
    powers = to.unary("exp", to.binary("sub", x, most))
    total = to.reduce("sum", powers, (2,), True)
    return to.binary("div", powers, total)


@pytest.mark.parametrize("dtype", [dtypes.float32, dtypes.float16], ids=str)
def test_a_perceptron(dtype):
    def build(to, x, w1, b1, w2, b2):
        hidden = gelu(to, to.binary("add", to.matmul(x, w1), b1))
        return [to.binary("add", to.matmul(hidden, w2), b2)]

    shapes = [(33, 64), (64, 96), (96,), (96, 10), (10,)]
    check([(shape, dtype) for shape in shapes], build)


def test_attention():
    def build(to, q, k, v):
        scores = to.matmul(q, to.transpose(k, (0, 2, 1)))
        return [to.matmul(softmax(to, to.binary("mul", scores, 0.25)), v)]

    check([((2, 33, 16), dtypes.float32)] * 3, build)


def test_layer_norm():
    def build(to, x, scale, shift):
        return [to.binary("add", to.binary("mul", normalised(to, x, 1), scale), shift)]

    check([((50, 130), dtypes.float32), ((130,), dtypes.float32), ((130,), dtypes.float32)], build)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (33,), (0,), (3, 0), (200, 7)], ids=str)
def test_shapes(shape):
    def build(to, x):
        return [gelu(to, x), to.reduce("sum", x, None, False)]

    check([(shape, dtypes.float32)], build)


def test_a_ragged_product():
    def build(to, x, y):
        return [to.matmul(x, y)]

    check([((200, 500), dtypes.float32), ((500, 300), dtypes.float32)], build)
