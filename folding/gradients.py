"""Calls of gradient functions: the function is folded in, and its gradient becomes one op."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from xdsl.dialects.builtin import DenseArrayBase, i32
from xdsl.ir import SSAValue

from ..dialects import graph
from ..runtime.dispatch import apply, from_value
from ..runtime.gradient import ALL, GradientFunction
from ..runtime.sources import Held
from ..runtime.tensor import Tensor
from .attributes import get_attribute
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
    from .calls import call

    request = _Request(frame, callee)
    seed = _pop_seed(args, kwargs) if request.with_seed else None
    places = request.places(args)
    variables = [_variable(frame, args[place]) for place in places]
    for place, variable in zip(places, variables, strict=True):
        args[place] = variable
    with _as_variables(frame, request.weights) as weights:
        result = call(frame, request.function, args, kwargs)
    main, aux = _split(frame, result) if request.has_aux else (result, None)
    outputs = _tensors_of(frame, main)
    seeds = [apply("full", y.shape, 1, y.dtype) for y in outputs]
    if request.with_seed:
        seeds = _seeds(frame, seed, main, outputs)
    wanted = [*(v.graph_value(frame.folding) for v in variables), *weights]
    gradients = _emit(frame, outputs, seeds, wanted)
    answer = request.shaped(gradients, len(variables))
    if request.with_value:
        return result, answer
    return (answer, aux) if request.has_aux else answer


class _Request:
    """The settings of a gradient function, each read as the program would read it."""

    def __init__(self, frame: Frame, callee: GradientFunction):
        def read(name: str) -> Any:
            return constant(get_attribute(frame, callee, name))

        self.function: Any = read("function")
        self.positions: int | tuple[int, ...] | None = read("positions")
        self.has_aux: bool = read("has_aux")
        self.with_value: bool = read("with_value")
        self.with_seed: bool = read("with_seed")
        given = self._given = read("weights")
        one = isinstance(given, Tensor)
        self.weights: list[Tensor] = [given] if one else list(given if given is not None else ())
        for weight in self.weights:
            if not isinstance(cast(object, weight), Tensor):
                _refuse(f"weights must be parameters, not {type(weight).__name__} objects")
        self.weights = [_symbolic(frame, weight) for weight in self.weights]

    def places(self, args: Sequence[object]) -> list[int]:
        """Return the positions of the arguments that are variables."""
        if self.positions is None:
            return []
        if self.positions == ALL:
            return [i for i, arg in enumerate(args) if isinstance(arg, Tensor)]
        places = [self.positions] if isinstance(self.positions, int) else list(self.positions)
        for place in places:
            if not 0 <= place < len(args):
                _refuse(f"there is no positional argument {place} to differentiate by", ValueError)
            if not isinstance(args[place], Tensor):
                kind = _kind_name(args[place])
                _refuse(f"only tensors can be differentiated by, and argument {place} is a {kind}")
        if len(set(places)) != len(places):
            _refuse("a position stands twice", ValueError)
        return places

    def shaped(self, gradients: list[Tensor], count: int) -> object:
        """Return the gradients as MindSpore gives them: of arguments, then of weights."""
        of_arguments: object = tuple(gradients[:count])
        of_weights: object = tuple(gradients[count:])
        if isinstance(self.positions, int) and self.positions != ALL:
            of_arguments = gradients[0]
        if isinstance(self._given, Tensor):
            of_weights = gradients[count]
        if self._given is None:
            return of_arguments
        return of_weights if self.positions is None else (of_arguments, of_weights)


def _kind_name(value: object) -> str:
    return (value.kind if isinstance(value, SymbolicNumber) else type(value)).__name__


def _symbolic(frame: Frame, weight: Tensor) -> Tensor:
    """Return what stands for a parameter while folding."""
    return weight if weight.is_symbolic else frame.folding.input(weight, Held(weight))


def _refuse(problem: str, kind: type[Exception] = TypeError) -> None:
    raise Raised(kind(problem))


def _pop_seed(args: list[object], kwargs: dict[str, object]) -> object:
    if "sens" in kwargs:
        return kwargs.pop("sens")
    if not args:
        _refuse("the last argument must be the gradient of the result")
    return args.pop()


def _variable(frame: Frame, tensor: Any) -> Tensor:
    """Return a tensor of its own for the argument, so that other uses of it don't count."""
    value = cast(Tensor, tensor).graph_value(frame.folding)
    return from_value(frame.folding, _emit_variable(frame, value))


def _emit_variable(frame: Frame, value: SSAValue) -> SSAValue:
    folding = frame.folding
    spec = folding.builder.emitter.spec(value)
    return folding.builder.emitter.emit(graph.VariableOp, (value,), spec, {})


@contextmanager
def _as_variables(frame: Frame, weights: list[Tensor]) -> Generator[list[SSAValue]]:
    """Let parameters stand for variables while the function is folded in."""
    before = [weight.graph_value(frame.folding) for weight in weights]
    values = [_emit_variable(frame, value) for value in before]
    for weight, value in zip(weights, values, strict=True):
        weight.stand_for(value)
    try:
        yield values
    finally:
        for weight, value, old in zip(weights, values, before, strict=True):
            # What the function assigned to it stays.
            if weight.graph_value(frame.folding) is value:
                weight.stand_for(old)


def _split(frame: Frame, result: object) -> tuple[object, object]:
    """Return the first result, and the others."""
    if not isinstance(result, tuple) or len(cast("tuple[object, ...]", result)) < 2:
        _refuse("with has_aux the function must return a tuple of two or more")
    first, *others = cast("tuple[object, ...]", result)
    return first, others[0] if len(others) == 1 else tuple(others)


def _tensors_of(frame: Frame, result: object) -> list[Tensor]:
    """Return the tensors of a result, in order.

    Raises CompileError for anything else: its dependence on the variables is not known.
    """
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, tuple | list):
        items = cast("Sequence[object]", result)
        return [tensor for item in items for tensor in _tensors_of(frame, item)]
    frame.folding.reject(
        f"a function that returns a {_kind_name(result)} can't be differentiated",
        "return tensors, computed by tensor operations",
    )


def _seeds(frame: Frame, seed: object, result: object, outputs: list[Tensor]) -> list[Tensor]:
    """Return the given gradients of the outputs."""
    if isinstance(seed, SymbolicNumber | int | float) and isinstance(result, Tensor):
        seed = Tensor(constant(seed), result.dtype)
    seeds = _tensors_of(frame, seed)
    if [s.shape for s in seeds] != [y.shape for y in outputs]:
        _refuse("the gradients given for the results must have their shapes", ValueError)
    return [s.astype(y.dtype) for s, y in zip(seeds, outputs, strict=True)]


def _emit(
    frame: Frame, outputs: list[Tensor], seeds: list[Tensor], variables: list[SSAValue]
) -> list[Tensor]:
    """Append the op, and return its results."""
    folding = frame.folding
    groups = [[t.graph_value(folding) for t in tensors] for tensors in (outputs, seeds)]
    operands = [*groups[0], *groups[1], *variables]
    sizes = DenseArrayBase.from_list(i32, [len(outputs), len(seeds), len(variables)])
    op = graph.GradientOp.create(
        operands=operands,
        result_types=[value.type for value in variables],
        properties={"operandSegmentSizes": sizes},
        location=folding.location,
    )
    folding.block.add_op(op)
    return [from_value(folding, result) for result in op.results]
