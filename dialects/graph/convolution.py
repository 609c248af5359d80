"""The op that slides a window of weights over a tensor."""

from __future__ import annotations

from xdsl.dialects.builtin import AnyTensorTypeConstr, StringAttr
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from ..convolution import LAYOUTS, convolution_shape
from ..dtypes import spec_of
from .elementwise import check_kinds
from .shape import Integer, Integers, check_same_dtype, check_shape


@irdl_op_definition
class ConvOp(IRDLOperation):
    """Sums of products of a window's weights with the elements under it, at each of its places.

    Axis 0 of `input` counts the images, axis 0 of `weight` the channels of the result. The axes of
    channels are axis 1 of all three tensors where `channels` is "first", else the last one; the
    other axes are those along which the window moves by `strides`, its own elements lying
    `dilations` apart. It never leaves the input: a frame is made by `graph.pad` before.
    Channels in and out are cut into that many groups, each of which sees only its own.
    Bools are and-ed and or-ed; float16 and bfloat16 are summed in float32 and rounded once.
    Source: <https://openxla.org/stablehlo/spec#convolution>.

    ```mlir
    %z = graph.conv %x, %w, strides = [1, 2], dilations = [1, 1], groups = 2, channels = "first"
        : tensor<2x4x8x9xf32>, tensor<6x2x3x3xf32> -> tensor<2x6x6x4xf32>
    ```
    """

    name = "graph.conv"

    input = operand_def(AnyTensorTypeConstr)
    weight = operand_def(AnyTensorTypeConstr)
    strides = prop_def(Integers)
    dilations = prop_def(Integers)
    groups = prop_def(Integer)
    channels = prop_def(StringAttr)
    result = result_def(AnyTensorTypeConstr)

    traits = traits_def(Pure())
    assembly_format = (
        "$input `,` $weight `,` `strides` `=` $strides `,` `dilations` `=` $dilations `,`"
        " `groups` `=` $groups `,` `channels` `=` $channels attr-dict"
        " `:` type($input) `,` type($weight) `->` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException where the shapes or numbers don't fit, or the result's type."""
        check_kinds(self, self.input.type, "biuf")
        image, weight = spec_of(self.input.type), spec_of(self.weight.type)
        if self.channels.data not in LAYOUTS:
            raise VerifyException(f"graph.conv has no layout {self.channels.data!r}")
        try:
            expected = convolution_shape(
                image.shape,
                weight.shape,
                self.strides.get_values(),
                self.dilations.get_values(),
                self.groups.value.data,
                self.channels.data,
            )
        except ValueError as error:
            raise VerifyException(f"graph.conv: {error}") from None
        check_shape(self, spec_of(self.result.type).shape, expected)
        if image.dtype is not weight.dtype:
            raise VerifyException("graph.conv needs one element type")
        check_same_dtype(self)
