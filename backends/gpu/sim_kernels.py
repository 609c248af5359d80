"""Kernels in LLVM IR as the simulated device runs them: with its builtins, and with checks."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple

from .sim_builtins import PREFIX, SUPPORT, builtins, is_collective
from .sim_layout import written_out

ENTRY: Final = f"{PREFIX}kernels"
"""`void (ptr)`: writes the address of each kernel into an array, in their order."""


_HEAD: Final = re.compile(r"^(define [^\n]*)\{$", re.M)
_TREATED: Final = r'\1convergent "probe-stack"="inline-asm" {'
"""Where lanes meet stays one place, and frames of several pages are touched page by page, so that
they don't reach over the one that guards."""


class SimulatedText(NamedTuple):
    """A module that is ready to be compiled."""

    text: str
    collective: frozenset[str]
    """The kernels whose threads wait for each other."""


_DECLARED: Final = re.compile(rf"^declare [^\n]*@{PREFIX}\w+\([^\n]*\n?", re.M)
_FUNCTION: Final = re.compile(r'^define [^@\n]*@"?([\w.$]+)"?\([^\n]*\{\n(.*?)^\}', re.M | re.S)
_CALLED: Final = re.compile(r'@"?([\w.$]+)"?')
_WIDE: Final = re.compile(
    r"^(?P<indent> *)(?:%\S+ = load (?:volatile )?<[^>]*>, "
    r"|store (?:volatile )?<[^>]*> (?:%\S+|<[^>]*>|zeroinitializer), )"
    r"ptr (?P<address>%[\w.]+), align (?P<align>\d+)",
    re.M,
)
"""An access to several elements in one."""


def simulated(text: str, kernels: Collection[str]) -> SimulatedText:
    """Return the module for kernels in the form for the simulator.

    Raises `KeyError` for a builtin that the simulator doesn't have.
    """
    body = _DECLARED.sub("", text)
    called = {name: set(_CALLED.findall(code)) for name, code in _FUNCTION.findall(body)}
    needed = {name for names in called.values() for name in names if name.startswith(PREFIX)}
    definitions = builtins()
    unknown = needed - definitions.keys()
    if unknown:
        raise KeyError(f"the simulator has no {', '.join(sorted(unknown))}")
    if any(name.startswith(f"{PREFIX}shuffle") for name in needed):
        needed.add(f"{PREFIX}lane_id")
    head = SUPPORT + "".join(definitions[name] for name in sorted(needed))
    body = _HEAD.sub(_TREATED, _WIDE.sub(_checked, body))
    return SimulatedText(
        written_out(head, {}) + body + _entry(kernels),
        frozenset(name for name in kernels if _meets(name, called)),
    )


def _checked(match: re.Match[str]) -> str:
    align = int(match["align"])
    if align < 2:
        return match[0]
    operands = f"ptr {match['address']}, i64 {align}"
    return f"{match['indent']}call void @{PREFIX}aligned({operands})\n{match[0]}"


def _meets(kernel: str, called: dict[str, set[str]]) -> bool:
    """Return whether a kernel, or what it calls, has threads meet."""
    if kernel not in called:
        return True  # Stacks that nobody needs do no harm.
    seen: set[str] = set()
    left = [kernel]
    while left:
        name = left.pop()
        if is_collective(name) and name.startswith(PREFIX):
            return True
        if name not in seen:
            seen.add(name)
            left += called.get(name, ())
    return False


def _entry(kernels: Collection[str]) -> str:
    lines = "".join(
        f"  %p{n} = getelementptr ptr, ptr %array, i64 {n}\n  store ptr @{name}, ptr %p{n}\n"
        for n, name in enumerate(kernels)
    )
    return f"\ndefine void @{ENTRY}(ptr %array) {{\n{lines}  ret void\n}}\n"
