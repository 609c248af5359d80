"""A function whose workspace is in large pages computes what another does."""

import numpy as np

import foldaway
from foldaway import Tensor, ops


@foldaway.jit
def turned_product(x, w):
    return ops.transpose(x @ w, (1, 0))


def test_more_than_c_keeps():
    rng = np.random.default_rng(0)
    x, w = (rng.normal(size=shape).astype(np.float32) for shape in ((2100, 3), (3, 4100)))
    for _ in range(2):
        found = turned_product(Tensor(x), Tensor(w)).asnumpy()
        np.testing.assert_allclose(found, (x @ w).T, rtol=1e-5, atol=1e-5)
