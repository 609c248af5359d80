"""What is simpler for kernels: no ops without elements, and reshapes behind arithmetic."""

from __future__ import annotations

from math import prod

from xdsl.dialects import arith, math, tensor
from xdsl.dialects.builtin import TensorType, i1
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, SSAValue

from .kernel_kinds import is_elementwise, number_in
from .lower_shape import reassociation, reshape
from .merged_axes import merged_permutation, transposition_steps
from .product_form import product_of
from .scalar_ops import COMPARE_INTEGERS, tensor_of
from .structured_ops import OpsBefore, TensorOps, element_of, generic, identity, integers, shape_of

_VIEWS = (tensor.CollapseShapeOp, tensor.ExpandShapeOp)
_SAME = (
    *(arith.MaxSIOp, arith.MinSIOp, arith.MaxUIOp, arith.MinUIOp, arith.AndIOp, arith.OrIOp),
    *(arith.MaximumfOp, arith.MinimumfOp),
)
"""What gives its operands where both are the same."""
_NOTHING = (arith.SubiOp, arith.XOrIOp)
"""What gives 0 there."""


def simplify_tensors(block: Block) -> None:
    """Rewrite the ops of a block, not those of its branches and loops.

    What has no elements is a tensor without a value; a reduction of nothing is what it starts
    from. Reshapes of reshapes are joined, and arithmetic on reshaped tensors comes before the
    reshape, so that it may be in one kernel with what computes them. What is combined with a
    reshaped product is reshaped too. Transpositions are joined. What is combined with itself is
    itself, or a number: the vendor's compiler would find that out, and then fails at a result that
    is an operand or a constant.
    """
    _Simplification().run(block)


class _Simplification:
    def __init__(self) -> None:
        self.products: set[SSAValue] = set()
        """Products of matrices, and what is computed of them without a reshape between."""

    def run(self, block: Block) -> None:
        for op in list(block.ops):
            if op.name.startswith(("scf.", "cf.", "func.")):
                continue
            to = OpsBefore(op)
            value = self._simpler(to, op)
            if value is not None:
                to.put()
                _replace(op, value)
            elif product_of(op) is not None:
                self.products.add(op.results[0])
        for op in list(block.ops):
            if isinstance(op, linalg.TransposeOp) and op.results[0].first_use is not None:
                to = OpsBefore(op)
                value = _in_steps(to, op)
                to.put()
                _replace(op, value)

    def _simpler(self, to: TensorOps, op: Operation) -> SSAValue | None:
        """Return what an op's result is too; None if that isn't simpler."""
        if not all(isinstance(result.type, TensorType) for result in op.results):
            return None
        if len(op.results) == 1 and not prod(shape_of(op.results[0])):
            if isinstance(op, tensor.EmptyOp | arith.ConstantOp):
                return None
            return to.empty(element_of(op.results[0]), shape_of(op.results[0]))
        match op:
            case linalg.ReduceOp() | tensor.InsertSliceOp() if not prod(shape_of(op.operands[0])):
                return op.operands[1]
            case linalg.GenericOp() | linalg.MatmulOp() if _is_sum_of_nothing(op):
                return op.operands[2]
            case tensor.CollapseShapeOp() | tensor.ExpandShapeOp():
                return _joined_view(op)
            case linalg.TransposeOp():
                return _simpler_transpose(to, op)
            case linalg.ReduceOp():
                return self._reduced_before_view(to, op)
            case _:
                known = _of_equals(to, op)
                return self._before_view(to, op) if known is None else known

    def _reduced_before_view(self, to: TensorOps, op: linalg.ReduceOp) -> SSAValue | None:
        """Return a reduction of a tensor before it was reshaped; None where axes don't fit."""
        value, number = op.operands[0], number_in(op.operands[1])
        if not isinstance(value.owner, _VIEWS) or number is None:
            return None
        source = _root(value)
        shape = shape_of(source)
        groups = _groups(shape_of(value), shape)
        reduced = set(op.dimensions.get_values())
        if groups is None:
            return None
        axes = [axis for axis, group in enumerate(groups) if reduced.issuperset(group)]
        if sum(len(groups[axis]) for axis in axes) != len(reduced):
            return None
        kept = tuple(extent for axis, extent in enumerate(shape) if axis not in axes)
        start = to.filled(number, element_of(value), kept)
        result = to.add(
            linalg.ReduceOp.create(
                operands=(source, start),
                result_types=(start.type,),
                properties={"dimensions": integers(*axes)},
                regions=[op.region.clone()],
                location=op.location,
            )
        )
        return _view(to, result, shape_of(op.results[0]))

    def _before_view(self, to: TensorOps, op: Operation) -> SSAValue | None:
        """Return an elementwise op on tensors before they were reshaped; None if it is none."""
        inputs = _elementwise_inputs(op)
        views = [value for value in inputs if isinstance(value.owner, _VIEWS)]
        if not views:
            return None
        sources = [_root(value) for value in views]
        is_product = any(source in self.products for source in sources)
        shape = next((shape_of(s) for s in sources if s in self.products), shape_of(sources[0]))
        if not shape or not all(is_product or shape_of(source) == shape for source in sources):
            return None
        found: list[SSAValue] = []
        for value in inputs:
            new = _reshaped(to, value, shape, always=is_product)
            if new is None:
                return None
            found.append(new)
        result = _on_shape(to, op, found, shape)
        if is_product:
            self.products.add(result)
        return _view(to, result, shape_of(op.results[0]))


