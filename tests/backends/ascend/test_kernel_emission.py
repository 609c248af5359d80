"""What is emitted for Ascend has a form that the vendor's tool takes; no tool is needed to see."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import FileLineColLoc, IntAttr, ModuleOp, StringAttr, TensorType

from foldaway.backends.ascend.kernel_text import kernels_of
from foldaway.backends.ascend.machine import STEPS
from foldaway.dialects import dtypes
from foldaway.dialects.ascend import LaunchOp
from foldaway.kernel_coverage import CPU, NATIVE, NONE, REWRITTEN, coverage
from foldaway.pipeline import lower_to_linalg, run_passes
from foldaway.runtime.driver import Step

from ..graph_program import GraphProgram
from .lowered_graphs import (
    OPS,
    Parts,
    graph,
    host_of,
    kernel_texts,
    lowered,
    lowered_ops,
    on_cpu,
    ops_in,
)

F32 = dtypes.float32
HOST_OPS = {
    *("ascend.launch", "func.call", "func.return"),
    *("tensor.collapse_shape", "tensor.expand_shape", "tensor.empty", "arith.constant"),
}
REFUSED = {"linalg.generic", "linalg.map", "math.sin", "math.round", "math.roundeven"}
REFUSED |= {"arith.cmpf", "arith.cmpi", "arith.select", "arith.divsi", "arith.sitofp"}


def check(module):
    """Check that host and kernels have the forms that the driver and the vendor's tool take."""
    functions = {
        op.sym_name.data: op for op in module.ops if hasattr(op, "sym_name") and op.sym_name
    }
    for op in host_of(module).body.block.ops:
        assert op.name in HOST_OPS
        if isinstance(op, LaunchOp):
            check_launch(op, functions)
    for text in kernel_texts(module):
        assert not ops_in(text) & REFUSED, text
        assert "x0x" not in text, text
        assert "tensor<0x" not in text, text


def check_launch(op, functions):
    (kernel,) = functions[op.kernel.root_reference.data].ops
    type = kernel.function_type
    if op.grid.value.data:
        assert len(type.inputs) == 2 + len(op.operands) + len(op.results) + 6
        return
    pairs = [
        *zip(op.operands, type.inputs, strict=True),
        *zip(op.results, type.outputs, strict=True),
    ]
    for value, inner in pairs:
        assert isinstance(inner, TensorType)
        assert math.prod(value.type.get_shape()) == math.prod(inner.get_shape())
        assert value.type.element_type == inner.element_type


@pytest.mark.parametrize(("dtype", "shape"), OPS, ids=str)
def test_every_op_is_a_kernel_or_says_why_not(dtype, shape):
    for name, module in lowered_ops(dtype, shape).items():
        check(module)
        if 0 not in shape and not list(kernels_of(module)):
            launches_nothing = not any(op.name == "func.call" for op in host_of(module).walk())
            assert all(on_cpu(module)), name
            assert launches_nothing or on_cpu(module), name


def test_what_becomes_of_ops_is_known():
    table = coverage("Ascend")
    assert {status for row in table.values() for status in row.values()} == {
        *(CPU, NATIVE, NONE, REWRITTEN)
    }
    assert table["add"][F32] == NATIVE
    assert table["tanh"][dtypes.bfloat16] == REWRITTEN
    assert table["reduce sum, middle axis"][F32] == REWRITTEN
    assert table["floordiv"][dtypes.int32] == CPU
    assert all(
        row[dtypes.float64] in (CPU, NONE) for name, row in table.items() if name != "reshape"
    )


def softmax(to, x, axis=-1):
    shifted = to.binary("sub", x, to.reduce("max", x, [axis], True))
    powers = to.unary("exp", shifted)
    return to.binary("div", powers, to.reduce("sum", powers, [axis], True))


def layer_norm(to, x, gain, bias):
    count = 1 / x.type.get_shape()[-1]
    apart = to.binary("sub", x, to.binary("mul", to.reduce("sum", x, [-1], True), count))
    squares = to.reduce("sum", to.binary("mul", apart, apart), [-1], True)
    scale = to.unary("rsqrt", to.binary("add", to.binary("mul", squares, count), 1e-5))
    return to.binary("add", to.binary("mul", to.binary("mul", apart, scale), gain), bias)


def perceptron(to, x, w, b):
    hidden = to.binary("add", to.matmul(x, w), b)
    return to.binary("mul", hidden, to.unary("tanh", hidden))


@pytest.mark.parametrize("dtype", [F32, dtypes.float16, dtypes.bfloat16], ids=str)
@pytest.mark.parametrize(
    ("shapes", "build", "kernels"),
    [
        ([(4, 20, 30)], lambda to, x: [softmax(to, x)], 1),
        ([(4, 20, 30), (30,), (30,)], lambda to, *v: [layer_norm(to, *v)], 1),
        ([(20, 30), (30, 40), (40,)], lambda to, *v: [perceptron(to, *v)], 1),
        ([(4, 20, 30), (30, 40), (40,)], lambda to, *v: [perceptron(to, *v)], 1),
        ([(2, 4, 9, 8), (2, 4, 8, 9)], lambda to, x, y: [softmax(to, to.matmul(x, y))], 2),
    ],
    ids=["softmax", "layer norm", "perceptron", "perceptron of a batch", "scores"],
)
def test_blocks_take_as_few_kernels_as_they_need(dtype, shapes, build, kernels):
    module = lowered([(shape, dtype) for shape in shapes], build)
    check(module)
    assert not on_cpu(module)
    assert len(list(kernels_of(module))) == kernels


