"""The lowering of a graph takes time in proportion to its size."""

import gc
import time

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from foldaway.dialects import graph
from foldaway.dialects.dtypes import TensorSpec, bool_, float32, tensor_type
from foldaway.dialects.ir_emitter import IREmitter

from .compiled_graph import PASSES

VECTOR = TensorSpec((4,), float32)
NUMBER = TensorSpec((), float32)
ONE = TensorSpec((1,), float32)
FLAG = TensorSpec((), bool_)


def chain(to, x, w, n):
    for i in range(n):
        x = to.emit("graph.exp" if i % 2 else "graph.neg", [x], VECTOR, {})
    return x


def all_read_again(to, x, w, n):
    values = [x]
    for _ in range(n // 3):
        values.append(to.emit("graph.convert", [values[-1]], VECTOR, {}))
    for value in values:
        other = to.emit("graph.reverse", [value], VECTOR, {"axes": (0,)})
        x = to.emit("graph.add", [x, other], VECTOR, {})
    return x


def parts(to, x, w, n):
    values = [to.emit("graph.neg", [x], VECTOR, {}) for _ in range(n)]
    long = TensorSpec((4 * n,), float32)
    whole = to.emit("graph.concat", values, long, {"axis": 0})
    bounds = {"starts": (3,), "limits": (7,), "strides": (1,)}
    return to.emit("graph.slice", [whole], VECTOR, bounds)


def updates(to, x, w, n):
    for _ in range(n):
        x = to.emit("graph.update_slice", [x, w], VECTOR, {"starts": (1,), "strides": (1,)})
    return x


def reductions(to, x, w, n):
    for _ in range(n // 3):
        total = to.emit("graph.reduce", [x], NUMBER, {"kind": "sum", "axes": (0,)})
        spread = to.emit("graph.broadcast", [total], VECTOR, {"dimensions": ()})
        x = to.emit("graph.sub", [x, spread], VECTOR, {})
    return x


def branches(to, x, w, n):
    for _ in range(n // 10):
        x = chain(to, x, w, 4)
        x = branch(to, x, lambda to, x: chain(to, x, w, 2))
    return x


def nested_branches(to, x, w, n):
    def inside(depth):
        def side(to, x):
            x = chain(to, x, w, n // 40)
            return branch(to, x, inside(depth - 1)) if depth else x

        return side

    return inside(20)(to, x)


def branch(to, x, side):
    """Append an `if`, one side of which `side` writes."""
    limit = to.emit("graph.reduce", [x], NUMBER, {"kind": "sum", "axes": (0,)})
    condition = to.emit("graph.compare", [limit, limit], FLAG, {"predicate": "lt"})
    regions = []
    for write in (side, lambda to, x: chain(to, x, x, 2)):
        block = Block()
        block.add_op(graph.GiveOp.create(operands=[write(IREmitter(block), x)]))
        regions.append(Region(block))
    made = graph.IfOp.create(operands=[condition], result_types=[x.type], regions=regions)
    to.block.add_op(made)
    return made.results[0]


def module(program, n):
    types = [tensor_type(VECTOR), tensor_type(ONE)]
    function = FuncOp("f", (types, [tensor_type(VECTOR)]))
    block = function.body.block
    to = IREmitter(block)
    block.add_op(ReturnOp(program(to, *block.args, n)))
    return ModuleOp([function])


def seconds(program, n):
    """Return the processor time of the three passes, of several runs the least."""
    found = []
    for _ in range(3):
        built = module(program, n)
        gc.collect()
        gc.disable()
        start = time.process_time()
        for step in PASSES:
            step.apply(Context(), built)
        found.append(time.process_time() - start)
        gc.enable()
    return min(found)


PROGRAMS = [chain, all_read_again, parts, updates, reductions, branches, nested_branches]


@pytest.mark.parametrize("program", PROGRAMS)
def test_four_times_as_many_ops_take_about_four_times_as_long(program):
    small, large = seconds(program, 250), seconds(program, 1000)
    assert large < 8 * small, (small, large)
