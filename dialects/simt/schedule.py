"""How a loop nest becomes a kernel, as an attribute of the op.

`schedule-simt` decides, `lower-linalg-to-simt` reads it: what is written by hand is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.ir import Attribute, Operation

NAME = "simt"
"""The attribute."""
ON_HOST = "on_host"
"""The attribute of what has no kernel; its text says why."""

ELEMENTWISE, TRANSPOSE, SERIAL = "elementwise", "transpose", "serial"
REDUCTION, BEST_PLACE, ROWS = "reduction", "best_place", "rows"


@dataclass(frozen=True)
class Schedule:
    """A family of kernels, and numbers that the family knows the meaning of."""

    family: str
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])

    def __getitem__(self, name: str) -> int:
        """Return a number; 0 where nothing is said."""
        return self.numbers.get(name, 0)

    def attach(self, op: Operation) -> None:
        """Write it on an op, as the attribute `simt`."""
        found: dict[str, Attribute] = {"family": StringAttr(self.family)}
        found |= {name: IntegerAttr(number, i64) for name, number in self.numbers.items()}
        op.attributes[NAME] = DictionaryAttr(found)


def schedule_of(op: Operation) -> Schedule | None:
    """Return the schedule that an op has, if any."""
    attribute = op.attributes.get(NAME)
    if not isinstance(attribute, DictionaryAttr):
        return None
    family = attribute.data.get("family")
    numbers = {
        name: cast("IntegerAttr[Attribute]", value).value.data  # pyright: ignore[reportInvalidTypeArguments]
        for name, value in attribute.data.items()
        if isinstance(value, IntegerAttr)
    }
    return Schedule(family.data, numbers) if isinstance(family, StringAttr) else None


def keep_on_host(op: Operation, reason: str) -> None:
    """Say that an op has no kernel, and why."""
    op.attributes[ON_HOST] = StringAttr(reason)
