"""Ops that are made without xDSL's constructor are those that it makes."""

import pytest
from xdsl.dialects import arith, linalg
from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr, f32
from xdsl.dialects.scf import YieldOp
from xdsl.ir import Block, Operation, Region

from foldaway.dialects import graph
from foldaway.dialects.append import append
from foldaway.dialects.dtypes import TensorSpec, float32, tensor_type
from foldaway.dialects.nested_ops import nested_ops

PLACE = FileLineColLoc(StringAttr("file"), IntAttr(1), IntAttr(2))
FOUR = tensor_type(TensorSpec((4,), float32))
KINDS = [
    (graph.AddOp, (0, 1), (FOUR,), {}),
    (graph.AddOp, (1, 1), (FOUR,), {}),
    (graph.NegOp, (0,), (FOUR,), {}),
    (graph.GiveOp, (0, 1, 0), (), {}),
    (graph.CompareOp, (0, 1), (FOUR,), {"predicate": StringAttr("lt")}),
    (arith.AddfOp, (0, 1), (f32,), {}),
    (linalg.ops.YieldOp, (), (), {}),
]


def theirs(block, kind, operands, types, properties) -> Operation:
    op = kind.create(operands=operands, result_types=types, properties=properties, location=PLACE)
    block.add_op(op)
    return op


def links(block: Block) -> list[object]:
    """What all ops of a block are and how they hang together, by position."""
    ops = list(block.ops)
    values = [*block.args, *(result for op in ops for result in op.results)]
    found: list[object] = [[ops.index(op) for op in [block.first_op, block.last_op] if op]]
    for op in ops:
        around = [None if one is None else ops.index(one) for one in (op.prev_op, op.next_op)]
        operands = [values.index(value) for value in op.operands]
        results = [(value.type, value.index, value.op is op) for value in op.results]
        found += [(type(op), around, operands, results, op.parent is block)]
        found += [(op.properties, op.attributes, op.location, op.regions, list(op.successors))]
    for value in values:
        found.append([(ops.index(use.operation), use.index) for use in value.uses])
    return found


def test_ops_are_as_xdsl_makes_them():
    made, expected = Block(arg_types=[FOUR, FOUR]), Block(arg_types=[FOUR, FOUR])
    for kind, operands, types, properties in KINDS:
        op = append(made, kind, [made.args[i] for i in operands], types, properties, PLACE)
        other = theirs(expected, kind, [expected.args[i] for i in operands], types, properties)
        assert vars(op).keys() ^ vars(other).keys() <= {"_prev_op", "_next_op"}
        assert links(made) == links(expected)


def test_ops_can_be_taken_out_and_changed_like_others():
    block = Block(arg_types=[FOUR, FOUR])
    first, second = block.args
    a = append(block, graph.AddOp, (first, first), (FOUR,), {}, PLACE)
    b = append(block, graph.AddOp, (a.results[0], second), (FOUR,), {}, PLACE)
    c = append(block, graph.NegOp, (b.results[0],), (FOUR,), {}, PLACE)
    b.results[0].replace_all_uses_with(second)
    block.erase_op(b)
    assert list(block.ops) == [a, c]
    assert [use.operation for use in second.uses] == [c]
    c.operands = [first]
    assert first.uses.get_length() == 3
    assert not second.uses
    block.erase_op(c)
    block.erase_op(a)
    assert block.is_empty
    assert not first.uses


def test_the_properties_given_are_not_shared():
    block, properties = Block(arg_types=[FOUR]), {"predicate": StringAttr("lt")}
    op = append(block, graph.CompareOp, (block.args[0],) * 2, (FOUR,), properties, PLACE)
    op.properties["predicate"] = StringAttr("gt")
    assert properties == {"predicate": StringAttr("lt")}
    append(block, arith.AddfOp, (block.args[0],) * 2, (f32,), {}, PLACE).properties.clear()
    assert append(block, arith.AddfOp, (block.args[0],) * 2, (f32,), {}, PLACE).properties


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_nested_ops_are_in_program_order(depth: int):
    block = Block()
    for _ in range(depth + 1):
        inner = block
        block = Block([YieldOp() for _ in range(2)])
        block.add_op(YieldOp.create(regions=[Region([inner, Block([YieldOp()])]), Region()]))
        block.add_op(YieldOp())
    op = YieldOp.create(regions=[Region(block)])
    assert nested_ops(op) == list(op.walk())
    assert nested_ops(YieldOp())[0].name == "scf.yield"
