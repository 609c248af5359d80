"""What a machine whose floats round otherwise than the CPU's must give: nearly the same."""

import numpy as np

from foldaway.backends.ascend.driver import AscendDriver
from foldaway.pipeline import run_passes

RELATIVE = {"float32": 1e-5, "float16": 2e-3, "bfloat16": 1.6e-2}
"""Of results, by their dtype: 1e-5, or what rounding a few times gives."""


def ascend_driver(chip="Ascend910B1"):
    return AscendDriver(run_passes, chip)


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
