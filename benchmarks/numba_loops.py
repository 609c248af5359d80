"""The loops that Numba compiles: what its users write for the cases."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

prange = range
"""Numba's own, once it compiles a function for several threads."""


def chain(x: Any, y: Any) -> Any:
    out = np.empty_like(x)
    for i in prange(x.size):
        a, b = x[i], y[i]
        z = a * b + np.float32(0.5)
        z = z * a - b
        z = z * np.float32(0.25) + a
        z = z * b - np.float32(0.125)
        out[i] = z * z + b
    return out


def exp(x: Any) -> Any:
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = math.exp(x[i])
    return out


def tanh(x: Any) -> Any:
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = math.tanh(x[i])
    return out


def gelu(x: Any) -> Any:
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = np.float32(0.5) * x[i] * (1 + math.erf(x[i] * np.float32(0.7071067811865476)))
    return out


def total(x: Any) -> Any:
    found = np.float32(0)
    for i in prange(x.size):
        found += x[i]
    return found


def greatest(x: Any) -> Any:
    found = np.float32(-np.inf)
    for i in prange(x.size):
        found = max(found, x[i])
    return found


def mean(x: Any) -> Any:
    found = np.float32(0)
    for i in prange(x.size):
        found += x[i]
    return found / np.float32(x.size)


def argmax(x: Any) -> Any:
    return np.argmax(x)


def softmax(x: Any) -> Any:
    out = np.empty_like(x)
    for i in prange(x.shape[0]):
        top = np.float32(-np.inf)
        for j in range(x.shape[1]):
            top = max(top, x[i, j])
        whole = np.float32(0)
        for j in range(x.shape[1]):
            power = math.exp(x[i, j] - top)
            out[i, j] = power
            whole += power
        for j in range(x.shape[1]):
            out[i, j] /= whole
    return out


def layer_norm(x: Any, gamma: Any, beta: Any) -> Any:
    out = np.empty_like(x)
    count = np.float32(x.shape[1])
    for i in prange(x.shape[0]):
        whole = np.float32(0)
        for j in range(x.shape[1]):
            whole += x[i, j]
        middle = whole / count
        spread = np.float32(0)
        for j in range(x.shape[1]):
            spread += (x[i, j] - middle) * (x[i, j] - middle)
        factor = np.float32(1) / math.sqrt(spread / count + np.float32(1e-5))
        for j in range(x.shape[1]):
            out[i, j] = (x[i, j] - middle) * factor * gamma[j] + beta[j]
    return out


def rms_norm(x: Any, gamma: Any) -> Any:
    out = np.empty_like(x)
    count = np.float32(x.shape[1])
    for i in prange(x.shape[0]):
        squares = np.float32(0)
        for j in range(x.shape[1]):
            squares += x[i, j] * x[i, j]
        factor = np.float32(1) / math.sqrt(squares / count + np.float32(1e-5))
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] * factor * gamma[j]
    return out


def recurrence(x: Any) -> Any:
    for _ in range(10_000):
        x = x * 0.999 + 0.1
    return x


def network(xs: Any, state: Any, inner: Any, outer: Any) -> Any:
    for step in range(xs.shape[0]):
        state = np.tanh(np.dot(xs[step], outer) + np.dot(state, inner))
    return state
