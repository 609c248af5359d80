"""Faults seeded into kernels: each is caught, as what it is, at its line and thread."""

import re

import ml_dtypes
import numpy as np
import pytest

from foldaway.backends.gpu import ptx_errors
from foldaway.backends.gpu.ptx_launch import Pointer, run_ptx

from . import llvm_kernels
from .literal_ptx import line_of, run
from .llvm_kernels import emit

X = np.arange(4096, dtype=np.float32)
TILE = ".shared .align 16 .b8 tile[4096];"


def without(text, pattern, which=0):
    """Return `text` without the match number `which` of `pattern`, which must be there."""
    found = list(re.finditer(pattern, text))[which]
    return text[: found.start()] + text[found.end() :]


# Kernels of LLVM with something taken away


def reduction(text, threads=128, count=1):
    return run_ptx(text, "total", [X, np.zeros(32, np.float32)], (count,), (threads,))


def test_a_dropped_barrier_is_a_race():
    text = emit(llvm_kernels.REDUCTION)
    reduction(text)
    text = without(text, r"bar\.sync\s+0;")
    with pytest.raises(ptx_errors.SharedMemoryRace, match="after the write by thread number") as e:
        reduction(text)
    assert e.value.line == line_of(text, "ld.shared")
    assert e.value.block == (0, 0, 0)


def test_a_barrier_missing_at_the_end_of_a_loop_is_a_race_with_a_copy():
    text = emit(llvm_kernels.MATMUL)
    product(text)
    with pytest.raises(
        ptx_errors.SharedMemoryRace, match=r"write of shared byte .* after the read"
    ):
        product(without(text, r"bar\.sync\s+0;", -1))


def product(text, k=64):
    a, b = np.ones((16, k), ml_dtypes.bfloat16), np.ones((k, 16), ml_dtypes.bfloat16)
    out = run_ptx(
        text, "product", [a, b, np.zeros((16, 16), np.float32), k], (1,), (32,), shared_bytes=2048
    )[2]
    assert (out == k).all()


def test_a_weakened_wait_is_an_unawaited_copy():
    text = emit(llvm_kernels.MATMUL)
    with pytest.raises(ptx_errors.UnawaitedCopy, match="that nobody has waited for"):
        product(re.sub(r"cp\.async\.wait_group\s+1;", "cp.async.wait_group 2;", text))


def test_a_missing_wait_is_an_unawaited_copy():
    text = emit(llvm_kernels.MATMUL)
    with pytest.raises(ptx_errors.UnawaitedCopy):
        product(without(text, r"cp\.async\.wait_group\s+1;"))


def test_a_barrier_missing_after_the_wait_is_an_unawaited_copy():
    text = emit(llvm_kernels.MATMUL)
    with pytest.raises(ptx_errors.UnawaitedCopy, match=r"after the cp\.async by"):
        product(without(text, r"bar\.sync\s+0;", 0))


def test_a_wrong_bound_is_out_of_bounds():
    text = emit(llvm_kernels.ELEMENTWISE)
    with pytest.raises(ptx_errors.OutOfBounds, match="reads bytes 1024 to 1040 of argument 0"):
        run_ptx(text, "scale", [X[:256], np.zeros(256, np.float32), 1.0, 65], (1,), (128,))
    with pytest.raises(ptx_errors.OutOfBounds, match="writes bytes 960 to 976 of argument 1") as e:
        run_ptx(text, "scale", [X[:256], np.zeros(240, np.float32), 1.0, 64], (1,), (128,))
    assert (e.value.thread, e.value.line) == ((60, 0, 0), line_of(text, "st.global.v4"))


def test_a_float4_at_an_odd_place_is_misaligned():
    text = emit(llvm_kernels.ELEMENTWISE)
    for arguments in ([Pointer(X, 4), X.copy()], [X, Pointer(X.copy(), 8)]):
        with pytest.raises(ptx_errors.Misaligned, match="no multiple of 16"):
            run_ptx(text, "scale", [*arguments, 1.0, 64], (1,), (64,))


def test_another_block_size_than_the_kernel_requires():
    with pytest.raises(ptx_errors.WrongLaunch, match="reqntid"):
        reduction(emit(llvm_kernels.REDUCTION), threads=64)


def test_an_undefined_register():
    text = emit(llvm_kernels.REDUCTION)
    text = re.sub(r"(shfl\.sync\.bfly\.b32\s+%r\d+, )%r\d+", r"\1%r0", text, count=1)
    with pytest.raises(ptx_errors.UndefinedRegister, match="%r0 is read before it is written"):
        reduction(text)


