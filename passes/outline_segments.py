"""outline-segments: graph ops become functions of tensors, which the host program calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import (
    FileLineColLoc,
    FunctionType,
    LocationAttr,
    ModuleOp,
    StringAttr,
)
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass
from xdsl.traits import IsTerminator

from ..dialects import graph, pyobj
from ..dialects.graph.control import is_left
from ..dialects.nested_ops import nested_ops
from ..dialects.pyobj.attributes import OBJECT
from .host_emitter import HostEmitter
from .segment_kinds import function_of
from .segment_schedule import Part, Schedule


@dataclass(frozen=True)
class OutlineSegmentsPass(ModulePass):
    """Move graph ops of each function that isn't one of tensors into `name_segment0` and so on.

    The function itself becomes the host program: it calls the segments, prints what is to be
    printed, in order, and builds the result. Graph ops that nothing needs are dropped.
    A branch or a loop goes into a segment as a whole, or becomes one of the host program if
    something in it is for the host; Python variables have its values then.
    There is one segment for each block, unless ops that may raise keep their place among effects.
    """

    name = "outline-segments"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite `op` in place."""
        for func in list(op.ops):
            if isinstance(func, FuncOp) and not func.is_declaration and _is_for_host(func):
                _Outline(func).run()


def _is_for_host(func: FuncOp) -> bool:
    """Return whether a function needs a host program: it isn't one of tensors."""
    last = func.body.block.last_op
    if not isinstance(last, ReturnOp):
        return True
    return any(op.name.startswith("pyobj.") for op in nested_ops(func))


