"""Turns the final HIVM into a Python program that runs on a simulated core.

Each function becomes a generator, which gives way where it waits for another core. Python does the
scalar arithmetic; buffers are objects, and device functions are looked up once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple, cast

from xdsl.dialects.builtin import (
    ArrayAttr,
    FunctionType,
    ModuleOp,
    StringAttr,
    SymbolRefAttr,
)
from xdsl.ir import Attribute, Block, Operation

from .hivm_errors import UnknownOperation
from .hivm_scalars import constant, scalar_expression
from .hivm_sync import UNIT
from .hivm_text import attribute, line_of, op_name
from .hivm_writer import BufferSteps, device, identifier, text_of, tuple_text

_NOTHING: Final = frozenset(
    f"hivm.hir.{name}" for name in ("set_mask_norm", "set_ffts_base_addr", "set_ctrl")
)
"""What says nothing about values: masks that the device functions set again, and addresses."""


class Parameter(NamedTuple):
    """A parameter of a function."""

    type: str
    role: str
    """As in `hacc.arg_type`: `input`, `output`, `workspace`, …; empty for a plain one."""


class Function(NamedTuple):
    """A function of the final HIVM as Python."""

    name: str
    parameters: tuple[Parameter, ...]
    core: str
    """The kind of core that it runs on: `AIC`, `AIV`; empty for one of the host."""
    text: str
    lines: tuple[int, ...]
    """For each line of the text, the line of the HIVM that it comes from."""
    devices: tuple[str, ...]
    """The device functions that it calls."""


def decode(module: ModuleOp) -> list[Function]:
    """Return the functions of a module that have a body.

    Raises UnknownOperation for an op of a kernel that the simulator doesn't know.
    """
    functions = [op for op in module.ops if op_name(op) == "func.func"]
    bodies = {_symbol(op): op for op in functions if op.regions and op.regions[0].blocks}
    return [_Decoder(op, frozenset(bodies)).function() for op in bodies.values()]


def _symbol(op: Operation) -> str:
    return cast(StringAttr, attribute(op, "sym_name")).data


class _Decoder(BufferSteps):
    def __init__(self, op: Operation, defined: frozenset[str]) -> None:
        super().__init__(line_of(op))
        self._op = op
        self._defined = defined
        self._devices: dict[str, None] = {}

    def function(self) -> Function:
        name, block = _symbol(self._op), self._op.regions[0].block
        arguments = [self.name(argument) for argument in block.args]
        self.write(f"def {identifier(name)}(core{''.join(f', {a}' for a in arguments)}):", 0)
        self.write("if False: yield")
        self._block(block)
        core = str(attribute(self._op, "hivm.func_core_type") or "")
        found = re.search(r"\b(AIC|AIV)\b", core)
        return Function(
            name,
            self._parameters(),
            found[1] if found else "",
            "\n".join(self.lines) + "\n",
            tuple(self.origins),
            tuple(self._devices),
        )

    def _parameters(self) -> tuple[Parameter, ...]:
        type = cast(FunctionType, attribute(self._op, "function_type"))
        said = attribute(self._op, "arg_attrs")
        attributes = (
            [str(one) for one in cast(ArrayAttr[Attribute], said)]
            if said is not None
            else [""] * len(type.inputs)
        )
        roles = [re.search(r"hacc\.arg_type<(\w+)>", text) for text in attributes]
        return tuple(
            Parameter(str(input), role[1] if role else "")
            for input, role in zip(type.inputs, roles, strict=True)
        )

    def _block(self, block: Block) -> None:
        for op in block.ops:
            self.line = line_of(op) or self.line
            self._step(op)

    def _step(self, op: Operation) -> None:
        name = op_name(op)
        if name.startswith(("arith.", "math.")):
            self.assign(op, scalar_expression(op, self.operands(op)))
        elif name in self.BUFFER_STEPS:
            self.BUFFER_STEPS[name](self, op)
        elif name in self.STEPS:
            self.STEPS[name](self, op)
        elif name not in _NOTHING:
            raise UnknownOperation(f"the simulator doesn't know the op '{name}'", self.line)

    # Calls and control flow.

    def _return(self, op: Operation) -> None:
        self.write(f"return {tuple_text(self.operands(op))}")

    def _call(self, op: Operation) -> None:
        callee = cast(SymbolRefAttr, attribute(op, "callee")).root_reference.data
        operands = self.operands(op)
        if callee in self._defined:
            targets = "".join(f"{self.name(result)}, " for result in op.results)
            call = f"yield from {identifier(callee)}({', '.join(['core', *operands])})"
            self.write(f"{targets}= {call}" if targets else call)
            return
        self._devices[callee] = None
        self.write(f"core.call({device(callee)}, {tuple_text(operands)})")

    def _for(self, op: Operation) -> None:
        low, high, step, *initial = self.operands(op)
        index, *carried = [self.name(argument) for argument in op.regions[0].block.args]
        self._move(carried, initial)
        self.write(f"for {index} in range({low}, {high}, {step}):")
        self._body(op.regions[0].block, carried)
        self._move([self.name(result) for result in op.results], carried)

    def _if(self, op: Operation) -> None:
        results = [self.name(result) for result in op.results]
        self.write(f"if {self.operands(op)[0]} & 1:")
        self._body(op.regions[0].block, results)
        if len(op.regions) > 1 and op.regions[1].blocks:
            self.write("else:")
            self._body(op.regions[1].block, results)

    def _while(self, op: Operation) -> None:
        before, after = (region.block for region in op.regions)
        self._move([self.name(argument) for argument in before.args], self.operands(op))
        self.write("while True:")
        self.depth += 1
        *ops, condition = before.ops
        for inner in ops:
            self._step(inner)
        going_on, *values = self.operands(condition)
        results = [self.name(result) for result in op.results]
        self._move(results, values)
        self.write(f"if not {going_on} & 1: break")
        self._move([self.name(argument) for argument in after.args], values)
        self.depth -= 1
        self._body(after, [self.name(argument) for argument in before.args])

    def _body(self, block: Block, targets: Sequence[str]) -> None:
        self.depth += 1
        self.write("pass")
        for op in block.ops:
            self.line = line_of(op) or self.line
            if op_name(op) == "scf.yield":
                self._move(targets, self.operands(op))
            else:
                self._step(op)
        self.depth -= 1

    def _move(self, targets: Sequence[str], sources: Sequence[str]) -> None:
        if targets:
            self.write(f"{', '.join(targets)} = {', '.join(sources)}")

    def _assert(self, op: Operation) -> None:
        self.write(f"if not {self.operands(op)[0]} & 1: failed({text_of(attribute(op, 'msg'))!r})")

    def _store_number(self, op: Operation) -> None:
        value, target = self.operands(op)
        self.write(f"{target}[0] = {value}")

    def _load_number(self, op: Operation) -> None:
        self.assign(op, f"{self.operands(op)[0]}[0]")

    # Synchronisation.

    def _flag(self, op: Operation) -> None:
        given = attribute(op, "static_event_id")
        found = re.search(r"EVENT_ID(\d+)", str(given))
        number = found[1] if found else self.operands(op)[0]
        setter, waiter = _unit(op, "set_pipe"), _unit(op, "wait_pipe")
        what = op_name(op).removeprefix("hivm.hir.")
        self.write(f"core.{what}({setter}, {waiter}, {number})")

    def _barrier(self, op: Operation) -> None:
        is_all = "PIPE_ALL" in str(attribute(op, "pipe"))
        self.write(f"core.barrier({-1 if is_all else _unit(op, 'pipe')})")

    def _block_set(self, op: Operation) -> None:
        self.write(f"core.block_set({_unit(op, 'tpipe')}, {self._block_flag(op)})")

    def _block_wait(self, op: Operation) -> None:
        self.write(f"while not core.block_wait({self._block_flag(op)}): yield")

    def _block_flag(self, op: Operation) -> str:
        given = attribute(op, "static_flag_id")
        return constant(given) if given is not None else self.operands(op)[0]

    def _block_index(self, op: Operation) -> None:
        self.assign(op, "core.block")

    def _sub_block_index(self, op: Operation) -> None:
        self.assign(op, "core.sub_block")

    STEPS: ClassVar[dict[str, Callable[[_Decoder, Operation], None]]] = {
        "func.return": _return,
        "func.call": _call,
        "scf.for": _for,
        "scf.if": _if,
        "scf.while": _while,
        "cf.assert": _assert,
        "llvm.store": _store_number,
        "llvm.load": _load_number,
        "hivm.hir.set_flag": _flag,
        "hivm.hir.wait_flag": _flag,
        "hivm.hir.pipe_barrier": _barrier,
        "hivm.hir.sync_block_set": _block_set,
        "hivm.hir.sync_block_wait": _block_wait,
        "hivm.hir.get_block_idx": _block_index,
        "hivm.hir.get_sub_block_idx": _sub_block_index,
    }


def _unit(op: Operation, name: str) -> int:
    found = re.search(r"PIPE_(\w+)", str(attribute(op, name)))
    if found is None or found[1] not in UNIT:
        raise UnknownOperation(f"the simulator doesn't know the unit of '{op_name(op)}'")
    return UNIT[found[1]]
