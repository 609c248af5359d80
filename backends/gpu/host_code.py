"""A module in simt form → the code of the host that launches its kernels, as LLVM IR text.

Of the simt form this takes the host's functions: memory, views, constants and control flow as in
buffer form, `simt.launch` in order, and `linalg.generic` that is marked `on_host`, which the
host computes by the CPU's code on copies of what it touches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from xdsl.dialects import func, memref
from xdsl.dialects.builtin import MemRefType, ModuleOp, SymbolRefAttr
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Operation
from xdsl.utils.exceptions import PassFailedException

from ...dialects.source import describe
from ...runtime.failure import Failure
from ..cpu.emit_llvm import emit
from ..cpu.emitted_module import Emitted, bytes_of
from ..llvm_ir.buffers import buffer_at
from ..llvm_ir.elements import Element
from ..llvm_ir.function_body import FunctionBody, symbol
from ..llvm_ir.instructions import ANY, Instructions
from ..llvm_ir.text import FunctionText
from ..llvm_ir.unlowered import unlowered
from ..llvm_ir.workspace import Workspace
from .device import Kernel
from .on_host import OnHost, on_host_function

FUNCTIONS = ("launch", "to_host", "to_device", "wait", "get_context", "set_context")
"""The device's functions, which are the first words of the table; then comes its context."""
_FIRST = len(FUNCTIONS) + 1
ALIGNMENT = 256
"""Of all that is allocated on a device."""


@dataclass
class HostCode:
    """LLVM IR text of a function of the host, and what its table and its block must have."""

    text: str
    kernels: list[str] = field(default_factory=list[str])
    """The table has the addresses of `FUNCTIONS`, the context, then these kernels' handles,"""
    constants: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """then the addresses of these constants on the device."""
    workspace: int = 0
    """Bytes of device memory that a call needs beside its arguments."""
    failures: list[Failure] = field(default_factory=list[Failure])
    """What a status of `n` ≥ 2 says."""
    on_host: list[OnHost] = field(default_factory=list[OnHost])
    """What has no kernel."""
    of_processor: Emitted | None = None
    """The code in it that computes, if there is any."""


def emit_host(
    module: ModuleOp,
    entry: str,
    kernels: Mapping[str, Kernel],
    has_streams: bool,
    instructions: Instructions = ANY,
) -> HostCode:
    """Return the LLVM IR of a function of a module in simt form, for a 64-bit machine.

    The function `@f` of memrefs becomes `i32 @f(ptr %table, ptr %block)`. The table says where the
    device's functions, kernels and constants are. The block has the stream, the address of the
    workspace, and those of the arguments, all on the device. The result is 0, 1 when the host has
    no memory, `n` ≥ 2 when the assertion `n - 2` failed, and `-n` for the device's error `n`.
    With `has_streams` the device has the functions `wait`, `get_context` and `set_context`: the
    function works in the context, whatever the thread's own was.
    Raises PassFailedException for an op that isn't of the simt form.
    """
    found = None
    constants: dict[str, bytes] = {}
    for op in module.body.block.ops:
        if isinstance(op, memref.GlobalOp):
            constants[op.sym_name.data] = bytes_of(op)
        elif isinstance(op, func.FuncOp) and op.sym_name.data == entry and not op.is_declaration:
            found = op
    if found is None:
        raise PassFailedException(f"error: the module has no function '{entry}'")
    body = _HostBody(kernels, list(constants), has_streams, instructions)
    return body.finish(found, constants)


