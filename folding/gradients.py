"""Calls of gradient functions: the function is folded in, and its gradient becomes one op."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np
from xdsl.dialects.builtin import LocationAttr
from xdsl.ir import SSAValue

from ..dialects import graph
from ..dialects.emitter import Number
from ..runtime.gradient import GradientFunction
from ..runtime.guards import class_of
from ..runtime.sources import Held
from ..runtime.symbolic_array import SymbolicArray
from ..runtime.tensor import Tensor
from .attributes import get_attribute
from .differentiation import Differentiation, custom_gradient
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


def call_with_bprop(
    frame: Frame, cell: Any, construct: Any, args: list[object], kwargs: dict[str, object]
) -> object:
    """Return what a Cell gives that has a gradient of its own, while its gradient is taken."""
    from .calls import call, call_function

    result = call_function(frame, construct, [cell, *args], kwargs)
    if kwargs or not isinstance(result, Tensor):
        frame.folding.reject(
            "the bprop of a Cell is called for one tensor, and for arguments without names",
            "leave bprop out, or return one tensor",
        )

    def bprop(seed: Tensor) -> object:
        return call(frame, get_attribute(frame, cell, "bprop"), [*args, result, seed], {})

    return custom_gradient(frame.folding, args, result, bprop, _raise)


def _raise(error: Exception) -> NoReturn:
    raise Raised(error)


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
        if isinstance(value, SymbolicArray):
            return np.ndarray
        return value.kind if isinstance(value, SymbolicNumber) else class_of(value)

    def number(self, value: object) -> Number | None:
        found = constant(value) if isinstance(value, SymbolicNumber) else value
        return found if isinstance(found, bool | int | float) else None

    @contextmanager
    def as_variables(self, weights: list[Tensor]) -> Generator[list[SSAValue]]:
        folding = self._frame.folding
        # A real one, which the folder has not met, is taken in first.
        weights = [w if w.is_symbolic else folding.inputs.tensor(w, Held(w)) for w in weights]
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
