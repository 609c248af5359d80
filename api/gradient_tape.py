"""Gradients of functions that run as plain Python: their tensor operations are put on a tape.

For what can't be compiled whole: branches and loops on data, effects, library code. Each operation
is computed when it is met, so that Python sees the data; only what would carry the dependence on
a variable out of the graph is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn
from weakref import ReferenceType

from xdsl.dialects.builtin import FileLineColLoc, IntAttr, LocationAttr, StringAttr, UnknownLoc
from xdsl.ir import Block, Operation, SSAValue

from foldaway.dialects import graph
from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import TensorSpec, spec_of
from foldaway.dialects.emitter import AttributeValue, Number
from foldaway.dialects.ir_emitter import IREmitter, from_attribute
from foldaway.dialects.source import reject
from foldaway.folding.classify import is_library
from foldaway.folding.differentiation import Differentiation, custom_gradient
from foldaway.passes.differentiate_graph import is_differentiable, replace_gradient
from foldaway.runtime.arrays import Array, array_of
from foldaway.runtime.dispatch import array_value, from_array
from foldaway.runtime.gradient import GradientFunction
from foldaway.runtime.guards import class_of
from foldaway.runtime.host import print_tensors
from foldaway.runtime.meanings import compute
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_data import TensorData
from foldaway.runtime.tracing import ValueNeeded, current_tracer, tracing

_LOOKS = frozenset(("bool()", "int()", "index()", "str()", "repr()"))
"""What Python may ask of data that depend on a variable: the answers don't change smoothly."""


