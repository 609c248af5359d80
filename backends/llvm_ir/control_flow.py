"""Branches and loops around the calls of kernels, and what leaves the function with an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Block, Operation, SSAValue

from ...runtime.failure import Failure
from .text import FunctionText
from .unlowered import unlowered


class Body(Protocol):
    """What the code of a function is written with."""

    text: FunctionText
    scalars: dict[SSAValue, str]

    def add_block(self, block: Block) -> None:
        """Write all ops of a block."""
        ...

    def fail(self, failure: Failure) -> str:
        """Return the label of a block that leaves the function with an error."""
        ...


def add_control(body: Body, op: Operation) -> bool:
    """Write a branch, a loop or an assertion; return whether the op is one."""
    write = _WRITERS.get(op.name)
    if write is not None:
        write(body, op)
    return write is not None


def _write_if(body: Body, op: Operation) -> None:
    text, condition = body.text, body.scalars[op.operands[0]]
    then, orelse, end = text.labels("then", "else", "endif")
    text.emit(f"br i1 {condition}, label %{then}, label %{orelse}")
    for label, region in zip((then, orelse), op.regions, strict=True):
        text.start(label)
        if region.blocks:
            body.add_block(region.block)
        text.emit(f"br label %{end}")
    text.start(end)


def _write_while(body: Body, op: Operation) -> None:
    if op.operands or op.results:
        unlowered(op)
    text = body.text
    condition, inside = (region.block for region in op.regions)
    last = condition.last_op
    assert last is not None, "the verifier holds that the condition ends in its value"
    again, do, end = text.labels("while", "do", "done")
    text.emit(f"br label %{again}")
    text.start(again)
    body.add_block(condition)
    text.emit(f"br i1 {body.scalars[last.operands[0]]}, label %{do}, label %{end}")
    text.start(do)
    body.add_block(inside)
    text.emit(f"br label %{again}")
    text.start(end)


def _write_for(body: Body, op: Operation) -> None:
    first, count, step = (body.scalars.get(value, "") for value in op.operands[:3])
    if op.results or (first, step) != ("0", "1") or not count.isdecimal():
        unlowered(op)
    if int(count) > 0:
        block = op.regions[0].block
        with body.text.loop(int(count)) as loop:
            body.scalars[block.args[0]] = loop.index
            body.add_block(block)


def _write_assert(body: Body, op: Operation) -> None:
    name, _, message = cast(StringAttr, op.properties["msg"]).data.partition(": ")
    failed = body.fail(Failure(name, message, op.location))
    (passed,) = body.text.labels("passed")
    condition = body.scalars[op.operands[0]]
    body.text.emit(f"br i1 {condition}, label %{passed}, label %{failed}")
    body.text.start(passed)


_WRITERS: dict[str, Callable[[Body, Operation], None]] = {
    "scf.if": _write_if,
    "scf.while": _write_while,
    "scf.for": _write_for,
    "cf.assert": _write_assert,
}
