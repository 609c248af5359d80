"""Writes arithmetic, broadcasts and reductions of a function as whole-tensor ops of a kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import i1, i8, i32
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects.hfusion import CompareFn, RoundMode, TypeFn
from .device_elements import cast_element, compare, write_element
from .kernel_groups import Axes
from .kernel_kinds import number_in, reducer_of
from .scalar_ops import ScalarOps
from .structured_ops import TensorOps, element_of, integers


class Frame(Protocol):
    """What the axes of a function's values are in its kernel."""

    def of(self, axes: Axes) -> Axes:
        """Return the kernel's axes that some axes are."""
        ...

    def shape(self, axes: Axes) -> tuple[int, ...]:
        """Return the shape of a tensor with these axes of the kernel."""
        ...


class KernelBody:
    """Appends what ops become; `values` has the kernel's value for each of the function's."""

    def __init__(
        self, to: TensorOps, axes: Mapping[SSAValue, Axes], all: Axes, frame: Frame
    ) -> None:
        self.to = to
        self.values: dict[SSAValue, SSAValue] = {}
        self._axes = axes
        self._frame = frame
        self._all = frame.of(all)

    def write(self, op: Operation) -> None:
        """Append what an op becomes; numbers are written where they are read."""
        if isinstance(op, tensor.EmptyOp | arith.ConstantOp):
            return
        if number_in(op.results[0]) is not None:
            return
        self.to.location = op.location
        value = self._append(op)
        value.name_hint = value.name_hint or op.results[0].name_hint
        self.values[op.results[0]] = value

    def shape_of(self, value: SSAValue) -> tuple[int, ...]:
        """Return the shape that a value has in the kernel."""
        return self._frame.shape(self.axes_of(value))

    def axes_of(self, value: SSAValue) -> Axes:
        """Return the axes that a value has in the kernel."""
        found = self._axes.get(value)
        return self._all if found is None else self._frame.of(found)

    def _append(self, op: Operation) -> SSAValue:
        match op:
            case linalg.BroadcastOp():
                return self._broadcast(op)
            case linalg.ReduceOp():
                return self._reduce(op)
            case linalg.GenericOp():
                return self._generic(op)
            case _:
                shape = self.shape_of(op.results[0])
                return write_element(self.to, op, [self.read(v, shape) for v in op.operands])

    def read(self, value: SSAValue, shape: tuple[int, ...]) -> SSAValue:
        """Return a value; one that is a number is written in the shape that is asked for."""
        if value in self.values:
            return self.values[value]
        number = number_in(value)
        assert number is not None
        return self.to.filled(number, element_of(value), shape)

    def _broadcast(self, op: linalg.BroadcastOp) -> SSAValue:
        value, kept = self.read(op.input, ()), self.axes_of(op.input)
        added = [axis for axis in self._all if axis not in kept]
        if not added:
            return value
        return self.to.broadcast(value, added, self._frame.shape(self._all))

    def _reduce(self, op: linalg.ReduceOp) -> SSAValue:
        operand, kept = op.operands[0], self.axes_of(op.results[0])
        value = self.read(operand, self.shape_of(operand))
        reduced = [axis for axis in self._all if axis not in kept]
        if not reduced:
            return value
        number = number_in(op.operands[1])
        assert number is not None
        element, combined = element_of(value), reducer_of(op)
        assert combined is not None
        shape = self._frame.shape(kept)
        if element not in (i1, i8):
            return reduce(self.to, value, self.to.filled(number, element, shape), reduced, op)
        # Bools are 0 and 1, and the largest of them says whether any is true.
        kind, signs = _WIDENED[type(combined)]
        wider = cast_element(self.to, value, i32, signs=signs)
        if signs is TypeFn.UNSIGNED:
            number = int(number) & 255
        start = self.to.filled(number, i32, shape)
        found = reduce(self.to, wider, start, reduced, op, kind)
        if element == i8:
            return cast_element(self.to, found, i8, RoundMode.WRAP)
        return compare(self.to, CompareFn.NE, found, self.to.filled(0, i32, shape))

    def _generic(self, op: linalg.GenericOp) -> SSAValue:
        """Append the ops of a region on whole tensors."""
        shape = self.shape_of(op.results[0])
        known: dict[SSAValue, SSAValue] = {
            argument: self.read(value, shape)
            for argument, value in zip(op.body.block.args, op.inputs, strict=False)
        }
        for inner in op.body.block.ops:
            self.to.location = inner.location
            if isinstance(inner, linalg.YieldOp):
                return self._element(inner.operands[0], known, shape)
            if isinstance(inner, arith.ConstantOp):
                continue
            operands = [self._element(value, known, shape) for value in inner.operands]
            known[inner.results[0]] = write_element(self.to, inner, operands)
        raise AssertionError("a region ends by giving its element")

    def _element(
        self, value: SSAValue, known: Mapping[SSAValue, SSAValue], shape: tuple[int, ...]
    ) -> SSAValue:
        if value in known:
            return known[value]
        number = number_in(value)
        assert number is not None
        return self.to.filled(number, value.type, shape)


_WIDENED: dict[type[Operation], tuple[type[Operation], TypeFn]] = {
    arith.OrIOp: (arith.MaxSIOp, TypeFn.SIGNED),
    arith.AndIOp: (arith.MinSIOp, TypeFn.SIGNED),
    arith.MaxSIOp: (arith.MaxSIOp, TypeFn.SIGNED),
    arith.MinSIOp: (arith.MinSIOp, TypeFn.SIGNED),
    arith.MaxUIOp: (arith.MaxSIOp, TypeFn.UNSIGNED),
    arith.MinUIOp: (arith.MinSIOp, TypeFn.UNSIGNED),
}
"""How bools and bytes are reduced as i32: by which op, and how they are widened."""


def reduce(
    to: TensorOps,
    value: SSAValue,
    start: SSAValue,
    axes: Sequence[int],
    like: linalg.ReduceOp,
    kind: type[Operation] | None = None,
) -> SSAValue:
    """Append a reduction with the region of another, or with one op of a kind."""
    if kind is None:
        region = like.region.clone()
    else:
        element = element_of(value)
        region = Region(Block(arg_types=[element, element]))
        scalars = ScalarOps(region.block, like.location)
        scalars.give(scalars.emit(kind, element, *region.block.args))
    return to.add(
        linalg.ReduceOp.create(
            operands=(value, start),
            result_types=(start.type,),
            properties={"dimensions": integers(*axes)},
            regions=[region],
            location=like.location,
        )
    )
