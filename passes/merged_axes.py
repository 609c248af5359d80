"""Axes of a space that can be one: kernels have as few as they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def merged_permutation(shape: tuple[int, ...], order: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return a transposition with neighbours that stay together as one axis: extents and order.

    Axes of one element are left out.
    """
    runs: list[list[int]] = []
    for axis in order:
        if shape[axis] == 1:
            continue
        if runs and all(shape[between] == 1 for between in range(runs[-1][-1] + 1, axis)):
            if axis > runs[-1][-1]:
                runs[-1].append(axis)
                continue
        runs.append([axis])
    found = sorted(runs)
    return [prod(shape[axis] for axis in run) for run in found], [found.index(run) for run in runs]


def transposition_steps(order: Sequence[int]) -> list[list[int]]:
    """Return transpositions that do one after the other what one of merged axes does.

    Each is one step of the device, which swaps two blocks of neighbours, or turns three axes
    around. What the vendor's compiler makes of several at once isn't kept apart.
    """
    if len(order) <= 3 or list(order) == [0, 2, 1, 3]:
        return [list(order)]
    steps: list[list[int]] = []
    now = list(range(len(order)))
    for place, axis in enumerate(order):
        at = now.index(axis)
        if at > place:
            step = list(range(len(order)))
            step.insert(place, step.pop(at))
            now.insert(place, now.pop(at))
            steps.append(step)
    return steps
