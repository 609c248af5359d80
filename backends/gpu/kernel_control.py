"""Branches and loops of a kernel, with the values that they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xdsl.dialects import scf
from xdsl.ir import Block, Operation, SSAValue

from ..llvm_ir.elements import element_of
from ..llvm_ir.text import FunctionText


class Body(Protocol):
    """What a kernel is written with."""

    text: FunctionText
    scalars: dict[SSAValue, str]

    def add_block(self, block: Block) -> None:
        """Write all ops of a block but its end."""
        ...


def add_control(body: Body, op: Operation) -> bool:
    """Write a branch or a loop; return whether the op is one."""
    match op:
        case scf.IfOp():
            _write_if(body, op)
        case scf.ForOp():
            _write_for(body, op)
        case scf.WhileOp():
            _write_while(body, op)
        case _:
            return False
    return True


class _Carried:
    """Values that a block has for each of the blocks before it."""

    def __init__(self, text: FunctionText, values: Sequence[SSAValue]) -> None:
        self.text = text
        self.types = [element_of(value.type).register for value in values]
        self.names = [f"%{name}" for name in text.labels(*["c"] * len(values))]
        self.names = [f"{name}.{n}" for n, name in enumerate(self.names)]
        self.incoming: list[tuple[Sequence[str], str]] = []
        self.line = -1

    def begin(self) -> None:
        """Leave room for the values at the start of the block that is being written."""
        self.line = len(self.text.lines)
        self.text.lines += [""] * len(self.names)

    def come(self, values: Sequence[str], block: str) -> None:
        """Say what the values are when control comes from a block."""
        self.incoming.append((values, block))

    def finish(self) -> None:
        """Write the values where there is room for them."""
        for n, (name, type) in enumerate(zip(self.names, self.types, strict=True)):
            pairs = ", ".join(f"[ {values[n]}, %{block} ]" for values, block in self.incoming)
            self.text.lines[self.line + n] = f"  {name} = phi {type} {pairs}"


def _known(body: Body, values: Sequence[SSAValue]) -> list[str]:
    return [body.scalars[value] for value in values]


def _given(body: Body, block: Block) -> list[str]:
    last = block.last_op
    assert last is not None, "the verifier holds that a region ends in what it gives"
    return _known(body, last.operands)


def _bind(body: Body, values: Sequence[SSAValue], names: Sequence[str]) -> None:
    body.scalars.update(zip(values, names, strict=True))


def _write_if(body: Body, op: scf.IfOp) -> None:
    text, condition = body.text, body.scalars[op.cond]
    then, orelse, end = text.labels("then", "else", "endif")
    results = _Carried(text, op.results)
    regions = [region for region in op.regions if region.blocks]
    no = orelse if len(regions) > 1 else end
    text.emit(f"br i1 {condition}, label %{then}, label %{no}")
    for label, region in zip((then, orelse), regions, strict=False):
        text.start(label)
        body.add_block(region.block)
        if op.results:
            results.come(_given(body, region.block), text.block)
        text.emit(f"br label %{end}")
    text.start(end)
    results.begin()
    results.finish()
    _bind(body, op.results, results.names)


def _write_for(body: Body, op: scf.ForOp) -> None:
    text, block = body.text, op.body.block
    head, inside, end = text.labels("for", "do", "done")
    first, limit, step = _known(body, [op.lb, op.ub, op.step])
    type = element_of(op.lb.type).register
    carried = _Carried(text, [op.lb, *op.iter_args])
    carried.come([first, *_known(body, op.iter_args)], text.block)
    text.emit(f"br label %{head}")
    text.start(head)
    carried.begin()
    index, *values = carried.names
    again = text.assign(f"icmp slt {type} {index}, {limit}")
    text.emit(f"br i1 {again}, label %{inside}, label %{end}")
    text.start(inside)
    _bind(body, block.args, carried.names)
    body.add_block(block)
    following = text.assign(f"add nsw {type} {index}, {step}")
    carried.come([following, *_given(body, block)], text.block)
    text.emit(f"br label %{head}")
    carried.finish()
    text.start(end)
    _bind(body, op.results, values)


def _write_while(body: Body, op: scf.WhileOp) -> None:
    text, before, after = body.text, op.before_region.block, op.after_region.block
    head, inside, end = text.labels("while", "do", "done")
    carried = _Carried(text, before.args)
    carried.come(_known(body, op.arguments), text.block)
    text.emit(f"br label %{head}")
    text.start(head)
    carried.begin()
    _bind(body, before.args, carried.names)
    body.add_block(before)
    condition, *passed = _given(body, before)
    text.emit(f"br i1 {condition}, label %{inside}, label %{end}")
    text.start(inside)
    _bind(body, after.args, passed)
    body.add_block(after)
    carried.come(_given(body, after), text.block)
    text.emit(f"br label %{head}")
    carried.finish()
    text.start(end)
    _bind(body, op.results, passed)
