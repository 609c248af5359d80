"""What both sides of a run-time branch left becomes one: tensors, numbers, containers, objects.

Where the sides differ in a tensor of one type, or in a number of one class, the branch gives it.
Containers and instances that each side made are merged item by item. What can't be merged is a
variable that nobody may use afterwards, or keeps the sides apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xdsl.ir import Operation, SSAValue

from ..dialects import graph
from ..dialects.dtypes import TensorSpec
from ..dialects.graph.control import end_block
from ..runtime.array_data import BORN, ArrayData, born
from ..runtime.guards import class_of
from ..runtime.host import new_tuple
from ..runtime.tensor import Tensor
from .aliases import MOST_NAMES, Sharers
from .array_inputs import is_array
from .branch_results import Flag, Same, Zero, lifted
from .journal import Change
from .numbers import is_number, kind_of, tuple_items
from .object_graphs import is_rebuilt
from .places import Contents, Object, Place, Slot, Variable
from .tensor_numbers import DTYPES, TensorNumber
from .unmerged import ABSENT, Unmergeable, Unmerged, is_same_constant, words

if TYPE_CHECKING:
    from .forks import Fork, Way
    from .session import Folding

Build = Callable[[], Any]
"""Makes a merged value once the branch's results are there."""
Names = dict[int, tuple[Tensor, SSAValue | bool]]


@dataclass
class Pair:
    """A tensor of each side, of which the branch gives one, and what makes the merged one."""

    sides: tuple[Tensor | Zero, Tensor | Zero]
    build: Build


