"""Arrays that existed before the call: run-time values, or constants guarded by their content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.ir import BlockArgument, SSAValue

from ..dialects.dtypes import TensorSpec, bfloat16
from ..dialects.source import CompileError
from ..runtime import guards
from ..runtime.array_data import GIVEN, ArrayData, holding
from ..runtime.array_dtypes import graph_dtype, is_first_name
from ..runtime.guards import class_of
from ..runtime.sources import Source
from ..runtime.symbolic_array import SymbolicArray, memory_of
from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .host import Host
    from .session import Folding

_Key = tuple[object, ...]


@dataclass
class ArrayPolicy:
    """Which arrays from outside are run-time values; all are, to begin with."""

    all_constant: bool = False
    constant: set[_Key] = field(default_factory=set[_Key])
    """Keys of sources whose arrays are constants, guarded by their content."""
    met: bool = False
    """Whether a fold met a run-time array."""
    blamed: set[_Key] = field(default_factory=set[_Key])
    """Keys of sources whose data an error asked for: as constants they may do."""

    first: CompileError | None = None
    """The error of the first fold: what is said where constants don't do either."""

    def narrow(self) -> bool:
        """Make those arrays constants that errors asked for; return whether there are new ones."""
        new = self.blamed - self.constant
        self.constant |= new
        self.blamed = set()
        return bool(new)

    def is_symbolic(self, source: Source) -> bool:
        """Return whether the data of an array at a source exist only at run time."""
        return not self.all_constant and source.key not in self.constant


class ArrayInputs:
    """The run-time arrays of one fold."""

    def __init__(self, folding: Folding, policy: ArrayPolicy):
        self.policy = policy
        self._folding = folding
        self._known: dict[int, tuple[object, SymbolicArray]] = {}
        self._memories: dict[int, tuple[Tensor, SymbolicArray]] = {}
        self._sources: dict[SSAValue, Source] = {}
        self._by_array: dict[int, Source] = {}

    def adopt(self, array: Any, source: Source) -> SymbolicArray | None:
        """Return what stands for an array from outside; None for one that is a constant."""
        if not self._folding.options.fallback or not self.policy.is_symbolic(source):
            return None
        dtype = graph_dtype(array.dtype) if class_of(array) is np.ndarray else None
        if dtype is None or not is_first_name(array.dtype):
            return None
        self.policy.met = True
        known = self._known.get(id(array))
        if known is not None:
            first = self._by_array[id(known[1])]
            if first.key != source.key:
                self._folding.add_guard(guards.AliasGuard(source, first, True))
            return known[1]
        in_rows = bool(array.flags.c_contiguous)
        self._folding.add_guard(guards.same_layout(source, array))
        tensor = self._folding.inputs.new(TensorSpec(array.shape, dtype), source)
        self._folding.inputs.memory.append(source)
        self._sources[tensor.graph_value(self._folding)] = source
        made = holding(tensor, GIVEN, known_layout=in_rows)
        made.is_writeable = bool(array.flags.writeable)
        self._known[id(array)] = (array, made)
        self._by_array[id(made)] = source
        return made

    def source(self, value: object) -> Source | None:
        """Return the path to an array from outside, None for any other value."""
        return self._by_array.get(id(value))

    def memory(self, tensor: Tensor) -> SymbolicArray | None:
        """Return the array that shares a tensor's memory: the same one each time.

        None where gradients would have to stop at it, and for a dtype that arrays don't have.
        """
        if (
            self._folding.differentiations
            or not self._folding.options.fallback
            or tensor.dtype is bfloat16
        ):
            return None
        known = self._memories.get(id(tensor))
        if known is None:
            known = self._memories[id(tensor)] = (tensor, memory_of(tensor))
        return known[1]

    def before_write(self, tensor: Tensor, operation: str) -> None:
        """Refuse to give a tensor new memory where an array is known to have the old one."""
        if operation != "write" and id(tensor) in self._memories:
            self._folding.refuse_effect("a tensor gets new data whose array is used")

    def blame(self, values: Iterable[SSAValue]) -> None:
        """Note the arrays that values are made of; if they were constants, so were the values."""
        waiting, seen = list(values), set[SSAValue]()
        while waiting:
            value = waiting.pop()
            if value in seen:
                continue
            seen.add(value)
            source = self._sources.get(value)
            if source is not None:
                self.policy.blamed.add(source.key)
            elif not isinstance(value, BlockArgument):
                waiting.extend(value.owner.operands)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]


def array_at_host(host: Host, array: ArrayData, folding: Folding) -> SSAValue:
    """Return an array as NumPy has it: itself, new, a tensor's memory, or a view of one."""
    if array.IS_SCALAR:
        return host.runtime("scalar", array.graph_value(folding))
    if array.base_view is not None:
        base, step = array.base_view
        return host.runtime(
            "view", host.part(base), host.constant(step.name), host.constant(step.argument)
        )
    held = host.part(array.held)
    return held if array.owner == GIVEN else host.runtime("array", held)


def is_array(value: object) -> bool:
    """Return whether a value stands for an array, or a scalar, of run-time data."""
    return issubclass(class_of(value), ArrayData)
