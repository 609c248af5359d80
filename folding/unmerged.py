"""What can't be merged: why, in the user's words, and what stands for it until somebody asks."""

from __future__ import annotations

import struct
import types
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from xdsl.ir import Operation

from ..dialects.dtypes import DType
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .array_inputs import is_array
from .effects import DELETED
from .numbers import SymbolicNumber
from .places import UNSET, Unset
from .unwinding import Unwinding

if TYPE_CHECKING:
    from .frames import Frame

_CONSTANTS = (
    *(int, float, complex, bool, str, bytes, type(None), range, slice, type(...), frozenset),
    *(DType, np.dtype),
)
_HINT = "let both sides give tensors of one shape and dtype, or numbers of one class"


class Unmergeable(Exception):
    """What the sides left can't be merged; the text says what, in the user's words."""

    def __init__(self, problem: str, hint: str = _HINT):
        super().__init__(problem)
        self.hint = hint


class Unstable(Unwinding):
    """A loop's body asks for a variable that can't be carried from round to round."""

    def __init__(self, why: Unmergeable):
        super().__init__(str(why))
        self.why = why


class Absent:
    """Stands for a value that nobody asks for: what a function returns where it doesn't return."""


ABSENT = Absent()


class Unmerged:
    """The content of a variable that the sides of a branch leave in ways that can't be merged."""

    def __init__(self, name: str, why: Unmergeable, statement: Operation | None):
        self._name = name
        self._why = why
        self._statement = statement
        self.in_loop = False
        """Whether a loop is being folded that doesn't carry the variable."""

    def use(self, frame: Frame) -> NoReturn:
        """Raise `Apart` when the variable is read, or CompileError where that was tried."""
        from .forks import Apart

        folding, statement = frame.folding, self._statement
        if self.in_loop:
            raise Unstable(self._why)
        if statement is not None and statement not in folding.options.apart:
            raise Apart(statement)
        folding.reject(str(self._why), self._why.hint)

    def __repr__(self) -> str:
        return f"<{self._name}: {self._why}>"


def is_same_constant(a: Any, b: Any) -> bool:
    """Return whether two values can't be told apart."""
    kind = class_of(a)
    if kind is not class_of(b):
        return False
    if kind is float:
        return struct.pack("d", a) == struct.pack("d", b)
    if kind is complex:
        return repr(a) == repr(b)
    if kind is types.MethodType:
        return a.__func__ is b.__func__ and a.__self__ is b.__self__
    if kind in (slice, frozenset):
        return bool(repr(a) == repr(b)) and a == b
    return kind in _CONSTANTS and bool(a == b)


def words(value: Any) -> str:
    """Return a value in the user's words."""
    if isinstance(value, Tensor) or is_array(value):
        return f"a tensor {value.dtype}{list(value.shape)}"
    if isinstance(value, Unset):
        return "not bound" if value is UNSET else "gone"
    if value is DELETED:
        return "not there"
    if isinstance(value, SymbolicNumber):
        return f"an {value.kind.__name__}"
    if value is None or type(value) in (int, float, bool, str):
        text = repr(value)
        return text if len(text) < 40 else f"{text[:37]}..."
    return f"an object of the class '{class_of(value).__qualname__}'"
