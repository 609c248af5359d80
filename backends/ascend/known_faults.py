"""What the vendor's compiler is known to get wrong where nothing tells beforehand.

A kernel that it is known to fail at isn't made: `passes/` says which (`kernel_kinds.py`,
`kernel_groups.py`, `lower_vectors_to_hfusion.py`). What is left here runs on the CPU with a
warning; anything else that goes wrong is logged as an error.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class KnownFault(NamedTuple):
    """A way in which a kernel fails."""

    state: str
    """How compiling ended, as `KernelRefused.state` says, or the class of a simulator's error."""
    problem: str
    """A regular expression that matches in what was said."""
    kernel: str = ""
    """A regular expression that matches in the kernel's text."""


KNOWN: Final = (
    # What has no smaller tiles may need more than the chip has; how much is planned late.
    KnownFault("overflow", r"overflow|more memory than the chip has"),
    # A machine that is busy is no fault of the kernel.
    KnownFault("late", r"took too long"),
)


def is_known(state: str, problem: str, kernel: str) -> bool:
    """Return whether a kernel is known to fail so."""
    return any(
        fault.state == state
        and re.search(fault.problem, problem)
        and re.search(fault.kernel, kernel)
        for fault in KNOWN
    )
