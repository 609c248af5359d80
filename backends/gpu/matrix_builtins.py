"""The builtins of copies that don't wait, and of products of small matrices."""

from __future__ import annotations

from .builtins import GLOBAL, SHARED, Builtin

_COPIES = {4: "ca", 8: "ca", 16: "cg"}
"""Where a copy of so many bytes goes through: only those of 16 may pass by the first cache."""


def _copies() -> dict[str, Builtin]:
    found: dict[str, Builtin] = {}
    for bytes, way in _COPIES.items():
        name = f"llvm.nvvm.cp.async.{way}.shared.global.{bytes}"
        found[f"async_copy.{bytes}"] = Builtin((), (SHARED, GLOBAL), name)
        found[f"async_copy_valid.{bytes}"] = Builtin((), (SHARED, GLOBAL, "i32"), f"{name}.s")
    return found


def _loads() -> dict[str, Builtin]:
    return {
        f"matrix_load{'_transposed' if turned else ''}.{many}": Builtin(
            ("i32",) * many,
            (SHARED,),
            f"llvm.nvvm.ldmatrix.sync.aligned.m8n8.x{many}{turned}.b16.p3",
            is_collective=True,
        )
        for turned in ("", ".trans")
        for many in (1, 2, 4)
    }


_LANE = ("i32",) * 6 + ("float",) * 4
"""What a lane brings: two factors and what their product is added to."""

BUILTINS: dict[str, Builtin] = {
    **_copies(),
    "async_commit": Builtin((), (), "llvm.nvvm.cp.async.commit.group"),
    "async_wait": Builtin((), ("i32",), "llvm.nvvm.cp.async.wait.group"),
    **_loads(),
    "mma.m16n8k16.bf16": Builtin(
        ("float",) * 4, _LANE, "llvm.nvvm.mma.m16n8k16.row.col.bf16", is_collective=True
    ),
    "mma.m16n8k16.f16": Builtin(
        ("float",) * 4,
        _LANE,
        "llvm.nvvm.mma.m16n8k16.row.col.f32.f32",
        is_collective=True,
        packed=("<2 x half>",) * 6 + ("float",) * 4,
    ),
    "mma.m16n8k8.tf32": Builtin(
        ("float",) * 4, _LANE, "llvm.nvvm.mma.m16n8k8.row.col.tf32", is_collective=True
    ),
}
"""Builtin name to what it is."""
