"""Products of matrices as loop nests on buffers, made kernels of and run without a GPU."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg.ops import GenericOp

from foldaway.backends.cpu.driver import signature_of
from foldaway.backends.gpu.emit_kernels import emit_kernels
from foldaway.backends.gpu.ptx import to_ptx
from foldaway.backends.gpu.ptx_launch import run_ptx
from foldaway.dialects import simt
from foldaway.dialects.verifier import verify
from foldaway.passes.lower_linalg_to_simt import LowerLinalgToSimtPass
from foldaway.passes.schedule_epilogues import ScheduleEpiloguesPass
from foldaway.passes.schedule_simt import ScheduleSimtPass
from foldaway.passes.simt_product import product_of
from foldaway.passes.simt_product_schedule import ProductSchedule
from foldaway.runtime.driver import Signature

from .simt_form import driver, parsed

DTYPES = {
    **{"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64},
    **{"i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64},
}
Array = np.ndarray[Any, Any]
BIAS = """
  linalg.generic {
    indexing_maps = [
      affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>
    ],
    iterator_types = ["parallel", "parallel"]
  } ins(%z, %b : ZTYPE, memref<COLUMNSxELEMENT>) outs(%z : ZTYPE) {
  ^bb0(%p: ELEMENT, %q: ELEMENT, %o: ELEMENT):
    %s = arith.addf %p, %q : ELEMENT
    %zero = arith.constant 0.0 : ELEMENT
    %m = arith.maximumf %s, %zero : ELEMENT
    linalg.yield %m : ELEMENT
  }"""
"""Adds a row to each and takes the larger of that and 0."""


@dataclass(frozen=True)
class Product:
    """A product of `m` by `k` and `k` by `n` elements, each matrix transposed if so said."""

    m: int
    n: int
    k: int
    element: str = "f32"
    turned: tuple[bool, bool] = (False, False)
    batch: int = 0
    has_bias: bool = False

    @property
    def sum(self) -> str:
        """The type of the sums."""
        return "f32" if self.element in ("f16", "bf16") else self.element

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """The shapes of both matrices and the result."""
        batch = (self.batch,) if self.batch else ()
        left = (self.k, self.m) if self.turned[0] else (self.m, self.k)
        right = (self.n, self.k) if self.turned[1] else (self.k, self.n)
        return (*batch, *left), (*batch, *right), (*batch, self.m, self.n)

    def text(self) -> str:
        """Return it as a module of loop nests."""
        x, y, z = (
            f"memref<{'x'.join(map(str, shape))}x{element}>"
            for shape, element in zip(
                self.shapes, (self.element, self.element, self.sum), strict=True
            )
        )
        b = "b, " if self.batch else ""
        lhs = f"({b}k, i)" if self.turned[0] else f"({b}i, k)"
        rhs = f"({b}j, k)" if self.turned[1] else f"({b}k, j)"
        loops, kinds = f"({b}i, j, k)", ['"parallel"'] * len(self.shapes[2])
        maps = ", ".join(f"affine_map<{loops} -> {map}>" for map in (lhs, rhs, f"({b}i, j)"))
        letter, wide = ("i" if self.sum[0] == "i" else "f"), self.sum != self.element
        extend = "".join(
            f"%w{v} = arith.extf %{v} : {self.element} to {self.sum}\n" for v in "pq" if wide
        )
        p, q = ("%wp", "%wq") if wide else ("%p", "%q")
        bias = BIAS.replace("ELEMENT", self.sum).replace("COLUMNS", str(self.n))
        parameter = f", %b: memref<{self.n}x{self.sum}>" if self.has_bias else ""
        return f"""func.func @f(%x: {x}, %y: {y}{parameter}, %z: {z}) {{
  linalg.generic {{
    indexing_maps = [affine_map<({b}i, j) -> ({b}i, j)>], iterator_types = [{", ".join(kinds)}]
  }} outs(%z : {z}) {{
  ^bb0(%o: {self.sum}):
    %zero = arith.constant {"0" if letter == "i" else "0.0"} : {self.sum}
    linalg.yield %zero : {self.sum}
  }}
  linalg.generic {{
    indexing_maps = [{maps}], iterator_types = [{", ".join(kinds)}, "reduction"]
  }} ins(%x, %y : {x}, {y}) outs(%z : {z}) {{
  ^bb0(%p: {self.element}, %q: {self.element}, %o: {self.sum}):
    {extend}%product = arith.mul{letter} {p}, {q} : {self.sum}
    %sum = arith.add{letter} %o, %product : {self.sum}
    linalg.yield %sum : {self.sum}
  }}{bias.replace("ZTYPE", z) if self.has_bias else ""}
  func.return
}}"""

    def inputs(self) -> list[Array]:
        """Return matrices of random numbers, and a bias if there is one."""
        random = np.random.default_rng([self.m, self.n, self.k])
        shapes = [*self.shapes[:2], *([(self.n,)] if self.has_bias else [])]
        names = [self.element, self.element, self.sum]
        if self.sum[0] == "i":
            return [
                random.integers(-9, 9, shape).astype(DTYPES[name])
                for shape, name in zip(shapes, names, strict=False)
            ]
        return [
            random.standard_normal(shape).astype(DTYPES[name])
            for shape, name in zip(shapes, names, strict=False)
        ]

    def expected(self, inputs: Sequence[Array]) -> Array:
        """Return the result by NumPy: in float64, or in the integers' own type."""
        wide = DTYPES[self.sum] if self.sum[0] == "i" else np.float64
        x, y = (
            (np.swapaxes(array, -1, -2) if turned else array).astype(wide)
            for array, turned in zip(inputs[:2], self.turned, strict=True)
        )
        found = x @ y
        return np.maximum(found + inputs[2], 0) if self.has_bias else found

    def check(self, found: Array, inputs: Sequence[Array]) -> None:
        """Assert that a result is right, to the last bits of the sums."""
        expected = self.expected(inputs)
        if self.sum[0] == "i":
            assert (found == expected).all()
            return
        epsilon = np.finfo(DTYPES[self.sum]).eps
        np.testing.assert_allclose(found, expected, rtol=0, atol=4 * epsilon * (self.k + 4))


