"""Views, constants, buffers and loops of functions written by hand in buffer form."""

import re

import numpy as np
import pytest
from xdsl.utils.exceptions import PassFailedException

from foldaway.backends.cpu.emit_llvm import emit, emit_llvm
from foldaway.backends.llvm_ir.instructions import Instructions

from .buffer_form import constant, elementwise, function, generic, parse, run, zero
from .test_reductions import sum_of


def test_select_bitcast_index_and_constants():
    text = function(
        ["memref<5xi1>", "memref<5xf32>"],
        ["memref<5xf32>", "memref<5xi32>", "memref<5xi64>", "memref<5xf16>"],
        generic(
            [("%a0", "memref<5xi1>"), ("%a1", "memref<5xf32>")],
            [
                ("%o0", "memref<5xf32>"),
                ("%o1", "memref<5xi32>"),
                ("%o2", "memref<5xi64>"),
                ("%o3", "memref<5xf16>"),
            ],
            "%c = arith.constant 1.500000e+00 : f32\n%r = arith.select %x0, %x1, %c : f32\n"
            "%b = arith.bitcast %r : f32 to i32\n%i = linalg.index 0 : index\n"
            "%n = arith.index_cast %i : index to i64\n%h = arith.constant 3.000000e-05 : f16\n"
            "linalg.yield %r, %b, %n, %h : f32, i32, i64, f16",
            ["(i) -> (i)"] * 6,
            "p",
        ),
    )
    condition, x = np.array([1, 0, 1, 0, 0], bool), np.arange(5, dtype=np.float32)
    chosen, bits, index, half = run(text, condition, x)
    wanted = np.where(condition, x, np.float32(1.5))
    assert (chosen == wanted).all()
    assert (bits == wanted.view(np.int32)).all()
    assert (index == np.arange(5)).all()
    assert (half == np.float16(3e-05)).all()


def test_views_buffers_and_reversal():
    strided = "memref<2x3xi32, strided<[24, 2], offset: 10>>"
    text = function(
        ["memref<6x8xi32>"],
        ["memref<2x3xi32>", "memref<8x6xi32>", "memref<48xi32>"],
        f"%v = memref.subview %a0[1, 2] [2, 3] [3, 2] : memref<6x8xi32> to {strided}\n"
        + generic(
            [("%v", strided)],
            [("%o0", "memref<2x3xi32>")],
            "linalg.yield %x0 : i32",
            ["(i, j) -> (i, j)"] * 2,
            "pp",
        )
        + "%t = memref.alloc() : memref<6x8xi32>\n"
        + generic(
            [("%a0", "memref<6x8xi32>")],
            [("%t", "memref<6x8xi32>")],
            "linalg.yield %x0 : i32",
            ["(i, j) -> (5 - i, 7 - j)", "(i, j) -> (i, j)"],
            "pp",
        )
        + generic(
            [("%t", "memref<6x8xi32>")],
            [("%o1", "memref<8x6xi32>")],
            "linalg.yield %x0 : i32",
            ["(i, j) -> (j, i)", "(i, j) -> (i, j)"],
            "pp",
        )
        + "%r = memref.reinterpret_cast %t to offset: [0], sizes: [48], strides: [1]"
        " : memref<6x8xi32> to memref<48xi32>\n"
        + generic(
            [("%r", "memref<48xi32>")],
            [("%o2", "memref<48xi32>")],
            "linalg.yield %x0 : i32",
            ["(i) -> (i)"] * 2,
            "p",
        )
        + "memref.dealloc %t : memref<6x8xi32>\n",
    )
    x = np.arange(48, dtype=np.int32).reshape(6, 8)
    part, turned, flat = run(text, x)
    assert (part == x[1::3, 2:8:2]).all()
    assert (turned == x[::-1, ::-1].T).all()
    assert (flat == x[::-1, ::-1].ravel()).all()