def test_a_shuffle_that_some_lanes_skip():
    text = emit(llvm_kernels.REDUCTION)
    # Lane 8 of the second warp goes on to where the first barrier is.
    shuffle, barrier = re.search(r"shfl\.sync", text).start(), re.search(r"bar\.sync", text).start()
    skip = "setp.eq.u32 %p0, %tid.x, 40;\n@%p0 bra $SKIP;\n"
    text = text[:shuffle] + skip + text[shuffle:barrier] + "$SKIP:\n" + text[barrier:]
    with pytest.raises(ptx_errors.DivergentCollective, match="lanes 8 of the warp never come") as e:
        reduction(text)
    assert e.value.thread[0] // 32 == 1


# Out of bounds, in each state space


def test_shared_memory_ends():
    body = f"{TILE}\nmov.b64 %d2, tile;\nmad.wide.u32 %d3, %r1, 4, %d2;\nst.shared.b32 [%d3+%s], 1;"
    run(body.replace("%s", str(4096 - 128)), X)
    with pytest.raises(ptx_errors.OutOfBounds, match="of shared memory, of 4096 bytes") as e:
        run(body.replace("%s", str(4100 - 128)), X)
    assert e.value.thread == (31, 0, 0)
    with pytest.raises(ptx_errors.OutOfBounds):
        run(body.replace("%s", "-4"), X)


def test_local_memory_ends():
    body = """.local .align 4 .b8 own[64];
    mov.b64 %d2, own;
    mad.wide.u32 %d3, %r1, 4, %d2;
    st.local.b32 [%d3], 5;"""
    run(body, X, threads=16)
    with pytest.raises(ptx_errors.OutOfBounds, match="local memory, of 64 bytes"):
        run(body, X, threads=17)


def test_parameters_end():
    with pytest.raises(ptx_errors.OutOfBounds, match="param memory"):
        run("ld.param.b32 %r2, [k_p1+8];", X)


def test_constants_are_not_written():
    before = ".const .align 4 .b8 table[8] = {1, 2, 3, 4, 5, 6, 7, 8};"
    with pytest.raises(ptx_errors.OutOfBounds, match="constant"):
        run("mov.b64 %d2, table;\nst.const.b32 [%d2], 1;", X, before=before)


def test_no_index_leads_into_another_array():
    body = "mul.wide.s32 %d3, %r1, 1048576;\nadd.s64 %d3, %d3, %d1;\nld.global.b32 %r2, [%d3];"
    run(body, X, X.copy(), threads=1)
    with pytest.raises(ptx_errors.OutOfBounds):
        run(body, X, X.copy(), threads=2)


def test_null_pointers():
    for space in (".global", ".shared", ""):
        with pytest.raises(ptx_errors.OutOfBounds):
            run(f"mov.b64 %d2, 0;\nld{space}.b32 %r2, [%d2];", X)


# Registers and memory that nobody wrote


def test_a_register_that_one_thread_has_not_written():
    body = """setp.ne.u32 %p1, %r1, 7;
    @%p1 mov.b32 %r2, 1;
    add.s32 %r3, %r2, 1;"""
    with pytest.raises(ptx_errors.UndefinedRegister) as e:
        run(body, X)
    assert e.value.thread == (7, 0, 0)
    assert e.value.text == "add.s32 %r3, %r2, 1;"


def test_an_undefined_predicate():
    with pytest.raises(ptx_errors.UndefinedRegister, match="%p1"):
        run("@%p1 bra end;\nend:", X)


def test_an_undefined_value_may_be_moved_but_not_used():
    run("mov.b32 %r3, %r2;\nmov.b64 %d4, {%r1, %r3};", X)
    with pytest.raises(ptx_errors.UndefinedRegister, match="%d4"):
        run("mov.b32 %r3, %r2;\nmov.b64 %d4, {%r1, %r3};\nst.global.b64 [%d1], %d4;", X, threads=1)


def test_what_is_not_selected_may_be_undefined():
    body = """setp.lt.u32 %p1, %r1, 7;
    @%p1 mov.b32 %r2, 5;
    selp.b32 %r3, %r2, %r1, %p1;
    mad.wide.u32 %d2, %r1, 4, %d1;
    st.global.b32 [%d2], %r3;"""
    got = run(body, np.zeros(32, np.uint32))[0]
    assert (got == np.where(np.arange(32) < 7, 5, np.arange(32))).all()
    with pytest.raises(ptx_errors.UndefinedRegister):
        run(body.replace("%r1, %p1", "%r1, !%p1"), X)


def test_shared_memory_that_nobody_wrote():
    with pytest.raises(ptx_errors.UndefinedMemory):
        run(f"{TILE}\nmov.b64 %d2, tile;\nld.shared.b32 %r2, [%d2];", X)


def test_local_memory_that_nobody_wrote():
    with pytest.raises(ptx_errors.UndefinedMemory):
        run(".local .align 4 .b8 own[8];\nmov.b64 %d2, own;\nld.local.b32 %r2, [%d2];", X)


# Barriers


