"""Programs of branches and loops drawn at random: as graph ops, and as Python on NumPy arrays.

A block is a list of statements and the names that it gives. Names are numbers, from the inputs on.
"""

import random

import numpy as np
from xdsl.dialects.builtin import IntegerAttr, StringAttr, i64
from xdsl.ir import Block, Region

from foldaway.dialects import dtypes, graph
from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import TensorSpec, tensor_type
from foldaway.runtime.arrays import numpy_dtype

SHAPES = [(), (1,), (3, 4), (0, 4)]
CONDITION, COUNT = TensorSpec((), dtypes.bool_), TensorSpec((), dtypes.int64)


class Raises(Exception):
    """What a program raises, as NumPy runs it."""


class Drawn:
    """A program with inputs of some types, among which are conditions and counts."""

    def __init__(self, seed, specs, length=8):
        self.random = random.Random(seed)
        self.specs = [*specs, CONDITION, CONDITION, COUNT]
        self.types = dict(enumerate(self.specs))
        self.block = self._block(list(self.types), length, 2, None)

    def _block(self, names, length, depth, gives):
        """Draw statements that see `names`; they give values of the types, by default any."""
        names, statements = list(names), []
        for _ in range(self.random.randrange(length + 1)):
            kinds = [self._compute] * 3 + [self._constant]
            if depth:
                kinds += [self._if, self._while, self._for, self._assert]
            statements.append(self.random.choice(kinds)(names, depth))
        if gives is None:
            gives = [self.types[self._any(names)] for _ in range(3)]
        return statements, [self._any(names, spec) for spec in gives]

    def _any(self, names, spec=None):
        """Choose a name, mostly a late one."""
        found = [n for n in names if spec is None or self.types[n] == spec]
        return self.random.choice(found[-3:] if self.random.random() < 0.6 else found)

    def _new(self, names, spec):
        names.append(len(self.types))
        self.types[names[-1]] = spec
        return names[-1]

    def _constant(self, names, depth):
        spec = self.types[self._any(names)]
        number = self.random.choice([0, 1, 1 if spec.dtype.name == "bool" else 3])
        return "constant", number, spec, self._new(names, spec)

    def _compute(self, names, depth):
        x = self._any(names)
        spec = self.types[x]
        y = self._any(names, spec)
        kinds = ["reverse", "select", "compare", "update"]
        kinds += ["or", "xor"] if spec.dtype.kind == "b" else ["add", "sub", "mul"]
        kinds += ["transposed", "halves"] if len(spec.shape) == 2 else []
        kinds += ["below"] if spec.shape == (3, 4) and spec.dtype.kind != "b" else []
        kind = self.random.choice(kinds)
        result = spec
        if kind == "compare":
            result = CONDITION
        operands = [x, y]
        if kind == "select":
            operands = [self._any(names, CONDITION), x, y]
        return kind, operands, self._new(names, result)

    def _if(self, names, depth):
        condition = self._any(names, CONDITION)
        gives = [self.types[self._any(names)] for _ in range(self.random.randrange(4))]
        sides = [self._block(names, 4, depth - 1, gives) for _ in range(2)]
        left = self.random.choice([None, None, None, 0, 1])
        return "if", condition, sides, left, [self._new(names, spec) for spec in gives]

    def _carried(self, names):
        initial = [self._any(names) for _ in range(self.random.randrange(4))]
        return initial, [self.types[name] for name in initial]

    def _while(self, names, depth):
        """Draw a loop that counts in its first value up to a limit from around."""
        limit, (initial, specs) = self._any(names, COUNT), self._carried(names)
        inside = list(names)
        arguments = [self._new(inside, spec) for spec in (COUNT, *specs)]
        condition = self._block(inside, 2, 0, [CONDITION])
        body = self._block(inside, 4, depth - 1, specs)
        results = [self._new(names, spec) for spec in specs]
        return "while", limit, initial, arguments, condition, body, results

    def _for(self, names, depth):
        initial, specs = self._carried(names)
        bounds = [self.random.randrange(*r) for r in ((-3, 4), (-2, 3), (0, 5))]
        inside = list(names)
        arguments = [self._new(inside, spec) for spec in (COUNT, *specs)]
        body = self._block(inside, 4, depth - 1, specs)
        return "for", bounds, initial, arguments, body, [self._new(names, s) for s in specs]

    def _assert(self, names, depth):
        name = self.random.choice(["ValueError", "ZeroDivisionError"])
        text = self.random.choice(["", "no: such", str(self.random.random())])
        # Mostly of what is often true, so that programs go on.
        return "assert", self._any(names), name, text


