"""Where tensor operations go: computed at once, or recorded in the graph that is being built.

A `Tracer` is set while a function is being folded; without one every operation is eager.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, NoReturn, Protocol

if TYPE_CHECKING:
    from weakref import ReferenceType

    from xdsl.ir import SSAValue

    from ..dialects.build import IRBuilder
    from .arrays import Array
    from .symbolic_array import SymbolicArray
    from .tensor import Tensor
    from .tensor_data import TensorData


class Tracer(Protocol):
    """The graph under construction, as tensors see it."""

    builder: IRBuilder

    @property
    def watched(self) -> list[ReferenceType[TensorData]] | None:
        """Where each tensor that is made is noted; None where nobody asks."""
        ...

    def known(self, value: SSAValue) -> Array | None:
        """Return the data of a value that are known by now, else None."""
        ...

    def peek(self, tensor: TensorData, wanted: str) -> Array | None:
        """Return data that Python looks at but doesn't keep; None where `known` decides."""
        ...

    def lift(self, tensor: Tensor) -> SSAValue:
        """Return the graph value of a tensor that existed before: a run-time input."""
        ...

    def refuse(self, tensor: Tensor, wanted: str) -> ValueNeeded:
        """Return the error for asking a run-time tensor for its data, and remember it."""
        ...

    def assign(self, tensor: Tensor, new: Tensor) -> None:
        """Give a tensor that the tracer has not been given other data, or raise."""
        ...

    def refuse_write(self, tensor: Tensor) -> NoReturn:
        """Raise the error for writing to a tensor that the tracer has not been given."""
        ...

    def before_identity(self, tensor: Tensor) -> None:
        """Be told that Python asks which object a symbolic tensor is, as a set does; or raise."""
        ...

    def before_truth(self) -> None:
        """Be told that Python asks for the truth of a comparison that has none; or raise."""
        ...

    def refuse_array(self, values: Sequence[SSAValue], problem: str, hint: str) -> NoReturn:
        """Raise the error for what can't be done with the run-time arrays that are `values`."""
        ...

    def memory_of(self, tensor: Tensor) -> SymbolicArray | None:
        """Return the array that shares a symbolic tensor's memory; None: there is none."""
        ...

    def before_write(self, tensor: Tensor, operation: str) -> None:
        """Be told that a symbolic tensor changes next; `snapshot` is still the old one.

        `operation` is "write" or "assign". A journal keeps the snapshot here.
        """
        ...

    def before_effect(self, what: str) -> None:
        """Be told that something of the framework's would change that outlives the trace."""
        ...


class ValueNeeded(BaseException):
    """Python asked a tensor for data that exists only at run time.

    Not an `Exception`, so that no library's `except Exception` takes another path on it.
    """


TRACER: ContextVar[Tracer | None] = ContextVar("foldaway_tracer", default=None)
"""Read and set by the functions here, and by who puts back what an interrupt has left."""


def current_tracer() -> Tracer | None:
    """Return the tracer of this thread and context; None means eager."""
    return TRACER.get()


def before_effect(what: str) -> None:
    """Tell the tracer, if there is one, that something is about to change; it may refuse."""
    tracer = TRACER.get()
    if tracer is not None:
        tracer.before_effect(what)


class tracing:
    """Record tensor operations in `tracer` (None: compute them) until the block ends.

    A class, since a generator that an interrupt leaves open would end the block at any later time.
    """

    __slots__ = ("_token", "_tracer")

    def __init__(self, tracer: Tracer | None):
        self._tracer = tracer

    def __enter__(self) -> None:
        self._token = TRACER.set(self._tracer)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        TRACER.reset(self._token)
