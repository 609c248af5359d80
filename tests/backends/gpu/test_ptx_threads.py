"""Control flow, and what lanes do together, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.backends.gpu.ptx_launch import run_ptx

from .literal_ptx import LOAD, STORE, X, kernel_text, per_thread, run

# Shuffles and their like


@pytest.mark.parametrize(
    ("mode", "by", "clamp", "source"),
    [
        ("bfly", 5, 31, lambda lane: lane ^ 5),
        ("up", 3, 0, lambda lane: np.where(lane >= 3, lane - 3, lane)),
        ("down", 3, 31, lambda lane: np.where(lane + 3 < 32, lane + 3, lane)),
        ("idx", 7, 31, lambda lane: np.full(32, 7)),
        # Segments of eight lanes: the mask of a segment is in bits 8 to 12.
        ("up", 2, 0x1800, lambda lane: np.where(lane % 8 >= 2, lane - 2, lane)),
        ("down", 2, 0x181F, lambda lane: np.where(lane % 8 < 6, lane + 2, lane)),
        ("idx", 5, 0x181F, lambda lane: lane // 8 * 8 + 5),
        # Past the end of a segment a lane reads itself; lower segments may be read.
        ("bfly", 8, 0x181F, lambda lane: np.where(lane // 8 % 2 == 1, lane - 8, lane)),
    ],
)
def test_shuffles(mode, by, clamp, source):
    lane = np.arange(32)
    got = per_thread(f"shfl.sync.{mode}.b32 %r3, %r2, {by}, {clamp}, -1;")
    assert (got == X.reshape(2, 32)[:, source(lane)].reshape(-1)).all()


def test_the_predicate_of_a_shuffle_says_whether_the_lane_was_in_range():
    got = per_thread("shfl.sync.down.b32 %r4|%p1, %r2, 4, 31, -1;\nselp.b32 %r3, 1, 0, %p1;")
    assert (got == (np.arange(64) % 32 < 28)).all()


def test_masks_of_parts_of_a_warp():
    body = """setp.lt.u32 %p1, %r1, 48;
    and.b32 %r5, %r1, 31;
    setp.lt.u32 %p2, %r5, 16;
    selp.b32 %r6, 65535, 4294901760, %p2;
    shfl.sync.bfly.b32 %r3, %r2, 1, 31, %r6;"""
    assert (per_thread(body) == X[np.arange(64) ^ 1]).all()
    # Lanes of a mask may come to it by themselves, the others never.
    alone = f"{LOAD}\nmov.b32 %r3, 0;\n{STORE}\nsetp.ge.u32 %p1, %r1, 16;\n@%p1 ret;\n"
    got = run(f"{alone}shfl.sync.bfly.b32 %r3, %r2, 1, 31, 65535;\n{STORE}", X, threads=32)[0]
    assert (got[:16] == X[np.arange(16) ^ 1]).all()
    assert (got[16:32] == 0).all()


def test_votes_and_matches():
    flag = "and.b32 %r4, %r2, 1;\nsetp.eq.u32 %p1, %r4, 1;\n"
    assert (per_thread(flag + "vote.sync.ballot.b32 %r3, %p1, -1;") == 0x55555555).all()
    assert (per_thread(flag + "vote.sync.ballot.b32 %r3, !%p1, -1;") == 0xAAAAAAAA).all()
    for mode, expected in (("any", 1), ("all", 0), ("uni", 0)):
        vote = f"vote.sync.{mode}.pred %p2, %p1, -1;\nselp.b32 %r3, 1, 0, %p2;"
        assert (per_thread(flag + vote) == expected).all()
    values = np.repeat([7, 9], 32).astype(np.uint32)
    values[3] = 9
    same = per_thread("match.any.sync.b32 %r3, %r2, -1;", values)
    assert same[3] == 8
    assert same[0] == 0xFFFFFFF7
    assert (same[32:] == 0xFFFFFFFF).all()
    everyone = "match.all.sync.b32 %r4|%p1, %r2, -1;\nselp.b32 %r3, %r4, 5, %p1;"
    assert per_thread(everyone, values).tolist() == [5] * 32 + [0xFFFFFFFF] * 32


@settings(max_examples=20)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=64, max_size=64))
def test_reductions_of_a_warp(values):
    values = np.array(values, np.uint32)
    for name, kind, function in (
        ("add", "u32", np.add), ("min", "s32", np.minimum), ("max", "u32", np.maximum),
        ("and", "b32", np.bitwise_and), ("xor", "b32", np.bitwise_xor),
    ):  # fmt: skip
        typed = values.view(np.int32) if kind == "s32" else values
        expected = function.reduce(typed.reshape(2, 32), axis=1, dtype=typed.dtype)
        got = per_thread(f"redux.sync.{name}.{kind} %r3, %r2, -1;", values)
        assert (got.view(typed.dtype) == np.repeat(expected, 32)).all()


def test_the_active_lanes_and_the_leader():
    body = """mov.b32 %r3, 0;
    setp.lt.u32 %p1, %r1, 5;
    @%p1 activemask.b32 %r3;"""
    assert per_thread(body).tolist() == [31] * 5 + [0] * 59
    leader = "elect.sync %r4|%p1, -1;\nselp.b32 %r3, 1, 0, %p1;"
    assert per_thread(leader).tolist() == ([1] + [0] * 31) * 2


def test_a_barrier_that_counts():
    flag = "and.b32 %r4, %r2, 3;\nsetp.eq.u32 %p1, %r4, 1;\n"
    assert (per_thread(flag + "bar.red.popc.u32 %r3, 0, %p1;") == 16).all()
    vote = "bar.red.or.pred %p2, 0, %p1;\nselp.b32 %r3, 1, 0, %p2;"
    assert (per_thread(flag + vote) == 1).all()


# Control flow


def test_loops_of_different_lengths_meet_again():
    body = """mov.b32 %r3, 0;
    mov.b32 %r4, 0;
    loop: add.s32 %r4, %r4, 1;
    add.s32 %r3, %r3, %r4;
    setp.lt.u32 %p1, %r4, %r2;
    @%p1 bra loop;
    vote.sync.ballot.b32 %r5, %p1, -1;
    add.s32 %r3, %r3, %r5;"""
    assert (per_thread(body) == X * (X + 1) // 2).all()


def test_a_lane_that_waits_for_another_lets_it_go_on():
    # The lower place is the waiting loop, so only turns for the others end it.
    body = """setp.eq.u32 %p1, %r1, 0;
    @%p1 atom.global.exch.b32 %r4, [%d1+252], 0;
    bar.sync 0;
    setp.eq.u32 %p2, %r1, 1;
    @%p2 bra signal;
    wait: ld.volatile.global.b32 %r4, [%d1+252];
    setp.eq.u32 %p3, %r4, 0;
    @%p3 bra wait;
    bra done;
    signal: atom.global.exch.b32 %r4, [%d1+252], 1;
    done: mov.b32 %r3, %r1;"""
    got = run(body, X, threads=32)[0]
    assert got[63] == 1


@pytest.mark.parametrize("index", [0, 1, 2])
def test_tables_of_branches(index):
    body = f"""rem.u32 %r4, %r2, 3;
    mov.b32 %r3, 0;
    table: .branchtargets first, second, third;
    brx.idx %r4, table;
    first: add.s32 %r3, %r3, 1;
    second: add.s32 %r3, %r3, 10;
    third: add.s32 %r3, %r3, {index};"""
    expected = np.choose(X % 3, [11, 10, 0]) + index
    assert (per_thread(body) == expected).all()


FUNCTION = """
.func (.param .b32 square_r) square(.param .b32 square_p)
{
    .reg .b32 %r<3>;
    ld.param.b32 %r1, [square_p];
    mul.lo.s32 %r2, %r1, %r1;
    st.param.b32 [square_r], %r2;
    ret;
}
"""
CALL = """{{
    .param .b32 given;
    .param .b32 result;
    st.param.b32 [given], {0};
    call.uni (result), square, (given);
    ld.param.b32 {1}, [result];
    }}
