"""Names, operators, attributes and calls. Operands are in the order of their evaluation."""

from typing import ClassVar

from xdsl.dialects.builtin import StringAttr, SymbolRefAttr
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    opt_operand_def,
    prop_def,
    result_def,
    var_operand_def,
)
from xdsl.utils.exceptions import VerifyException

from .assembly import PythonOp
from .attributes import LiteralAttr, NamesAttr, ObjectAttr, ObjectType
from .words import BINARY_OPERATORS, UNARY_OPERATORS, verify_word


@irdl_op_definition
class ConstantOp(PythonOp):
    """A Python literal, or (never in IR text) any live object.

    ```mlir
    %one = pyobj.constant 1
    %pair = pyobj.constant (1.5, "text")
    ```
    """

    name = "pyobj.constant"

    value = prop_def(LiteralAttr | ObjectAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "literal($value)"


@irdl_op_definition
class LoadOp(PythonOp):
    """The value of a variable: local, captured, global or builtin.

    ```mlir
    %x = pyobj.load "x"
    ```
    """

    name = "pyobj.load"

    variable = prop_def(StringAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$variable"


@irdl_op_definition
class WalrusOp(PythonOp):
    """Stores a value in a variable and gives it on: `(x := value)`.

    ```mlir
    %y = pyobj.walrus "x", %value
    ```
    """

    name = "pyobj.walrus"

    variable = prop_def(StringAttr)
    value = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$variable `,` $value"


@irdl_op_definition
class UnaryOp(PythonOp):
    """`-x`, `+x`, `~x` or `not x`.

    ```mlir
    %y = pyobj.unary "-" %x
    ```
    """

    name = "pyobj.unary"

    operator = prop_def(StringAttr)
    operand = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$operator $operand"

    def verify_(self) -> None:
        """Raise VerifyException for an operator that Python lacks."""
        verify_word(self.operator.data, UNARY_OPERATORS)


@irdl_op_definition
class BinaryOp(PythonOp):
    """An arithmetic or bitwise operator.

    ```mlir
    %sum = pyobj.binary "+" %a, %b
    ```
    """

    name = "pyobj.binary"

    operator = prop_def(StringAttr)
    lhs = operand_def()
    rhs = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$operator $lhs `,` $rhs"

    def verify_(self) -> None:
        """Raise VerifyException for an operator that Python lacks."""
        verify_word(self.operator.data, BINARY_OPERATORS)


@irdl_op_definition
class GetAttrOp(PythonOp):
    """`owner.attribute`.

    ```mlir
    %shape = pyobj.getattr %x, "shape"
    ```
    """

    name = "pyobj.getattr"

    owner = operand_def()
    attribute = prop_def(StringAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$owner `,` $attribute"


@irdl_op_definition
class CallOp(PythonOp):
    """A call. `layout` has a mark for each argument: "", "*", "**" or a keyword.

    ```mlir
    %y = pyobj.call %f(%x, *%xs, key = %value, **%options)
    ```
    """

    name = "pyobj.call"

    callee = operand_def()
    arguments = var_operand_def()
    layout = prop_def(NamesAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$callee `(` spread($arguments) `)`"

    def verify_(self) -> None:
        """Raise VerifyException unless each argument has a mark."""
        if len(self.layout.data) != len(self.arguments):
            raise VerifyException("a call needs one mark for each argument")


@irdl_op_definition
class YieldOp(PythonOp):
    """`yield value`; the result is what the caller sends.

    ```mlir
    %sent = pyobj.yield %value
    ```
    """

    name = "pyobj.yield"

    value = opt_operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "($value)?"


@irdl_op_definition
class YieldFromOp(PythonOp):
    """`yield from iterable`; the result is what the inner generator returns.

    ```mlir
    %returned = pyobj.yield_from %iterable
    ```
    """

    name = "pyobj.yield_from"

    iterable = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$iterable"


@irdl_op_definition
class ImportModuleOp(PythonOp):
    """A module, imported: how IR text names one. The statement is `pyobj.import`.

    ```mlir
    %numpy = pyobj.import_module "numpy"
    ```
    """

    name = "pyobj.import_module"

    module = prop_def(StringAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$module"


@irdl_op_definition
class GlobalOp(PythonOp):
    """An attribute of a module: how IR text names a function or a class.

    ```mlir
    %array = pyobj.global "numpy", "array"
    ```
    """

    name = "pyobj.global"

    module = prop_def(StringAttr)
    variable = prop_def(StringAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$module `,` $variable"


@irdl_op_definition
class SegmentOp(PythonOp):
    """A compiled part of the function, as a callable object.

    ```mlir
    %segment = pyobj.segment @segment0
    ```
    """

    name = "pyobj.segment"

    callee = prop_def(SymbolRefAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "symbol($callee)"


@irdl_op_definition
class RuntimeOp(PythonOp):
    """A function of foldaway's runtime, by its name.

    ```mlir
    %print = pyobj.runtime "print"
    ```
    """

    name = "pyobj.runtime"

    function = prop_def(StringAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$function"
