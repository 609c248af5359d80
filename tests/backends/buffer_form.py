"""Builds functions of buffers from text, compiles and runs them."""

import ctypes

import ml_dtypes
import numpy as np
from xdsl.context import Context
from xdsl.dialects import arith, func, memref
from xdsl.dialects import math as math_dialect
from xdsl.dialects.builtin import Builtin, ModuleOp
from xdsl.dialects.linalg import Linalg
from xdsl.parser import Parser

from foldaway.backends.cpu.driver import CpuDriver, signature_of
from foldaway.backends.cpu.effort import Effort
from foldaway.backends.cpu.emit_llvm import emit_llvm
from foldaway.backends.cpu.machine_code import ASSEMBLER
from foldaway.backends.llvm_ir.instructions import ANY

BF16 = ml_dtypes.bfloat16
DTYPES = {"f16": np.float16, "bf16": BF16, "f32": np.float32, "f64": np.float64, "i1": np.bool_}
DTYPES |= {f"i{n}": np.dtype(f"int{n}").type for n in (8, 16, 32, 64)}
FLOATS = {"f16": "u2", "bf16": "u2", "f32": "u4", "f64": "u8"}


def parse(text: str) -> ModuleOp:
    context = Context()
    for dialect in (Builtin, arith.Arith, func.Func, math_dialect.Math, memref.MemRef, Linalg):
        context.load_dialect(dialect)
    module = Parser(context, text).parse_module()
    module.verify()
    return module


def generic(ins, outs, body, maps, iterators):
    """Return a `linalg.generic`; ins and outs are (name, type) pairs, body uses %x0 and %y0."""
    names = [f"%x{n}" for n in range(len(ins))] + [f"%y{n}" for n in range(len(outs))]
    elements = [
        t.removesuffix(">").split(",")[0].split("x")[-1].split("<")[-1] for _, t in ins + outs
    ]
    arguments = ", ".join(f"{name}: {e}" for name, e in zip(names, elements, strict=True))
    listed = ", ".join(f"affine_map<{m}>" for m in maps)
    kinds = ", ".join('"parallel"' if k == "p" else '"reduction"' for k in iterators)
    return (
        f"linalg.generic {{indexing_maps = [{listed}], iterator_types = [{kinds}]}}"
        + (f" ins({', '.join(n for n, _ in ins)} : {', '.join(t for _, t in ins)})" if ins else "")
        + f" outs({', '.join(n for n, _ in outs)} : {', '.join(t for _, t in outs)}) {{\n"
        + f"^bb0({arguments}):\n{body}\n}}\n"
    )


def function(inputs, outputs, body):
    """Return the text of `@f`; inputs are %a0, %a1 …, outputs %o0, %o1 …."""
    arguments = [f"%a{n}: {t}" for n, t in enumerate(inputs)]
    arguments += [f"%o{n}: {t}" for n, t in enumerate(outputs)]
    return f"func.func @f({', '.join(arguments)}) {{\n{body}func.return\n}}\n"


def run(text, *inputs, portable=False):
    module = parse(text)
    if not portable:
        return CpuDriver().compile(module, "f")(inputs)
    return run_portable(module, inputs)


def run_portable(module, inputs, instructions=ANY, optimizer=1):
    """Run the code for a machine that has no instruction for float16, or has others."""
    effort = Effort(optimizer, 1, interleaved=False, unrolled=False)
    code = ASSEMBLER.assemble(emit_llvm(module, instructions), "f", {}, effort)
    _, outputs = signature_of(module, "f")
    names = {"bool_": np.bool_, "bfloat16": BF16}
    results = [np.empty(s, names.get(d.name, d.name)) for s, d in outputs]
    arrays = [*inputs, *results]
    block = (ctypes.c_void_p * len(arrays))(*[a.ctypes.data for a in arrays])
    assert (
        ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(code.address)(ctypes.addressof(block)) == 0
    )
    return results


def elementwise(ops, types, results, size):
    """Return a function with one loop for each op, which reads all inputs."""
    inputs = [f"memref<{size}x{t}>" for t in types]
    outputs = [f"memref<{size}x{t}>" for t in results]
    body = ""
    for n, op in enumerate(ops):
        ins = [(f"%a{k}", t) for k, t in enumerate(inputs)]
        text = f"{op}\nlinalg.yield %r : {results[n]}"
        maps = ["(i) -> (i)"] * (len(ins) + 1)
        body += generic(ins, [(f"%o{n}", outputs[n])], text, maps, "p")
    return function(inputs, outputs, body)


def grid(values, dtype):
    """Return all pairs of the values, as two arrays."""
    with np.errstate(all="ignore"):
        array = np.array(values).astype(dtype)
    return np.repeat(array, len(array)), np.tile(array, len(array))


def check_floats(got, wanted, ulps, case=""):
    """Hold that two arrays are equal up to `ulps` steps between neighbouring numbers."""
    assert got.dtype == wanted.dtype
    with np.errstate(all="ignore"):  # ml_dtypes warns of nans
        nan = np.isnan(wanted)
        assert (np.isnan(got) == nan).all(), (case, got, wanted)
    kind = {2: np.int16, 4: np.int32, 8: np.int64}[got.itemsize]

    def steps(array):
        bits = array[~nan].view(kind)
        return np.where(bits < 0, np.iinfo(kind).min - bits, bits).astype(object)

    if ulps == 0:
        assert (np.signbit(got) == np.signbit(wanted))[~nan].all(), case
    away = np.abs(steps(got) - steps(wanted))
    assert away.size == 0 or away.max() <= ulps, (
        case,
        got[~nan][away > ulps][:5],
        wanted[~nan][away > ulps][:5],
    )


def zero(name, type):
    """Return a loop that fills a buffer with zeros."""
    rank = type.count("x")
    element = type.removesuffix(">").split("x")[-1]
    indices = ", ".join(f"i{n}" for n in range(rank))
    value = "0.0" if "f" in element else "0"
    body = f"%z = arith.constant {value} : {element}\nlinalg.yield %z : {element}"
    return generic([], [(name, type)], body, [f"({indices}) -> ({indices})"], "p" * rank)


def constant(name, shape, numbers):
    properties = f'sym_name = "{name}", sym_visibility = "private", constant'
    value = f"initial_value = dense<{numbers}> : tensor<{shape}>"
    return f'"memref.global"() <{{{properties}, type = memref<{shape}>, {value}}}> : () -> ()\n'
