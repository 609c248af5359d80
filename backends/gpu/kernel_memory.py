"""Where memory is that a kernel reads and writes, and its accesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects import memref
from xdsl.dialects.builtin import IntegerAttr
from xdsl.ir import Attribute, SSAValue

from ...dialects import simt
from ...dialects.simt.memory import WIDEST
from ..llvm_ir.buffers import Buffer
from ..llvm_ir.elements import Element, element_of
from ..llvm_ir.scalars import ScalarText
from ..llvm_ir.text import FunctionText

_ATOMICS = {"exchange": "xchg"}
_FLOAT_ATOMICS = {"add": "fadd", "max": "fmax", "min": "fmin"}


@dataclass(frozen=True)
class Memory:
    """A memref of a kernel."""

    buffer: Buffer
    pointer: str
    """LLVM's type of its address."""
    is_read_only: bool = False
    """Whether nobody writes it while the kernel runs."""


class Accesses:
    """Writes accesses to memory into a kernel."""

    def __init__(self, text: FunctionText, scalars: ScalarText, is_device: bool) -> None:
        self.text = text
        self.scalars = scalars
        self.is_device = is_device
        self.memories: dict[SSAValue, Memory] = {}

    def address(self, memory: Memory, index: str, type: str) -> str:
        """Write the address of an element, counted from the start of the memory."""
        element = memory.buffer.element.memory
        operands = f"{memory.pointer} {memory.buffer.root}, {type} {index}"
        return self.text.assign(f"getelementptr inbounds {element}, {operands}")

    def element(self, memory: Memory, indices: Sequence[str]) -> str:
        """Write the address of the element at indices along the axes."""
        text, place = self.text, str(memory.buffer.offset)
        for index, stride in zip(indices, memory.buffer.strides, strict=True):
            moved = text.scaled(index, stride)
            place = moved if place == "0" else text.assign(f"add nsw i64 {place}, {moved}")
        return self.address(memory, place, "i64")

    def load(
        self, memory: Memory, address: str, types: Sequence[Attribute], align: int
    ) -> list[str]:
        """Write a load of values that lie side by side; return them as registers hold them."""
        element = element_of(types[0])
        many = len(types)
        type = element.memory if many == 1 else f"<{many} x {element.memory}>"
        once = ", !invariant.load !0" if memory.is_read_only and self.is_device else ""
        place = f"{memory.pointer} {address}, align {align}{once}"
        whole = self.text.assign(f"load {type}, {place}")
        parts = [whole]
        if many > 1:
            parts = [
                self.text.assign(f"extractelement {type} {whole}, i32 {n}") for n in range(many)
            ]
        return [self.scalars.from_memory(part, element) for part in parts]

    def store(
        self, memory: Memory, address: str, values: Sequence[str], type: Attribute, align: int
    ) -> None:
        """Write a store of values that lie side by side."""
        element = element_of(type)
        parts = [self.scalars.to_memory(value, element) for value in values]
        kind, whole = element.memory, parts[0]
        if len(parts) > 1:
            kind = f"<{len(parts)} x {element.memory}>"
            whole = "poison"
            for n, part in enumerate(parts):
                operands = f"{kind} {whole}, {element.memory} {part}, i32 {n}"
                whole = self.text.assign(f"insertelement {operands}")
        self.text.emit(f"store {kind} {whole}, {memory.pointer} {address}, align {align}")

    def add_wide(
        self, op: simt.LoadOp | simt.StoreOp, index: str, scalars: dict[SSAValue, str]
    ) -> None:
        """Write an access to several neighbours."""
        memory = self.memories[op.memory]
        address = self.address(memory, index, element_of(op.index.type).register)
        types = [value.type for value in op.values]
        align = _alignment(op.align, element_of(types[0]), len(types))
        if isinstance(op, simt.LoadOp):
            loaded = self.load(memory, address, types, align)
            scalars.update(zip(op.values, loaded, strict=True))
        else:
            values = [scalars[value] for value in op.values]
            self.store(memory, address, values, types[0], align)

    def add_one(self, op: memref.LoadOp | memref.StoreOp, scalars: dict[SSAValue, str]) -> None:
        """Write an access to one element, by its indices."""
        memory = self.memories[op.memref]
        address = self.element(memory, [scalars[index] for index in op.indices])
        element = memory.buffer.element
        if isinstance(op, memref.LoadOp):
            loaded = self.load(memory, address, [op.res.type], element.bytes)
            scalars[op.res] = loaded[0]
        else:
            self.store(memory, address, [scalars[op.value]], op.value.type, element.bytes)

    def add_atomic(self, op: simt.AtomicOp, index: str, value: str) -> str:
        """Write a change of an element in one step; return what it was."""
        memory = self.memories[op.memory]
        element, kind = memory.buffer.element, op.kind.data
        address = self.address(memory, index, element_of(op.index.type).register)
        kind = _FLOAT_ATOMICS[kind] if element.is_float else _ATOMICS.get(kind, kind)
        scope = ' syncscope("device")' if self.is_device else ""
        operands = f"{memory.pointer} {address}, {element.register} {value}{scope} monotonic"
        return self.text.assign(f"atomicrmw {kind} {operands}")


def _alignment(said: IntegerAttr | None, element: Element, many: int) -> int:
    return min(element.bytes * many, WIDEST) if said is None else said.value.data
