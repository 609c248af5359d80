"""Kernels that don't end, text that can't run, and launches that don't fit."""

import numpy as np
import pytest

from foldaway.backends.gpu import ptx_errors
from foldaway.backends.gpu.ptx_launch import run_ptx

from . import llvm_kernels
from .literal_ptx import kernel_text, line_of, run
from .llvm_kernels import emit

X = np.arange(64, dtype=np.float32)


def test_a_loop_without_an_end():
    text = kernel_text("again: add.s32 %r2, %r1, 1;\nbra again;")
    with pytest.raises(ptx_errors.EndlessLoop) as e:
        run_ptx(text, "k", [X], (1,), (32,), max_steps=1000)
    assert e.value.line in (line_of(text, "again: "), line_of(text, "bra again"))


def test_a_trap():
    with pytest.raises(ptx_errors.KernelTrap):
        run("setp.eq.u32 %p1, %r1, 9;\n@%p1 trap;", X)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("wgmma.fence.sync.aligned;", ptx_errors.UnsupportedPtx),
        ("cp.async.bulk.commit_group;", ptx_errors.UnsupportedPtx),
        ("add.s32 %r2, %r1;", ptx_errors.PtxSyntaxError),
        ("add.s32 %r2, %r1, %unknown;", ptx_errors.UnsupportedPtx),
        ("bra nowhere;", ptx_errors.PtxSyntaxError),
        ("add.s32 %r2, %r1, ?;", ptx_errors.PtxSyntaxError),
        ("add.s64 %d2, %r1, 1;", ptx_errors.PtxSyntaxError),
    ],
)
def test_text_that_cannot_run(body, error):
    with pytest.raises(error) as e:
        run(f"mov.b32 %r9, 0;\n{body}", X)
    assert e.value.line == line_of(kernel_text(f"mov.b32 %r9, 0;\n{body}"), body)


@pytest.mark.parametrize(
    ("arguments", "grid", "block"),
    [([X], (1,), (32,)), ([X, X, 1.0, 4, 5], (1,), (32,)), ([X, X, 1.0, np.int64(4)], (1,), (32,)),
     ([X, X, 1.0, 4], (0,), (32,)), ([X, X, 1.0, 4], (1,), (1025,))],
)  # fmt: skip
def test_launches_that_do_not_fit(arguments, grid, block):
    with pytest.raises(ptx_errors.WrongLaunch):
        run_ptx(emit(llvm_kernels.ELEMENTWISE), "scale", arguments, grid, block)
