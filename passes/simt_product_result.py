"""Results of a product: through shared memory into order, then through what follows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xdsl.dialects import arith
from xdsl.dialects.linalg.ops import YieldOp
from xdsl.ir import Attribute, SSAValue

from ..dialects.access import Access, storage_of
from ..dialects.epilogue import Epilogue
from ..dialects.simt.memory import bytes_of
from .simt_kernel import KernelBuilder
from .simt_product import Product, is_read_later
from .simt_product_copy import far_type, shared
from .simt_product_fma import Piece
from .simt_product_ops import Number, Values
from .simt_product_schedule import ProductSchedule, slab_pitch, slab_rows
from .structured_ops import element_of

_WIDEST = 16
"""Bytes of the widest access."""


class ResultWriter:
    """Writes a block's tile of the result, some rows of its warps at a time."""

    def __init__(
        self,
        product: Product,
        schedule: ProductSchedule,
        builder: KernelBuilder,
        *,
        thread: Number,
        warp_row: Number,
        start: tuple[Number, Number],
        batch: Sequence[Number],
    ) -> None:
        self.ops = builder.ops
        self.product = product
        self.schedule = schedule
        self.thread = thread
        self.warp_row = warp_row
        self.start = start
        self.end = Ending(product, builder, batch)

    def write(self, pieces: Sequence[Piece], sums: Values) -> None:
        """Append the exchange of the sums and all that follows them."""
        ops, schedule, element = self.ops, self.schedule, self.product.element
        rows, pitch = slab_rows(schedule, self.product), slab_pitch(schedule, self.product)
        memory = shared(ops, element, rows * pitch, 0)
        warps = rows // (schedule.rows // schedule.warp_rows)
        slab_of_warp, warp_in_slab = ops.divide(self.warp_row, warps)

        def one(slab: Number, _: Values) -> Values:
            first = ops.multiply(warp_in_slab, rows // warps)

            def give() -> None:
                for piece in pieces:
                    row = ops.multiply(ops.add(first, piece.row), pitch)
                    values = [sums[n] for n in piece.values]
                    align = len(values) * bytes_of(element)
                    index = ops.value(ops.add(row, piece.column))
                    ops.store(memory, index, values, min(align, _WIDEST))

            ops.barrier()
            ops.branch(ops.equal(slab_of_warp, slab), give)
            ops.barrier()
            self._write_slab(memory, rows, ops.multiply(slab, rows))
            return ()

        ops.loop(schedule.rows // rows, (), one)

    def _write_slab(self, memory: SSAValue, rows: int, start: Number) -> None:
        """Append the loop through rows that lie in shared memory, by all threads."""
        ops, schedule, product = self.ops, self.schedule, self.product
        size = bytes_of(product.element)
        width = _WIDEST // size if size >= 4 else 1
        width = width if product.rhs.extent % width == 0 else 1
        row_pieces, pitch = schedule.columns // width, slab_pitch(schedule, product)
        pieces = rows * row_pieces

        def some(round: Number, _: Values) -> Values:
            number = ops.add(self.thread, ops.multiply(round, schedule.threads))
            row, column = ops.divide(number, row_pieces)
            column = ops.multiply(column, width)
            m, n = ops.add(self.start[0], start, row), ops.add(self.start[1], column)

            def element() -> None:
                index = ops.value(ops.add(ops.multiply(row, pitch), column))
                values = ops.load(memory, index, product.element, width, width * size)
                self.end.write(m, n, values)

            there = (
                pieces % schedule.threads == 0 or ops.less(number, pieces),
                product.lhs.extent % schedule.rows == 0 or ops.less(m, product.lhs.extent),
                product.rhs.extent % schedule.columns == 0 or ops.less(n, product.rhs.extent),
            )
            ops.branch(ops.both(*there), element)
            return ()

        ops.loop(-(-pieces // schedule.threads), (), some)


class Ending:
    """What follows the sums of neighbouring elements of a row, down to the results."""

    def __init__(
        self,
        product: Product,
        builder: KernelBuilder,
        batch: Sequence[Number],
    ) -> None:
        self.ops = builder.ops
        self.product = product
        self.builder = builder
        self.batch = batch

    def write(self, m: Number, n: Number, sums: Values) -> None:
        """Append it for the elements from row `m` and column `n` on."""
        ops, product = self.ops, self.product
        part = _Part(self, (m, n, *self.batch), len(sums))
        out = product.result.accesses[-1]
        assert out is not None, "the result is in memory"
        key = storage_of(product.op.outputs[0]), out
        if product.fill is None:
            sums = [ops.sum(old, new) for old, new in zip(part.read(*key), sums, strict=True)]
        part.known[key] = sums
        for tail in product.tails:
            part.run(tail)
        for (memory, access), values in part.known.items():
            if (memory, access) in part.written and is_read_later(memory, product):
                part.write(memory, access, values)


_Key = tuple[SSAValue, Access]


class _Part:
    """Neighbouring elements of a row while what follows the sums goes through them."""

    def __init__(self, end: Ending, at: Sequence[Number], width: int) -> None:
        self.ops = end.ops
        self.builder = end.builder
        self.at = at
        self.width = width
        out = end.product.result.accesses[-1]
        assert out is not None, "the result is in memory"
        self.known: dict[_Key, Values] = {}
        """What stands in some memory, or will."""
        self.written: set[_Key] = {(storage_of(end.product.op.outputs[0]), out)}

    def run(self, tail: Epilogue) -> None:
        """Append an op on the elements."""
        op, block = tail.op, tail.op.body.block
        given: list[Callable[[int], SSAValue]] = []
        for value, access, argument in zip(op.operands, tail.accesses, block.args, strict=True):
            given.append(self._operand(value, access, is_used=argument.first_use is not None))
        results: list[list[SSAValue]] = [[] for _ in op.outputs]
        for lane in range(self.width):
            for found, value in zip(results, self._run_lane(tail, given, lane), strict=True):
                found.append(value)
        outs = zip(op.outputs, tail.accesses[len(op.inputs) :], strict=True)
        for (value, access), found in zip(outs, results, strict=True):
            assert access is not None, "results are in memory"
            self.known[storage_of(value), access] = found
            self.written.add((storage_of(value), access))

    def _operand(
        self, value: SSAValue, access: Access | None, is_used: bool
    ) -> Callable[[int], SSAValue]:
        """Return what gives an operand of each element."""
        if access is None:
            scalar = self._scalar(value)
            return lambda lane: scalar
        key = storage_of(value), access
        if not is_used:
            return lambda lane: value
        values = self.known.get(key)
        if values is None:
            values = self.known[key] = self.read(*key)
        found = values
        return lambda lane: found[lane]

    def _scalar(self, value: SSAValue) -> SSAValue:
        """Return a scalar of the host's function."""
        if isinstance(value.owner, arith.ConstantOp):
            return self.ops.known(value.owner)
        return self.builder.parameter(value)

    def _run_lane(
        self, tail: Epilogue, given: Sequence[Callable[[int], SSAValue]], lane: int
    ) -> Sequence[SSAValue]:
        block = tail.op.body.block
        known: dict[SSAValue, SSAValue] = {
            argument: give(lane) for argument, give in zip(block.args, given, strict=True)
        }
        for op in block.ops:
            if isinstance(op, arith.ConstantOp):
                known[op.result] = self.ops.known(op)
                continue
            for operand in op.operands:
                if operand not in known:
                    known[operand] = self._scalar(operand)
            if isinstance(op, YieldOp):
                return [known[value] for value in op.operands]
            copy = op.clone(known)
            known |= zip(op.results, self.ops.append(copy), strict=True)
        raise AssertionError("the verifier holds that a body ends in what it gives")

    def read(self, memory: SSAValue, access: Access) -> Values:
        """Return elements from memory."""
        ops, parameter, element = self.ops, self.builder.parameter(memory), element_of(memory)
        first, step = self._first(memory, access), access.steps[1]
        if step == 0:
            return [ops.load(parameter, first, element, 1, bytes_of(element))[0]] * self.width
        together = self._together(element, access)
        values: list[SSAValue] = []
        for lane in range(0, self.width, together):
            index = ops.add_far(first, ops.constant(lane * step, far_type(memory)))
            align = together * bytes_of(element)
            values += ops.load(parameter, index, element, together, align)
        return values

    def write(self, memory: SSAValue, access: Access, values: Values) -> None:
        """Write elements to memory."""
        ops, element = self.ops, element_of(memory)
        first, together = self._first(memory, access), self._together(element, access)
        for lane in range(0, self.width, together):
            index = ops.add_far(first, ops.constant(lane * access.steps[1], far_type(memory)))
            align = together * bytes_of(element)
            ops.store(self.builder.parameter(memory), index, values[lane : lane + together], align)

    def _first(self, memory: SSAValue, access: Access) -> SSAValue:
        terms = zip(self.at, access.steps, strict=True)
        return self.ops.place(access.first, *terms, type=far_type(memory))

    def _together(self, element: Attribute, access: Access) -> int:
        """Return how many elements one access may touch: neighbours that are aligned."""
        if access.steps[1] != 1:
            return 1
        width = min(self.width, _WIDEST // bytes_of(element))
        steps = (access.first, access.steps[0], *access.steps[2:])
        while any(step % width for step in steps):
            width //= 2
        return width
