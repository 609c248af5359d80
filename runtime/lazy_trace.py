"""Operations of lazily run code, recorded one by one and computed together when data is needed.

Recording makes one small object an operation; a flush turns what live tensors need into a form
that says everything about the code but nothing about the data, and has that compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast
from weakref import ReferenceType, ref

from ..dialects.build import Builder
from ..dialects.dtypes import TensorSpec
from ..dialects.emitter import AttributeValue, Emitter
from .arrays import Array, array_of, owned
from .lazy_value import Attributes, LazyValue, value_of_bytes
from .meanings import compute
from .recording import RECORDER

if TYPE_CHECKING:
    from .tensor_data import TensorData

LONGEST = 500
"""Operations after which a trace is computed, so that neither it nor its code grows for ever."""


Step = tuple[str, TensorSpec, Attributes, tuple[int, ...]]
"""One operation of a trace: its class, what it gives, its attributes, and where its operands are.

A place is the index of a step, or `~index` of an input.
"""


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
        self.closed = False
        """Whether the run is over, so that nothing is recorded any more."""
        self._tensors: list[ReferenceType[TensorData]] = []
        self._numbers = count()
        self._last = 0
        """How many operations had been recorded before the last flush."""

    def spec(self, value: LazyValue) -> TensorSpec:
        """Return shape and dtype of a value."""
        return value.spec

    def emit(
        self,
        op: str,
        operands: Sequence[LazyValue],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> LazyValue:
        """Return the value that the op will give."""
        if op == "graph.pow":
            _fix(operands[1])
        number = next(self._numbers)
        return LazyValue(result, None, self, op, tuple(operands), tuple(attributes.items()), number)

    def constant(self, data: bytes, spec: TensorSpec) -> LazyValue:
        """Return the value of these elements."""
        return value_of_bytes(data, spec)

    def watch(self, tensor: TensorData) -> None:
        """Compute the tensor's value with the next flush, if the tensor still lives then."""
        self._tensors.append(ref(tensor))
        value = tensor.lazily
        if value is not None and value.number - self._last >= LONGEST:
            self._last = value.number
            self.flush(None)

    def flush(self, wanted: LazyValue | None) -> None:
        """Compute one value, and what else live tensors stand for; all of it or, on errors, none.

        Raises what compiling and running raise; then the values are still pending.
        """
        known = len(self._tensors)
        roots = list(dict.fromkeys(self._pending(self._tensors[:known])))
        if wanted is not None and wanted not in roots:
            roots.append(wanted)
        if roots:
            form, inputs, values = scheduled(roots)
            outputs = self.runner.run_trace(form, inputs) if form.outputs else []
            for place, array in zip(form.outputs, outputs, strict=True):
                values[place].settle(array)
        # Another thread may have recorded meanwhile, or flushed as well.
        del self._tensors[:known]

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
    for value, operands in _pending_below(roots):
        used = list[int]()
        for operand in operands:
            place = places.get(operand)
            if place is None:
                array = operand.force()
                if operand.fixed:
                    places[operand] = place = len(steps)
                    attributes = (("value", array.tobytes().hex()),)
                    steps.append(("graph.constant", operand.spec, attributes, ()))
                    values.append(operand)
                else:
                    places[operand] = place = ~len(inputs)
                    specs.append(operand.spec)
                    inputs.append(array)
            used.append(place)
        places[value] = len(steps)
        op = cast("str", value.op)
        steps.append((op, value.spec, value.attributes, tuple(used)))
        values.append(value)
    outputs = [places[root] for root in roots if root in places]
    return TraceForm(tuple(specs), tuple(steps), tuple(outputs)), inputs, values


def _pending_below(
    roots: Sequence[LazyValue],
) -> list[tuple[LazyValue, tuple[LazyValue, ...]]]:
    """Return the values that are to be computed, in the order of their recording.

    Each has its operands beside it, which it forgets when another thread computes it.
    """
    found: dict[LazyValue, tuple[LazyValue, ...]] = {}
    work = list(roots)
    while work:
        value = work.pop()
        if value in found:
            continue
        # The operands first: they are forgotten after the array is there.
        operands = value.operands
        if value.array is None:
            found[value] = operands
            work += operands
    return sorted(found.items(), key=_number)


def _number(item: tuple[LazyValue, object]) -> int:
    return item[0].number


def compute_eagerly(form: TraceForm, inputs: Sequence[Array]) -> list[Array]:
    """Return the outputs of a trace, each operation computed by NumPy."""
    results: list[Array] = []
    for op, result, attributes, places in form.steps:
        operands = [results[place] if place >= 0 else inputs[~place] for place in places]
        if op == "graph.constant":
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


def _fix(value: LazyValue) -> None:
    """Make a number, which may have been broadcast, a part of the code."""
    while value.op == "graph.broadcast":
        value = value.operands[0]
    if value.op is None and not value.spec.shape and value.array is not None:
        value.fixed = value.array.base is not None


class LazyBuilder(Builder[LazyValue]):
    """The builders that record; made of a trace."""

    emitter: LazyTrace


def record(
    runner: TraceRunner, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> Any:
    """Return what a call gives; its tensor operations are recorded.

    Those that are needed are computed at its end. No manager, in which an interrupt could come
    between the block's end and the beginning of `__exit__`.
    """
    trace = LazyTrace(runner)
    outer = RECORDER.get()
    try:
        RECORDER.set(LazyBuilder(trace))
        result = function(*args, **kwargs)
        trace.flush(None)
        return result
    finally:
        RECORDER.set(outer)
        trace.closed = True