def kernels_of(product: Product, schedule: ProductSchedule | None = None) -> ModuleOp:
    """Return the module in simt form, scheduled so or as the pass decides."""
    module = parsed(product.text())
    context = Context()
    ScheduleEpiloguesPass(0).apply(context, module)
    if schedule is not None:
        for op in module.walk():
            if isinstance(op, GenericOp) and product_of(op) is not None:
                schedule.attach(op)
    ScheduleSimtPass().apply(context, module)
    LowerLinalgToSimtPass().apply(context, module)
    verify(module)
    return module


def simulated(module: ModuleOp, inputs: Sequence[Array], order: int | None = None) -> Array:
    """Return the result of `@f` on a simulated GPU."""
    specs = sum(signature_of(module, "f"), ())
    signature = Signature(specs[: len(inputs)], specs[len(inputs) :])
    program = driver(order).compile(module, "f", signature)
    return np.asarray(program(list(inputs))[0])


def interpreted(
    module: ModuleOp,
    inputs: Sequence[Array],
    out: Array,
    arch: str = "sm_80",
    change: Callable[[str], str] = str,
) -> Array:
    """Return what the PTX of the module's only kernel writes to `out`, by the interpreter.

    `change` is given the PTX before it runs.
    """
    text = emit_kernels(module)
    (entry,) = text.kernels
    (launch,) = (op for op in module.walk() if isinstance(op, simt.LaunchOp))
    block = launch.parent_block()
    assert block is not None
    arrays = dict(zip(block.args, (*inputs, out), strict=True))
    given = [arrays[value] for value in launch.arguments]
    found = run_ptx(
        change(to_ptx(text.text, arch)),
        entry.name,
        given,
        entry.grid,
        entry.block,
        entry.dynamic_bytes,
    )
    return next(after for after, before in zip(found, given, strict=True) if before is out)