class Merge:
    """The merge of two sides: planned first, so that a failure has changed nothing."""

    def __init__(self, folding: Folding, first: Way, second: Way):
        self._folding = folding
        self._ways = first, second
        self._pairs: dict[tuple[int, int], int] = {}
        self._given: list[tuple[Any, Any]] = []
        self._results: list[SSAValue] = []
        self._builds: dict[tuple[int, int], Build] = {}
        self._running: set[tuple[int, int]] = set()
        self._partners: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._writes: list[tuple[Place, Build]] = []
        self._sharers: tuple[Sharers[Pair], Sharers[Pair]] = (Sharers(), Sharers())

    def plan(self, give_up: bool, statement: Operation | None, at_end: bool = False) -> None:
        """Find out how each place is merged that a side changed.

        `at_end`: no expression goes on. Raises `Unmergeable` for a place that can't be merged; with
        `give_up`, variables are given up instead.
        """
        first, second = (way.outcome.changes for way in self._ways)
        for key in dict.fromkeys((*first, *second)):
            change = first.get(key) or second[key]
            place = change.place
            if isinstance(place, Slot) and (at_end or place.is_gone_after(statement)):
                continue
            contents = [found.get(key, _unchanged(change)) for found in (first, second)]
            self._plan_place(place, contents, give_up, statement)

    def _plan_place(
        self, place: Place, changes: list[Change], give_up: bool, statement: Operation | None
    ) -> None:
        a, b = (change.new for change in changes)
        for way, own in zip(self._ways, (a, b), strict=True):
            if way.has_made(self._folding, place.owner):
                # Only this side made it, so that it is as this side left it.
                self._writes.append((place, _given(own)))
                return
        if a is b:
            self._writes.append((place, _given(a)))
            return
        try:
            if isinstance(place, Object):
                self._plan_object(place, cast(Contents, a), cast(Contents, b))
            else:
                self._writes.append((place, self.value(a, b)))
        except Unmergeable as why:
            why = Unmergeable(f"{place} {why}", why.hint)
            if not (give_up and isinstance(place, Variable)):
                raise why from None
            unmerged = Unmerged(str(place), why, statement)
            self._writes.append((place, _given(unmerged)))

    def _plan_object(self, place: Object, a: Contents, b: Contents) -> None:
        """Merge what an object holds."""
        if isinstance(place.value, Tensor):
            if a.raw != b.raw:
                index = self._index(place.value, place.value)
                self._writes.append((place, lambda: Contents(raw=(self._results[index], None))))
            return
        if isinstance(place.value, np.ndarray):
            if not np.array_equal(cast(Any, a.raw), cast(Any, b.raw)):
                raise Unmergeable("is changed, whose elements are known while compiling")
            return
        items = self._parts(a.items, b.items, "items")
        attributes = self._parts(a.attributes, b.attributes, "attributes")

        def build() -> Contents:
            return Contents(
                tuple((key, make()) for key, make in items),
                tuple((name, make()) for name, make in attributes),
            )

        self._writes.append((place, build))

    def _parts(self, a: Any, b: Any, what: str) -> list[tuple[Any, Build]]:
        """Return how to merge items or attributes by key."""
        if len(a) != len(b):
            raise Unmergeable(f"has {len(a)} {what} on one side and {len(b)} on the other")
        made: list[tuple[Any, Build]] = []
        for (key, x), (other, y) in zip(a, b, strict=True):
            if key is not other and (type(key) is not type(other) or key != other):
                raise Unmergeable(f"has other {what} on one side than on the other")
            made.append((key, self.value(x, y)))
        return made

    # Values.

    def value(self, a: Any, b: Any) -> Build:
        """Return how to merge two values. Raises `Unmergeable`."""
        if a is b or is_same_constant(a, b):
            return _given(a)
        key = (id(a), id(b))
        found = self._builds.get(key)
        if found is None:
            if key in self._running:
                raise Unmergeable("holds itself")
            self._running.add(key)
            found = self._builds[key] = _once(self._value(a, b))
            self._running.discard(key)
        return found

    def _value(self, a: Any, b: Any) -> Build:
        if a is ABSENT or b is ABSENT:
            return self._present(a, b)
        if is_number(a) and is_number(b):
            return self._number(a, b)
        if type(a) is Tensor and type(b) is Tensor:
            return self._tensor(a, b)
        if is_array(a) and is_array(b):
            return self._array(cast(ArrayData, a), cast(ArrayData, b))
        kind = class_of(a)
        if kind is class_of(b) and issubclass(kind, tuple):
            return self._tuple(class_of(a), a, b)
        if (
            kind is class_of(b)
            and self._are_made(a, b)
            and (kind in (list, dict) or is_rebuilt(kind))
        ):
            self._pair(a, b)
            merge = self._container if kind in (list, dict) else self._instance
            return merge(kind, a, b)
        raise Unmergeable(f"is {words(a)} on one side and {words(b)} on the other")

    def _present(self, a: Any, b: Any) -> Build:
        """Merge what one side returns and the other doesn't: where it counts, it is the one."""
        one = b if a is ABSENT else a

        def with_(absent: object) -> tuple[Any, Any]:
            return (absent, one) if a is ABSENT else (one, absent)

        if class_of(one) is tuple:
            return self._tuple(tuple, *with_((ABSENT,) * len(one)))
        if is_number(one):
            kind, numbers = kind_of(one), self._folding.numbers
            number = self._index(*with_(Zero(TensorSpec((), DTYPES[kind]))))
            return lambda: TensorNumber(numbers, self._results[number], kind)
        if type(one) is Tensor:
            return self._tensor(*with_(Zero(one.spec)))
        if is_array(one) or not is_same_constant(one, one):
            raise Unmergeable(f"is {words(one)}, which a loop can't return")
        return _given(one)

    def _are_made(self, a: object, b: object) -> bool:
        first, second = self._ways
        return id(a) in first.outcome.made and id(b) in second.outcome.made

    def _pair(self, a: object, b: object) -> None:
        """Refuse two names of one object that name two on the other side: changes would tell."""
        first, second = self._partners
        if first.setdefault(id(a), id(b)) != id(b) or second.setdefault(id(b), id(a)) != id(a):
            raise Unmergeable(
                "is another name of an object on one side, and of none on the other",
                "make a copy on both sides",
            )

    def _number(self, a: Any, b: Any) -> Build:
        kinds = [kind_of(x) for x in (a, b)]
        if kinds[0] is not kinds[1]:
            names = [kind.__name__ for kind in kinds]
            raise Unmergeable(f"is an {names[0]} on one side and {names[1]} on the other")
        index, numbers = self._index(a, b), self._folding.numbers
        return lambda: TensorNumber(numbers, self._results[index], kinds[0])

    def _tensor(self, a: Tensor | Zero, b: Tensor | Zero) -> Build:
        """Merge two tensors; a `Zero` is none, and no other name of any."""
        if a.spec != b.spec:
            raise Unmergeable(f"is {words(a)} on one side and {words(b)} on the other")
        index, folding = self._index(a, b), self._folding
        names = [self._names(x, way) for x, way in zip((a, b), self._ways, strict=True)]
        tensors = [x for x in (a, b) if isinstance(x, Tensor)]
        flags: list[tuple[Tensor, int]] = []
        vague: list[Tensor] = [x for x in tensors if folding.aliases.is_vague(x)]
        for key in dict.fromkeys((*names[0], *names[1])):
            old = (names[0].get(key) or names[1][key])[0]
            if len(flags) == MOST_NAMES and folding.source(old) is None:
                vague.append(old)
                continue
            whether = [found[key][1] if key in found else False for found in names]
            flags.append((old, self._index(*map(Flag, whether))))
        pair = Pair((a, b), lambda: None)
        others = self._sharing(pair)

        def build() -> Tensor:
            made = Tensor.symbolic(folding, self._results[index])
            names = [(old, self._results[at]) for old, at in flags]
            names += [(other.build(), self._results[at]) for other, at in others]
            folding.aliases.note(made, names)
            for old in vague:
                folding.aliases.note_vague(made, old)
            return made

        pair.build = _once(build)
        return pair.build

    def _sharing(self, pair: Pair) -> list[tuple[Pair, int]]:
        """Return the pairs of which this one may be another name, as a side made one tensor.

        With each comes the branch's result that says whether it is.
        """
        found: dict[int, Pair] = {}
        for tensor, way, sharers in zip(pair.sides, self._ways, self._sharers, strict=True):
            if isinstance(tensor, Zero):
                continue
            names = [tensor, *(old for old, _ in self._folding.aliases.names_of(tensor))]
            own = [name for name in names if id(name) in way.tensors]
            found.update((id(other), other) for other in sharers.meet(tensor, own, pair))
        return [
            (other, self._index(*map(Same, pair.sides, other.sides))) for other in found.values()
        ]

    def _names(self, tensor: Tensor | Zero, way: Way) -> Names:
        """Return which tensors of before the branch a tensor may be, each with the flag for it."""
        if isinstance(tensor, Zero):
            return {}
        if id(tensor) not in way.tensors:
            return {id(tensor): (tensor, True)}
        names = self._folding.aliases.names_of(tensor)
        return {id(old): (old, flag) for old, flag in names if id(old) not in way.tensors}

    def _array(self, a: ArrayData, b: ArrayData) -> Build:
        if type(a) is not type(b) or a.shape != b.shape or a.dtype != b.dtype:
            raise Unmergeable(f"is {words(a)} on one side and {words(b)} on the other")
        scalar = a.IS_SCALAR
        if not scalar:
            self._check_own(a, 0)
            self._check_own(b, 1)
            self._pair(a, b)
        index = self._index(a, b)
        return lambda: born(self._results[index], scalar, () if scalar else (a, b))

    def _check_own(self, array: ArrayData, side: int) -> None:
        """Refuse an array whose memory others know, too: who writes to it would have to know."""
        own = id(array.held) in self._ways[side].tensors
        if array.owner != BORN or array.base_view is not None or not own:
            raise Unmergeable(
                "is an array on one side that has another name, too", "make a copy of the array"
            )

    def _tuple(self, kind: type[Any], a: Any, b: Any) -> Build:
        first, second = tuple_items(a), tuple_items(b)
        if len(first) != len(second):
            raise Unmergeable(f"has {len(first)} items on one side and {len(second)} on the other")
        items = [self.value(x, y) for x, y in zip(first, second, strict=True)]
        return lambda: new_tuple(kind, tuple(item() for item in items))

    def _container(self, kind: type[Any], a: Any, b: Any) -> Build:
        first, second = self._now(a, b)
        items = self._parts(first.items, second.items, "items")

        def build() -> Any:
            made = [(key, make()) for key, make in items]
            return dict(made) if kind is dict else [item for _, item in made]

        return build

    def _instance(self, kind: type[Any], a: Any, b: Any) -> Build:
        first, second = self._now(a, b)
        attributes = self._parts(first.attributes, second.attributes, "attributes")

        def build() -> Any:
            made = object.__new__(kind)
            Object(made).write(
                Contents(attributes=tuple((name, make()) for name, make in attributes))
            )
            return made

        return build

    def _now(self, a: object, b: object) -> tuple[Contents, Contents]:
        """Return what containers or instances hold, each at the end of its side."""
        first, second = self._ways
        return _at_end(first, a), _at_end(second, b)

    def _index(self, a: Any, b: Any) -> int:
        """Return which result of the branch is this pair."""
        key = (id(a), id(b))
        if key not in self._pairs:
            self._pairs[key] = len(self._given)
            self._given.append((a, b))
        return self._pairs[key]

    # What was planned happens.

    def apply(self, fork: Fork) -> None:
        """Let the branch give what was planned, and write it to all places."""
        given = [self._lifted(way, side) for side, way in enumerate(self._ways)]
        self._results = fork.replace(given[0])
        for way, values in zip(self._ways, given, strict=True):
            end_block(way.block, graph.GiveOp.create(operands=values))
        for place, build in self._writes:
            self._folding.journal.write(place, build())

    def _lifted(self, way: Way, side: int) -> list[SSAValue]:
        folding = self._folding
        with way.entered(folding):
            return [lifted(folding, pair[side]) for pair in self._given]


def follow(way: Way) -> list[Tensor]:
    """Return the tensors whose values were computed in a side, and that live on after it."""
    written = [
        change.place.value
        for change in way.outcome.changes.values()
        if isinstance(change.place, Object) and isinstance(change.place.value, Tensor)
    ]
    found = {id(tensor): tensor for tensor in (*way.tensors.values(), *written)}
    return [tensor for tensor in found.values() if tensor.is_in(way.block)]


def _at_end(way: Way, value: object) -> Contents:
    place = Object(value)
    change = way.outcome.changes.get(place.key)
    return cast(Contents, change.new) if change is not None else place.read()


def _unchanged(change: Change) -> Change:
    return Change(change.place, change.old, change.old)


def _given(value: Any) -> Build:
    return lambda: value


def _once(build: Build) -> Build:
    """Return a build that makes its value once: what was one object in both sides stays one."""
    made: list[Any] = []

    def first() -> Any:
        if not made:
            made.append(build())
        return made[0]

    return first
