"""Tensors that may be one object with another: a run-time branch decided which one a name is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ReferenceType, ref

from xdsl.ir import Block, Operation, SSAValue

from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .session import Folding

Named = tuple[Tensor, SSAValue]
"""A tensor, and the run-time bool that says whether another one is that."""


class Aliases:
    """The merged tensors of one fold, and which tensors each may be.

    A merged tensor has the right elements, but the host must give back the very object, and
    whoever writes to the one would have to write to the other.
    """

    def __init__(self, folding: Folding):
        self._folding = folding
        self._names: dict[int, tuple[ReferenceType[Tensor], list[Named]]] = {}
        self._partners: dict[int, list[ReferenceType[Tensor]]] = {}

    def note(self, made: Tensor, names: list[Named]) -> None:
        """Be told that a merged tensor is one of others, each where its flag is true."""
        if not names:
            return
        self._names[id(made)] = (ref(made), names)
        for old, _ in names:
            self._partners.setdefault(id(old), []).append(ref(made))

    def names_of(self, tensor: Tensor) -> list[Named]:
        """Return which tensors a tensor may be."""
        found = self._names.get(id(tensor))
        return found[1] if found is not None and found[0]() is tensor else []

    def check_write(self, tensor: Tensor) -> None:
        """Raise CompileError for a write that another name may or may not see."""
        partners = (partner() for partner in self._partners.get(id(tensor), ()))
        others = [one for one in partners if one is not None and self.names_of(one)]
        if others or self.names_of(tensor):
            self._folding.reject(
                "a tensor is changed in place that may be one with another, as a branch on"
                " run-time data decides",
                "make a copy in the branch, or change it before the branch",
            )

    def flags_in(self, block: Block) -> list[SSAValue]:
        """Return the flags that were computed in a block."""
        return [
            flag
            for _, names in self._names.values()
            for _, flag in names
            if isinstance(flag.owner, Operation) and flag.owner.parent is block
        ]

    def rename(self, renamed: dict[SSAValue, SSAValue]) -> None:
        """Exchange flags for others."""
        for key, (made, names) in list(self._names.items()):
            new = [(old, renamed.get(flag, flag)) for old, flag in names]
            self._names[key] = (made, new)
