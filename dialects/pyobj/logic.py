"""Comparisons, and the values of which Python evaluates only a part."""

from typing import ClassVar

from xdsl.dialects.builtin import StringAttr
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
    var_region_def,
)
from xdsl.traits import NoTerminator
from xdsl.utils.exceptions import VerifyException

from .assembly import PythonOp
from .attributes import NamesAttr, ObjectType
from .words import COMPARISONS, verify_word


@irdl_op_definition
class CompareOp(PythonOp):
    """One comparison; `a < b < c` is a chain.

    ```mlir
    %less = pyobj.compare "<" %a, %b
    ```
    """

    name = "pyobj.compare"

    operator = prop_def(StringAttr)
    lhs = operand_def()
    rhs = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$operator $lhs `,` $rhs"

    def verify_(self) -> None:
        """Raise VerifyException for a comparison that Python lacks."""
        verify_word(self.operator.data, COMPARISONS)


@irdl_op_definition
class ChainOp(PythonOp):
    """A chained comparison: each further operand is a region, evaluated while all is true so far.

    ```mlir
    %between = pyobj.chain %a "<", "<=" {
      pyobj.give %b
    }, {
      pyobj.give %c
    }
    ```
    """

    name = "pyobj.chain"

    first = operand_def()
    operators = prop_def(NamesAttr)
    comparators = var_region_def("single_block")
    result = result_def(ObjectType)

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$first names($operators) regions($comparators)"

    def verify_(self) -> None:
        """Raise VerifyException unless there is a comparison before each region."""
        for operator in self.operators.data:
            verify_word(operator, COMPARISONS)
        if len(self.operators.data) != len(self.comparators):
            raise VerifyException("a chain needs one operator for each region")


@irdl_op_definition
class AndOp(PythonOp):
    """`a and b and …`: each further operand is a region.

    ```mlir
    %both = pyobj.and %a {
      pyobj.give %b
    }
    ```
    """

    name = "pyobj.and"

    first = operand_def()
    others = var_region_def("single_block")
    result = result_def(ObjectType)

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$first regions($others)"


@irdl_op_definition
class OrOp(PythonOp):
    """`a or b or …`: each further operand is a region.

    ```mlir
    %either = pyobj.or %a {
      pyobj.give %b
    }
    ```
    """

    name = "pyobj.or"

    first = operand_def()
    others = var_region_def("single_block")
    result = result_def(ObjectType)

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$first regions($others)"


@irdl_op_definition
class IfExpOp(PythonOp):
    """`a if condition else b`.

    ```mlir
    %x = pyobj.ifexp %condition {
      pyobj.give %a
    } else {
      pyobj.give %b
    }
    ```
    """

    name = "pyobj.ifexp"

    condition = operand_def()
    body = region_def("single_block")
    orelse = region_def("single_block")
    result = result_def(ObjectType)

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$condition $body `else` $orelse"
