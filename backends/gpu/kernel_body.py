"""The walk over one kernel: what each of its ops is in LLVM IR."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import arith, memref
from xdsl.dialects.builtin import MemRefType, StridedLayoutAttr
from xdsl.ir import Block, Operation, SSAValue
from xdsl.traits import IsTerminator

from ...dialects import simt
from ..llvm_ir.buffers import buffer_at
from ..llvm_ir.elements import element_of
from ..llvm_ir.instructions import Instructions
from ..llvm_ir.scalars import ScalarText, literal
from ..llvm_ir.text import FunctionText
from ..llvm_ir.unlowered import unlowered
from . import builtins, matrix_builtins
from .builtins import GLOBAL, NVPTX, SHARED, BuiltinCalls
from .kernel_control import add_control
from .kernel_memory import Accesses, Memory
from .kernel_text import KernelEntry

_BUILTINS = {**builtins.BUILTINS, **matrix_builtins.BUILTINS}
_IDS = (simt.BlockIdOp, simt.ThreadIdOp, simt.BlockDimOp, simt.GridDimOp)
_PLAIN = (*(simt.LaneIdOp, simt.BarrierOp, simt.WarpBarrierOp, simt.FenceOp, simt.AsyncCommitOp),)
_ALIGNMENT = 16
_DYNAMIC = "@foldaway_dynamic_shared"


class KernelBody:
    """A kernel while it is written."""

    def __init__(self, kernel: simt.KernelOp, target: str, instructions: Instructions) -> None:
        self.kernel = kernel
        self.name = kernel.sym_name.data
        self.target = target
        self.is_device = target == NVPTX
        self.text = FunctionText()
        self.scalar_text = ScalarText(self.text, instructions=instructions)
        self.scalars: dict[SSAValue, str] = {}
        self.accesses = Accesses(self.text, self.scalar_text, self.is_device)
        self.calls = BuiltinCalls(self.text, target, self.scalar_text.declarations)
        self.globals: list[str] = []
        self.static_bytes = 0
        self.shared_base = ""
        self.parameters: list[str] = []
        written = _written(kernel)
        for number, argument in enumerate(kernel.body.block.args):
            self._add_parameter(f"%a{number}", argument, argument in written)

    def write(self) -> None:
        """Write all of the kernel."""
        if not self.is_device and any(isinstance(o, simt.SharedOp) for o in self.kernel.walk()):
            self.scalar_text.declarations["declare ptr @foldaway_sim_shared()"] = None
            self.shared_base = self.text.assign("call ptr @foldaway_sim_shared()")
        self.add_block(self.kernel.body.block)
        self.text.emit("ret void")

    def entry(self) -> KernelEntry:
        """Return what a launch has to say."""
        block, grid = (self.kernel.block.get_values(), self.kernel.grid.get_values())
        dynamic = self.kernel.shared_bytes
        return KernelEntry(
            self.name,
            tuple(_type_of(argument) for argument in self.kernel.body.block.args),
            (block[0], block[1], block[2]),
            (grid[0], grid[1], grid[2]),
            -(-self.static_bytes // _ALIGNMENT) * _ALIGNMENT,
            0 if dynamic is None else dynamic.value.data,
            self.calls.is_collective,
        )

    def function(self) -> str:
        """Return the function's text, and before it that of its shared memory."""
        head = f"define void @{self.name}(ptr %parameters) #0"
        if self.is_device:
            listed = ", ".join(self.parameters)
            extents = ",".join(map(str, self.kernel.block.get_values()))
            head = (
                f'define ptx_kernel void @{self.name}({listed}) nounwind "nvvm.reqntid"="{extents}"'
            )
        shared = "".join(f"{line}\n" for line in self.globals)
        return f"{shared}{head} {{\n{self.text.body()}\n}}\n"

    def add_block(self, block: Block) -> None:
        """Write all ops of a block but its end."""
        for op in block.ops:
            if op is not block.last_op or not op.has_trait(IsTerminator):
                self.add(op)

    def add(self, op: Operation) -> None:
        """Write one op."""
        scalars = self.scalars
        match op:
            case arith.ConstantOp():
                scalars[op.result] = literal(op)
            case simt.LoadOp() | simt.StoreOp():
                self.accesses.add_wide(op, scalars[op.index], scalars)
            case memref.LoadOp() | memref.StoreOp():
                self.accesses.add_one(op, scalars)
            case simt.SharedOp():
                self._add_shared(op)
            case simt.AtomicOp():
                index, value = scalars[op.index], scalars[op.value]
                scalars[op.result] = self.accesses.add_atomic(op, index, value)
            case _ if op.name.startswith("simt."):
                self._add_builtin(op)
            case _ if add_control(self, op):
                return
            case _ if op.name.startswith(("arith.", "math.")) and len(op.results) == 1:
                operands = [scalars[operand] for operand in op.operands]
                scalars[op.results[0]] = self.scalar_text.emit(op, operands, _flags(op))
            case _:
                unlowered(op)

    def _add_parameter(self, name: str, argument: SSAValue, is_written: bool) -> None:
        type = _type_of(argument)
        is_memory = type == "ptr"
        if self.is_device:
            attributes = ""
            if is_memory:
                type, attributes = GLOBAL, f" noalias{'' if is_written else ' readonly'}"
            self.parameters.append(f"{type}{attributes} {name}")
        else:
            place = self.text.offset("%parameters", "ptr", str(len(self.parameters)), 1)
            address = self.text.assign(f"load ptr, ptr {place}")
            self.parameters.append(name)
            name = self.text.assign(f"load {type}, ptr {address}")
        if is_memory:
            # A view that begins where a value says is given by the address of that element.
            buffer = buffer_at(name, argument.type, 0 if _begins_anywhere(argument) else None)
            self.accesses.memories[argument] = Memory(buffer, type, not is_written)
        else:
            self.scalars[argument] = name

    def _add_shared(self, op: simt.SharedOp) -> None:
        pointer = SHARED if self.is_device else "ptr"
        if op.offset is None:
            start = -(-self.static_bytes // _ALIGNMENT) * _ALIGNMENT
            self.static_bytes = start + op.bytes
        else:
            start = op.offset.value.data
        if not self.is_device:
            # What a launch asks for stands behind the rest, whose size isn't known yet.
            root = self._simulated(start, op.offset is not None)
        elif op.offset is None:
            root = f"@{self.name}_shared{len(self.globals)}"
            type = f"[{op.bytes} x i8]"
            self.globals.append(
                f"{root} = internal addrspace(3) global {type} poison, align {_ALIGNMENT}"
            )
        else:
            root = self.text.assign(f"getelementptr inbounds i8, {SHARED} {_DYNAMIC}, i32 {start}")
        buffer = buffer_at(root, op.memory.type)
        self.accesses.memories[op.memory] = Memory(buffer, pointer)

    def _simulated(self, start: int, is_dynamic: bool) -> str:
        if is_dynamic:
            start += sum(
                -(-other.bytes // _ALIGNMENT) * _ALIGNMENT
                for other in self.kernel.walk()
                if isinstance(other, simt.SharedOp) and other.offset is None
            )
        return self.text.offset(self.shared_base, "i8", str(start), 1)

    def _add_builtin(self, op: Operation) -> None:
        match op:
            case simt.ShuffleOp():
                offset = self.scalars[op.offset]
                self.scalars[op.result] = self._shuffled(op, self.scalars[op.value], offset)
            case simt.AsyncCopyOp():
                self._copy(op)
            case simt.MatrixLoadOp():
                memory = self.accesses.memories[op.memory]
                type = element_of(op.index.type).register
                address = self.accesses.address(memory, self.scalars[op.index], type)
                turned = "" if op.transposed is None else "_transposed"
                self._call(op, f"matrix_load{turned}.{len(op.values)}", [address])
            case simt.AsyncWaitOp():
                self._call(op, "async_wait", [str(op.pending.value.data)])
            case simt.MmaOp():
                operands = [self.scalars[operand] for operand in op.operands]
                self._call(op, f"mma.{op.shape.data}.{op.element.data}", operands)
            case simt.VoteOp():
                self._call(op, f"vote.{op.mode.data}", [self.scalars[op.condition]])
            case _ if isinstance(op, _IDS):
                self._call(op, f"{op.name.removeprefix('simt.')}.{op.axis.data}", [])
            case _ if isinstance(op, _PLAIN):
                self._call(op, op.name.removeprefix("simt."), [])
            case _:
                unlowered(op)

    def _call(self, op: Operation, name: str, operands: Sequence[str]) -> None:
        results = self.calls.call(_BUILTINS[name], name, operands)
        self.scalars.update(zip(op.results, results, strict=True))

    def _copy(self, op: simt.AsyncCopyOp) -> None:
        operands = [
            self.accesses.address(
                self.accesses.memories[memory],
                self.scalars[index],
                element_of(index.type).register,
            )
            for memory, index in ((op.target, op.target_index), (op.source, op.source_index))
        ]
        name = "async_copy"
        if op.valid is not None:
            name, operands = "async_copy_valid", [*operands, self.scalars[op.valid]]
        self._call(op, f"{name}.{op.bytes.value.data}", operands)

    def _shuffled(self, op: simt.ShuffleOp, value: str, offset: str) -> str:
        """Write a shuffle; a register of 64 bits is two."""
        text, mode = self.text, op.mode.data
        element = element_of(op.value.type)

        def one(part: str, kind: str) -> str:
            name = f"shuffle.{mode}.{kind}"
            return self.calls.call(_BUILTINS[name], name, [part, offset])[0]

        if element.bytes == 4:
            return one(value, element.name)
        bits = text.assign(f"bitcast double {value} to i64") if element.is_float else value
        low = one(text.assign(f"trunc i64 {bits} to i32"), "i32")
        top = one(text.assign(f"trunc i64 {text.assign(f'lshr i64 {bits}, 32')} to i32"), "i32")
        wide = [text.assign(f"zext i32 {part} to i64") for part in (low, top)]
        above = text.assign(f"shl i64 {wide[1]}, 32")
        both = text.assign(f"or i64 {above}, {wide[0]}")
        return text.assign(f"bitcast i64 {both} to double") if element.is_float else both


def _type_of(argument: SSAValue) -> str:
    return "ptr" if isinstance(argument.type, MemRefType) else element_of(argument.type).register


def _begins_anywhere(argument: SSAValue) -> bool:
    layout = getattr(argument.type, "layout", None)
    return isinstance(layout, StridedLayoutAttr) and layout.get_offset() is None


def _written(kernel: simt.KernelOp) -> set[SSAValue]:
    """Return the memrefs that a kernel writes to."""
    written: set[SSAValue] = set()
    for op in kernel.walk():
        match op:
            case simt.StoreOp() | simt.AtomicOp():
                written.add(op.memory)
            case memref.StoreOp():
                written.add(op.memref)
            case _:
                pass
    return written


def _flags(op: Operation) -> str:
    """Return the fast-math flags of an op as LLVM writes them, with a space behind."""
    attribute = op.properties.get("fastmath")
    if not isinstance(attribute, arith.FastMathFlagsAttr):
        return ""
    return "".join(f"{flag.value} " for flag in sorted(attribute.data, key=lambda f: f.value))
