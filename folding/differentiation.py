"""What a call of a gradient function does, wherever the operations on tensors are recorded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, cast

from xdsl.dialects.builtin import DenseArrayBase, LocationAttr, i32
from xdsl.ir import SSAValue

from ..dialects import graph
from ..dialects.emitter import Number
from ..dialects.source import CompileError
from ..runtime.dispatch import apply, from_value
from ..runtime.gradient import ALL, GradientFunction
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from ..runtime.tracing import Tracer
from .variables import is_variable, items_of, mapped, same_structure, tensors_in


class Differentiation(ABC):
    """One call: the function is called with variables, and its gradient is taken."""

    def __init__(self, tracer: Tracer, callee: GradientFunction):
        self.tracer = tracer
        self._callee = callee

    @abstractmethod
    def read(self, name: str) -> Any:
        """Return a setting of the gradient function, as the program would read it."""

    @abstractmethod
    def call(self, function: Any, args: list[object], kwargs: dict[str, object]) -> object:
        """Return what the function gives."""

    @abstractmethod
    def fail(self, error: Exception) -> NoReturn:
        """Raise an error of the program's."""
        raise error

    @abstractmethod
    def reject(self, problem: str, hint: str) -> NoReturn:
        """Raise CompileError."""
        raise CompileError(problem)

    @abstractmethod
    def kind(self, value: object) -> type[Any]:
        """Return the class of a value, as the program would see it."""

    @abstractmethod
    def number(self, value: object) -> Number | None:
        """Return the number that a value is now, None for anything else."""

    @abstractmethod
    @contextmanager
    def as_variables(self, weights: list[Tensor]) -> Generator[list[SSAValue]]:
        """Let parameters stand for variables, which are given, until the block ends."""
        yield []

    @abstractmethod
    def gradients(self, op: graph.GradientOp) -> Sequence[SSAValue]:
        """Add the op to the graph, and return the values of its results."""

    @property
    @abstractmethod
    def location(self) -> LocationAttr:
        """Where the gradient is taken."""

    def run(self, args: list[object], kwargs: dict[str, object]) -> object:
        """Return the gradients, and what else a call gives."""
        function: Any = self.read("function")
        has_aux, with_seed = self.read("has_aux"), self.read("with_seed")
        positions, given = self.read("positions"), self.read("weights")
        weights = self._weights(given)
        seed = self._pop_seed(args, kwargs) if with_seed else None
        places = self._places(positions, args)
        given_for = [mapped(args[place], self._variable) for place in places]
        variables = list(tensors_in(given_for))
        # The function gets containers of its own, to see what it does to them.
        for place, variable in zip(places, given_for, strict=True):
            args[place] = mapped(variable, lambda tensor: tensor)
        handed = [args[place] for place in places]
        with self.as_variables(weights) as values:
            result = self.call(function, args, kwargs)
        if not same_structure(given_for, handed):
            self.reject(
                "an argument that is differentiated by is changed in place",
                "make a new container",
            )
        main, aux = self._split(result) if has_aux else (result, None)
        outputs = self._tensors_of(main)
        seeds = [apply("full", y.shape, 1, y.dtype) for y in outputs]
        if with_seed:
            seeds = self._seeds(seed, main, outputs)
        wanted = [*(v.graph_value(self.tracer) for v in variables), *values]
        gradients = self._gradients(outputs, seeds, wanted)
        of_arguments = mapped(given_for, lambda _: gradients.pop(0))
        answer = _shaped(of_arguments, gradients, positions, given)
        if self.read("with_value"):
            return result, answer
        return (answer, aux) if has_aux else answer

    def _weights(self, given: Any) -> list[Tensor]:
        weights: list[Any] = [given] if isinstance(given, Tensor) else list(given or ())
        for weight in weights:
            if not isinstance(weight, Tensor):
                kind = self.kind(weight).__name__
                self.fail(TypeError(f"weights must be parameters, not {kind} objects"))
        return weights

    def _places(self, positions: int | tuple[int, ...] | None, args: list[object]) -> list[int]:
        """Return the positions of the arguments that are variables."""
        if positions is None:
            return []
        if positions == ALL:
            return [i for i, arg in enumerate(args) if is_variable(arg)]
        places = [positions] if isinstance(positions, int) else list(positions)
        for place in places:
            if not 0 <= place < len(args):
                problem = f"there is no positional argument {place} to differentiate by"
                self.fail(ValueError(problem))
            if not is_variable(args[place]):
                what = f"argument {place} is a {self.kind(args[place]).__name__}"
                self.fail(TypeError(f"only tensors can be differentiated by, and {what}"))
        if len(set(places)) != len(places):
            self.fail(ValueError("a position stands twice"))
        return places

    def _pop_seed(self, args: list[object], kwargs: dict[str, object]) -> object:
        if "sens" in kwargs:
            return kwargs.pop("sens")
        if not args:
            self.fail(TypeError("the last argument must be the gradient of the result"))
        return args.pop()

    def _variable(self, argument: Any) -> Tensor:
        """Return a tensor of its own for the argument, so that other uses of it don't count."""
        tensor: Tensor = argument
        value = self.variable(tensor.graph_value(self.tracer))
        return Tensor.symbolic(self.tracer, value, tensor, fixed=True)

    def variable(self, value: SSAValue) -> SSAValue:
        """Return a value as a variable."""
        emitter = self.tracer.builder.emitter
        return emitter.emit(graph.VariableOp.name, (value,), emitter.spec(value), {})

    def _split(self, result: object) -> tuple[object, object]:
        """Return the first result, and the others."""
        if not isinstance(result, tuple) or len(cast("tuple[object, ...]", result)) < 2:
            self.fail(TypeError("with has_aux the function must return a tuple of two or more"))
        first, *others = cast("tuple[object, ...]", result)
        return first, others[0] if len(others) == 1 else tuple(others)

    def _tensors_of(self, result: object) -> list[Tensor]:
        """Return the tensors of a result, in order.

        Raises CompileError for anything else: its dependence on the variables is not known.
        """
        found = list(tensors_in(result))
        if not found or not self._is_result(result):
            self.reject(
                f"a function that returns a {self.kind(result).__name__} can't be differentiated",
                "return tensors, computed by tensor operations",
            )
        return found

    def _is_result(self, value: object) -> bool:
        """Return whether a result holds only tensors, and constants that depend on nothing."""
        if isinstance(value, Tensor | str | bool | int | float | None):
            return True
        return class_of(value) in (tuple, list, dict) and all(map(self._is_result, items_of(value)))

    def _seeds(self, seed: object, result: object, outputs: list[Tensor]) -> list[Tensor]:
        """Return the given gradients of the outputs."""
        number = self.number(seed)
        if number is not None and isinstance(result, Tensor):
            seed = apply("full", (), number, result.dtype)
        seeds = self._tensors_of(seed)
        if [s.shape for s in seeds] != [y.shape for y in outputs]:
            problem = "the gradients given for the results must have their shapes"
            self.fail(ValueError(problem))
        return [s.astype(y.dtype) for s, y in zip(seeds, outputs, strict=True)]

    def _gradients(
        self, outputs: list[Tensor], seeds: list[Tensor], variables: list[SSAValue]
    ) -> list[Tensor]:
        groups = [[t.graph_value(self.tracer) for t in tensors] for tensors in (outputs, seeds)]
        sizes = DenseArrayBase.from_list(i32, [len(outputs), len(seeds), len(variables)])
        op = graph.GradientOp.create(
            operands=[*groups[0], *groups[1], *variables],
            result_types=[value.type for value in variables],
            properties={"operandSegmentSizes": sizes},
            location=self.location,
        )
        return [from_value(self.tracer, value) for value in self.gradients(op)]


