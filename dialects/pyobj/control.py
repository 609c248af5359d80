"""The statements that decide what runs next.

Each region has one block; where nothing is written (no `else`, a bare `except`), it is empty.
What leaves a block may stand before statements that are never reached, as Python allows.
"""

from typing import ClassVar

from xdsl.ir import SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    opt_operand_def,
    region_def,
    traits_def,
    var_operand_def,
)
from xdsl.traits import IsTerminator, NoTerminator
from xdsl.utils.exceptions import VerifyException

from ..may_terminate import MayTerminate
from .assembly import PythonOp


@irdl_op_definition
class IfOp(PythonOp):
    """`if condition: … else: …`.

    ```mlir
    pyobj.if %condition {
      pyobj.return %x
    } else {
      pyobj.pass
    }
    ```
    """

    name = "pyobj.if"

    condition = operand_def()
    body = region_def("single_block")
    orelse = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$condition $body (`else` $orelse)?"


@irdl_op_definition
class WhileOp(PythonOp):
    """`while condition: … else: …`; the condition is a region that gives one value.

    ```mlir
    pyobj.while {
      pyobj.give %x
    } do {
      pyobj.break
    }
    ```
    """

    name = "pyobj.while"

    condition = region_def("single_block")
    body = region_def("single_block")
    orelse = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$condition `do` $body (`else` $orelse)?"


@irdl_op_definition
class ForOp(PythonOp):
    """`for item in iterable: … else: …`; the body starts by storing its argument, the item.

    ```mlir
    pyobj.for %item in %iterable {
      pyobj.store "x", %item
    } else {
      pyobj.pass
    }
    ```
    """

    name = "pyobj.for"

    iterable = operand_def()
    body = region_def("single_block")
    orelse = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "item($body) `in` $iterable $body (`else` $orelse)?"

    def verify_(self) -> None:
        """Raise VerifyException unless the body takes the item."""
        if len(self.body.block.args) != 1:
            raise VerifyException("the body of a for takes one item")


@irdl_op_definition
class WithOp(PythonOp):
    """`with manager as entered: …`; the body starts by storing its argument, if that has a name.

    ```mlir
    pyobj.with %manager as %entered {
      pyobj.store "file", %entered
    }
    ```
    """

    name = "pyobj.with"

    manager = operand_def()
    body = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$manager `as` item($body) $body"

    def verify_(self) -> None:
        """Raise VerifyException unless the body takes what was entered."""
        if len(self.body.block.args) != 1:
            raise VerifyException("the body of a with takes what its manager enters")


@irdl_op_definition
class GiveOp(PythonOp):
    """Ends a region that stands for an expression, with its value (a dict's element has two).

    ```mlir
    pyobj.give %x
    ```
    """

    name = "pyobj.give"

    values = var_operand_def()

    traits = traits_def(IsTerminator())
    SYNTAX: ClassVar[str] = "(operands($values))?"


@irdl_op_definition
class ReturnOp(PythonOp):
    """`return value`, or a bare `return`.

    ```mlir
    pyobj.return %x
    ```
    """

    name = "pyobj.return"

    value = opt_operand_def()

    traits = traits_def(MayTerminate())
    SYNTAX: ClassVar[str] = "($value)?"


@irdl_op_definition
class BreakOp(PythonOp):
    """`break`.

    ```mlir
    pyobj.break
    ```
    """

    name = "pyobj.break"

    traits = traits_def(MayTerminate())


@irdl_op_definition
class ContinueOp(PythonOp):
    """`continue`.

    ```mlir
    pyobj.continue
    ```
    """

    name = "pyobj.continue"

    traits = traits_def(MayTerminate())


@irdl_op_definition
class PassOp(PythonOp):
    """`pass`.

    ```mlir
    pyobj.pass
    ```
    """

    name = "pyobj.pass"


@irdl_op_definition
class RaiseOp(PythonOp):
    """`raise`, `raise exception` or `raise exception from cause`.

    ```mlir
    pyobj.raise %exception, %cause
    ```
    """

    name = "pyobj.raise"

    values = var_operand_def()

    traits = traits_def(MayTerminate())
    SYNTAX: ClassVar[str] = "(operands($values))?"

    @property
    def exception(self) -> SSAValue | None:
        """What is raised; None for a bare raise."""
        return self.values[0] if self.values else None

    @property
    def cause(self) -> SSAValue | None:
        """What stands after `from`, None if nothing does."""
        return self.values[1] if len(self.values) > 1 else None

    def verify_(self) -> None:
        """Raise VerifyException for more than an exception and a cause."""
        if len(self.values) > 2:
            raise VerifyException("raise takes an exception and a cause")


@irdl_op_definition
class AssertOp(PythonOp):
    """`assert condition, message`; the message is a region that gives one value, or is empty.

    ```mlir
    pyobj.assert %condition else {
      pyobj.give %text
    }
    ```
    """

    name = "pyobj.assert"

    condition = operand_def()
    message = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$condition (`else` $message)?"
