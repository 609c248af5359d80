"""Ops that say what is differentiated; `differentiate-graph` replaces them by other ops."""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import AnyTensorTypeConstr
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    VarConstraint,
    irdl_op_definition,
    operand_def,
    result_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException


@irdl_op_definition
class VariableOp(IRDLOperation):
    """The operand, as a variable that a gradient is taken for.

    Its value is not known while compiling, even where the operand's is: what a program computes
    from it outside of the graph would have no gradient.

    ```mlir
    %v = graph.variable %x : tensor<3xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.variable"

    input = operand_def(T)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = "$input attr-dict `:` type($result)"


@irdl_op_definition
class StopGradientOp(IRDLOperation):
    """The operand, as a constant where gradients are taken.

    ```mlir
    %y = graph.stop_gradient %x : tensor<3xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.stop_gradient"

    input = operand_def(T)
    result = result_def(T)

    traits = traits_def(Pure())
    assembly_format = "$input attr-dict `:` type($result)"


@irdl_op_definition
class GradientOp(IRDLOperation):
    """Gradients of the outputs' elements, times the seeds, summed: one for each variable.

    The seeds have the types of the outputs, the results those of the variables.
    A variable that no output depends on has the gradient 0.

    ```mlir
    %g = graph.gradient of %y : tensor<3xf32> seeds %s : tensor<3xf32>
        by %v : tensor<3xf32> -> tensor<3xf32>
    ```
    """

    name = "graph.gradient"

    outputs = var_operand_def(AnyTensorTypeConstr)
    seeds = var_operand_def(AnyTensorTypeConstr)
    variables = var_operand_def(AnyTensorTypeConstr)
    gradients = var_result_def(AnyTensorTypeConstr)

    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    traits = traits_def(Pure())
    assembly_format = (
        "`of` $outputs `:` type($outputs) `seeds` $seeds `:` type($seeds)"
        " `by` $variables `:` type($variables) `->` type($gradients) attr-dict"
    )

    def verify_(self) -> None:
        """Raise VerifyException when types differ that must be the same."""
        if [v.type for v in self.outputs] != [v.type for v in self.seeds]:
            raise VerifyException("graph.gradient needs seeds of the outputs' types")
        if [v.type for v in self.variables] != [v.type for v in self.gradients]:
            raise VerifyException("graph.gradient gives the variables' types")


@irdl_op_definition
class CustomGradientOp(IRDLOperation):
    """The output; where gradients are taken, those of the inputs are given, for a seed.

    The gradient of the result takes the place of the seed in what the given gradients are made of.

    ```mlir
    %z = graph.custom_gradient %y of %x : tensor<3xf32> gives %g : tensor<3xf32>
        seed %s : tensor<3xf32>
    ```
    """

    T: ClassVar = VarConstraint("T", AnyTensorTypeConstr)

    name = "graph.custom_gradient"

    output = operand_def(T)
    seed = operand_def(T)
    inputs = var_operand_def(AnyTensorTypeConstr)
    gradients = var_operand_def(AnyTensorTypeConstr)
    result = result_def(T)

    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    traits = traits_def(Pure())
    assembly_format = (
        "$output `of` $inputs `:` type($inputs) `gives` $gradients `:` type($gradients)"
        " `seed` $seed attr-dict `:` type($result)"
    )

    def verify_(self) -> None:
        """Raise VerifyException unless there is a gradient of each input's type."""
        if [v.type for v in self.inputs] != [v.type for v in self.gradients]:
            raise VerifyException("graph.custom_gradient gives gradients of the inputs' types")
