"""The numbers that cases compute with, the same in each process."""

from __future__ import annotations

from typing import Any

import numpy as np


def uniform(*shape: int, seed: int = 0, spread: float = 1.0) -> Any:
    """Return float32 numbers drawn evenly between -spread and spread."""
    drawn = np.random.default_rng(seed).random(shape, np.float32)
    return (drawn * 2 - 1) * np.float32(spread)


def weights(inputs: int, outputs: int, seed: int) -> Any:
    """Return a matrix that keeps the size of what is multiplied with it."""
    return uniform(inputs, outputs, seed=seed, spread=(3 / max(inputs, 1)) ** 0.5)
