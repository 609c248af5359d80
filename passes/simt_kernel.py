"""Builds a kernel around the body of a loop nest: its parameters, threads and bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from xdsl.dialects import arith
from xdsl.dialects.builtin import (
    IntegerType,
    LocationAttr,
    SymbolRefAttr,
    i32,
    i64,
)
from xdsl.dialects.linalg.ops import GenericOp, IndexOp, YieldOp
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from ..dialects import simt
from ..dialects.simt.memory import WIDEST, bytes_of
from .scalar_ops import INDEX
from .simt_fills import Starts
from .simt_nests import FAR, Loop, Nest, Place
from .simt_product_ops import KernelOps, Number


class Kernels:
    """The kernels of a module while they are made: their names, and where they go."""

    def __init__(self, block: Block, names: set[str]) -> None:
        self.block = block
        self.names = names
        self.count = 0
        self.starts: dict[Operation, Starts] = {}
        """What the outputs of some ops hold at first; there is nothing in their memory."""

    def add(self, kernel: simt.KernelOp, before: Operation) -> None:
        """Put a kernel into the module, before the function that launches it."""
        self.block.insert_op_before(kernel, before)

    def starts_of(self, nest: Nest) -> Starts:
        """Return what the outputs of a nest hold at first, where nothing is in their memory."""
        return self.starts.get(nest.op, {})

    def name(self) -> str:
        """Return a name that nothing else has."""
        while (name := f"k{self.count}") in self.names:
            self.count += 1
        self.names.add(name)
        return name


class KernelBuilder:
    """A kernel while it is built. What the launch gives it are memories and scalars."""

    def __init__(self, location: LocationAttr) -> None:
        self.block = Block()
        self.ops = KernelOps(self.block, location)
        self.location = location
        self.given: dict[SSAValue, SSAValue] = {}
        """What the launch is given, to the parameter."""

    def parameter(self, value: SSAValue) -> SSAValue:
        """Return the parameter that is a value of the host's function."""
        found = self.given.get(value)
        if found is None:
            found = self.block.insert_arg(value.type, len(self.block.args))
            self.given[value] = found
        return found

    def scalar(self, value: SSAValue) -> SSAValue:
        """Return a scalar of the host's function."""
        if isinstance(value.owner, arith.ConstantOp):
            return self.ops.known(value.owner)
        return self.parameter(value)

    def thread(self, threads: int, blocks: int) -> Number:
        """Return the number of the thread in the whole grid."""
        ops = self.ops
        thread = self.thread_id() if threads > 1 else 0
        return ops.add(ops.multiply(self.block_offset(blocks), threads), thread)

    def thread_id(self) -> SSAValue:
        """Return the number of the thread in its block."""
        return self.ops.append(simt.ThreadIdOp("x"))[0]

    def block_id(self) -> SSAValue:
        """Return the number of the block."""
        return self.ops.append(simt.BlockIdOp("x"))[0]

    def indices(self, number: Number, extents: Sequence[int]) -> list[Number]:
        """Return the indices along axes of an element by its number in row-major order."""
        found: list[Number] = []
        for extent in reversed(extents[1:]):
            number, index = self.ops.divide(number, extent)
            found.append(index)
        return [number, *reversed(found)] if extents else []

    def block_offset(self, blocks: int) -> Number:
        """Return the number of the block; 0 where there is but one."""
        return self.block_id() if blocks > 1 else 0

    def finish(
        self, kernels: Kernels, op: Operation, threads: int, blocks: int, shared_bytes: int = 0
    ) -> None:
        """Put the kernel into the module, and its launch before an op of the host's function."""
        self.ops.append(simt.ReturnOp())
        name = kernels.name()
        kernel = simt.KernelOp(
            name, (threads, 1, 1), (blocks, 1, 1), Region(self.block), shared_bytes
        )
        kernel.location = self.location
        around = op
        while around.parent_block() is not kernels.block:
            parent = around.parent_op()
            assert parent is not None, "an op of a module is in its block"
            around = parent
        kernels.add(kernel, around)
        launch = simt.LaunchOp.create(
            operands=list(self.given),
            properties={"kernel": SymbolRefAttr(name)},
            location=self.location,
        )
        block = op.parent_block()
        assert block is not None, "an op of a function is in a block"
        block.insert_op_before(launch, op)


