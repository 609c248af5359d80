"""Which loops write their results past the cache, as an attribute.

`schedule-stores` decides, backends write them so: neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.ir import Attribute, Operation

LINE = 64
"""Bytes that are written at once: a line of the cache, which then need not be read before."""
_KIND = "past_cache"


@dataclass(frozen=True)
class PastCache:
    """The results of an op go to memory directly, so that the cache keeps what is read."""

    ahead: int = 0
    """How many bytes before their use inputs are fetched into the cache."""
    fetched: tuple[int, ...] = ()
    """Which operands; the body need not use one, if another loop will."""

    def attach(self, op: Operation) -> None:
        """Write it on an op, as the attribute `schedule` with the kind `past_cache`."""
        found: dict[str, Attribute] = {"kind": StringAttr(_KIND)}
        if self.fetched:
            found["ahead"] = IntegerAttr(self.ahead, i64)
            found["fetched"] = ArrayAttr([IntegerAttr(number, i64) for number in self.fetched])
        op.attributes["schedule"] = DictionaryAttr(found)


def past_cache_of(op: Operation) -> PastCache | None:
    """Return how an op writes past the cache, if it does."""
    attribute = op.attributes.get("schedule")
    if not isinstance(attribute, DictionaryAttr):
        return None
    if attribute.data.get("kind") != StringAttr(_KIND):
        return None
    ahead, fetched = attribute.data.get("ahead"), attribute.data.get("fetched")
    if ahead is None or not isinstance(fetched, ArrayAttr):
        return PastCache()
    numbers = [_number(one) for one in cast("ArrayAttr[Attribute]", fetched)]
    return PastCache(_number(ahead), tuple(numbers))


def _number(attribute: Attribute) -> int:
    if not isinstance(attribute, IntegerAttr):
        return 0
    return cast("IntegerAttr[Attribute]", attribute).value.data  # pyright: ignore[reportInvalidTypeArguments]
