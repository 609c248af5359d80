"""Runs functions in buffer form with NumPy, one op after the other: what they mean, slowly."""

import itertools
import math
from fractions import Fraction

import numpy as np
from ml_dtypes import bfloat16
from xdsl.dialects.builtin import FloatAttr, IntegerAttr, MemRefType, StridedLayoutAttr
from xdsl.ir.affine import AffineConstantExpr, AffineDimExpr

DTYPES = {
    **{"i1": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64},
    **{"f16": np.float16, "bf16": bfloat16, "f32": np.float32, "f64": np.float64},
    "index": np.int64,
}


def dtype_of(type):
    return np.dtype(DTYPES[str(type)])


def unsigned(x):
    return x if x.dtype == np.bool_ else x.view(x.dtype.str.replace("i", "u"))


def with_unsigned(function):
    return lambda *xs: function(*map(unsigned, xs)).view(xs[0].dtype)


def truncated(x, y):
    # C's division, which NumPy lacks: rounded toward 0.
    quotient = np.abs(x.astype(object)) // np.abs(y.astype(object))
    sign = np.where((x < 0) != (y < 0), -1, 1)
    return (quotient * sign).astype(x.dtype)


def remainder(x, y):
    return (x.astype(object) - truncated(x, y).astype(object) * y.astype(object)).astype(x.dtype)


def fma(x, y, z):
    def one(a, b, c):
        if not all(map(math.isfinite, (a, b, c))):
            return a * b + c
        exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
        return float(exact)

    return np.vectorize(one, otypes=[x.dtype])(x, y, z)


def float_to_int(x, dtype):
    least, greatest = np.iinfo(dtype).min, np.iinfo(dtype).max
    # What isn't in the range is poison: any number will do.
    inside = np.isfinite(x) & (np.trunc(x) >= float(least)) & (np.trunc(x) < float(greatest) + 1)
    return np.where(inside, x, 77).astype(dtype)


