"""Gradients of each graph op against numerical differentiation, in float64."""

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, ops
from foldaway.dialects import graph
from foldaway.passes.differentiate_graph import RULES

RNG = np.random.default_rng(7)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(3, 4))
POSITIVE = np.abs(A) + 0.5
V = RNG.normal(size=(4,))
M = RNG.normal(size=(4, 5))
DEEP = RNG.normal(size=(2, 3, 4))
ZEROS = np.array([[1.0, 0.0, 2.0, 3.0, -1.5], [0.0, 2.0, 0.0, 1.0, 4.0]])


def update(x, y):
    z = x * 1.0
    z[0:3:2, 1:3] = y
    return z


FUNCTIONS = {
    "neg": (lambda x: -x, A),
    "abs": (lambda x: abs(x), A),
    "sign": (lambda x: x.sign() * x, A),
    "exp": (lambda x: x.exp(), A),
    "log": (lambda x: x.log(), POSITIVE),
    "sqrt": (lambda x: x.sqrt(), POSITIVE),
    "rsqrt": (lambda x: x.rsqrt(), POSITIVE),
    "tanh": (lambda x: x.tanh(), A),
    "erf": (lambda x: x.erf(), A),
    "sin": (lambda x: x.sin(), A),
    "cos": (lambda x: x.cos(), A),
    "rounding": (lambda x: x.floor() * x + x.ceil() * x + x.trunc() * x + x.round() * x, A),
    "add": (lambda x, y: x + y, A, B),
    "sub": (lambda x, y: x - y, A, B),
    "mul": (lambda x, y: x * y, A, B),
    "div": (lambda x, y: x / y, A, POSITIVE),
    "floordiv": (lambda x, y: (x // y) * x, A, POSITIVE),
    "mod": (lambda x, y: x % y, A, POSITIVE),
    "pow": (lambda x, y: x**y, POSITIVE, B),
    "pow-number": (lambda x: x**3 + x**-2 + 2.0**x, POSITIVE - 1.75),
    "maximum": (lambda x, y: ops.maximum(x, y), A, B),
    "minimum": (lambda x, y: ops.minimum(x, y), A, B),
    "select": (lambda x, y: ops.where(x > y, x * 2, y * 3), A, B),
    "convert": (lambda x: x.astype(foldaway.float32).astype(foldaway.float64) ** 2, A),
    "reshape": (lambda x: x.reshape((2, 6)) ** 2, A),
    "transpose": (lambda x: x.transpose((1, 2, 0)) ** 2, DEEP),
    "broadcast": (lambda x, v: x * v, A, V),
    "broadcast-ones": (lambda x, y: x * y, A[:, :1], DEEP),
    "broadcast-scalar": (lambda x, y: x * y, A, np.array(2.5)),
    "slice": (lambda x: x[::2, 1:] ** 2, A),
    "index": (lambda x: x[1] * x[-1, ::-1], A),
    "empty-slice": (lambda x: x[2:2].sum() + x.sum(), A),
    "update_slice": (lambda x, y: update(x, y) ** 2, A, B[:2, :2]),
    "concat": (lambda x, y: ops.concat((x, y, x), 1) ** 2, A, B[:, :2]),
    "reverse": (lambda x: ops.flip(x, (0, 1)) * x, A),
    "sum": (lambda x: x.sum(1) ** 2, A),
    "sum-all": (lambda x: x.sum() ** 2, DEEP),
    "mean": (lambda x: x.mean((0, 2), keepdims=True) * x, DEEP),
    "var": (lambda x: x.var(-1), DEEP),
    "prod": (lambda x: x.prod(1), A),
    "prod-zeros": (lambda x: x.prod(1), ZEROS),
    "prod-axes": (lambda x: x.prod((0, 2)), DEEP),
    "max": (lambda x: x.max(0) ** 2, A),
    "min": (lambda x: x.min((1, 2)) ** 2, DEEP),
    "argmax": (lambda x: x.argmax(1) * x[:, 0], A),
    "matmul": (lambda x, y: x @ y, A, M),
    "matmul-vector": (lambda x, y: x @ y, A, V),
    "matmul-batched": (lambda x, y: x @ y, DEEP, M),
    "dot": (lambda x, y: ops.dot(x, y), V, V * 2),
    "tensordot": (lambda x, y: ops.tensordot(x, y, ([2, 1], [0, 1])), DEEP, DEEP.T[:, :, 0]),
    "sigmoid": (lambda x: ops.sigmoid(x), A),
    "softmax": (lambda x: ops.softmax(x, -1) ** 2, A),
    "log_softmax": (lambda x: ops.log_softmax(x, -1) ** 2, A),
    "gelu": (lambda x: ops.gelu(x), A),
    "silu": (lambda x: ops.silu(x), A),
    "twice-used": (lambda x: x * x.sin() + x.exp() * x, A),
    "constant": (lambda x: x * Tensor(B) + Tensor(np.ones((3, 4))), A),
}


def numerical(function, arrays, step=1e-6):
    """Return the gradients of the sum of the result, by central differences."""
    found = []
    for i, array in enumerate(arrays):
        gradient = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            ends = []
            for sign in (1, -1):
                moved = array.copy()
                moved[index] += sign * step
                values = [Tensor(moved if j == i else a) for j, a in enumerate(arrays)]
                ends.append(float(function(*values).sum().asnumpy()))
            gradient[index] = (ends[0] - ends[1]) / (2 * step)
        found.append(gradient)
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_is_the_numerical_one(name):
    function, *arrays = FUNCTIONS[name]
    if name == "convert":
        arrays = [a.astype(np.float32).astype(np.float64) for a in arrays]
    gradients = foldaway.grad(function, tuple(range(len(arrays))))(*map(Tensor, arrays))
    step, close = (1e-2, 1e-4) if name == "convert" else (1e-6, 1e-7)
    for found, expected, array in zip(
        gradients, numerical(function, arrays, step), arrays, strict=True
    ):
        assert found.dtype is foldaway.float64
        assert found.shape == array.shape
        np.testing.assert_allclose(found.asnumpy(), expected, rtol=close, atol=close)


def test_pad_hands_gradients_to_what_it_frames_and_to_the_frame():
    from xdsl.dialects.builtin import FunctionType, ModuleOp
    from xdsl.dialects.func import FuncOp, ReturnOp
    from xdsl.ir import Block, Region

    from foldaway.dialects.build import IRBuilder
    from foldaway.dialects.dtypes import TensorSpec, float64, tensor_type
    from foldaway.passes.differentiate_graph import DifferentiateGraphPass
    from foldaway.runtime.constants import evaluate

    inner, value, wide = (TensorSpec(shape, float64) for shape in ((2,), (), (5,)))
    block = Block()
    b = IRBuilder(block)
    emit = b.emitter.emit
    x = emit("graph.variable", (b.emitter.constant(np.ones(2).tobytes(), inner),), inner, {})
    v = emit("graph.variable", (b.emitter.constant(np.ones(()).tobytes(), value),), value, {})
    y = emit("graph.pad", (x, v), wide, {"low": (1,), "high": (2,)})
    seed = b.emitter.constant(np.arange(5.0).tobytes(), wide)
    op = graph.GradientOp.build(
        operands=[[y], [seed], [x, v]], result_types=[[tensor_type(inner), tensor_type(value)]]
    )
    block.add_op(op)
    block.add_op(ReturnOp(*op.results))
    func = FuncOp("f", FunctionType.from_lists([], [r.type for r in op.results]), Region(block))
    module = ModuleOp([func])
    module.verify()
    from xdsl.context import Context

    DifferentiateGraphPass().apply(Context(), module)
    module.verify()
    last = func.body.block.last_op
    assert last is not None
    of_inner, of_value = (evaluate(value) for value in last.operands)
    assert of_inner is not None
    assert of_value is not None
    assert of_inner.tolist() == [1.0, 2.0]
    assert of_value.tolist() == 0 + 3 + 4


def test_each_graph_op_has_a_rule():
    without = {op for op in graph.Graph.operations if op not in RULES}
    assert without == {graph.GradientOp, *graph.CONTROL, *graph.EFFECTS}
