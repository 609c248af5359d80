"""Shapes of convolutions, in both orders of their axes."""

from __future__ import annotations

from collections.abc import Sequence

LAYOUTS = ("first", "last")
"""Where the axis of channels is: behind that of images, or behind all others."""


def window_axes(rank: int, channels: str) -> range:
    """Return the axes along which a window moves over a tensor of that rank."""
    return range(2, rank) if channels == "first" else range(1, rank - 1)


def channel_axis(rank: int, channels: str) -> int:
    """Return the axis of the channels."""
    return 1 if channels == "first" else rank - 1


def convolution_shape(
    image: Sequence[int],
    weight: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    groups: int,
    channels: str,
) -> tuple[int, ...]:
    """Return the shape of a convolution.

    Raises `ValueError` for tensors without an axis to move along, for strides, dilations or groups
    that don't fit or aren't positive, for channels that aren't those of the groups' weights, and
    for a window that has no elements or is larger than the image.
    """
    rank, axis = len(image), channel_axis(len(image), channels)
    if rank < 3 or len(weight) != rank:
        raise ValueError(f"no window of shape {tuple(weight)} moves over shape {tuple(image)}")
    if not len(strides) == len(dilations) == rank - 2:
        raise ValueError("a stride and a dilation are needed for each axis of the window")
    if min((*strides, *dilations, groups)) < 1:
        raise ValueError("strides, dilations and groups must be positive")
    if image[axis] != weight[axis] * groups:
        wanted = f"{weight[axis] * groups} channels"
        raise ValueError(f"an image of shape {tuple(image)} doesn't have {wanted}")
    if weight[0] % groups:
        raise ValueError(f"{groups} groups can't share {weight[0]} channels")
    result = list(image)
    result[axis] = weight[0]
    for place, stride, dilation in zip(
        window_axes(rank, channels), strides, dilations, strict=True
    ):
        reach = (weight[place] - 1) * dilation + 1
        if not 0 < reach <= image[place]:
            raise ValueError(f"an image of shape {tuple(image)} is smaller than the window")
        result[place] = (image[place] - reach) // stride + 1
    return tuple(result)
