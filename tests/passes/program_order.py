"""Runs functions of graph and pyobj ops: op by op in program order, and as host programs.

All numbers are 0-d arrays of int64 or bool. What a program does to the world is a list of events.
"""

import builtins

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin
from xdsl.dialects.func import Func, ReturnOp
from xdsl.parser import Parser

from foldaway.dialects import graph, pyobj
from foldaway.dialects.pyobj import PyObj
from foldaway.dialects.verifier import verify
from foldaway.frontend.emit_python import to_function
from foldaway.passes.check_boundary import CheckBoundaryPass
from foldaway.passes.outline_segments import OutlineSegmentsPass

COMPUTED = {
    "graph.add": lambda a, b: a + b,
    "graph.mul": lambda a, b: a * b % 1009,
    "graph.neg": lambda a: -a,
    "graph.not": np.logical_not,
}
COMPARED = {"lt": np.less, "eq": np.equal}


class Returned(Exception):
    """What leaves the whole function with its value."""


class Retreat(Exception):
    """What sends a call to Python; op by op, that is what runs anyway."""


class World:
    """What effects happen in; each is an event with the numbers that were seen then."""

    def __init__(self):
        self.events = []

    def print(self, stream, style, texts, *values):
        self.events.append(("print", texts, *map(np.copy, values)))

    def write(self, target, new):
        self.events.append(("write", np.copy(new)))
        target[...] = new

    @property
    def owner(self):
        """An object that tells what is set on it."""
        events = self.events

        class Owner:
            def __setattr__(self, name, value):
                events.append((name, np.copy(value)))

        return Owner()


def module_of(text):
    context = Context()
    for dialect in (PyObj, Builtin, Func, graph.Graph):
        context.load_dialect(dialect)
    module = Parser(context, text).parse_module()
    verify(module)
    return module


def observe(function, world):
    """Return the events, and how the function ended."""
    try:
        end = ("returned", *np.atleast_1d(function()))
    except Returned as returned:
        end = ("returned", *np.atleast_1d(returned.args[0]))
    except (ValueError, AssertionError, Retreat) as error:
        end = (type(error).__name__, *error.args)
    return [*world.events, end]


def run_in_order(module, inputs):
    """Return what the first function does, when each op runs in its turn."""
    world = World()
    func = module.body.block.first_op
    values = dict(zip(func.args, [*map(np.array, inputs), world.owner], strict=True))
    return observe(lambda: run_block(func.body.block, values, world), world)


def outlined(text):
    """Return the module with a host program and its segments."""
    module = module_of(text)
    for step in (CheckBoundaryPass(), OutlineSegmentsPass()):
        step.apply(Context(), module)
        verify(module)
    return module


def run_host_program(module, inputs):
    """Return what the host program does; its segments run op by op."""
    world = World()
    host, *segments = module.ops
    namespace = {segment.sym_name.data: as_function(segment) for segment in segments}
    namespace |= {
        "_runtime_print": world.print,
        "_runtime_write": world.write,
        "_runtime_truth": bool,
        "_runtime_exception": lambda name, *args: getattr(builtins, name)(*args),
        "_runtime_indices": lambda start, step, count: (
            np.array(start + step * n) for n in range(count)
        ),
    }
    function = to_function(host, "f", namespace)
    arguments = [*map(np.array, inputs), world.owner]
    return observe(lambda: function(*arguments), world)


def as_function(segment):
    def call(*inputs):
        values = dict(zip(segment.args, inputs, strict=True))
        given = run_block(segment.body.block, values, None)
        return given[0] if len(given) == 1 else tuple(given)

    return call


def run_block(block, values, world):
    """Return what the block's last op holds; `world` is None where nothing may have an effect."""
    for op in block.ops:
        operands = [values[operand] for operand in op.operands]
        if isinstance(op, graph.GiveOp | ReturnOp):
            return operands
        made = run_op(op, operands, values, world)
        values.update(zip(op.results, made, strict=True))
    raise AssertionError("a block ends in some op")


def run_op(op, operands, values, world):
    match op:
        case graph.IfOp():
            return run_block((op.body if operands[0] else op.orelse).block, values, world)
        case graph.WhileOp():
            return run_while(op, operands, values, world)
        case graph.ForOp():
            start, step, count = (one.value.data for one in (op.start, op.step, op.count))
            for index in range(count):
                arguments = [np.array(start + index * step), *operands]
                operands = run_region(op.body, arguments, values, world)
            return operands
        case graph.RaiseOp():
            raise getattr(builtins, op.exception.data)(op.message.data)
        case graph.AssertOp():
            kind = getattr(builtins, op.exception.data, Retreat)
            if not operands[0] and (kind is not Retreat or world is None):
                raise kind(op.message.data)
            return []
        case graph.ConstantOp():
            return [np.array(op.value.get_values()[0])]
        case graph.CompareOp():
            return [np.array(COMPARED[op.predicate.data](*operands))]
        case _ if op.name in COMPUTED:
            return [np.array(COMPUTED[op.name](*operands))]
        case _:
            assert world is not None, f"{op.name} in a segment"
            return run_effect(op, operands, world)


def run_while(op, carried, values, world):
    while run_region(op.condition, carried, values, world)[0]:
        carried = run_region(op.body, carried, values, world)
    return carried


def run_region(region, arguments, values, world):
    values.update(zip(region.block.args, arguments, strict=True))
    return run_block(region.block, values, world)


def run_effect(op, operands, world):
    match op:
        case graph.PrintOp():
            world.print("", "", tuple(text.data for text in op.texts.data), *operands)
            return []
        case pyobj.SetAttrOp():
            setattr(operands[1], op.attribute.data, operands[0])
            return []
        case pyobj.ReturnOp():
            raise Returned(operands[0])
        case pyobj.TupleOp():
            return [tuple(operands)]
        case pyobj.RuntimeOp():
            return [getattr(world, op.function.data)]
        case pyobj.CallOp():
            return [operands[0](*operands[1:])]
        case _:
            raise AssertionError(op.name)
