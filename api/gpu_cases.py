"""The cases of `python -m foldaway.backends.gpu.check`: functions, shapes and dtypes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import DType
from foldaway.runtime.arrays import numpy_dtype
from foldaway.runtime.tensor import Tensor

from . import gpu_functions as of
from . import gpu_peers as peer
from . import nn, ops

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """A function with inputs of some shapes and a dtype."""

    name: str
    function: Function
    shapes: tuple[tuple[int, ...], ...]
    dtype: DType = dtypes.float32
    torch: Function | None = None
    """Takes the module `torch` and its tensors."""
    traffic: int = 0
    """Bytes that must be read and written; for a rate of these."""
    work: int = 0
    """Operations on floats, for a rate of these."""
    is_timed: bool = False
    tolerance: float | None = None
    """Of errors, by the greatest number of the result; None for the usual of the dtype."""
    spread: float = 2.0
    reference: Function | None = None
    """What NumPy computes instead of the CPU's backend; None for that."""
    layers: Callable[[list[Tensor]], Function] | None = None
    """Makes the function of the inputs, where it has weights of its own."""

    @property
    def title(self) -> str:
        """What the table calls it: name, shapes and dtype."""
        shapes = " ".join("x".join(map(str, shape)) or "0-d" for shape in self.shapes)
        return f"{self.name} | {shapes} | {self.dtype.name.rstrip('_')}"

    def inputs(self) -> list[np.ndarray[Any, Any]]:
        """Return the arrays, the same ones each time."""
        drawn = np.random.default_rng(1)
        return [_drawn(drawn, shape, self.dtype, self.spread) for shape in self.shapes]


def _drawn(
    drawn: np.random.Generator, shape: tuple[int, ...], dtype: DType, spread: float
) -> np.ndarray[Any, Any]:
    there = numpy_dtype(dtype)
    if dtype.kind == "b":
        return drawn.integers(0, 2, shape).astype(np.bool_)
    if dtype.is_integer:
        return drawn.integers(0 if dtype.kind == "u" else -50, 50, shape).astype(there)
    numbers = drawn.random(shape, np.float32)
    numbers -= np.float32(0.5)
    numbers *= np.float32(spread)
    return numbers if there == np.float32 else numbers.astype(there)


def _convolved(tensors: list[Tensor]) -> Function:
    weight = tensors[1]
    outputs, inputs, window, _ = weight.shape
    cell = nn.Conv2d(
        inputs, outputs, window, pad_mode="pad", padding=window // 2, weight_init=weight
    )

    def forward(x: Any, _: Any) -> Any:
        return cell(x)

    return forward


def _lenet(tensors: list[Tensor]) -> Function:
    first, second, *dense = tensors[1:]

    def convolution(weight: Tensor, padding: int) -> nn.Conv2d:
        outputs, inputs, window, _ = weight.shape
        mode: dict[str, Any] = (
            {"pad_mode": "pad", "padding": padding} if padding else {"pad_mode": "valid"}
        )
        return nn.Conv2d(inputs, outputs, window, weight_init=weight, **mode)

    early, late = convolution(first, 2), convolution(second, 0)
    pool = nn.MaxPool2d(2, 2)

    def forward(x: Any, *_: Any) -> Any:
        x = pool(ops.relu(late(pool(ops.relu(early(x))))))
        x = x.reshape(x.shape[0], -1)
        x = ops.relu(x @ dense[0])
        x = ops.relu(x @ dense[1])
        return x @ dense[2]

    return forward


def _wide_product(x: Any, y: Any) -> Any:
    return x.astype(np.float32) @ y.astype(np.float32)


def _wide_turned(x: Any, y: Any) -> Any:
    return _wide_product(x, np.swapaxes(y, -1, -2))


_SMALL = ((), (0,), (1,), (7,), (33,), (1000,), (3, 5, 7), (200, 301))
_FLOATS = (dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16)


def small_cases() -> Iterator[Case]:
    """Give cases that say whether each kind of kernel is right, in odd shapes, and each dtype."""
    yield from _small_elementwise()
    yield from _small_reductions()
    yield from _small_rows()
    yield from _small_products()
    yield from _small_networks()


