"""Tensors that may be one object with another: a run-time branch decided which one a name is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ReferenceType, ref

from xdsl.ir import Block, Operation, SSAValue

from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .session import Folding

Found = TypeVar("Found")
Named = tuple[Tensor, SSAValue]
"""A tensor, and the run-time bool that says whether another one is that."""


MOST_NAMES = 8
"""How many flags one merged tensor may have; beyond it the host refuses to tell apart."""


class Sharers(Generic[Found]):
    """Who has each tensor as one of its names.

    Two have a tensor in common if the one asks whether it is the other, or both whether they are a
    third one, that surely is the tensor.
    """

    def __init__(self):
        self._of: dict[int, tuple[Tensor, list[Found]]] = {}
        self._sure: set[int] = set()

    def meet(self, tensor: Tensor, names: Iterable[Tensor], one: Found) -> list[Found]:
        """Be told of one more, a tensor with its names; return which others it is to ask."""
        found: dict[int, Found] = {}
        for name in names:
            key = id(name)
            _, known = self._of.setdefault(key, (name, []))
            found.update((id(other), other) for other in known if other is not one)
            if name is tensor and key not in self._sure:
                self._sure.add(key)
                known[:] = [one]
            elif key not in self._sure:
                known.append(one)
        return list(found.values())


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

    def is_named(self, tensor: Tensor, name: Tensor) -> bool | SSAValue:
        """Return whether one of a tensor's names is another tensor, or the bool that says so."""
        return self._all_names(tensor).get(id(name), False)

    def is_one(self, a: Tensor, b: Tensor) -> bool | SSAValue:
        """Return whether two tensors are one, or the run-time bool that says so.

        It is computed in the current block, of which both are to be visible.
        """
        first, second = self._all_names(a), self._all_names(b)
        found: bool | SSAValue = False
        for key, one in first.items():
            found = self._either(found, self._both(one, second.get(key, False)))
        return found

    def _all_names(self, tensor: Tensor) -> dict[int, bool | SSAValue]:
        return {id(tensor): True, **{id(old): flag for old, flag in self.names_of(tensor)}}

    def _both(self, a: bool | SSAValue, b: bool | SSAValue) -> bool | SSAValue:
        if isinstance(a, bool) or isinstance(b, bool):
            return b if a is True else a if b is True else False
        return self._folding.builder.binary("and", a, b)

    def _either(self, a: bool | SSAValue, b: bool | SSAValue) -> bool | SSAValue:
        if isinstance(a, bool) or isinstance(b, bool):
            return b if a is False else a if b is False else True
        return self._folding.builder.binary("or", a, b)

    def check_write(self, tensor: Tensor) -> None:
        """Raise CompileError for a write that another name may or may not see."""
        if any(one is not tensor for one in self._group(tensor)):
            self._folding.reject(
                "a tensor is changed in place that may be one with another, as a branch on"
                " run-time data decides",
                "make a copy in the branch, or change it before the branch",
            )

    def check_identity(self, tensor: Tensor) -> None:
        """Raise CompileError for what asks which object a tensor is that may be another one."""
        if len(self._group(tensor)) > 1:
            self._folding.reject(
                "it is asked which object a tensor is that may be one with another, as a branch"
                " on run-time data decides",
                "compare tensors by 'is', or make a copy in the branch",
            )

    def check_search(self) -> None:
        """Raise CompileError for a comparison of objects where some tensors may be one."""
        for made, _ in self._names.values():
            tensor = made()
            if tensor is not None:
                self.check_identity(tensor)

    def is_same(self, a: Tensor, b: Tensor) -> bool | SSAValue:
        """Return whether two tensors are one, or the run-time bool that says so.

        Raises CompileError where nobody keeps track of that.
        """
        if a is b:
            return True
        if id(a) in self._vague or id(b) in self._vague:
            if any(one is b for one in self._group(a)):
                self._folding.reject(
                    "whether two tensors are one is asked, of which branches on run-time data"
                    f" decide; nobody keeps track of more than {MOST_NAMES}",
                    "make copies in the branches",
                )
        for one in self._outside_names(a):
            for other in self._outside_names(b):
                self._folding.guard_identity(one, other, one is other)
        return self.is_one(a, b)

    def _outside_names(self, tensor: Tensor) -> list[Tensor]:
        """Return which tensors from outside a tensor may be; two may be one at another call."""
        names = [tensor, *(old for old, _ in self.names_of(tensor))]
        return [name for name in names if self._is_outside(name)]

    def told_apart(self, tensor: Tensor, is_given: Callable[[Tensor], bool]) -> list[Named]:
        """Return which of the tensors that the host has given by now a tensor may be.

        Raises CompileError for one that it may be without a flag that says so.
        """
        group = self._group(tensor)
        if len(group) < 2:
            return []
        kept: list[Named] = [
            (old, flag)
            for old, flag in self.names_of(tensor)
            if self._is_outside(old) or is_given(old)
        ]
        known = {id(old) for old, _ in kept}
        for one in group:
            if one is tensor or id(one) in known or not is_given(one):
                continue
            flag = self.is_one(tensor, one)
            if id(one) in self._vague or id(tensor) in self._vague:
                self._folding.reject(
                    "two tensors are given back that may be one, as a branch on run-time data"
                    " decides",
                    "make a copy in the branch",
                )
            if isinstance(flag, SSAValue):
                kept.append((one, flag))
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
