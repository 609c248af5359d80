"""Runs what the CPU runs on other machines too, where they are asked for, and compares.

With `FOLDAWAY_ASCEND=sim`, each program of the tests is compiled for Ascend, and its results must
be the CPU's: integers exactly, floats but for how the chip's functions round.
"""

import os

import numpy as np
import pytest

from foldaway.backends.ascend import programs
from foldaway.backends.ascend.driver import AscendDriver
from foldaway.passes.lower_products_to_tiles import tiled_kernel
from foldaway.pipeline import lower_segment, lower_tensors_to_buffers

RELATIVE = {"float32": 1e-5, "float16": 2e-3, "bfloat16": 1.6e-2}
"""Of results, by their dtype: 1e-5, or what rounding a few times gives."""


def ascend_driver(chip="Ascend910B1"):
    return AscendDriver(
        lower_tensors_to_buffers, lambda function, _, shrink: tiled_kernel(function, shrink), chip
    )


def executables(module, name, signature):
    """Return the program for each other machine that the environment names."""
    if os.environ.get("FOLDAWAY_ASCEND") != "sim":
        return []
    if not programs.is_installed():
        pytest.skip("FOLDAWAY_ASCEND=sim, and the compiler for Ascend isn't installed")
    lower_segment(module, "ascend")
    return [ascend_driver().compile(module, name, signature)]


def check_close(got, wanted):
    """Check the results of a machine against those of the CPU."""
    for one, (result, right) in enumerate(zip(got, wanted, strict=True)):
        assert (result.shape, result.dtype) == (right.shape, right.dtype)
        relative = RELATIVE.get(right.dtype.name)
        if relative is None:
            np.testing.assert_array_equal(result, right, f"result {one}")
            continue
        result, right = result.astype(np.float64), right.astype(np.float64)
        # Sums of what cancels out are as exact as their terms, which are about as large as most.
        sizes = np.abs(right[np.isfinite(right)])
        usual = float(np.median(sizes)) if sizes.size else 0.0
        np.testing.assert_allclose(
            result, right, relative, relative * usual, err_msg=f"result {one}"
        )
