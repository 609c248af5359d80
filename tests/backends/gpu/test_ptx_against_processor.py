"""The same LLVM IR as PTX in the interpreter, and as machine code of this processor."""

import ctypes

import llvmlite.binding as llvm
import numpy as np
import pytest

from foldaway.backends.gpu.ptx_launch import run_ptx

from .llvm_kernels import emit

DTYPES = {
    "i1": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
    "float": np.float32, "double": np.float64,
}  # fmt: skip
INTEGERS = ["i8", "i16", "i32", "i64"]
FLOATS = ["float", "double"]
COUNT = 256


def _programs():
    """Yield name, operand types, result type and lines of %r from %a, %b, %c."""
    for t in INTEGERS:
        bits = int(t[1:])
        for name in ("add", "sub", "mul", "and", "or", "xor"):
            yield f"{name}.{t}", [t, t], t, f"%r = {name} {t} %a, %b"
        for name in ("udiv", "urem", "sdiv", "srem"):
            lines = f"%z = or {t} %b, 1\n%y = and {t} %z, {2 ** (bits - 1) - 1}"
            yield f"{name}.{t}", [t, t], t, f"{lines}\n%r = {name} {t} %a, %y"
        for name in ("shl", "lshr", "ashr"):
            yield f"{name}.{t}", [t, t], t, (f"%y = and {t} %b, {bits - 1}\n%r = {name} {t} %a, %y")
        for name in ("smax", "smin", "umax", "umin", "sadd.sat", "uadd.sat", "usub.sat"):
            yield f"{name}.{t}", [t, t], t, f"%r = call {t} @llvm.{name}.{t}({t} %a, {t} %b)"
        for name in ("fshl", "fshr"):
            yield (
                f"{name}.{t}",
                [t, t, t],
                t,
                (f"%r = call {t} @llvm.{name}.{t}({t} %a, {t} %b, {t} %c)"),
            )
        for name in ("ctpop", "bitreverse", *(["bswap"] if bits > 8 else [])):
            yield f"{name}.{t}", [t], t, f"%r = call {t} @llvm.{name}.{t}({t} %a)"
        for name in ("ctlz", "cttz", "abs"):
            yield f"{name}.{t}", [t], t, f"%r = call {t} @llvm.{name}.{t}({t} %a, i1 false)"
        for name in ("slt", "ule", "ne", "sgt"):
            yield f"{name}.{t}", [t, t], "i1", f"%r = icmp {name} {t} %a, %b"
        yield f"select.{t}", [t, t, "i1"], t, f"%r = select i1 %c, {t} %a, {t} %b"
        for u in INTEGERS:
            for name in ("zext", "sext") if int(u[1:]) > bits else ("trunc",):
                if u != t:
                    yield f"{name}.{t}.{u}", [t], u, f"%r = {name} {t} %a to {u}"
        for f in FLOATS:
            for name in ("sitofp", "uitofp"):
                yield f"{name}.{t}.{f}", [t], f, f"%r = {name} {t} %a to {f}"
    for w, t in (("i64", "i32"), ("i32", "i16")):
        for name in ("zext", "sext"):
            yield (
                f"wide.{name}.{w}",
                [t, t, w],
                w,
                (
                    f"%x = {name} {t} %a to {w}\n%y = {name} {t} %b to {w}\n"
                    f"%z = mul {w} %x, %y\n%r = add {w} %z, %c"
                ),
            )
    yield from _float_programs()


def _float_programs():
    for f, s in (("float", "f32"), ("double", "f64")):
        for name in ("fadd", "fsub", "fmul", "fdiv"):
            yield f"{name}.{f}", [f, f], f, f"%r = {name} {f} %a, %b"
        for name in ("oeq", "ogt", "ole", "one", "ord", "ueq", "ult", "uge", "une", "uno"):
            yield f"{name}.{f}", [f, f], "i1", f"%r = fcmp {name} {f} %a, %b"
        for name in ("maxnum", "minnum", "maximum", "minimum", "copysign"):
            yield f"{name}.{f}", [f, f], f, f"%r = call {f} @llvm.{name}.{s}({f} %a, {f} %b)"
        for name in ("fabs", "sqrt", "floor", "ceil", "trunc", "rint", "roundeven", "round"):
            yield f"{name}.{f}", [f], f, f"%r = call {f} @llvm.{name}.{s}({f} %a)"
        yield f"fneg.{f}", [f], f, f"%r = fneg {f} %a"
        yield f"fma.{f}", [f, f, f], f, f"%r = call {f} @llvm.fma.{s}({f} %a, {f} %b, {f} %c)"
        for t in ("i8", "i32", "i64"):
            for name in ("fptosi", "fptoui"):
                yield f"{name}.{f}.{t}", [f], t, f"%r = call {t} @llvm.{name}.sat.{t}.{s}({f} %a)"
    yield "fptrunc", ["double"], "float", "%r = fptrunc double %a to float"
    yield "fpext", ["float"], "double", "%r = fpext float %a to double"


