"""Operations of lazily run code, recorded one by one and computed together when data is needed.

Recording makes one small object an operation; a flush turns what live tensors need into a form
that says everything about the code but nothing about the data, and has that compiled once.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple, Protocol
from weakref import ReferenceType, ref

from xdsl.ir import Operation

from ..dialects import graph
from ..dialects.build import Builder
from ..dialects.dtypes import TensorSpec
from ..dialects.emitter import AttributeValue, Emitter
from .arrays import Array, array_of, owned
from .lazy_value import Attributes, LazyValue, value_of_bytes
from .meanings import compute

if TYPE_CHECKING:
    from .tensor_data import TensorData

LONGEST = 500
"""Operations after which a trace is computed, so that neither it nor its code grows for ever."""


class Step(NamedTuple):
    """One operation of a trace. A place is the index of a step, or `~index` of an input."""

    op: type[Operation]
    result: TensorSpec
    attributes: Attributes
    places: tuple[int, ...]


class TraceForm(NamedTuple):
    """The code of a trace; equal forms share compiled code, whatever the data."""

    inputs: tuple[TensorSpec, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]


class TraceRunner(Protocol):
    """Who computes traces, and keeps count of it."""

    def run_trace(self, form: TraceForm, inputs: Sequence[Array]) -> list[Array]:
        """Return a new array for each output."""
        ...

    def note_operation(self) -> None:
        """Be told that the running line of the user's records an operation."""
        ...

    def note_python(self) -> None:
        """Be told that an operation on tensors is computed by Python."""
        ...


class LazyTrace(Emitter[LazyValue]):
    """The operations of one run of a function. One thread records, any may ask for data.

    As an emitter it records what a builder emits; numbers become inputs, so that another number
    needs no other code.
    """

    def __init__(self, runner: TraceRunner):
        self.runner = runner
        self.size = 0
        """Operations that were recorded since the last flush."""
        self.closed = False
        """Whether the run is over, so that nothing is recorded any more."""
        self._tensors: list[ReferenceType[TensorData]] = []

    def spec(self, value: LazyValue) -> TensorSpec:
        """Return shape and dtype of a value."""
        return value.spec

    def emit(
        self,
        op: type[Operation],
        operands: Sequence[LazyValue],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> LazyValue:
        """Return the value that the op will give."""
        self.size += 1
        if op is graph.PowOp:
            _fix(operands[1])
        return LazyValue(result, None, self, op, tuple(operands), tuple(attributes.items()))

    def constant(self, data: bytes, spec: TensorSpec) -> LazyValue:
        """Return the value of these elements."""
        return value_of_bytes(data, spec)

    def watch(self, tensor: TensorData) -> None:
        """Compute the tensor's value with the next flush, if the tensor still lives then."""
        self._tensors.append(ref(tensor))
        if self.size >= LONGEST:
            self.flush(None)

    def flush(self, wanted: LazyValue | None) -> None:
        """Compute one value, and what else live tensors stand for; all of it or, on errors, none.

        Raises what compiling and running raise; then the values are still pending.
        """
        count = len(self._tensors)
        roots = list(dict.fromkeys(self._pending(self._tensors[:count])))
        if wanted is not None and wanted not in roots:
            roots.append(wanted)
        if roots:
            form, inputs, values = scheduled(roots)
            outputs = self.runner.run_trace(form, inputs) if form.steps else []
            for place, array in zip(form.outputs, outputs, strict=True):
                values[place].settle(array)
        # Another thread may have recorded meanwhile, or flushed as well.
        del self._tensors[:count]
        self.size = 0

    def _pending(self, tensors: Sequence[ReferenceType[TensorData]]) -> Generator[LazyValue]:
        for reference in tensors:
            tensor = reference()
            value = tensor.lazily if tensor is not None else None
            if value is not None and value.array is None and value.trace is self:
                yield value


def scheduled(roots: Sequence[LazyValue]) -> tuple[TraceForm, list[Array], list[LazyValue]]:
    """Return the form of all that the roots need, its inputs, and the value of each step.

    A root that another thread computes meanwhile is no output.
    """
    places: dict[LazyValue, int] = {}
    specs, inputs = list[TensorSpec](), list[Array]()
    steps, values = list[Step](), list[LazyValue]()
    work = list(reversed(roots))
    while work:
        value = work[-1]
        if value in places:
            work.pop()
            continue
        operands, op = value.operands, value.op
        array = value.array
        if array is not None and not value.fixed:
            places[value] = ~len(inputs)
            specs.append(value.spec)
            inputs.append(array)
        elif array is not None or op is None:
            attributes: Attributes = (("value", _bytes(array)),)
            places[value] = len(steps)
            steps.append(Step(graph.ConstantOp, value.spec, attributes, ()))
            values.append(value)
        else:
            missing = [operand for operand in operands if operand not in places]
            if missing:
                work.extend(reversed(missing))
                continue
            places[value] = len(steps)
            used = tuple([places[operand] for operand in operands])
            steps.append(Step(op, value.spec, value.attributes, used))
            values.append(value)
        work.pop()
    outputs = tuple([p for root in roots if (p := places[root]) >= 0 and root.array is None])
    return TraceForm(tuple(specs), tuple(steps), outputs), inputs, values


def compute_eagerly(form: TraceForm, inputs: Sequence[Array]) -> list[Array]:
    """Return the outputs of a trace, each operation computed by NumPy."""
    results: list[Array] = []
    for op, result, attributes, places in form.steps:
        operands = [results[place] if place >= 0 else inputs[~place] for place in places]
        if op is graph.ConstantOp:
            results.append(array_of(bytes.fromhex(str(dict(attributes)["value"])), result))
        else:
            results.append(compute(op, operands, result, dict(attributes)))
    seen = set[int]()
    outputs: list[Array] = []
    for place in form.outputs:
        array = owned(results[place])
        outputs.append(array.copy() if id(array) in seen or _is_input(array, inputs) else array)
        seen.add(id(array))
    return outputs


def _is_input(array: Array, inputs: Sequence[Array]) -> bool:
    return any(array is one for one in inputs)


def _bytes(array: Array | None) -> str:
    assert array is not None
    return array.tobytes().hex()


def _fix(value: LazyValue) -> None:
    """Make a number, which may have been broadcast, a part of the code."""
    while value.op is graph.BroadcastOp:
        value = value.operands[0]
    if value.op is None and not value.spec.shape and value.array is not None:
        value.fixed = value.array.base is not None


class LazyBuilder(Builder[LazyValue]):
    """The builders that record; made of a trace."""

    emitter: LazyTrace


_builder: ContextVar[LazyBuilder | None] = ContextVar("foldaway_trace", default=None)


def current_recorder() -> LazyBuilder | None:
    """Return the builder that this thread and context records with; None means that it doesn't."""
    builder = _builder.get()
    # A copy of the context may outlive the run.
    return None if builder is None or builder.emitter.closed else builder


@contextmanager
def recording(runner: TraceRunner) -> Generator[None]:
    """Record tensor operations until the block ends; then those that are needed are computed."""
    trace = LazyTrace(runner)
    token = _builder.set(LazyBuilder(trace))
    try:
        yield
        trace.flush(None)
    finally:
        _builder.reset(token)
        trace.closed = True


def note_python_operation() -> None:
    """Count an operation on tensors that Python computes even where others are recorded."""
    builder = _builder.get()
    if builder is not None:
        builder.emitter.runner.note_python()