def test_a_notice_says_what_runs_on_the_cpu(caplog):
    place = FileLineColLoc(StringAttr("program.py"), IntAttr(12), IntAttr(3))
    module = graph(
        [((3,), dtypes.int32)] * 2, lambda to, x, y: [to.binary("mod", x, y)], location=place
    )
    with caplog.at_level("WARNING", "foldaway.ascend"):
        lower_to_linalg(module)
        run_passes(module, STEPS)
    assert caplog.messages == [
        "program.py:12: note: this runs on the CPU: 'arith.remsi' on i32 has no kernel"
    ]


def test_ops_of_kernels_keep_the_line_they_came_from():
    place = FileLineColLoc(StringAttr("program.py"), IntAttr(12), IntAttr(3))

    def build(to, x, w, b):
        y = perceptron(to, softmax(to, x), w, b)
        return [y, to.compare("lt", y, 0.5), to.transpose(y, [1, 0])]

    module = lowered([((20, 30), F32), ((30, 40), F32), ((40,), F32)], build, place)
    for kernel in kernels_of(module):
        (function,) = kernel.ops
        lost = {op.name for op in function.body.block.walk() if op.location != place}
        assert not lost - {"func.return"}


def smaller_kernel(function, shrink):
    module = ModuleOp([function.clone()])
    run_passes(module, [Step("lower-kernels-to-smaller-tiles", {"shrink": shrink})])
    (made,) = module.ops
    return made if isinstance(made, ModuleOp) else None


@pytest.mark.parametrize("dtype", [F32, dtypes.int64, dtypes.float16], ids=str)
def test_smaller_kernels_have_more_programs(dtype):
    module = lowered(
        [((100, 300), dtype)] * 2, lambda to, x, y: [to.select(to.compare("lt", x, y), x, y)]
    )
    (launch,) = [op for op in module.walk() if isinstance(op, LaunchOp)]
    fallback = next(op for op in module.ops if op.sym_name == launch.fallback.root_reference)
    grids = []
    for shrink in range(1, 20):
        kernel = smaller_kernel(fallback, shrink)
        if kernel is None:
            break
        kernel.verify()
        grids.append(kernel.attributes["foldaway.grid"].value.data)
    assert grids[0] == 4
    assert grids == sorted(grids)
    assert grids[-1] == 30000


def test_no_smaller_kernel_where_rows_are_reduced():
    module = lowered([((1000,), F32)], lambda to, x: [to.reduce("sum", x)])
    (launch,) = [op for op in module.walk() if isinstance(op, LaunchOp)]
    fallback = next(op for op in module.ops if op.sym_name == launch.fallback.root_reference)
    assert smaller_kernel(fallback, 1) is None


UNARY = ["neg", "exp", "abs", "floor"]
BINARY = ["add", "sub", "mul", "maximum"]
MOVES = [
    "transpose",
    "flat",
    "split",
    "first",
    "twice",
    "padded",
    "sum",
    "max",
    "product",
    "chosen",
]


def step(to, name, values, numbers):
    """Append an op of a random program, on the latest tensors of two axes."""
    x, y = values[numbers[0] % len(values)], values[numbers[1] % len(values)]
    rows, columns = x.type.get_shape()
    if name in UNARY:
        return to.unary(name, to.binary("minimum", x, 2.0))
    if name in BINARY:
        same = y.type == x.type
        return to.binary(name, x, y if same else to.reduce("max", y))
    match name:
        case "transpose":
            return to.transpose(x, [1, 0])
        case "flat":
            return to.reshape(to.unary("neg", to.reshape(x, (rows * columns,))), (columns, rows))
        case "split":
            halved = to.reshape(x, (rows, columns, 1))
            return to.reshape(to.binary("add", halved, 1.0), (rows, columns))
        case "first":
            return to.slice(x, [0, 0], [max(rows // 2, 1), columns], [1, 1])
        case "twice":
            return to.concat([x, x], 1) if columns < 8 else x
        case "padded":
            return to.pad(x, [1, 0], [0, 0], 0.5) if rows < 8 else x
        case "sum" | "max":
            return to.binary("sub", x, to.reduce(name, x, [numbers[1] % 2], True))
        case "product":
            return to.binary("mul", to.matmul(x, to.transpose(x, [1, 0])), 0.01)
        case _:
            return to.select(to.compare("lt", x, 0.0), to.binary("mul", x, 0.5), x)


@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([*UNARY, *BINARY, *MOVES]), st.integers(0, 9), st.integers(0, 9)),
        min_size=1,
        max_size=10,
    ),
    st.sampled_from([(3, 4), (1, 5), (4, 1), (1, 1)]),
)
def test_random_programs_in_parts_give_what_they_give_whole(steps, shape):
    def build(to, x):
        values = [x]
        for name, first, second in steps:
            values.append(step(to, name, values, (first, second)))
        return [values[-1], *values[1:-1:2]]

    specs = [(shape, F32)]
    array = np.random.default_rng(len(steps)).standard_normal(shape).astype(np.float32)
    whole, parts = GraphProgram(specs, build)(array), Parts(specs, build)
    check(parts.module)
    for one, other in zip(parts(array), whole, strict=True):
        np.testing.assert_allclose(one, other, 1e-4, 1e-5)
