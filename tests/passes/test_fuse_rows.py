"""Loop nests that go through their rows together give the same bits as one after the other."""

import numpy as np
import pytest
from xdsl.dialects import scf
from xdsl.dialects.linalg.ops import GenericOp

from foldaway import Tensor, jit, ops
from foldaway.backends.cpu.driver import CpuDriver
from foldaway.passes.fuse_rows import FuseRowsPass

from .compiled_graph import PASSES, lower, type_of
from .test_random_graphs import Program


def text_of(program, results):
    args = ", ".join(f"%{n} : {type_of(x.shape, x.dtype)}" for n, x in enumerate(program.inputs))
    types = ", ".join(program.type(name) for name in results)
    lines = "\n".join(program.lines)
    return (
        f"func.func @f({args}) -> ({types}) {{\n{lines}\n"
        f"func.return {', '.join(results)} : {types}\n}}"
    )


def loops(module):
    return sum(isinstance(op, scf.ForOp) for op in module.walk())


@pytest.mark.parametrize("tile_bytes", [50, 250])
def test_random_graphs(tile_bytes):
    fused = 0
    for seed in range(60):
        program = Program(seed)
        for _ in range(5 + seed % 40):
            program.step()
        names = list(program.values)
        drawn = program.random.sample(names, min(3, len(names)))
        text = text_of(program, list(dict.fromkeys([*drawn, names[-1]])))
        plain = lower(text)
        tiled = lower(text, (*PASSES, FuseRowsPass(tile_bytes=tile_bytes, least_bytes=0)))
        if not loops(tiled):
            continue
        fused += 1
        wanted = CpuDriver().compile(plain, "f")(program.inputs)
        found = CpuDriver().compile(tiled, "f")(program.inputs)
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_array_equal(one, other, err_msg=str(seed))
    assert fused > 15


SOFTMAX = """
func.func @f(%x: tensor<37x50xfloat32>) -> tensor<37x50xfloat32> {
  %m = graph.reduce "max" %x, axes = [1] : tensor<37x50xfloat32> -> tensor<37xfloat32>
  %b = graph.broadcast %m, dimensions = [0] : tensor<37xfloat32> -> tensor<37x50xfloat32>
  %d = graph.sub %x, %b : tensor<37x50xfloat32>
  %e = graph.exp %d : tensor<37x50xfloat32>
  %s = graph.reduce "sum" %e, axes = [1] : tensor<37x50xfloat32> -> tensor<37xfloat32>
  %t = graph.broadcast %s, dimensions = [0] : tensor<37xfloat32> -> tensor<37x50xfloat32>
  %r = graph.div %e, %t : tensor<37x50xfloat32>
  func.return %r : tensor<37x50xfloat32>
}
"""


@pytest.mark.parametrize("rows", [1, 2, 5, 36])
def test_rest_of_rows(rows):
    """Rows that the tiles don't divide are done behind them."""
    text = SOFTMAX.replace("float32", "f32")
    tiled = lower(text, (*PASSES, FuseRowsPass(tile_bytes=rows * 616, least_bytes=0)))
    assert loops(tiled) == 1
    nests = sum(isinstance(op, GenericOp) for op in tiled.walk())
    assert nests == (6 if rows == 1 else 12)
    x = np.random.default_rng(0).normal(size=(37, 50)).astype(np.float32)
    found = CpuDriver().compile(tiled, "f")([x])[0]
    np.testing.assert_array_equal(found, CpuDriver().compile(lower(text), "f")([x])[0])


def test_what_is_in_the_cache_stays_as_it_is():
    text = SOFTMAX.replace("float32", "f32")
    assert loops(lower(text, (*PASSES, FuseRowsPass()))) == 0


@pytest.mark.parametrize("shape", [(700, 300), (6, 7, 50, 60), (100_000, 3), (1, 400_000)])
def test_layers(shape):
    """The layers that the pass is made for, with the sizes of tiles as they are."""

    def layers(x):
        mean = x.mean(-1, True)
        away = x - mean
        normal = away * ops.rsqrt((away * away).mean(-1, True) + 1e-5)
        return ops.softmax(normal, -1), normal

    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    compiled = jit(layers)
    softmax, normal = (y.asnumpy() for y in compiled(Tensor(x)))
    wide = x.astype(np.float64)
    away = wide - wide.mean(-1, keepdims=True)
    wanted = away / np.sqrt((away * away).mean(-1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(normal, wanted, rtol=1e-4, atol=1e-5)
    powers = np.exp(wanted - wanted.max(-1, keepdims=True))
    np.testing.assert_allclose(softmax, powers / powers.sum(-1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize("images", [2, 5])
@pytest.mark.parametrize("tile", [1, 2, 3, 4, 7])
def test_rows_that_come_again(images, tile):
    """Each image is scaled by the same numbers, of which no tile may go beyond the last."""
    x, w, r = (f"tensor<{shape}xf32>" for shape in (f"{images}x6x10", "6", f"{images}x6"))
    text = f"""func.func @f(%x: {x}, %w: {w}) -> {x} {{
      %b = graph.broadcast %w, dimensions = [1] : {w} -> {x}
      %p = graph.mul %x, %b : {x}
      %s = graph.reduce "sum" %p, axes = [2] : {x} -> {r}
      %t = graph.broadcast %s, dimensions = [0, 1] : {r} -> {x}
      %d = graph.sub %p, %t : {x}
      %y = graph.mul %d, %b : {x}
      func.return %y : {x}
    }}"""
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=s).astype(np.float32) for s in ((images, 6, 10), (6,))]
    tiled = lower(text, (*PASSES, FuseRowsPass(tile_bytes=tile * 130, least_bytes=0)))
    assert loops(tiled) == 1
    found = CpuDriver().compile(tiled, "f")(inputs)[0]
    np.testing.assert_array_equal(found, CpuDriver().compile(lower(text), "f")(inputs)[0])
    p = inputs[0] * inputs[1][:, None]
    plain = (p - p.sum(-1, keepdims=True)) * inputs[1][:, None]
    np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-5)
