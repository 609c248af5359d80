"""The walk over a function in buffer form: which buffer each memref is, and what is done in order.

The buffer form is functions of memrefs that return nothing: `linalg.generic`, `memref.alloc`,
`dealloc`, `subview`, `reinterpret_cast`, `global`, `get_global`, `load` of one element, scalar
constants and sums of these, and around them the branches and loops of scf, and `cf.assert`.
"""

from __future__ import annotations

from xdsl.dialects import arith, func, memref
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Block, Operation, SSAValue
from xdsl.traits import IsTerminator

from ...runtime.failure import Failure
from .buffers import Buffer, buffer_at, reinterpreted, subview_of
from .control_flow import add_control
from .elements import Element
from .instructions import Instructions
from .scalars import ScalarText, literal
from .text import FunctionText
from .unlowered import unlowered
from .workspace import Workspace


class FunctionBody:
    """What code for the host's processor is written with. A machine says what its kernels are.

    `text` is what the function does once it has its memory, from the block `body` on.
    """

    def __init__(
        self, text: FunctionText, instructions: Instructions, failures: list[Failure]
    ) -> None:
        self.text = text
        self.instructions = instructions
        self.failures = failures
        self.failed: list[tuple[str, int]] = []
        self.buffers: dict[SSAValue, Buffer] = {}
        self.scalars: dict[SSAValue, str] = {}
        self.moved: dict[tuple[str, Element, str], str] = {}
        self.workspace = Workspace()
        self.computes = False
        """Whether something in it, a scalar or a branch, is worth LLVM's work."""

    def add_kernel(self, op: GenericOp) -> None:
        """Write what a loop nest does."""
        unlowered(op)

    def add_block(self, block: Block) -> None:
        """Add all ops of a block but its end, which whoever adds the block writes."""
        for op in block.ops:
            if op is not block.last_op or not op.has_trait(IsTerminator):
                self.add(op)

    def add(self, op: Operation) -> None:
        """Add one op of the function's body, or of a branch or loop in it."""
        match op:
            case GenericOp():
                self.add_kernel(op)
            case memref.AllocOp():
                buffer = buffer_at("", op.memref.type)
                root = self.workspace.take(buffer.size * buffer.element.bytes)
                self.buffers[op.memref] = buffer_at(root, op.memref.type)
            case memref.DeallocOp():
                self.workspace.give_back(self.buffers[op.memref].root)
            case memref.GetGlobalOp():
                name = op.name_.root_reference.data
                self.buffers[op.memref] = buffer_at(self.constant(name), op.memref.type)
            case memref.SubviewOp():
                self.buffers[op.result] = subview_of(self.buffers[op.source], op)
            case memref.ReinterpretCastOp():
                self.buffers[op.result] = self._reinterpreted(op)
            case memref.LoadOp() if not op.indices:
                self.scalars[op.res] = self._load(self.buffers[op.memref])
            case arith.MuliOp() | arith.AddiOp() | arith.IndexCastOp():
                self.scalars[op.result] = self._scalar(op)
                self.computes = True
            case arith.RemUIOp() if self.scalars[op.rhs].strip("-0"):
                operands = f"{self.scalars[op.lhs]}, {self.scalars[op.rhs]}"
                self.scalars[op.result] = self.text.assign(f"urem i64 {operands}")
            case arith.ConstantOp():
                self.scalars[op.result] = literal(op)
            case func.ReturnOp() if not op.arguments:
                return
            case _:
                if not add_control(self, op):
                    unlowered(op)

    def constant(self, name: str) -> str:
        """Return the address of a constant of the module."""
        return symbol(name)

    def element_address(self, address: str, element: Element) -> str:
        """Return an address at which the processor can read the element that is at one."""
        return address

    def fail(self, failure: Failure) -> str:
        """Return the label of a block that leaves the function with an error."""
        self.failures.append(failure)
        status = len(self.failures) + 1
        self.failed.append((f"failed{status}", status))
        return f"failed{status}"

    def _reinterpreted(self, op: memref.ReinterpretCastOp) -> Buffer:
        source = self.buffers[op.source]
        if len(op.offsets) != 1:
            return reinterpreted(source, op)
        # Views that begin at the same place are one for the kernels, which may write to one.
        key = source.root, source.element, self.scalars[op.offsets[0]]
        if key not in self.moved:
            self.moved[key] = self.text.offset(key[0], key[1].memory, key[2], 1)
        return buffer_at(self.moved[key], op.result.type, 0)

    def _scalar(self, op: Operation) -> str:
        operands = [self.scalars[operand] for operand in op.operands]
        return ScalarText(self.text, instructions=self.instructions).emit(op, operands)

    def _load(self, buffer: Buffer) -> str:
        element = buffer.element
        address = self.text.offset(buffer.root, element.memory, str(buffer.offset), 1)
        address = self.element_address(address, element)
        value = self.text.assign(f"load {element.memory}, ptr {address}, align {element.bytes}")
        scalars = ScalarText(self.text, instructions=self.instructions)
        return scalars.from_memory(value, element)


def symbol(name: str) -> str:
    """Return a global name in LLVM's syntax."""
    plain = name.replace("_", "").replace(".", "").isalnum() and name.isascii()
    return f"@{name}" if plain and not name[0].isdigit() else f'@"{escaped(name.encode())}"'


def escaped(data: bytes) -> str:
    """Return bytes as they stand between quotes in LLVM's syntax."""
    return "".join(_ESCAPES[byte] for byte in data)


_ESCAPES = [
    chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:02X}" for byte in range(256)
]
