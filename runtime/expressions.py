"""Numbers computed from what a call finds: expressions over sources, evaluated by Python itself."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..dialects.dtypes import DType, TensorSpec
from ..dialects.emitter import Number, pack_number
from .arrays import Array, array_of
from .sources import Source

_SIGNS: dict[object, str] = {
    getattr(operator, name): sign
    for name, sign in {
        **{"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%"},
        **{"pow": "**", "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>"},
        **{"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="},
    }.items()
}
_PREFIXES: dict[object, str] = {
    getattr(operator, name): sign for name, sign in {"neg": "-", "pos": "+", "invert": "~"}.items()
}
_SHOWN_DEPTH = 3


class Expression:
    """A pure function of operands; operands may be shared, so that all form a graph."""

    __slots__ = ("function", "operands")

    def __init__(self, function: Callable[..., Any], operands: tuple[Operand, ...]) -> None:
        self.function = function
        self.operands = operands

    def ordered(self) -> Iterator[Expression]:
        """Yield each expression in it once, operands first."""
        seen = set[int]()
        work: list[tuple[Expression, bool]] = [(self, False)]
        while work:
            current, complete = work.pop()
            if complete:
                yield current
            elif id(current) not in seen:
                seen.add(id(current))
                work.append((current, True))
                inner = [o for o in current.operands if isinstance(o, Expression)]
                work.extend((operand, False) for operand in reversed(inner))


Operand = Expression | Source | Number


class Computed(Source):
    """What an expression gives for the values that its sources lead to."""

    def __init__(self, expression: Expression):
        self.expression = expression
        places: dict[int, int] = {}
        leaves: dict[tuple[object, ...], tuple[int, Source]] = {}
        inputs: list[Source | Number] = []
        ordered = list(expression.ordered())
        for one in ordered:
            for operand in one.operands:
                if isinstance(operand, Expression) or id(operand) in places:
                    continue
                if isinstance(operand, Source):
                    place, _ = leaves.setdefault(operand.key, (len(inputs), operand))
                else:
                    place = len(inputs)
                places[id(operand)] = place
                if place == len(inputs):
                    inputs.append(operand)
        for index, one in enumerate(ordered):
            places[id(one)] = len(inputs) + index
        self._inputs = inputs
        self._steps = [(one.function, [places[id(o)] for o in one.operands]) for one in ordered]
        self.roots = tuple(source for _, source in leaves.values())
        """The sources that it depends on."""

    @property
    def size(self) -> int:
        """How many functions one evaluation calls."""
        return len(self._steps)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others; a fold makes each expression once."""
        return ("computed", id(self.expression))

    def fetch(self, arguments: Sequence[object]) -> object:
        """Return the value as it is now. Raises what Python raises for such operands, too."""
        values: list[Any] = [
            one.fetch(arguments) if isinstance(one, Source) else one for one in self._inputs
        ]
        for function, places in self._steps:
            values.append(function(*[values[place] for place in places]))
        return values[-1]

    def __str__(self) -> str:
        return _text(self.expression, _SHOWN_DEPTH)


class InDType(Source):
    """A number as an array of no axes, with the element that an eager tensor would take."""

    def __init__(self, number: Source, dtype: DType):
        self.number = number
        self.dtype = dtype
        self._spec = TensorSpec((), dtype)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this path from others."""
        return ("dtype", self.dtype.name, *self.number.key)

    def fetch(self, arguments: Sequence[object]) -> Array:
        """Return the array. Raises `OverflowError` for an integer that the dtype can't hold."""
        number: Any = self.number.fetch(arguments)
        return array_of(pack_number(number, self.dtype), self._spec)

    def __str__(self) -> str:
        return str(self.number)


def _text(operand: Operand, depth: int) -> str:
    """Return an expression as a user would write it; what is too deep is left out."""
    if not isinstance(operand, Expression):
        return str(operand)
    if not depth:
        return "..."
    words = [_text(one, depth - 1) for one in operand.operands]
    sign = _SIGNS.get(operand.function)
    if sign is not None and len(words) == 2:
        return f"({words[0]} {sign} {words[1]})"
    if operand.function in _PREFIXES:
        return _PREFIXES[operand.function] + words[0]
    name = str(getattr(operand.function, "__name__", "function"))
    return f"{name}({', '.join(words)})"
