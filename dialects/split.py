"""Which loop several threads share, as an attribute: `schedule-threads` decides, backends read it.

On a `linalg.generic` the loop is one of its own, by number; on a product with a schedule it is
`m`, `n` or `outer`. On an `scf.for` it is the loop itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.ir import Attribute, Operation

ROWS, COLUMNS, BATCH = "m", "n", "outer"
"""Loops of a product: over the rows of the result, over its columns, and around the product."""
INDEPENDENT = "independent"
"""Attribute of an `scf.for` of which no round needs another's result, or memory."""
_NAME = "split"


@dataclass(frozen=True)
class Split:
    """A loop is cut into `parts` pieces at most, each of which is worth a thread's while."""

    loop: int | str
    parts: int

    def attach(self, op: Operation) -> None:
        """Write it on an op, as the attribute `split`."""
        loop = IntegerAttr(self.loop, i64) if isinstance(self.loop, int) else StringAttr(self.loop)
        parts = IntegerAttr(self.parts, i64)
        op.attributes[_NAME] = DictionaryAttr({"loop": loop, "parts": parts})

    def grain(self, pieces: int) -> int:
        """Return of how many pieces a part has to be."""
        return max(1, -(-pieces // self.parts))


def split_of(op: Operation) -> Split | None:
    """Return how an op is split, if it is."""
    attribute = op.attributes.get(_NAME)
    if not isinstance(attribute, DictionaryAttr):
        return None
    loop, parts = attribute.data.get("loop"), attribute.data.get("parts")
    count, number = _number(parts), _number(loop)
    if count is None:
        return None
    if number is not None:
        found = Split(number, count)
    elif isinstance(loop, StringAttr) and loop.data in (ROWS, COLUMNS, BATCH):
        found = Split(loop.data, count)
    else:
        return None
    return found if count > 1 else None


def _number(attribute: Attribute | None) -> int | None:
    if not isinstance(attribute, IntegerAttr):
        return None
    return cast("IntegerAttr[Attribute]", attribute).value.data  # pyright: ignore[reportInvalidTypeArguments]
