"""Put tensors into memory: functions of tensors become functions of buffers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from xdsl.context import Context
from xdsl.dialects import arith, func, memref, tensor
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    DenseIntOrFPElementsAttr,
    ModuleOp,
    StringAttr,
    SymbolRefAttr,
    UnitAttr,
)
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.passes import ModulePass

from ..dialects.append import defaults
from ..dialects.source import reject
from .buffers import Buffer, Memory, Storage, element_type, extents, has_value, memref_of, row_major
from .control_regions import CapturedValues, has_blocks
from .destinations import destinations
from .fuse_elementwise_to_generic import is_tensors
from .lower_graph_to_linalg import replace_body
from .overwriting import Overwriting
from .place_control import CONTROL
from .structured_ops import segments, shape_of


@dataclass(frozen=True)
class PlaceBuffersPass(ModulePass):
    """Let each function of tensors take its results as parameters and return nothing.

    Parameters are dense memrefs, first the inputs, which are only read, then the results.
    Each `linalg.generic` writes into memory: a result's where the value becomes that result,
    that of the tensor it updates where nothing else reads that, else memory allocated here.
    Memory that is no longer read is used again; all of it is given back at the end.
    Slices and reshapes are views; constants that differ by element become globals.
    Both sides of a branch write into the same memory; so do all rounds of a loop.
    """

    name = "place-buffers"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite each function of tensors; raise CompileError for an op that isn't loops."""
        for function in list(op.body.block.ops):
            if isinstance(function, func.FuncOp) and is_tensors(function):
                Placer(op, function).place()