def _small_elementwise() -> Iterator[Case]:
    for shape in _SMALL:
        yield Case("relu(2x+y)", of.scaled_relu, (shape, shape))
    for dtype in _FLOATS:
        yield Case("tanh, sigmoid, exp", of.mixed, ((333,), (333,)), dtype)
        yield Case("where", of.chosen, ((130, 7), (130, 7)), dtype)
        yield Case("x+row", of.add, ((33, 65), (65,)), dtype)
        yield Case("x+column", of.add, ((33, 65), (33, 1)), dtype)
        yield Case("column+row", of.add, ((1000, 1), (1, 257)), dtype)
    for dtype in (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8):
        yield Case("integers", of.integers, ((1001,), (1001,)), dtype)
    yield Case("logic", of.logic, ((77, 3), (77, 3)), dtypes.bool_)
    yield Case("sin, cos in f64", of.sines, ((100,),), dtypes.float64)
    for shape in ((1, 1), (33, 65), (64, 64), (7, 1000), (1000, 7)):
        yield Case("transpose", of.transposed, (shape,))
    for dtype in (*_FLOATS, dtypes.int8):
        yield Case("transpose", of.transposed, ((130, 70),), dtype)
        yield Case("permute", of.permuted, ((5, 33, 17),), dtype)


def _small_reductions() -> Iterator[Case]:
    for shape in ((1, 1), (7, 3), (33, 1000), (1000, 33), (3, 100_003), (100_003, 3), (200, 300)):
        yield Case("sum of all", of.total, (shape,))
        yield Case("sums of rows", of.row_sums, (shape,))
        yield Case("sums of columns", of.column_sums, (shape,))
        yield Case("maxima of rows", of.row_maxima, (shape,))
        yield Case("argmax of rows", of.best_places, (shape,))
    yield Case("sum of nothing", of.total, ((0, 3),))
    yield Case("sum of all", of.total, ((1_000_003,),))
    yield Case("argmax of all", of.best_place, ((1_000_003,),))
    for dtype in (*_FLOATS, dtypes.int8, dtypes.int32, dtypes.int64):
        yield Case("sum of all", of.total, ((50, 333),), dtype)
        yield Case("max of all", of.greatest, ((50, 333),), dtype)
        yield Case("sums over the middle", of.middle_sums, ((5, 33, 70),), dtype)
        yield Case("argmax of rows", of.best_places, ((20, 77),), dtype)
    yield Case("any", of.any_row, ((20, 77),), dtypes.bool_)


def _small_rows() -> Iterator[Case]:
    for dtype in _FLOATS:
        for rows, columns in ((1, 1), (7, 33), (128, 1000), (3, 20_000)):
            yield Case("softmax", of.softmax, ((rows, columns),), dtype, spread=8)
        for shape in ((5, 64), (33, 1000), (4, 3, 257)):
            yield Case("layer norm", of.layer_norm, (shape, shape[-1:], shape[-1:]), dtype)


def _small_products() -> Iterator[Case]:
    for dtype in _FLOATS:
        for m, n, k in ((1, 1, 1), (7, 33, 5), (64, 64, 64), (200, 300, 500), (129, 130, 131)):
            yield Case("x @ y", of.product, ((m, k), (k, n)), dtype)
        yield Case("x @ y.T", of.product_turned, ((65, 100), (70, 100)), dtype)
        yield Case("batched", of.product, ((3, 33, 20), (3, 20, 50)), dtype)
        yield Case("x @ vector", of.product, ((33, 100), (100,)), dtype)
        yield Case("gelu(x @ w + b)", of.dense_gelu, ((100, 96), (96, 136), (136,)), dtype)
    for dtype in (dtypes.float16, dtypes.bfloat16):
        for m, n, k in ((128, 128, 128), (256, 384, 512), (136, 264, 72), (100, 100, 1000)):
            yield Case("x @ y", of.product, ((m, k), (k, n)), dtype)
    yield Case("x @ y", of.product, ((20, 30), (30, 40)), dtypes.int32)


def _small_networks() -> Iterator[Case]:
    shapes = ((17, 32), (32, 64), (64,), (64, 10), (10,))
    for dtype in (dtypes.float32, dtypes.bfloat16):
        yield Case("mlp", of.mlp, shapes, dtype)
        yield Case("attention", of.attention, ((2, 3, 33, 16),) * 3, dtype)
    yield Case("conv2d 3x3", of.product, ((2, 3, 9, 11), (5, 3, 3, 3)), layers=_convolved)
    yield Case("while", of.halving, ((100,),))
    yield _lenet_case(3)


