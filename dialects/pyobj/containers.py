"""Tuples, lists, sets and dicts, their items, and formatted text."""

from typing import ClassVar

from xdsl.dialects.builtin import StringAttr
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
from .attributes import NamesAttr, ObjectType
from .words import CONVERSIONS, verify_word


@irdl_op_definition
class TupleOp(PythonOp):
    """A tuple. `layout` has a mark for each item: "" or "*".

    ```mlir
    %pair = pyobj.tuple (%a, *%rest)
    ```
    """

    name = "pyobj.tuple"

    items = var_operand_def()
    layout = prop_def(NamesAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "`(` spread($items) `)`"

    def verify_(self) -> None:
        """Raise VerifyException unless each item has a mark."""
        _verify_items(self.layout, len(self.items))


@irdl_op_definition
class ListOp(PythonOp):
    """A new list. `layout` has a mark for each item: "" or "*".

    ```mlir
    %list = pyobj.list [%a, *%rest]
    ```
    """

    name = "pyobj.list"

    items = var_operand_def()
    layout = prop_def(NamesAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "`[` spread($items) `]`"

    def verify_(self) -> None:
        """Raise VerifyException unless each item has a mark."""
        _verify_items(self.layout, len(self.items))


@irdl_op_definition
class SetOp(PythonOp):
    """A new set. `layout` has a mark for each item: "" or "*".

    ```mlir
    %set = pyobj.set {%a, *%rest}
    ```
    """

    name = "pyobj.set"

    items = var_operand_def()
    layout = prop_def(NamesAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "`{` spread($items) `}`"

    def verify_(self) -> None:
        """Raise VerifyException unless each item has a mark."""
        _verify_items(self.layout, len(self.items))


@irdl_op_definition
class DictOp(PythonOp):
    """A new dict. `layout` has ":" for two operands, key and value, and "**" for a mapping.

    ```mlir
    %dict = pyobj.dict {%key : %value, **%more}
    ```
    """

    name = "pyobj.dict"

    items = var_operand_def()
    layout = prop_def(NamesAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "`{` spread($items) `}`"

    def verify_(self) -> None:
        """Raise VerifyException unless the marks tell what the operands are."""
        marks = self.layout.data
        if not {":", "**"}.issuperset(marks) or len(self.items) != len(marks) + marks.count(":"):
            raise VerifyException("a dict's operands are pairs (':') and mappings ('**')")


@irdl_op_definition
class GetItemOp(PythonOp):
    """`owner[key]`.

    ```mlir
    %y = pyobj.getitem %x[%key]
    ```
    """

    name = "pyobj.getitem"

    owner = operand_def()
    key = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$owner `[` $key `]`"


@irdl_op_definition
class SliceOp(PythonOp):
    """`start:stop:step` as a key; a part that isn't written is the constant None.

    ```mlir
    %key = pyobj.slice %start : %stop : %step
    ```
    """

    name = "pyobj.slice"

    start = operand_def()
    stop = operand_def()
    step = operand_def()
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$start `:` $stop `:` $step"


@irdl_op_definition
class FormatOp(PythonOp):
    """One `{value!r:spec}` of an f-string; `conversion` is "", "s", "r" or "a".

    ```mlir
    %text = pyobj.format %value "r" : %spec
    ```
    """

    name = "pyobj.format"

    value = operand_def()
    spec = opt_operand_def()
    conversion = prop_def(StringAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "$value $conversion (`:` $spec)?"

    def verify_(self) -> None:
        """Raise VerifyException for a conversion that Python lacks."""
        verify_word(self.conversion.data, CONVERSIONS)


@irdl_op_definition
class JoinOp(PythonOp):
    """An f-string: the texts joined.

    ```mlir
    %text = pyobj.join (%a, %b)
    ```
    """

    name = "pyobj.join"

    items = var_operand_def()
    layout = prop_def(NamesAttr)
    result = result_def(ObjectType)

    SYNTAX: ClassVar[str] = "`(` spread($items) `)`"

    def verify_(self) -> None:
        """Raise VerifyException if anything is spread."""
        if any(self.layout.data) or len(self.layout.data) != len(self.items):
            raise VerifyException("an f-string joins plain operands")


def _verify_items(layout: NamesAttr, count: int) -> None:
    if not {"", "*"}.issuperset(layout.data) or len(layout.data) != count:
        raise VerifyException("each item is plain ('') or spread ('*')")
