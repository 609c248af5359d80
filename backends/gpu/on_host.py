"""Loop nests that have no kernel: functions of their own, which the CPU's emitter takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

from xdsl.dialects import arith, func, memref
from xdsl.dialects.builtin import (
    FunctionType,
    LocationAttr,
    MemRefType,
    NoneAttr,
    StridedLayoutAttr,
    StringAttr,
)
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Attribute, Block, Region, SSAValue

from ...dialects.source import describe
from ..llvm_ir.buffers import Buffer
from ..llvm_ir.unlowered import unlowered


class Span(NamedTuple):
    """The bytes that an op touches behind one address on the device."""

    root: str
    first: int
    size: int
    is_written: bool
    element: Attribute
    unit: int
    """Bytes of an element."""


class OnHost(NamedTuple):
    """A function of the host for one op: it takes a copy of each span."""

    name: str
    function: func.FuncOp
    spans: list[Span]
    reason: str
    location: LocationAttr

    def notice(self) -> str:
        """Return what the user is told."""
        return f"{describe(self.location)}note: the CPU computes this: {self.reason}"


def on_host_function(op: GenericOp, buffers: Mapping[SSAValue, Buffer], name: str) -> OnHost:
    """Return a loop nest marked `on_host` as a function.

    Raises PassFailedException for one with a scalar that isn't a constant.
    """
    reason = op.attributes["on_host"]
    spans = list(_spans(op, buffers).values())
    numbers = {span.root: n for n, span in enumerate(spans)}
    types = [MemRefType(span.element, [span.size // span.unit]) for span in spans]
    block = Block(arg_types=types)
    values: dict[SSAValue, SSAValue] = {}
    for operand in _outside(op):
        if operand in buffers:
            buffer = buffers[operand]
            number = numbers[buffer.root]
            view = _view(block.args[number], buffer, spans[number])
            block.add_op(view)
            values[operand] = view.result
        elif isinstance(operand.owner, arith.ConstantOp):
            constant = operand.owner.clone()
            block.add_op(constant)
            values[operand] = constant.result
        else:
            unlowered(op)
    clone = op.clone(values)
    clone.location = op.location
    del clone.attributes["on_host"]
    block.add_ops([clone, func.ReturnOp()])
    function = func.FuncOp(name, FunctionType.from_lists(types, []), Region(block))
    said = reason.data if isinstance(reason, StringAttr) else "it has no kernel"
    return OnHost(name, function, spans, said, op.location)


def _outside(op: GenericOp) -> list[SSAValue]:
    """Return what a loop nest takes from outside: its operands, and what its body names."""
    found = dict.fromkeys(op.operands)
    inside = set(op.body.walk())
    for inner in inside:
        for operand in inner.operands:
            owner = operand.owner
            if owner not in inside and not (isinstance(owner, Block) and owner is op.body.block):
                found[operand] = None
    return list(found)


def _spans(op: GenericOp, buffers: Mapping[SSAValue, Buffer]) -> dict[str, Span]:
    """Return the bytes that a loop nest touches behind each address."""
    spans: dict[str, Span] = {}
    written = set(op.outputs)
    for operand in _outside(op):
        if operand not in buffers:
            continue
        buffer, memory = buffers[operand], cast("MemRefType[Attribute]", operand.type)
        reach = [(n - 1) * s for n, s in zip(buffer.shape, buffer.strides, strict=True)]
        first = buffer.offset + sum(min(step, 0) for step in reach)
        last = buffer.offset + sum(max(step, 0) for step in reach) + 1
        if 0 in buffer.shape:
            first = last = buffer.offset
        first, last = first * buffer.element.bytes, last * buffer.element.bytes
        before = spans.get(buffer.root)
        is_written = operand in written
        if before is not None:
            first, last = min(first, before.first), max(last, before.first + before.size)
            is_written |= before.is_written
        element, unit = memory.element_type, buffer.element.bytes
        spans[buffer.root] = Span(buffer.root, first, last - first, is_written, element, unit)
    return spans


def _view(source: SSAValue, buffer: Buffer, span: Span) -> memref.ReinterpretCastOp:
    """Return the part of a copied span that a buffer is."""
    offset = buffer.offset - span.first // span.unit
    layout = StridedLayoutAttr(list(buffer.strides), offset)
    type = MemRefType(span.element, buffer.shape, layout, NoneAttr())
    sizes, strides = list(buffer.shape), list(buffer.strides)
    return memref.ReinterpretCastOp.from_dynamic(source, [offset], sizes, strides, type)
