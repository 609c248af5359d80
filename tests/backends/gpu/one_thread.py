"""What one thread of a kernel reads and writes, without the memory: of tensors of any size."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import IndexType, IntegerType
from xdsl.ir import Attribute, Block, Operation, SSAValue

from foldaway.dialects import simt

_COMPARISONS = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")


@dataclass
class OneThread:
    """A thread that ran: the indices that it read and wrote of each parameter, by its number."""

    kernel: simt.KernelOp
    block: int
    thread: int
    read: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    written: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _values: dict[SSAValue, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._run(self.kernel.body.block)

    def _run(self, block: Block) -> list[Any]:
        for op in block.ops:
            if isinstance(op, scf.YieldOp):
                return [self._values.get(value) for value in op.operands]
            self._step(op)
        return []

    def _step(self, op: Operation) -> None:
        match op:
            case simt.ThreadIdOp():
                self._give(op, [self.thread])
            case simt.BlockIdOp():
                self._give(op, [self.block])
            case simt.LoadOp():
                self._note(self.read, op.memory, op.index, len(op.values))
            case simt.StoreOp():
                self._note(self.written, op.memory, op.index, len(op.values))
            case scf.IfOp():
                regions = [region for region in op.regions if region.blocks]
                taken = 0 if self._values[op.cond] else 1
                self._give(op, self._run(regions[taken].block) if taken < len(regions) else [])
            case scf.ForOp():
                self._loop(op)
            case _:
                self._compute(op)

    def _loop(self, op: scf.ForOp) -> None:
        carried = [self._values.get(value) for value in op.iter_args]
        first, end, step = (self._values[value] for value in (op.lb, op.ub, op.step))
        for number in range(first, end, step):
            self._values |= zip(op.body.block.args, [number, *carried], strict=True)
            carried = self._run(op.body.block)
        self._give(op, carried)

    def _note(self, found: dict[int, list[int]], memory: SSAValue, at: SSAValue, many: int) -> None:
        if memory in self.kernel.body.block.args:
            number = self.kernel.body.block.args.index(memory)
            found[number] += range(self._values[at], self._values[at] + many)

    def _give(self, op: Operation, values: Sequence[Any]) -> None:
        for result, value in zip(op.results, values, strict=False):
            self._values[result] = _wrapped(value, result.type)

    def _compute(self, op: Operation) -> None:
        """Do integer arithmetic as the machine does; numbers from memory are unknown."""
        values = [self._values.get(value) for value in op.operands]
        if isinstance(op, arith.ConstantOp):
            number = getattr(getattr(op.value, "value", None), "data", None)
            self._give(op, [number if isinstance(number, int) else None])
        elif values and len(op.results) == 1 and None not in values:
            self._give(op, [_computed(op, [int(value) for value in values])])


def _computed(op: Operation, values: Sequence[int]) -> int | None:
    bits = getattr(op.operands[0].type, "bitwidth", 64)
    low = [value % (1 << bits) for value in values]
    match op:
        case arith.AddiOp():
            return values[0] + values[1]
        case arith.SubiOp():
            return values[0] - values[1]
        case arith.MuliOp():
            return values[0] * values[1]
        case arith.DivUIOp():
            return low[0] // low[1]
        case arith.RemUIOp():
            return low[0] % low[1]
        case arith.ShRUIOp():
            return low[0] >> low[1]
        case arith.AndIOp():
            return values[0] & values[1]
        case arith.MinSIOp():
            return min(values)
        case arith.MaxSIOp():
            return max(values)
        case arith.SelectOp():
            return values[1] if values[0] else values[2]
        case arith.ExtSIOp() | arith.IndexCastOp():
            return values[0]
        case arith.CmpiOp():
            name = _COMPARISONS[op.predicate.value.data]
            lhs, rhs = low if name.startswith("u") else values
            kind = name.removeprefix("u").removeprefix("s")
            return {"eq": lhs == rhs, "lt": lhs < rhs, "le": lhs <= rhs}[kind]
        case _:
            return None


def _wrapped(value: Any, type: Attribute) -> Any:
    """Return what is left of a number in a register."""
    if not isinstance(value, int) or not isinstance(type, IntegerType | IndexType):
        return value
    bits = getattr(type, "bitwidth", 64)
    if bits == 1:
        return value % 2
    return (value + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))
