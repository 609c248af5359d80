"""The text of one LLVM function while it is written: fresh names, instructions, counted loops."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Loop:
    """A counted loop: the counter, the carried values inside, and what they are next time."""

    index: str
    carried: list[str]
    next: list[str] = field(default_factory=list[str])
    """Set by the body; after the loop these are the results."""


class FunctionText:
    """Instructions in the order of execution; `block` is the label of the block being written."""

    def __init__(self, block: str = "entry") -> None:
        self.lines: list[str] = []
        self.allocations: list[str] = []
        self.block = block
        self._count = 0

    def emit(self, instruction: str) -> None:
        """Write an instruction without a result."""
        self.lines.append(f"  {instruction}")

    def assign(self, instruction: str) -> str:
        """Write an instruction; return the name of its result."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def labels(self, *names: str) -> list[str]:
        """Return labels that no other block has."""
        self._count += 1
        return [f"{name}{self._count}" for name in names]

    def start(self, label: str) -> None:
        """Begin another block."""
        self.lines.append(f"{label}:")
        self.block = label

    def allocate(self, type: str) -> str:
        """Return the address of a variable in the function's frame."""
        name = f"%local{len(self.allocations)}"
        self.allocations.append(f"  {name} = alloca {type}, align 64")
        return name

    def scaled(self, index: str, factor: int) -> str:
        """Return `index * factor`, which can't overflow."""
        if factor == 1:
            return index
        return self.assign(f"mul nsw i64 {index}, {factor}")

    def smaller(self, a: str, b: str) -> str:
        """Return the smaller of two numbers."""
        less = self.assign(f"icmp slt i64 {a}, {b}")
        return self.assign(f"select i1 {less}, i64 {a}, i64 {b}")

    @contextmanager
    def part_if(self, is_shared: bool, before: int, many: int) -> Generator[tuple[str, int | str]]:
        """Write what a thread does of the `many` pieces that come after `before` others.

        Of a shared loop the thread has the pieces from `%begin` to `%end`; gives its first of
        these and how many they are, and leaves out what is written inside where there are none.
        """
        if not is_shared:
            yield "0", many
            return
        begin = self.assign(f"sub nsw i64 %begin, {before}") if before else "%begin"
        end = self.assign(f"sub nsw i64 %end, {before}") if before else "%end"
        if before:
            behind = self.assign(f"icmp sgt i64 {begin}, 0")
            begin = self.assign(f"select i1 {behind}, i64 {begin}, i64 0")
        end = self.smaller(end, str(many))
        count = self.assign(f"sub nsw i64 {end}, {begin}")
        some, none = self.labels("some", "none")
        is_some = self.assign(f"icmp sgt i64 {count}, 0")
        self.emit(f"br i1 {is_some}, label %{some}, label %{none}")
        self.start(some)
        yield begin, count
        self.emit(f"br label %{none}")
        self.start(none)

    def offset(self, pointer: str, type: str, index: str, step: int) -> str:
        """Return the address `index * step` elements of a type after `pointer`."""
        if step == 0 or index == "0":
            return pointer
        scaled = str(int(index) * step) if index.isdecimal() else self.scaled(index, step)
        return self.assign(f"getelementptr inbounds {type}, ptr {pointer}, i64 {scaled}")

    @contextmanager
    def loop(self, extent: int | str, carried: Sequence[tuple[str, str]] = ()) -> Generator[Loop]:
        """Write a loop of `extent` ≥ 1 rounds, a number or a value; `carried` are types and firsts.

        The test stands at the end, so that LLVM need not prove that the loop is entered.
        """
        self._count += 1
        label, before = f"loop{self._count}", self.block
        index, values = f"%i{self._count}", [f"%c{self._count}.{n}" for n in range(len(carried))]
        self.emit(f"br label %{label}")
        self.lines.append(f"{label}:")
        self.block = label
        head = len(self.lines)
        self.lines += [""] * (1 + len(values))
        loop = Loop(index, values, list(values))
        yield loop
        following = self.assign(f"add nuw nsw i64 {index}, 1")
        done = self.assign(f"icmp eq i64 {following}, {extent}")
        self.emit(f"br i1 {done}, label %{label}.end, label %{label}")
        self.lines[head] = _phi(index, "i64", ("0", before), (following, self.block))
        for n, (value, (type, first)) in enumerate(zip(values, carried, strict=True)):
            phi = _phi(value, type, (first, before), (loop.next[n], self.block))
            self.lines[head + 1 + n] = phi
        self.block = f"{label}.end"
        self.lines.append(f"{self.block}:")

    def body(self) -> str:
        """Return all that was written, from the entry on."""
        return "\n".join(["entry:", *self.allocations, *self.lines])


def _phi(name: str, type: str, *incoming: tuple[str, str]) -> str:
    pairs = ", ".join(f"[ {value}, %{block} ]" for value, block in incoming)
    return f"  {name} = phi {type} {pairs}"
