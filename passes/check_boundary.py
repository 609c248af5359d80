"""check-boundary: no object that needs the interpreter gets past compiling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Operation, SSAValue
from xdsl.passes import ModulePass

from ..dialects import graph, pyobj
from ..dialects.nested_ops import nested_ops
from ..dialects.source import reject
from ..folding.host import SHAREABLE

_BUILDING = (pyobj.TupleOp, pyobj.ListOp, pyobj.SetOp, pyobj.DictOp, pyobj.ReturnOp)
_CHANGING = (pyobj.SetAttrOp, pyobj.DelAttrOp, pyobj.SetItemOp, pyobj.DelItemOp, pyobj.SliceOp)
_METHODS = ("append", "appendleft", "extend", "clear", "update", "add", "discard")
"""What is called of built-in containers."""
_COMPILED = (pyobj.SegmentOp, pyobj.RuntimeOp, pyobj.CallOp, pyobj.UnpackOp)


@dataclass(frozen=True)
class CheckBoundaryPass(ModulePass):
    """Reject a function that would need Python objects or user code at run time.

    Allowed are graph ops, what builds objects of tensors, literals, containers and objects that
    existed before the call, what sets and deletes their attributes and items, and what raises an
    exception that the runtime makes. All of that may stand in branches and loops of the graph.
    """

    name = "check-boundary"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Leave `op` as it is, or raise CompileError at the first object that gets through."""
        for func in op.ops:
            if isinstance(func, FuncOp):
                for inner in nested_ops(func):
                    _check(inner)


def _check(op: Operation) -> None:
    if isinstance(op, pyobj.ConstantOp):
        if isinstance(op.value, pyobj.ObjectAttr) and not isinstance(op.value.data, SHAREABLE):
            _refuse_object(op, op.value.data)
        return
    if op.name in _GRAPH or isinstance(op, (FuncOp, ReturnOp, *_BUILDING, *_CHANGING, *_COMPILED)):
        return
    if isinstance(op, pyobj.GetAttrOp) and op.attribute.data in _METHODS:
        return
    if isinstance(op, pyobj.RaiseOp) and op.values and all(map(_is_of_runtime, op.values)):
        return
    words = op.name.removeprefix("pyobj.").replace("_", " ")
    reject(
        op,
        f"'{words}' would need the Python interpreter at run time",
        "make it depend on what is known while compiling, or do it outside",
    )


def _is_of_runtime(value: SSAValue) -> bool:
    """Return whether a function of the runtime gives a value."""
    call = value.owner
    return isinstance(call, pyobj.CallOp) and isinstance(call.callee.owner, pyobj.RuntimeOp)


def _refuse_object(op: Operation, value: object) -> NoReturn:
    # The text is MindSpore's; programs and tests know it.
    reject(
        op,
        "Should not use Python object in runtime, node: ValueNode<InterpretedObject> "
        f"InterpretedObject: '{_text_of(value)}'",
        "return a tensor, as in Tensor(x), or numbers, text and containers of them",
    )


def _text_of(value: object) -> str:
    """Return an object's text; what it shows may have been undone, so that there is none."""
    try:
        return str(value)
    except Exception:
        return object.__repr__(value)


_GRAPH = frozenset(op.name for op in graph.Graph.operations)
