"""Calls of gradient functions: the function is folded in, and its gradient becomes one op."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from xdsl.dialects.builtin import LocationAttr
from xdsl.ir import SSAValue

from ..dialects import graph
from ..dialects.emitter import Number
from ..runtime.gradient import GradientFunction
from ..runtime.guards import class_of
from ..runtime.sources import Held
from ..runtime.tensor import Tensor
from .attributes import get_attribute
from .differentiation import Differentiation
from .errors import Raised
from .frames import Frame
from .numbers import SymbolicNumber, constant


def call_gradient(
    frame: Frame, callee: GradientFunction, args: list[object], kwargs: dict[str, object]
) -> object:
    """Return the gradients, and what else a call of `callee` gives.

    Raises `Raised` as the function does and with TypeError or ValueError for arguments that
    don't fit, CompileError where a result doesn't come from tensor operations.
    """
    return _Folded(frame, callee).run(args, dict(kwargs))


class _Folded(Differentiation):
    """The differentiation of a function that is folded."""

    def __init__(self, frame: Frame, callee: GradientFunction):
        super().__init__(frame.folding, callee)
        self._frame = frame

    def read(self, name: str) -> Any:
        return constant(get_attribute(self._frame, self._callee, name))

    def call(self, function: Any, args: list[object], kwargs: dict[str, object]) -> object:
        from .calls import call

        folding = self._frame.folding
        folding.differentiations += 1
        try:
            return call(self._frame, function, args, kwargs)
        finally:
            folding.differentiations -= 1

    def fail(self, error: Exception) -> NoReturn:
        raise Raised(error)

    def reject(self, problem: str, hint: str) -> NoReturn:
        self._frame.folding.reject(problem, hint)

    def kind(self, value: object) -> type[Any]:
        return value.kind if isinstance(value, SymbolicNumber) else class_of(value)

    def number(self, value: object) -> Number | None:
        found = constant(value) if isinstance(value, SymbolicNumber) else value
        return found if isinstance(found, bool | int | float) else None

    @contextmanager
    def as_variables(self, weights: list[Tensor]) -> Generator[list[SSAValue]]:
        folding = self._frame.folding
        # A real one, which the folder has not met, is taken in first.
        weights = [w if w.is_symbolic else folding.input(w, Held(w)) for w in weights]
        before = [weight.graph_value(folding) for weight in weights]
        values = [self.variable(value) for value in before]
        for weight, value in zip(weights, values, strict=True):
            weight.stand_for(value)
        try:
            yield values
        finally:
            for weight, value, old in zip(weights, values, before, strict=True):
                # What the function assigned to it stays.
                if weight.graph_value(folding) is value:
                    weight.stand_for(old)

    def gradients(self, op: graph.GradientOp) -> Sequence[SSAValue]:
        self._frame.folding.block.add_op(op)
        return op.results

    @property
    def location(self) -> LocationAttr:
        return self._frame.folding.location
