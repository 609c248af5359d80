"""Convolutions in NCHW, 64 channels to 64, of images of 56x56."""

from __future__ import annotations

from typing import Any

import numpy as np

from foldaway import nn

from .case import OURS, Call, Case, Problem
from .draws import uniform
from .peers import contenders, load, tensors


def _build(groups: int, images: int, channels: int, extent: int, window: int) -> Problem:
    x = uniform(images, channels, extent, extent)
    within = channels if groups == 1 else 1
    weight = uniform(channels, within, window, window, seed=1, spread=0.2)

    def ours() -> Call:
        image, start = tensors(x, weight)
        cell = nn.Conv2d(channels, channels, window, group=groups, weight_init=start)
        return Call(cell, (image,))

    def jaxed(_: Any, x: Any, weight: Any) -> Any:
        lax = load("jax").lax
        return lax.conv_general_dilated(x, weight, (1, 1), "SAME", feature_group_count=groups)

    def functional(torch: Any, x: Any, weight: Any) -> Any:
        padding = window // 2
        return torch.nn.functional.conv2d(x, weight, padding=padding, groups=groups)

    return Problem(
        reference=lambda: convolution(x, weight, groups),
        contenders={OURS: ours, **contenders((x, weight), jax=jaxed, torch=functional)},
        tolerance=1e-4,
        traffic=4 * (2 * x.size + weight.size),
        work=2 * images * extent * extent * weight.size,
    )


def convolution(x: Any, weight: Any, groups: int) -> Any:
    """Return the convolution that keeps the extents, in float64."""
    edge = weight.shape[-1] // 2
    framed = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, weight.shape[2:], (2, 3))
    if groups > 1:
        return np.einsum("nchwij,cij->nchw", windows, weight[:, 0])
    return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)


def _dense(images: int, channels: int, extent: int, window: int) -> Problem:
    return _build(1, images, channels, extent, window)


def _one_by_one(images: int, channels: int, extent: int) -> Problem:
    return _build(1, images, channels, extent, 1)


def _depthwise(images: int, channels: int, extent: int, window: int) -> Problem:
    return _build(channels, images, channels, extent, window)


CASES = [
    case
    for images in (1, 8)
    for case in (
        Case(f"conv2d 3x3 batch {images}", _dense, (images, 64, 56, 3), {"best": 1.1}),
        Case(f"conv2d 1x1 batch {images}", _one_by_one, (images, 64, 56), {"best": 1.1}),
        Case(f"conv2d depthwise batch {images}", _depthwise, (images, 64, 56, 3), {"best": 1.1}),
    )
]