class Placer:
    """Rebuilds one function, op after op."""

    def __init__(self, module: ModuleOp, function: func.FuncOp) -> None:
        self.module = module
        self.function = function
        old = function.body.block
        self.ops = list(old.ops)
        self.returned = self.ops[-1]
        self.captured = CapturedValues(old)
        self.overwriting = Overwriting()
        types = [*old.arg_types, *(value.type for value in self.returned.operands)]
        self.block = Block(arg_types=[memref_of(element_type(t), extents(t)) for t in types])
        self.memory = Memory(self.block, function.location)
        self.buffers: dict[SSAValue, Buffer] = {}
        self.scalars: dict[SSAValue, SSAValue] = {}
        self.globals: dict[Attribute, Buffer] = {}
        for before, after in zip(old.args, self.block.args, strict=False):
            after.name_hint, after.location = before.name_hint, before.location
            self.buffers[before] = parameter(after)
        self.results = [parameter(arg) for arg in self.block.args[len(old.args) :]]
        self.places = destinations(self.ops, self.results)

    def place(self) -> None:
        """Replace the function's body."""
        for op in self.ops:
            self.step(op)
        replace_body(self.function, self.block)

    def step(self, op: Operation) -> None:
        """Append what one op becomes."""
        self.memory.location = op.location
        handle = HANDLERS.get(type(op)) or CONTROL.get(op.name)
        if handle is None:
            reject(
                op,
                f"{op.name} can't write into memory",
                "run fuse-elementwise-to-generic before place-buffers",
            )
        handle(self, op)
        self.count(op)

    def count(self, op: Operation) -> None:
        """Note which tensors are read once less, and release what nothing reads."""
        touched: dict[Storage, None] = {}
        for result in () if has_blocks(op) else op.results:
            buffer = self.buffers.get(result)
            if buffer is not None:
                self.bind([result], [buffer])
                touched[buffer.storage] = None
        for value in op.operands:
            buffer = self.buffers.get(value)
            if buffer is not None:
                buffer.storage.readers -= 1
                touched[buffer.storage] = None
        for storage in touched:
            self.memory.release(storage)

    def bind(self, values: Sequence[SSAValue], buffers: Sequence[Buffer]) -> None:
        """Note where tensors lie, and that their uses are to come."""
        for value, buffer in zip(values, buffers, strict=True):
            self.buffers[value] = buffer
            buffer.storage.readers += sum(1 for _ in value.uses)

    def read(self, value: SSAValue) -> Buffer:
        """Return where a tensor lies; one without a value gets memory with any."""
        if value not in self.buffers:
            self.buffers[value] = self.memory.allocate(value.type)
        return self.buffers[value]

    def update(self, result: SSAValue, old: SSAValue) -> Buffer:
        """Return where a tensor goes that updates another, with the other's elements in it."""
        buffer = self.buffers[result] = self.memory.resolve(self.places[result])
        if has_value(old) and self.read(old) is not buffer:
            self.memory.copy(self.read(old), buffer)
        return buffer

    def constant(self, op: Operation) -> None:
        """Keep a scalar; make a global of a tensor, one of each value."""
        constant = cast(arith.ConstantOp, op)
        type = op.results[0].type
        if element_type(type) is type:
            clone = op.clone()
            clone.location = op.location
            self.scalars[constant.result] = self.memory.add(clone)
            return
        value = cast(DenseIntOrFPElementsAttr, constant.value)
        if value not in self.globals:
            self.globals[value] = self._global(value, type)
        self.buffers[constant.result] = self.globals[value]

    def _global(self, value: DenseIntOrFPElementsAttr, type: Attribute) -> Buffer:
        name = f"{self.function.sym_name.data}.constant{len(self.globals)}"
        memory = memref_of(element_type(type), extents(type))
        made = memref.GlobalOp.create(
            properties={
                "sym_name": StringAttr(name),
                "sym_visibility": StringAttr("private"),
                "type": memory,
                "initial_value": value,
                "constant": UnitAttr(),
            },
            location=self.memory.location,
        )
        self.module.body.block.insert_op_before(made, self.function)
        got = memref.GetGlobalOp.create(
            result_types=(memory,),
            properties={"name": SymbolRefAttr(name)},
            location=self.memory.location,
        )
        # Other regions may have the same constant, and only the body stands before them all.
        self.memory.body.add_op(got)
        return parameter(got.memref)

    def generic(self, op: Operation) -> None:
        """Let a loop nest write into its results' memory; one that never runs is left out."""
        loops = cast(linalg.GenericOp, op)
        inputs = [self.read(value) for value in loops.inputs]
        outputs = [
            self.update(result, out) for result, out in zip(op.results, loops.outputs, strict=True)
        ]
        if any(0 in shape_of(value) for value in op.operands):
            return
        region = op.regions[0]
        op.detach_region(region)
        if self.scalars:
            for inner in region.block.ops:
                for i, value in enumerate(inner.operands):
                    if value in self.scalars:
                        inner.operands[i] = self.scalars[value]
        self.memory.block.add_op(
            linalg.GenericOp.create(
                operands=[buffer.value for buffer in (*inputs, *outputs)],
                properties={
                    "indexing_maps": loops.indexing_maps,
                    "iterator_types": loops.iterator_types,
                    "operandSegmentSizes": segments(len(inputs), len(outputs)),
                },
                regions=[region],
                location=op.location,
            )
        )

    def insert(self, op: Operation) -> None:
        """Copy a part into the memory of the whole, unless it was computed there."""
        insert = cast(tensor.InsertSliceOp, op)
        whole = self.update(op.results[0], insert.dest)
        place = self.places.get(insert.source)
        source = self.read(insert.source)
        if place is not None and place.part is not None and place.buffer is source:
            return
        sizes = insert.static_sizes.get_values()
        if 0 not in sizes:
            offsets, strides = insert.static_offsets, insert.static_strides
            part = self.memory.part(whole, offsets.get_values(), sizes, strides.get_values())
            self.memory.copy(source, part)

    def extract(self, op: Operation) -> None:
        """See a part of a tensor where it lies."""
        extract = cast(tensor.ExtractSliceOp, op)
        if extract.offsets:
            axis = extract.static_offsets.get_values().index(DYNAMIC_INDEX)
            index, source = self.scalars[extract.offsets[0]], self.read(extract.source)
            self.buffers[op.results[0]] = self.memory.entry(source, axis, index)
            return
        self.buffers[op.results[0]] = self.memory.part(
            self.read(extract.source),
            extract.static_offsets.get_values(),
            extract.static_sizes.get_values(),
            extract.static_strides.get_values(),
        )

    def reshape(self, op: Operation) -> None:
        """See a tensor in another shape where it lies, if it lies densely."""
        result, source = op.results[0], self.read(op.operands[0])
        place = self.places.get(result)
        inner = self.places.get(op.operands[0])
        computed_there = inner is not None and inner.buffer is source and inner.parent is place
        if place is not None and computed_there:
            self.buffers[result] = self.memory.resolve(place)
        else:
            self.buffers[result] = self.memory.reshaped(source, shape_of(result))

    def load(self, op: Operation) -> None:
        """Read the one element of a tensor."""
        load = memref.LoadOp.create(
            operands=[self.read(op.operands[0]).value, *op.operands[1:]],
            properties=defaults(memref.LoadOp),
            result_types=op.result_types,
            location=op.location,
        )
        self.scalars[op.results[0]] = self.memory.add(load)

    def scalar(self, op: Operation) -> None:
        """Compute a number that isn't in memory."""
        clone = op.clone(self.scalars)
        clone.location = op.location
        self.scalars[op.results[0]] = self.memory.add(clone)

    def give(self, values: Sequence[SSAValue], targets: Sequence[Buffer]) -> None:
        """Copy tensors where they shall go, unless they lie there or have no value."""
        for value, target in zip(values, targets, strict=True):
            if has_value(value) and self.read(value) is not target:
                self.memory.copy(self.read(value), target)

    def finish(self, op: Operation) -> None:
        """Copy the results that lie elsewhere into their parameters."""
        self.give(op.operands, self.results)
        self.memory.deallocate()
        self.block.add_op(func.ReturnOp.create(location=op.location))

    def nothing(self, op: Operation) -> None:
        """Wait with the memory of a tensor without a value until something is written."""


def parameter(value: SSAValue) -> Buffer:
    """Return memory that is given, not allocated."""
    return Buffer(value, Storage(value, owned=False), row_major(shape_of(value)), 0)


HANDLERS: dict[type[Operation], Callable[[Placer, Operation], None]] = {
    arith.ConstantOp: Placer.constant,
    linalg.GenericOp: Placer.generic,
    arith.IndexCastOp: Placer.scalar,
    tensor.EmptyOp: Placer.nothing,
    tensor.InsertSliceOp: Placer.insert,
    tensor.ExtractOp: Placer.load,
    tensor.ExtractSliceOp: Placer.extract,
    tensor.CollapseShapeOp: Placer.reshape,
    tensor.ExpandShapeOp: Placer.reshape,
    func.ReturnOp: Placer.finish,
}
