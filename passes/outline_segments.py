"""outline-segments: graph ops become functions of tensors, which the host program calls."""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import FunctionType, IntAttr, ModuleOp, StringAttr, SymbolRefAttr
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from ..dialects import graph, pyobj
from ..dialects.pyobj.attributes import OBJECT

_GRAPH = frozenset(op.name for op in graph.Graph.operations)


@dataclass(frozen=True)
class OutlineSegmentsPass(ModulePass):
    """Move the graph ops of each function that has `pyobj` ops into a function `name_segment0`.

    The function itself becomes the host program: it calls the segment, prints what is to be
    printed, in order, and builds the result. Graph ops that nothing needs are dropped.
    """

    name = "outline-segments"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Rewrite `op` in place."""
        for func in list(op.ops):
            if isinstance(func, FuncOp) and any(o.name.startswith("pyobj.") for o in func.walk()):
                _outline(func)


def _outline(func: FuncOp) -> None:
    block = func.body.block
    pure = [op for op in block.ops if op.name in _GRAPH and not isinstance(op, graph.PrintOp)]
    inside = set[SSAValue](result for op in pure for result in op.results)
    needed = _needed(block, inside)
    for op in list(block.ops):
        if isinstance(op, graph.PrintOp):
            _host_print(op)
    if not needed:
        _erase(pure)
        return
    live = _live(pure, needed)
    _erase([op for op in pure if op not in live])
    kept = [op for op in pure if op in live]
    made = {result for op in kept for result in op.results}
    arguments = list(dict.fromkeys(v for op in kept for v in op.operands if v not in made))
    results = _call_segment(func, f"{func.sym_name.data}_segment0", arguments, len(needed))
    renamed = dict(zip(needed, results, strict=True))
    for op in func.body.block.ops:
        if op not in live:
            op.operands = [renamed.get(value, value) for value in op.operands]
    _make_segment(func, kept, arguments, needed)
    _retype(func)


def _needed(block: Block, inside: set[SSAValue]) -> list[SSAValue]:
    """Return the graph values that prints and the result use, in the order of their use."""
    found: dict[SSAValue, None] = {}
    for op in block.ops:
        if op.name not in _GRAPH or isinstance(op, graph.PrintOp):
            found |= dict.fromkeys(value for value in op.operands if value in inside)
    return list(found)


def _live(pure: list[Operation], needed: list[SSAValue]) -> set[Operation]:
    """Return the ops that the needed values depend on."""
    wanted, live = set(needed), set[Operation]()
    for op in reversed(pure):
        if not wanted.isdisjoint(op.results):
            live.add(op)
            wanted.update(op.operands)
    return live


def _erase(ops: list[Operation]) -> None:
    for op in reversed(ops):
        op.detach()
        op.erase()


def _make_segment(
    func: FuncOp, ops: list[Operation], arguments: list[SSAValue], needed: list[SSAValue]
) -> None:
    """Move the ops into a new function after `func` in its module."""
    body = Block(arg_types=[value.type for value in arguments])
    renamed = dict(zip(arguments, body.args, strict=True))
    for value, argument in renamed.items():
        argument.name_hint = value.name_hint
    for op in ops:
        op.detach()
        op.operands = [renamed.get(value, value) for value in op.operands]
        body.add_op(op)
    body.add_op(ReturnOp.create(operands=needed, location=func.location))
    type = FunctionType.from_lists([v.type for v in arguments], [v.type for v in needed])
    segment = FuncOp(f"{func.sym_name.data}_segment0", type, Region(body), "private")
    segment.location = func.location
    parent = func.parent
    assert parent is not None
    parent.insert_op_after(segment, func)


def _call_segment(func: FuncOp, name: str, arguments: list[SSAValue], count: int) -> list[SSAValue]:
    """Let the host program begin with a call of the segment; return the call's values."""
    block = func.body.block
    first = block.first_op
    assert first is not None
    callee = pyobj.SegmentOp.create(
        properties={"callee": SymbolRefAttr(name)},
        result_types=(OBJECT,),
        location=func.location,
    )
    call = _call(callee.results[0], arguments, func)
    block.insert_ops_before([callee, call], first)
    if count == 1:
        return [call.results[0]]
    unpack = pyobj.UnpackOp.create(
        operands=call.results,
        properties={"star": IntAttr(-1)},
        result_types=(OBJECT,) * count,
        location=func.location,
    )
    block.insert_op_before(unpack, first)
    return list(unpack.results)


def _retype(func: FuncOp) -> None:
    """State the types that the host program now takes and gives."""
    block = func.body.block
    last = block.last_op
    returned = [value.type for value in last.operands] if last is not None else []
    func.function_type = FunctionType.from_lists([a.type for a in block.args], returned)


def _host_print(op: graph.PrintOp) -> None:
    """Replace a print by the call of the runtime's function."""
    block = op.parent
    assert block is not None
    texts = tuple(text.data for text in op.texts.data)
    literals = [op.stream.data, op.style.data, texts]
    constants = [
        pyobj.ConstantOp.create(
            properties={"value": pyobj.LiteralAttr(literal)},
            result_types=(OBJECT,),
            location=op.location,
        )
        for literal in literals
    ]
    function = pyobj.RuntimeOp.create(
        properties={"function": StringAttr("print")},
        result_types=(OBJECT,),
        location=op.location,
    )
    operands = [*(constant.results[0] for constant in constants), *op.values]
    call = _call(function.results[0], operands, op)
    block.insert_ops_before([function, *constants, call], op)
    op.detach()
    op.erase()


def _call(callee: SSAValue, arguments: list[SSAValue], place: Operation) -> pyobj.CallOp:
    return pyobj.CallOp.create(
        operands=[callee, *arguments],
        properties={"layout": pyobj.NamesAttr(("",) * len(arguments))},
        result_types=(OBJECT,),
        location=place.location,
    )
