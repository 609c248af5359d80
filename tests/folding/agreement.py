"""What tests of compiled programs share: an argument, and when two results are the same."""

import numpy as np

from foldaway import CompileError, Tensor

X = Tensor([1.0, 2.0, 3.0])


def same(a, b):
    """Return whether two results are of one type and one value, through and through."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Tensor):
        return (
            a.dtype is b.dtype
            and a.shape == b.shape
            and np.allclose(a.asnumpy(), b.asnumpy(), equal_nan=True)
        )
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return a == b


def outcome(function, *arguments):
    """Return whether a call returns or raises, and what; a refusal to compile goes through."""
    try:
        return "returned", function(*arguments)
    except CompileError:
        raise
    except Exception as error:
        return "raised", type(error).__name__, str(error)