class _Outline:
    """One function while it becomes a host program and its segments."""

    def __init__(self, func: FuncOp):
        self._func = func
        self._schedule = Schedule(func)
        self._emitter = HostEmitter(func.body.block)
        self._known: dict[SSAValue, SSAValue | str] = {}
        """The values of the graph at the host, or the variables that have them."""
        self._segments: list[FuncOp] = []
        self._replaced: list[Operation] = []
        self._variables = 0

    def run(self) -> None:
        """Rewrite the function, and put its segments after it."""
        func, block = self._func, self._func.body.block
        self._rebuild(block, block)
        for op in self._replaced:
            op.drop_all_references()
        for op in self._replaced:
            op.erase()
        last = block.last_op
        if last is None or not last.has_trait(IsTerminator):
            # Never reached: a segment before it always raises.
            self._emitter.do(pyobj.ReturnOp)
        returns = isinstance(last, pyobj.ReturnOp | ReturnOp)
        returned = [value.type for value in last.operands] if returns else [OBJECT]
        func.function_type = FunctionType.from_lists([a.type for a in block.args], returned)
        parent = func.parent
        assert parent is not None
        for segment in reversed(self._segments):
            parent.insert_op_after(segment, func)

    def _rebuild(self, old: Block, new: Block) -> graph.GiveOp | None:
        """Move the ops of a block into one of the host program; return what ended it, if it did."""
        emitter, schedule = self._emitter, self._schedule
        outer, emitter.block = emitter.block, new
        ops, parts = list(old.ops), schedule.parts.get(old, {})
        for op in ops:
            op.detach()
        gap, given = 0, None
        self._call(parts.get(gap))
        for op in ops:
            if op in schedule.kinds.compiled:
                if not schedule.runs(op):
                    self._replaced.append(op)
                continue
            if isinstance(op, graph.GiveOp):
                given = op
            self._move(op)
            if schedule.kinds.is_effect(op):
                gap += 1
                self._call(parts.get(gap))
        emitter.block = outer
        return given

    def _move(self, op: Operation) -> None:
        """Add an op to the host program, or what stands for it there."""
        emitter = self._emitter
        emitter.location = op.location
        if op.name.startswith("graph."):
            self._replaced.append(op)
        match op:
            case graph.PrintOp():
                emitter.print(op, [self._value(value) for value in op.values])
            case graph.IfOp():
                self._if(op)
            case graph.WhileOp():
                self._while(op)
            case graph.ForOp():
                self._for(op)
            case graph.RaiseOp():
                texts = (op.message.data,) if op.message.data else ()
                words = [emitter.constant(word) for word in (op.exception.data, *texts)]
                made = emitter.runtime("exception", *words)
                emitter.do(pyobj.RaiseOp, [self._placed(op, made)])
            case pyobj.RaiseOp() if op.exception is not None:
                self._raise(op)
            case graph.GiveOp():
                pass  # Who rebuilds the region knows what becomes of the values.
            case _:
                op.operands = [self._value(value) for value in op.operands]
                for region in op.regions:
                    for block in region.blocks:
                        self._rebuild(block, block)
                emitter.block.add_op(op)

    def _raise(self, op: pyobj.RaiseOp) -> None:
        """Raise an exception that keeps its context, whatever the caller is handling."""
        first, *rest = [self._value(value) for value in op.operands]
        has_context = _has_context(op)
        op.operands = [self._placed(op, first), *rest]
        if not has_context:
            self._emitter.block.add_op(op)
            return
        manager = self._emitter.runtime("raising", op.operands[0])
        body = Block(arg_types=[OBJECT])
        body.add_op(op)
        self._add(pyobj.WithOp, [manager], [body], op)

    def _placed(self, op: Operation, error: SSAValue) -> SSAValue:
        """Return an exception that says where it is raised: a function has lines of one file."""
        here, there = self._func.location, op.location
        if not isinstance(here, FileLineColLoc) or not isinstance(there, FileLineColLoc):
            return error
        if here.filename == there.filename:
            return error
        place = (there.filename.data, there.line.data, there.column.data)
        return self._emitter.runtime("placed", error, *map(self._emitter.constant, place))

    def _value(self, value: SSAValue) -> SSAValue:
        """Return a value at the host; one that a variable has is loaded anew at each use."""
        found = self._known.get(value, value)
        return self._emitter.load(found) if isinstance(found, str) else found

    # Branches and loops of the host program.

    def _if(self, op: graph.IfOp) -> None:
        emitter = self._emitter
        condition = emitter.runtime("truth", self._value(op.condition))
        sides = [op.body.block, op.orelse.block]
        for side, other in (sides, reversed(sides)):
            if is_left(side):
                self._leave(op, condition, side, other)
                return
        variables = {v: self._variable() for v in op.values if v in self._schedule.uses}
        self._known |= variables
        made: list[Block] = []
        for side in sides:
            made.append(Block())
            given = self._rebuild(side, made[-1])
            assert given is not None
            pairs = zip(given.values, op.values, strict=True)
            self._store(made[-1], [(v, variables[to]) for v, to in pairs if to in variables], op)
        if made[0].first_op is None:
            condition, made = self._not(condition, op), made[::-1]
        self._add(pyobj.IfOp, [condition], made, op)

    def _leave(self, op: graph.IfOp, condition: SSAValue, side: Block, other: Block) -> None:
        """Let one side of a branch leave the function; the other one needs no `else` then."""
        if side is op.orelse.block:
            condition = self._not(condition, op)
        made = Block()
        self._rebuild(side, made)
        self._add(pyobj.IfOp, [condition], [made, Block()], op)
        given = self._rebuild(other, self._emitter.block)
        if given is not None:
            values = [self._known.get(value, value) for value in given.values]
            self._known |= zip(op.values, values, strict=True)

    def _not(self, condition: SSAValue, op: Operation) -> SSAValue:
        self._emitter.location = op.location
        return self._emitter.add(pyobj.UnaryOp, [condition], operator=StringAttr("not"))

    def _while(self, op: graph.WhileOp) -> None:
        variables = self._carry(op.initial, op)
        condition, body = Block(), Block()
        for region in op.regions:
            self._known |= zip(region.block.args, variables, strict=True)
        given = self._rebuild(op.condition.block, condition)
        self._known |= zip(op.values, variables, strict=True)
        if given is None:
            # It never says whether there is another round.
            condition, body = Block(), condition
            self._give(condition, op, None)
        else:
            self._give(condition, op, given.values[0])
            self._next(op.body.block, body, variables, op)
        self._add(pyobj.WhileOp, [], [condition, body, Block()], op)

    def _give(self, condition: Block, op: graph.WhileOp, value: SSAValue | None) -> None:
        """End the region of a condition; None stands for a true one."""
        emitter = self._emitter
        outer, emitter.block, emitter.location = emitter.block, condition, op.location
        if value is None:
            emitter.do(pyobj.GiveOp, [emitter.constant(True)])
        else:
            emitter.do(pyobj.GiveOp, [emitter.runtime("truth", self._value(value))])
        emitter.block = outer

    def _for(self, op: graph.ForOp) -> None:
        emitter = self._emitter
        variables = self._carry(op.initial, op)
        numbers = [one.value.data for one in (op.start, op.step, op.count)]
        indices = emitter.runtime("indices", *(emitter.constant(number) for number in numbers))
        body = Block(arg_types=[OBJECT])
        index, *carried = op.body.block.args
        body.args[0].name_hint = index.name_hint
        self._known |= {index: body.args[0], **dict(zip(carried, variables, strict=True))}
        self._next(op.body.block, body, variables, op)
        self._known |= zip(op.values, variables, strict=True)
        self._add(pyobj.ForOp, [indices], [body, Block()], op)

    def _carry(self, initial: Sequence[SSAValue], op: Operation) -> list[str]:
        """Return new variables that have the values which a loop starts with."""
        variables = [self._variable() for _ in initial]
        self._store(self._emitter.block, list(zip(initial, variables, strict=True)), op)
        return variables

    def _next(self, old: Block, new: Block, variables: list[str], op: Operation) -> None:
        """Rebuild the body of a loop, which stores what it carries to its next round."""
        given = self._rebuild(old, new)
        if given is not None:
            self._store(new, list(zip(given.values, variables, strict=True)), op)

    def _store(self, block: Block, pairs: list[tuple[SSAValue, str]], op: Operation) -> None:
        """Store values at the end of a block: all are loaded before one changes."""
        emitter = self._emitter
        outer, emitter.block, emitter.location = emitter.block, block, op.location
        changed = [(value, to) for value, to in pairs if self._known.get(value) != to]
        values = [self._value(value) for value, _ in changed]
        for value, (_, variable) in zip(values, changed, strict=True):
            emitter.store(variable, value)
        emitter.block = outer

    def _add(
        self,
        kind: type[Operation],
        operands: Sequence[SSAValue],
        blocks: Sequence[Block],
        op: Operation,
    ) -> None:
        regions = [Region(block) for block in blocks]
        made = kind.create(operands=operands, regions=regions, location=op.location)
        self._emitter.block.add_op(made)

    def _variable(self) -> str:
        """Return a variable that the program doesn't have."""
        while True:
            self._variables += 1
            name = f"_v{self._variables}"
            if name not in self._schedule.kinds.names:
                return name

    # Segments.

    def _call(self, part: Part | None) -> None:
        """Call a segment, if there is one to call."""
        if part is None:
            return
        emitter = self._emitter
        name = f"{self._func.sym_name.data}_segment{len(self._segments)}"
        location = self._location_of(part)
        emitter.location = location
        arguments = [self._value(value) for value in part.arguments]
        results = emitter.segment(name, arguments, len(part.results))
        self._known |= zip(part.results, results, strict=True)
        self._segments.append(_segment(name, part, location))

    def _location_of(self, part: Part) -> LocationAttr:
        """Return the place of what may raise in a segment, if that is one, else the function's."""
        steps = self._schedule.kinds.compiled
        places = {one.location for op in part.ops for one in steps[op].raising}
        return places.pop() if len(places) == 1 else self._func.location