class GradientTape:
    """The operations since a gradient was asked for, and their data; a tracer."""

    def __init__(self) -> None:
        self.block = Block()
        self.builder: IRBuilder = _TapeBuilder(self)
        self.watched: list[ReferenceType[TensorData]] = []
        """The tensors of this tape, which have their data when it ends."""
        self.data: dict[SSAValue, Array] = {}
        self.values: dict[int, tuple[Tensor, SSAValue]] = {}
        """Each tensor from before that is a variable or has been assigned to, and its value."""
        self._active = set[SSAValue]()
        self._unknown = set[SSAValue]()
        """What depends on the gradient of an output, which is known only at the end."""

    def lift(self, tensor: Tensor) -> SSAValue:
        """Return a tensor from before as a constant, a weight as its variable."""
        known = self.values.get(id(tensor))
        return array_value(_data(tensor), self) if known is None else known[1]

    def known(self, value: SSAValue) -> Array | None:
        """Return the data of a value; None for one that depends on a variable."""
        return None if value in self._active else self.data[value]

    def peek(self, tensor: TensorData, wanted: str) -> Array | None:
        """Return what Python only looks at, and the data of tensors from before."""
        if not tensor.is_symbolic and id(tensor) not in self.values:
            return _data(tensor)
        value = tensor.graph_value(self)
        if value in self._unknown:
            self._refuse(f"{wanted} takes data of a gradient that is still to be computed")
        if wanted not in _LOOKS:
            if value in self._active:
                raise self.refuse(tensor, wanted)
            return None
        return self.data[value].copy()

    def refuse(self, tensor: TensorData, wanted: str) -> ValueNeeded:
        """Raise CompileError: what is computed from the data would have no gradient."""
        self._refuse(f"{wanted} takes data that depend on what is differentiated by")

    def memory_of(self, tensor: Tensor) -> None:
        """Return None: data that are known are in arrays of NumPy's own."""

    def before_identity(self, tensor: Tensor) -> None:
        """Let Python ask: each tensor is the object that it is."""

    def before_truth(self) -> None:
        """Let Python have the exception."""

    def refuse_array(self, values: Sequence[SSAValue], problem: str, hint: str) -> NoReturn:
        """Raise CompileError: arrays on a tape have their data."""
        reject(_place(), problem, hint)

    def refuse_write(self, tensor: Tensor) -> NoReturn:
        """Raise CompileError: the caller would not see the change."""
        self._refuse("a tensor from outside of the differentiated function is changed in place")

    def assign(self, tensor: Tensor, new: Tensor) -> None:
        """Let a tensor from before have other data, from the tape's end on for all others."""
        self.values[id(tensor)] = (tensor, new.graph_value(self))

    def before_write(self, tensor: Tensor, operation: str) -> None:
        """Be told that a tensor of this tape changes; its older values stay on the tape."""

    def before_effect(self, what: str) -> None:
        """Be told of an effect: it happens, for the function runs as plain Python."""

    def note(self, op: Operation) -> None:
        """Compute an op that is on the tape."""
        result = op.results[0]
        if isinstance(op, graph.ConstantOp):
            self.data[result] = array_of(op.value.data.data, spec_of(result.type))
            return
        if isinstance(op, graph.VariableOp):
            self.data[result] = self.data[op.input]
            self._active.add(result)
            return
        if isinstance(op, graph.CustomGradientOp):
            self.data[result] = self.data[op.output]
            if not self._active.isdisjoint(op.inputs):
                self._active.add(result)
            return
        if not self._unknown.isdisjoint(op.operands):
            self._unknown.add(result)
        attributes = {name: from_attribute(value) for name, value in op.properties.items()}
        operands = [self.data[operand] for operand in op.operands]
        self.data[result] = compute(op.name, operands, spec_of(result.type), attributes)
        if is_differentiable(op) and not self._active.isdisjoint(op.operands):
            self._active.add(result)

    def _refuse(self, problem: str) -> NoReturn:
        reject(
            _place(), problem, "compute with tensor operations, or take it from stop_gradient(x)"
        )

    def call_with_bprop(self, cell: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
        """Return what a Cell gives that has a gradient of its own."""
        result = cell.construct(*args, **kwargs)
        if kwargs or not isinstance(result, Tensor):
            reject(
                _place(),
                "the bprop of a Cell is called for one tensor, and for arguments without names",
                "leave bprop out, or return one tensor",
            )

        def bprop(seed: Tensor) -> object:
            self._unknown.add(seed.graph_value(self))
            return cell.bprop(*args, result, seed)

        made = custom_gradient(self, args, result, bprop, _fail)
        op = made.graph_value(self).owner
        assert isinstance(op, Operation)
        self.note(op)
        return made

    def forget(self, variables: Sequence[SSAValue]) -> None:
        """Let variables be no more than their operands: their gradient has been taken."""
        self._active -= set(variables)
        for op in self.block.ops:
            result = op.results[0]
            if isinstance(op, graph.VariableOp):
                depends = result in self._active or op.input in self._active
            elif isinstance(op, graph.CustomGradientOp):
                depends = not self._active.isdisjoint(op.inputs)
            else:
                depends = is_differentiable(op) and not self._active.isdisjoint(op.operands)
            (self._active.add if depends else self._active.discard)(result)

    def end(self) -> None:
        """Give all tensors of the tape their data, and those that were assigned to."""
        with tracing(None):
            for tensor, value in self.values.values():
                tensor.rebind(from_array(self.data[value].copy()))
        for reference in self.watched:
            tensor = reference()
            if tensor is not None:
                tensor.release(self.data[tensor.graph_value(self)])


class _TapeBuilder(IRBuilder):
    """Builds on the tape, and prints at once."""

    def __init__(self, tape: GradientTape):
        super().__init__(tape.block)
        self.emitter = _TapeEmitter(tape)
        self._tape = tape

    def print(
        self, texts: Sequence[str], values: Sequence[SSAValue], style: str, stream: str
    ) -> None:
        """Print texts with a tensor between each two of them."""
        with tracing(None):
            tensors = [from_array(self._tape.data[value].copy()) for value in values]
            print_tensors(stream, style, tuple(texts), *tensors)


class _TapeEmitter(IREmitter):
    """Puts each op on the tape."""

    def __init__(self, tape: GradientTape):
        super().__init__(tape.block)
        self._tape = tape

    def emit(
        self,
        op: str,
        operands: Sequence[SSAValue],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> SSAValue:
        """Put an op on the tape, and return its result."""
        value = super().emit(op, operands, result, attributes)
        self._note(value)
        return value

    def constant(self, data: bytes, spec: TensorSpec) -> SSAValue:
        """Put a constant on the tape, and return it."""
        value = super().constant(data, spec)
        self._note(value)
        return value

    def _note(self, value: SSAValue) -> None:
        op = value.owner
        assert isinstance(op, Operation)
        self._tape.note(op)


def call_on_tape(callee: GradientFunction, args: list[object], kwargs: dict[str, object]) -> Any:
    """Return what a gradient function gives, whose function runs as plain Python.

    Raises CompileError where the dependence on a variable would be lost, and what the function
    raises. Within the function of another gradient its operations go on the same tape.
    """
    outer = current_tracer()
    if isinstance(outer, GradientTape):
        return _Taped(outer, callee).run(args, kwargs)
    tape = GradientTape()
    with tracing(tape):
        try:
            return _Taped(tape, callee).run(args, kwargs)
        finally:
            tape.end()


class _Taped(Differentiation):
    """The differentiation of a function that runs as plain Python."""

    tracer: GradientTape

    def read(self, name: str) -> Any:
        return getattr(self._callee, name)

    def call(self, function: Any, args: list[object], kwargs: dict[str, object]) -> object:
        return function(*args, **kwargs)

    def fail(self, error: Exception) -> NoReturn:
        raise error

    def reject(self, problem: str, hint: str) -> NoReturn:
        reject(_place(), problem, hint)

    def kind(self, value: object) -> type[Any]:
        return class_of(value)

    def number(self, value: object) -> Number | None:
        return value if isinstance(value, bool | int | float) else None

    @contextmanager
    def as_variables(self, weights: list[Tensor]) -> Generator[list[SSAValue]]:
        tape = self.tracer
        before = dict(tape.values)
        values = [self.variable(weight.graph_value(tape)) for weight in weights]
        for weight, value in zip(weights, values, strict=True):
            tape.values[id(weight)] = (weight, value)
        try:
            yield values
        finally:
            for weight, value in zip(weights, values, strict=True):
                # What the function assigned to it stays.
                if tape.values[id(weight)][1] is value:
                    del tape.values[id(weight)]
                    if id(weight) in before:
                        tape.values[id(weight)] = before[id(weight)]

    def gradients(self, op: graph.GradientOp) -> Sequence[SSAValue]:
        tape = self.tracer
        tape.block.add_op(op)
        variables = list(op.variables)
        found, made = replace_gradient(op)
        for new in made:
            tape.note(new)
        tape.forget(variables)
        return found

    @property
    def location(self) -> LocationAttr:
        return UnknownLoc()


def _fail(error: Exception) -> NoReturn:
    raise error


def _place() -> LocationAttr:
    """Return where the user's code stands: the innermost frame that is no library's."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        file, module = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
        if not is_library(file) and module.partition(".")[0] != "foldaway":
            positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
            column = (positions[2] or 0) + 1
            return FileLineColLoc(StringAttr(file), IntAttr(frame.f_lineno), IntAttr(column))
        frame = frame.f_back
    return UnknownLoc()


def _data(tensor: TensorData) -> Array:
    """Return the data of a tensor from before."""
    with tracing(None):
        return tensor.array("a gradient")
