"""Faults that are put into kernels are found by the simulated GPU, and it goes on after each."""

import subprocess
import sys

import numpy as np
import pytest

from foldaway.backends.gpu.sim_errors import (
    BarrierDeadlock,
    DivergentCollective,
    GuardDamaged,
    IllegalAccess,
    KernelFault,
    MisalignedAccess,
    SimulatorError,
    UnawaitedCopy,
)

from .simulated import Bench, define, indexed, kernel, load, store
from .test_simulator import BARRIER, SHARED, reversal


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.fixture(autouse=True)
def goes_on(bench: Bench):
    """A fault is over when it was told: the next launch is as good as ever."""
    yield
    x = np.arange(64, dtype=np.float32)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    bench.run(reversal(64), kernel(["ptr", "ptr"], 1, 64, 256), [source, target])
    bench.device.synchronize()
    np.testing.assert_array_equal(bench.get(target, 64, np.float32), x[::-1])


def reversed_by(bench: Bench, barrier: str) -> np.ndarray:
    x = np.arange(512, dtype=np.float32)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    bench.run(reversal(256, barrier), kernel(["ptr", "ptr"], 2, 256, 1024), [source, target])
    return bench.get(target, 512, np.float32)


def test_a_dropped_barrier_shows_in_some_order():
    benches = [Bench(order) for order in (None, 0, 1, 2)]
    expected = np.arange(512, dtype=np.float32).reshape(2, 256)[:, ::-1].ravel()
    for one in benches:
        np.testing.assert_array_equal(reversed_by(one, BARRIER), expected)
    found = [reversed_by(one, "") for one in benches]
    assert all(not np.array_equal(f, expected) for f in found)
    assert not np.array_equal(np.nan_to_num(found[1]), np.nan_to_num(found[2]))


def test_a_barrier_of_a_warp_where_the_block_must_wait_shows():
    expected = np.arange(512, dtype=np.float32).reshape(2, 256)[:, ::-1].ravel()
    found = reversed_by(Bench(2), "  call void @foldaway_sim_warp_barrier()\n")
    assert not np.array_equal(found, expected)


def test_a_race_between_blocks_shows_in_the_other_order():
    """Each block adds to what the block before it has written."""
    text = define(
        ["ptr"],
        indexed(1)
        + load("v", "i32", "%a0", "%b")
        + "  %w = add i32 %v, 1\n  %next = add i32 %b, 1\n"
        + store("y", "i32", "%w", "%a0", "%next"),
    )
    found: list[list[int]] = []
    for order in (None, 1):
        one = Bench(order)
        address = one.put(np.zeros(9, np.int32))
        one.run(text, kernel(["ptr"], 8, 1), [address])
        found.append(one.get(address, 9, np.int32).tolist())
    assert found == [list(range(9)), [0, *[1] * 8]]


def copying(bound: str, offset: int = 0) -> str:
    """Copies elements; a thread whose number isn't below the bound should do nothing."""
    return define(
        ["ptr", "ptr", "i32"],
        indexed(64)
        + f"  %c = icmp slt i32 %i, {bound}\n  br i1 %c, label %do, label %end\ndo:\n"
        + load("v", "float", "%a0", "%i")
        + f"  %o = add i32 %i, {offset}\n"
        + store("y", "float", "%v", "%a1", "%o")
        + "  br label %end\nend:\n",
    )


@pytest.mark.parametrize("collective", [False, True])
@pytest.mark.parametrize(
    ("bound", "offset", "words"),
    [
        ("101", 0, r"byte 400 of the 400 bytes"),
        ("100", -1, r"byte -4 of the 400 bytes"),
        ("100", 1, r"byte 400 of the 400 bytes"),
        ("100", -64, r"byte -256 of the 400 bytes"),
    ],
)
def test_a_wrong_bound_damages_the_guard(
    bench: Bench, bound: str, offset: int, words: str, collective: bool
):
    source, target = bench.put(np.ones(256, np.float32)), bench.put(np.zeros(100, np.float32))
    how = kernel(["ptr", "ptr", "i32"], 2, 64)
    text = copying(bound, offset)
    if collective:
        text = text.replace("  ret void", f"{BARRIER}  ret void")
    with pytest.raises(GuardDamaged, match=f"kernel k wrote outside of its memory, {words}"):
        bench.run(text, how, [source, target, 100])


