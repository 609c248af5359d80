"""What tests of MindSpore's names call them with, and whether two answers are the same."""

import numpy as np

from foldaway import Tensor

X = Tensor(np.array([1.0, 2.0, 3.0]))


def same(a, b):
    if isinstance(a, Tensor):
        return isinstance(b, Tensor) and a.dtype is b.dtype and a.tolist() == b.tolist()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b
