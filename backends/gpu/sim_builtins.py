"""The builtins of kernels as the simulated device has them: LLVM IR in front of the kernels' own.

They are written into the module of the kernels, so that LLVM puts the small ones where they are
called. What threads do together is the runtime's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

PREFIX: Final = "foldaway_sim_"


def is_collective(name: str) -> bool:
    """Return whether threads of a kernel that calls a builtin need stacks of their own."""
    bare = name.removeprefix(PREFIX)
    return bare.startswith(("barrier", "warp_barrier", "shuffle", "vote", "matrix", "mma", "async"))


@cache
def builtins() -> Mapping[str, str]:
    """Return the definition of each builtin by its symbol."""
    found = {
        **_ids(),
        "shared": _define("ptr", "shared", "", "  %p = load ptr, ptr $$SHARED\n  ret ptr %p"),
        "lane_id": _define(
            "i32",
            "lane_id",
            "",
            "  %t = load ptr, ptr $$CURRENT\n"
            "  %p = getelementptr i8, ptr %t, i64 $T_INDEX\n"
            "  %i = load i32, ptr %p\n  %l = and i32 %i, 31\n  ret i32 %l",
        ),
        "barrier": _EXTERNAL.format("void", "barrier", ""),
        # One thread runs at a time: each sees what the others wrote.
        "fence": _define("void", "fence", "", "  fence seq_cst\n  ret void"),
        "warp_barrier": _define("void", "warp_barrier", "", f"{_meet('WARP_BARRIER')}  ret void"),
        **_shuffles(),
        **_votes(),
        **_copies(),
        **_matrices(),
    }
    return {PREFIX + name: text for name, text in found.items()}


RUNTIME: Final = ("barrier", "meet", "start_copy", "commit_copies", "wait_copies", "misaligned")
"""What kernels call in the runtime."""

_EXTERNAL: Final = f"declare {{}} @{PREFIX}{{}}({{}}) convergent\n"

SUPPORT: Final = f"""
@foldaway_sim_state = external global i8, align 4096
declare void @{PREFIX}meet(i32, i32) convergent
declare void @{PREFIX}start_copy(ptr, ptr, i32, i32)
declare void @{PREFIX}commit_copies()
declare void @{PREFIX}wait_copies(i32)
declare void @{PREFIX}misaligned(ptr, i64) cold noreturn

define internal ptr @{PREFIX}in() alwaysinline {{
  %t = load ptr, ptr $$CURRENT
  %w = getelementptr i8, ptr %t, i64 $T_WARP
  %warp = load ptr, ptr %w
  %p = getelementptr i8, ptr %t, i64 $T_INDEX
  %i = load i32, ptr %p
  %l = and i32 %i, 31
  %boxes = getelementptr i8, ptr %warp, i64 $W_IN
  %box = getelementptr [64 x i8], ptr %boxes, i32 %l
  ret ptr %box
}}

define internal ptr @{PREFIX}out() alwaysinline {{
  %t = load ptr, ptr $$CURRENT
  %w = getelementptr i8, ptr %t, i64 $T_WARP
  %warp = load ptr, ptr %w
  %p = getelementptr i8, ptr %t, i64 $T_INDEX
  %i = load i32, ptr %p
  %l = and i32 %i, 31
  %boxes = getelementptr i8, ptr %warp, i64 $W_OUT
  %box = getelementptr [16 x i8], ptr %boxes, i32 %l
  ret ptr %box
}}

