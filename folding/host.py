"""The host program: ops that make what the fold knows, and that change what lives at run time.

Whatever reached the host program once (it *escaped*) is that very object ever after. The fold
goes on with its own model of it; `flush` emits what has become of the model since.
"""

from __future__ import annotations

import enum
import types
from collections import defaultdict, deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xdsl.ir import Block, BlockArgument, Operation, SSAValue

from ..dialects import pyobj
from ..dialects.dtypes import DType
from ..dialects.pyobj.literals import is_literal
from ..runtime.array_data import ArrayData
from ..runtime.guards import class_of
from ..runtime.sources import Attribute as AttributeOf
from ..runtime.sources import Held, Item
from ..runtime.tensor import Tensor
from .aliases import Named
from .array_inputs import array_at_host, is_array
from .constant_arrays import ConstantArrays
from .edits import EDITS, Kind, kind_of
from .effects import Shadow
from .functions import body_of
from .handles import KINDS
from .host_ops import HostOps
from .numbers import SymbolicNumber
from .object_graphs import cyclic_objects, is_rebuilt
from .raising import made_exception, raise_op
from .tensor_numbers import TensorNumber
from .tensor_writes import TensorWrites

if TYPE_CHECKING:
    from .errors import Raised
    from .session import Folding

SHAREABLE = (
    *(type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType),
    *(DType, np.dtype, range, enum.Enum),
)
"""Objects that a result may hold as they are: nobody can tell one call's from another's."""


@dataclass
class _Tracked:
    """An object that lives at the host, and what the host knows of it."""

    model: Any
    kind: Kind
    synced: Any
    is_new: bool = False
    """Whether it was made empty and not filled yet."""


