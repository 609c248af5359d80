"""One function of graph ops for each family of kernels, and what NumPy says it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xdsl.dialects.builtin import FunctionType, ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import BY_NAME, TensorSpec, spec_of, tensor_type
from foldaway.dialects.verifier import verify
from foldaway.pipeline import lower_segment
from foldaway.runtime.arrays import numpy_dtype

from .simt_form import driver

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Case:
    """A function of tensors of one dtype."""

    shapes: tuple[tuple[int, ...], ...]
    build: Callable[..., Any]
    """Of a builder and the inputs; the one result."""
    expected: Callable[..., Any]
    """Of the inputs as float64."""
    kernels: int = 1
    """How many launches it takes."""

    def module(self, dtype: str) -> ModuleOp:
        """Return the function in simt form."""
        specs = [TensorSpec(shape, BY_NAME[dtype]) for shape in self.shapes]
        block = Block(arg_types=[tensor_type(spec) for spec in specs])
        result = self.build(IRBuilder(block), *block.args)
        block.add_op(ReturnOp(result))
        type = FunctionType.from_lists(block.arg_types, [result.type])
        module = ModuleOp([FuncOp("f", type, Region(block))])
        lower_segment(module, driver())
        verify(module)
        return module

    def inputs(self, dtype: str) -> list[Array]:
        """Return numbers of both signs."""
        draw = np.random.default_rng(len(self.shapes))
        numbers = [np.asarray(3 * draw.standard_normal(shape)) for shape in self.shapes]
        return [one.astype(numpy_dtype(BY_NAME[dtype])) for one in numbers]


def _softmax(to: IRBuilder, x: Any) -> Any:
    axis = (len(spec_of(x.type).shape) - 1,)
    e = to.unary("exp", to.binary("sub", x, to.reduce("max", x, axis, keepdims=True)))
    return to.binary("div", e, to.reduce("sum", e, axis, keepdims=True))


def _as_softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _norm(to: IRBuilder, x: Any, scale: Any, shift: Any) -> Any:
    count = spec_of(x.type).shape[-1]
    axis = (len(spec_of(x.type).shape) - 1,)
    d = to.binary("sub", x, to.binary("div", to.reduce("sum", x, axis, keepdims=True), count))
    v = to.binary("div", to.reduce("sum", to.binary("mul", d, d), axis, keepdims=True), count)
    r = to.unary("rsqrt", to.binary("add", v, 1e-3))
    return to.binary("add", to.binary("mul", to.binary("mul", d, r), scale), shift)


def _as_norm(x: Array, scale: Array, shift: Array) -> Array:
    d = x - x.mean(-1, keepdims=True)
    return d / np.sqrt((d * d).mean(-1, keepdims=True) + 1e-3) * scale + shift


def _reduced(kind: str, shape: tuple[int, ...], axes: tuple[int, ...], kernels: int) -> Case:
    return Case(
        (shape,),
        lambda to, x: to.reduce(kind, x, axes),
        lambda x: getattr(x, kind)(axes),
        kernels,
    )


def _turned(shape: tuple[int, ...], axes: tuple[int, ...]) -> Case:
    return Case((shape,), lambda to, x: to.transpose(x, axes), lambda x: x.transpose(axes))


def _added(*shapes: tuple[int, ...]) -> Case:
    return Case(shapes, lambda to, x, y: to.binary("add", x, y), lambda x, y: x + y)


CASES: dict[str, Case] = {
    "elementwise": _added((64, 128), (64, 128)),
    "elementwise of odd length": _added((7, 33), (7, 33)),
    "elementwise of one": _added((), ()),
    "rows broadcast": _added((33, 40), (40,)),
    "odd rows broadcast": _added((33, 35), (35,)),
    "columns broadcast": _added((33, 40), (33, 1)),
    "every second": Case(
        ((64, 64),),
        lambda to, x: to.slice(x, (0, 1), (64, 64), (1, 2)),
        lambda x: x[:, 1::2],
    ),
    "sum of rows": _reduced("sum", (40, 300), (1,), 1),
    "sum of long rows": _reduced("sum", (3, 5000), (1,), 2),
    "sum of columns": _reduced("sum", (300, 40), (0,), 1),
    "sum of all": _reduced("sum", (40000,), (0,), 2),
    "sum of some axes": _reduced("sum", (5, 12, 33), (0, 2), 1),
    "max of rows": _reduced("max", (40, 33), (1,), 1),
    "softmax of short rows": Case(((33, 20),), _softmax, _as_softmax),
    "softmax of rows": Case(((9, 1000),), _softmax, _as_softmax),
    "layer norm": Case(((9, 512), (512,), (512,)), _norm, _as_norm),
    "transpose": _turned((65, 72), (1, 0)),
    "transpose of inner axes": _turned((3, 40, 50), (0, 2, 1)),
    "argmax of long rows": Case(
        ((3, 3000),), lambda to, x: to.argreduce("max", x, 1), lambda x: x.argmax(1), 1
    ),
    "argmax of columns": Case(
        ((40, 33),), lambda to, x: to.argreduce("max", x, 0), lambda x: x.argmax(0), 1
    ),
    "argmax of many columns": Case(
        ((9, 3, 70),), lambda to, x: to.argreduce("max", x, 0), lambda x: x.argmax(0), 1
    ),
    "argmax along the middle": Case(
        ((3, 300, 5),), lambda to, x: to.argreduce("min", x, 1), lambda x: x.argmin(1), 2
    ),
    "argmax of all": Case(
        ((40000,),), lambda to, x: to.argreduce("max", x, 0), lambda x: x.argmax(0), 2
    ),
    "windows": Case(
        ((1, 21, 60, 60), (21, 1, 3, 3)),
        lambda to, x, w: to.conv(x, w, (1, 1), (1, 1), 21),
        lambda x, w: sum(
            x[:, :, i : i + 58, j : j + 58] * w[None, :, 0, i, j, None, None]
            for i in range(3)
            for j in range(3)
        ),
        2,
    ),
    "argmax": Case(((20, 33),), lambda to, x: to.argreduce("max", x, 1), lambda x: x.argmax(1), 1),
}


def close(got: Array, case: Case, inputs: Sequence[Array], dtype: str) -> None:
    """Raise AssertionError unless a result is what NumPy says, but for its rounding."""
    wanted = case.expected(*(x.astype(np.float64) for x in inputs))
    digits = {"float64": 1e-12, "float32": 1e-5, "float16": 2e-2, "bfloat16": 1e-1}[dtype]
    np.testing.assert_allclose(
        np.asarray(got, np.float64), wanted, rtol=digits, atol=digits * max(1, np.abs(wanted).max())
    )