PROGRAMS = {name: rest for name, *rest in _programs()}


def module_text(space, define, thread):
    """Return all programs as functions of pointers: each sets one number, of thread %i."""
    lines, declared = [], set()
    for number, (sources, result, body) in enumerate(PROGRAMS.values()):
        pointers = ", ".join(f"ptr {space} %p{n}" for n in range(len(sources) + 1))
        lines.append(f"define {define} @f{number}({pointers}{'' if thread else ', i32 %i'}) {{")
        lines += [thread] if thread else []
        for n, (kind, name) in enumerate(zip(sources, "abc", strict=False)):
            stored = "i8" if kind == "i1" else kind
            lines.append(f"%q{n} = getelementptr {stored}, ptr {space} %p{n}, i32 %i")
            lines.append(f"%{name}{'8' if kind == 'i1' else ''} = load {stored}, ptr {space} %q{n}")
            lines += [f"%{name} = trunc i8 %{name}8 to i1"] if kind == "i1" else []
        stored, value = ("i8", "%r8") if result == "i1" else (result, "%r")
        lines += [body, *(["%r8 = zext i1 %r to i8"] if result == "i1" else [])]
        lines.append(f"%q = getelementptr {stored}, ptr {space} %p{len(sources)}, i32 %i")
        lines.append(f"store {stored} {value}, ptr {space} %q\nret void\n}}")
        if "call" in body:
            head, _, arguments = body.partition("(")
            types = ", ".join(a.split()[0] for a in arguments.rstrip(")").split(","))
            declared.add(f"declare {head.split('call ')[1]}({types})")
    return "\n".join([*sorted(declared), *lines])


@pytest.fixture(scope="module")
def machine_code():
    """The programs for this processor: from number to a function of addresses and an index."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly(module_text("", "void", ""))
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), jit=True
    )
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine


THREAD = """%i = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()"""


@pytest.fixture(scope="module", params=["sm_80", "sm_90"])
def ptx(request):
    declare = "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n"
    return emit(declare + module_text("addrspace(1)", "ptx_kernel void", THREAD), request.param)


def values(kind, seed):
    """Return numbers of all sizes, special ones among them."""
    random = np.random.default_rng(seed)
    dtype = np.dtype(DTYPES[kind])
    if kind == "i1":
        return random.integers(0, 2, COUNT).astype(dtype)
    raw = random.integers(0, 256, COUNT * dtype.itemsize, np.uint8).view(dtype)
    if kind in FLOATS:
        near = random.standard_normal(COUNT) * 10.0 ** random.integers(-3, 10, COUNT)
        raw = np.where(random.random(COUNT) < 0.7, near.astype(dtype), raw)
        raw[:6] = [0.0, 1.0, np.inf, -np.inf, np.nan, 0.5]
    else:
        small = random.integers(-3, 4, COUNT).astype(dtype)
        raw = np.where(random.random(COUNT) < 0.3, small, raw)
        raw[:2] = [np.iinfo(dtype).min, np.iinfo(dtype).max]
    return raw


def test_all_programs_give_what_the_processor_gives(ptx, machine_code):
    wrong = []
    for number, (name, (sources, result, _)) in enumerate(PROGRAMS.items()):
        arrays = [values(kind, 10 * number + n) for n, kind in enumerate(sources)]
        arrays.append(np.zeros(COUNT, DTYPES[result]))
        got = run_ptx(ptx, f"f{number}", arrays, (1,), (COUNT,))[-1]
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(arrays), ctypes.c_int32)
        function = kind(machine_code.get_function_address(f"f{number}"))
        for index in range(COUNT):
            function(*(array.ctypes.data for array in arrays), index)
        expected = arrays[-1]
        if not np.array_equal(got, expected, equal_nan=got.dtype.kind == "f"):
            at = np.nonzero((got != expected) & ~((got != got) & (expected != expected)))[0]
            wrong.append((name, [a[at[0]] for a in arrays], got[at[0]]))
    assert not wrong
