"""Innermost loops on vectors of a fixed number of elements, in which LLVM has nothing to improve.

What doesn't change from round to round is computed before; what is left behind the last whole
vector is done on shorter ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .kernel import Kernel, Place
from .nest import Dimension
from .rounds import Round, accumulator
from .widening import Template, called, constant, vector_type, widened

Combine = Sequence[tuple[Sequence[str], str]]
"""For each total the instructions that combine `%in0;` and `%in1;`, and the result's name."""
_AT_ONCE, _AT_ONCE_IN_LONG = 40, 80
"""Instructions of a loop's body up to which it works on several vectors a round: more of them wait
for each other's results less, and take longer to compile."""
_LONG = 128
"""Vectors of a loop that is long."""
_VECTORS = 4
"""The most vectors a round; a sum's rounding errors count on so many."""
_REST = 100
"""Instructions up to which a rest is done on shorter and shorter vectors, else one by one."""


@dataclass
class VectorLoop:
    """One loop of a kernel; `place` is where it begins."""

    kernel: Kernel
    along: Dimension
    round: Round
    place: Place
    _steady: dict[str, str] = field(default_factory=dict[str, str])
    _made: dict[int, tuple[Template, list[tuple[str, str]]]] = field(
        default_factory=dict[int, tuple[Template, list[tuple[str, str]]]]
    )

    def __post_init__(self) -> None:
        """Write what all rounds share."""
        round, kernel = self.round, self.kernel
        names = {name: self.place.pointers[n] for n, name in round.resting.items()}
        kernel.scalars.declarations |= dict.fromkeys(round.declarations)
        (prefix,) = kernel.text.labels("s")
        text = "\n".join(widened(round.steady, 1, names))
        kernel.scalars.definitions |= dict.fromkeys(called(text))
        kernel.text.lines += text.replace("%~", f"%{prefix}.").splitlines()
        self._steady = {name: value.replace("%~", f"%{prefix}.") for name, value in names.items()}

    def prepare(self, lanes: int) -> None:
        """Write the vectors of what all rounds share, before a loop on such vectors."""
        if lanes not in self._made:
            splats = [
                (f"{name};", self.splat(self._steady.get(name, name), type, lanes))
                for name, type in self.round.types.items()
            ]
            self._made[lanes] = self.round.template(lanes), splats

    def splat(self, value: str, type: str, lanes: int) -> str:
        """Write a vector with a number in all lanes."""
        if lanes == 1:
            return value
        vector, write = vector_type(type, lanes), self.kernel.text.assign
        first = write(f"insertelement {vector} poison, {type} {value}, i64 0")
        return write(
            f"shufflevector {vector} {first}, {vector} poison, <{lanes} x i32> zeroinitializer"
        )

    def step(
        self, place: Place, lanes: int, state: Sequence[str] = (), first: int = 0
    ) -> list[str]:
        """Write a round on the vectors that begin some elements behind a place."""
        template, splats = self._made[lanes]
        (prefix,) = self.kernel.text.labels("w")
        operands = list(splats)
        for position, name in self.round.moving.items():
            operand = self.kernel.nest.operands[position]
            assert operand is not None, "what moves is a buffer"
            memory = operand.buffer.element.memory
            pointer = self.kernel.text.offset(place.pointers[position], memory, str(first), 1)
            operands.append((name, pointer))
        operands += [(accumulator(n), value) for n, value in enumerate(state)]
        text, results = template.filled(prefix, operands)
        self.kernel.text.lines.append(text)
        return results

    def rounds(self, vectors: int) -> int:
        """Return on how many vectors a round works, best so that none is left."""
        longest = _AT_ONCE if vectors < _LONG else _AT_ONCE_IN_LONG
        most = min(max(longest // self.round.size, 1), _VECTORS, vectors)
        return next((n for n in range(most, most // 2, -1) if vectors % n == 0), most)


def write_vectors(loop: VectorLoop) -> None:
    """Write a loop in which no round needs another's result."""
    lanes, text = loop.round.lanes, loop.kernel.text
    vectors, rest = divmod(loop.along.extent, lanes)
    if vectors:
        loop.prepare(lanes)
        together = loop.rounds(vectors)
        _repeat(loop, loop.place, vectors // together, together)
        done = vectors // together * together
        if vectors > done:
            behind = loop.kernel.advance(loop.place, loop.along, str(done * lanes))
            _repeat(loop, behind, vectors - done, 1)
    if not rest:
        return
    behind = loop.kernel.advance(loop.place, loop.along, str(vectors * lanes))
    if rest.bit_count() * loop.round.size > _REST:
        loop.prepare(1)
        with text.loop(rest) as inner:
            loop.step(loop.kernel.advance(behind, loop.along, inner.index), 1)
        return
    for count, done in shorter(rest, lanes):
        loop.prepare(count)
        loop.step(behind, count, first=done)


def shorter(rest: int, lanes: int) -> list[tuple[int, int]]:
    """Return the lanes of the vectors that a rest is done on, and what is done before each."""
    parts: list[tuple[int, int]] = []
    done = 0
    while lanes > 1:
        lanes //= 2
        if rest & lanes:
            parts.append((lanes, done))
            done += lanes
    return parts


def _repeat(loop: VectorLoop, place: Place, rounds: int, together: int) -> None:
    lanes = loop.round.lanes

    def once(place: Place) -> None:
        text = loop.kernel.text
        parts: list[list[str]] = []
        for number in range(together):
            begin = len(text.lines)
            loop.step(place, lanes, first=number * lanes)
            parts.append("\n".join(text.lines[begin:]).split("\n"))
            del text.lines[begin:]
        # Loads stand beside loads, and stores beside stores: memory is faster so.
        longest = max(len(part) for part in parts)
        padded = [[""] * (longest - len(part)) + part for part in parts]
        text.lines += [line for group in zip(*padded, strict=True) for line in group if line]

    if rounds == 1:
        once(place)
        return
    with loop.kernel.text.loop(rounds) as inner:
        once(loop.kernel.advance(place, loop.along, inner.index, together * lanes))


def reduce_vectors(
    loop: VectorLoop, combine: Combine, starts: Sequence[tuple[str, str]]
) -> list[str]:
    """Write a loop whose rounds are combined in any order; return the totals.

    `starts` are LLVM's types of the totals and the numbers that change nothing.
    """
    lanes = loop.round.lanes
    vectors, rest = divmod(loop.along.extent, lanes)
    first = [constant(type, number, lanes) for type, number in starts]
    types = [vector_type(type, lanes) for type, _ in starts]
    totals = [first]
    if vectors:
        loop.prepare(lanes)
        together = min(_VECTORS, vectors)
        rounds, left = divmod(vectors, together)
        totals = _reduce_rounds(loop, rounds, [list(zip(types, first, strict=True))] * together)
        behind = loop.kernel.advance(loop.place, loop.along, str(rounds * together * lanes))
        for number in range(left):
            totals[number] = loop.step(behind, lanes, totals[number], number * lanes)
        while len(totals) > 1:
            half = (len(totals) + 1) // 2
            for number in range(len(totals) - half):
                pair = totals[number], totals[half + number]
                totals[number] = _combined(loop, combine, lanes, *pair)
            totals = totals[:half]
    return _across(loop, combine, [type for type, _ in starts], totals[0], rest, vectors * lanes)


def _reduce_rounds(
    loop: VectorLoop, rounds: int, state: Sequence[Sequence[tuple[str, str]]]
) -> list[list[str]]:
    lanes, count = loop.round.lanes, len(state[0])

    def once(place: Place, values: Sequence[str]) -> list[list[str]]:
        return [
            loop.step(place, lanes, values[number * count : (number + 1) * count], number * lanes)
            for number in range(len(state))
        ]

    if rounds == 1:
        return once(loop.place, [value for part in state for _, value in part])
    with loop.kernel.text.loop(rounds, [one for part in state for one in part]) as inner:
        place = loop.kernel.advance(loop.place, loop.along, inner.index, len(state) * lanes)
        last = once(place, inner.carried)
        inner.next = [value for part in last for value in part]
    return last


def _combined(
    loop: VectorLoop, combine: Combine, lanes: int, lhs: Sequence[str], rhs: Sequence[str]
) -> list[str]:
    totals: list[str] = []
    for (lines, result), one, other in zip(combine, lhs, rhs, strict=True):
        names: dict[str, str] = {}
        template = Template("\n".join(widened(lines, lanes, names)), (names[result],))
        (prefix,) = loop.kernel.text.labels("t")
        operands = [(accumulator(0), one), (accumulator(1), other)]
        text, results = template.filled(prefix, operands)
        loop.kernel.text.lines.append(text)
        totals += results
    return totals


def _across(
    loop: VectorLoop,
    combine: Combine,
    types: Sequence[str],
    totals: Sequence[str],
    rest: int,
    done: int,
) -> list[str]:
    """Combine the lanes: halves, quarters and so on, each with the rest of its size."""
    write, lanes = loop.kernel.text.assign, loop.round.lanes
    behind = loop.kernel.advance(loop.place, loop.along, str(done)) if rest else loop.place
    parts = dict(shorter(rest, lanes))
    while lanes > 1:
        lanes //= 2
        halves: list[list[str]] = []
        for low in (0, lanes):
            order = ", ".join(f"i32 {low + n}" for n in range(lanes))
            halves.append([])
            for type, total in zip(types, totals, strict=True):
                vector = vector_type(type, 2 * lanes)
                halves[-1].append(
                    write(f"extractelement {vector} {total}, i64 {low}")
                    if lanes == 1
                    else write(
                        f"shufflevector {vector} {total}, {vector} poison, "
                        f"<{lanes} x i32> <{order}>"
                    )
                )
        totals = _combined(loop, combine, lanes, *halves)
        if lanes in parts:
            loop.prepare(lanes)
            totals = loop.step(behind, lanes, totals, parts[lanes])
    return list(totals)
