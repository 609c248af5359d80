"""What a device function of the vendor's library does, found by its name.

The library is bitcode for the chip and says only which functions exist; what they do is modelled
here from their names and parameters, as the compiler calls them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from .hivm_errors import UnknownFunction
from .hivm_sync import UNIT

Values = Sequence[Any]
"""Arguments of a call: buffers and numbers."""


class Step(NamedTuple):
    """What one unit does in a call: which arguments it reads, writes and uses as scratch."""

    unit: int
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    scratch: tuple[int, ...] = ()


class DeviceFunction(NamedTuple):
    """The meaning of a device function. What is in scratch memory is lost when it begins."""

    steps: tuple[Step, ...]
    run: Callable[[Values], None]
    waits: tuple[tuple[int, int, int], ...] = ()
    """Flags that it waits for: setter, waiter, and which argument has the number."""
    sets: tuple[tuple[int, int, int], ...] = ()
    """Flags that it sets."""


Build = Callable[[re.Match[str]], DeviceFunction]

ELEMENT: Final = r"(?:u?int\d+_t|bfloat16_t|half|float|bool)"
"""An element type in a name."""


def on(
    unit: str,
    reads: Sequence[int],
    writes: Sequence[int],
    run: Callable[[Values], None],
    scratch: Sequence[int] = (),
) -> DeviceFunction:
    """Return a function that is one step of a unit."""
    return DeviceFunction((Step(UNIT[unit], tuple(reads), tuple(writes), tuple(scratch)),), run)


@cache
def device_function(name: str) -> DeviceFunction:
    """Return what a device function does.

    Raises UnknownFunction for a name that has no meaning here.
    """
    for pattern, build in _patterns():
        match = pattern.fullmatch(name)
        if match:
            return build(match)
    raise UnknownFunction(f"the simulator doesn't know what the device function '{name}' does")


@cache
def _patterns() -> list[tuple[re.Pattern[str], Build]]:
    # These import this module for what they are made of.
    from .hivm_casts import CASTS
    from .hivm_cube import CUBE
    from .hivm_reductions import REDUCTIONS
    from .hivm_transfers import TRANSFERS
    from .hivm_vector import VECTOR

    tables = (VECTOR, TRANSFERS, CASTS, REDUCTIONS, CUBE)
    return [
        (re.compile(pattern.replace("ELEMENT", ELEMENT)), build)
        for table in tables
        for pattern, build in table.items()
    ]
