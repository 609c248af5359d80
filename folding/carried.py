"""What a run-time loop carries from round to round, place by place.

A place that the body changes is planned by what it held before the loop and what it holds after
a round: a tensor of one type, a number of one class, or a group of such in a tuple or container.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xdsl.ir import Block, SSAValue

from ..dialects.dtypes import TensorSpec, bool_, spec_of, tensor_type
from ..runtime.array_data import BORN, ArrayData, born
from ..runtime.guards import class_of
from ..runtime.host import new_tuple
from ..runtime.tensor import Tensor
from .aliases import Sharers
from .array_inputs import is_array
from .branch_results import flag_value, zero
from .numbers import is_number, kind_of, tuple_items
from .places import Contents, Place
from .tensor_numbers import DTYPES, TensorNumber, number_value
from .unmerged import ABSENT, Unmergeable, Unmerged, is_same_constant, words

if TYPE_CHECKING:
    from .session import Folding

Parts = list[Any]


class Node(ABC):
    """A part of what a place holds: how it enters the body, leaves it, and ends."""

    types: tuple[TensorSpec, ...] = ()
    """The types of the values that it carries."""

    @property
    def shape(self) -> object:
        """What tells this plan from another."""
        return self.types

    @abstractmethod
    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return the part for these values: at the start of a round, or after the loop."""

    def values(self, folding: Folding, part: Any) -> list[SSAValue]:
        """Return the values that a part has, before the loop or at the end of a round."""
        return []


class Fixed(Node):
    """A part that stays the same."""

    def __init__(self, part: Any):
        self._part = part

    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return the part."""
        return self._part


class Number(Node):
    """An int, a float or a bool."""

    def __init__(self, kind: type[Any]):
        self._kind = kind
        self.types = (TensorSpec((), DTYPES[kind]),)

    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return the number."""
        return TensorNumber(folding.numbers, values[0], self._kind)

    def values(self, folding: Folding, part: Any) -> list[SSAValue]:
        """Return the number's value."""
        return [zero(folding, self.types[0]) if part is ABSENT else number_value(folding, part)]


class Named:
    """A place for a tensor: which one is in it at the start of a round, and at its end."""

    entered: Tensor | None = None
    part: Any = None


class Whole(Node):
    """A tensor that a name stands for, and which other one it is.

    `names` are tensors from before the loop, `others` places that are carried before this one.
    """

    def __init__(self, spec: TensorSpec, one: Named, names: list[Tensor], others: list[Named]):
        self.one = one
        self.names = names
        self.others = others
        self.types = (spec, *(TensorSpec((), bool_) for _ in (*names, *others)))

    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return the tensor."""
        made = self.one.entered = Tensor.symbolic(folding, values[0])
        names = [*self.names, *(cast(Tensor, other.entered) for other in self.others)]
        folding.aliases.note(made, list(zip(names, values[1:], strict=True)))
        return made

    def values(self, folding: Folding, part: Any) -> list[SSAValue]:
        """Return the tensor's value, and for each name whether it is that tensor."""
        self.one.part = part
        if part is ABSENT:
            return [zero(folding, spec) for spec in self.types]
        flags = [folding.aliases.is_named(part, name) for name in self.names]
        flags += [
            other.part is not ABSENT and folding.aliases.is_one(part, other.part)
            for other in self.others
        ]
        return [part.graph_value(folding), *(flag_value(folding, flag) for flag in flags)]


class Array(Node):
    """A NumPy array that nobody else knows, or a scalar."""

    def __init__(self, spec: TensorSpec, scalar: bool):
        self._scalar = scalar
        self.types = (spec,)

    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return the array; who writes to it would have to know its other names."""
        made = born(values[0], self._scalar)
        if not self._scalar:
            made.lock()
        return made

    def values(self, folding: Folding, part: Any) -> list[SSAValue]:
        """Return the array's value."""
        if part is ABSENT:
            return [zero(folding, self.types[0])]
        return [cast(ArrayData, part).graph_value(folding)]


