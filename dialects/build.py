"""The builders that every emitter of graph ops calls: inference, promotion, broadcasting.

They are written once over an `Emitter`; IR and eager arrays are two emitters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic

from .build_elementwise import broadcast_shapes
from .build_shape import ShapeBuilder, normalize_axes
from .convolution import convolution_shape
from .dtypes import TensorSpec, bool_, int64, promote
from .emitter import AttributeValue, Value

# Eager arrays need no IR; loading xDSL takes longer than all else.
if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Block, SSAValue

    from .ir_emitter import IREmitter


class Builder(ShapeBuilder[Value], Generic[Value]):
    """All builders: elementwise, shape, reductions and products."""

    def reduce(
        self, kind: str, x: Value, axes: Sequence[int] | None = None, keepdims: bool = False
    ) -> Value:
        """Return sum, prod, max, min, any or all over `axes` (None: over all).

        Integers and bools are summed and multiplied in int64, uint64 in itself.
        Raises `ValueError` for the maximum or minimum of no elements.
        """
        shape = self.emitter.spec(x).shape
        if kind in ("any", "all"):
            x = self.convert(x, bool_)
        elif kind in ("sum", "prod"):
            dtype = self.emitter.spec(x).dtype
            x = x if dtype.is_floating or dtype.name == "uint64" else self.convert(x, int64)
        over = tuple(range(len(shape))) if axes is None else normalize_axes(axes, len(shape))
        over = tuple(sorted(over))
        if kind in ("max", "min") and any(shape[axis] == 0 for axis in over):
            raise ValueError(f"zero-size array to reduction operation {kind} has no identity")
        left = tuple(n for axis, n in enumerate(shape) if axis not in over)
        if over:
            result = TensorSpec(left, self.emitter.spec(x).dtype)
            x = self.emitter.emit("graph.reduce", (x,), result, {"kind": kind, "axes": over})
        if not keepdims:
            return x
        kept = tuple(1 if axis in over else n for axis, n in enumerate(shape))
        return self.reshape(x, kept)

    def argreduce(self, kind: str, x: Value, axis: int | None, keepdims: bool = False) -> Value:
        """Return the int64 index of the first `max` or `min` along an axis (None: of all).

        Raises `ValueError` when there are no elements.
        """
        shape = self.emitter.spec(x).shape
        if axis is None:
            x, along = self.reshape(x, (-1,) if 0 not in shape else (0,)), 0
        else:
            (along,) = normalize_axes((axis,), len(shape))
        spec = self.emitter.spec(x)
        if spec.shape[along] == 0:
            raise ValueError(f"attempt to get arg{kind} of an empty sequence")
        left = (*spec.shape[:along], *spec.shape[along + 1 :])
        attributes = {"kind": kind, "axis": along}
        index = self.emitter.emit("graph.argreduce", (x,), TensorSpec(left, int64), attributes)
        if not keepdims:
            return index
        kept = (1,) * len(shape) if axis is None else (*left[:along], 1, *left[along:])
        return self.reshape(index, kept)

    def dot_general(
        self,
        x: Value,
        y: Value,
        batch: tuple[Sequence[int], Sequence[int]],
        contract: tuple[Sequence[int], Sequence[int]],
    ) -> Value:
        """Return sums of products over the contracted axes, for each index of the batch axes.

        Raises `ValueError` when paired axes differ.
        """
        dtype = promote(self.emitter.spec(x).dtype, self.emitter.spec(y).dtype)
        x, y = self.convert(x, dtype), self.convert(y, dtype)
        left, right = self.emitter.spec(x).shape, self.emitter.spec(y).shape
        pairs = [*zip(*batch, strict=True), *zip(*contract, strict=True)]
        if any(left[i] != right[j] for i, j in pairs):
            raise ValueError(f"shapes {left} and {right} don't match for a product")
        shape = (
            *(left[axis] for axis in batch[0]),
            *(n for axis, n in enumerate(left) if axis not in (*batch[0], *contract[0])),
            *(n for axis, n in enumerate(right) if axis not in (*batch[1], *contract[1])),
        )
        attributes = {
            "lhs_batch": tuple(batch[0]),
            "rhs_batch": tuple(batch[1]),
            "lhs_contract": tuple(contract[0]),
            "rhs_contract": tuple(contract[1]),
        }
        result = TensorSpec(shape, dtype)
        return self.emitter.emit("graph.dot_general", (x, y), result, attributes)

    def conv(
        self,
        x: Value,
        weight: Value,
        strides: Sequence[int],
        dilations: Sequence[int],
        groups: int = 1,
        channels: str = "first",
    ) -> Value:
        """Return the sums of products of a window with what it lies on, at each of its places.

        Raises `ValueError` when the shapes don't fit.
        """
        image, window = self.emitter.spec(x), self.emitter.spec(weight)
        dtype = promote(image.dtype, window.dtype)
        strides, dilations = tuple(strides), tuple(dilations)
        shape = convolution_shape(image.shape, window.shape, strides, dilations, groups, channels)
        operands = (self.convert(x, dtype), self.convert(weight, dtype))
        attributes: dict[str, AttributeValue] = {
            "strides": strides,
            "dilations": dilations,
            "groups": groups,
            "channels": channels,
        }
        return self.emitter.emit("graph.conv", operands, TensorSpec(shape, dtype), attributes)

    def matmul(self, x: Value, y: Value) -> Value:
        """Return `x @ y`: matrices in the last two axes, the axes before them broadcast.

        Raises `ValueError` for 0-d operands and for extents that don't match.
        Source: <https://numpy.org/doc/stable/reference/generated/numpy.matmul.html>.
        """
        a, b = self.emitter.spec(x).shape, self.emitter.spec(y).shape
        if not a or not b:
            raise ValueError("matmul: a 0-d tensor is no matrix; use * instead")
        if len(a) <= 2 and len(b) <= 2:
            return self.dot_general(x, y, ((), ()), ((len(a) - 1,), (max(len(b) - 2, 0),)))
        vector_x, vector_y = len(a) == 1, len(b) == 1
        if vector_x:
            x = self.reshape(x, (1, *a))
        if vector_y:
            y = self.reshape(y, (*b, 1))
        a, b = self.emitter.spec(x).shape, self.emitter.spec(y).shape
        lead = broadcast_shapes(a[:-2], b[:-2])
        x = self.broadcast_to(x, (*lead, *a[-2:]))
        y = self.broadcast_to(y, (*lead, *b[-2:]))
        batch, rank = tuple(range(len(lead))), len(lead) + 2
        product = self.dot_general(x, y, (batch, batch), ((rank - 1,), (rank - 2,)))
        if vector_x or vector_y:
            shape = self.emitter.spec(product).shape
            last = (() if vector_x else shape[-2:-1]) + (() if vector_y else shape[-1:])
            product = self.reshape(product, (*lead, *last))
        return product


class IRBuilder(Builder["SSAValue"]):
    """Builders that append ops to a block."""

    emitter: IREmitter

    def __init__(self, block: Block, location: LocationAttr | None = None):
        from .ir_emitter import IREmitter

        super().__init__(IREmitter(block, location))

    def print(
        self, texts: Sequence[str], values: Sequence[SSAValue], style: str, stream: str
    ) -> None:
        """Append a `graph.print`: texts with a tensor between each two of them."""
        from xdsl.dialects.builtin import ArrayAttr, StringAttr

        from . import graph

        properties = {
            "texts": ArrayAttr([StringAttr(text) for text in texts]),
            "style": StringAttr(style),
            "stream": StringAttr(stream),
        }
        new = graph.PrintOp.create(
            operands=values, properties=properties, location=self.emitter.location
        )
        self.emitter.block.add_op(new)
