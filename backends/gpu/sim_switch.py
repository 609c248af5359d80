"""How the simulated device goes from one stack to another, and back when a kernel faults.

The only lines of it that depend on the processor.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple


class Processor(NamedTuple):
    """What a switch of stacks depends on."""

    switch: tuple[str, ...]
    """Keeps the registers of the caller on its stack, and goes on with another's."""
    resume: tuple[str, ...]
    """Goes on with the registers that are on this stack."""
    numbers: Mapping[str, int]
    """`FRAME`: bytes that are kept. `RETURN`: where the address to go on from is among them.
    `AT_CODE`, `AT_STACK`: where in a signal's context the two registers are."""
    access: str
    """LLVM IR that gives `%access` from a signal's `%context`: 256 for a read, 512 for a write,
    0 where nothing says it."""


def this_processor() -> Processor | None:
    """Return what is known of this processor under this system, None for nothing."""
    if not sys.platform.startswith("linux"):
        return None
    return PROCESSORS.get(platform.machine())


def switch_text(processor: Processor) -> str:
    """Return the functions `@switch(ptr save, ptr to)` and `@resume()` as LLVM IR."""
    return "".join(
        f"define internal void {head} naked noinline {{\n"
        f'  call void asm sideeffect "{_escaped(lines)}", ""()\n'
        "  unreachable\n}\n"
        for head, lines in (
            ("@switch(ptr %save, ptr %to)", processor.switch),
            ("@resume()", processor.resume),
        )
    )


def _escaped(lines: tuple[str, ...]) -> str:
    return "\\0A".join(lines)


_SAVED: Final = ("rbp", "rbx", "r12", "r13", "r14", "r15")
_X86_RESUME: Final = (*(f"popq %{name}" for name in reversed(_SAVED)), "retq")
_X86: Final = Processor(
    switch=(
        *(f"pushq %{name}" for name in _SAVED),
        "movq %rsp, (%rdi)",
        "movq %rsi, %rsp",
        *_X86_RESUME,
    ),
    resume=_X86_RESUME,
    # Linux's `ucontext_t`: 40 bytes, then r8 … r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip,
    # eflags, segments, err.
    numbers={"FRAME": 64, "RETURN": 48, "AT_CODE": 168, "AT_STACK": 160},
    access=(
        "%at_error = getelementptr i8, ptr %context, i64 192\n"
        "  %error = load i64, ptr %at_error\n"
        "  %write_bit = and i64 %error, 2\n"
        "  %is_write = icmp ne i64 %write_bit, 0\n"
        "  %access = select i1 %is_write, i64 512, i64 256"
    ),
)
_PAIRS: Final = (
    *((f"x{n}", f"x{n + 1}") for n in range(19, 30, 2)),
    *((f"d{n}", f"d{n + 1}") for n in range(8, 15, 2)),
)
_ARM_RESUME: Final = (
    *(f"ldp {a}, {b}, [sp, #{16 * n}]" for n, (a, b) in enumerate(_PAIRS)),
    "add sp, sp, #160",
    "ret",
)
_ARM: Final = Processor(
    switch=(
        "sub sp, sp, #160",
        *(f"stp {a}, {b}, [sp, #{16 * n}]" for n, (a, b) in enumerate(_PAIRS)),
        "mov x9, sp",
        "str x9, [x0]",
        "mov sp, x1",
        *_ARM_RESUME,
    ),
    resume=_ARM_RESUME,
    # Linux's `ucontext_t`: 176 bytes, the fault's address, x0 … x30, sp, pc.
    numbers={"FRAME": 160, "RETURN": 88, "AT_CODE": 440, "AT_STACK": 432},
    access="%access = add i64 0, 0",
)
PROCESSORS: Final = {"x86_64": _X86, "aarch64": _ARM}
"""By what Python's `platform.machine` says."""
