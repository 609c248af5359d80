"""Work that threads share, as a function of its own that is called for one part after another.

The function finds what it uses of the one around it in its context: a row of addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..llvm_ir.text import FunctionText
from ..llvm_ir.workspace import Workspace
from .thread_pool import PARALLEL

_ON_STACK = 1 << 15
"""Bytes of memory for one part; C libraries give threads 128 KB of stack or more."""
FENCE = "  fence seq_cst"
"""What is written past the cache is seen by others only after it."""


@dataclass
class Part:
    """The function while it is written: the pieces from `%begin` to `%end`."""

    text: FunctionText = field(default_factory=lambda: FunctionText("body"))
    workspace: Workspace = field(default_factory=Workspace)
    passes_cache: bool = False
    """Whether something in it writes past the cache."""
    taken: dict[str, str] = field(default_factory=dict[str, str])
    """What an address is called here, for each that is called otherwise around."""

    def take(self, root: str) -> str:
        """Return what an address of the function around is called here."""
        if root.startswith("@"):
            return root
        return self.taken.setdefault(root, f"%p{len(self.taken)}")

    def finish(self, declarations: dict[str, None]) -> tuple[str, bool]:
        """Return the function without its name, and whether it may lack memory.

        Then it says so in the first word of the context.
        """
        fail = ("  store i64 1, ptr %context", "  ret void")
        before, after = self.workspace.instructions(declarations, _ON_STACK, fail)
        done = [FENCE] if self.passes_cache else []
        lines = ["entry:"]
        for number, name in enumerate(self.taken.values(), start=1):
            lines.append(
                f"  %at{name[1:]} = getelementptr inbounds ptr, ptr %context, i64 {number}\n"
                f"  {name} = load ptr, ptr %at{name[1:]}, align 8"
            )
        lines += [
            *before,
            "  br label %body",
            "body:",
            *self.text.lines,
            *done,
            *after,
            "  ret void",
        ]
        head = "(ptr %context, i64 %begin, i64 %end) #0 {\n"
        return head + "\n".join(lines) + "\n}\n", bool(after)


def call_in_parts(
    text: FunctionText, name: str, part: Part, pieces: int, grain: int, may_fail: bool
) -> str | None:
    """Write the call of a part's function for all pieces, by the threads of the pool.

    Returns the value that says whether a part has had no memory, if one may.
    """
    context = text.allocate(f"[{len(part.taken) + 1} x ptr]")
    if may_fail:
        text.emit(f"store i64 0, ptr {context}")
    for number, root in enumerate(part.taken, start=1):
        place = text.offset(context, "ptr", str(number), 1)
        text.emit(f"store ptr {root}, ptr {place}")
    text.emit(f"call void @{PARALLEL}(ptr {name}, ptr {context}, i64 {pieces}, i64 {grain})")
    if not may_fail:
        return None
    status = text.assign(f"load i64, ptr {context}")
    return text.assign(f"icmp ne i64 {status}, 0")
