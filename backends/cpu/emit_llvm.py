"""A module in buffer form → LLVM IR text, in one walk.

The buffer form is functions of memrefs that return nothing: `linalg.generic`, `memref.alloc`,
`dealloc`, `subview`, `reinterpret_cast`, `global`, `get_global`, `load` of one element, scalar
constants and sums of these, and around them the branches and loops of scf, and `cf.assert`.
Each `linalg.generic` becomes a function; equal ones become one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Protocol

from xdsl.dialects import arith, func, memref, scf
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Block, Operation

from ...dialects.epilogue import is_marked
from ...dialects.past_cache import past_cache_of
from ...dialects.split import Split, split_of
from ..llvm_ir.buffers import buffer_at
from ..llvm_ir.function_body import FunctionBody, symbol
from ..llvm_ir.instructions import ANY, Instructions
from ..llvm_ir.text import FunctionText
from ..llvm_ir.unlowered import unlowered
from ..llvm_ir.workspace import Workspace
from .contraction import is_cleared_for_product, panels_of, product_of
from .emitted_module import Emitted, EmittedModule
from .epilogue import Tail, followers_of
from .loops import KernelText, write_follower, write_kernel
from .nest import Nest, nest_of
from .parts import FENCE, Part, call_in_parts

_MANY_CALLS = 200
"""Calls in a row that are left as they stand: LLVM takes the square of their number to order."""
_NO_MEMORY = 1
_IN_PARTS = (
    *(GenericOp, memref.AllocOp, memref.DeallocOp, memref.ReinterpretCastOp, memref.SubviewOp),
    *(arith.ConstantOp, arith.MuliOp, arith.AddiOp, arith.RemUIOp, scf.YieldOp),
)
"""What the rounds of a loop that threads share may consist of: it fails for lack of memory only."""


def emit_llvm(module: ModuleOp, instructions: Instructions = ANY) -> str:
    """Return the LLVM IR of a module in buffer form, for a 64-bit machine.

    The function `@f` of memrefs becomes `i32 @f(ptr %block)`: the block has the addresses of the
    inputs and outputs, in order; the result is 0, or 1 when there is no memory, or `n` ≥ 2 when
    the module's assertion `n - 2` failed, counted in the order of the text.
    Raises PassFailedException for an op that isn't of the buffer form.
    """
    return emit(module, instructions).text


def emit(
    module: ModuleOp, instructions: Instructions, longest_constant: int | None = None
) -> Emitted:
    """Return the LLVM IR of a module, and what it refers to.

    A constant of more than `longest_constant` bytes is an external symbol, for the loader to place.
    """
    emitter = EmittedModule(instructions, longest_constant)
    for op in module.body.block.ops:
        match op:
            case memref.GlobalOp():
                emitter.add_global(op)
            case func.FuncOp() if op.is_declaration:
                continue
            case func.FuncOp():
                body = _FunctionBody(emitter, op)
                for inner in op.body.block.ops:
                    body.add(inner)
                emitter.add_function(body.finish())
            case _:
                unlowered(op)
    return emitter.finish()


class _FunctionBody(FunctionBody):
    """The walk over one function, with the calls of its kernels."""

    part: Part | None = None
    """Where this is a part of a loop: there threads share no more."""

    def __init__(
        self, emitter: EmittedModule, op: func.FuncOp, text: FunctionText | None = None
    ) -> None:
        super().__init__(text or FunctionText("body"), emitter.instructions, emitter.failures)
        self.emitter = emitter
        self.op = op
        self.done: set[GenericOp] = set()
        self.calls = 0
        self.passes_cache = False
        """Whether something in it writes past the cache: then a fence is needed at its end."""
        if text is None:
            for number, argument in enumerate(op.body.block.args):
                self.buffers[argument] = buffer_at(f"%a{number}", argument.type)

    def add(self, op: Operation) -> None:
        """Add one op; threads share the rounds of a loop that says so."""
        if isinstance(op, scf.ForOp) and (split := split_of(op)) and self._is_shareable(op):
            self._add_rounds(op, split)
        else:
            super().add(op)

    def add_kernel(self, op: GenericOp) -> None:
        """Write the call of a kernel, or let threads share it."""
        nest = nest_of(op, self.buffers)
        if nest.is_empty or op in self.done or is_cleared_for_product(op, self.buffers):
            return
        self.emitter.work += prod(dimension.extent for dimension in nest.dimensions)
        split = split_of(op) if self.part is None else None
        roots = {root: number for number, root in enumerate(nest.roots)}
        tails = self._tails(nest, roots)
        loop = None if split is None else split.loop
        kernel = write_kernel(nest, self.scalars, self.emitter.instructions, tails, loop)
        addresses = [*self._addresses(nest), *list(roots)[len(nest.roots) :]]
        self.calls += 1
        is_number = kernel.inlining == "alwaysinline"
        self.computes |= is_number
        # A loop's numbers are in memory until LLVM puts them into registers.
        self.emitter.is_finished &= not is_number or op.parent_block() is self.op.body.block
        if split is not None and kernel.pieces:
            part = Part()
            addresses = [part.take(address) for address in addresses]
            _call(self.emitter, part, op, kernel, addresses)
            self._share(part, kernel.pieces, split)
        else:
            _call(self.emitter, self, op, kernel, addresses)

    def _add_rounds(self, op: scf.ForOp, split: Split) -> None:
        """Add a loop whose rounds threads share."""
        body = _PartBody(self, Part(), op.body.block)
        pieces = int(self.scalars[op.ub])
        count = body.text.assign("sub nsw i64 %end, %begin")
        with body.text.loop(count) as loop:
            round = body.text.assign(f"add nsw i64 %begin, {loop.index}")
            body.scalars[op.body.block.args[0]] = round
            body.add_block(op.body.block)
        body.shared.passes_cache = body.passes_cache
        self._share(body.shared, pieces, split)

    def _is_shareable(self, op: scf.ForOp) -> bool:
        """Return whether a loop's rounds need but buffers and numbers that are known."""
        bounds = [self.scalars.get(value, "") for value in (op.lb, op.step, op.ub)]
        inside = all(isinstance(inner, _IN_PARTS) for inner in op.body.block.ops)
        return inside and bounds[:2] == ["0", "1"] and bounds[2].isdecimal() and bounds[2] != "0"

    def _share(self, part: Part, pieces: int, split: Split) -> None:
        text, may_fail = part.finish(self.emitter.declarations)
        name = self.emitter.part(text)
        lacks = call_in_parts(self.text, name, part, pieces, split.grain(pieces), may_fail)
        if lacks is None:
            return
        failed, passed = self.text.labels("lacking", "shared")
        self.failed.append((failed, _NO_MEMORY))
        self.text.emit(f"br i1 {lacks}, label %{failed}, label %{passed}")
        self.text.start(passed)

    def _tails(self, nest: Nest, roots: dict[str, int]) -> list[Tail]:
        """Add what runs on the parts of a product's result; the ops need no code of their own."""
        product = product_of(nest) if is_marked(nest.op.next_op) else None
        panels = [] if product is None else panels_of(product)
        tails: list[Tail] = []
        for follower in followers_of(nest, self.buffers) if panels else ():
            texts = {
                columns: write_follower(follower, columns, self.scalars, self.emitter.instructions)
                for columns in panels
            }
            functions = {columns: self.emitter.kernel(text) for columns, text in texts.items()}
            tails.append(follower.tail(functions, roots, nest.firsts))
            self.done.add(follower.nest.op)
            self.emitter.work += prod(d.extent for d in follower.nest.dimensions)
        return tails

    def _addresses(self, nest: Nest) -> list[str]:
        """Return a kernel's arguments: where the first element is of each root."""
        addresses = list(nest.roots)
        for operand in nest.operands:
            if operand is not None and addresses[operand.parameter] == operand.buffer.root:
                first, memory = nest.firsts[operand.parameter], operand.buffer.element.memory
                root = operand.buffer.root
                addresses[operand.parameter] = self.text.offset(root, memory, str(first), 1)
        return addresses

    def finish(self) -> str:
        """Return the function that reads the block of addresses and calls the kernels."""
        lines = ["entry:", *self.text.allocations]
        for number in range(len(self.op.body.block.args)):
            lines.append(
                f"  %at{number} = getelementptr inbounds ptr, ptr %block, i64 {number}\n"
                f"  %a{number} = load ptr, ptr %at{number}, align 8"
            )
        before, after = self.workspace.instructions(self.emitter.declarations)
        lines += before
        if self.passes_cache:
            after.insert(0, FENCE)
        if self.text.block != "body":
            lines += ["  br label %body", "body:"]
        lines += [*self.text.lines, *self._end(after)]
        name = symbol(self.op.sym_name.data)
        text = "\n".join(lines)
        plain = self.calls > _MANY_CALLS and not self.computes and self.text.block == "body"
        return f"define i32 {name}(ptr %block) #{2 if plain else 0} {{\n{text}\n}}\n"

    def _end(self, after: list[str]) -> list[str]:
        """Return what gives the memory back, and the status."""
        if not self.failed:
            return [*after, "  ret i32 0"]
        blocks = [f"{label}:\n  br label %leave" for label, _ in self.failed]
        left = [("0", self.text.block), *((str(status), label) for label, status in self.failed)]
        status = ", ".join(f"[ {value}, %{block} ]" for value, block in left)
        leave = ["leave:", f"  %status = phi i32 {status}", *after, "  ret i32 %status"]
        return ["  br label %leave", *blocks, *leave]


