"""What the host program knows on a way that ends within a run-time branch."""

from types import SimpleNamespace

from xdsl.ir import Block, Region

from foldaway.dialects import graph, pyobj
from foldaway.folding.options import Options
from foldaway.folding.session import Folding
from foldaway.runtime.sources import Held


def names(block):
    return [op.name.removeprefix("pyobj.") for op in block.ops]


def test_a_way_that_ends_tells_the_others_nothing():
    folding = Folding(Options())
    outside = SimpleNamespace(items=[1])
    owner = folding.adopt(outside, Held(outside))
    items = folding.adopt(outside.items, Held(outside.items))
    made = [2]
    before = folding.host.value(made)
    side = Block()
    graph_if = graph.IfOp.create(regions=[Region(side)]) if hasattr(graph, "IfOp") else None
    if graph_if is not None:
        folding.block.add_op(graph_if)
    outer = folding.block
    folding.journal.begin()
    folding.block = side
    folding.journal.before_change(items)
    items.append(made)
    folding.journal.before_change(made)
    made.append(3)
    folding.effects.prime(owner, "n", 0)
    folding.effects.set_attribute(owner, "n", 1)
    assert names(side) == []
    result = folding.host.finish([made])
    assert result.owner.parent_block() is side
    assert {"setattr", "list", "call"} <= set(names(side))
    folding.block = outer
    folding.journal.end()
    assert items == [1]
    assert made == [2]
    assert folding.host.value(made) is before
    count = len(list(outer.ops))
    folding.host.flush()
    assert len(list(outer.ops)) == count
    assert isinstance(before.owner, pyobj.ListOp)