class Elements(Node):
    """The elements of a tensor that is written to in place."""

    def __init__(self, spec: TensorSpec):
        self.types = (spec,)

    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return what the tensor holds."""
        return Contents(raw=(values[0], None))

    def values(self, folding: Folding, part: Any) -> list[SSAValue]:
        """Return the tensor's value."""
        return [part.raw[0]]


class Group(Node):
    """The items of a tuple, or what a container or an instance holds."""

    def __init__(
        self, nodes: list[Node], take: Callable[[Any], Parts], make: Callable[[Parts], Any]
    ):
        self.nodes = nodes
        self._take = take
        self._make = make
        self.types = tuple(spec for node in nodes for spec in node.types)

    @property
    def shape(self) -> object:
        """What tells this plan from another."""
        return tuple(node.shape for node in self.nodes)

    def enter(self, folding: Folding, values: Sequence[SSAValue]) -> Any:
        """Return the group of the parts."""
        made: Parts = []
        start = 0
        for node in self.nodes:
            made.append(node.enter(folding, values[start : start + len(node.types)]))
            start += len(node.types)
        return self._make(made)

    def values(self, folding: Folding, part: Any) -> list[SSAValue]:
        """Return the values of the parts."""
        parts = [ABSENT] * len(self.nodes) if part is ABSENT else self._take(part)
        pairs = zip(self.nodes, parts, strict=True)
        return [value for node, one in pairs for value in node.values(folding, one)]


class Carried:
    """One place that a loop's body changes."""

    def __init__(self, place: Place, initial: Any):
        self.place = place
        self.initial = initial
        self.node: Node = Fixed(initial)
        self.first = 0
        """Where its values begin among those of the loop."""
        self.given_up = False
        """Whether the variable has no value that could be carried."""

    def enter(self, folding: Folding, body: Block) -> None:
        """Put at the beginning of a round what the body's arguments are."""
        types = [tensor_type(spec) for spec in self.node.types]
        arguments = [body.insert_arg(type, len(body.args)) for type in types]
        folding.journal.write(self.place, self.node.enter(folding, arguments))

    def widen(self, final: Any, planner: Planner) -> bool:
        """Plan for what a round has left, too; return whether the plan has changed.

        Raises `Unmergeable` for what can't be carried.
        """
        if self.given_up:
            return False
        before = self.node
        try:
            self.node = planner.plan(self.initial, final, before)
        except Unmergeable as why:
            raise Unmergeable(f"{self.place} {why}", why.hint) from None
        return before.shape != self.node.shape or type(before) is not type(self.node)

    def give_up(self, unmerged: Unmerged) -> None:
        """Let nobody read the variable from the second round on, and after the loop."""
        self.given_up, self.node = True, Fixed(unmerged)


