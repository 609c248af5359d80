"""Vectors of a fixed number of elements, in LLVM IR: loads of parts, products, transposition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..llvm_ir.elements import Element
from ..llvm_ir.text import FunctionText


@dataclass(frozen=True)
class Vectors:
    """Writes instructions on vectors into a function."""

    text: FunctionText
    declarations: dict[str, None]
    """Filled with the intrinsics that are called."""
    element: Element
    lanes: int

    @property
    def type(self) -> str:
        """LLVM's type of a vector."""
        return f"<{self.lanes} x {self.element.register}>"

    def constant(self, number: float) -> str:
        """Return the literal of a vector with a number everywhere."""
        one = f"{self.element.register} {self.element.literal(number)}"
        return f"<{', '.join([one] * self.lanes)}>"

    def load(self, pointer: str, count: int | None = None) -> str:
        """Write a load; of fewer elements than a vector has, the others are zero.

        It touches no more memory than the elements have.
        """
        register, size = self.element.register, self.element.bytes
        if count is None or count == self.lanes:
            return self.text.assign(f"load {self.type}, ptr {pointer}, align {size}")
        if count.bit_count() > 1:
            return self._masked_load(pointer, count)
        part = f"<{count} x {register}>"
        value = self.text.assign(f"load {part}, ptr {pointer}, align {size}")
        order = ", ".join(f"i32 {min(n, count)}" for n in range(self.lanes))
        return self.text.assign(
            f"shufflevector {part} {value}, {part} zeroinitializer, <{self.lanes} x i32> <{order}>"
        )

    def store(self, value: str, pointer: str, count: int | None = None) -> None:
        """Write the store of a vector, or of its first elements."""
        if count is None or count == self.lanes:
            self.text.emit(f"store {self.type} {value}, ptr {pointer}, align {self.element.bytes}")
            return
        # A shorter vector would make LLVM compute a loop's last round twice, in two widths.
        name = f"@llvm.masked.store.v{self.lanes}{self.element.name}.p0"
        mask = f"<{self.lanes} x i1>"
        self.declarations[f"declare void {name}({self.type}, ptr, i32, {mask})"] = None
        where = f"ptr {pointer}, i32 {self.element.bytes}"
        self.text.emit(f"call void {name}({self.type} {value}, {where}, {self._mask(count)})")

    def _masked_load(self, pointer: str, count: int) -> str:
        """Write a load of a number of elements that no register has, in one instruction."""
        name = f"@llvm.masked.load.v{self.lanes}{self.element.name}.p0"
        mask = f"<{self.lanes} x i1>"
        declared = f"declare {self.type} {name}(ptr, i32, {mask}, {self.type})"
        self.declarations[declared] = None
        where = f"ptr {pointer}, i32 {self.element.bytes}, {self._mask(count)}"
        zero = f"{self.type} zeroinitializer"
        return self.text.assign(f"call {self.type} {name}({where}, {zero})")

    def _mask(self, count: int) -> str:
        bits = ", ".join(f"i1 {str(n < count).lower()}" for n in range(self.lanes))
        return f"<{self.lanes} x i1> <{bits}>"

    def prefetch(self, pointer: str, *, written: bool) -> None:
        """Write a hint that memory will be read, and `written`, soon."""
        self.declarations["declare void @llvm.prefetch.p0(ptr, i32, i32, i32)"] = None
        self.text.emit(
            f"call void @llvm.prefetch.p0(ptr {pointer}, i32 {int(written)}, i32 3, i32 1)"
        )

    def splat(self, pointer: str) -> str:
        """Write the load of one element into all places of a vector."""
        register, size = self.element.register, self.element.bytes
        one = self.text.assign(f"load {register}, ptr {pointer}, align {size}")
        first = self.text.assign(f"insertelement {self.type} poison, {register} {one}, i64 0")
        return self._shuffled(first, first, [0] * self.lanes)

    def multiply_add(self, lhs: str, rhs: str, more: str) -> str:
        """Write `lhs * rhs + more`, rounded once where the machine can."""
        name = f"@llvm.fmuladd.v{self.lanes}{self.element.name}"
        self.declarations[f"declare {self.type} {name}({', '.join([self.type] * 3)})"] = None
        type = self.type
        return self.text.assign(f"call {type} {name}({type} {lhs}, {type} {rhs}, {type} {more})")

    def add(self, lhs: str, rhs: str) -> str:
        """Write a sum."""
        return self.text.assign(f"fadd {self.type} {lhs}, {rhs}")

    def total(self, value: str) -> str:
        """Write the sum of a vector's elements, in any order."""
        register = self.element.register
        name = f"@llvm.vector.reduce.fadd.v{self.lanes}{self.element.name}"
        self.declarations[f"declare {register} {name}({register}, {self.type})"] = None
        start = self.element.literal(-0.0)
        return self.text.assign(
            f"call reassoc {register} {name}({register} {start}, {self.type} {value})"
        )

    def transposed(self, rows: Sequence[str]) -> list[str]:
        """Write the transposition of a square; exchange halves, then quarters, and so on."""
        lines, half = list(rows), self.lanes // 2
        while half:
            low, high = _exchanged(self.lanes, half)
            for n in range(self.lanes):
                if not n & half:
                    first, second = lines[n], lines[n + half]
                    lines[n] = self._shuffled(first, second, low)
                    lines[n + half] = self._shuffled(first, second, high)
            half //= 2
        return lines

    def _shuffled(self, first: str, second: str, order: Sequence[int]) -> str:
        listed = ", ".join(f"i32 {n}" for n in order)
        return self.text.assign(
            f"shufflevector {self.type} {first}, {self.type} {second}, "
            f"<{len(order)} x i32> <{listed}>"
        )


def _exchanged(lanes: int, half: int) -> tuple[list[int], list[int]]:
    """Return which elements of two rows are kept where the blocks beside the diagonal change."""
    low = [lanes + n - half if n & half else n for n in range(lanes)]
    high = [lanes + n if n & half else n + half for n in range(lanes)]
    return low, high