@pytest.mark.parametrize("collective", [False, True])
@pytest.mark.parametrize("offset", [1024, 1 << 20, 1 << 28, -(1 << 28), (1 << 31) - 200])
def test_what_is_far_away_is_no_memory(bench: Bench, offset: int, collective: bool):
    source, target = bench.put(np.ones(128, np.float32)), bench.put(np.zeros(128, np.float32))
    text = copying("100", offset)
    if collective:
        text = text.replace("  ret void", f"{BARRIER}  ret void")
    with pytest.raises(IllegalAccess, match=r"a write at byte .* block \(0, 0, 0\), thread \(0"):
        bench.run(text, kernel(["ptr", "ptr", "i32"], 2, 64), [source, target, 0])


def test_a_read_far_behind_is_found_and_named(bench: Bench):
    source, target = bench.put(np.ones(64, np.float32)), bench.put(np.zeros(128, np.float32))
    how = kernel(["ptr", "ptr", "i32"], 2, 64)
    with pytest.raises(
        IllegalAccess,
        match=r"^a read at byte 256 of the 256 bytes at 0x\w+: "
        r"kernel k, block \(1, 0, 0\), thread \(0, 0, 0\)$",
    ):
        bench.run(copying("100"), how, [source, target, 0])


def test_addresses_that_are_not_the_device_s(bench: Bench):
    how = kernel(["ptr", "ptr", "i32"], 1, 64)
    for address in (0, 64, 1 << 63, (1 << 47) + 12345 * 4096):
        with pytest.raises(IllegalAccess):
            bench.run(copying("100"), how, [address, address, 0])


def test_memory_that_was_given_back_is_no_memory(bench: Bench):
    source, target = bench.put(np.ones(64, np.float32)), bench.put(np.ones(64, np.float32))
    bench.device.free(source)
    with pytest.raises(IllegalAccess, match="a read"):
        bench.run(copying("64"), kernel(["ptr", "ptr", "i32"], 1, 64), [source, target, 0])


@pytest.mark.parametrize(
    ("offset", "error"),
    [
        (25, GuardDamaged),
        (-1, GuardDamaged),
        (32, IllegalAccess),
        (1 << 20, IllegalAccess),
        (-(1 << 20), IllegalAccess),
        ((1 << 31) - 1, IllegalAccess),
        (-(1 << 31), IllegalAccess),
    ],
)
def test_shared_memory_has_bounds(bench: Bench, offset: int, error: type[KernelFault]):
    text = define([], SHARED + store("s", "float", "1.0", "%s", str(offset)) + BARRIER)
    with pytest.raises(error):
        bench.run(text, kernel([], 2, 32, 100), [])


def test_shared_memory_is_named(bench: Bench):
    text = define([], SHARED + store("s", "float", "1.0", "%s", "1024") + BARRIER)
    with pytest.raises(IllegalAccess, match="a write at byte 4096 of the 100 bytes of shared mem"):
        bench.run(text, kernel([], 2, 32, 100), [])


def staged(copy: str, wait: str) -> str:
    return define(
        ["ptr", "ptr"],
        indexed(32) + SHARED + "  %to = getelementptr i32, ptr %s, i32 %t\n"
        "  %from = getelementptr i32, ptr %a0, i32 %t\n"
        + copy
        + "  call void @foldaway_sim_async_commit()\n"
        + wait
        + BARRIER
        + "  %r = sub i32 31, %t\n"
        + load("v", "i32", "%s", "%r")
        + store("y", "i32", "%v", "%a1", "%t"),
    )


COPY = "  call void @foldaway_sim_async_copy_4(ptr %to, ptr %from)\n"
WAIT = "  call void @foldaway_sim_async_wait(i32 {})\n"


def test_a_missing_wait_reads_what_was_there_before(bench: Bench):
    x = np.arange(32, dtype=np.int32)
    source, target = bench.put(x), bench.put(x)
    how = kernel(["ptr", "ptr"], 1, 32, 128)
    bench.run(staged(COPY, WAIT.format(0)), how, [source, target])
    np.testing.assert_array_equal(bench.get(target, 32, np.int32), x[::-1])
    # A wait that leaves one group too many, and one behind all reads.
    late = staged(COPY, WAIT.format(1)).replace(
        "  ret void", BARRIER + WAIT.format(0) + "  ret void"
    )
    bench.run(late, how, [source, target])
    assert (bench.get(target, 32, np.int32) == -1).all()


