"""Python numbers that are made of tensors' data: they live in the graph.

`int(t)`, `t.item()` and their like. What is known of one while compiling is its class; whoever
needs more is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from xdsl.ir import SSAValue

from ..dialects.dtypes import DType, bool_, float64, int64, integer_limits
from ..dialects.emitter import Number
from ..dialects.source import CompileError
from ..runtime.tracing import ValueNeeded
from .numbers import SymbolicNumber, is_number

if TYPE_CHECKING:
    from .number_table import Numbers
    from .session import Folding

DTYPES: dict[type, DType] = {bool: bool_, int: int64, float: float64}
"""The dtype in which the graph has numbers of each class."""


class TensorNumber(SymbolicNumber):
    """An int, float or bool that is a 0-d value of the graph.

    `known`, `expression` and `source`, which other run-time numbers have, are refused.
    """

    __slots__ = ("_kind", "value")

    def __init__(self, numbers: Numbers, value: SSAValue, kind: type[Number]):
        self._numbers = numbers
        self._kind = kind
        self.value = value

    @property
    def kind(self) -> type[Number]:
        """The number's class."""
        return self._kind

    @property
    def is_fixed(self) -> bool:
        """False: every call has its own number."""
        return False

    def constant(self) -> Any:
        """Refuse: there is no constant."""
        self.refuse("this")

    def refuse(self, wanted: str) -> NoReturn:
        """Raise ValueNeeded; `wanted` says in the user's words what needs the number."""
        folding = self._numbers.folding
        folding.arrays.blame([self.value])
        try:
            folding.reject(
                f"{wanted} needs {_NAMES[self._kind]} that exists only at run time",
                "compute with it, or do this outside the compiled function",
            )
        except CompileError:
            # Not an Exception: no code on the way may take another path on it.
            raise ValueNeeded(wanted) from None

    def truth(self) -> bool:
        """Return whether the number counts as true: a question for run time."""
        folding = self._numbers.folding
        return folding.undecided(folding.builder.convert(self.value, bool_))

    def in_dtype(self, dtype: DType) -> SSAValue:
        """Return the 0-d graph value that the number is in a dtype.

        An integer that the dtype can't hold ends the compiled code.
        """
        return self._numbers.folding.builder.convert(self.value, dtype)


_NAMES = {int: "an int", float: "a float", bool: "a bool"}


def number_value(folding: Folding, number: object) -> SSAValue:
    """Return the 0-d int64, float64 or bool that a number is in the graph.

    Raises CompileError for an int beyond 64 bits.
    """
    if isinstance(number, TensorNumber):
        return number.value
    kind = number.kind if isinstance(number, SymbolicNumber) else type(number)
    try:
        if isinstance(number, SymbolicNumber):
            return number.in_dtype(DTYPES[kind])
        return folding.builder.full((), number, DTYPES[kind])  # pyright: ignore[reportArgumentType]
    except OverflowError:
        folding.reject(
            "an int beyond 64 bits meets a number that exists only at run time",
            "compute with floats, or do this outside the compiled function",
        )
