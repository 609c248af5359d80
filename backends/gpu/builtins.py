"""What the hardware of a GPU does by an instruction: one table, with a lowering for each target.

For `nvptx` a builtin is an intrinsic of LLVM; for `sim` it is a function of the simulator, named
`foldaway_sim_` and the builtin's name with `_` for each dot, that takes the same operands.
A simulator's function with several results writes them to an array, given as last operand.
Source: LLVM's NVPTX usage guide, <https://llvm.org/docs/NVPTXUsage.html>, and the PTX ISA.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..llvm_ir.text import FunctionText

NVPTX, SIM = "nvptx", "sim"
TARGETS = (NVPTX, SIM)
SHARED, GLOBAL = "ptr addrspace(3)", "ptr addrspace(1)"


@dataclass(frozen=True)
class Builtin:
    """A function of the hardware: LLVM types, and how `nvptx` names it."""

    results: tuple[str, ...]
    operands: tuple[str, ...]
    intrinsic: str
    before: tuple[str, ...] = ()
    """Arguments of the intrinsic that stand before the operands, with their types."""
    after: tuple[str, ...] = ()
    is_collective: bool = False
    """Whether threads meet in it."""
    packed: tuple[str, ...] = ()
    """Types of the intrinsic's operands where these are the same bits of another type."""

    @property
    def result(self) -> str:
        """LLVM's type of all results together."""
        if len(self.results) > 1:
            return f"{{ {', '.join(self.results)} }}"
        return self.results[0] if self.results else "void"


def _ids() -> dict[str, Builtin]:
    registers = {"thread_id": "tid", "block_id": "ctaid", "block_dim": "ntid", "grid_dim": "nctaid"}
    return {
        f"{name}.{axis}": Builtin(("i32",), (), f"llvm.nvvm.read.ptx.sreg.{register}.{axis}")
        for name, register in registers.items()
        for axis in ("x", "y", "z")
    }


_EVERYONE = ("i32 -1",)
"""The mask of all lanes."""
_SHUFFLES = {"xor": ("bfly", 31), "down": ("down", 31), "up": ("up", 0), "idx": ("idx", 31)}


def _shuffles() -> dict[str, Builtin]:
    return {
        f"shuffle.{mode}.{name}": Builtin(
            (type,),
            (type, "i32"),
            f"llvm.nvvm.shfl.sync.{short}.{name}",
            before=_EVERYONE,
            after=(f"i32 {last}",),
            is_collective=True,
        )
        for mode, (short, last) in _SHUFFLES.items()
        for name, type in (("i32", "i32"), ("f32", "float"))
    }


BUILTINS: dict[str, Builtin] = {
    **_ids(),
    "lane_id": Builtin(("i32",), (), "llvm.nvvm.read.ptx.sreg.laneid"),
    "barrier": Builtin(
        (), (), "llvm.nvvm.barrier.cta.sync.aligned.all", after=("i32 0",), is_collective=True
    ),
    "warp_barrier": Builtin((), (), "llvm.nvvm.bar.warp.sync", after=_EVERYONE, is_collective=True),
    "fence": Builtin((), (), "llvm.nvvm.membar.gl"),
    **_shuffles(),
    "vote.any": Builtin(
        ("i1",), ("i1",), "llvm.nvvm.vote.any.sync", before=_EVERYONE, is_collective=True
    ),
    "vote.all": Builtin(
        ("i1",), ("i1",), "llvm.nvvm.vote.all.sync", before=_EVERYONE, is_collective=True
    ),
    "vote.ballot": Builtin(
        ("i32",), ("i1",), "llvm.nvvm.vote.ballot.sync", before=_EVERYONE, is_collective=True
    ),
}
"""Builtin name to what it is."""


class BuiltinCalls:
    """Writes calls of builtins into a function; knows which functions they declare."""

    def __init__(self, text: FunctionText, target: str, declarations: dict[str, None]) -> None:
        self.text = text
        self.target = target
        self.declarations = declarations
        self.is_collective = False

    def call(self, builtin: Builtin, name: str, operands: Sequence[str]) -> list[str]:
        """Write a call; return its results."""
        self.is_collective |= builtin.is_collective
        typed = [f"{type} {value}" for type, value in zip(builtin.operands, operands, strict=True)]
        if self.target == NVPTX:
            return self._intrinsic(builtin, typed)
        return self._simulated(builtin, name, typed)

    def _intrinsic(self, builtin: Builtin, operands: Sequence[str]) -> list[str]:
        arguments = [*builtin.before, *self._packed(builtin, operands), *builtin.after]
        types = [argument.rpartition(" ")[0] for argument in arguments]
        name = builtin.intrinsic
        self.declarations[f"declare {builtin.result} @{name}({', '.join(types)})"] = None
        call = f"call {builtin.result} @{name}({', '.join(arguments)})"
        if not builtin.results:
            self.text.emit(call)
            return []
        whole = self.text.assign(call)
        if len(builtin.results) == 1:
            return [whole]
        return [
            self.text.assign(f"extractvalue {builtin.result} {whole}, {n}")
            for n in range(len(builtin.results))
        ]

    def _packed(self, builtin: Builtin, operands: Sequence[str]) -> Sequence[str]:
        if not builtin.packed:
            return operands
        return [
            operand
            if operand.startswith(f"{type} ")
            else f"{type} {self.text.assign(f'bitcast {operand} to {type}')}"
            for type, operand in zip(builtin.packed, operands, strict=True)
        ]

    def _simulated(self, builtin: Builtin, name: str, operands: Sequence[str]) -> list[str]:
        # All memory is one to the simulator.
        arguments = [_plain(operand) for operand in operands]
        function = f"@foldaway_sim_{name.replace('.', '_')}"
        several = len(builtin.results) > 1
        array = f"[{len(builtin.results)} x {builtin.results[0]}]" if several else ""
        if several:
            arguments.append(f"ptr {self.text.allocate(array)}")
        result = "void" if several else builtin.result
        types = ", ".join(argument.partition(" ")[0] for argument in arguments)
        self.declarations[f"declare {result} {function}({types})"] = None
        call = f"call {result} {function}({', '.join(arguments)})"
        if result != "void":
            return [self.text.assign(call)]
        self.text.emit(call)
        type = builtin.results[0] if several else ""
        address = arguments[-1].removeprefix("ptr ") if several else ""
        return [
            self.text.assign(f"load {type}, ptr {self.text.offset(address, type, str(n), 1)}")
            for n in range(len(builtin.results) if several else 0)
        ]


def _plain(operand: str) -> str:
    type, _, value = operand.rpartition(" ")
    return f"{'ptr' if type.startswith('ptr') else type} {value}"