def test_a_wait_without_a_barrier_shows_in_some_order():
    """Who waits knows of its own copies alone."""
    x = np.arange(32, dtype=np.int32)
    found: list[bool] = []
    for order in (None, 0, 1, 2):
        one = Bench(order)
        source, target = one.put(x), one.put(x)
        text = staged(COPY, WAIT.format(0)).replace(BARRIER, "")
        one.run(text, kernel(["ptr", "ptr"], 1, 32, 128), [source, target])
        found.append(np.array_equal(one.get(target, 32, np.int32), x[::-1]))
    assert not any(found)


def test_copies_that_nobody_waited_for_are_found_at_the_end(bench: Bench):
    source, target = bench.put(np.arange(32)), bench.put(np.arange(32))
    with pytest.raises(UnawaitedCopy, match=r"1 asynchronous copies .* thread \("):
        bench.run(staged(COPY, ""), kernel(["ptr", "ptr"], 1, 32, 128), [source, target])
    with pytest.raises(UnawaitedCopy, match="too many"):
        bench.run(staged(COPY * 300, ""), kernel(["ptr", "ptr"], 1, 32, 128), [source, target])


def test_a_copy_from_nowhere_is_found_at_the_wait(bench: Bench):
    with pytest.raises(IllegalAccess, match="a read"):
        bench.run(staged(COPY, WAIT.format(0)), kernel(["ptr", "ptr"], 1, 32, 128), [4096, 4096])


def split(condition: str, yes: str, no: str) -> str:
    return define(
        ["ptr"],
        indexed(64) + "  %l = call i32 @foldaway_sim_lane_id()\n"
        f"  %c = icmp {condition}\n  br i1 %c, label %yes, label %no\n"
        f"yes:\n{yes}  br label %end\nno:\n{no}  br label %end\nend:\n",
    )


SHUFFLE = "  %s{} = call i32 @foldaway_sim_shuffle_xor_i32(i32 %t, i32 1)\n"
VOTE = "  %v{} = call i1 @foldaway_sim_vote_any(i1 true)\n"


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        (SHUFFLE.format(1) + store("a", "i32", "%s1", "%a0", "%t"), SHUFFLE.format(2)),
        (SHUFFLE.format(1), VOTE.format(2)),
        (VOTE.format(1), "  call void @foldaway_sim_warp_barrier()\n"),
    ],
)
def test_lanes_that_meet_in_different_places(bench: Bench, yes: str, no: str):
    with pytest.raises(DivergentCollective, match="different places"):
        bench.run(
            split("slt i32 %l, 16", yes, no), kernel(["ptr"], 1, 64), [bench.put(np.ones(64))]
        )


def test_lanes_that_do_not_come(bench: Bench):
    with pytest.raises(
        BarrierDeadlock,
        match=r"of 64 threads 0 wait at the barrier, 32 for their warp, 32 have ended",
    ):
        bench.run(split("slt i32 %l, 16", SHUFFLE.format(1), ""), kernel(["ptr"], 1, 64), [0])


@pytest.mark.parametrize(
    ("condition", "waiting", "ended"),
    [("slt i32 %t, 32", 32, 32), ("eq i32 %t, 63", 1, 63), ("ne i32 %t, 63", 63, 1)],
)
def test_threads_that_end_while_others_wait(bench: Bench, condition: str, waiting: int, ended: int):
    with pytest.raises(
        BarrierDeadlock, match=f"{waiting} wait at the barrier, 0 for their warp, {ended} have"
    ):
        bench.run(split(condition, BARRIER, ""), kernel(["ptr"], 3, 64), [0])


def test_threads_that_wait_elsewhere(bench: Bench):
    with pytest.raises(BarrierDeadlock, match="1 wait at the barrier, 31 for their warp, 32 have"):
        bench.run(
            split("eq i32 %t, 0", BARRIER + VOTE.format(3), VOTE.format(1)),
            kernel(["ptr"], 1, 64),
            [0],
        )


@pytest.mark.parametrize("collective", [False, True])
@pytest.mark.parametrize(
    "access",
    [
        "  %v = load <4 x float>, ptr %p, align 16\n  store <4 x float> %v, ptr %a0, align 16\n",
        "  store <4 x float> zeroinitializer, ptr %p, align 16\n",
        "  %v = load <2 x float>, ptr %a0, align 8\n  store <2 x float> %v, ptr %q, align 8\n",
    ],
)
def test_a_wide_access_needs_its_alignment(bench: Bench, access: str, collective: bool):
    body = (
        "  %p = getelementptr i8, ptr %a0, i64 8\n  %q = getelementptr i8, ptr %a0, i64 4\n"
        + access
        + (BARRIER if collective else "")
    )
    with pytest.raises(MisalignedAccess, match=r"^byte [48] of the 256 bytes .* multiple of"):
        bench.run(
            define(["ptr"], body), kernel(["ptr"], 1, 32), [bench.put(np.zeros(64, np.float32))]
        )