"""


def test_functions_are_called_by_some_lanes_from_several_places():
    body = f"""setp.lt.u32 %p1, %r1, 20;
    @%p1 bra low;
    {CALL.format("%r1", "%r3")}
    bra done;
    low: {CALL.format("%r2", "%r4")}
    {CALL.format("%r4", "%r3")}
    done: add.s32 %r3, %r3, 1;"""
    expected = np.where(np.arange(64) < 20, X**4, np.arange(64) ** 2) + 1
    assert (per_thread(body, before=FUNCTION) == expected).all()


def test_names_in_braces_are_their_own():
    body = """mov.b32 %r3, 1;
    { .reg .b32 %r<5>; .reg .b16 low, high; mov.b32 %r3, 70000; mov.b32 {low, high}, %r3; }
    { .reg .b64 %r3; mov.b64 %r3, 5; }"""
    assert (per_thread(body) == 1).all()


@pytest.mark.parametrize("threads", [1, 31, 33, 96])
def test_blocks_of_any_size_and_many_of_them(threads):
    body = """mov.u32 %r2, %ctaid.x;
    mov.u32 %r4, %ntid.x;
    mad.lo.s32 %r5, %r2, %r4, %r1;
    mad.wide.u32 %d20, %r5, 4, %d1;
    mov.u32 %r6, %laneid;
    mad.lo.s32 %r3, %r2, 1000, %r6;
    st.global.b32 [%d20], %r3;"""
    blocks = 8192 // threads + 3
    got = run(body, np.zeros(blocks * threads, np.uint32), threads=threads, blocks=blocks)[0]
    block, thread = np.divmod(np.arange(blocks * threads), threads)
    assert (got == block * 1000 + thread % 32).all()


def test_blocks_and_grids_of_three_sizes():
    registers = ["tid", "ntid", "ctaid", "nctaid"]
    body = "mov.b32 %r3, 0;\n" + "".join(
        f"mov.u32 %r4, %{name}.{axis};\nmad.lo.s32 %r3, %r3, 7, %r4;\n"
        for name in registers
        for axis in "xyz"
    )
    place = """mov.u32 %r5, %tid.z; mov.u32 %r6, %tid.y; mad.lo.s32 %r5, %r5, 3, %r6;
    mad.lo.s32 %r5, %r5, 2, %r1; mov.u32 %r6, %ctaid.z; mov.u32 %r7, %ctaid.y;
    mad.lo.s32 %r6, %r6, 2, %r7; mov.u32 %r7, %ctaid.x; mad.lo.s32 %r6, %r6, 3, %r7;
    mad.lo.s32 %r5, %r6, 24, %r5; mad.wide.u32 %d20, %r5, 4, %d1;"""
    text = kernel_text(f"{body}\n{place}\n{STORE}")
    (got,) = run_ptx(text, "k", [np.zeros(24 * 12, np.uint32)], (3, 2, 2), (2, 3, 4))
    bz, by, bx, z, y, x = np.indices((2, 2, 3, 4, 3, 2)).reshape(6, -1)
    expected = 0
    for number in (x, y, z, 2, 3, 4, bx, by, bz, 3, 2, 2):
        expected = (expected * 7 + number) & 0xFFFFFFFF
    assert (got == expected).all()
