"""Loops on vectors: the same bits as loops of numbers give, whatever is left behind a vector."""

import llvmlite.binding as llvm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.backends.cpu.emit_llvm import emit, emit_llvm
from foldaway.backends.cpu.machine_code import ASSEMBLER
from foldaway.backends.llvm_ir.instructions import Instructions

from .buffer_form import DTYPES, function, generic, parse, run_portable, zero

FLOAT = {
    "sum": "%r = arith.addf %x0, %x1 : {t}",
    "mixed": "%c = arith.constant 1.5 : {t}\n%m = arith.mulf %x0, %c : {t}\n"
    "%d = arith.divf %m, %x1 : {t}\n%r = arith.subf %d, %x0 : {t}",
    "exp": "%e = math.exp %x0 : {t}\n%r = arith.mulf %e, %x1 : {t}",
    "erf": "%e = math.erf %x0 : {t}\n%f = math.erf %x0 : {t}\n%r = arith.addf %e, %f : {t}",
    "tanh and log": "%e = math.tanh %x0 : {t}\n%l = math.log %x1 : {t}\n"
    "%r = arith.addf %e, %l : {t}",
    "choice": "%p = arith.cmpf olt, %x0, %x1 : {t}\n%r = arith.select %p, %x1, %x0 : {t}",
    "greater": "%a = math.absf %x1 : {t}\n%r = arith.maximumf %x0, %a : {t}",
    "steady": "%s = math.sqrt %x1 : {t}\n%q = arith.addf %s, %s : {t}\n"
    "%r = arith.divf %x0, %q : {t}",
    "copy": "%r = arith.addf %x1, %x1 : {t}",
    "sine, which is no vector's": "%s = math.sin %x0 : {t}\n%r = arith.addf %s, %x1 : {t}",
}
INTEGER = {
    "sum": "%r = arith.addi %x0, %x1 : {t}",
    "quotient": "%r = arith.divsi %x0, %x1 : {t}",
    "shift": "%c = arith.constant 3 : {t}\n%s = arith.shli %x0, %c : {t}\n"
    "%r = arith.shrsi %s, %x1 : {t}",
    "size": "%a = math.absi %x0 : {t}\n%r = arith.maxsi %a, %x1 : {t}",
    "zeros": "%z = math.ctlz %x0 : {t}\n%r = arith.xori %z, %x1 : {t}",
}
BOOL = {
    "and": "%n = arith.constant true\n%m = arith.xori %x0, %n : {t}\n%r = arith.andi %m, %x1 : {t}"
}
CONVERSIONS = {
    ("f32", "f16"): "%r = arith.truncf %x0 : f32 to f16",
    ("f16", "f32"): "%r = arith.extf %x0 : f16 to f32",
    ("f64", "bf16"): "%r = arith.truncf %x0 : f64 to bf16",
    ("f32", "i8"): "%r = arith.fptosi %x0 : f32 to i8",
    ("f64", "i64"): "%r = arith.fptoui %x0 : f64 to i64",
    ("i8", "f64"): "%r = arith.sitofp %x0 : i8 to f64",
    ("i1", "f32"): "%r = arith.uitofp %x0 : i1 to f32",
    ("i64", "i8"): "%r = arith.trunci %x0 : i64 to i8",
    ("f32", "i1"): "%z = arith.constant 0.0 : f32\n%r = arith.cmpf une, %x0, %z : f32",
}
BODIES = [
    *((t, t, body.format(t=t)) for t in ("f32", "f64", "f16", "bf16") for body in FLOAT.values()),
    *((t, t, body.format(t=t)) for t in ("i8", "i16", "i32", "i64") for body in INTEGER.values()),
    *(("i1", "i1", body.format(t="i1")) for body in BOOL.values()),
    *((a, b, body) for (a, b), body in CONVERSIONS.items()),
]
PLACES = {"whole": "(i, j) -> (i, j)", "row": "(i, j) -> (j)", "column": "(i, j) -> (i)"}
LENGTHS = st.integers(1, 75) | st.sampled_from([64, 96, 100, 128, 257])


def drawn(generator, shape, name):
    with np.errstate(all="ignore"):
        numbers = generator.choice([0.0, -1.0, 2.5, 100.0, np.inf, -7.25, 3.0], shape)
        numbers = np.where(generator.random(shape) < 0.7, generator.normal(0, 3, shape), numbers)
        finite = numbers if name in ("f16", "bf16", "f32", "f64") else np.nan_to_num(numbers) % 100
        return finite.astype(DTYPES[name])


def memref(shape, name):
    sizes = "x".join(map(str, shape))
    return f"memref<{sizes}x{name}>"


def runs(text, arrays, fma):
    """Return the results of loops of numbers, and of vectors of three sizes."""
    results = []
    for size in (0, 16, 32, 64):
        instructions = Instructions(half=ASSEMBLER.instructions.half, fma=fma, vector_bytes=size)
        level = 0 if size else 2
        (got,) = run_portable(parse(text), arrays, instructions, level)
        results.append(got)
    return results