def numpy_run(drawn, inputs):
    """Return what a program gives for the inputs, or raise `Raises`."""
    with np.errstate(all="ignore"):
        return _run(drawn, drawn.block, dict(enumerate(inputs)))


def _run(drawn, block, env):
    statements, given = block
    for statement in statements:
        _step(drawn, statement, env)
    return [env[name] for name in given]


def _step(drawn, statement, env):
    match statement:
        case "constant", number, (shape, dtype), result:
            env[result] = np.full(shape, number).astype(numpy_dtype(dtype))
        case "if", condition, sides, left, results:
            side = 0 if env[condition] else 1
            values = _run(drawn, sides[side], dict(env))
            if side == left:
                raise Raises("KeyError", "left")
            env |= zip(results, values, strict=True)
        case "while", limit, initial, arguments, condition, body, results:
            count, values = np.int64(0), [env[name] for name in initial]
            while True:
                inner = env | dict(zip(arguments, [count, *values], strict=True))
                going = _run(drawn, condition, dict(inner))[0] | (count < 2)
                if not (going and count < min(env[limit], 5)):
                    break
                values = _run(drawn, body, inner)
                count = np.int64(count + 1)
            env |= zip(results, values, strict=True)
        case "for", (start, step, count), initial, arguments, body, results:
            values = [env[name] for name in initial]
            for i in range(count):
                number = np.int64(start + step * i)
                inner = env | dict(zip(arguments, [number, *values], strict=True))
                values = _run(drawn, body, inner)
            env |= zip(results, values, strict=True)
        case "assert", name, exception, text:
            if not (env[name] == env[name]).all():
                raise Raises(exception, text)
        case kind, operands, result:
            values = [np.asarray(env[name]) for name in operands]
            dtype = numpy_dtype(drawn.types[result].dtype)
            env[result] = np.asarray(MEANINGS[kind](*values)).astype(dtype)


def _updated(x, y):
    if x.ndim:
        x = x.copy()
        x[:1] = y[:1]
    return x


MEANINGS = {
    **{"add": np.add, "sub": np.subtract, "mul": np.multiply},
    **{"or": np.logical_or, "xor": np.logical_xor},
    "reverse": lambda x, y: np.flip(x),
    "select": lambda c, x, y: x if c else y,
    "compare": lambda x, y: (x < y).any(),
    "update": _updated,
    "below": lambda x, y: x - y[:1],
    "transposed": lambda x, y: x.T.reshape(x.shape),
    "halves": lambda x, y: np.concatenate([x[:, 2:], y[:, :2]], 1),
}