define internal void @{PREFIX}aligned(ptr %address, i64 %alignment) alwaysinline {{
  %number = ptrtoint ptr %address to i64
  %mask = sub i64 %alignment, 1
  %low = and i64 %number, %mask
  %is_aligned = icmp eq i64 %low, 0
  br i1 %is_aligned, label %end, label %bad, !prof !9999000
bad:
  call void @{PREFIX}misaligned(ptr %address, i64 %alignment)
  unreachable
end:
  ret void
}}
!9999000 = !{{!"branch_weights", i32 1000000, i32 1}}
"""
"""What the builtins are written with."""


def _define(result: str, name: str, parameters: str, body: str) -> str:
    # Convergent: LLVM must not make two places of one where the lanes of a warp meet.
    head = f"define internal {result} @{PREFIX}{name}({parameters}) alwaysinline convergent"
    return f"{head} {{\n{body}\n}}\n"


def _meet(kind: str, detail: int = 0) -> str:
    return f"  call void @{PREFIX}meet(i32 $KIND_{kind}, i32 {detail})\n"


def _ids() -> dict[str, str]:
    found: dict[str, str] = {}
    for axis in "XYZ":
        for name, place in (("block_id", "BLOCK"), ("block_dim", "DIM"), ("grid_dim", "GRID")):
            full = f"{name}_{axis.lower()}"
            body = f"  %i = load i32, ptr $${place}_{axis}\n  ret i32 %i"
            found[full] = _define("i32", full, "", body)
        full = f"thread_id_{axis.lower()}"
        body = (
            "  %t = load ptr, ptr $$CURRENT\n"
            f"  %p = getelementptr i8, ptr %t, i64 $T_{axis}\n"
            "  %i = load i32, ptr %p\n  ret i32 %i"
        )
        found[full] = _define("i32", full, "", body)
    return found


_LANES: Final = {"xor": "xor", "down": "add", "up": "sub", "idx": None}
"""How the other lane follows from the own and the offset."""


def _shuffles() -> dict[str, str]:
    found: dict[str, str] = {}
    for mode, how in _LANES.items():
        for name, type in (("i32", "i32"), ("f32", "float"), ("i64", "i64"), ("f64", "double")):
            full = f"shuffle_{mode}_{name}"
            other = f"{how} i32 %own, %offset" if how else "add i32 0, %offset"
            body = (
                f"  %own = call i32 @{PREFIX}lane_id()\n  %other = {other}\n"
                "  %is_lane = icmp ult i32 %other, 32\n"
                "  %from = select i1 %is_lane, i32 %other, i32 %own\n"
                f"  %in = call ptr @{PREFIX}in()\n"
                f"  store {type} %value, ptr %in\n"
                "  %at = getelementptr i8, ptr %in, i64 8\n  store i32 %from, ptr %at\n"
                f"{_meet('SHUFFLE')}"
                f"  %out = call ptr @{PREFIX}out()\n  %r = load {type}, ptr %out\n"
                f"  ret {type} %r"
            )
            found[full] = _define(type, full, f"{type} %value, i32 %offset", body)
    return found


_VERDICTS: Final = {
    "ballot": ("i32", "zext i1 %said to i32", "add i32 %mask, 0"),
    "any": ("i1", "zext i1 %said to i32", "icmp ne i32 %mask, 0"),
    # All say it if nobody says the contrary, of as many as there are.
    "all": ("i1", "select i1 %said, i32 0, i32 1", "icmp eq i32 %mask, 0"),
}


def _votes() -> dict[str, str]:
    found: dict[str, str] = {}
    for number, (mode, (type, bit, verdict)) in enumerate(_VERDICTS.items()):
        body = (
            f"  %in = call ptr @{PREFIX}in()\n  %bit = {bit}\n  store i32 %bit, ptr %in\n"
            f"{_meet('VOTE', number)}"
            f"  %out = call ptr @{PREFIX}out()\n  %mask = load i32, ptr %out\n"
            f"  %r = {verdict}\n  ret {type} %r"
        )
        found[f"vote_{mode}"] = _define(type, f"vote_{mode}", "i1 %said", body)
    return found


def _copies() -> dict[str, str]:
    found: dict[str, str] = {
        "async_commit": f"  call void @{PREFIX}commit_copies()\n  ret void",
        "async_wait": f"  call void @{PREFIX}wait_copies(i32 %pending)\n  ret void",
    }
    parameters = {"async_wait": "i32 %pending"}
    for size in (4, 8, 16):
        for name, read in ((f"async_copy_{size}", str(size)), (f"async_copy_valid_{size}", "%n")):
            operands = f"ptr %to, ptr %from, i32 {size}, i32 {read}"
            found[name] = f"  call void @{PREFIX}start_copy({operands})\n  ret void"
            parameters[name] = "ptr %to, ptr %from" + (", i32 %n" if read == "%n" else "")
    return {
        name: _define("void", name, parameters.get(name, ""), body) for name, body in found.items()
    }


def _taken(type: str, count: int) -> str:
    """Return what puts the results of a lane into an array."""
    lines = f"  %out = call ptr @{PREFIX}out()\n"
    for n in range(count):
        lines += (
            f"  %o{n} = getelementptr {type}, ptr %out, i64 {n}\n"
            f"  %r{n} = load {type}, ptr %o{n}\n"
            f"  %t{n} = getelementptr {type}, ptr %results, i64 {n}\n"
            f"  store {type} %r{n}, ptr %t{n}\n"
        )
    return f"{lines}  ret void"


def _matrices() -> dict[str, str]:
    found: dict[str, str] = {}
    for turned, extra in (("", 0), ("_transposed", 8)):
        for count in (1, 2, 4):
            name = f"matrix_load{turned}_{count}"
            body = (
                f"  %in = call ptr @{PREFIX}in()\n  store ptr %row, ptr %in\n"
                f"{_meet('MATRIX_LOAD', count + extra)}"
            )
            if count == 1:
                body += f"  %out = call ptr @{PREFIX}out()\n  %r = load i32, ptr %out\n  ret i32 %r"
                found[name] = _define("i32", name, "ptr %row", body)
            else:
                body += _taken("i32", count)
                found[name] = _define("void", name, "ptr %row, ptr %results", body)
    for number, kind in enumerate(("m16n8k16_f16", "m16n8k16_bf16", "m16n8k8_tf32")):
        types = ("i32",) * 6 + ("float",) * 4
        body = f"  %in = call ptr @{PREFIX}in()\n"
        for n, type in enumerate(types):
            body += (
                f"  %i{n} = getelementptr i32, ptr %in, i64 {n}\n  store {type} %a{n}, ptr %i{n}\n"
            )
        parameters = ", ".join(f"{type} %a{n}" for n, type in enumerate(types))
        name = f"mma_{kind}"
        body += _meet("MMA", number) + _taken("float", 4)
        found[name] = _define("void", name, f"{parameters}, ptr %results", body)
    return found