def test_copies_and_rows_need_their_alignment(bench: Bench):
    x = bench.put(np.zeros(64, np.float32))
    for call, words in [
        ("void @foldaway_sim_async_copy_16(ptr %s, ptr %p)", "byte 8 of the 256"),
        ("void @foldaway_sim_async_copy_8(ptr %q, ptr %a0)", "byte 4 of the 512 bytes of shared"),
        ("i32 @foldaway_sim_matrix_load_1(ptr %q)", "byte 4 of the 512 bytes of shared"),
    ]:
        body = (
            "  %p = getelementptr i8, ptr %a0, i64 8\n"
            + SHARED
            + "  %q = getelementptr i8, ptr %s, i64 4\n"
            + ("" if call.startswith("void") else "  %r =")
            + f"  call {call}\n"
        )
        with pytest.raises(MisalignedAccess, match=words):
            bench.run(define(["ptr"], body), kernel(["ptr"], 1, 32, 512), [x])


def test_products_need_a_whole_warp(bench: Bench):
    body = SHARED + "  %r = call i32 @foldaway_sim_matrix_load_1(ptr %s)\n"
    with pytest.raises(DivergentCollective, match="less than 32 threads"):
        bench.run(define([], body), kernel([], 1, 48, 512), [])


@pytest.mark.parametrize("collective", [False, True])
def test_divisions_and_instructions_that_cannot_be(bench: Bench, collective: bool):
    tail = BARRIER if collective else ""
    for body, words in [
        ("  %z = load i32, ptr %a0\n  %d = sdiv i32 7, %z\n  store i32 %d, ptr %a0\n", "division"),
        ("  call void @llvm.trap()\n", "instruction"),
    ]:
        text = "declare void @llvm.trap()\n" + define(["ptr"], body + tail)
        with pytest.raises(IllegalAccess, match=words):
            bench.run(text, kernel(["ptr"], 1, 32), [bench.put(np.zeros(4, np.int32))])


@pytest.mark.parametrize("threads", [1, 40])
def test_a_stack_that_is_full_ends_the_launch(bench: Bench, threads: int):
    deep = (
        "define i32 @deep(i32 %n) noinline {\n  %m = add i32 %n, 1\n  %a = alloca [64 x i64]\n"
        "  store volatile i32 %n, ptr %a\n  %r = call i32 @deep(i32 %m)\n"
        "  %v = load volatile i32, ptr %a\n  %s = add i32 %r, %v\n  ret i32 %s\n}\n"
    )
    body = "  %r = call i32 @deep(i32 0)\n  store i32 %r, ptr %a0\n" + BARRIER
    with pytest.raises(IllegalAccess, match="the stack of a thread"):
        bench.run(
            deep + define(["ptr"], body), kernel(["ptr"], 1, threads), [bench.put(np.ones(4))]
        )


@pytest.mark.parametrize("index", [0, 10000, 19999])
def test_a_frame_that_is_larger_than_a_stack_does_not_reach_another(bench: Bench, index: int):
    body = (
        "  %v = alloca [20000 x i32]\n  %p = getelementptr i32, ptr %v, i32 %a0\n"
        "  store volatile i32 7, ptr %p\n" + BARRIER
    )
    with pytest.raises(IllegalAccess, match="the stack of a thread"):
        bench.run(define(["i32"], body), kernel(["i32"], 1, 256), [index])


def test_what_a_launch_did_is_told_once(bench: Bench):
    how = kernel(["ptr", "ptr", "i32"], 1, 64)
    handle = bench.load(copying("100"), how)
    assert bench.launch(handle, how, [0, 0, 0]) == 700
    assert bench.launch(handle, how, [0, 0, 0]) == 700
    with pytest.raises(IllegalAccess):
        bench.device.synchronize()
    bench.device.synchronize()
    assert type(bench.device.error(700)) is SimulatorError


def test_faults_of_the_host_stay_the_host_s():
    program = (
        "import ctypes, faulthandler\nfaulthandler.enable()\n"
        "from tests.backends.gpu.simulated import Bench, define, kernel\n"
        "bench = Bench()\nbench.run(define([], ''), kernel([], 1, 32), [])\n"
        "ctypes.string_at(8)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == -11
    assert "Fatal Python error: Segmentation fault" in done.stderr