def _has_context(op: pyobj.RaiseOp) -> bool:
    """Return whether what is raised was made with a context."""
    made = op.exception.owner if op.exception is not None else None
    if not isinstance(made, pyobj.CallOp) or function_of(made) != "new_exception":
        return False
    context = made.arguments[4].owner
    return not isinstance(context, pyobj.ConstantOp) or context.value != pyobj.LiteralAttr(None)


def _segment(name: str, part: Part, location: LocationAttr) -> FuncOp:
    """Return a function of the ops, which are moved; a constant that has been is copied."""
    body = Block(arg_types=[value.type for value in part.arguments])
    renamed: dict[SSAValue, SSAValue] = dict(zip(part.arguments, body.args, strict=True))
    for value, argument in renamed.items():
        argument.name_hint = value.name_hint
    for op in part.ops:
        moved = op
        if op.parent is not None:
            moved = op.clone()
            renamed |= zip(op.results, moved.results, strict=True)
        for inner in moved.walk() if moved.regions else (moved,):
            if any(value in renamed for value in inner.operands):
                inner.operands = [renamed.get(value, value) for value in inner.operands]
        body.add_op(moved)
    given = [renamed.get(value, value) for value in part.results]
    body.add_op(ReturnOp.create(operands=given, location=location))
    type = FunctionType.from_lists([v.type for v in part.arguments], [v.type for v in part.results])
    segment = FuncOp(name, type, Region(body), StringAttr("private"))
    segment.location = location
    return segment