class Planner:
    """Plans what is carried, from what was there before the loop and after a round.

    `made` are the tensors that were made in the round.
    """

    def __init__(self, folding: Folding, made: dict[int, Tensor]):
        self._folding = folding
        self._made = made
        self._sharers: Sharers[Named] = Sharers()
        self._arrays: set[int] = set()

    def plan(self, initial: Any, final: Any, before: Node) -> Node:
        """Return the plan of one part. Raises `Unmergeable`."""
        one = final if initial is ABSENT else initial
        if initial is final or (initial is ABSENT and final is ABSENT):
            return before if type(before) is not Fixed else Fixed(initial)
        if is_number(one) and is_number(final):
            return self._number(initial, one, final, before)
        if type(one) is Tensor and type(final) is Tensor:
            return self._tensor(initial, one, final, before)
        if is_array(one) and is_array(final):
            return self._array(cast(ArrayData, one), cast(ArrayData, final))
        kind = class_of(one)
        if kind is Contents and class_of(final) is Contents:
            return self._contents(initial, final, before)
        if kind is class_of(final) and issubclass(kind, tuple):
            return self._tuple(class_of(one), initial, final, before)
        if initial is ABSENT or is_same_constant(initial, final):
            return Fixed(final)
        raise Unmergeable(
            f"is {words(initial)} before a round of the loop and {words(final)} after"
        )

    def _number(self, initial: Any, one: Any, final: Any, before: Node) -> Node:
        kinds = [kind_of(x) for x in (one, final)]
        if kinds[0] is not kinds[1]:
            raise Unmergeable(
                f"is {words(one)} before a round of the loop and {words(final)} after"
            )
        if type(before) is Fixed and initial is not ABSENT and is_same_constant(initial, final):
            return before
        return Number(kinds[0])

    def _tensor(self, initial: Any, one: Tensor, final: Tensor, before: Node) -> Node:
        if one.spec != final.spec:
            raise Unmergeable(
                f"is {words(one)} before a round of the loop and {words(final)} after"
            )
        if type(before) is Whole:
            one_named, names, others = before.one, list(before.names), list(before.others)
        else:
            one_named, others = Named(), []
            names = [] if initial is ABSENT else [one]
        is_made, all_names = id(final) in self._made, [final]
        if is_made:
            all_names += [old for old, _ in self._folding.aliases.names_of(final)]
        own = [name for name in all_names if id(name) in self._made]
        others += [x for x in self._sharers.meet(final, own, one_named) if x not in others]
        known = {id(name) for name in names}
        names += [x for x in all_names if id(x) not in self._made and id(x) not in known]
        return Whole(one.spec, one_named, names, others)

    def _array(self, one: ArrayData, final: ArrayData) -> Node:
        same = type(one) is type(final) and one.shape == final.shape and one.dtype == final.dtype
        own = one.IS_SCALAR or all(
            x.owner == BORN and x.base_view is None and x.lies_in_rows for x in (one, final)
        )
        if not same or not own:
            raise Unmergeable(
                f"is {words(one)} before a round of the loop and {words(final)} after",
                "make a copy of the array before the loop",
            )
        if not one.IS_SCALAR:
            if id(final) in self._arrays:
                raise Unmergeable(
                    "is another name of an array that the loop makes", "make a copy of the array"
                )
            self._arrays.add(id(final))
        return Array(final.held.spec, one.IS_SCALAR)

    def _tuple(self, kind: type[Any], initial: Any, final: Any, before: Node) -> Node:
        items = tuple_items(final)
        olds: Parts = [ABSENT] * len(items) if initial is ABSENT else tuple_items(initial)
        if len(olds) != len(items):
            raise Unmergeable(f"has {len(olds)} items before the loop and {len(items)} after")
        nodes = self._nodes(olds, items, before)
        return Group(nodes, tuple_items, lambda made: new_tuple(kind, tuple(made)))

    def _contents(self, initial: Contents, final: Contents, before: Node) -> Node:
        if initial.raw is not None or final.raw is not None:
            return self._elements(initial.raw, final.raw)
        for one, other, what in (
            (initial.items, final.items, "items"),
            (initial.attributes, final.attributes, "attributes"),
        ):
            if [key for key, _ in one] != [key for key, _ in other]:
                raise Unmergeable(f"has other {what} after a round of the loop than before")
        nodes = self._nodes(_parts(initial), _parts(final), before)
        keys: list[object] = [key for key, _ in initial.items]
        names: list[str] = [name for name, _ in initial.attributes]

        def make(made: Parts) -> Contents:
            items = tuple(zip(keys, made[: len(keys)], strict=True))
            return Contents(items, tuple(zip(names, made[len(keys) :], strict=True)))

        return Group(nodes, _parts, make)

    def _elements(self, initial: Any, final: Any) -> Node:
        if isinstance(initial, np.ndarray):
            if np.array_equal(cast(Any, initial), final):
                return Fixed(Contents(raw=cast(Any, initial)))
            raise Unmergeable("is changed, whose elements are known while compiling")
        if initial[1] is not None or final[1] is not None:
            raise Unmergeable("is a tensor whose array Python has seen while compiling")
        return Elements(spec_of(initial[0].type))

    def _nodes(self, olds: Parts, items: Parts, before: Node) -> list[Node]:
        known = before.nodes if isinstance(before, Group) else [Fixed(old) for old in olds]
        return [
            self.plan(old, item, node) for old, item, node in zip(olds, items, known, strict=True)
        ]


def _parts(contents: Contents) -> Parts:
    return [part for _, part in (*contents.items, *contents.attributes)]
