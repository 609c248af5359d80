"""Branches and loops whose conditions are known only at run time.

Their regions use what stands before them, and end in `graph.give`, or in a raise.
A region may hold ops of `pyobj`, which the host program then runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from xdsl.dialects.builtin import (
    I64,
    AnyTensorTypeConstr,
    IntegerAttr,
    StringAttr,
    TensorType,
    i1,
    i64,
)
from xdsl.ir import Attribute, Block, Operation, Region
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    prop_def,
    region_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.traits import IsTerminator, NoTerminator
from xdsl.utils.exceptions import VerifyException

from ..may_terminate import MayTerminate

CONDITION = TensorType(i1, [])
"""The type of a condition: one bool."""

EXCEPTIONS = (
    *("ArithmeticError", "AssertionError", "AttributeError", "BufferError", "EOFError"),
    *("Exception", "IndexError", "KeyError", "LookupError", "NameError", "OSError"),
    *("OverflowError", "RuntimeError", "StopIteration", "TypeError", "ValueError"),
    *("ZeroDivisionError", "Retreat"),
)
"""The exceptions that compiled code raises by itself.

At `Retreat` the call starts again in plain Python.
"""


@irdl_op_definition
class GiveOp(IRDLOperation):
    """Ends a region with the values that it gives.

    ```mlir
    graph.give %x : tensor<3xf32>
    ```
    """

    name = "graph.give"

    values = var_operand_def(AnyTensorTypeConstr)

    traits = traits_def(IsTerminator())
    assembly_format = "($values^ `:` type($values))? attr-dict"


@irdl_op_definition
class IfOp(IRDLOperation):
    """Runs the first region if the condition is true, else the second; gives what that gives.

    It may end a block where neither region gives anything, for both are left before.

    ```mlir
    %y = graph.if %condition -> tensor<3xf32> {
      graph.give %x : tensor<3xf32>
    } else {
      %minus = graph.neg %x : tensor<3xf32>
      graph.give %minus : tensor<3xf32>
    }
    ```
    """

    name = "graph.if"

    condition = operand_def(CONDITION)
    values = var_result_def(AnyTensorTypeConstr)
    body = region_def("single_block")
    orelse = region_def("single_block")

    traits = traits_def(MayTerminate())
    assembly_format = "$condition (`->` type($values)^)? $body `else` $orelse attr-dict"

    def verify_(self) -> None:
        """Raise VerifyException unless each region gives the results, or is left before."""
        for region in (self.body, self.orelse):
            _check_end(self, region, self.result_types)


@irdl_op_definition
class WhileOp(IRDLOperation):
    """Runs its second region as long as the first gives true.

    Both take the carried values; the second gives their next ones. The results are the last.

    ```mlir
    %n = graph.while(%zero) : (tensor<i64>) -> tensor<i64> {
    ^condition(%i: tensor<i64>):
      %less = graph.compare "lt" %i, %limit : tensor<i64> -> tensor<i1>
      graph.give %less : tensor<i1>
    } do {
    ^body(%i: tensor<i64>):
      %next = graph.add %i, %one : tensor<i64>
      graph.give %next : tensor<i64>
    }
    ```
    """

    name = "graph.while"

    initial = var_operand_def(AnyTensorTypeConstr)
    values = var_result_def(AnyTensorTypeConstr)
    condition = region_def("single_block")
    body = region_def("single_block")

    traits = traits_def(NoTerminator())
    assembly_format = (
        "`(` $initial `)` `:` `(` type($initial) `)` (`->` type($values)^)?"
        " $condition `do` $body attr-dict"
    )

    def verify_(self) -> None:
        """Raise VerifyException unless both regions take and give the carried values."""
        types = self.result_types
        if tuple(value.type for value in self.initial) != tuple(types):
            raise VerifyException("graph.while gives values of the types that it starts with")
        for region in (self.condition, self.body):
            _check_arguments(self, region, types)
        _check_end(self, self.condition, (CONDITION,))
        _check_end(self, self.body, types)


@irdl_op_definition
class ForOp(IRDLOperation):
    """Runs its region for each integer from `start`, in steps of `step`, `count` times.

    The region takes the integer and the carried values, and gives their next ones.

    ```mlir
    %sum = graph.for 0 step 1 count 10(%zero) : (tensor<i64>) -> tensor<i64> {
    ^body(%i: tensor<i64>, %s: tensor<i64>):
      %next = graph.add %s, %i : tensor<i64>
      graph.give %next : tensor<i64>
    }
    ```
    """

    name = "graph.for"

    start = prop_def(IntegerAttr[I64])
    step = prop_def(IntegerAttr[I64])
    count = prop_def(IntegerAttr[I64])
    initial = var_operand_def(AnyTensorTypeConstr)
    values = var_result_def(AnyTensorTypeConstr)
    body = region_def("single_block")

    traits = traits_def(NoTerminator())
    assembly_format = (
        "$start `step` $step `count` $count `(` $initial `)` `:` `(` type($initial) `)`"
        " (`->` type($values)^)? $body attr-dict"
    )

    INDEX: ClassVar[Attribute] = TensorType(i64, [])

    def verify_(self) -> None:
        """Raise VerifyException unless the region takes and gives the carried values."""
        types = self.result_types
        if tuple(value.type for value in self.initial) != tuple(types):
            raise VerifyException("graph.for gives values of the types that it starts with")
        if self.count.value.data < 0:
            raise VerifyException("graph.for can't run fewer than 0 times")
        _check_arguments(self, self.body, (self.INDEX, *types))
        _check_end(self, self.body, types)


@irdl_op_definition
class RaiseOp(IRDLOperation):
    """Raises a builtin exception with one text, or with none where the text is empty.

    `Retreat` tells the caller that compiled code can't go on, and Python can.

    ```mlir
    graph.raise "ValueError" "x must be positive"
    ```
    """

    name = "graph.raise"

    exception = prop_def(StringAttr)
    message = prop_def(StringAttr)

    traits = traits_def(IsTerminator())
    assembly_format = "$exception $message attr-dict"

    def verify_(self) -> None:
        """Raise VerifyException for an exception that compiled code can't raise by itself."""
        _check_exception(self.exception.data)


