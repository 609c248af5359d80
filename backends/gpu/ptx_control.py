"""The steps of a kernel and of the functions that it calls: one list, with jumps resolved.

Source: PTX ISA 9.0, "Control Flow Instructions", "Abstracting the ABI", "Predicated Execution".
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from .ptx_decode import MALFORMED, Action, Decoder, Machine, Read, Write, type_of
from .ptx_errors import PtxError, PtxSyntaxError, UnsupportedPtx, WrongLaunch
from .ptx_instructions import decode
from .ptx_state import Register
from .ptx_syntax import Function, Group, Instruction, Module, Name, Operand, names_in
from .ptx_types import ptx_type
from .ptx_warps import Collective


@dataclass(frozen=True)
class Branch:
    """Goes to one of `targets`: the only one, or the one that `index` says."""

    targets: tuple[int, ...]
    index: Read | None = None


@dataclass(frozen=True)
class Call:
    """Goes to `target`, after copies of parameters (from, to, size); `results` at the return."""

    target: int
    function: int
    arguments: tuple[tuple[int, int, int], ...]
    results: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Return:
    """Goes back to where function number `function` was called, 0: ends the thread."""

    function: int


@dataclass(frozen=True)
class BlockBarrier:
    """A barrier of the block: its number, how many threads (None: all), what it reduces.

    `waits` is false for bar.arrive, `aligned` asks that warps arrive as one; `reduces` is popc,
    and, or, with the values and the target.
    """

    number: Read
    count: Read | None
    waits: bool
    aligned: bool
    reduces: str = ""
    value: Read | None = None
    write: Write | None = None


Control: TypeAlias = Branch | Call | Return | BlockBarrier | Collective


@dataclass(frozen=True)
class Step:
    """One instruction, decoded: a plain `action`, or `control`; `guard` is its predicate."""

    instruction: Instruction
    action: Action | None
    control: Control | None
    guard: Read | None


@dataclass
class Layout:
    """Where variables lie: `symbols` of each function (state space, address), and sizes."""

    symbols: dict[str, dict[str, tuple[str, int]]]
    sizes: dict[str, int] = field(default_factory=dict[str, int])

    def place(self, space: str, size: int, alignment: int) -> int:
        """Return the place of a new variable."""
        start = -(-self.sizes.get(space, 0) // alignment) * alignment
        self.sizes[space] = start + size
        return start


def reachable(module: Module, kernel: str) -> list[Function]:
    """Return the kernel and the functions that it calls; none may call itself."""
    if kernel not in module.functions:
        raise WrongLaunch(f"the text has no kernel {kernel}")
    found: list[Function] = []
    _visit(module, kernel, found, [])
    return found


def _visit(module: Module, name: str, found: list[Function], path: list[str]) -> None:
    if name in path:
        raise UnsupportedPtx(f"{name} calls itself")
    function = module.functions[name]
    if function in found:
        return
    found.append(function)
    for instruction in function.code:
        if instruction.parts[0] == "call":
            _, callee, _ = _call_operands(instruction)
            if callee not in module.functions:
                error = UnsupportedPtx(f"a call of {callee}, which the text has no code of")
                raise located(error, instruction)
            _visit(module, callee, found, [*path, name])


def located(error: PtxError, instruction: Instruction) -> PtxError:
    """Return `error` with the place of the instruction."""
    if not error.line:
        error.line, error.text = instruction.line, instruction.text
    return error


def malformed(error: Exception) -> UnsupportedPtx:
    """Return what an exception of `MALFORMED` says of an instruction."""
    return UnsupportedPtx(f"a form that the instruction doesn't have here ({error or type(error)})")


def _call_operands(
    instruction: Instruction,
) -> tuple[tuple[Operand, ...], str, tuple[Operand, ...]]:
    groups = list(instruction.operands)
    results: tuple[Operand, ...] = ()
    if groups and isinstance(groups[0], Group):
        results = groups[0].items
        del groups[0]
    callee = groups[0] if groups else None
    if not isinstance(callee, Name) or callee.text.startswith("%"):
        raise located(UnsupportedPtx("a call through a register"), instruction)
    arguments = groups[1] if len(groups) > 1 else None
    return results, callee.text, arguments.items if isinstance(arguments, Group) else ()


class Linker:
    """Decodes functions, one behind the other."""

    def __init__(self, functions: list[Function], layout: Layout, machine: Machine):
        self._functions = functions
        self._layout = layout
        self._machine = machine
        self._numbers = {function.name: i for i, function in enumerate(functions)}
        self._starts: dict[str, int] = {}
        start = 0
        for function in functions:
            self._starts[function.name] = start
            start += len(function.code) + 1  # a return, if control runs off the end
        self.registers: list[Register] = []

    def steps(self) -> list[Step]:
        """Return all steps; the kernel's come first."""
        steps: list[Step] = []
        lanes = self._machine.geometry.lanes
        for number, function in enumerate(self._functions):
            used = names_in(function)
            registers = {
                name: Register(name.split("~")[0], ptx_type(kind).bits, lanes)
                for name, kind in function.registers.items()
                if name in used
            }
            self.registers += registers.values()
            decoder = Decoder(self._machine, registers, self._layout.symbols[function.name])
            for instruction in function.code:
                try:
                    steps.append(self._step(decoder, function, instruction))
                except PtxError as error:
                    raise located(error, instruction) from None
                except MALFORMED as error:
                    raise located(malformed(error), instruction) from error
            end = Instruction(("ret",), (), None, function.line, "the end of the function")
            steps.append(Step(end, None, Return(number), None))
        return steps

    def _step(self, decoder: Decoder, function: Function, instruction: Instruction) -> Step:
        guard = None if instruction.guard is None else decoder.raw(instruction.guard, 1)
        decoded = self._control(decoder, function, instruction)
        if decoded is None:
            decoded = decode(decoder, instruction)
        if callable(decoded):
            return Step(instruction, decoded, None, guard)
        return Step(instruction, None, decoded, guard)

    def _control(
        self, decoder: Decoder, function: Function, instruction: Instruction
    ) -> Control | None:
        parts, operands = instruction.parts, instruction.operands
        match parts[0]:
            case "bra":
                return Branch((self._label(function, operands[0]),))
            case "brx":
                table = operands[1]
                assert isinstance(table, Name)
                targets = [self._label(function, Name(t)) for t in function.targets[table.text]]
                return Branch(tuple(targets), decoder.raw(operands[0], 32))
            case "ret":
                return Return(self._numbers[function.name])
            case "exit":
                return Return(0)
            case "call":
                return self._call(function, instruction)
            case "bar" | "barrier" if parts[1] in ("sync", "arrive", "red", "cta"):
                return _barrier(decoder, instruction)
            case _:
                return None

    def _label(self, function: Function, operand: Operand) -> int:
        if not isinstance(operand, Name) or operand.text not in function.labels:
            raise PtxSyntaxError(f"no label: {operand}")
        return self._starts[function.name] + function.labels[operand.text]

    def _call(self, function: Function, instruction: Instruction) -> Call:
        results, name, arguments = _call_operands(instruction)
        callee = next(f for f in self._functions if f.name == name)
        if len(results) != len(callee.results) or len(arguments) != len(callee.parameters):
            raise PtxSyntaxError(f"{name} has other parameters")
        own, other = self._layout.symbols[function.name], self._layout.symbols[name]

        def pairs(operands: tuple[Operand, ...], variables: list[str]) -> list[tuple[int, int]]:
            found: list[tuple[int, int]] = []
            for operand, variable in zip(operands, variables, strict=True):
                if not isinstance(operand, Name) or operand.text not in own:
                    raise UnsupportedPtx("a call with registers as parameters")
                found.append((own[operand.text][1], other[variable][1]))
            return found

        sizes = [v.size or 0 for v in callee.parameters]
        into = pairs(arguments, [v.name for v in callee.parameters])
        back = pairs(results, [v.name for v in callee.results])
        result_sizes = [v.size or 0 for v in callee.results]
        return Call(
            self._starts[name],
            self._numbers[name],
            tuple((a, b, size) for (a, b), size in zip(into, sizes, strict=True)),
            tuple((b, a, size) for (a, b), size in zip(back, result_sizes, strict=True)),
        )


def _barrier(decoder: Decoder, instruction: Instruction) -> BlockBarrier:
    parts = [part for part in instruction.parts if part not in ("cta", "aligned")]
    aligned = parts[0] == "bar" or "aligned" in instruction.parts
    operands = list(instruction.operands)
    if parts[1] != "red":
        number = decoder.raw(operands[0], 32)
        count = decoder.raw(operands[1], 32) if len(operands) > 1 else None
        return BlockBarrier(number, count, parts[1] == "sync", aligned)
    target, number, *count, source = operands
    return BlockBarrier(
        decoder.raw(number, 32),
        decoder.raw(count[0], 32) if count else None,
        True,
        aligned,
        parts[2],
        decoder.raw(source, 1),
        decoder.write(target, type_of(instruction)),
    )
