"""The ops of the host program, as the fold emits them at the current place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects import pyobj
from ..dialects.pyobj.attributes import OBJECT
from ..dialects.pyobj.literals import is_literal

if TYPE_CHECKING:
    from .session import Folding


class HostOps:
    """Emits one op, or the few that belong together."""

    def __init__(self, folding: Folding):
        self._folding = folding

    def constant(self, value: Any) -> SSAValue:
        """Emit a literal, or an object that all calls may share."""
        literal: bool = is_literal(value)
        attribute = pyobj.LiteralAttr(value) if literal else pyobj.ObjectAttr(value)
        return self.add(pyobj.ConstantOp, [], value=attribute)

    def call(self, callee: SSAValue, *arguments: SSAValue) -> SSAValue:
        """Emit a call with positional arguments."""
        layout = pyobj.NamesAttr(("",) * len(arguments))
        return self.add(pyobj.CallOp, [callee, *arguments], layout=layout)

    def runtime(self, function: str, *arguments: SSAValue) -> SSAValue:
        """Emit a call of one of the runtime's functions."""
        return self.call(self.add(pyobj.RuntimeOp, [], function=StringAttr(function)), *arguments)

    def method(self, owner: SSAValue, name: str, *arguments: SSAValue) -> None:
        """Emit a call of a method of a built-in container."""
        self.call(self.add(pyobj.GetAttrOp, [owner], attribute=StringAttr(name)), *arguments)

    def set_item(self, owner: SSAValue, key: SSAValue, value: SSAValue) -> None:
        """Emit `owner[key] = value`."""
        self.do(pyobj.SetItemOp, [value, owner, key])

    def delete_item(self, owner: SSAValue, key: SSAValue) -> None:
        """Emit `del owner[key]`."""
        self.do(pyobj.DelItemOp, [owner, key])

    def set_attribute(self, owner: SSAValue, name: str, value: SSAValue, raw: bool) -> None:
        """Emit `owner.name = value`, `raw` as `object.__setattr__` does it."""
        if raw:
            self.runtime("set_attribute", owner, self.constant(name), value)
        else:
            self.do(pyobj.SetAttrOp, [value, owner], attribute=StringAttr(name))

    def delete_attribute(self, owner: SSAValue, name: str, raw: bool) -> None:
        """Emit `del owner.name`, `raw` as `object.__delattr__` does it."""
        if raw:
            self.runtime("delete_attribute", owner, self.constant(name))
        else:
            self.do(pyobj.DelAttrOp, [owner], attribute=StringAttr(name))

    def add(
        self, kind: type[Operation], operands: list[SSAValue], **properties: Attribute
    ) -> SSAValue:
        """Emit an op that has a value."""
        return self._emit(kind, operands, properties, 1).results[0]

    def do(self, kind: type[Operation], operands: list[SSAValue], **properties: Attribute) -> None:
        """Emit an op that has none."""
        self._emit(kind, operands, properties, 0)

    def _emit(
        self,
        kind: type[Operation],
        operands: list[SSAValue],
        properties: dict[str, Attribute],
        results: int,
    ) -> Operation:
        op = kind.create(
            operands=operands,
            result_types=(OBJECT,) * results,
            properties=properties,
            location=self._folding.location,
        )
        self._folding.block.add_op(op)
        return op
