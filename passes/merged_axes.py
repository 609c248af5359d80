"""Axes of a space that can be one: kernels have as few as they need."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from .kernel_groups import Axes


class MergedAxes:
    """The axes that are left of a space when neighbours that always occur together are one.

    Axes of one element are left out. A space of one element has one axis.
    """

    def __init__(self, space: tuple[int, ...], used: Iterable[Axes]) -> None:
        sets = [set(axes) for axes in used]
        self.runs: list[list[int]] = []
        for axis, extent in enumerate(space):
            if extent == 1:
                continue
            last = self.runs[-1][-1] if self.runs else None
            if last is not None and all((last in axes) == (axis in axes) for axes in sets):
                self.runs[-1].append(axis)
            else:
                self.runs.append([axis])
        self.extents = tuple(prod(space[axis] for axis in run) for run in self.runs)
        self.is_scalar = not self.runs

    def of(self, axes: Axes) -> Axes:
        """Return the merged axes that some axes are."""
        if self.is_scalar:
            return (0,)
        return tuple(n for n, run in enumerate(self.runs) if run[0] in axes)

    def shape(self, axes: Axes) -> tuple[int, ...]:
        """Return the shape of a tensor that has these merged axes."""
        return (1,) if self.is_scalar else tuple(self.extents[axis] for axis in axes)
