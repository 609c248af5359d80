"""The value that the compiled function returns, as ops that build it anew at every call."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import numpy as np
from xdsl.ir import Attribute, Operation, SSAValue

from ..dialects import pyobj
from ..dialects.dtypes import DType
from ..dialects.pyobj.attributes import OBJECT
from ..dialects.pyobj.literals import is_literal
from ..runtime.guards import class_of
from ..runtime.tensor import Tensor
from .functions import body_of
from .numbers import SymbolicNumber

if TYPE_CHECKING:
    from .session import Folding

SHAREABLE = (
    *(type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType),
    *(DType, np.dtype, range),
)
"""Objects that a result may hold as they are: nobody can tell one call's from another's."""


class ResultBuilder:
    """Emits what builds a value; an object that occurs twice is built once."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._built: dict[int, SSAValue] = {}
        self._numbers: dict[tuple[object, ...], SSAValue] = {}
        self._open: set[int] = set()

    def value(self, value: object) -> SSAValue:
        """Return the SSA value of a tensor, or of the op that makes the object."""
        if isinstance(value, Tensor):
            return value.graph_value(self._folding)
        if isinstance(value, SymbolicNumber):
            return self._number(value)
        found = self._built.get(id(value))
        if found is None:
            if id(value) in self._open:
                self._folding.reject("the result contains itself", "return it without the cycle")
            self._open.add(id(value))
            found = self._built[id(value)] = self._make(value)
            self._open.discard(id(value))
        return found

    def _number(self, number: SymbolicNumber) -> SSAValue:
        """Return the number itself, computed by Python before the program starts."""
        found = self._numbers.get(number.source.key)
        if found is None:
            found = self._folding.object_input(number.source)
            self._numbers[number.source.key] = found
        return found

    def _make(self, value: Any) -> SSAValue:
        if class_of(value) is types.FunctionType and body_of(value) is not None:
            self._folding.reject(
                f"the function '{value.__name__}', which is made while compiling, is returned",
                "define it outside the compiled function",
            )
        self._check_class(value)
        source = self._folding.source(value)
        if source is not None and not issubclass(type(value), SHAREABLE):
            return self._folding.object_input(source)
        literal: bool = is_literal(value)
        if literal:
            return self._add(
                pyobj.ConstantOp,
                (),
                value=pyobj.LiteralAttr(value),  # pyright: ignore[reportArgumentType]
            )
        kind = class_of(value)
        if kind in (tuple, list, set):
            items = list(value)
            ops = {tuple: pyobj.TupleOp, list: pyobj.ListOp, set: pyobj.SetOp}
            operands = [self.value(item) for item in items]
            layout = pyobj.NamesAttr(("",) * len(items))
            return self._add(ops[kind], operands, layout=layout)
        if kind is dict:
            pairs = value.items()
            operands = [self.value(part) for pair in pairs for part in pair]
            layout = pyobj.NamesAttr((":",) * len(pairs))
            return self._add(pyobj.DictOp, operands, layout=layout)
        return self._add(pyobj.ConstantOp, (), value=pyobj.ObjectAttr(value))

    def _check_class(self, value: Any) -> None:
        """Refuse a class that a class statement made, and its instances: each call has its own."""
        kind: type[Any] = value if isinstance(value, type) else class_of(value)
        if any(id(base) in self._folding.born_classes for base in kind.__mro__):
            one = "" if isinstance(value, type) else "an instance of "
            self._folding.reject(
                f"{one}the class '{kind.__name__}', which is made while compiling, is returned",
                "define the class outside the compiled function",
            )

    def _add(
        self,
        kind: type[Operation],
        operands: list[SSAValue] | tuple[()],
        **properties: Attribute,
    ) -> SSAValue:
        op = kind.create(
            operands=operands,
            result_types=(OBJECT,),
            properties=properties,
            location=self._folding.location,
        )
        self._folding.block.add_op(op)
        return op.results[0]
