"""What comparisons, builtins and the module `math` are on numbers that live in the graph."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xdsl.ir import SSAValue

from ..dialects.dtypes import bool_, float64
from .numbers import kind_of
from .run_time_errors import error_of, raise_unless, retreat_unless
from .tensor_arithmetic import (
    ARITHMETIC,
    Meaning,
    add,
    check_exact,
    float_value,
    int_value,
    made,
)
from .tensor_numbers import number_value
from .tensor_powers import POWERS
from .tensor_reads import int_of

if TYPE_CHECKING:
    from .session import Folding

_INFINITY = float("inf")
_SWAPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def _comparison(name: str) -> Meaning:
    """Return a comparison; an int and a float are compared by their values, not rounded."""

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        a, b = operands
        if type(a) in (int, float, bool):
            return made(folding, _compared_with(folding, _SWAPPED[name], b, a), bool)
        if type(b) in (int, float, bool):
            return made(folding, _compared_with(folding, name, a, b), bool)
        return made(folding, _compared(folding, name, a, b), bool)

    return compute


def _compared(folding: Folding, name: str, a: object, b: object) -> SSAValue:
    kinds = kind_of(a), kind_of(b)
    build = folding.builder
    if float not in kinds:
        return build.compare(name, int_value(folding, a), int_value(folding, b))
    for number, kind in zip((a, b), kinds, strict=True):
        if kind is int:
            check_exact(folding, number, int_value(folding, number))
    return build.compare(name, float_value(folding, a), float_value(folding, b))


def _compared_with(folding: Folding, name: str, number: object, known: Any) -> SSAValue:
    """Return a comparison with a number that is known."""
    build = folding.builder
    if kind_of(number) is float:
        name, limit = _limit(name, known)
        if math.isnan(limit):
            return build.full((), name == "ne", bool_)
        return build.compare(name, float_value(folding, number), limit)
    if type(known) is float and not math.isfinite(known):
        return build.compare(name, float_value(folding, number), known)
    if type(known) is float and not known.is_integer():
        if name in ("eq", "ne"):
            return build.full((), name == "ne", bool_)
        # The next int on the side where the comparison isn't changed by it.
        known = math.floor(known) if name in ("le", "gt") else math.ceil(known)
    return build.compare(name, int_value(folding, number), int(known))


def _limit(name: str, known: Any) -> tuple[str, float]:
    """Return what floats are compared with in the place of a number: the float next to it.

    nan where it is no float's value, and only that counts.
    """
    try:
        near = float(known)
    except OverflowError:
        near = _INFINITY if known > 0 else -_INFINITY
    if near == known or math.isnan(near):
        return name, near
    if name in ("eq", "ne"):
        return name, math.nan
    below = near if near < known else math.nextafter(near, -_INFINITY)
    return ("le", below) if name in ("lt", "le") else ("ge", math.nextafter(below, _INFINITY))


def _to_int(folding: Folding, operands: Sequence[Any]) -> object:
    """Return `int(x)`."""
    if len(operands) > 1:
        return NotImplemented
    return _rounded("trunc")(folding, operands)


def _to_float(folding: Folding, operands: Sequence[Any]) -> object:
    return made(folding, float_value(folding, operands[0]), float)


def _to_bool(folding: Folding, operands: Sequence[Any]) -> object:
    return made(folding, folding.builder.convert(number_value(folding, operands[0]), bool_), bool)


def _rounded(name: str) -> Meaning:
    """Return what makes ints of floats: `trunc`, `floor`, `ceil`, and `round` to the even one."""

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        if len(operands) > 1:
            return NotImplemented
        if kind_of(operands[0]) is not float:
            return made(folding, int_value(folding, operands[0]), int)
        return int_of(folding, folding.builder.unary(name, number_value(folding, operands[0])))

    return compute


def _extreme(name: str) -> Meaning:
    """Return `min` or `max`: of equal numbers, and of nan, the first one stays."""

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        kinds = {kind_of(one) for one in operands}
        if len(kinds) > 1:
            return NotImplemented
        build = folding.builder
        best = number_value(folding, operands[0])
        for one in operands[1:]:
            value = number_value(folding, one)
            best = build.select(build.compare(name, value, best), value, best)
        return made(folding, best, kinds.pop())

    return compute


def total(*items: Any) -> Any:
    """Return `sum` of the arguments."""
    return sum(items)


def _total(folding: Folding, operands: Sequence[Any]) -> object:
    """Return `sum` of the numbers; from 3.12 on Python adds floats in a way of its own."""
    if sys.version_info >= (3, 12) and any(kind_of(one) is float for one in operands):
        return NotImplemented
    found: Any = 0
    for one in operands:
        if type(found) in (int, float) and type(one) in (int, float, bool):
            found = found + one
        else:
            found = add(folding, (found, one))
    return found


def _of_float(name: str) -> Meaning:
    """Return an op that is exact on floats."""

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        x = float_value(folding, operands[0])
        return made(folding, folding.builder.unary(name, x), float)

    return compute


def _sqrt(folding: Folding, operands: Sequence[Any]) -> object:
    build, x = folding.builder, float_value(folding, operands[0])
    negative = build.compare("lt", x, 0.0)
    raise_unless(folding, build.unary("not", negative), error_of(math.sqrt, -1.0))
    return made(folding, build.unary("sqrt", x), float)


def _asked(ask: Callable[[Any, SSAValue], SSAValue]) -> Meaning:
    """Return a question about a float; it is asked with the builder and the float."""

    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        return made(folding, ask(folding.builder, float_value(folding, operands[0])), bool)

    return compute


def _copysign(folding: Folding, operands: Sequence[Any]) -> object:
    """Return the size of one number with the sign of another, which shows in what 1 / 0 is."""
    build = folding.builder
    x, y = (float_value(folding, one) for one in operands)
    retreat_unless(folding, build.compare("eq", y, y))
    size, inverse = build.unary("abs", x), build.binary("div", build.full((), 1.0, float64), y)
    negative = build.compare("lt", build.select(build.compare("eq", y, 0.0), inverse, y), 0.0)
    return made(folding, build.select(negative, build.unary("neg", size), size), float)


def _scaled(factor: float) -> Meaning:
    def compute(folding: Folding, operands: Sequence[Any]) -> object:
        x = float_value(folding, operands[0])
        return made(folding, folding.builder.binary("mul", x, factor), float)

    return compute


FUNCTIONS: dict[Callable[..., Any], Meaning] = {
    **{getattr(operator, name): _comparison(name) for name in _SWAPPED},
    **{int: _to_int, float: _to_float, bool: _to_bool, round: _rounded("round")},
    total: _total,
    **{min: _extreme("lt"), max: _extreme("gt")},
    **{math.floor: _rounded("floor"), math.ceil: _rounded("ceil"), math.trunc: _rounded("trunc")},
    **{math.fabs: _of_float("abs"), math.sqrt: _sqrt, math.copysign: _copysign},
    **{math.degrees: _scaled(180.0 / math.pi), math.radians: _scaled(math.pi / 180.0)},
    math.isnan: _asked(lambda build, x: build.compare("ne", x, x)),
    math.isinf: _asked(lambda build, x: build.compare("eq", build.unary("abs", x), _INFINITY)),
    math.isfinite: _asked(lambda build, x: build.compare("lt", build.unary("abs", x), _INFINITY)),
}
"""Function to what it is in the graph."""


def computed(folding: Folding, function: Callable[..., Any], operands: Sequence[Any]) -> object:
    """Return what a function gives of numbers, at least one of them a `TensorNumber`.

    `NotImplemented` for what the graph can't do as Python does it.
    """
    meaning = ARITHMETIC.get(function) or FUNCTIONS.get(function) or POWERS.get(function)
    found = NotImplemented if meaning is None else meaning(folding, operands)
    if found is NotImplemented:
        _check_classes(function, operands)
    return found


def _check_classes(function: Callable[..., Any], operands: Sequence[Any]) -> None:
    """Raise Python's TypeError for classes of numbers that a function doesn't take."""
    examples = [kind_of(one)(1) for one in operands]
    try:
        function(*examples)
    except (ArithmeticError, ValueError):
        return
