"""Elementwise loops that write whole lines past the cache, and fetch what comes next into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from xdsl.dialects import arith, math
from xdsl.dialects.linalg.ops import YieldOp
from xdsl.ir import Operation, SSAValue

from ...dialects.past_cache import LINE, PastCache, past_cache_of
from ..llvm_ir.elements import FLOATS
from ..llvm_ir.scalars import literal
from .kernel import Kernel, Place
from .nest import Dimension, innermost

_BINARY: dict[type[Operation], str] = {
    **{arith.AddfOp: "fadd", arith.SubfOp: "fsub", arith.MulfOp: "fmul", arith.DivfOp: "fdiv"},
}
_INTRINSICS: dict[type[Operation], str] = {
    **{math.SqrtOp: "sqrt", math.AbsFOp: "fabs", math.FmaOp: "fma"},
    **{arith.MaximumfOp: "maximum", arith.MinimumfOp: "minimum"},
    **{math.FloorOp: "floor", math.CeilOp: "ceil", math.RoundEvenOp: "roundeven"},
}
_OTHERS = (arith.ConstantOp, arith.NegfOp, math.RsqrtOp, YieldOp)


def write_past_cache(kernel: Kernel, place: Place, parallel: Sequence[Dimension]) -> bool:
    """Write the loops of a nest that has such a schedule; return whether that can be done.

    A vector is a line, whatever registers the machine has. Where the results don't begin at a
    line, they are stored as usual.
    """
    schedule = past_cache_of(kernel.nest.op)
    if schedule is None or not parallel or not _can_be_vectors(kernel):
        return False
    along = innermost(kernel.nest, parallel)
    if not _is_in_lines(kernel, parallel, along):
        return False
    outer = [dimension for dimension in parallel if dimension is not along]
    text = kernel.text
    aligned, plain, end = text.labels("aligned", "plain", "stored")
    text.emit(f"br i1 {_begins_with_line(kernel, place)}, label %{aligned}, label %{plain}")
    for label, how in ((aligned, schedule), (plain, None)):
        text.start(label)
        _Lines(kernel, how, along).write(place, outer)
        text.emit(f"br label %{end}")
    text.start(end)
    return True


def _can_be_vectors(kernel: Kernel) -> bool:
    """Return whether all values are floats of one type, and all ops have vectors."""
    nest = kernel.nest
    names = {operand.buffer.element.name for operand in nest.operands if operand is not None}
    known = (*_BINARY, *_INTRINSICS, *_OTHERS)
    if len(names) != 1 or not names <= set(_KINDS) or kernel.asks_for_rounds:
        return False
    types = {value.type for op in nest.op.body.block.ops for value in op.results}
    scalar = {argument.type for argument in nest.op.body.block.args}
    accumulators = nest.op.body.block.args[nest.inputs :]
    return (
        all(isinstance(op, known) for op in nest.op.body.block.ops)
        and len(types | scalar) == 1
        and all(argument.first_use is None for argument in accumulators)
    )


_KINDS = ("f32", "f64")


def _is_in_lines(kernel: Kernel, parallel: Sequence[Dimension], along: Dimension) -> bool:
    """Return whether the innermost loop goes through whole lines, of neighbours or one number."""
    nest = kernel.nest
    size = nest.outputs()[0].buffer.element.bytes
    outputs = range(nest.inputs, len(nest.operands))
    others = [d.steps[n] * size % LINE for d in parallel if d is not along for n in outputs]
    return (
        along.extent * size % LINE == 0
        and all(step in (0, 1) for step in along.steps)
        and all(along.steps[n] == 1 for n in outputs)
        and not any(others)
    )


def _begins_with_line(kernel: Kernel, place: Place) -> str:
    """Write whether the first elements of all outputs are the first of a line."""
    write = kernel.text.assign
    numbers = [write(f"ptrtoint ptr {p} to i64") for p in place.pointers[kernel.nest.inputs :]]
    either = numbers[0]
    for number in numbers[1:]:
        either = write(f"or i64 {either}, {number}")
    rest = write(f"and i64 {either}, {LINE - 1}")
    return write(f"icmp eq i64 {rest}, 0")


class _Lines:
    """Writes the loops once: past the cache, or as usual without a schedule."""

    def __init__(self, kernel: Kernel, schedule: PastCache | None, along: Dimension) -> None:
        self.kernel = kernel
        self.schedule = schedule
        self.along = along
        self.element = kernel.nest.outputs()[0].buffer.element
        self.lanes = LINE // self.element.bytes
        self.type = f"<{self.lanes} x {self.element.register}>"

    def write(self, place: Place, outer: Sequence[Dimension]) -> None:
        """Write the loops around the innermost one, and that."""
        kernel, lines = self.kernel, self.along.extent // self.lanes
        at_once = 1 + (lines % 2 == 0)
        with ExitStack() as stack:
            for dimension in outer:
                _, place = stack.enter_context(kernel.loop(place, dimension))
            same = self._same_in_a_row(place)
            loop = stack.enter_context(kernel.text.loop(lines // at_once))
            start = kernel.advance(place, self.along, loop.index, self.lanes * at_once)
            for line in range(at_once):
                self._write_line(kernel.advance(start, self.along, str(line), self.lanes), same)

    def _same_in_a_row(self, place: Place) -> dict[SSAValue, str]:
        """Write what has one value for all elements of a row: constants, and broadcast numbers."""
        op, values = self.kernel.nest.op, dict[SSAValue, str]()
        for number, argument in enumerate(op.body.block.args[: self.kernel.nest.inputs]):
            operand = self.kernel.nest.operands[number]
            if argument.first_use is None:
                continue
            if operand is None:
                values[argument] = self._spread(self.kernel.constants[op.operands[number]])
            elif not self.along.steps[number]:
                values[argument] = self._spread(self.kernel.load(place.pointers[number], operand))
        for inner in op.body.block.ops:
            if isinstance(inner, arith.ConstantOp):
                values[inner.result] = f"splat ({self.element.register} {literal(inner)})"
            else:
                for value in inner.operands:
                    if value in self.kernel.constants and value not in values:
                        values[value] = self._spread(self.kernel.constants[value])
        return values

    def _spread(self, value: str) -> str:
        write, type = self.kernel.text.assign, self.type
        first = write(f"insertelement {type} poison, {self.element.register} {value}, i64 0")
        order = f"<{self.lanes} x i32> zeroinitializer"
        return write(f"shufflevector {type} {first}, {type} poison, {order}")

    def _write_line(self, place: Place, same: Mapping[SSAValue, str]) -> None:
        kernel, size = self.kernel, self.element.bytes
        block = kernel.nest.op.body.block
        values = dict(same)
        for number, argument in enumerate(block.args[: kernel.nest.inputs]):
            if argument not in values and argument.first_use is not None:
                load = f"load {self.type}, ptr {place.pointers[number]}, align {size}"
                values[argument] = kernel.text.assign(load)
        self._fetch(place)
        for op in block.ops:
            if not isinstance(op, arith.ConstantOp | YieldOp):
                values[op.results[0]] = self._operation(op, [values[v] for v in op.operands])
        for number, value in enumerate(kernel.yielded()):
            position, _ = kernel.output(number)
            how = f"{LINE}, !nontemporal !{{i32 1}}" if self.schedule else f"{size}"
            store = f"store {self.type} {values[value]}, ptr {place.pointers[position]}"
            kernel.text.emit(f"{store}, align {how}")

    def _fetch(self, place: Place) -> None:
        """Write hints that what lies further on will be read soon."""
        if self.schedule is None:
            return
        for number in self.schedule.fetched:
            if 0 <= number < self.kernel.nest.inputs and self.along.steps[number] == 1:
                self.kernel.scalars.declarations[_PREFETCH] = None
                text, ahead = self.kernel.text, self.schedule.ahead
                # Not "inbounds": behind the last rows it is no address of ours.
                at = text.assign(f"getelementptr i8, ptr {place.pointers[number]}, i64 {ahead}")
                text.emit(f"call void @llvm.prefetch.p0(ptr {at}, i32 0, i32 3, i32 1)")

    def _operation(self, op: Operation, operands: Sequence[str]) -> str:
        write, type, kind = self.kernel.text.assign, self.type, op.__class__
        if kind in _BINARY:
            return write(f"{_BINARY[kind]} {type} {', '.join(operands)}")
        if kind in _INTRINSICS:
            return self._intrinsic(_INTRINSICS[kind], operands)
        if isinstance(op, arith.NegfOp):
            return write(f"fneg {type} {operands[0]}")
        root = self._intrinsic("sqrt", operands)
        one = f"splat ({self.element.register} {self.element.literal(1)})"
        return write(f"fdiv {type} {one}, {root}")

    def _intrinsic(self, name: str, operands: Sequence[str]) -> str:
        full = f"@llvm.{name}.v{self.lanes}{FLOATS[self.element.register]}"
        types = ", ".join([self.type] * len(operands))
        self.kernel.scalars.declarations[f"declare {self.type} {full}({types})"] = None
        listed = ", ".join(f"{self.type} {operand}" for operand in operands)
        return self.kernel.text.assign(f"call {self.type} {full}({listed})")


_PREFETCH = "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)"
