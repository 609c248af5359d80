"""Steps of the statements that bind or change something."""

from __future__ import annotations

import operator
from typing import cast

from xdsl.ir import Operation

from ..dialects import pyobj
from ..runtime.tensor import Tensor
from .attribute_changes import delete_attribute, set_attribute
from .attributes import get_attribute
from .calls import iterator_of, operate
from .changes import change, delete_item, set_item
from .code import CodeMaker, Step, makes
from .errors import Raised, run
from .frames import Frame
from .numbers import SymbolicNumber
from .steps_values import BINARY, INPLACE


@makes(pyobj.StoreOp)
def store(maker: CodeMaker, op: Operation) -> Step:
    """Bind a name."""
    store_op = cast(pyobj.StoreOp, op)
    name, value = store_op.variable.data, maker.slot(store_op.value)

    def step(frame: Frame) -> None:
        frame.op = op
        frame.store(name, frame.slots[value])

    return step


@makes(pyobj.DeleteOp)
def delete(maker: CodeMaker, op: Operation) -> Step:
    """Unbind a name."""
    name = cast(pyobj.DeleteOp, op).variable.data

    def step(frame: Frame) -> None:
        frame.op = op
        frame.delete(name)

    return step


@makes(pyobj.DeclareOp)
def declare(maker: CodeMaker, op: Operation) -> Step:
    """Do nothing: scopes are known before the body runs."""
    return _nothing


@makes(pyobj.SetAttrOp)
def setattr_(maker: CodeMaker, op: Operation) -> Step:
    """Set an attribute."""
    setattr_op = cast(pyobj.SetAttrOp, op)
    value, owner = maker.slot(setattr_op.value), maker.slot(setattr_op.owner)
    name = setattr_op.attribute.data

    def step(frame: Frame) -> None:
        frame.op = op
        set_attribute(frame, frame.slots[owner], name, frame.slots[value])

    return step


@makes(pyobj.DelAttrOp)
def delattr_(maker: CodeMaker, op: Operation) -> Step:
    """Delete an attribute."""
    delattr_op = cast(pyobj.DelAttrOp, op)
    owner, name = maker.slot(delattr_op.owner), delattr_op.attribute.data

    def step(frame: Frame) -> None:
        frame.op = op
        delete_attribute(frame, frame.slots[owner], name)

    return step


@makes(pyobj.SetItemOp)
def setitem(maker: CodeMaker, op: Operation) -> Step:
    """Set an item."""
    setitem_op = cast(pyobj.SetItemOp, op)
    value, owner, key = maker.slots(setitem_op.operands)

    def step(frame: Frame) -> None:
        frame.op = op
        slots = frame.slots
        set_item(frame, slots[owner], slots[key], slots[value])

    return step


@makes(pyobj.DelItemOp)
def delitem(maker: CodeMaker, op: Operation) -> Step:
    """Delete an item."""
    owner, key = maker.slots(op.operands)

    def step(frame: Frame) -> None:
        frame.op = op
        slots = frame.slots
        delete_item(frame, slots[owner], slots[key])

    return step


@makes(pyobj.UnpackOp)
def unpack(maker: CodeMaker, op: Operation) -> Step:
    """Take an iterable apart, with Python's errors for too few and too many items."""
    unpack_op = cast(pyobj.UnpackOp, op)
    value, results = maker.slot(unpack_op.value), maker.slots(op.results)
    star, count = unpack_op.star.data, len(op.results)

    def step(frame: Frame) -> None:
        frame.op = op
        items = _items(frame, frame.slots[value], count, star)
        for slot, item in zip(results, items, strict=True):
            frame.slots[slot] = item

    return step


def _items(frame: Frame, value: object, count: int, star: int) -> list[object]:
    """Return `count` items; as Python does, look at no more of them than it must."""
    value = value.kind() if isinstance(value, SymbolicNumber) else value
    if not hasattr(type(value), "__iter__") and not hasattr(type(value), "__getitem__"):
        raise Raised(TypeError(f"cannot unpack non-iterable {type(value).__name__} object"))
    iterator = iterator_of(frame, value)
    items: list[object] = []
    most = count + 1 if star < 0 else None
    while most is None or len(items) < most:
        item = run(next, iterator, _END)
        if item is _END:
            break
        items.append(item)
    if star < 0:
        if len(items) > count:
            raise Raised(ValueError(f"too many values to unpack (expected {count})"))
        if len(items) < count:
            raise Raised(
                ValueError(f"not enough values to unpack (expected {count}, got {len(items)})")
            )
        return items
    after = count - star - 1
    if len(items) < count - 1:
        expected = f"expected at least {count - 1}, got {len(items)}"
        raise Raised(ValueError(f"not enough values to unpack ({expected})"))
    middle = items[star : len(items) - after]
    return [*items[:star], middle, *items[len(items) - after :]]


_END = object()


@makes(pyobj.AugStoreOp)
def aug_store(maker: CodeMaker, op: Operation) -> Step:
    """`x += value`: the old value first, then the right side, then the operator."""
    aug = cast(pyobj.AugStoreOp, op)
    name, sign, right = aug.variable.data, aug.operator.data, maker.expression(aug.value)

    def step(frame: Frame) -> None:
        frame.op = op
        old = frame.load(name)
        value = right(frame)
        frame.op = op
        frame.store(name, augment(frame, sign, old, value))

    return step


@makes(pyobj.AugSetAttrOp)
def aug_setattr(maker: CodeMaker, op: Operation) -> Step:
    """`o.x += value`."""
    aug = cast(pyobj.AugSetAttrOp, op)
    owner, name, sign = maker.slot(aug.owner), aug.attribute.data, aug.operator.data
    right = maker.expression(aug.value)

    def step(frame: Frame) -> None:
        frame.op = op
        target = frame.slots[owner]
        old = get_attribute(frame, target, name)
        value = right(frame)
        frame.op = op
        set_attribute(frame, target, name, augment(frame, sign, old, value))

    return step


@makes(pyobj.AugSetItemOp)
def aug_setitem(maker: CodeMaker, op: Operation) -> Step:
    """`o[k] += value`."""
    aug = cast(pyobj.AugSetItemOp, op)
    owner, key, sign = maker.slot(aug.owner), maker.slot(aug.key), aug.operator.data
    right = maker.expression(aug.value)

    def step(frame: Frame) -> None:
        frame.op = op
        slots = frame.slots
        target, index = slots[owner], slots[key]
        old = operate(frame, operator.getitem, target, index)
        value = right(frame)
        frame.op = op
        set_item(frame, target, index, augment(frame, sign, old, value))

    return step


def augment(frame: Frame, sign: str, old: object, value: object) -> object:
    """Return the new value, or the old one changed in place."""
    if isinstance(old, Tensor):
        return operate(frame, BINARY[sign], old, value)
    return change(frame, INPLACE[sign], f"{{}} is changed by '{sign}='", old, value)


def _nothing(frame: Frame) -> None:
    return None