def _shaped(
    of_arguments: list[Any],
    of_weights: list[Tensor],
    positions: int | tuple[int, ...] | None,
    given: Any,
) -> object:
    """Return the gradients as MindSpore gives them: of arguments, then of weights."""
    one = isinstance(positions, int) and positions != ALL
    first: Any = of_arguments[0] if one else tuple(of_arguments)
    second: Any = of_weights[0] if isinstance(given, Tensor) else tuple(of_weights)
    if given is None:
        return first
    return second if positions is None else (first, second)


def custom_gradient(
    tracer: Tracer,
    args: Sequence[object],
    output: Tensor,
    bprop: Callable[[Tensor], object],
    fail: Callable[[Exception], NoReturn],
) -> Tensor:
    """Return the output of a Cell, of which `bprop` gives the gradients by its arguments.

    It is called with what stands for the gradient of the output.
    """
    emitter = tracer.builder.emitter
    value, spec = output.graph_value(tracer), output.spec
    zeros = tracer.builder.full(spec.shape, 0, spec.dtype)
    seed = emitter.emit(graph.VariableOp.name, (zeros,), spec, {})
    given = bprop(from_value(tracer, seed))
    gradients = list(cast("tuple[object, ...]", given)) if isinstance(given, tuple) else [given]
    if len(gradients) != len(args):
        fail(TypeError(f"bprop gives {len(gradients)} gradients for {len(args)} inputs"))
    pairs = [(a, g) for a, g in zip(args, gradients, strict=True) if isinstance(a, Tensor)]
    values: list[SSAValue] = []
    for argument, gradient in pairs:
        if not isinstance(gradient, Tensor) or gradient.shape != argument.shape:
            fail(TypeError("bprop must give a tensor of the shape of each input"))
        values.append(gradient.astype(argument.dtype).graph_value(tracer))
    inputs = [argument.graph_value(tracer) for argument, _ in pairs]
    sizes = DenseArrayBase.from_list(i32, [1, 1, len(inputs), len(inputs)])
    op = graph.CustomGradientOp.create(
        operands=[value, seed, *inputs, *values],
        result_types=[value.type],
        properties={"operandSegmentSizes": sizes},
        location=emitter.location,
    )
    emitter.block.add_op(op)
    return from_value(tracer, op.result)
