"""Python numbers that are made of tensors' data: they live in the graph.

`int(t)`, `t.item()` and their like. What is known of one while compiling is its class; whoever
needs more is refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, cast

from xdsl.ir import SSAValue

from ..dialects.dtypes import DType, bool_, float64, int64, integer_limits
from ..dialects.emitter import Number
from ..dialects.source import CompileError
from ..runtime.dispatch import from_value
from ..runtime.tensor import Tensor
from ..runtime.tracing import ValueNeeded
from .numbers import SymbolicNumber, is_number, kind_of
from .run_time_errors import retreat_unless

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
        numbers.of_tensors = True
        self._kind = kind
        self.value = value
        numbers.folding.note_number(self)

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
        self.refuse("this operation")

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

    def computed(self, function: Callable[..., Any], operands: tuple[object, ...]) -> object:
        """Return what a function of numbers gives, in the graph."""
        from .tensor_functions import computed

        found = computed(self._numbers.folding, function, operands)
        return self.refuse(f"'{function.__name__}'") if found is NotImplemented else found

    def combined(self, function: Callable[..., Any], operands: tuple[object, ...]) -> object:
        """Return what an operator gives. Raises what Python raises."""
        owner = operands[0]
        if function in _ITEMS and isinstance(owner, SymbolicNumber):
            return function(owner.kind(), *operands[1:])
        if function in _ITEMS and operands[1] is self:
            from .tensor_picks import picked

            part, key = picked(self._numbers.folding, *operands[:2])
            if part is owner or function is not operator.getitem:
                self.refuse("an index")
            return function(part, key)
        if function is operator.setitem and isinstance(owner, Tensor):
            folding = self._numbers.folding
            return function(*operands[:-1], from_value(folding, self.in_dtype(owner.dtype)))
        found = super().combined(function, operands)
        return _with_others(function, operands) if found is NotImplemented else found

    def attribute(self, name: str) -> object:
        """Return an attribute; `AttributeError` for one that no such number has."""
        found = getattr(self._kind(), name)
        if name in ("real", "numerator"):
            return self.computed(_POS, (self,))
        return found if name in ("imag", "denominator") else self.refuse(f"'{name}'")

    def truth(self) -> bool:
        """Return whether the number counts as true: a question for run time."""
        folding = self._numbers.folding
        return folding.undecided(folding.builder.convert(self.value, bool_))

    def in_dtype(self, dtype: DType) -> SSAValue:
        """Return the 0-d graph value that the number is in a dtype.

        The compiled code retreats from an integer that the dtype can't hold.
        """
        build = self._numbers.folding.builder
        if self._kind is float and dtype.is_integer:
            from .tensor_reads import int_of

            return int_of(self._numbers.folding, self.value).in_dtype(dtype)
        if self._kind is int and dtype.is_integer and dtype is not int64:
            self._check_fits(dtype)
        if self._kind is int and dtype.is_floating:
            # Python makes it a float first.
            return build.convert(build.convert(self.value, float64), dtype)
        return build.convert(self.value, dtype)

    def exactly(self) -> SSAValue | None:
        """Return an int as a 0-d int64, None for a float."""
        if self._kind is float:
            return None
        return self._numbers.folding.builder.convert(self.value, int64)

    def _check_fits(self, dtype: DType) -> None:
        folding, (least, greatest) = self._numbers.folding, integer_limits(dtype)
        low = folding.builder.compare("ge", self.value, least)
        high = folding.builder.compare("le", self.value, greatest)
        retreat_unless(folding, folding.builder.binary("and", low, high))

    # What native code asks for.

    def __index__(self) -> int:
        if self._kind is float:
            operator.index(cast(Any, self._kind()))
        self.refuse("index()")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        self.refuse("numpy.asarray()")

    def __getattr__(self, name: str) -> Any:
        getattr(self._kind(), name)
        self.refuse(f"'{name}'")

    def __iter__(self) -> Any:
        return iter(cast(Any, self._kind()))

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Raise TypeError, as a plain number does."""
        return cast(Any, self._kind())()


def _asks(name: str) -> None:
    """Define a method by which native code asks for the number."""

    def method(self: TensorNumber, *args: object) -> Any:
        self.refuse(f"{name}()")

    setattr(TensorNumber, f"__{name}__", method)


for _name in (
    *("int", "float", "trunc", "floor", "ceil", "round", "complex"),
    *("str", "repr", "format", "hash"),
):
    _asks(_name)


def _with_others(function: Callable[..., Any], operands: tuple[object, ...]) -> object:
    """Return what an operator gives on numbers and on what is none.

    `NotImplemented` where that depends on the numbers. Raises Python's TypeError.
    """
    others = [one for one in operands if not is_number(one)]
    if function not in _PURE or not all(type(one) in _UNLIKE for one in others):
        return NotImplemented
    kinds = [one.kind(1) if isinstance(one, SymbolicNumber) else one for one in operands]
    found = function(*kinds)
    return found if function in (operator.eq, operator.ne) else NotImplemented


_POS: Callable[..., Any] = getattr(operator, "pos")  # noqa: B009
_ITEMS = (operator.getitem, operator.setitem, operator.delitem)
_PURE = frozenset(
    getattr(operator, name)
    for name in (
        *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_"),
        *("xor", "lshift", "rshift", "lt", "le", "gt", "ge", "eq", "ne"),
    )
)
_UNLIKE = (str, bytes, type(None), tuple, list, dict, set, frozenset)
"""Classes whose instances are no numbers, and equal to none."""
_NAMES = {int: "an int", float: "a float", bool: "a bool"}


def number_value(folding: Folding, number: object) -> SSAValue:
    """Return the 0-d int64, float64 or bool that a number is in the graph.

    Raises CompileError for an int beyond 64 bits.
    """
    if isinstance(number, TensorNumber):
        return number.value
    kind = kind_of(number)
    try:
        if isinstance(number, SymbolicNumber):
            return number.in_dtype(DTYPES[kind])
        return folding.builder.full((), number, DTYPES[kind])  # pyright: ignore[reportArgumentType]
    except OverflowError:
        folding.reject(
            "an int beyond 64 bits meets a number that exists only at run time",
            "compute with floats, or do this outside the compiled function",
        )
