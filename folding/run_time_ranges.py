"""Ranges whose bounds exist only at run time: what `range(n)` is while folding, for `for` alone."""

from __future__ import annotations

import operator
from typing import Any, NoReturn

from xdsl.ir import SSAValue

from .errors import Raised
from .frames import Frame
from .numbers import constant, kind_of
from .tensor_numbers import TensorNumber


class RunTimeRange:
    """A range with a step that is known, and a bound that only the call knows."""

    __slots__ = ("_frame", "start", "step", "stop")

    def __init__(self, frame: Frame, start: Any, stop: Any, step: int):
        self._frame = frame
        self.start = start
        self.stop = stop
        self.step = step

    @property
    def items(self) -> range:
        """The items, where both bounds are known after all; else none."""
        if type(self.start) is int and type(self.stop) is int:
            return range(self.start, self.stop, self.step)
        return range(0)

    def holds(self, frame: Frame, item: object) -> bool | SSAValue:
        """Return whether an item is still in the range."""
        from .calls import decided, operate

        compare = operator.lt if self.step > 0 else operator.gt
        return decided(frame, operate(frame, compare, item, self.stop))

    def after(self, frame: Frame, item: object) -> object:
        """Return the next item."""
        from .calls import operate

        return operate(frame, operator.add, item, self.step)

    def refuse(self) -> NoReturn:
        """Raise CompileError: native code asks for the items."""
        self._frame.folding.reject(
            "the items of a range are asked for whose end exists only at run time",
            "loop over the range with 'for', or make its end known while compiling",
        )


def _refusing(self: RunTimeRange, *args: object) -> NoReturn:
    self.refuse()


for _name in ("__iter__", "__len__", "__getitem__", "__contains__", "__reversed__", "__bool__"):
    setattr(RunTimeRange, _name, _refusing)


def fold_range(frame: Frame, args: list[object], kwargs: dict[str, object]) -> object:
    """Fold `range(...)` of which a bound is a number of a tensor's data."""
    if kwargs or not any(isinstance(arg, TensorNumber) for arg in args) or not 1 <= len(args) <= 3:
        return NotImplemented
    bounds = [0, *args] if len(args) == 1 else list(args)
    step: Any = constant(bounds[2]) if len(bounds) == 3 else 1
    kinds = [kind_of(one) for one in bounds[:2]]
    for kind in (*kinds, kind_of(step)):
        if not issubclass(kind, int):
            name = kind.__name__
            raise Raised(TypeError(f"'{name}' object cannot be interpreted as an integer"))
    if step == 0:
        raise Raised(ValueError("range() arg 3 must not be zero"))
    return RunTimeRange(frame, bounds[0], bounds[1], int(step))
