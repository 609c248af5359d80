"""Each scalar op that a body may have: LLVM and the assembler have code for it, or it is refused.

LLVM would end the process where it has none, so that each op is tried for each element type.
"""

import pytest
from xdsl.dialects import arith, math
from xdsl.utils.exceptions import PassFailedException

from foldaway.backends.gpu import ptx
from foldaway.backends.gpu.emit_kernels import emit_kernels
from foldaway.backends.gpu.ptx import NoPtx, to_ptx
from foldaway.backends.llvm_ir.definitions import has_formula
from foldaway.backends.llvm_ir.scalars import _LIBRARY
from foldaway.dialects.simt.scalar_ops import needs_host

from .assembler import assembled
from .simt_form import one_kernel, parsed

ARCHITECTURES = ["sm_80", "sm_90"]
INTEGERS = ["i8", "i16", "i32", "i64"]
FLOATS = ["f32", "f64"]
OF_INTEGERS = {
    "arith": "addi subi muli andi ori xori divsi divui remsi remui shli shrsi shrui "
    "maxsi minsi maxui minui",
    "math": "absi ctpop ctlz cttz",
}
OF_FLOATS = {
    "arith": "addf subf mulf divf negf maximumf minimumf maxnumf minnumf",
    "math": "sqrt rsqrt floor ceil trunc roundeven round absf copysign fma exp expm1 log log1p "
    "tanh erf",
}
ONLY_F32 = (
    "exp2 log2 log10 sin cos tan asin acos atan atan2 sinh cosh asinh acosh atanh powf cbrt".split()
)
OPERANDS = {
    **dict.fromkeys(["fma"], 3),
    **dict.fromkeys("copysign atan2 powf".split(), 2),
    **dict.fromkeys("negf".split(), 1),
}


def kernel(ops: list[str], type: str) -> str:
    """Return a kernel that writes what each op makes of three elements."""
    body = "".join(
        f"%c{n} = arith.constant {n} : i32\n"
        f"%x{n} = simt.load %a0[%c{n}] : memref<64x{type}>, i32 -> {type}\n"
        for n in range(3)
    )
    for n, op in enumerate(ops):
        dialect, _, name = op.partition(".")
        count = OPERANDS.get(name, 2 if dialect == "arith" else 1)
        operands = ", ".join(f"%x{k}" for k in range(count))
        body += f"%r{n} = {op} {operands} : {type}\n%p{n} = arith.constant {n} : i32\n"
        body += f"simt.store %a1[%p{n}], %r{n} : memref<64x{type}>, i32, {type}\n"
    return one_kernel([f"memref<64x{type}>"] * 2, body)


def assemble(text: str, arch: str) -> None:
    ptx = to_ptx(emit_kernels(parsed(text)).text, arch)
    assert assembled(ptx, arch).spilled == 0


def named(table: dict[str, str]) -> list[str]:
    return [f"{dialect}.{name}" for dialect, names in table.items() for name in names.split()]


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("type", INTEGERS)
def test_integers(type: str, arch: str):
    assemble(kernel(named(OF_INTEGERS), type), arch)


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("type", FLOATS)
def test_floats(type: str, arch: str):
    assemble(kernel(named(OF_FLOATS), type), arch)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_functions_of_f32(arch: str):
    for name in ONLY_F32:
        assemble(kernel([f"math.{name}"], "f32"), arch)


CONVERSIONS = [
    *(("arith.extf", a, b) for a, b in (("f16", "f32"), ("bf16", "f32"), ("f32", "f64"))),
    *(("arith.truncf", a, b) for a, b in (("f32", "f16"), ("f32", "bf16"), ("f64", "f32"))),
    *(("arith.truncf", a, b) for a, b in (("f64", "f16"), ("f64", "bf16"))),
    *((op, a, b) for op in ("arith.sitofp", "arith.uitofp") for a in INTEGERS for b in FLOATS),
    *((op, a, b) for op in ("arith.fptosi", "arith.fptoui") for a in FLOATS for b in INTEGERS),
    *((op, "i8", "i64") for op in ("arith.extsi", "arith.extui")),
    ("arith.trunci", "i64", "i16"),
    ("arith.bitcast", "f32", "i32"),
]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_conversions(arch: str):
    for op, source, target in CONVERSIONS:
        types = [f"memref<64x{source}>", f"memref<64x{target}>"]
        body = (
            "%c = arith.constant 0 : i32\n"
            f"%x = simt.load %a0[%c] : {types[0]}, i32 -> {source}\n"
            f"%r = {op} %x : {source} to {target}\n"
            f"simt.store %a1[%c], %r : {types[1]}, i32, {target}\n"
        )
        assemble(one_kernel(types, body), arch)


@pytest.mark.parametrize("op", [op for op in _LIBRARY if not has_formula(_LIBRARY[op], "double")])
def test_what_only_the_host_has_is_refused(op: type):
    with pytest.raises(PassFailedException, match="there is no device code for"):
        emit_kernels(parsed(kernel([op.name], "f64")))


def test_passes_know_what_only_the_host_has():
    for op, name in _LIBRARY.items():
        for type in FLOATS:
            text = kernel([op.name], type)
            (found,) = (inner for inner in parsed(text).walk() if isinstance(inner, op))
            formula = has_formula(name, {"f32": "float", "f64": "double"}[type])
            assert needs_host(found) is not formula, (op, type)


def test_a_mistake_of_llvm_is_an_exception():
    """LLVM ends its process at this function; the next text is compiled by another."""
    text = emit_kernels(parsed(kernel(["math.sqrt"], "f32"))).text
    broken = text.replace("llvm.sqrt.f32", "llvm.exp.f32")
    with pytest.raises(NoPtx, match="LLVM ended without PTX"):
        to_ptx(broken)
    assert ".entry k" in to_ptx(text + "\n; compiled anew")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"ptx": ".entry k"}\n', None),
        ('{"ptx": ".ent', "warning"),
        ("", "warning"),
    ],
    ids=["whole", "cut off", "none"],
)
def test_a_process_that_warns_a_lot_and_ends(answer, said, tmp_path, monkeypatch):
    script = tmp_path / "worker.py"
    script.write_text(
        "import sys\nsys.stdin.readline()\nsys.stderr.write('warning\\n' * 50_000)\n"
        f"sys.stdout.write({answer!r})\n"
    )
    monkeypatch.setattr(ptx, "SCRIPT", script)
    monkeypatch.setattr(ptx, "TIME_LIMIT", 10.0)
    worker = ptx.Worker()
    if said is None:
        assert worker.made("text", "sm_80") == ".entry k"
        return
    with pytest.raises(NoPtx, match=f"LLVM ended without PTX: {said}"):
        worker.made("text", "sm_80")


def test_text_that_is_not_llvm_ir_is_an_exception():
    with pytest.raises(NoPtx, match="expected top-level entity"):
        to_ptx("kernel")


def test_the_tables_name_ops_that_there_are():
    operations = {op.name for op in (*arith.Arith.operations, *math.Math.operations)}
    assert {*named(OF_INTEGERS), *named(OF_FLOATS)} <= operations
