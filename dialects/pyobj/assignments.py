"""The statements that bind, change or delete something. No op has a result but `unpack`."""

from typing import ClassVar, Self

from xdsl.dialects.builtin import IntAttr, StringAttr
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    prop_def,
    region_def,
    traits_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoTerminator
from xdsl.utils.exceptions import VerifyException

from .assembly import Draft, PythonOp, parse_value
from .attributes import NamesAttr, ObjectType
from .words import BINARY_OPERATORS, SCOPES, verify_word


@irdl_op_definition
class StoreOp(PythonOp):
    """`variable = value`.

    ```mlir
    pyobj.store "x", %value
    ```
    """

    name = "pyobj.store"

    variable = prop_def(StringAttr)
    value = operand_def()

    SYNTAX: ClassVar[str] = "$variable `,` $value"


@irdl_op_definition
class DeleteOp(PythonOp):
    """`del variable`.

    ```mlir
    pyobj.delete "x"
    ```
    """

    name = "pyobj.delete"

    variable = prop_def(StringAttr)

    SYNTAX: ClassVar[str] = "$variable"


@irdl_op_definition
class SetAttrOp(PythonOp):
    """`owner.attribute = value`; the value comes first, as Python evaluates it first.

    ```mlir
    pyobj.setattr %value, %owner, "weight"
    ```
    """

    name = "pyobj.setattr"

    value = operand_def()
    owner = operand_def()
    attribute = prop_def(StringAttr)

    SYNTAX: ClassVar[str] = "$value `,` $owner `,` $attribute"


@irdl_op_definition
class DelAttrOp(PythonOp):
    """`del owner.attribute`.

    ```mlir
    pyobj.delattr %owner, "weight"
    ```
    """

    name = "pyobj.delattr"

    owner = operand_def()
    attribute = prop_def(StringAttr)

    SYNTAX: ClassVar[str] = "$owner `,` $attribute"


@irdl_op_definition
class SetItemOp(PythonOp):
    """`owner[key] = value`; the value comes first, as Python evaluates it first.

    ```mlir
    pyobj.setitem %value, %owner[%key]
    ```
    """

    name = "pyobj.setitem"

    value = operand_def()
    owner = operand_def()
    key = operand_def()

    SYNTAX: ClassVar[str] = "$value `,` $owner `[` $key `]`"


@irdl_op_definition
class DelItemOp(PythonOp):
    """`del owner[key]`.

    ```mlir
    pyobj.delitem %owner[%key]
    ```
    """

    name = "pyobj.delitem"

    owner = operand_def()
    key = operand_def()

    SYNTAX: ClassVar[str] = "$owner `[` $key `]`"


@irdl_op_definition
class UnpackOp(PythonOp):
    """The items of an iterable, for `a, *b = value`; `star` is the index of the starred one, or -1.

    ```mlir
    %a, %b = pyobj.unpack %value into 2 star 1
    ```
    """

    name = "pyobj.unpack"

    value = operand_def()
    star = prop_def(IntAttr)
    items = var_result_def(ObjectType)

    def print(self, printer: Printer) -> None:
        """Print the value, the number of items, and which one is starred."""
        printer.print_string(" ")
        printer.print_operand(self.value)
        printer.print_string(f" into {len(self.items)}")
        if self.star.data >= 0:
            printer.print_string(f" star {self.star.data}")
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft(operands={"value": [parse_value(parser)]})
        parser.parse_keyword("into")
        count = parser.parse_integer()
        starred = parser.parse_optional_keyword("star") is not None
        draft.properties["star"] = IntAttr(parser.parse_integer() if starred else -1)
        return draft.build(cls, parser, results=count)

    def verify_(self) -> None:
        """Raise VerifyException if the starred item is none of the items."""
        if not -1 <= self.star.data < len(self.items):
            raise VerifyException(f"there is no item {self.star.data} to be starred")


@irdl_op_definition
class AugStoreOp(PythonOp):
    """`variable += value`; the variable is read before the region runs.

    ```mlir
    pyobj.aug_store "x" "+" {
      pyobj.give %value
    }
    ```
    """

    name = "pyobj.aug_store"

    variable = prop_def(StringAttr)
    operator = prop_def(StringAttr)
    value = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$variable $operator $value"

    def verify_(self) -> None:
        """Raise VerifyException for an operator that Python lacks."""
        verify_word(self.operator.data, BINARY_OPERATORS)


@irdl_op_definition
class AugSetAttrOp(PythonOp):
    """`owner.attribute += value`; the attribute is read before the region runs.

    ```mlir
    pyobj.aug_setattr %owner, "count" "+" {
      pyobj.give %value
    }
    ```
    """

    name = "pyobj.aug_setattr"

    owner = operand_def()
    attribute = prop_def(StringAttr)
    operator = prop_def(StringAttr)
    value = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$owner `,` $attribute $operator $value"

    def verify_(self) -> None:
        """Raise VerifyException for an operator that Python lacks."""
        verify_word(self.operator.data, BINARY_OPERATORS)


@irdl_op_definition
class AugSetItemOp(PythonOp):
    """`owner[key] += value`; the item is read before the region runs.

    ```mlir
    pyobj.aug_setitem %owner[%key] "+" {
      pyobj.give %value
    }
    ```
    """

    name = "pyobj.aug_setitem"

    owner = operand_def()
    key = operand_def()
    operator = prop_def(StringAttr)
    value = region_def("single_block")

    traits = traits_def(NoTerminator())
    SYNTAX: ClassVar[str] = "$owner `[` $key `]` $operator $value"

    def verify_(self) -> None:
        """Raise VerifyException for an operator that Python lacks."""
        verify_word(self.operator.data, BINARY_OPERATORS)


@irdl_op_definition
class AnnotateOp(PythonOp):
    """`variable: annotation` in a module or a class; a function never evaluates its own.

    ```mlir
    pyobj.annotate "x", %int
    ```
    """

    name = "pyobj.annotate"

    variable = prop_def(StringAttr)
    annotation = operand_def()

    SYNTAX: ClassVar[str] = "$variable `,` $annotation"


@irdl_op_definition
class DeclareOp(PythonOp):
    """`global` or `nonlocal` names; "local" is a function's `x: int`, which binds nothing.

    ```mlir
    pyobj.declare "global" "x", "y"
    ```
    """

    name = "pyobj.declare"

    scope = prop_def(StringAttr)
    variables = prop_def(NamesAttr)

    SYNTAX: ClassVar[str] = "$scope names($variables)"

    def verify_(self) -> None:
        """Raise VerifyException for a scope that Python lacks."""
        verify_word(self.scope.data, SCOPES)
