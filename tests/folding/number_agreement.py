"""What tests of run-time numbers share: sameness of results, and functions made of a text."""

import linecache

import numpy as np

import foldaway
from foldaway import Tensor

X = Tensor([1.0, 2.0, 3.0])


def same(a, b):
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        left, right = a.asnumpy(), b.asnumpy()
        if a.dtype is foldaway.bfloat16:
            left, right = left.astype(np.float32), right.astype(np.float32)
        return a.dtype is b.dtype and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    return type(a) is type(b) and repr(a) == repr(b)


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def made_of(text):
    """Return a function of `x` and `n` that gives what an expression gives."""
    name, source = f"<{text}>", f"def f(x, n):\n    return {text}\n"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    namespace = {}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]