def _of_equals(to: TensorOps, op: Operation) -> SSAValue | None:
    """Return what an op on equal operands gives; None where that is neither them nor a number."""
    inner, operands = _one_op(op)
    if isinstance(inner, linalg.YieldOp):
        return operands[0]
    first, *others = operands[-2:] or (None,)
    if first is None or others != [first]:
        return None
    if isinstance(inner, (*_SAME, arith.SelectOp)):
        return first
    shape = shape_of(op.results[0])
    if isinstance(inner, _NOTHING):
        return to.filled(0, element_of(first), shape)
    if isinstance(inner, arith.CmpiOp):
        holds = COMPARE_INTEGERS[inner.predicate.value.data].endswith(("eq", "le", "ge"))
        return to.filled(holds, i1, shape)
    return None


def _one_op(op: Operation) -> tuple[Operation, list[SSAValue | None]]:
    """Return the op on elements of an elementwise op that has but one, and its operands' tensors.

    Without any it is the one that gives the element. What is no tensor's element is None.
    """
    if not isinstance(op, linalg.GenericOp):
        return op, list(op.operands)
    block = op.body.block
    inner = block.first_op
    is_one = inner is not None and block.last_op in (inner, inner.next_op)
    if inner is None or not is_one or not is_elementwise(op):
        return op, []
    tensors = dict[SSAValue, SSAValue](zip(block.args, op.inputs, strict=False))
    return inner, [tensors.get(value) for value in inner.operands]


def _replace(op: Operation, value: SSAValue) -> None:
    if value.name_hint is None:
        value.name_hint = op.results[0].name_hint
    op.results[0].replace_all_uses_with(value)
    op.detach()
    op.erase()


def _in_steps(to: TensorOps, op: linalg.TransposeOp) -> SSAValue:
    """Return a transposition of as few axes as it needs, in steps that the device has."""
    shape, order = merged_permutation(shape_of(op.operands[0]), op.permutation.get_values())
    value = _view(to, op.operands[0], tuple(shape))
    for step in transposition_steps(order):
        value = to.transpose(value, step, tuple(shape_of(value)[axis] for axis in step))
    return _view(to, value, shape_of(op.results[0]))


def _is_sum_of_nothing(op: Operation) -> bool:
    return not prod(shape_of(op.operands[0])) and product_of(op) is not None


def _root(value: SSAValue) -> SSAValue:
    """Return the tensor that a reshape, or several, was made of."""
    while isinstance(value.owner, _VIEWS):
        value = value.owner.operands[0]
    return value


