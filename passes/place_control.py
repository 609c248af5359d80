"""Puts the values of branches and loops into memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xdsl.dialects import scf
from xdsl.ir import Block, Operation, Region

from .buffers import Buffer, Storage
from .control_regions import initial_values
from .destinations import destinations
from .parallel_moves import parallel_moves
from .place_buffers import Placer, has_value


def place_control(placer: Placer, op: Operation) -> None:
    """Append what a branch, a loop or an assertion becomes, which gives nothing."""
    _HANDLERS[op.name](placer, op)


def _place_if(placer: Placer, op: Operation) -> None:
    """Let both sides compute into the same memory."""
    targets = _targets(placer, op)
    regions: list[Region] = []
    with placer.memory.holding(buffer.storage for buffer in targets):
        for region in op.regions:
            block = _start(placer, region.block, targets)
            placer.give(_last(region).operands, targets)
            regions.append(_end(placer, region, block))
    _append(placer, op, regions)


def _place_while(placer: Placer, op: Operation) -> None:
    condition, body = op.regions
    targets = _targets(placer, op)
    placer.give(op.operands, targets)
    with placer.memory.holding(_kept(placer, op, targets)):
        for region in op.regions:
            placer.bind(region.block.args, targets)
        regions = [
            _end(placer, condition, _start(placer, condition.block, ())),
            _body(placer, body, targets),
        ]
    _append(placer, op, regions)


def _place_for(placer: Placer, op: Operation) -> None:
    targets = _targets(placer, op)
    placer.give(initial_values(op), targets)
    (body,) = op.regions
    with placer.memory.holding(_kept(placer, op, targets)):
        placer.bind(body.block.args[1:], targets)
        region = _body(placer, body, targets)
        number = body.block.args[0]
        region.block.insert_arg(number.type, 0)
    _append(placer, op, [region])


def _place_assert(placer: Placer, op: Operation) -> None:
    clone = op.clone({op.operands[0]: placer.scalars[op.operands[0]]})
    clone.location = op.location
    placer.memory.block.add_op(clone)


def _body(placer: Placer, region: Region, targets: Sequence[Buffer]) -> Region:
    """Return the body of a loop, at whose end the next values take the places of the old.

    Until then the old ones may be read, so that most of the next ones lie elsewhere.
    """
    next_values = _last(region).operands
    carried = region.block.args[len(region.block.args) - len(targets) :]
    block = _start(
        placer,
        region.block,
        [
            target if placer.overwriting.may_overwrite(region.block, old, new) else None
            for old, new, target in zip(carried, next_values, targets, strict=True)
        ],
    )
    given = zip(next_values, targets, strict=True)
    moves = [(placer.read(value), target) for value, target in given if has_value(value)]
    parallel_moves(placer.memory, moves)
    return _end(placer, region, block)


def _targets(placer: Placer, op: Operation) -> list[Buffer]:
    """Return where the results go."""
    targets = [placer.memory.resolve(placer.places[value]) for value in op.results]
    placer.bind(op.results, targets)
    return targets


def _kept(placer: Placer, op: Operation, targets: Sequence[Buffer]) -> list[Storage]:
    """Return the memory that the next round of a loop reads again."""
    used = [placer.buffers.get(value) for value in placer.captured.of(op)]
    return [buffer.storage for buffer in (*used, *targets) if buffer is not None]


def _start(placer: Placer, old: Block, targets: Sequence[Buffer | None]) -> Block:
    """Place all ops of a block but the last; return the block around, to go back to."""
    around, placer.memory.block = placer.memory.block, Block()
    ops = list(old.ops)
    placer.places |= destinations(ops, targets)
    for op in ops[:-1]:
        placer.step(op)
    placer.memory.location = ops[-1].location
    return around


def _end(placer: Placer, old: Region, around: Block) -> Region:
    """Append the end of a block, which gives nothing but whether a loop goes on."""
    last, new = _last(old), placer.memory.block
    scalars = [placer.scalars[value] for value in last.operands if value in placer.scalars]
    new.add_op(type(last).create(operands=scalars, location=last.location))
    placer.count(last)
    placer.memory.block = around
    return Region(new)


def _append(placer: Placer, op: Operation, regions: Sequence[Region]) -> None:
    operands = [placer.scalars[value] for value in op.operands if value in placer.scalars]
    properties = op.properties
    placer.memory.block.add_op(
        type(op).create(
            operands=operands, properties=properties, regions=regions, location=op.location
        )
    )


def _last(region: Region) -> Operation:
    last = region.block.last_op
    assert last is not None
    return last


_HANDLERS: dict[str, Callable[[Placer, Operation], None]] = {
    scf.IfOp.name: _place_if,
    scf.WhileOp.name: _place_while,
    scf.ForOp.name: _place_for,
    "cf.assert": _place_assert,
}
