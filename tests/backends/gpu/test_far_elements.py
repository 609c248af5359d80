"""Tensors of more than 2³¹ elements: each thread touches what it should, or there is no kernel."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg.ops import GenericOp

from foldaway.dialects import simt

from .families import CASES, Case
from .one_thread import OneThread

Shape = tuple[int, ...]


def _kernels(module: ModuleOp) -> list[simt.KernelOp]:
    return [op for op in module.ops if isinstance(op, simt.KernelOp)]


def _some_threads(kernel: simt.KernelOp) -> Iterator[OneThread]:
    """Give the first and last threads of the grid, and some between."""
    draw = np.random.default_rng(0)
    blocks = kernel.grid.get_values()[0]
    assert blocks < 1 << 31
    some = {0, 1, blocks // 2, blocks - 2, blocks - 1, *map(int, draw.integers(0, blocks, 3))}
    for block in sorted(some & set(range(blocks))):
        for thread in {0, kernel.threads // 2 + 1, kernel.threads - 1}:
            yield OneThread(kernel, block, thread)


def _on_host(module: ModuleOp) -> list[str]:
    ops = (op for op in module.walk() if isinstance(op, GenericOp))
    return [str(op.attributes["on_host"]) for op in ops]


def _check(module: ModuleOp, elements: int, results: int, place: Callable[[int], Any]) -> None:
    """Hold that what is read and written is there, at the place of a result that `place` says."""
    (kernel,) = _kernels(module)
    assert not _on_host(module)
    last = len(kernel.body.block.args) - 1
    written: set[int] = set()
    for thread in _some_threads(kernel):
        indices = thread.written[last]
        assert all(0 <= index < results for index in indices)
        assert written.isdisjoint(indices)
        written |= set(indices)
        for number, read in thread.read.items():
            if number != last and elements:
                assert all(0 <= index < elements for index in read)
                for index in indices:
                    assert place(index) in read
    assert 0 in written


SAME = [
    ((70000, 70000), "float32"),
    ((70001, 70001), "int8"),
    ((70001, 30001), "bfloat16"),
    ((3, 1 << 30), "bfloat16"),
    ((1 << 31,), "float32"),
    ((1 << 17, 1 << 17), "uint8"),
    ((1000, 5000, 999), "float32"),
]


def _module(shapes: tuple[Shape, ...], build: Callable[..., Any], dtype: str) -> ModuleOp:
    return Case(shapes, build, np.add).module(dtype)


@pytest.mark.parametrize(("shape", "dtype"), SAME)
def test_elementwise(shape: Shape, dtype: str):
    module = _module((shape,), lambda to, x: to.binary("add", x, x), dtype)
    if not _on_host(module):
        size = int(np.prod(shape, dtype=object))
        _check(module, size, size, lambda index: index)


def test_what_cant_be_counted_is_refused():
    module = _module(((1 << 33,),), lambda to, x: to.binary("add", x, x), "int8")
    assert not _kernels(module)
    (reason,) = _on_host(module)
    assert "rounds" in reason


def test_neighbours_are_one_access_where_all_can_be_counted():
    module = _module(((70000, 70000),), lambda to, x: to.binary("add", x, x), "float32")
    (load,) = {len(op.values) for op in module.walk() if isinstance(op, simt.LoadOp)}
    assert load == 4


@pytest.mark.parametrize("shape", [(70000, 70000), (1 << 20, 4099), (50001, 65537)])
def test_transposes(shape: Shape):
    module = _module((shape,), lambda to, x: to.transpose(x, (1, 0)), "float32")
    rows, columns = shape
    assert "simt.barrier" in {op.name for op in module.walk()}
    (kernel,) = _kernels(module)
    for thread in _some_threads(kernel):
        for number, found in ((0, thread.read[0]), (1, thread.written[1])):
            assert all(0 <= index < rows * columns for index in found), number


@pytest.mark.parametrize("shape", [(1 << 27, 40), (1 << 24, 257)])
@pytest.mark.parametrize("axis", [0, 1])
def test_reductions(shape: Shape, axis: int):
    shape = shape if axis else shape[::-1]
    module = _module((shape,), lambda to, x: to.reduce("max", x, (axis,)), "float32")
    (kernel,) = _kernels(module)
    rows, columns = shape
    inner = columns if axis == 0 else 1
    seen: set[int] = set()
    for thread in _some_threads(kernel):
        read, written = thread.read[0], thread.written[1]
        assert all(0 <= index < rows * columns for index in read)
        assert all(0 <= index < shape[1 - axis] for index in written)
        of = {index % inner if axis == 0 else index // columns for index in read}
        assert len(of) == 1
        assert of.issuperset(written)
        seen |= set(written)
    assert len(seen) > 2


def test_softmax_of_many_rows():
    rows = 1 << 27
    module = _module(((rows, 32),), CASES["softmax of rows"].build, "float32")
    (kernel,) = _kernels(module)
    for thread in _some_threads(kernel):
        found = thread.read[0] + thread.written[1]
        assert all(0 <= index < rows * 32 for index in found)
        assert len({index // 32 for index in found}) == 1


def test_copies_of_tiles_that_end_beyond_2_to_the_31():
    shapes = ((3, 1 << 29), (1 << 29, 5))
    module = _module(shapes, lambda to, x, y: to.matmul(x, y), "float32")
    copies = [op for op in module.walk() if isinstance(op, simt.AsyncCopyOp)]
    assert {str(op.source_index.type) for op in copies} == {"i64"}


@pytest.mark.parametrize("build", [
    lambda to, x: to.reduce("sum", x, (0,)),
    lambda to, x: to.argreduce("max", x, 0),
    lambda to, x: to.slice(x, (0,), (1 << 33,), (2,)),
])  # fmt: skip
def test_no_family_counts_too_far(build: Callable[..., Any]):
    assert _on_host(_module(((1 << 34,),), build, "int8"))
