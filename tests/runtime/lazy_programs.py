"""Programs run eagerly and lazily, and compared."""

import numpy as np

from foldaway import Tensor
from foldaway.lazy_function import LazyFunction


def lazily(function, *args):
    """Return what a function gives when it runs lazily, and its report."""
    lazy = LazyFunction(function)
    return lazy.run(args, {}), lazy.report


def data(value):
    """Return a result with arrays in the place of tensors, deeply."""
    if isinstance(value, Tensor):
        return value.asnumpy().copy()
    if isinstance(value, tuple | list):
        return [data(item) for item in value]
    return value


def same(a, b):
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and a == b


def check(function, *arrays, expected=None):
    """Run a function eagerly and lazily on tensors of the arrays; compare, also with a value."""
    eager = data(function(*map(Tensor, arrays)))
    result, report = lazily(function, *map(Tensor, arrays))
    assert same(data(result), eager)
    if expected is not None:
        np.testing.assert_array_equal(data(result), expected)
    return report