class NestBody:
    """The body of a nest in a kernel, written as often as needed."""

    def __init__(self, builder: KernelBuilder, nest: Nest) -> None:
        self.builder = builder
        self.ops = builder.ops
        self.nest = nest
        self.type: IntegerType = i32 if nest.farthest <= FAR else i64

    def index(
        self, position: int, loops: Sequence[Loop], rounds: Sequence[Number], more: int = 0
    ) -> SSAValue:
        """Return the index of an operand's element in the rounds of some loops."""
        place = self.place(position)
        terms = [(round, loop.steps[position]) for loop, round in zip(loops, rounds, strict=True)]
        return self.ops.place(place.first + more, *terms, type=self.type)

    def place(self, position: int) -> Place:
        """Return where an operand's elements are."""
        place = self.nest.places[position]
        assert place is not None, "scalars are asked for nothing"
        return place

    def memory(self, position: int) -> SSAValue:
        """Return the memory of an operand."""
        return self.builder.parameter(self.place(position).root)

    def load(self, position: int, index: SSAValue, many: int = 1) -> Sequence[SSAValue]:
        """Append a load of neighbouring elements."""
        element = self.place(position).element
        align = min(many * bytes_of(element), WIDEST)
        return self.ops.load(self.memory(position), index, element, many, align)

    def store(self, position: int, index: SSAValue, values: Sequence[SSAValue]) -> None:
        """Append a store of neighbouring elements."""
        align = min(len(values) * bytes_of(self.place(position).element), WIDEST)
        self.ops.store(self.memory(position), index, values, align)

    def is_used(self, position: int) -> bool:
        """Return whether the body reads an operand."""
        return self.nest.op.body.block.args[position].first_use is not None

    def write(
        self, arguments: Mapping[int, SSAValue], rounds: Mapping[int, Number]
    ) -> list[SSAValue]:
        """Append the body; return what it gives.

        `arguments` are the elements of operands, by position; `rounds` those of loops.
        """
        values = self.values(arguments, rounds)
        return given_by(self.nest.op, values)

    def values(
        self,
        arguments: Mapping[int, SSAValue],
        rounds: Mapping[int, Number],
        without: Sequence[Operation] = (),
    ) -> dict[SSAValue, SSAValue]:
        """Append the body but for some ops; return what each of its values is."""
        block = self.nest.op.body.block
        known: dict[SSAValue, SSAValue] = {}
        for position, argument in enumerate(block.args):
            if position in arguments:
                known[argument] = arguments[position]
            elif self.nest.places[position] is None:
                known[argument] = self.builder.scalar(self.nest.op.operands[position])
        return body_values(self.builder, self.nest.op, known, rounds, without)


def write_body(
    builder: KernelBuilder, op: GenericOp, known: dict[SSAValue, SSAValue]
) -> list[SSAValue]:
    """Append the body of an op that asks for no index, on known values; return what it gives."""
    return given_by(op, body_values(builder, op, known, {}))


def body_values(
    builder: KernelBuilder,
    op: GenericOp,
    known: dict[SSAValue, SSAValue],
    rounds: Mapping[int, Number],
    without: Sequence[Operation] = (),
) -> dict[SSAValue, SSAValue]:
    """Append the ops of a body but for some; return what each of its values is."""
    ops, block = builder.ops, op.body.block
    for inner in block.ops:
        if inner in without:
            continue
        if isinstance(inner, arith.ConstantOp):
            known[inner.result] = ops.known(inner)
        elif isinstance(inner, IndexOp):
            number = ops.value(rounds.get(inner.dim.value.data, 0))
            known[inner.result] = ops.emit(arith.IndexCastOp, INDEX, number)
        else:
            for operand in inner.operands:
                if operand not in known and not _is_inside(operand, block):
                    known[operand] = builder.scalar(operand)
            if not isinstance(inner, YieldOp):
                ops.append(inner.clone(known))
    return known


def _is_inside(value: SSAValue, block: Block) -> bool:
    owner = value.owner
    return owner is block or (isinstance(owner, Operation) and owner.parent_block() is block)


def given_by(op: GenericOp, values: Mapping[SSAValue, SSAValue]) -> list[SSAValue]:
    """Return what a body gives, of all its values."""
    last = op.body.block.last_op
    assert isinstance(last, YieldOp), "the verifier holds that the body ends so"
    return [values[value] for value in last.operands]


def widest(elements: Sequence[Attribute]) -> int:
    """Return how many neighbours one access takes of the largest of some elements."""
    return WIDEST // max((bytes_of(element) for element in elements), default=WIDEST)


def rounds_of(loops: Sequence[Loop]) -> int:
    """Return how many rounds some loops have together."""
    return prod(loop.extent for loop in loops)
