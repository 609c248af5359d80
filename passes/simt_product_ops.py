"""Builds the bodies of kernels: arithmetic on numbers of which some are known, loops, branches."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import cast

from xdsl.dialects import arith, math, scf
from xdsl.dialects.builtin import IntegerType, LocationAttr, i1, i32
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from ..dialects import simt
from ..dialects.append import defaults
from .scalar_ops import COMPARE_INTEGERS, integer, scalar_attribute, width

Number = int | SSAValue
"""An i32 that is known, or that the kernel computes."""
Condition = bool | SSAValue
Values = Sequence[SSAValue]


class KernelOps:
    """Appends ops to a kernel; what is known while it is built is no op.

    Constants are written once, in front of all else. Numbers are i32 and don't wrap around.
    """

    def __init__(self, block: Block, location: LocationAttr) -> None:
        self.entry = block
        self.block = block
        self.location = location
        self._constants: dict[tuple[float, Attribute], SSAValue] = {}
        self._copied: dict[tuple[Attribute, Attribute], SSAValue] = {}

    def append(self, op: Operation) -> Values:
        """Append an op and return its results."""
        op.location = self.location
        self.block.add_op(op)
        return op.results

    def emit(self, op: type[Operation], type: Attribute, *operands: SSAValue) -> SSAValue:
        """Append an op that has one result of that type, and nothing but its defaults."""
        return self.append(
            op.create(operands=operands, result_types=(type,), properties=dict(defaults(op)))
        )[0]

    def constant(self, number: float, type: Attribute = i32) -> SSAValue:
        """Return a constant."""
        key = (number, type)
        found = self._constants.get(key)
        if found is None:
            op = arith.ConstantOp.create(
                result_types=(type,),
                properties={"value": scalar_attribute(number, type)},
                location=self.location,
            )
            self._put_first(op)
            found = self._constants[key] = op.result
        return found

    def value(self, number: Number) -> SSAValue:
        """Return a number as a value."""
        return self.constant(number) if isinstance(number, int) else number

    def add(self, *numbers: Number) -> Number:
        """Return a sum."""
        known = sum(n for n in numbers if isinstance(n, int))
        found: SSAValue | None = None
        for number in numbers:
            if isinstance(number, SSAValue):
                found = number if found is None else self._integer(arith.AddiOp, found, number)
        if found is None:
            return known
        return self._integer(arith.AddiOp, found, self.constant(known)) if known else found

    def difference(self, lhs: Number, rhs: Number) -> Number:
        """Return `lhs - rhs`."""
        if isinstance(rhs, int):
            return self.add(lhs, -rhs)
        return self._integer(arith.SubiOp, self.value(lhs), rhs)

    def multiply(self, number: Number, factor: int) -> Number:
        """Return a multiple."""
        if isinstance(number, int):
            return number * factor
        if factor in (0, 1):
            return number if factor else 0
        return self._integer(arith.MuliOp, number, self.constant(factor))

    def divide(self, number: Number, divisor: int) -> tuple[Number, Number]:
        """Return quotient and remainder of a number that isn't negative."""
        return self.quotient(number, divisor), self.remainder(number, divisor)

    def quotient(self, number: Number, divisor: int) -> Number:
        """Return the quotient of a number that isn't negative, rounded down."""
        if isinstance(number, int):
            return number // divisor
        if divisor == 1:
            return number
        if divisor.bit_count() == 1:
            shift = self.constant(divisor.bit_length() - 1)
            return self._integer(arith.ShRUIOp, number, shift)
        return self._integer(arith.DivUIOp, number, self.constant(divisor))

    def remainder(self, number: Number, divisor: int) -> Number:
        """Return what is left of a number that isn't negative."""
        if isinstance(number, int):
            return number % divisor
        if divisor == 1:
            return 0
        if divisor.bit_count() == 1:
            return self._integer(arith.AndIOp, number, self.constant(divisor - 1))
        return self._integer(arith.RemUIOp, number, self.constant(divisor))

    def xor(self, lhs: Number, rhs: Number) -> Number:
        """Return the bits that are in one of two numbers only."""
        if isinstance(lhs, int) and isinstance(rhs, int):
            return lhs ^ rhs
        return self._integer(arith.XOrIOp, self.value(lhs), self.value(rhs))

    def less(self, lhs: Number, rhs: Number) -> Condition:
        """Return whether a number is less than another."""
        if isinstance(lhs, int) and isinstance(rhs, int):
            return lhs < rhs
        return self._compare("slt", self.value(lhs), self.value(rhs))

    def equal(self, lhs: Number, rhs: Number) -> Condition:
        """Return whether two numbers are one."""
        if isinstance(lhs, int) and isinstance(rhs, int):
            return lhs == rhs
        return self._compare("eq", self.value(lhs), self.value(rhs))

    def both(self, *conditions: Condition) -> Condition:
        """Return whether all conditions hold."""
        if any(condition is False for condition in conditions):
            return False
        found: SSAValue | None = None
        for condition in conditions:
            if isinstance(condition, SSAValue):
                found = (
                    condition if found is None else self.emit(arith.AndIOp, i1, found, condition)
                )
        return True if found is None else found

    def choose(self, condition: Condition, lhs: Number, rhs: Number) -> Number:
        """Return one of two numbers."""
        if isinstance(condition, bool):
            return lhs if condition else rhs
        return self.select(condition, self.value(lhs), self.value(rhs))

    def select(self, condition: SSAValue, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Return one of two values."""
        return self.emit(arith.SelectOp, lhs.type, condition, lhs, rhs)

    def between(self, number: Number, most: int) -> Number:
        """Return a number that may be negative, made at least 0 and at most `most`."""
        if isinstance(number, int):
            return min(max(number, 0), most)
        low = self._integer(arith.MaxSIOp, number, self.constant(0))
        return self._integer(arith.MinSIOp, low, self.constant(most))

    def place(self, first: int, *terms: tuple[Number, int], type: IntegerType = i32) -> SSAValue:
        """Return `first + Σ number·step` in a type that holds it, as all its terms."""
        known = first + sum(n * step for n, step in terms if isinstance(n, int))
        found: SSAValue | None = None
        for number, step in terms:
            if isinstance(number, int) or step == 0:
                continue
            value = self.widened(number, type)
            if step != 1:
                value = self.emit(arith.MuliOp, type, value, self.constant(step, type))
            found = value if found is None else self.emit(arith.AddiOp, type, found, value)
        if found is None:
            return self.constant(known, type)
        return self.emit(arith.AddiOp, type, found, self.constant(known, type)) if known else found

    def add_far(self, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Return the sum of two integers of one type."""
        zero = self._constants.get((0, lhs.type))
        if zero in (lhs, rhs):
            return rhs if lhs is zero else lhs
        return self.emit(arith.AddiOp, lhs.type, lhs, rhs)

    def widened(self, value: SSAValue, type: IntegerType) -> SSAValue:
        """Return an integer in a type that is as wide or wider."""
        return value if value.type == type else self.emit(arith.ExtSIOp, type, value)

    def sum(self, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Return the sum of two integers or floats."""
        op = arith.AddfOp if width(lhs.type) is None else arith.AddiOp
        return self.emit(op, lhs.type, lhs, rhs)

    def multiply_add(self, lhs: SSAValue, rhs: SSAValue, sum: SSAValue) -> SSAValue:
        """Return `lhs·rhs + sum`; of floats it is rounded once."""
        if width(sum.type) is None:
            return self.emit(math.FmaOp, sum.type, lhs, rhs, sum)
        product = self.emit(arith.MuliOp, sum.type, lhs, rhs)
        return self.emit(arith.AddiOp, sum.type, sum, product)

    def load(
        self, memory: SSAValue, index: SSAValue, element: Attribute, count: int, align: int
    ) -> Values:
        """Return neighbouring elements."""
        return self.append(simt.LoadOp(memory, index, [element] * count, align))

    def store(self, memory: SSAValue, index: SSAValue, values: Values, align: int) -> None:
        """Write neighbouring elements."""
        self.append(simt.StoreOp(memory, index, values, align))

    def loop(self, count: int, carried: Values, body: Callable[[Number, Values], Values]) -> Values:
        """Append a loop; `body` is given its round and the carried values, and returns the next.

        What has one round is no loop.
        """
        if count == 1:
            return body(0, carried)
        start, end, step = (self.constant(number) for number in (0, count, 1))
        block = Block(arg_types=[i32, *(value.type for value in carried)])
        with self.inside(block):
            given = body(block.args[0], block.args[1:])
            self.append(scf.YieldOp(*given))
        return self.append(scf.ForOp(start, end, step, carried, Region(block)))

    def branch(self, condition: Condition, body: Callable[[], None]) -> None:
        """Append what happens only where a condition holds."""
        if isinstance(condition, bool):
            if condition:
                body()
            return
        block = Block()
        with self.inside(block):
            body()
            self.append(scf.YieldOp())
        self.append(scf.IfOp(condition, [], Region(block)))

    def barrier(self) -> None:
        """Append the point that all threads of the block wait at."""
        self.append(simt.BarrierOp())

    def commit(self) -> None:
        """Append the end of a group of copies."""
        self.append(simt.AsyncCommitOp())

    def wait(self, pending: int) -> None:
        """Append a wait for all groups of copies but the last few."""
        self.append(simt.AsyncWaitOp(pending))

    def known(self, op: arith.ConstantOp) -> SSAValue:
        """Return the value of a constant that another body has."""
        value = cast(Attribute, op.value)
        key = (value, op.result.type)
        found = self._copied.get(key)
        if found is None:
            copy = arith.ConstantOp.create(
                result_types=(op.result.type,),
                properties={"value": value},
                location=self.location,
            )
            self._put_first(copy)
            found = self._copied[key] = copy.result
        return found

    def _put_first(self, op: Operation) -> None:
        first = self.entry.first_op
        if first is None:
            self.entry.add_op(op)
        else:
            self.entry.insert_op_before(op, first)

    @contextmanager
    def inside(self, block: Block) -> Generator[None]:
        """Append to another block meanwhile."""
        around, self.block = self.block, block
        yield
        self.block = around

    def _integer(self, op: type[Operation], *operands: SSAValue) -> SSAValue:
        return self.emit(op, i32, *operands)

    def _compare(self, predicate: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        properties: dict[str, Attribute] = {"predicate": integer(COMPARE_INTEGERS.index(predicate))}
        return self.append(
            arith.CmpiOp.create(operands=(lhs, rhs), result_types=(i1,), properties=properties)
        )[0]