def test_writing_into_a_part_of_the_result():
    t = "memref<2x3xf64, strided<[7, 2], offset: 9>>"
    body = zero("%o0", "memref<4x7xf64>")
    body += f"%v = memref.subview %o0[1, 2] [2, 3] [1, 2] : memref<4x7xf64> to {t}\n"
    copy = generic(
        [("%a0", "memref<2x3xf64>")],
        [("%v", t)],
        "linalg.yield %x0 : f64",
        ["(i, j) -> (i, j)"] * 2,
        "pp",
    )
    (got,) = run(function(["memref<2x3xf64>"], ["memref<4x7xf64>"], body + copy), np.ones((2, 3)))
    wanted = np.zeros((4, 7))
    wanted[1:3, 2:7:2] = 1
    assert (got == wanted).all()


@pytest.mark.parametrize("extent", [3, 5000])
def test_constants(extent):
    numbers = ", ".join(map(str, range(extent)))
    text = constant("numbers", f"{extent}xi32", f"[{numbers}]")
    text += constant("bools", f"{extent}xi1", "true")
    text += function(
        [],
        [f"memref<{extent}xi32>"],
        f"%n = memref.get_global @numbers : memref<{extent}xi32>\n"
        f"%b = memref.get_global @bools : memref<{extent}xi1>\n"
        + generic(
            [("%n", f"memref<{extent}xi32>"), ("%b", f"memref<{extent}xi1>")],
            [("%o0", f"memref<{extent}xi32>")],
            "%z = arith.extui %x1 : i1 to i32\n%r = arith.addi %x0, %z : i32\n"
            "linalg.yield %r : i32",
            ["(i) -> (i)"] * 3,
            "p",
        ),
    )
    for portable in (False, True):
        assert (run(text, portable=portable)[0] == np.arange(extent) + 1).all()


def test_scalars_and_empty_shapes():
    (got,) = run(
        elementwise(["%r = arith.addf %x0, %x0 : f32"], ["f32"], ["f32"], 0),
        np.zeros(0, np.float32),
    )
    assert got.shape == (0,)
    text = function(
        ["memref<f32>"],
        ["memref<f32>"],
        generic(
            [("%a0", "memref<f32>")],
            [("%o0", "memref<f32>")],
            "%r = arith.addf %x0, %x0 : f32\nlinalg.yield %r : f32",
            ["() -> ()"] * 2,
            "",
        ),
    )
    (got,) = run(text, np.array(1.25, np.float32))
    assert got.shape == ()
    assert got == 2.5
    (got,) = run(sum_of((0, 4), (0,)), np.zeros((0, 4), np.float32))
    assert (got == 0).all()


def test_large_buffers_come_from_the_heap():
    n = 100_000
    t = f"memref<{n}xf64>"
    body = f"%t = memref.alloc() : {t}\n"
    double = "%r = arith.addf %x0, %x0 : f64\nlinalg.yield %r : f64"
    body += generic([("%a0", t)], [("%t", t)], double, ["(i) -> (i)"] * 2, "p")
    body += (
        generic([("%t", t)], [("%o0", t)], double, ["(i) -> (i)"] * 2, "p")
        + f"memref.dealloc %t : {t}\n"
    )
    x = np.arange(n, dtype=float)
    text = function([t], [t], body)
    assert (run(text, x)[0] == 4 * x).all()
    assert "aligned_alloc" in emit_llvm(parse(text))


def test_equal_loops_are_one_function():
    ops = ["%r = arith.addf %x0, %x0 : f32"] * 5 + ["%r = arith.mulf %x0, %x0 : f32"]
    emitted = emit(parse(elementwise(ops, ["f32"], ["f32"] * 6, 9)), Instructions(half=True))
    assert emitted.kernels == 2


