"""Steps of the ops that compute a value: names, operators, attributes, containers, text."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable
from typing import Any, cast

from xdsl.ir import Operation, SSAValue

from ..dialects import pyobj
from ..runtime.tensor import Tensor
from .attributes import get_attribute
from .calls import call, negated, operate, starred
from .code import CodeMaker, Step, makes
from .errors import run
from .forks import Signal
from .frames import Frame
from .functions import Returned
from .handles import is_in, is_not_in
from .numbers import SymbolicNumber, is_number, kind_of
from .numbers import constant as constant_of
from .tensor_numbers import TensorNumber
from .unmerged import Unmerged
from .unpacking import arguments_of, extended, merged

_NAMES = {
    **{"+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod"},
    **{"**": "pow", "@": "matmul", "<<": "lshift", ">>": "rshift"},
    **{"&": "and_", "|": "or_", "^": "xor"},
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    sign: getattr(operator, name) for sign, name in _NAMES.items()
}
INPLACE: dict[str, Callable[[Any, Any], Any]] = {
    sign: getattr(operator, f"i{name.rstrip('_')}") for sign, name in _NAMES.items()
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"==": operator.eq, "!=": operator.ne},
    "in": is_in,
    "not in": is_not_in,
}
UNARY: dict[str, Callable[[Any], Any]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
}


@makes(pyobj.ConstantOp)
def constant(maker: CodeMaker, op: Operation) -> Step:
    """Put a literal into its slot."""
    value, slot = cast(pyobj.ConstantOp, op).value.data, maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.slots[slot] = value

    return step


@makes(pyobj.LoadOp)
def load(maker: CodeMaker, op: Operation) -> Step:
    """Look a name up."""
    name, slot = cast(pyobj.LoadOp, op).variable.data, maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        variables = frame.variables
        if name in variables:
            value = frame.slots[slot] = variables[name]
            if type(value) is Unmerged:
                frame.op = op
                value.use(frame)
            return
        frame.op = op
        frame.slots[slot] = frame.load(name)

    return step


@makes(pyobj.WalrusOp)
def walrus(maker: CodeMaker, op: Operation) -> Step:
    """Bind a name and give the value on; in a comprehension the function around it binds."""
    walrus_op = cast(pyobj.WalrusOp, op)
    name, value, slot = (
        walrus_op.variable.data,
        maker.slot(walrus_op.value),
        maker.slot(op.results[0]),
    )

    def step(frame: Frame) -> None:
        frame.op = op
        frame.slots[slot] = frame.slots[value]
        frame.store(name, frame.slots[value])

    return step


@makes(pyobj.UnaryOp)
def unary(maker: CodeMaker, op: Operation) -> Step:
    """Apply `-`, `+`, `~` or `not`."""
    unary_op = cast(pyobj.UnaryOp, op)
    operand, slot = maker.slot(unary_op.operand), maker.slot(op.results[0])
    sign = unary_op.operator.data
    function = UNARY.get(sign)

    def step(frame: Frame) -> None:
        frame.op = op
        value = frame.slots[operand]
        frame.slots[slot] = operate(frame, function, value) if function else negated(frame, value)

    return step


@makes(pyobj.BinaryOp)
def binary(maker: CodeMaker, op: Operation) -> Step:
    """Apply an arithmetic or bitwise operator."""
    function = BINARY[cast(pyobj.BinaryOp, op).operator.data]
    return _two_operands(maker, op, function)


@makes(pyobj.CompareOp)
def compare(maker: CodeMaker, op: Operation) -> Step:
    """Compare two values."""
    sign = cast(pyobj.CompareOp, op).operator.data
    if sign not in ("is", "is not"):
        return _two_operands(maker, op, COMPARE[sign])
    lhs, rhs = maker.slots(op.operands)
    slot, positive = maker.slot(op.results[0]), sign == "is"

    def step(frame: Frame) -> None:
        slots = frame.slots
        frame.op = op
        same = is_same(frame, slots[lhs], slots[rhs])
        slots[slot] = same if positive else negated(frame, same)

    return step


def is_same(frame: Frame, a: object, b: object) -> object:
    """Return whether two values are one object; for two from outside that is guarded.

    Of two bools, of which only the call knows one, and of tensors of which a branch decided, it is
    a run-time bool.
    """
    if isinstance(a, SymbolicNumber) or isinstance(b, SymbolicNumber):
        return _is_same_number(frame, a, b)
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        flag = frame.folding.aliases.is_same(a, b)
        if isinstance(flag, SSAValue):
            return TensorNumber(frame.folding.numbers, flag, bool)
        return flag
    same = a is b
    if not same and a is not None and b is not None:
        frame.folding.guard_identity(a, b, same)
    return same


def _is_same_number(frame: Frame, a: object, b: object) -> object:
    """Return whether two values, of which one is a run-time number, are one object."""
    if a is b:
        return True
    for one, other in ((a, b), (b, a)):
        if isinstance(one, SymbolicNumber) and not is_number(other):
            return False
        if isinstance(other, bool) and isinstance(one, SymbolicNumber) and one.kind is not bool:
            return False
    if any(isinstance(one, TensorNumber) for one in (a, b)):
        kinds = [kind_of(one) for one in (a, b)]
        if kinds[0] is not kinds[1]:
            return False
        if kinds[0] is bool:
            return operate(frame, operator.eq, a, b)
    return constant_of(a) is constant_of(b)


def _two_operands(maker: CodeMaker, op: Operation, function: Callable[[Any, Any], Any]) -> Step:
    lhs, rhs = maker.slots(op.operands)
    slot = maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.op = op
        slots = frame.slots
        slots[slot] = operate(frame, function, slots[lhs], slots[rhs])

    return step


@makes(pyobj.GetAttrOp)
def getattr_(maker: CodeMaker, op: Operation) -> Step:
    """Read an attribute."""
    getattr_op = cast(pyobj.GetAttrOp, op)
    owner, name = maker.slot(getattr_op.owner), getattr_op.attribute.data
    slot = maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.op = op
        frame.slots[slot] = get_attribute(frame, frame.slots[owner], name)

    return step


@makes(pyobj.GetItemOp)
def getitem(maker: CodeMaker, op: Operation) -> Step:
    """Read an item."""
    return _two_operands(maker, op, operator.getitem)


@makes(pyobj.SliceOp)
def slice_(maker: CodeMaker, op: Operation) -> Step:
    """Make a slice."""
    start, stop, step_ = maker.slots(op.operands)
    slot = maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        slots = frame.slots
        slots[slot] = slice(slots[start], slots[stop], slots[step_])

    return step


@makes(pyobj.CallOp)
def call_(maker: CodeMaker, op: Operation) -> Step:
    """Call something."""
    call_op = cast(pyobj.CallOp, op)
    callee, slot = maker.slot(call_op.callee), maker.slot(op.results[0])
    arguments, layout = maker.slots(call_op.arguments), call_op.layout.data
    marked = any(layout)

    def step(frame: Frame) -> Signal:
        frame.op = op
        slots = frame.slots
        args: list[object] = [slots[argument] for argument in arguments]
        kwargs: dict[str, object] = {}
        if marked:
            pairs = zip(layout, args, strict=True)
            args = [starred(frame, arg) if mark == "*" else arg for mark, arg in pairs]
            args, kwargs = arguments_of(slots[callee], layout, args)
        frame.folding.direct = True
        result = call(frame, slots[callee], args, kwargs)
        if type(result) is Returned:
            return result.into(frame, slot, op)
        slots[slot] = result
        return None

    return step


@makes(pyobj.TupleOp, pyobj.ListOp, pyobj.SetOp)
def sequence(maker: CodeMaker, op: Operation) -> Step:
    """Make a tuple, a list or a set."""
    sequence_op = cast(pyobj.TupleOp, op)
    kinds: dict[type[Operation], type] = {pyobj.TupleOp: tuple, pyobj.ListOp: list}
    kind = kinds.get(type(op), set)
    items, layout = maker.slots(op.operands), sequence_op.layout.data
    slot = maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.op = op
        values: list[object] = []
        for mark, item in zip(layout, items, strict=True):
            value = frame.slots[item]
            if mark:
                values = extended(values, starred(frame, value), of_set=kind is set)
            else:
                values.append(value)
        if kind is set:
            values = constant_of(values)
            frame.folding.native.guard_deeply(values)
        made = values if kind is list else run(kind, values)
        frame.folding.journal.made(made)
        frame.slots[slot] = made

    return step


@makes(pyobj.DictOp)
def dict_(maker: CodeMaker, op: Operation) -> Step:
    """Make a dict."""
    slots_of, layout = maker.slots(op.operands), cast(pyobj.DictOp, op).layout.data
    slot, user = maker.slot(op.results[0]), op.results[0].get_user_of_unique_use()
    if isinstance(user, pyobj.CallOp) and layout == ("**",):
        return _keywords(maker, op, user)

    def step(frame: Frame) -> None:
        frame.op = op
        values = iter([frame.slots[index] for index in slots_of])
        result: dict[object, object] = {}
        for mark in layout:
            if mark == "**":
                result = merged(result, next(values))
            else:
                key = constant_of(next(values))
                frame.folding.native.guard_deeply(key)
                run(operator.setitem, result, key, next(values))
        frame.folding.journal.made(result)
        frame.slots[slot] = result

    return step


def _keywords(maker: CodeMaker, op: Operation, call_op: pyobj.CallOp) -> Step:
    """Take the mapping of a `**` argument that others follow, with the errors of a call."""
    callee, given, slot = maker.slot(call_op.callee), list(call_op.arguments), op.results[0]
    layout = call_op.layout.data
    if slot not in given or layout[given.index(slot)] != "**":
        return _copied(maker, op)
    until = given.index(slot)
    before, mapping, result = (
        maker.slots(given[:until]),
        maker.slot(op.operands[0]),
        maker.slot(slot),
    )

    def step(frame: Frame) -> None:
        frame.op = op
        slots = frame.slots
        values = [slots[index] for index in before]
        known = arguments_of(slots[callee], layout[:until], values)[1]
        values.append(slots[mapping])
        all_ = arguments_of(slots[callee], layout[: until + 1], values)[1]
        slots[result] = {name: value for name, value in all_.items() if name not in known}

    return step


def _copied(maker: CodeMaker, op: Operation) -> Step:
    mapping, result = maker.slot(op.operands[0]), maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.op = op
        frame.slots[result] = merged({}, frame.slots[mapping])

    return step


@makes(pyobj.FormatOp)
def format_(maker: CodeMaker, op: Operation) -> Step:
    """Format one value of an f-string."""
    format_op = cast(pyobj.FormatOp, op)
    value, slot = maker.slot(format_op.value), maker.slot(op.results[0])
    spec = maker.slot(format_op.spec) if format_op.spec is not None else None
    conversions: dict[str, Callable[[object], str]] = {"s": str, "r": repr, "a": ascii}
    conversion = conversions.get(format_op.conversion.data)

    def step(frame: Frame) -> None:
        frame.op = op
        shown = frame.slots[value]
        if conversion is not None:
            shown = operate(frame, conversion, shown)
        text = "" if spec is None else frame.slots[spec]
        frame.slots[slot] = operate(frame, format, shown, text)

    return step


@makes(pyobj.JoinOp)
def join(maker: CodeMaker, op: Operation) -> Step:
    """Join the texts of an f-string."""
    items, slot = maker.slots(op.operands), maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.slots[slot] = "".join(cast(str, frame.slots[item]) for item in items)

    return step


@makes(pyobj.ImportModuleOp, pyobj.GlobalOp)
def import_module(maker: CodeMaker, op: Operation) -> Step:
    """Import a module that IR text names, or take an attribute of one."""
    named = cast(pyobj.GlobalOp, op)
    module, slot = named.module.data, maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        frame.op = op
        frame.folding.need_python("an import")
        value = frame.folding.adopt_held(run(importlib.import_module, module))
        if isinstance(op, pyobj.GlobalOp):
            value = get_attribute(frame, value, op.variable.data)
        frame.slots[slot] = value

    return step
