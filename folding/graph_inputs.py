"""What the graph takes from outside: its arguments, and where each is found at a call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xdsl.ir import Attribute, Block, BlockArgument, SSAValue

from ..dialects.dtypes import TensorSpec, tensor_type
from ..dialects.pyobj.attributes import OBJECT
from ..runtime import guards
from ..runtime.sources import Source
from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .session import Folding


class GraphInputs:
    """The arguments of one fold's graph, in order."""

    def __init__(self, folding: Folding, entry: Block):
        self._folding = folding
        self._entry = entry
        self.sources: list[Source] = []
        """Where the value of each argument is found."""
        self.memory: list[Source] = []
        """The tensors and arrays from outside, whose elements a write could change."""
        self._known: dict[int, Tensor] = {}
        self._made: dict[int, tuple[Tensor, Source, SSAValue]] = {}
        self._written: dict[int, Source] = {}

    def tensor(self, tensor: Tensor, source: Source) -> Tensor:
        """Return the symbolic tensor for one that existed before; its data come at run time."""
        known = self._known.get(id(tensor))
        if known is not None:
            _, first, _ = self._made[id(known)]
            if first.key != source.key:
                self._folding.add_guard(guards.AliasGuard(source, first, True))
            return known
        symbolic = self.new(tensor.spec, source, tensor)
        self._folding.add_guard(guards.same_spec(source, type(tensor), tensor.spec))
        self._known[id(tensor)] = symbolic
        self.memory.append(source)
        return symbolic

    def new(self, spec: TensorSpec, source: Source, like: Tensor | None = None) -> Tensor:
        """Add an argument and return the tensor it stands for."""
        value = self._argument(tensor_type(spec), source)
        symbolic = Tensor.symbolic(self._folding, value, like)
        self._made[id(symbolic)] = symbolic, source, value
        return symbolic

    def object(self, source: Source) -> SSAValue:
        """Add an object that existed before the call as an argument, to be returned itself."""
        return self._argument(OBJECT, source)

    def _argument(self, type: Attribute, source: Source) -> BlockArgument:
        self.sources.append(source)
        value = self._entry.insert_arg(type, len(self._entry.args))
        value.name_hint = _hint(source)
        return value

    def source(self, value: object) -> Source | None:
        """Return the path to a tensor from outside, None for any other value."""
        made = self._made.get(id(value))
        return None if made is None else made[1]

    def arrived(self, tensor: Tensor) -> SSAValue | None:
        """Return the argument that is a tensor from outside itself, None for one born here."""
        made = self._made.get(id(tensor))
        return None if made is None else made[2]

    def note_written(self, tensor: Tensor) -> None:
        """Be told that the program writes to a tensor; only to one from outside does it matter."""
        made = self._made.get(id(tensor))
        if made is not None:
            self._written[id(tensor)] = made[1]

    def guard_memory(self, arguments: Sequence[object]) -> None:
        """Guard that no other input sees the writes to a tensor; refuse them if one does now."""
        for written in self._written.values():
            others = tuple(one for one in self.memory if one.key != written.key)
            guard = guards.MemoryGuard(written, others)
            sharing = guard.sharing(arguments)
            if sharing is not None:
                self._folding.refuse_effect(
                    f"'{written}' is changed in place, and '{sharing}' shares its memory"
                )
            self._folding.add_guard(guard)


def _hint(source: Source) -> str | None:
    """Return a name for an argument in the IR: the path as one ASCII word."""
    word = re.sub(r"\W+", "_", str(source), flags=re.ASCII).strip("_")
    return word if word and not word[0].isdigit() else None