def _lenet_case(images: int) -> Case:
    dense = ((400, 120), (120, 84), (84, 10))
    shapes = ((images, 1, 28, 28), (6, 1, 5, 5), (16, 6, 5, 5), *dense)
    timed = images > 100
    return Case(
        *("LeNet", of.product, shapes),
        torch=peer.lenet,
        layers=_lenet,
        spread=0.5,
        is_timed=timed,
        traffic=images * 28 * 28 * 4,
    )


def large_cases() -> Iterator[Case]:
    """Give cases that are timed."""
    n = 1 << 26
    yield Case(
        "relu(2x+y)", of.scaled_relu, ((n,), (n,)), torch=peer.relu, traffic=12 * n, is_timed=True
    )
    yield from _large_matrices(dtypes.float32)
    yield from _large_matrices(dtypes.bfloat16)
    for extent in (1024, 4096):
        yield _product(extent, dtypes.float32)
    for dtype in (dtypes.bfloat16, dtypes.float16):
        for extent in (1024, 4096, 8192):
            yield _product(extent, dtype)
    yield Case(
        *("x @ y.T", of.product_turned, ((4096, 4096),) * 2, dtypes.bfloat16),
        torch=peer.product_turned,
        work=2 * 4096**3,
        is_timed=True,
        reference=_wide_turned,
    )
    shapes = ((4096, 4096), (4096, 4096), (4096,))
    yield Case(
        *("gelu(x @ w + b)", of.dense_gelu, shapes, dtypes.bfloat16, peer.dense_gelu),
        work=2 * 4096**3,
        is_timed=True,
        spread=0.2,
    )
    yield from _large_networks()
    yield Case(
        "relu(2x+y)", of.scaled_relu, ((32, 32),) * 2, torch=peer.relu, traffic=1, is_timed=True
    )


def _large_matrices(dtype: DType) -> Iterator[Case]:
    extent = 8192
    shape, once = (extent, extent), extent * extent * dtype.itemsize

    def case(name: str, function: Function, torch: Function, traffic: int, *more: Any) -> Case:
        shapes = (shape, *more)
        return Case(name, function, shapes, dtype, torch, traffic, is_timed=True)

    yield case("x+row", of.add, peer.add, 2 * once, (extent,))
    yield case("sum of all", of.total, peer.total, once)
    yield case("max of all", of.greatest, peer.greatest, once)
    yield case("sums of rows", of.row_sums, peer.row_sums, once)
    yield case("sums of columns", of.column_sums, peer.column_sums, once)
    yield case("softmax", of.softmax, peer.softmax, 2 * once)
    yield case("layer norm", of.layer_norm, peer.layer_norm, 2 * once, (extent,), (extent,))
    yield case("transpose", of.transposed, peer.transposed, 2 * once)
    yield case("argmax of rows", of.best_places, peer.best_places, once)


def _product(extent: int, dtype: DType) -> Case:
    return Case(
        *("x @ y", of.product, ((extent, extent),) * 2, dtype, peer.product),
        work=2 * extent**3,
        is_timed=True,
        reference=_wide_product,
    )


def _large_networks() -> Iterator[Case]:
    for dtype in (dtypes.float32, dtypes.bfloat16):
        rows, width, inner = 4096, 1024, 4096
        shapes = ((rows, width), (width, inner), (inner,), (inner, width), (width,))
        yield Case(
            *("mlp", of.mlp, shapes, dtype, peer.mlp),
            work=4 * rows * width * inner,
            is_timed=True,
            spread=0.3,
        )
        shape = (4, 16, 1024, 64)
        yield Case(
            *("attention", of.attention, (shape,) * 3, dtype, peer.attention),
            work=4 * prod(shape) * shape[2],
            is_timed=True,
        )
    images, channels, extent = 32, 64, 56
    shape = (images, channels, extent, extent)
    yield Case(
        *("conv2d 3x3", of.product, (shape, (channels, channels, 3, 3))),
        torch=peer.convolved,
        work=2 * prod(shape) * channels * 9,
        is_timed=True,
        layers=_convolved,
        spread=0.5,
    )
    yield _lenet_case(256)