BINARY = {
    **{"addf": np.add, "subf": np.subtract, "mulf": np.multiply, "divf": np.divide},
    **{"addi": np.add, "subi": np.subtract, "muli": np.multiply},
    **{"andi": np.bitwise_and, "ori": np.bitwise_or, "xori": np.bitwise_xor},
    **{"maximumf": np.maximum, "minimumf": np.minimum},
    **{"maxsi": np.maximum, "minsi": np.minimum},
    **{"maxui": with_unsigned(np.maximum), "minui": with_unsigned(np.minimum)},
    **{"divsi": truncated, "remsi": remainder},
    **{"divui": with_unsigned(np.floor_divide), "remui": with_unsigned(np.remainder)},
    **{"shrui": with_unsigned(np.right_shift)},
    **{"powf": np.power, "copysign": np.copysign},
}
UNARY = {
    **{"negf": np.negative, "absf": np.abs, "absi": np.abs, "exp": np.exp, "log": np.log},
    **{"sqrt": np.sqrt, "tanh": np.tanh, "sin": np.sin, "cos": np.cos, "floor": np.floor},
    **{"ceil": np.ceil, "trunc": np.trunc, "roundeven": np.rint},
    "rsqrt": lambda x: (1 / np.sqrt(x)).astype(x.dtype),
    "erf": lambda x: np.vectorize(math.erf, otypes=[x.dtype])(x),
}
ORDERED = {
    **{"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal},
    **{"gt": np.greater, "ge": np.greater_equal},
}
CMPI = ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"]
CMPF = ["false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord"]
CMPF += ["ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"]


def cmpi(number, x, y):
    name = CMPI[number]
    if name[0] == "u" or x.dtype == np.bool_:
        x, y = unsigned(x), unsigned(y)
    return ORDERED[name[-2:]](x, y)


def cmpf(number, x, y):
    name = CMPF[number]
    nan = np.isnan(x) | np.isnan(y)
    if name in ("uno", "ord"):
        return nan if name == "uno" else ~nan
    found = ORDERED[name[1:]](x, y)
    return found & ~nan if name[0] == "o" else found | nan


def convert(name, x, dtype):
    match name:
        case "extf" | "truncf" | "sitofp" | "index_cast" | "trunci" if dtype != np.bool_:
            return x.astype(dtype)
        case "trunci":
            return (x & 1) != 0
        case "extsi":
            return x.astype(dtype)
        case "extui" | "uitofp":
            return unsigned(x).astype(dtype)
        case "fptosi":
            return float_to_int(x, dtype)
        case "fptoui":
            wide = np.dtype(dtype.str.replace("i", "u"))
            return float_to_int(x, wide).view(dtype)
        case "bitcast":
            return x.view(dtype)
    raise ValueError(name)


def scalar(op, operands, indices):
    """Return the result of an op of a region for all iterations at once."""
    name = op.name.split(".")[1]
    dtype = dtype_of(op.results[0].type)
    shape = np.shape(indices[0]) if indices else ()
    if name == "constant":
        return np.broadcast_to(number(op.value, dtype), shape)
    if name == "index":
        return indices[op.dim.value.data]
    if name in BINARY:
        result = BINARY[name](*operands)
        assert name == "copysign" or all(x.dtype == dtype for x in operands), op
    elif name in UNARY:
        result = UNARY[name](*operands)
    elif name == "fma":
        result = fma(*operands)
    elif name == "cmpi":
        result = cmpi(op.predicate.value.data, *operands)
    elif name == "cmpf":
        result = cmpf(op.predicate.value.data, *operands)
    elif name == "select":
        result = np.where(*operands)
    else:
        result = convert(name, operands[0], dtype)
    assert np.asarray(result).dtype == dtype, (op, np.asarray(result).dtype)
    return np.asarray(result)


def number(attribute, dtype):
    assert isinstance(attribute, IntegerAttr | FloatAttr)
    value = attribute.value.data
    if dtype == np.bool_:
        return np.bool_(value)
    return np.array(value).astype(dtype)


def expression(expr, indices):
    if isinstance(expr, AffineDimExpr):
        return indices[expr.position]
    if isinstance(expr, AffineConstantExpr):
        return expr.value
    lhs, rhs = expression(expr.lhs, indices), expression(expr.rhs, indices)
    return lhs + rhs if expr.kind.name == "Add" else lhs * rhs


def extents(op):
    """Return how often each loop runs, from the axes that are a loop as it is."""
    found = {}
    for value, map in zip(op.operands, op.indexing_maps, strict=True):
        for expr, extent in zip(map.data.results, value.type.get_shape(), strict=True):
            if isinstance(expr, AffineDimExpr):
                assert found.setdefault(expr.position, extent) == extent
    return [found[i] for i in range(len(op.iterator_types))]


def generic(op, arrays):
    sizes = extents(op)
    kinds = [type.data.value for type in op.iterator_types]
    parallel = [i for i, kind in enumerate(kinds) if kind == "parallel"]
    count = math.prod(sizes[i] for i in parallel)
    grid = np.indices([sizes[i] for i in parallel]).reshape(len(parallel), count)
    reduced = [range(1 if i in parallel else n) for i, n in enumerate(sizes)]
    block = op.body.block
    for step in itertools.product(*reduced):
        indices = [np.full(count, k, np.int64) for k in step]
        for row, loop in enumerate(parallel):
            indices[loop] = grid[row]
        places = []
        env = {}
        for arg, array, map in zip(block.args, arrays, op.indexing_maps, strict=True):
            place = tuple(
                np.broadcast_to(expression(e, indices), (count,)) for e in map.data.results
            )
            places.append(place)
            env[arg] = array[place] if place else np.broadcast_to(array, (count,))
        for inner in block.ops:
            operands = [env[v] for v in inner.operands]
            if inner.name == "linalg.yield":
                outs = len(op.outputs)
                for array, place, value in zip(
                    arrays[-outs:], places[-outs:], operands, strict=True
                ):
                    array[place or ...] = value if place else value.reshape(-1)[0]
            else:
                env[inner.results[0]] = scalar(inner, operands, indices or [np.zeros(count)])


def poisoned(type):
    array = np.empty(type.get_shape(), dtype_of(type.element_type))
    array.view(np.uint8).fill(0xAB) if array.size and array.ndim else array.fill(1)
    return array if array.dtype != np.bool_ else np.ones(array.shape, np.bool_)


def strides(type):
    layout = type.layout
    if isinstance(layout, StridedLayoutAttr):
        return [s.data for s in layout.strides], layout.offset.data
    shape = type.get_shape()
    return [math.prod(shape[i + 1 :]) for i in range(len(shape))], 0


def run(module, name, inputs):
    """Return the results of a function in buffer form for these inputs, which it must not write."""
    functions = {op.sym_name.data: op for op in module.ops if op.name == "func.func"}
    globals = {op.sym_name.data: op for op in module.ops if op.name == "memref.global"}
    block = functions[name].body.block
    inputs = [np.array(x, order="C") for x in inputs]
    before = [x.copy() for x in inputs]
    results = [poisoned(type) for type in block.arg_types[len(inputs) :]]
    env = dict(zip(block.args, [*inputs, *results], strict=True))
    for arg, array in env.items():
        assert isinstance(arg.type, MemRefType)
        assert tuple(arg.type.get_shape()) == array.shape
        assert dtype_of(arg.type.element_type) == array.dtype
    machine = Machine(globals, env)
    with np.errstate(all="ignore"):
        machine.block(block)
    assert not machine.alive
    for x, old in zip(inputs, before, strict=True):
        assert x.tobytes() == old.tobytes()
    return results


class Failed(Exception):
    """What a failed assertion says."""


class Machine:
    """The memory of a function that runs."""

    def __init__(self, globals, env):
        self.globals = globals
        self.env = env
        self.alive = set()

    def block(self, block):
        """Run all ops of a block; return the values that the last one has."""
        for op in block.ops:
            self.step(op)
        return [self.env[value] for value in block.last_op.operands]

    def step(self, op):
        env = self.env
        match op.name:
            case "linalg.generic":
                generic(op, [env[v] for v in op.operands])
            case "memref.alloc":
                self.alive.add(op.results[0])
                env[op.results[0]] = poisoned(op.results[0].type)
            case "memref.dealloc":
                self.alive.remove(op.operands[0])
            case "memref.subview":
                env[op.results[0]] = view(env[op.operands[0]], op)
            case "memref.reinterpret_cast":
                assert env[op.operands[0]].flags.c_contiguous
                env[op.results[0]] = env[op.operands[0]].reshape(op.results[0].type.get_shape())
            case "memref.load":
                env[op.results[0]] = env[op.operands[0]][()]
            case "memref.get_global":
                env[op.results[0]] = self.constant(op)
            case "arith.constant":
                env[op.results[0]] = number(op.value, dtype_of(op.results[0].type))
            case "func.return" | "scf.yield":
                assert not op.operands
            case "scf.condition":
                assert len(op.operands) == 1
            case "scf.if":
                self.block(op.regions[0 if env[op.operands[0]] else 1].block)
            case "scf.while":
                condition, body = (region.block for region in op.regions)
                while self.block(condition)[0]:
                    self.block(body)
            case "scf.for":
                for i in range(*(int(env[value]) for value in op.operands)):
                    env[op.body.block.args[0]] = np.int64(i)
                    self.block(op.body.block)
            case "cf.assert":
                if not env[op.operands[0]]:
                    raise Failed(op.msg.data)
            case name:
                raise AssertionError(f"{name} is not of the buffer form")

    def constant(self, op):
        """Return a global's array, which nothing may write."""
        made = self.globals[op.name_.string_value()]
        dtype = dtype_of(made.type.element_type)
        data = np.frombuffer(made.initial_value.data.data, np.uint8)
        data = data != 0 if dtype == np.bool_ else data.view(dtype)
        array = data.reshape(made.type.get_shape()).copy()
        array.flags.writeable = False
        return array


def view(source, op):
    """Return a part of an array, and check that the type says where it lies."""
    offsets, sizes, steps = (
        list(values.get_values())
        for values in (op.static_offsets, op.static_sizes, op.static_strides)
    )
    part = source[
        tuple(slice(o, o + max(n, 0) * s, s) for o, n, s in zip(offsets, sizes, steps, strict=True))
    ]
    part = part[tuple(slice(0, n) for n in sizes)]
    expected, _ = strides(op.results[0].type)
    assert tuple(op.results[0].type.get_shape()) == part.shape
    if part.size:
        actual = [s // part.itemsize for s in part.strides]
        assert all(n == 1 or a == b for n, a, b in zip(part.shape, actual, expected, strict=True))
    return part