@settings(max_examples=120)
@given(st.sampled_from(BODIES), st.sampled_from(sorted(PLACES)), LENGTHS, st.integers(1, 3))
def test_elementwise_loops_give_the_same_bits(kind, place, columns, rows):
    source, target, body = kind
    shape = {"whole": (rows, columns), "row": (columns,), "column": (rows,)}[place]
    types = [memref((rows, columns), source), memref(shape, source)]
    result = memref((rows, columns), target)
    text = function(
        types,
        [result],
        generic(
            [("%a0", types[0]), ("%a1", types[1])],
            [("%o0", result)],
            f"{body}\nlinalg.yield %r : {target}",
            ["(i, j) -> (i, j)", PLACES[place], "(i, j) -> (i, j)"],
            "pp",
        ),
    )
    generator = np.random.default_rng(columns)
    arrays = [drawn(generator, (rows, columns), source), drawn(generator, shape, source)]
    fma = ASSEMBLER.instructions.fma
    first, *others = runs(text, arrays, fma)
    for other in others:
        assert first.tobytes() == other.tobytes()


COMBINERS = {
    "addf": ("f32", "f64", "f16"),
    "mulf": ("f32",),
    "maximumf": ("f32", "f64", "bf16"),
    "addi": ("i8", "i64"),
    "minsi": ("i16", "i32"),
    "ori": ("i1", "i8"),
}
REDUCTIONS = [(op, t) for op, types in COMBINERS.items() for t in types]


@settings(max_examples=60)
@given(
    st.sampled_from(REDUCTIONS),
    st.integers(1, 3),
    st.integers(1, 75) | st.sampled_from([128, 515, 1100]),
)
def test_reductions_of_rows(kind, rows, columns):
    op, name = kind
    source, result = memref((rows, columns), name), memref((rows,), name)
    text = function(
        [source],
        [result],
        zero("%o0", result)
        + generic(
            [("%a0", source)],
            [("%o0", result)],
            f"%r = arith.{op} %y0, %x0 : {name}\nlinalg.yield %r : {name}",
            ["(i, j) -> (i, j)", "(i, j) -> (i)"],
            "pr",
        ),
    )
    generator = np.random.default_rng(columns)
    array = drawn(generator, (rows, columns), name)
    if "f" in name:
        array = generator.integers(-4, 5, (rows, columns)).astype(DTYPES[name])
    wide = array.astype(np.float64) if "f" in name else array
    wanted = {
        "addf": lambda: wide.sum(1),
        "mulf": lambda: np.zeros(rows),
        "maximumf": lambda: np.maximum(wide.max(1), 0),
        "addi": lambda: array.sum(1, dtype=array.dtype),
        "minsi": lambda: np.minimum(array.min(1), 0),
        "ori": lambda: np.bitwise_or.reduce(array, 1),
    }[op]().astype(DTYPES[name])
    for got in runs(text, [array], fma=False):
        assert (got == wanted).all()


MACHINES = [
    ("x86_64-unknown-linux-gnu", "skylake-avx512", 64),
    ("x86_64-unknown-linux-gnu", "x86-64", 16),
    ("aarch64-unknown-linux-gnu", "neoverse-n1", 16),
]


@pytest.mark.parametrize(("triple", "processor", "size"), MACHINES)
@pytest.mark.parametrize("kind", BODIES[::7])
def test_other_machines_have_such_vectors(triple, processor, size, kind):
    source, target, body = kind
    types = [memref((99,), source), memref((99,), source)]
    maps = ["(i) -> (i)"] * 3
    ins, outs = list(zip(("%a0", "%a1"), types, strict=True)), [("%o0", memref((99,), target))]
    body = generic(ins, outs, f"{body}\nlinalg.yield %r : {target}", maps, "p")
    text = function(types, [memref((99,), target)], body)
    instructions = Instructions(half=True, fma=True, vector_bytes=size)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=processor, opt=2)
    assembled = llvm.parse_assembly(emit_llvm(parse(text), instructions))
    assert len(machine.emit_object(assembled)) > 500


def reduced(kept):
    """Return a function of the maximum along the columns, or the rows, of a matrix."""
    return function(
        ["memref<40x50xf32>"],
        [f"memref<{40 if kept == 'i' else 50}xf32>"],
        generic(
            [("%a0", "memref<40x50xf32>")],
            [("%o0", f"memref<{40 if kept == 'i' else 50}xf32>")],
            "%r = arith.maximumf %y0, %x0 : f32\nlinalg.yield %r : f32",
            ["(i, j) -> (i, j)", f"(i, j) -> ({kept})"],
            "pr" if kept == "i" else "rp",
        ),
    )


def test_the_optimiser_is_left_out_where_all_is_written_on_vectors():
    vectors, numbers = Instructions(vector_bytes=32), Instructions()
    assert emit(parse(reduced("i")), vectors).is_finished
    assert not emit(parse(reduced("j")), vectors).is_finished
    assert not emit(parse(reduced("i")), numbers).is_finished
