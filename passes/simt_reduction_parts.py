"""Long reductions of few results, cut into parts that a second kernel brings together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xdsl.dialects import memref
from xdsl.ir import Attribute, Block, Region

from ..dialects.simt.schedule import REDUCTION, Schedule
from .buffers import memref_of
from .scalar_ops import ScalarOps
from .simt_fills import Starts
from .simt_lanes import WARP
from .simt_nests import Loop, Nest, Place
from .simt_product_ops import Values
from .simt_reduction_schedule import power_of_two
from .structured_ops import generic

Body = Callable[[ScalarOps, Values, Values], Values]
"""What is appended for what a part came to, and what all before it did; it gives the next."""


class InParts:
    """What the parts of a reduction come to: `memories` of it, and the `nest` over the parts."""

    def __init__(self, nest: Nest, types: Sequence[Attribute], parts: int, body: Body) -> None:
        self._first = nest
        self._parts = parts
        self._allocated = [self._allocate(type) for type in types]
        self.memories = [op.memref for op in self._allocated]
        self.nest = self._over_parts(types, body)

    def schedule(self) -> Schedule:
        """Return how the parts are brought together: by a warp for each result, at most."""
        lanes = min(WARP, power_of_two(self._parts))
        threads = max(lanes, min(256, lanes * power_of_two(self.nest.points)))
        numbers = {"threads": threads, "lanes": lanes, "across": 1, "width": 1, "parts": 1}
        return Schedule(REDUCTION, numbers)

    def moved(self, starts: Starts) -> Starts:
        """Return what outputs start from, by their positions in the nest over the parts."""
        by = self.nest.inputs - self._first.inputs
        return {position + by: constant for position, constant in starts.items()}

    def free(self) -> None:
        """Append the end of the memories, behind the kernels that are launched so far."""
        op = self._first.op
        for memory in self.memories:
            self._before(memref.DeallocOp.create(operands=(memory,), location=op.location))
        self.nest.op.erase()

    def _allocate(self, type: Attribute) -> memref.AllocOp:
        shape = self._first.points, self._parts
        properties = memref.AllocOp.get(type, None, shape).properties
        op = memref.AllocOp.create(
            result_types=(memref_of(type, shape),),
            properties=properties,
            location=self._first.op.location,
        )
        self._before(op)
        return op

    def _before(self, op: memref.AllocOp | memref.DeallocOp) -> None:
        block = self._first.op.parent_block()
        assert block is not None, "an op of a function is in a block"
        block.insert_op_before(op, self._first.op)

    def _over_parts(self, types: Sequence[Attribute], body: Body) -> Nest:
        nest, many = self._first, len(types)
        outputs = [nest.op.operands[position] for position in nest.outputs]
        block = Block(arg_types=[*types, *types])
        ops = ScalarOps(block, nest.op.location)
        ops.give(*body(ops, block.args[:many], block.args[many:]))
        op = generic(self.memories, outputs, [()] * (2 * many), [], Region(block), nest.op.location)
        places = [Place(value, type, 0) for value, type in zip(self.memories, types, strict=True)]
        written = [nest.places[position] for position in nest.outputs]
        loops: list[Loop] = []
        size = self._parts
        for loop in reversed(nest.parallel):
            steps = tuple(loop.steps[position] for position in nest.outputs)
            loops.append(Loop(loop.number, loop.extent, True, (*[size] * many, *steps)))
            size *= loop.extent
        over = Loop(-1, self._parts, False, (*[1] * many, *[0] * many))
        return Nest(op, (*places, *written), (*reversed(loops), over))