class _PartBody(_FunctionBody):
    """The walk over the rounds of a loop that threads share."""

    def __init__(self, around: _FunctionBody, part: Part, block: Block) -> None:
        super().__init__(around.emitter, around.op, part.text)
        self.part = self.shared = part
        self.workspace = part.workspace
        for op in block.ops:
            for value in op.operands:
                if value in around.buffers:
                    buffer = around.buffers[value]
                    self.buffers[value] = replace(buffer, root=part.take(buffer.root))
                elif value in around.scalars:
                    self.scalars[value] = around.scalars[value]


class _Walk(Protocol):
    """What calls of kernels are written with."""

    text: FunctionText
    workspace: Workspace
    passes_cache: bool


def _call(
    emitter: EmittedModule, body: _Walk, op: GenericOp, kernel: KernelText, roots: Sequence[str]
) -> None:
    """Write the call of a kernel; in a part that threads share it takes the part's pieces."""
    arguments = [f"ptr {root}" for root in roots]
    body.passes_cache |= past_cache_of(op) is not None
    if kernel.workspace:
        slot = body.workspace.take(kernel.workspace)
        body.workspace.give_back(slot)
        arguments.append(f"ptr {slot}")
    if kernel.pieces:
        arguments += ["i64 %begin", "i64 %end"]
    body.text.emit(f"call void {emitter.kernel(kernel)}({', '.join(arguments)})")
