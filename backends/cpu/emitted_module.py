"""LLVM IR text of a module: what its functions share, in the order in which it is printed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

from xdsl.dialects import memref
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr
from xdsl.ir import Attribute

from ...runtime.failure import Failure
from ..llvm_ir.buffers import buffer_at
from ..llvm_ir.definitions import declared, definition, needs
from ..llvm_ir.function_body import escaped, symbol
from ..llvm_ir.instructions import Instructions
from ..llvm_ir.unlowered import unlowered
from .loops import KernelText
from .thread_pool import PARALLEL

_ATTRIBUTES = """attributes #0 = { nounwind }
attributes #1 = { nobuiltin nounwind willreturn memory(none) }
attributes #2 = { nounwind noinline optnone }
"""


_CALL = re.compile(r"call void (@kernel\d+)\(")
_MOST_LINES = 1000
"""Of kernels in one function: some of LLVM's work grows faster than what it works on."""


@dataclass
class Emitted:
    """LLVM IR text and what it refers to."""

    text: str
    kernels: int
    """How many functions with loops it has."""
    has_variables: bool
    """Whether one of them reduces into variables, which belong in registers."""
    is_finished: bool
    """Whether LLVM's optimiser would find nothing to do that is worth its time."""
    constants: dict[str, bytes]
    """What stands at the external symbols that the loader gives addresses of its own."""
    failures: list[Failure]
    """What a function that returns `n` ≥ 2 means: the one at `n - 2`."""
    work: int
    """Rounds of the loops of all kernels, each called once."""
    is_shared: bool
    """Whether threads share some of the work: the pool's entry is another external symbol."""


@dataclass
class EmittedModule:
    """The text of a module while it is written: its constants, functions and kernels."""

    instructions: Instructions
    longest_constant: int | None
    parts: list[str] = field(default_factory=list[str])
    constants: dict[str, bytes] = field(default_factory=dict[str, bytes])
    failures: list[Failure] = field(default_factory=list[Failure])
    kernels: dict[KernelText, str] = field(default_factory=dict[KernelText, str])
    shared: dict[str, str] = field(default_factory=dict[str, str])
    declarations: dict[str, None] = field(default_factory=dict[str, None])
    work: int = 0
    is_finished: bool = True

    def add_global(self, op: memref.GlobalOp) -> None:
        """Add a constant, as its bytes."""
        name, data = op.sym_name.data, bytes_of(op)
        if self.longest_constant is not None and len(data) > self.longest_constant:
            self.constants[name] = data
            value = f"external constant [{len(data)} x i8]"
        elif any(data):
            value = f'private unnamed_addr constant [{len(data)} x i8] c"{escaped(data)}"'
        else:
            value = f"private unnamed_addr constant [{len(data)} x i8] zeroinitializer"
        self.parts.append(f"{symbol(name)} = {value}, align 64\n")

    def add_function(self, text: str) -> None:
        """Add the text of a function."""
        self.parts.append(text)

    def kernel(self, text: KernelText) -> str:
        """Return the name of the function with this text."""
        return self.kernels.setdefault(text, f"@kernel{len(self.kernels)}")

    def part(self, text: str) -> str:
        """Return the name of the function of a part with this text."""
        self.declarations[f"declare void @{PARALLEL}(ptr, ptr, i64, i64)"] = None
        return self.shared.setdefault(text, f"@part{len(self.shared)}")

    def finish(self) -> Emitted:
        """Return all that was added."""
        finished = self.is_finished and all(kernel.is_finished for kernel in self.kernels)
        inlined = self._inlined() if finished else set[str]()
        texts = [
            f"define internal void {name}({', '.join(text.parameters)})"
            f" {'alwaysinline' if name in inlined else text.inlining} #0 {{\n{text.body}\n}}\n"
            for text, name in self.kernels.items()
        ]
        texts += [f"define internal void {name}{text}" for text, name in self.shared.items()]
        defined: dict[str, str] = {}
        for text in self.kernels:
            self.declarations |= dict.fromkeys(text.declarations)
            for name in text.definitions:
                _define(name, defined)
        self.declarations |= dict.fromkeys(line for name in defined for line in declared(name))
        variables = any(" = alloca " in text.body for text in self.kernels)
        heads = "".join(f"{line}\n" for line in self.declarations)
        parts = [*self.parts, *texts, *defined.values(), heads, _ATTRIBUTES]
        kernels = len(self.kernels)
        text = "\n".join(parts)
        shared = bool(self.shared)
        return Emitted(
            *(text, kernels, variables, finished, self.constants),
            *(self.failures, self.work, shared),
        )

    def _inlined(self) -> set[str]:
        """Return the kernels that stand in the one place that calls them, if they are short.

        Each function costs LLVM a third of a millisecond, however little is in it.
        """
        if sum(text.body.count("\n") for text in self.kernels) > _MOST_LINES:
            return set()
        calls = Counter[str]()
        for text in (*self.parts, *self.shared):
            # What isn't optimised itself would leave its kernels so, too.
            calls.update(_CALL.findall(text) * (2 if " #2 {" in text else 1))
        kernels = self.kernels.items()
        return {name for text, name in kernels if not text.is_product and calls[name] == 1}


def _define(name: str, defined: dict[str, str]) -> None:
    for needed in needs(name):
        _define(needed, defined)
    defined.setdefault(name, definition(name))


def bytes_of(op: memref.GlobalOp) -> bytes:
    """Return the elements of a constant as they stand in memory; a bool is 0 or 1."""
    value = op.initial_value
    if not isinstance(value, DenseIntOrFPElementsAttr):
        unlowered(op)
    buffer = buffer_at("", op.type)
    data = cast("DenseIntOrFPElementsAttr[Attribute]", value).data.data  # pyright: ignore[reportInvalidTypeArguments]
    if len(data) == buffer.element.bytes:
        data *= buffer.size
    return bytes(map(bool, data)) if buffer.element.name == "i1" else data