@pytest.mark.parametrize("skip", ["ret", "bra other"])
def test_a_barrier_that_some_threads_never_reach(skip):
    body = f"""setp.lt.u32 %p1, %r1, 32;
    @%p1 {skip};
    bar.sync 0;
    ret;
    other: bar.sync 1;"""
    with pytest.raises(ptx_errors.BarrierDeadlock, match="threads wait here for ever") as e:
        run(body, X, threads=64)
    assert e.value.text == ("bar.sync 0;" if skip == "ret" else "other: bar.sync 1;")


def test_a_warp_that_parts_at_barriers():
    body = """setp.lt.u32 %p1, %r1, 16;
    @%p1 bra other;
    bar.sync 0;
    ret;
    other: bar.sync 0;"""
    with pytest.raises(ptx_errors.BarrierDeadlock, match="different barrier instructions"):
        run(body, X, threads=64)
    run(body.replace("16", "32"), X, threads=64)  # whole warps may


# Lanes


@pytest.mark.parametrize(
    "collective",
    [
        "shfl.sync.idx.b32 %r3, %r1, 0, 31, -1;",
        "vote.sync.ballot.b32 %r3, %p1, -1;",
        "redux.sync.add.s32 %r3, %r1, -1;",
        "bar.warp.sync -1;",
        "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r3}, [%d2];",
        """mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%r2,%r3,%r4,%r5},
           {%r6,%r6,%r6,%r6}, {%r6,%r6}, {%r6,%r6,%r6,%r6};""",
    ],
)
def test_lanes_that_never_come(collective):
    body = f"""{TILE}\nmov.b64 %d2, tile;
    mov.b32 %r6, 0;
    setp.lt.u32 %p1, %r1, 7;
    @%p1 bra skip;
    {collective}
    bar.sync 0;
    ret;
    skip: bar.sync 0;"""
    with pytest.raises(ptx_errors.DivergentCollective, match=r"lanes 0, 1, 2, 3, 4, 5, 6 of"):
        run(body, X)


def test_a_shuffle_from_a_lane_that_has_ended():
    body = "shfl.sync.bfly.b32 %r3, %r1, 16, 31, -1;"
    run(body, X)
    with pytest.raises(ptx_errors.DivergentCollective, match="which doesn't take part"):
        run(body, X, threads=20)


def test_a_lane_outside_of_its_own_mask():
    with pytest.raises(ptx_errors.DivergentCollective, match="own mask"):
        run("shfl.sync.bfly.b32 %r3, %r1, 1, 31, 255;", X)


# Shared memory


def shared_program(*lines):
    """Return a body where %d3 is the thread's own word of `tile`, %d4 that of its neighbour."""
    start = [
        TILE, "mov.b64 %d2, tile;", "mad.wide.u32 %d3, %r1, 4, %d2;",
        "xor.b32 %r2, %r1, 1;", "mad.wide.u32 %d4, %r2, 4, %d2;",
        "xor.b32 %r2, %r1, 32;", "mad.wide.u32 %d5, %r2, 4, %d2;",
    ]  # fmt: skip
    return "\n".join([*start, *lines])


OWN, NEXT, FAR = "st.shared.b32 [%d3], 1;", "ld.shared.b32 %r5, [%d4];", "ld.shared.b32 %r5, [%d5];"


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([OWN, NEXT], "read of shared byte .* after the write"),
        ([OWN, "bar.sync 0;", NEXT, OWN], "write of shared byte .* after the read"),
        (["st.shared.b32 [%d2], %r1;"], "several threads write"),
        (["st.shared.b32 [%d2], 1;"], "several threads write"),
        ([OWN, "st.shared.b8 [%d4+1], %h1;"], "write of shared byte .* after the write"),
        # Neither the order of a warp nor a shuffle promises anything about memory.
        ([OWN, "shfl.sync.idx.b32 %r3, %r1, 0, 31, -1;", NEXT], "after the write"),
        ([OWN, "bar.warp.sync -1;", FAR], "after the write"),
        ([OWN, "bar.warp.sync -1;", NEXT, OWN], "after the read"),
        (["atom.shared.add.u32 %r3, [%d2], 1;", "ld.shared.b32 %r4, [%d2];"], "after the atomic"),
    ],
)
def test_races(lines, what):
    lines = ["mov.b16 %h1, 0;", *lines]
    if "atom" in lines[1]:
        lines = ["setp.eq.u32 %p1, %r1, 0;", "@%p1 st.shared.b32 [%d2], 0;", "bar.sync 0;", *lines]
    with pytest.raises(ptx_errors.SharedMemoryRace, match=what):
        run(shared_program(*lines), X, threads=64)


