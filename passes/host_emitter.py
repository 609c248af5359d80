"""Emits the ops of a host program that no source line has: calls of segments, prints, variables."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import IntAttr, LocationAttr, StringAttr, SymbolRefAttr, UnknownLoc
from xdsl.ir import Attribute, Block, Operation, SSAValue

from ..dialects import graph, pyobj
from ..dialects.append import append
from ..dialects.pyobj.attributes import OBJECT


class HostEmitter:
    """Adds ops at the end of a block; they are placed where the op is that they stand for."""

    def __init__(self, block: Block):
        self.block = block
        self.location: LocationAttr = UnknownLoc()

    def add(
        self, kind: type[Operation], operands: Sequence[SSAValue] = (), **properties: Attribute
    ) -> SSAValue:
        """Add an op that has a value."""
        return self._emit(kind, operands, properties, 1).results[0]

    def do(
        self, kind: type[Operation], operands: Sequence[SSAValue] = (), **properties: Attribute
    ) -> None:
        """Add an op that has none."""
        self._emit(kind, operands, properties, 0)

    def constant(self, literal: pyobj.Literal) -> SSAValue:
        """Add a literal."""
        return self.add(pyobj.ConstantOp, value=pyobj.LiteralAttr(literal))

    def runtime(self, function: str, *arguments: SSAValue) -> SSAValue:
        """Add a call of one of the runtime's functions."""
        return self._call(self.add(pyobj.RuntimeOp, function=StringAttr(function)), arguments)

    def segment(self, name: str, arguments: Sequence[SSAValue], count: int) -> Sequence[SSAValue]:
        """Add a call of a segment; return its results."""
        called = self._call(self.add(pyobj.SegmentOp, callee=SymbolRefAttr(name)), arguments)
        if count < 2:
            return [called][:count]
        unpacked = self._emit(pyobj.UnpackOp, [called], {"star": IntAttr(-1)}, count)
        return unpacked.results

    def print(self, op: graph.PrintOp, values: Sequence[SSAValue]) -> None:
        """Add a call of the runtime's function for a print."""
        texts = tuple(text.data for text in op.texts.data)
        function = self.add(pyobj.RuntimeOp, function=StringAttr("print"))
        literals = [self.constant(one) for one in (op.stream.data, op.style.data, texts)]
        self._call(function, [*literals, *values])

    def load(self, variable: str) -> SSAValue:
        """Add a load of a variable."""
        return self.add(pyobj.LoadOp, variable=StringAttr(variable))

    def store(self, variable: str, value: SSAValue) -> None:
        """Add a store to a variable."""
        self.do(pyobj.StoreOp, [value], variable=StringAttr(variable))

    def _call(self, callee: SSAValue, arguments: Sequence[SSAValue]) -> SSAValue:
        layout = pyobj.NamesAttr(("",) * len(arguments))
        return self.add(pyobj.CallOp, [callee, *arguments], layout=layout)

    def _emit(
        self,
        kind: type[Operation],
        operands: Sequence[SSAValue],
        properties: dict[str, Attribute],
        results: int,
    ) -> Operation:
        types = (OBJECT,) * results
        return append(self.block, kind, operands, types, properties, self.location)
