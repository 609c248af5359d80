"""What ops in tensor form are for an accelerator: parts of kernels, or work of the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from math import prod
from typing import cast

from xdsl.dialects import arith, math, tensor
from xdsl.dialects.builtin import DYNAMIC_INDEX, AffineMapAttr, TensorType
from xdsl.dialects.linalg import ops as linalg
from xdsl.dialects.linalg.attrs import IteratorType
from xdsl.ir import Attribute, Block, Operation, SSAValue

from .device_elements import number_of, refusal
from .product_form import product_of
from .structured_ops import access_map, element_of, identity, shape_of


class Kind(Enum):
    """What an op is for an accelerator."""

    HOST = auto()
    """A branch, a loop, what raises, a large constant."""
    COPIED = auto()
    """Costs nothing and is written anew where it is read: numbers, scalars, empty tensors."""
    VIEW = auto()
    """The same elements in another shape."""
    ELEMENTWISE = auto()
    BROADCAST = auto()
    REDUCTION = auto()
    MOVE = auto()
    """Elements in other places: transposed, a part of them, put into others."""
    PRODUCT = auto()
    CPU = auto()
    """Has no kernel."""


@dataclass(frozen=True)
class Found:
    """The kind of an op, and why it has no kernel."""

    kind: Kind
    reason: str = ""


_WHOLE = frozenset({"i64", "i32", "i16"})
REDUCERS: dict[type[Operation], frozenset[str]] = {
    **dict.fromkeys((arith.AddfOp, arith.MulfOp), frozenset({"f32"})),
    **dict.fromkeys((arith.MaximumfOp, arith.MinimumfOp), frozenset({"f32"})),
    **dict.fromkeys((arith.AddiOp, arith.MuliOp), _WHOLE),
    **dict.fromkeys((arith.MaxSIOp, arith.MinSIOp), _WHOLE | {"i8"}),
    **dict.fromkeys((arith.MaxUIOp, arith.MinUIOp), frozenset({"i8"})),
    **dict.fromkeys((arith.OrIOp, arith.AndIOp), frozenset({"i1"})),
}
"""What combines two elements in a reduction, and of which kinds."""
_MOVED = frozenset({"f32", "f16", "bf16", "i32", "i16"})
_MULTIPLIED = frozenset({"f32", "f16", "bf16"})


_REPEATING = (
    *(linalg.BroadcastOp, tensor.CollapseShapeOp, tensor.ExpandShapeOp),
    arith.ExtFOp,
)
"""Ops that give the number that their operand has everywhere."""


def find_kind(op: Operation) -> Found:
    """Return what an op in tensor form is."""
    name = op.name
    if name.startswith(("scf.", "cf.", "func.")):
        return Found(Kind.HOST)
    if is_copied(op):
        return Found(Kind.COPIED)
    if isinstance(op, arith.ConstantOp):
        return Found(Kind.HOST)
    if isinstance(op, tensor.CollapseShapeOp | tensor.ExpandShapeOp):
        return Found(Kind.VIEW)
    values = [*op.operands, *op.results]
    if any(isinstance(value.type, TensorType) and not prod(shape_of(value)) for value in values):
        return Found(Kind.CPU, "")
    reason = _refused(op)
    return Found(Kind.CPU, reason) if reason is not None else Found(_kind(op))


def is_copied(op: Operation) -> bool:
    """Return whether an op is written anew where its result is read."""
    if any(not isinstance(result.type, TensorType) for result in op.results):
        return not op.regions and len(op.results) == 1
    return isinstance(op, tensor.EmptyOp) or (
        bool(op.results) and number_in(op.results[0]) is not None
    )


def copied_ops(block: Block, kinds: Mapping[Operation, Found]) -> set[Operation]:
    """Return the ops of a block that are written anew where they are read.

    Those are also broadcasts that only arithmetic in this block reads, conversions of them, and
    conversions to wider elements: each kernel reads the smaller tensor then.
    """
    computing = (Kind.ELEMENTWISE, Kind.REDUCTION)
    late: set[Operation] = set()
    for op in reversed(list(kinds)):
        if kinds[op].kind is Kind.BROADCAST or isinstance(op, arith.ExtFOp | arith.TruncFOp):
            users = [use.operation for result in op.results for use in result.uses]
            if all(
                user in late or (user in kinds and kinds[user].kind in computing) for user in users
            ):
                late.add(op)
    found: set[Operation] = set()
    for op, kind in kinds.items():
        if kind.kind is Kind.COPIED:
            found.add(op)
        elif op in late and (not isinstance(op, arith.TruncFOp) or op.operands[0].owner in found):
            found.add(op)
    return found


def number_in(value: SSAValue) -> float | int | None:
    """Return the number that a tensor has everywhere, where the IR says so."""
    owner = value.owner
    while isinstance(owner, _REPEATING):
        owner = owner.operands[0].owner
    if isinstance(owner, linalg.FillOp):
        owner = owner.inputs[0].owner
    return number_of(owner) if isinstance(owner, arith.ConstantOp) else None


def is_elementwise(op: linalg.GenericOp) -> bool:
    """Return whether each element of the one result comes from those at the same place."""
    kinds = {kind.data for kind in op.iterator_types}
    maps: set[Attribute] = set(op.indexing_maps)
    same: AffineMapAttr = access_map(len(op.iterator_types), identity(len(op.iterator_types)))
    return len(op.outputs) == 1 and kinds <= {IteratorType.PARALLEL} and maps == {same}


def reducer_of(op: linalg.ReduceOp) -> Operation | None:
    """Return the one op that combines two elements; None if there are more."""
    first, *others = op.region.block.ops
    return first if len(others) == 1 else None


def _kind(op: Operation) -> Kind:
    match op:
        case linalg.BroadcastOp():
            return Kind.BROADCAST
        case linalg.ReduceOp():
            return Kind.REDUCTION
        case linalg.TransposeOp() | tensor.ExtractSliceOp() | tensor.InsertSliceOp():
            return Kind.MOVE
        case _ if product_of(op) is not None:
            return Kind.PRODUCT
        case _:
            return Kind.ELEMENTWISE


def _refused(op: Operation) -> str | None:
    """Return why an op has no kernel, None if it has one."""
    match op:
        case linalg.GenericOp() if product_of(op) is not None:
            return _refused_product(op)
        case linalg.MatmulOp():
            return _refused_product(op)
        case linalg.GenericOp() if is_elementwise(op):
            return _refused_body(op)
        case linalg.GenericOp():
            return "a loop of this form has no kernel"
        case linalg.BroadcastOp():
            return _refused_elements(op, _MOVED | {"i64", "i8", "i1"})
        case linalg.ReduceOp():
            return _refused_reduction(op)
        case linalg.TransposeOp():
            return _refused_elements(op, _MOVED)
        case tensor.ExtractSliceOp() | tensor.InsertSliceOp():
            return _refused_slice(op)
        case _ if op.name.startswith((arith.Arith.name, math.Math.name)):
            return refusal(op)
        case _:
            return f"'{op.name}' has no kernel"


def _refused_product(op: Operation) -> str | None:
    product = product_of(op)
    assert product is not None
    if str(product.element) not in _MULTIPLIED:
        return f"products of {product.element} have no kernel"
    if str(element_of(product.result)) != "f32":
        return f"sums of {element_of(product.result)} have no kernel"
    return None


def _refused_body(op: linalg.GenericOp) -> str | None:
    if any(isinstance(inner, linalg.IndexOp) for inner in op.body.block.ops):
        return "indices have no kernel"
    reasons = (refusal(inner) for inner in op.body.block.ops)
    return next((reason for reason in reasons if reason is not None), None)


def _refused_reduction(op: linalg.ReduceOp) -> str | None:
    combined, element = reducer_of(op), str(element_of(op.operands[0]))
    if combined is None or element not in REDUCERS.get(type(combined), ()):
        return f"this reduction of {element} has no kernel"
    if number_in(op.operands[1]) is None:
        return "a reduction that goes on from another has no kernel"
    return None


def _refused_slice(op: tensor.ExtractSliceOp | tensor.InsertSliceOp) -> str | None:
    numbers = (*op.static_offsets.get_values(), *op.static_sizes.get_values())
    if DYNAMIC_INDEX in numbers:
        return "a place that is only known in a run has no kernel"
    if set(op.static_strides.get_values()) - {1}:
        return "elements that lie apart have no kernel"
    if isinstance(op, tensor.InsertSliceOp):
        # The vendor's compiler crashes on them.
        part, whole = (shape_of(value) for value in op.operands[:2])
        if len(part) > 1 and part[-1] == 1 < whole[-1]:
            return "a column that is put into a tensor has no kernel"
    return _refused_elements(op, _MOVED)


def _refused_elements(op: Operation, allowed: frozenset[str]) -> str | None:
    element = str(element_of(cast(SSAValue, op.results[0])))
    return None if element in allowed else f"'{op.name}' of {element} has no kernel"