def _view(to: TensorOps, value: SSAValue, shape: tuple[int, ...]) -> SSAValue:
    """Return a tensor in another shape, without a reshape of a reshape back."""
    root = _root(value)
    return root if shape_of(root) == shape else reshape(to, value, shape)


def _joined_view(op: Operation) -> SSAValue | None:
    root = _root(op.operands[0])
    return root if shape_of(root) == shape_of(op.results[0]) else None


def _groups(long: tuple[int, ...], short: tuple[int, ...]) -> tuple[tuple[int, ...], ...] | None:
    """Return the axes of a shape that make up each axis of a shorter one; None if they don't."""
    if len(short) >= len(long) or not short:
        return None
    return reassociation(long, short)


def _simpler_transpose(to: TensorOps, op: linalg.TransposeOp) -> SSAValue | None:
    """Return two transpositions as one, and one that moves nothing as a reshape."""
    source, order = op.operands[0], list(op.permutation.get_values())
    shape = shape_of(op.results[0])
    inner = source.owner
    if isinstance(inner, linalg.TransposeOp):
        source = inner.operands[0]
        order = [inner.permutation.get_values()[axis] for axis in order]
    if order == list(range(len(order))):
        return source
    moved = [axis for axis in order if shape_of(source)[axis] != 1]
    if moved == sorted(moved):
        return _view(to, source, shape)
    return to.transpose(source, order, shape) if isinstance(inner, linalg.TransposeOp) else None


def _elementwise_inputs(op: Operation) -> list[SSAValue]:
    """Return what an elementwise op reads; nothing if it is none."""
    if isinstance(op, linalg.GenericOp):
        has_index = any(isinstance(inner, linalg.IndexOp) for inner in op.body.block.ops)
        return [] if has_index or not is_elementwise(op) else list(op.inputs)
    is_arithmetic = op.name.startswith((arith.Arith.name, math.Math.name))
    return list(op.operands) if is_arithmetic else []


def _reshaped(
    to: TensorOps, value: SSAValue, shape: tuple[int, ...], *, always: bool
) -> SSAValue | None:
    """Return an operand in another shape: a number, a view or a broadcast, or else any if asked."""
    number = number_in(value)
    if number is not None:
        return to.filled(number, element_of(value), shape)
    root = _root(value)
    if root is not value and shape_of(root) == shape:
        return root
    if not always:
        return None
    if isinstance(value.owner, arith.ExtFOp):
        inner = _reshaped(to, value.owner.input, shape, always=True)
        if inner is not None:
            return to.whole(shape).emit(arith.ExtFOp, element_of(value), inner)
    return _broadcast(to, value, shape) or _view(to, value, shape)


def _broadcast(to: TensorOps, value: SSAValue, shape: tuple[int, ...]) -> SSAValue | None:
    """Return a broadcast to a shape with merged axes; None if it repeats parts of one."""
    op = value.owner
    groups = _groups(shape_of(value), shape)
    if not isinstance(op, linalg.BroadcastOp) or groups is None:
        return None
    added = set(op.dimensions.get_values())
    repeated = [axis for axis, group in enumerate(groups) if added.issuperset(group)]
    if any(added & set(group) for axis, group in enumerate(groups) if axis not in repeated):
        return None
    kept = tuple(extent for axis, extent in enumerate(shape) if axis not in repeated)
    return to.broadcast(_view(to, op.input, kept), repeated, shape)


def _on_shape(
    to: TensorOps, op: Operation, inputs: list[SSAValue], shape: tuple[int, ...]
) -> SSAValue:
    element = element_of(op.results[0])
    if not isinstance(op, linalg.GenericOp):
        return to.add(
            type(op).create(
                operands=inputs,
                result_types=[tensor_of(element, shape)],
                properties=op.properties,
                location=op.location,
            )
        )
    accesses = [identity(len(shape))] * (len(inputs) + 1)
    out, parallel = to.empty(element, shape), [True] * len(shape)
    return to.add(generic(inputs, [out], accesses, parallel, op.body.clone(), op.location))