@irdl_op_definition
class AssertOp(IRDLOperation):
    """Raises a builtin exception with one text unless the condition is true.

    ```mlir
    graph.assert %condition "ZeroDivisionError" "float division by zero"
    ```
    """

    name = "graph.assert"

    condition = operand_def(CONDITION)
    exception = prop_def(StringAttr)
    message = prop_def(StringAttr)

    assembly_format = "$condition $exception $message attr-dict"

    def verify_(self) -> None:
        """Raise VerifyException for an exception that compiled code can't raise by itself."""
        _check_exception(self.exception.data)


def _check_exception(name: str) -> None:
    if name not in EXCEPTIONS:
        raise VerifyException(f"compiled code can't raise {name!r} by itself")


def _check_arguments(op: Operation, region: Region, types: Sequence[Attribute]) -> None:
    if tuple(argument.type for argument in region.block.args) != tuple(types):
        raise VerifyException(f"a region of {op.name} doesn't take the values that it carries")


def _check_end(op: Operation, region: Region, types: Sequence[Attribute]) -> None:
    """Raise VerifyException unless a region gives values of these types, or is left before."""
    last = region.block.last_op
    if is_left(region.block):
        return
    if not isinstance(last, GiveOp):
        raise VerifyException(f"a region of {op.name} must end in graph.give or a raise")
    if tuple(value.type for value in last.values) != tuple(types):
        raise VerifyException(f"a region of {op.name} gives values of other types than it should")


LEAVING = ("graph.raise", "pyobj.raise", "pyobj.return")
"""The ops that leave the whole function, from whatever region they stand in."""


def is_left(block: Block) -> bool:
    """Return whether a block never ends: it raises, returns, or both sides of its last `if` do."""
    last = block.last_op
    while isinstance(last, IfOp):
        if not is_left(last.orelse.block):
            return False
        last = last.body.block.last_op
    return last is not None and last.name in LEAVING


def end_block(block: Block, give: GiveOp) -> None:
    """End a region's block, unless it is left before."""
    if is_left(block):
        give.erase()
    else:
        block.add_op(give)
