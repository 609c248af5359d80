"""The data that parameters start with.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.common.initializer.html>.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import DType
from foldaway.runtime.arrays import as_dtype
from foldaway.runtime.construction import Initial
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tracing import before_effect

from .creation import full

Shape = tuple[int, ...]
Draw = Callable[[Shape], Any]

_state: list[np.random.Generator] = []
_seeds: list[int | None] = [None]


def set_seed(seed: int) -> None:
    """Make what is drawn from now on the same in each run.

    Raises `ValueError` for a negative seed.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.set_seed.html>.
    """
    before_effect("set_seed()")
    _state[:] = [np.random.default_rng(seed)]
    _seeds[0] = seed


def get_seed() -> int | None:
    """Return what `set_seed` was last told, None before the first time."""
    return _seeds[0]


def _generator() -> np.random.Generator:
    """Return what numbers are drawn from; `numpy.random` takes long to load, few programs draw."""
    if not _state:
        _state.append(np.random.default_rng())
    return _state[0]


def initializer(
    init: str | float | Tensor | Initial | type[Initial],
    shape: int | Sequence[int],
    dtype: object = dtypes.float32,
) -> Tensor:
    """Return a tensor to start with: a number, a tensor, or numbers drawn as a name or class says.

    The names are zeros, ones, normal, uniform, xavier_uniform and he_uniform.
    Raises `ValueError` for another name and for a tensor of another shape.
    """
    extents = (shape,) if isinstance(shape, int) else tuple(shape)
    kind = as_dtype(dtype)
    if isinstance(init, Tensor):
        if init.shape != extents:
            raise ValueError(f"the initial data have shape {init.shape}, not {extents}")
        return init.astype(kind)
    if isinstance(init, type):
        init = init()
    if isinstance(init, Initial):
        return _drawn(init.draw, extents, kind)
    if not isinstance(init, str):
        return full(extents, init, dtype=kind)
    if init in ("zeros", "zero", "ones", "one"):
        return full(extents, int(init.startswith("one")), dtype=kind)
    draw = _DRAWS.get(init.lower().replace("_", ""))
    if draw is None:
        raise ValueError(f"there is no initializer {init!r}")
    return _drawn(draw, extents, kind)


def uniform(limit: float, shape: Shape, dtype: DType = dtypes.float32) -> Tensor:
    """Return numbers drawn evenly between -limit and limit."""
    return _drawn(lambda extents: _generator().uniform(-limit, limit, extents), shape, dtype)


def _drawn(draw: Draw, shape: Shape, dtype: DType) -> Tensor:
    before_effect("drawing random numbers")
    return Tensor(np.asarray(draw(shape), np.float32), dtype)


def _fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs and outputs one element of a layer's weight has."""
    if len(shape) < 2:
        raise ValueError("fan in and fan out need a weight of two axes or more")
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def _xavier_uniform(shape: Shape) -> Any:
    limit = math.sqrt(6 / sum(_fans(shape)))
    return _generator().uniform(-limit, limit, shape)


def _he_uniform(shape: Shape) -> Any:
    limit = math.sqrt(6 / _fans(shape)[0])
    return _generator().uniform(-limit, limit, shape)


_DRAWS: dict[str, Draw] = {
    "normal": lambda shape: _generator().normal(0, 0.01, shape),
    "uniform": lambda shape: _generator().uniform(-0.07, 0.07, shape),
    "xavieruniform": _xavier_uniform,
    "heuniform": _he_uniform,
}


class Constant(Initial):
    """One number."""

    def __init__(self, value: float):
        self.value = value

    def draw(self, shape: Shape) -> Any:
        """Return an array full of the number."""
        return np.full(shape, self.value)


class One(Constant):
    """Ones."""

    def __init__(self) -> None:
        super().__init__(1)


class Zero(Constant):
    """Zeros."""

    def __init__(self) -> None:
        super().__init__(0)


class Normal(Initial):
    """Numbers drawn from a normal distribution."""

    def __init__(self, sigma: float = 0.01, mean: float = 0.0):
        self.sigma = sigma
        self.mean = mean

    def draw(self, shape: Shape) -> Any:
        """Return drawn numbers."""
        return _generator().normal(self.mean, self.sigma, shape)


class TruncatedNormal(Normal):
    """Numbers drawn from a normal distribution, those far from the mean drawn again."""

    def __init__(self, sigma: float = 0.01, mean: float = 0.0, a: float = -2.0, b: float = 2.0):
        super().__init__(sigma, mean)
        self.a = a
        self.b = b

    def draw(self, shape: Shape) -> Any:
        """Return drawn numbers, between `a` and `b` standard deviations from the mean."""
        drawn = _generator().normal(0, 1, shape)
        while ((drawn < self.a) | (drawn > self.b)).any():
            again = _generator().normal(0, 1, shape)
            drawn = np.where((drawn < self.a) | (drawn > self.b), again, drawn)
        return drawn * self.sigma + self.mean


class Uniform(Initial):
    """Numbers drawn evenly between -scale and scale."""

    def __init__(self, scale: float = 0.07):
        self.scale = scale

    def draw(self, shape: Shape) -> Any:
        """Return drawn numbers."""
        return _generator().uniform(-self.scale, self.scale, shape)


class XavierUniform(Initial):
    """Numbers drawn evenly, in a range that fits the numbers of inputs and outputs."""

    def __init__(self, gain: float = 1):
        self.gain = gain

    def draw(self, shape: Shape) -> Any:
        """Return drawn numbers."""
        return _xavier_uniform(shape) * self.gain


class HeUniform(Initial):
    """Numbers drawn evenly, in a range that fits the number of inputs."""

    def draw(self, shape: Shape) -> Any:
        """Return drawn numbers."""
        return _he_uniform(shape)