class _DeviceWorkspace(Workspace):
    """Slots in one piece of device memory."""

    def take(self, size: int) -> str:
        return f"%device{super().take(size)[1:]}"

    def give_back(self, address: str) -> None:
        super().give_back("%" + address.removeprefix("%device"))

    def layout(self) -> tuple[list[str], int]:
        """Return the instructions that find the slots, and the bytes of all."""
        lines, total = list[str](), 0
        for n, size in enumerate(self.sizes):
            place = f"getelementptr i8, ptr %memory, i64 {total}"
            lines.append(f"  %deviceslot{n} = {place}")
            total += -(-size // ALIGNMENT) * ALIGNMENT
        return lines, total


class _HostBody(FunctionBody):
    """The walk over the host's function, with its launches."""

    def __init__(
        self,
        kernels: Mapping[str, Kernel],
        constants: list[str],
        has_streams: bool,
        instructions: Instructions,
    ) -> None:
        super().__init__(FunctionText("body"), instructions, [])
        self.workspace = _DeviceWorkspace()
        self.staging = Workspace()
        self.kernels = kernels
        self.handles = {name: n for n, name in enumerate(kernels)}
        self.places = {name: n for n, name in enumerate(constants)}
        self.has_streams = has_streams
        self.slots: list[str] = []
        self.pointers = ""
        self.broken: list[tuple[str, str]] = []
        """The number that a device's function returned, and the block that then leaves."""
        self.parts: list[OnHost] = []

    def add(self, op: Operation) -> None:
        """Add one op; a launch is told by its name, since the walk is of several dialects."""
        if op.name == "simt.launch":
            self._add_launch(op)
        else:
            super().add(op)

    def constant(self, name: str) -> str:
        """Return the address of a constant on the device."""
        return self._word(_FIRST + len(self.kernels) + self.places[name])

    def element_address(self, address: str, element: Element) -> str:
        """Return where an element of the device's is after it was copied to the host."""
        local = self.text.allocate(element.memory)
        self._copy("to_host", local, address, element.bytes)
        return local

    def add_kernel(self, op: GenericOp) -> None:
        """Write what the host does: copies to it, the CPU's code, and copies back."""
        if "on_host" not in op.attributes:
            unlowered(op)
        part = on_host_function(op, self.buffers, f"foldaway.on_host.{len(self.parts)}")
        self.parts.append(part)
        block = self.text.allocate(f"[{max(len(part.spans), 1)} x ptr]")
        slots: list[str] = []
        for n, span in enumerate(part.spans):
            slot = self.staging.take(max(span.size, 1))
            slots.append(slot)
            self._copy("to_host", slot, self._at(span.root, span.first), span.size)
            place = self.text.assign(f"getelementptr ptr, ptr {block}, i64 {n}")
            self.text.emit(f"store ptr {slot}, ptr {place}, align 8")
        status = self.text.assign(f"call i32 {symbol(part.name)}(ptr {block})")
        self._leave_if(self.text.assign(f"icmp ne i32 {status}, 0"), no_memory=True)
        for slot, span in zip(slots, part.spans, strict=True):
            if span.is_written:
                self._copy("to_device", self._at(span.root, span.first), slot, span.size)
        for slot in slots:
            self.staging.give_back(slot)

    def _add_launch(self, op: Operation) -> None:
        callee = cast(SymbolRefAttr, op.properties["kernel"])
        name = callee.root_reference.data
        kernel = self.kernels.get(name)
        if kernel is None:
            raise PassFailedException(f"{describe(op.location)}error: there is no kernel '{name}'")
        if 0 in kernel.grid:
            return
        for n, (operand, type) in enumerate(zip(op.operands, kernel.parameters, strict=True)):
            is_memory = isinstance(operand.type, MemRefType)
            value = self.buffers[operand].root if is_memory else self.scalars[operand]
            self.text.emit(f"store {type} {value}, ptr {self._slot(n)}, align 8")
        extents = ", ".join(f"i32 {extent}" for extent in (*kernel.grid, *kernel.block))
        handle = self._word(_FIRST + self.handles[name])
        self._call(
            f"i32 %launch(ptr {handle}, {extents}, i32 {kernel.shared_bytes}, ptr %stream, "
            f"ptr {self.pointers or 'null'}, ptr null)"
        )

    def _enter(self) -> None:
        """Make the device's context the thread's, where another is."""
        current = self.text.allocate("ptr")
        self._call(f"i32 %get_context(ptr {current})")
        found = self.text.assign(f"load ptr, ptr {current}, align 8")
        other, ready = self.text.labels("other", "ready")
        is_same = self.text.assign(f"icmp eq ptr {found}, %context")
        self.text.emit(f"br i1 {is_same}, label %{ready}, label %{other}")
        self.text.start(other)
        self._call("i32 %set_context(ptr %context)")
        self.text.emit(f"br label %{ready}")
        self.text.start(ready)

    def _slot(self, number: int) -> str:
        """Return where a parameter's value is put; the array of all that launches need is one."""
        while len(self.slots) <= number:
            self.pointers = "%parameters"
            self.slots.append(self.text.allocate("i64"))
        return self.slots[number]

    def _word(self, number: int) -> str:
        """Return a word of the table."""
        place = self.text.assign(f"getelementptr ptr, ptr %table, i64 {number}")
        return self.text.assign(f"load ptr, ptr {place}, align 8, !invariant.load !0")

    def _at(self, root: str, offset: int) -> str:
        return self.text.assign(f"getelementptr i8, ptr {root}, i64 {offset}") if offset else root

    def _copy(self, function: str, to: str, source: str, size: int) -> None:
        if not size:
            return
        if self.has_streams:
            self._call("i32 %wait(ptr %stream)")
        self._call(f"i32 %{function}(ptr {to}, ptr {source}, i64 {size})")

    def _call(self, call: str) -> None:
        """Write a call of a function of the device, whose error leaves the function."""
        code = self.text.assign(f"call {call}")
        self._leave_if(self.text.assign(f"icmp ne i32 {code}, 0"), code)

    def _leave_if(self, condition: str, code: str = "", no_memory: bool = False) -> None:
        leave, stay = self.text.labels("leaving", "staying")
        self.text.emit(f"br i1 {condition}, label %{leave}, label %{stay}")
        if no_memory:
            self.failed.append((leave, 1))
        else:
            self.broken.append((code, leave))
        self.text.start(stay)

    def finish(self, op: func.FuncOp, constants: dict[str, bytes]) -> HostCode:
        """Return the code of a function, and all that it refers to."""
        arguments = op.body.block.args
        for number, argument in enumerate(arguments):
            self.buffers[argument] = buffer_at(f"%a{number}", argument.type)
        if self.has_streams:
            self._enter()
        for inner in op.body.block.ops:
            self.add(inner)
        emitted = emit(ModuleOp([part.function for part in self.parts]), self.instructions)
        slots, workspace = self.workspace.layout()
        needed: dict[str, None] = {}
        before, after = self.staging.instructions(needed)
        declarations = [line for line in needed if line not in emitted.text]
        lines = ["entry:", *self.text.allocations, *self._prologue(len(arguments)), *slots]
        lines += [*before, *self._pointers(), "  br label %body", "body:", *self.text.lines]
        lines += self._end(after)
        head = f"define i32 {symbol(op.sym_name.data)}(ptr %table, ptr %block) #0 {{"
        text = "\n".join([emitted.text, *declarations, head, *lines, "}", "!0 = !{}", ""])
        return HostCode(
            *(text, list(self.handles), constants, workspace, self.failures, self.parts),
            emitted if self.parts else None,
        )

    def _prologue(self, arguments: int) -> list[str]:
        """Return what reads the functions of the table and the words of the block."""
        names = [(name, "table", n) for n, name in enumerate((*FUNCTIONS, "context"))]
        names += [("stream", "block", 0), ("memory", "block", 1)]
        names += [(f"a{n}", "block", n + 2) for n in range(arguments)]
        return [
            f"  %at.{name} = getelementptr ptr, ptr %{where}, i64 {n}\n"
            f"  %{name} = load ptr, ptr %at.{name}, align 8"
            for name, where, n in names
        ]

    def _pointers(self) -> list[str]:
        """Return what makes the array of the addresses of parameters' values."""
        if not self.slots:
            return []
        lines = [f"  %parameters = alloca [{len(self.slots)} x ptr], align 8"]
        for n, slot in enumerate(self.slots):
            lines.append(f"  %parameter{n} = getelementptr ptr, ptr %parameters, i64 {n}")
            lines.append(f"  store ptr {slot}, ptr %parameter{n}, align 8")
        return lines

    def _end(self, after: list[str]) -> list[str]:
        """Return what gives the host's memory back, and the status."""
        left = [("0", self.text.block), *((str(status), label) for label, status in self.failed)]
        lines = ["  br label %leave"]
        lines += [f"{label}:\n  br label %leave" for label, _ in self.failed]
        if self.broken:
            lines += [f"{label}:\n  br label %broken" for _, label in self.broken]
            codes = ", ".join(f"[ {code}, %{label} ]" for code, label in self.broken)
            lines += ["broken:", f"  %code = phi i32 {codes}", "  %error = sub i32 0, %code"]
            lines += ["  br label %leave"]
            left.append(("%error", "broken"))
        status = ", ".join(f"[ {value}, %{block} ]" for value, block in left)
        return [*lines, "leave:", f"  %status = phi i32 {status}", *after, "  ret i32 %status"]
