"""The lowering of a graph takes time in proportion to its size."""

import gc
import time

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin
from xdsl.dialects.func import Func
from xdsl.parser import Parser

from foldaway.dialects.graph import Graph

from .compiled_graph import PASSES


def chain(n):
    """A long chain, every value of which is read by the next op only."""
    return [f"%v{i + 1} = graph.{'exp' if i % 2 else 'neg'} %v{i} : T" for i in range(n)]


def all_read_again(n):
    """Each value is read by the next op, and by a reduction at the end."""
    lines = [f"%v{i + 1} = graph.convert %v{i} : T -> T" for i in range(n // 2)]
    lines += [f"%s{i} = graph.reverse %v{i}, axes = [0] : T" for i in range(n // 2)]
    return [
        *lines,
        *(f"%v{n // 2 + i + 1} = graph.add %v{n // 2 + i}, %s{i} : T" for i in range(n // 2)),
    ]


def parts(n):
    """A concatenation of many parts."""
    lines = [f"%a{i} = graph.neg %v0 : T" for i in range(n)]
    operands, types = ", ".join(f"%a{i}" for i in range(n)), ", ".join(["T"] * n)
    lines.append(f"%c = graph.concat axis = 0 of {operands} : {types} -> tensor<{4 * n}xf32>")
    lines.append(
        f"%v{n} = graph.slice %c, starts = [3], limits = [7], strides = [1]"
        f" : tensor<{4 * n}xf32> -> T"
    )
    return lines


def updates(n):
    one = "starts = [1], strides = [1] : T, tensor<1xf32>"
    return [f"%v{i + 1} = graph.update_slice %v{i}, %w, {one}" for i in range(n)]


def reductions(n):
    lines = []
    for i in range(n // 3):
        lines += [
            f'%s{i} = graph.reduce "sum" %v{i}, axes = [0] : T -> tensor<f32>',
            f"%b{i} = graph.broadcast %s{i}, dimensions = [] : tensor<f32> -> T",
            f"%v{i + 1} = graph.sub %v{i}, %b{i} : T",
        ]
    return lines


def module(program, n):
    body = "\n".join(program(n))
    last = max(
        int(word[2:]) for word in body.split() if word.startswith("%v") and word[2:].isdigit()
    )
    text = (
        f"func.func @f(%v0 : T, %w : tensor<1xf32>) -> T {{\n{body}\nfunc.return %v{last} : T\n}}"
    )
    context = Context()
    for dialect in (Builtin, Func, Graph):
        context.load_dialect(dialect)
    return Parser(context, text.replace("T", "tensor<4xf32>")).parse_module()


def seconds(program, n):
    """Return the processor time of the three passes, of several runs the least."""
    found = []
    original = module(program, n)
    for _ in range(3):
        parsed = original.clone()
        gc.collect()
        gc.disable()
        start = time.process_time()
        for step in PASSES:
            step.apply(Context(), parsed)
        found.append(time.process_time() - start)
        gc.enable()
    return min(found)


@pytest.mark.parametrize("program", [chain, all_read_again, parts, updates, reductions])
def test_four_times_as_many_ops_take_about_four_times_as_long(program):
    small, large = seconds(program, 1000), seconds(program, 4000)
    assert large < 6 * small, (small, large)
