"""Kernels whose programs compute a tile each, in the form of Triton's compiler for Ascend."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import arith, func
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    ArrayAttr,
    DictionaryAttr,
    FunctionType,
    IntegerAttr,
    LocationAttr,
    MemRefType,
    ModuleOp,
    StringAttr,
    i1,
    i8,
    i32,
    i64,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Block, Region, SSAValue

from ..dialects.hacc import ArgType, ArgTypeAttr
from .device_elements import cast_element
from .launches import set_grid
from .scalar_ops import INDEX
from .structured_ops import element_of
from .tile_memory import Extent, TileOps

_SCRATCH, _PLACE = 2, 6
"""Parameters before and after those for tensors: lock and workspace; the grid and the program."""


class TiledProgram:
    """A kernel on flat memory while it is written from a function of tensors.

    Its parameters are memory for locks and scratch, then one for each parameter and each result
    of the function, then three extents of the grid and three numbers of the program in it.
    """

    def __init__(self, function: func.FuncOp, location: LocationAttr) -> None:
        self.function = function
        self.old = function.body.block
        end = self.old.last_op
        assert end is not None
        self.end = end
        tensors = [*self.old.args, *end.operands]
        flat: list[Attribute] = [MemRefType(_stored(v), [DYNAMIC_INDEX]) for v in tensors]
        scratch: list[Attribute] = [MemRefType(i8, [DYNAMIC_INDEX])] * _SCRATCH
        self.block = Block(arg_types=[*scratch, *flat, *[i32] * _PLACE])
        self.to = TileOps(self.block, location)
        given = self.block.args[_SCRATCH:]
        self.memory: dict[SSAValue, SSAValue] = dict(zip(self.old.args, given, strict=False))
        self.outputs = given[len(self.old.args) : len(tensors)]
        for before, after in self.memory.items():
            after.name_hint = before.name_hint

    def module(self, name: str, mode: str, grid: int) -> ModuleOp:
        """Return the module of the kernel; `mode` says which units it uses."""
        end = func.ReturnOp()
        end.location = self.end.location
        self.block.add_op(end)
        types = FunctionType.from_lists(list(self.block.arg_types), [])
        made = func.FuncOp(name, types, Region(self.block), arg_attrs=self._roles())
        made.attributes |= {
            "SyncBlockLockArgIdx": IntegerAttr(0, i64),
            "WorkspaceArgIdx": IntegerAttr(1, i64),
            "global_kernel": StringAttr("local"),
            "mix_mode": StringAttr(mode),
            "parallel_mode": StringAttr("simd"),
        }
        made.location = self.function.location
        module = ModuleOp([made], sym_name=StringAttr(name))
        set_grid(module, grid)
        return module

    def number(self) -> SSAValue:
        """Append the number of the program in the grid."""
        return self.to.scalars().emit(arith.IndexCastOp, INDEX, self.block.args[-3])

    def read(self, value: SSAValue, base: SSAValue | None, axes: Sequence[Extent]) -> SSAValue:
        """Append a tile of a parameter; without axes it is one element."""
        memory = self.memory[value]
        if axes:
            tile = self.to.load(memory, base, axes)
        else:
            tile = self._filled(self.to.load_scalar(memory, base))
        return cast_element(self.to, tile, i1) if element_of(value) == i1 else tile

    def write(
        self, tile: SSAValue, memory: SSAValue, base: SSAValue | None, axes: Sequence[Extent]
    ) -> None:
        """Append the write of a tile of a result."""
        if element_of(tile) == i1:
            tile = cast_element(self.to, tile, i8)
        self.to.store(tile, memory, base, axes)

    def _roles(self) -> ArrayAttr[DictionaryAttr]:
        scratch = [
            DictionaryAttr({"hacc.arg_type": ArgTypeAttr(kind)})
            for kind in (ArgType.LOCK, ArgType.WORKSPACE)
        ]
        count = len(self.block.args) - _SCRATCH - _PLACE
        aligned = DictionaryAttr({"tt.divisibility": IntegerAttr(16, i32)})
        return ArrayAttr([*scratch, *[aligned] * count, *[DictionaryAttr({})] * _PLACE])

    def _filled(self, number: SSAValue) -> SSAValue:
        """Append a tensor without axes that has a scalar."""
        empty = self.to.empty(number.type, ())
        fill = linalg.FillOp([number], [empty], [empty.type])
        fill.location = self.to.location
        return self.to.add(fill)


def _stored(value: SSAValue) -> Attribute:
    """Return the element type that a tensor has in memory: a bool takes a byte."""
    element = element_of(value)
    return i8 if element == i1 else element