@pytest.mark.parametrize(
    "lines",
    [
        [OWN, "ld.shared.b32 %r5, [%d3];", OWN],
        [OWN, "bar.sync 0;", NEXT, FAR, "bar.sync 0;", OWN],
        [OWN, "bar.warp.sync -1;", NEXT, "bar.warp.sync -1;", OWN],
        [OWN, "membar.cta;", "bar.sync 0;", FAR],
        [OWN, "bar.sync 3, 64;", FAR],
    ],
)
def test_accesses_that_barriers_order(lines):
    run(shared_program(*lines), X, threads=64)


def test_a_barrier_of_some_threads_orders_only_them():
    producer = ["@%p1 bra use;", "st.shared.b32 [%d3], 1;", "bar.arrive 1, 64;", "ret;"]
    use = ["use: bar.sync 1, 64;", "ld.shared.b32 %r5, [%d5];"]
    start = ["setp.ge.u32 %p1, %r1, 32;"]
    run(shared_program(*start, *producer, *use), X, threads=64)
    late = [*producer[:2], "bar.arrive 1, 64;", "st.shared.b32 [%d3], 2;", "ret;"]
    with pytest.raises(ptx_errors.SharedMemoryRace):
        run(shared_program(*start, *late, *use), X, threads=64)


@pytest.mark.parametrize("transposed", ["", ".trans"])
@pytest.mark.parametrize("size", [".v4.b32", ".v2.b32", ".b32", ".b8"])
def test_a_row_that_others_load_as_a_matrix(size, transposed):
    """Whoever gives the address of a row isn't who reads it."""
    count = {"4": 4, "2": 2}.get(size[2:3], 1) if size[1] == "v" else 1
    values = "{" + ", ".join(["%r1"] * count) + "}" if count > 1 else "%h1"
    values = "%r1" if size == ".b32" else values
    bytes_each = {".v4.b32": 16, ".v2.b32": 8, ".b32": 4, ".b8": 1}[size]
    stores = [f"st.shared{size} [%d3+{n}], {values};" for n in range(0, 16, bytes_each)]
    load = f"ldmatrix.sync.aligned.m8n8.x4{transposed}.shared.b16 {{%r2,%r3,%r4,%r5}}, [%d3];"
    start = [TILE, "mov.b16 %h1, 0;", "mov.b64 %d2, tile;", "mad.wide.u32 %d3, %r1, 16, %d2;"]
    run("\n".join([*start, *stores, "bar.sync 0;", load, "bar.sync 0;", *stores]), X)
    with pytest.raises(ptx_errors.SharedMemoryRace, match="read of shared byte"):
        run("\n".join([*start, *stores, load]), X)
    with pytest.raises(ptx_errors.SharedMemoryRace, match="after the read"):
        run("\n".join([*start, *stores, "bar.sync 0;", load, *stores]), X)


# Asynchronous copies


COPY = "cp.async.ca.shared.global [%d3], [%d6], 4;"
FROM = "mad.wide.u32 %d6, %r1, 4, %d1;"
COMMIT, WAIT = "cp.async.commit_group;", "cp.async.wait_group 0;"


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([COPY, COMMIT, WAIT, "ld.shared.b32 %r5, [%d3];"], None),
        ([COPY, "cp.async.wait_all;", "bar.sync 0;", NEXT], None),
        ([COPY, COMMIT, "ld.shared.b32 %r5, [%d3];", WAIT], ptx_errors.UnawaitedCopy),
        ([COPY, COMMIT, WAIT, NEXT], ptx_errors.UnawaitedCopy),
        ([COPY, COMMIT, "bar.sync 0;", NEXT, WAIT], ptx_errors.UnawaitedCopy),
        ([COPY, WAIT, "bar.sync 0;", NEXT], ptx_errors.UnawaitedCopy),
        ([COPY, COMMIT, COPY, COMMIT, WAIT], ptx_errors.UnawaitedCopy),
        ([COPY, COMMIT], ptx_errors.LostCopy),
        ([COPY], ptx_errors.LostCopy),
    ],
)
def test_copies(lines, error):
    body = shared_program(FROM, *lines)
    if error is None:
        run(body, X, threads=64)
        return
    with pytest.raises(error):
        run(body, X, threads=64)


def test_copies_have_bounds_and_alignments():
    for line, error in [
        ("cp.async.cg.shared.global [%d3], [%d6], 16;", ptx_errors.Misaligned),
        ("cp.async.ca.shared.global [%d3], [%d6+16384], 4;", ptx_errors.OutOfBounds),
        ("cp.async.ca.shared.global [%d3+4096], [%d6], 4;", ptx_errors.OutOfBounds),
    ]:
        with pytest.raises(error):
            run(shared_program(FROM, line, "cp.async.wait_all;"), X)
    # What isn't read may lie anywhere.
    line = "cp.async.ca.shared.global [%d3], [%d6+16384], 4, 0;"
    run(shared_program(FROM, line, "cp.async.wait_all;"), X)