class Host(HostOps):
    """Emits what builds values and changes them; an object that occurs twice is built once."""

    def __init__(self, folding: Folding):
        super().__init__(folding)
        self._values: dict[int, SSAValue] = {}
        self._alive: list[object] = []
        self._cyclic: set[int] = set()
        self._unfilled: list[_Tracked] = []
        self._tracked: dict[int, _Tracked] = {}
        self.changed: list[object] = []
        """The objects from outside that the program changes."""
        self._numbers: dict[tuple[object, ...], SSAValue] = {}
        self._claims: dict[SSAValue, int] = {}
        self._writes = TensorWrites(folding)
        self._arrays = ConstantArrays(self, folding)

    # Values.

    def value(self, value: object) -> SSAValue:
        """Return the SSA value of an object, emitting the ops that make it if none is there.

        Raises CompileError for what can't live at run time.
        """
        self._cyclic.update(cyclic_objects(value, self._is_known))
        made = self._value(value)
        while self._unfilled:
            self._sync(self._unfilled.pop(0))
        return made

    def finish(self, result: object) -> SSAValue:
        """Emit all changes that wait, and return the SSA value of what is to be returned.

        On a way that ends within a run-time branch, the host knows afterwards what it knew before:
        the other ways go on from there.
        """
        with self._on_a_way():
            self.flush()
            value = self.value(result)
            self.flush()
            self._writes.emit(self)
        self._arrays.check()
        return value

    @property
    def is_behind(self) -> bool:
        """Whether the program has changed something by then that the host will change later."""
        if self._writes:
            return True
        return self._folding.journal.depth > 0 and any(
            not one.kind.same(one.synced, one.kind.read(one.model))
            for one in self._tracked.values()
        )

    def leave_by_raising(self, raised: Raised) -> None:
        """End the side of a run-time branch that is being folded with an exception.

        What the program did before is done first.
        """
        folding = self._folding
        with self._on_a_way():
            self.flush()
            made = made_exception(self, raised.exception)
            self.flush()
            self._writes.emit(self)
        folding.block.add_op(raise_op(raised, made, folding.location))

    @contextmanager
    def _on_a_way(self) -> Generator[None]:
        if not self._folding.journal.depth:
            yield
            return
        kept = self._values, self._claims, self._writes, self._tracked
        synced = [(one, one.synced, one.is_new) for one in self._tracked.values()]
        self._values, self._claims, self._tracked = {**kept[0]}, {**kept[1]}, {**kept[3]}
        self._writes = kept[2].copied()
        try:
            yield
        finally:
            self._values, self._claims, self._writes, self._tracked = kept
            for tracked, content, is_new in synced:
                tracked.synced, tracked.is_new = content, is_new

    def _is_known(self, value: object) -> bool:
        return id(value) in self._values or self._folding.source(value) is not None

    def part(self, value: object) -> SSAValue:
        """Return the SSA value of an object that another one is made with."""
        return self._value(value)

    def _value(self, value: object) -> SSAValue:
        found = self._values.get(id(value))
        if found is None or not self._is_visible(found):
            if isinstance(value, Tensor):
                found = self._tensor(value)
            elif is_array(value):
                found = array_at_host(self, cast(ArrayData, value), self._folding)
            else:
                found = self._make(value)
            self._keep(value, found)
        return found

    def _is_visible(self, value: SSAValue) -> bool:
        """Return whether a value may be used at the current place: not if a branch made it."""
        owner = value.owner
        block = owner if isinstance(owner, Block) else owner.parent_block()
        place: Block | None = self._folding.block
        while place is not None and place is not block:
            place = place.parent_block()
        return place is not None

    def _keep(self, value: object, made: SSAValue) -> SSAValue:
        self._values[id(value)] = made
        self._alive.append(value)
        return made

    def _tensor(self, tensor: Tensor) -> SSAValue:
        """Return a tensor's SSA value; two tensors of one value are two objects."""
        folding = self._folding
        arrived = folding.inputs.arrived(tensor)
        if arrived is not None:
            return arrived
        value = tensor.graph_value(folding)
        self._arrays.meet(tensor.handed_out)
        names = folding.aliases.told_apart(tensor, self._is_given)
        if names:
            return self._one_of(value, names)
        owner = self._claims.setdefault(value, id(tensor))
        if owner != id(tensor) or isinstance(value, BlockArgument):
            return self.runtime("copy", value)
        return value

    def _is_given(self, tensor: Tensor) -> bool:
        found = self._values.get(id(tensor))
        return found is not None and self._is_visible(found)

    def _one_of(self, value: SSAValue, names: list[Named]) -> SSAValue:
        """Return the tensor whose flag is true, else a tensor of the value."""
        made = value
        for old, flag in names:
            made = self.runtime("choose", flag, self._value(old), made)
        return made

    def _make(self, value: Any) -> SSAValue:
        if isinstance(value, TensorNumber):
            return self.runtime(value.kind.__name__, value.value)
        if isinstance(value, SymbolicNumber):
            # Computed by Python before the program starts.
            return self._number(value)
        self._check_class(value)
        kind: type[Any] = class_of(value)
        if kind is Shadow:
            held = self._folding.inputs.object(Held(value.owner)) if value.held else None
            return self._value(value.owner) if held is None else held
        if kind is types.FunctionType and body_of(value) is not None:
            self._folding.reject(
                f"the function '{value.__name__}', which is made while compiling, is returned",
                "define it outside the compiled function",
            )
        source = self._folding.source(value)
        if source is not None and not issubclass(kind, SHAREABLE):
            return self._folding.inputs.object(source)
        if is_literal(value):
            return self.constant(value)
        if kind in (tuple, frozenset) or issubclass(kind, tuple):
            return self._immutable(value)
        if kind in EDITS:
            return self._container(value)
        if kind is types.MethodType:
            function, owner = self._value(value.__func__), self._value(value.__self__)
            return self.runtime("method", function, owner)
        if is_rebuilt(cast("type[Any]", kind)):
            made = self.runtime("new", self.constant(kind))
            self._later(value, made)
            return made
        array = self._arrays.value(value) if self._folding.options.lax else None
        return self.constant(value) if array is None else array

    def _number(self, number: SymbolicNumber) -> SSAValue:
        # An argument of the function, which is visible everywhere.
        found = self._numbers.get(number.source.key)
        if found is None:
            found = self._numbers[number.source.key] = self._folding.inputs.object(number.source)
        return found

    def _check_class(self, value: Any) -> None:
        """Refuse a class that a class statement made, and its instances: each call has its own."""
        kind: type[Any] = value if isinstance(value, type) else class_of(value)
        if any(id(base) in self._folding.born_classes for base in kind.__mro__):
            one = "" if isinstance(value, type) else "an instance of "
            self._folding.reject(
                f"{one}the class '{kind.__name__}', which is made while compiling, is returned",
                "define the class outside the compiled function",
            )

    def _immutable(self, value: Any) -> SSAValue:
        kind = class_of(value)
        items = self.sequence(pyobj.TupleOp, list(value))
        if kind is tuple:
            return items
        if kind is frozenset:
            return self.call(self.constant(frozenset), items)
        return self.runtime("new_tuple", self.constant(kind), items)

    def _container(self, value: Any) -> SSAValue:
        """Return a new container; one that contains itself is filled when it is there."""
        kind = class_of(value)
        if kind in (list, dict, set) and id(value) not in self._cyclic:
            if kind is dict:
                parts = [part for pair in value.items() for part in pair]
                made = self._mapping(parts)
            else:
                op = pyobj.ListOp if kind is list else pyobj.SetOp
                made = self.sequence(op, list(value))
            self.track(value)
            return made
        arguments: list[SSAValue] = []
        if kind is defaultdict:
            arguments = [self._value(value.default_factory)]
        elif kind is deque:
            arguments = [self.sequence(pyobj.TupleOp, []), self._value(value.maxlen)]
        made = self.call(self.constant(kind), *arguments)
        self._later(value, made)
        return made

    def _later(self, value: object, made: SSAValue) -> None:
        """Let an object that was made empty be filled when all it may hold can be made."""
        self._keep(value, made)
        tracked = self.track(value)
        tracked.synced, tracked.is_new = tracked.kind.empty, True
        self._unfilled.append(tracked)

    def sequence(self, kind: type[Operation], items: list[Any]) -> SSAValue:
        """Emit a tuple, a list or a set of some values."""
        operands = [self._value(item) for item in items]
        return self.add(kind, operands, layout=pyobj.NamesAttr(("",) * len(items)))

    def list_of(self, items: list[Any]) -> SSAValue:
        """Emit a new list of some values, as a part of an edit: nobody else knows it."""
        for item in items:
            self.value(item)
        return self.sequence(pyobj.ListOp, items)

    def dict_of(self, pairs: list[tuple[Any, Any]]) -> SSAValue:
        """Emit a new dict of some keys and values, as a part of an edit."""
        parts = [part for pair in pairs for part in pair]
        for part in parts:
            self.value(part)
        return self._mapping(parts)

    def _mapping(self, parts: list[Any]) -> SSAValue:
        operands = [self._value(part) for part in parts]
        layout = pyobj.NamesAttr((":",) * (len(parts) // 2))
        return self.add(pyobj.DictOp, operands, layout=layout)

    def key(self, key: Any) -> SSAValue:
        """Return the SSA value of a key or a slice of one item or some."""
        if not isinstance(key, slice):
            return self._value(key)
        parts = cast("slice[Any, Any, Any]", key)
        operands = [self.constant(part) for part in (parts.start, parts.stop, parts.step)]
        return self.add(pyobj.SliceOp, operands)

    # What lives at the host and changes.

    def track(self, model: Any) -> _Tracked:
        """Remember what the host knows of an object: what its model is now."""
        found = self._tracked.get(id(model))
        if found is None:
            kind = model.edit_kind if class_of(model) is Shadow else kind_of(model)
            found = self._tracked[id(model)] = _Tracked(model, kind, kind.read(model))
            self._alive.append(model)
        return found

    def is_tracked(self, value: object) -> bool:
        """Return whether an object lives at the host, and changes there as its model does."""
        return id(value) in self._tracked

    def flush(self) -> None:
        """Emit what has become of all that lives at the host."""
        changed = True
        while changed:
            changed = False
            for tracked in list(self._tracked.values()):
                changed = self._sync(tracked) or changed

    def touch(self, value: object) -> None:
        """Emit what has become of one object, if it lives at the host.

        Within a run-time branch nothing is emitted: what the sides made of it is merged first.
        """
        tracked = self._tracked.get(id(value))
        if tracked is not None and not self._folding.journal.depth:
            self._sync(tracked)

    def _sync(self, tracked: _Tracked) -> bool:
        kind, old = tracked.kind, tracked.synced
        new = kind.read(tracked.model)
        if kind.same(old, new):
            return False
        tracked.synced = new
        if not tracked.is_new:
            self._check_change(tracked, old, new)
        tracked.is_new = False
        kind.edit(self, self.value(tracked.model), old, new)
        return True

    def _check_change(self, tracked: _Tracked, old: Any, new: Any) -> None:
        folding = self._folding
        source = folding.source(tracked.model)
        if isinstance(source, AttributeOf) and source.name == "__dict__":
            folding.refuse_effect(f"the attributes of '{source.base}' are changed by its __dict__")
        folding.note_effect(tracked.kind.what(tracked.model))
        model = tracked.model
        self.changed.append(model.owner if class_of(model) is Shadow else model)
        if source is not None and class_of(tracked.model) is not Shadow:
            if class_of(tracked.model) in KINDS:
                folding.numbers.note_changed(source)
            for key in tracked.kind.changed_keys(old, new):
                folding.numbers.note_rewritten(Item(source, key))

    def forget_change(self, model: object) -> None:
        """Take an object's model as what the host knows already."""
        tracked = self._tracked.get(id(model))
        if tracked is not None:
            tracked.synced = tracked.kind.read(model)

    def know(self, model: object, name: str, value: object) -> None:
        """Be told what the host holds under a name, before it is changed."""
        tracked = self._tracked[id(model)]
        tracked.synced = {**tracked.synced, name: value}

    def before_write(self, tensor: Tensor, operation: str) -> None:
        """Be told that a tensor gets another value next, by "write" or by "assign"."""
        if id(tensor) in self._values or self._folding.inputs.arrived(tensor) is not None:
            self._writes.note(tensor, operation)
