"""Let what follows a product go through its result part by part, while that is in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from math import prod

from xdsl.context import Context
from xdsl.dialects import arith, memref
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Block, Operation
from xdsl.passes import ModulePass

from ..dialects.access import storage_of
from ..dialects.contraction import Contraction, contraction_of
from ..dialects.epilogue import Epilogue, epilogues_of, mark
from ..dialects.nested_ops import nested_ops
from .loop_nests import bytes_of
from .structured_ops import shape_of


@dataclass(frozen=True)
class ScheduleEpiloguesPass(ModulePass):
    """Mark elementwise loops over a product's result that run on each part when it is complete.

    They are moved right behind the product, and get the attribute `schedule` with the kind
    `epilogue`. What they mean stays the same: a backend may run them as any other op.
    Loops are left alone whose result a reduction reads, and those behind a sum of several products,
    for `fuse-rows` has all of them go through a few rows at a time; those that go through memory in
    steps; and those behind a product of less than `least_bytes`, which is in the cache as it is.
    Source: epilogues of products in CUTLASS, <https://github.com/NVIDIA/cutlass>.
    """

    name = "schedule-epilogues"

    least_bytes: int = 32 * 1024

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Attach the attributes in place, in all blocks."""
        blocks = [
            block for inner in nested_ops(op) for region in inner.regions for block in region.blocks
        ]
        for block in blocks:
            for product in list(block.ops):
                if type(product) is GenericOp:
                    contraction = contraction_of(product)
                    # A vector times a matrix has no parts that are complete early.
                    if contraction is None or contraction.m.extent == 1 or not _is_filled(product):
                        continue
                    if _bytes_of(product) >= self.least_bytes:
                        _schedule(block, product, contraction)


_BETWEEN = (
    *(arith.ConstantOp, memref.AllocOp, memref.GetGlobalOp),
    *(memref.SubviewOp, memref.ReinterpretCastOp),
)
"""Ops that touch no memory: they may stand before the product as well."""


def _schedule(block: Block, product: GenericOp, contraction: Contraction) -> None:
    following = islice(_following(product), _MOST)
    found = list(takewhile(_is_even, epilogues_of(product, contraction, following)))
    while found and _is_reduced(found[-1].op):
        found.pop()
    start = product.prev_op
    assert start is not None, "it fills the result"
    for epilogue in found:
        mark(epilogue.op)
        first = start
        while (between := epilogue.op.prev_op) is not None and isinstance(between, _BETWEEN):
            between.detach()
            block.insert_op_before(between, first)
            first = between


def _is_filled(product: GenericOp) -> bool:
    """Return whether a product starts from what the op before fills in."""
    before = product.prev_op
    written = product.outputs[0]
    return isinstance(before, GenericOp) and not before.inputs and before.outputs[0] is written


def _bytes_of(product: GenericOp) -> int:
    written = product.outputs[0]
    return prod(shape_of(written)) * bytes_of(written)


def _following(op: GenericOp) -> Iterator[GenericOp]:
    """Give the loop nests behind one, with nothing between but what can stand before it."""
    following: Operation | None = op.next_op
    while following is not None and isinstance(following, (GenericOp, *_BETWEEN)):
        if isinstance(following, GenericOp):
            yield following
        following = following.next_op


def _is_even(epilogue: Epilogue) -> bool:
    """Return whether an op goes through its memory as the product does, element by element."""
    inputs = len(epilogue.op.inputs)
    steps = [(n, access.steps[1]) for n, access in enumerate(epilogue.accesses) if access]
    return all(step == 1 or (step == 0 and n < inputs) for n, step in steps)


def _is_reduced(op: GenericOp) -> bool:
    """Return whether one of the next loops reduces what an op writes, other than to products."""
    written = {storage_of(value) for value in op.outputs}
    for reader in islice(_following(op), _NEAR):
        if any(storage_of(value) in written for value in reader.inputs):
            parallel = all(kind.data is IteratorType.PARALLEL for kind in reader.iterator_types)
            return not parallel and contraction_of(reader) is None
    return False


_MOST = 16
"""How many ops may run on the parts of one product."""
_NEAR = 4
"""How many ops are looked at: in front of a reduction its results are filled."""
