"""Puts kernels into a module, and their launches into the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from xdsl.dialects import func
from xdsl.dialects.builtin import IntegerAttr, ModuleOp, StringAttr, i64

from ..dialects.ascend import LaunchOp
from .outline_kernels import CPU, PART

GRID = "foldaway.grid"
"""Attribute of a kernel's module: how many programs of it run; 0 leaves it to the compiler."""

Calls = Mapping[str, Sequence[func.CallOp]]


def calls_of(module: ModuleOp) -> Calls:
    """Return the calls in a module by the name of what is called."""
    found: dict[str, list[func.CallOp]] = {}
    for op in module.walk():
        if isinstance(op, func.CallOp):
            found.setdefault(op.callee.root_reference.data, []).append(op)
    return found


def kernel_name(function: func.FuncOp) -> str:
    """Return the name of the kernel that a function becomes."""
    return f"{function.sym_name.data}_kernel"


def grid_of(kernel: ModuleOp) -> int:
    """Return how many programs of a kernel run."""
    grid = kernel.attributes.get(GRID)
    return grid.value.data if isinstance(grid, IntegerAttr) else 0


def set_grid(kernel: ModuleOp, grid: int) -> None:
    """Say how many programs of a kernel run."""
    kernel.attributes[GRID] = IntegerAttr(grid, i64)


def launch_kernel(module: ModuleOp, function: func.FuncOp, kernel: ModuleOp, calls: Calls) -> None:
    """Let each call of a function launch a kernel; the function is what it falls back to."""
    name = function.sym_name.data
    symbol = cast(StringAttr, kernel.sym_name).data
    module.body.block.insert_op_after(kernel, function)
    del function.attributes[PART]
    function.attributes[CPU] = StringAttr("fallback")
    for call in calls.get(name, ()):
        types = [result.type for result in call.results]
        launch = LaunchOp(symbol, call.arguments, grid_of(kernel), types, fallback=name)
        launch.location = call.location
        around = call.parent_block()
        assert around is not None
        around.insert_op_before(launch, call)
        for before, after in zip(call.results, launch.results, strict=True):
            after.name_hint = before.name_hint
            before.replace_all_uses_with(after)
        call.detach()
        call.erase()
