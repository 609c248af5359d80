"""How tests make a function that LAX may leave to Python, and what they call it with."""

import time

import numpy as np

import foldaway

X = np.array([1.0, 2.0, 3.0], np.float32)


def lax(function):
    return foldaway.jit(function, fullgraph=False)


def needs_python(x):
    return x + int(time.time() > 0)
