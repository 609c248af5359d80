"""What an exception holds that leaves the compiled function: run-time values, built by the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .handles import Handle
from .numbers import SymbolicNumber

if TYPE_CHECKING:
    from .session import Folding

Content = tuple[tuple[object, ...], dict[str, object]]


def chain_of(error: BaseException) -> list[BaseException]:
    """Return an exception with its causes and contexts, each once."""
    found: list[BaseException] = []
    rest: list[BaseException | None] = [error]
    while rest:
        one = rest.pop()
        if one is not None and not any(one is other for other in found):
            found.append(one)
            rest += (one.__context__, one.__cause__)
    return found


def run_time_contents(folding: Folding, error: BaseException) -> list[Content | None]:
    """Return arguments and attributes of each exception in a chain, for the host to build.

    None stands for those that are the same at every call.
    """
    contents: list[Content | None] = []
    for one in chain_of(error):
        content = (one.args, dict(vars(one)))
        contents.append(content if _differs(folding, content, set()) else None)
    return contents


def fill(error: BaseException, contents: list[Content | None]) -> None:
    """Give the exceptions of a chain what the host has built."""
    for one, content in zip(chain_of(error), contents, strict=True):
        if content is not None:
            one.args = content[0]
            vars(one).update(content[1])


def _differs(folding: Folding, value: Any, seen: set[int]) -> bool:
    """Return whether a value holds anything that only the host has."""
    kind = class_of(value)
    if isinstance(value, Tensor | SymbolicNumber) or is_array(value) or kind is Handle:
        return True
    if id(value) in seen:
        return False
    seen.add(id(value))
    if folding.is_copy(value):
        return True
    parts: list[object] = []
    if issubclass(kind, dict):
        parts = [*vars(dict)["keys"](value), *vars(dict)["values"](value)]
    elif issubclass(kind, list | tuple | set | frozenset):
        parts = list(cast(Any, kind).__iter__(value))
    elif folding.source(value) is None and not isinstance(value, BaseException):
        attributes: Any = getattr(value, "__dict__", None)
        if type(attributes) is dict:
            parts = list(cast("dict[str, object]", attributes).values())
    return any(_differs(folding, part, seen) for part in parts)