def test_a_short_kernel_stands_where_it_is_called():
    vectors = Instructions(vector_bytes=32)
    once = ["%r = arith.addf %x0, %x0 : f32"]
    text = elementwise(once, ["f32"], ["f32"], 1000)
    assert [how for how, _ in kernels_of(text, vectors)] == ["alwaysinline"]
    # LLVM's optimiser decides for itself, and two calls would be two copies.
    assert [how for how, _ in kernels_of(text, Instructions())] == ["noinline"]
    text = elementwise(once * 2, ["f32"], ["f32"] * 2, 1000)
    assert kernels_of(text, vectors) == [("noinline", 2)]
    many = [f"%a = arith.addf %x0, %x0 : f32\n%r = arith.{op} %a, %x0 : f32" for op in OPS]
    text = elementwise(many, ["f32"], ["f32"] * len(OPS), 1000)
    assert kernels_of(text, vectors) == [("alwaysinline", 1)] * len(OPS)
    long = ["%s0 = arith.addf %x0, %x0 : f32"]
    long += [f"%s{n + 1} = arith.addf %s{n}, %x0 : f32" for n in range(300)]
    many = ["\n".join([*long, f"%r = arith.{op} %s300, %x0 : f32"]) for op in OPS]
    text = elementwise(many, ["f32"], ["f32"] * len(OPS), 1000)
    assert kernels_of(text, vectors) == [("noinline", 1)] * len(OPS)


OPS = ("addf", "subf", "mulf", "divf")


def kernels_of(text, instructions):
    """Return how each kernel is inlined, and how many calls of it there are."""
    emitted = emit(parse(text), instructions).text
    found = re.findall(r"define internal void (@kernel\d+)\(.*\) (\w+) #0 {", emitted)
    return [(how, emitted.count(f"call void {name}(")) for name, how in found]


@pytest.mark.parametrize(("rounds", "is_plain"), [(20, False), (300, True)])
def test_unrolled_rounds_share_a_kernel_and_long_rows_of_calls_stay(rounds, is_plain):
    memory = f"memref<{4 * rounds + 4}xi64>"
    body = ""
    for n in range(0, 4 * rounds, 4):
        parts = [f"memref<4xi64, strided<[1], offset: {m}>>" for m in (n, n + 4)]
        for name, first, part in zip("fg", (n, n + 4), parts, strict=True):
            body += f"%{name}{n} = memref.subview %o0[{first}] [4] [1] : {memory} to {part}\n"
        ins, outs = [(f"%f{n}", parts[0])], [(f"%g{n}", parts[1])]
        step = "%r = arith.addi %x0, %y0 : i64\nlinalg.yield %r : i64"
        body += generic(ins, outs, step, ["(i) -> (i)"] * 2, "p")
    fill = "linalg.yield %x0 : i64"
    start = generic([("%a0", memory)], [("%o0", memory)], fill, ["(i) -> (i)"] * 2, "p")
    text = function([memory], [memory], start + body)
    x = np.arange(4 * rounds + 4)
    assert (run(text, x)[0] == x.reshape(-1, 4).cumsum(axis=0).ravel()).all()
    emitted = emit(parse(text), Instructions(half=True))
    assert emitted.kernels == 2
    assert ("@f(ptr %block) #2" in emitted.text) is is_plain


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        (
            "func.func @f(%a: memref<3xf32>) { %b = memref.alloca() : memref<3xf32> func.return }",
            "place-buffers",
        ),
        ("func.func @f(%a: f32) { func.return }", "take memrefs"),
        ("func.func @f(%a: memref<?xf32>) { func.return }", "constants"),
        (
            "func.func @f(%a: memref<3xf32>, %x: memref<3xf32>) { "
            "linalg.copy ins(%a : memref<3xf32>) outs(%x : memref<3xf32>) func.return }",
            "linalg",
        ),
    ],
)
def test_what_is_not_lowered_is_refused(text, passed):
    with pytest.raises(PassFailedException, match=passed):
        emit_llvm(parse(text))
