"""Cells that hold cells in order.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.nn.html>.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from .nn_cell import Cell


class CellList(Cell):
    """Cells in order, like a list: index, slice, append, iterate. It can't be called."""

    def __init__(self, *args: Cell | Iterable[Cell]):
        super().__init__()
        self.extend(_cells_in(args))

    def append(self, cell: Cell) -> CellList:
        """Add a cell at the end; returns the list."""
        self.insert_child_to_cell(str(len(self)), cell)
        return self

    def extend(self, cells: Iterable[Cell]) -> CellList:
        """Add cells at the end; returns the list."""
        for cell in cells:
            self.append(cell)
        return self

    def __getitem__(self, index: int | slice) -> Any:
        """Return a cell, or for a slice the same kind of container with those cells."""
        cells = list(self._cells.values())
        return type(self)(*cells[index]) if isinstance(index, slice) else cells[index]

    def __setitem__(self, index: int, cell: Cell) -> None:
        """Put a cell in the place of another."""
        names = list(self._cells)
        self._cells[names[index]] = cell
        self.__dict__[names[index]] = cell

    def __len__(self) -> int:
        return len(self._cells)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells.values())


class SequentialCell(CellList):
    """Cells that are called one after the other, each with what the one before returned.

    Made of cells, of a list of cells, or of a dictionary from names to cells.
    """

    def __init__(self, *args: Cell | Iterable[Cell] | Mapping[str, Cell]):
        if len(args) == 1 and isinstance(args[0], Mapping):
            super().__init__()
            for name, cell in cast("Mapping[str, Cell]", args[0]).items():
                self.insert_child_to_cell(name, cell)
        else:
            super().__init__(*cast("tuple[Cell | Iterable[Cell], ...]", args))

    def construct(self, input_data: Any) -> Any:
        """Return what the last cell returns."""
        for cell in self._cells.values():
            input_data = cell(input_data)
        return input_data


def _cells_in(args: tuple[Cell | Iterable[Cell], ...]) -> Iterable[Cell]:
    if len(args) == 1 and not isinstance(args[0], Cell):
        return args[0]
    return cast("tuple[Cell, ...]", args)
