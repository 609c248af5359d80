"""Vector kernels in tiles that we choose, for what the vendor's compiler plans too large."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from xdsl.dialects import func
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from .kernel_body import KernelBody
from .kernel_groups import Axes, Group, group_ops
from .kernel_kinds import Kind
from .merged_axes import MergedAxes
from .tile_memory import Extent
from .tiled_program import TiledProgram

_ELEMENTS = 8192
"""Elements of the largest tile: half a dozen of them in f32 fill the chip's memory."""


_ALONE = 16
"""Elements of the tile that a single one lies in: the vendor's compiler can't store one byte."""


def tiled_vectors(function: func.FuncOp, name: str, shrink: int) -> ModuleOp | None:
    """Return a kernel of arithmetic, broadcasts and reductions whose programs take some rows each.

    `shrink` is how often the largest tile is halved. None for what can't be cut in rows, or not
    into so few.
    """
    group = next(g for g in group_ops(function.body.block).groups if g.kind is not Kind.HOST)
    if group.kind is Kind.MOVE:
        return None
    merged = MergedAxes(group.space, group.axes.values())
    if any(0 not in merged.of(axes) for axes in _computed(function, group)):
        return None
    extents = merged.shape(merged.of(group.all))
    rows = (_ELEMENTS >> shrink) // prod(extents[1:])
    if rows < 1:
        return None
    least = _ALONE if prod(extents) == 1 else 1
    return _TiledVectors(function, group, merged, max(least, min(rows, extents[0]))).kernel(name)


def _computed(function: func.FuncOp, group: Group) -> list[Axes]:
    """Return the axes of all that a kernel computes."""
    return [axes for value, axes in group.axes.items() if value not in function.body.block.args]


@dataclass(frozen=True)
class _Rows:
    """The frame of a tile: some rows of the merged space."""

    merged: MergedAxes
    rows: int

    def of(self, axes: Axes) -> Axes:
        return self.merged.of(axes)

    def shape(self, axes: Axes) -> tuple[int, ...]:
        return tuple(
            size if axis else self.rows
            for axis, size in zip(axes, self.merged.shape(axes), strict=True)
        )


class _TiledVectors(TiledProgram):
    def __init__(self, function: func.FuncOp, group: Group, merged: MergedAxes, rows: int) -> None:
        super().__init__(function, group.ops[0].location)
        self.group = group
        self.merged = merged
        self.rows = rows

    def kernel(self, name: str) -> ModuleOp:
        """Return the module of the kernel."""
        extents = self.merged.shape(self.merged.of(self.group.all))
        grid = -(-extents[0] // self.rows)
        start = self.to.times(self.number(), self.rows) if grid > 1 else None
        first = self.to.part(extents[0], self.rows, start)
        self.parts = [first, *(Extent(n, n, None, None) for n in extents[1:])]
        frame = _Rows(self.merged, self.rows)
        body = KernelBody(self.to, self.group.axes, self.group.all, frame)
        for value in self.old.args:
            body.values[value] = self.read(value, None, self._axes(body, value))
        for op in self.old.ops:
            if op is not self.end:
                body.write(op)
        self.to.location = self.end.location
        for value, memory in zip(self.end.operands, self.outputs, strict=True):
            self.write(body.values[value], memory, None, self._axes(body, value))
        return self.module(name, "aiv", grid)

    def _axes(self, body: KernelBody, value: SSAValue) -> list[Extent]:
        return [self.parts[axis] for axis in body.axes_of(value)]
