"""What compiled code raises: which exception, with which arguments, at which line."""

import builtins
import linecache
import time
import traceback

import numpy as np
import pytest
from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr

from foldaway import context
from foldaway.dialects import dtypes, graph
from foldaway.dialects.dtypes import TensorSpec
from foldaway.dialects.graph.control import EXCEPTIONS
from foldaway.runtime.retreat import Retreat

from .control_programs import Drawn, Graph
from .graph_program import GraphProgram

CONDITION = TensorSpec((), dtypes.bool_)


def asserting(*failures, at=None):
    """Return a program of one condition for each exception and text."""

    def build(to, *conditions):
        for condition, (name, text) in zip(conditions, failures, strict=True):
            properties = {"exception": StringAttr(name), "message": StringAttr(text)}
            op = graph.AssertOp.create(operands=[condition], properties=properties)
            if at is not None:
                op.location = at
            to.emitter.block.add_op(op)
        return [to.binary("or", conditions[0], conditions[-1])]

    return GraphProgram([CONDITION] * len(failures), build)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_exceptions_have_the_text_or_no_argument(name):
    program = asserting((name, "one: 'two'\n\\ é"), (name, ""))
    kind = Retreat if name == "Retreat" else getattr(builtins, name)
    for conditions, args in (((False, True), ("one: 'two'\n\\ é",)), ((True, False), ())):
        with pytest.raises(kind) as raised:
            program(*map(np.array, conditions))
        assert type(raised.value) is kind
        assert raised.value.args == args
    (got,) = program(np.array(True), np.array(True))
    assert got.item() is True


def test_of_several_the_first_is_raised_and_each_time_a_new_one():
    program = asserting(("KeyError", "a"), ("ValueError", "b"), ("KeyError", "c"))
    found = []
    for _ in range(2):
        with pytest.raises(ValueError, match="b") as raised:
            program(np.array(True), np.array(False), np.array(False))
        found.append(raised.value)
    assert found[0] is not found[1]


def test_the_traceback_ends_at_the_line_of_the_user(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("class A:\n    def check(self, x):\n        y = 1\n        assert x, 'no'\n")
    linecache.checkcache(str(file))
    at = FileLineColLoc(StringAttr(str(file)), IntAttr(4), IntAttr(9))
    with pytest.raises(AssertionError) as raised:
        asserting(("AssertionError", "no"), at=at)(np.array(False))
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.name) == (str(file), 4, "check")
    assert last.line == "assert x, 'no'"


def test_a_failure_in_a_late_round_is_seen_after_the_rounds_before():
    # Raises in the round in which 10 - 3 * i is negative, unless the loop ends before.
    def program(rounds):
        drawn = Drawn(0, [])
        names = drawn.types
        i, x = len(names), len(names) + 1
        names |= {i: TensorSpec((), dtypes.int64), x: TensorSpec((), dtypes.int64)}

        def build(to, *inputs):
            def body(to, given, env):
                left = to.binary("sub", 10, to.binary("mul", env[i], 3))
                fine = to.compare("ge", left, 0)
                properties = {"exception": StringAttr("OverflowError"), "message": StringAttr("x")}
                Graph(drawn).add(to, graph.AssertOp, [fine], (), **properties)
                to.emitter.block.add_op(graph.GiveOp.create(operands=[left]))

            env = {}
            zero = to.full((), 0, dtypes.int64)
            region = Graph(drawn).region(([], []), env, [i, x], body)
            made = Graph(drawn).counted(to, (0, 1, rounds), [zero], [x], region)
            return list(made.values())

        return GraphProgram([], build)

    assert program(4)()[0] == 1
    with pytest.raises(OverflowError, match="x"):
        program(5)()


@pytest.mark.skipif(
    context.get_context("device_target") != "CPU", reason="another machine launches each round"
)
def test_rounds_of_numbers_take_nanoseconds():
    # x = x / 2 + 1, ten thousand times.
    drawn = Drawn(0, [])
    i, x = len(drawn.types), len(drawn.types) + 1
    drawn.types |= {i: TensorSpec((), dtypes.int64), x: TensorSpec((), dtypes.float64)}

    def build(to, start):
        def body(to, given, env):
            half = to.binary("add", to.binary("mul", env[x], 0.5), 1.0)
            to.emitter.block.add_op(graph.GiveOp.create(operands=[half]))

        region = Graph(drawn).region(([], []), {}, [i, x], body)
        return list(Graph(drawn).counted(to, (0, 1, 10_000), [start], [x], region).values())

    program, taken = GraphProgram([TensorSpec((), dtypes.float64)], build), []
    for _ in range(20):
        start = time.perf_counter()
        (got,) = program.executable([np.array(5.0)])
        taken.append(time.perf_counter() - start)
        assert got == 2.0
    assert min(taken) < 1e-3