class Graph:
    """Writes a program as graph ops, into a block."""

    def __init__(self, drawn):
        self.drawn = drawn

    def write(self, block, to, env):
        """Write statements; return what they give."""
        statements, given = block
        for statement in statements:
            self.step(statement, to, env)
        return [env[name] for name in given]

    def region(self, block, env, names, end):
        """Return a region whose arguments have these names; `end` writes its last op."""
        inner = Block(arg_types=[tensor_type(self.drawn.types[name]) for name in names])
        to = IRBuilder(inner)
        env = env | dict(zip(names, inner.args, strict=True))
        end(to, self.write(block, to, env), env)
        return Region(inner)

    def add(self, to, op, operands, results, regions=(), **properties):
        """Append an op whose results have these names; return them by name."""
        types = [tensor_type(self.drawn.types[name]) for name in results]
        made = op.create(
            operands=operands, result_types=types, regions=regions, properties=properties
        )
        to.emitter.block.add_op(made)
        return dict(zip(results, made.results, strict=True))

    def step(self, statement, to, env):
        match statement:
            case "constant", number, (shape, dtype), result:
                env[result] = to.full(shape, number, dtype)
            case "if", condition, sides, left, results:
                regions = [
                    self.region(side, env, (), _raise if n == left else _give)
                    for n, side in enumerate(sides)
                ]
                env |= self.add(to, graph.IfOp, [env[condition]], results, regions)
            case "while", limit, initial, arguments, condition, body, results:
                self._while(to, env, limit, initial, arguments, condition, body, results)
            case "for", bounds, initial, arguments, body, results:
                region = self.region(body, env, arguments, _give)
                operands = [env[name] for name in initial]
                env |= self.counted(to, bounds, operands, results, region)
            case "assert", name, exception, text:
                condition = to.reduce("all", to.compare("eq", env[name], env[name]))
                properties = {"exception": StringAttr(exception), "message": StringAttr(text)}
                self.add(to, graph.AssertOp, [condition], (), **properties)
            case kind, operands, result:
                env[result] = BUILDERS[kind](to, *(env[name] for name in operands))

    def counted(self, to, bounds, operands, results, region):
        """Append a loop from start, in steps, that often."""
        numbers = [IntegerAttr(number, i64) for number in bounds]
        properties = dict(zip(("start", "step", "count"), numbers, strict=True))
        return self.add(to, graph.ForOp, operands, results, [region], **properties)

    def _while(self, to, env, limit, initial, arguments, condition, body, results):
        def going(to, given, env):
            number = env[arguments[0]]
            least = to.binary("minimum", env[limit], to.full((), 5, dtypes.int64))
            either = to.binary("or", given[0], to.compare("lt", number, 2))
            _give(to, [to.binary("and", either, to.compare("lt", number, least))], env)

        def counting(to, given, env):
            _give(to, [to.binary("add", env[arguments[0]], 1), *given], env)

        regions = [
            self.region(condition, env, arguments, going),
            self.region(body, env, arguments, counting),
        ]
        operands = [to.full((), 0, dtypes.int64), *(env[name] for name in initial)]
        env |= self.add(to, graph.WhileOp, operands, [arguments[0], *results], regions)


def _give(to, given, env):
    to.emitter.block.add_op(graph.GiveOp.create(operands=given))


def _raise(to, given, env):
    properties = {"exception": StringAttr("KeyError"), "message": StringAttr("left")}
    to.emitter.block.add_op(graph.RaiseOp.create(properties=properties))


def _write_update(to, x, y):
    shape = to.emitter.spec(x).shape
    if not shape:
        return x
    zeros, ones = (0,) * len(shape), (1,) * len(shape)
    part = to.slice(y, zeros, (min(1, shape[0]), *shape[1:]), ones)
    return to.update_slice(x, part, zeros, ones)


def _write_halves(to, x, y):
    rows = to.emitter.spec(x).shape[0]
    right = to.slice(x, (0, 2), (rows, 4), (1, 1))
    return to.concat([right, to.slice(y, (0, 0), (rows, 2), (1, 1))], 1)


BUILDERS = {
    **{
        kind: lambda to, x, y, kind=kind: to.binary(kind, x, y)
        for kind in ("add", "sub", "mul", "or", "xor")
    },
    "reverse": lambda to, x, y: to.reverse(x, tuple(range(len(to.emitter.spec(x).shape)))),
    "select": lambda to, c, x, y: to.select(c, x, y),
    "compare": lambda to, x, y: to.reduce("any", to.compare("lt", x, y)),
    "update": _write_update,
    "below": lambda to, x, y: to.binary("sub", x, to.slice(y, (0, 0), (1, 4), (1, 1))),
    "transposed": lambda to, x, y: to.reshape(to.transpose(x), to.emitter.spec(x).shape),
    "halves": _write_halves,
}
