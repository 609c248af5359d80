"""Tensors that may be one object with another: a run-time branch decided which one a name is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import ReferenceType, ref

from xdsl.ir import Block, Operation, SSAValue

from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .session import Folding

Named = tuple[Tensor, SSAValue]
"""A tensor, and the run-time bool that says whether another one is that."""


MOST_NAMES = 4
"""How many flags one merged tensor may have; beyond it the host refuses to tell apart."""


class Aliases:
    """The merged tensors of one fold, and which tensors each may be.

    A merged tensor has the right elements, but the host must give back the very object, and
    whoever writes to the one would have to write to the other.
    """

    def __init__(self, folding: Folding):
        self._folding = folding
        self._names: dict[int, tuple[ReferenceType[Tensor], list[Named]]] = {}
        self._parents: dict[int, int] = {}
        self._members: dict[int, list[ReferenceType[Tensor]]] = {}
        self._vague: set[int] = set()

    def note(self, made: Tensor, names: list[Named]) -> None:
        """Be told that a merged tensor is one of others, each where its flag is true.

        It may be what those may be, too.
        """
        if not names:
            return
        build = self._folding.builder
        found = {id(old): (old, flag) for old, flag in names}
        for old, flag in names:
            for other, inner in self.names_of(old):
                known = found.get(id(other))
                if known is None and len(found) >= MOST_NAMES and not self._is_outside(other):
                    self.note_vague(made, other)
                    continue
                both = build.binary("and", flag, inner)
                either = both if known is None else build.binary("or", known[1], both)
                found[id(other)] = (other, either)
        self._names[id(made)] = (ref(made), list(found.values()))
        for old, _ in names:
            self._join(made, old)

    def note_vague(self, made: Tensor, old: Tensor) -> None:
        """Be told that a merged tensor may be another one; nobody keeps track when it is."""
        self._join(made, old)
        self._vague.add(id(made))

    def is_vague(self, tensor: Tensor) -> bool:
        """Return whether a tensor may be one of which nobody keeps track."""
        return id(tensor) in self._vague

    def names_of(self, tensor: Tensor) -> list[Named]:
        """Return which tensors a tensor may be, with the flag for each."""
        found = self._names.get(id(tensor))
        return found[1] if found is not None and found[0]() is tensor else []

    def check_write(self, tensor: Tensor) -> None:
        """Raise CompileError for a write that another name may or may not see."""
        if any(one is not tensor for one in self._group(tensor)):
            self._folding.reject(
                "a tensor is changed in place that may be one with another, as a branch on"
                " run-time data decides",
                "make a copy in the branch, or change it before the branch",
            )

    def told_apart(self, tensor: Tensor, is_given: Callable[[Tensor], bool]) -> list[Named]:
        """Return which of the tensors that the host gives, too, a tensor may be.

        Raises CompileError for one that it may be without a flag that says so.
        """
        group = self._group(tensor)
        if len(group) < 2:
            return []
        names = self.names_of(tensor)
        shared = {id(old) for one in group if one is not tensor for old, _ in self.names_of(one)}
        kept = [
            (old, flag)
            for old, flag in names
            if self._is_outside(old) or is_given(old) or id(old) in shared
        ]
        known = {id(old) for old, _ in kept}
        unknown = {id(old) for old, _ in names} - known
        for one in group:
            if one is tensor or id(one) in known or not is_given(one):
                continue
            others = {id(old) for old, _ in self.names_of(one)}
            vague = id(one) in self._vague or id(tensor) in self._vague
            if vague or id(tensor) in others or unknown & others:
                self._folding.reject(
                    "two tensors are given back that may be one, as a branch on run-time data"
                    " decides",
                    "make a copy in the branch",
                )
        return kept

    def _is_outside(self, tensor: Tensor) -> bool:
        return self._folding.source(tensor) is not None

    def _join(self, one: Tensor, other: Tensor) -> None:
        first, second = self._root(id(one)), self._root(id(other))
        for root, tensor in ((first, one), (second, other)):
            members = self._members.setdefault(root, [])
            if not any(member() is tensor for member in members[:1] + members[-1:]):
                members.append(ref(tensor))
        if first != second:
            self._parents[second] = first
            self._members[first] += self._members.pop(second)

    def _root(self, key: int) -> int:
        while key in self._parents:
            key = self._parents[key]
        return key

    def _group(self, tensor: Tensor) -> list[Tensor]:
        """Return the tensors that may be one with a tensor, and still live."""
        members = self._members.get(self._root(id(tensor)), [])
        found = [one for member in members if (one := member()) is not None]
        return found if any(one is tensor for one in found) else []

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
