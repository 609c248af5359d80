"""Control flow, what lanes do together, state spaces, atomics and copies, against NumPy."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.backends.gpu.ptx_launch import run_ptx

from .literal_ptx import kernel_text, run

X = np.arange(1, 65, dtype=np.uint32)
LOAD = "mad.wide.u32 %d20, %r1, 4, %d1;\nld.global.b32 %r2, [%d20];"
STORE = "st.global.b32 [%d20], %r3;"


def per_thread(body, values=X, threads=64, **words):
    """Return %r3 of each thread, where %r2 is its number of `values`."""
    return run(f"{LOAD}\n{body}\n{STORE}", values, threads=threads, **words)[0]


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


# State spaces


def test_generic_addresses_lead_into_every_space():
    body = """.shared .align 4 .b8 near[256];
    .local .align 4 .b8 own[4];
    mov.b64 %d2, near;
    cvta.shared.u64 %d3, %d2;
    mad.wide.u32 %d3, %r1, 4, %d3;
    mov.b64 %d4, own;
    cvta.local.u64 %d4, %d4;
    rem.u32 %r4, %r1, 3;
    setp.eq.u32 %p1, %r4, 0;
    setp.eq.u32 %p2, %r4, 1;
    selp.b64 %d5, %d3, %d4, %p1;
    selp.b64 %d5, %d20, %d5, %p2;
    add.s32 %r5, %r2, 100;
    st.b32 [%d5], %r5;
    ld.b32 %r3, [%d5];
    isspacep.shared %p3, %d5;
    @%p3 add.s32 %r3, %r3, 1000;
    cvta.to.shared.u64 %d6, %d3;
    sub.s64 %d6, %d6, %d2;
    cvt.u32.u64 %r6, %d6;
    shr.u32 %r6, %r6, 2;
    sub.s32 %r6, %r6, %r1;
    add.s32 %r3, %r3, %r6;"""
    expected = X + 100 + 1000 * (np.arange(64) % 3 == 0)
    assert (per_thread(body) == expected).all()


def test_constants_and_variables_of_the_module():
    before = """.const .align 4 .b32 table[4] = {10, 20, 30, 40};
    .global .align 4 .b8 bytes[4] = {1, 2, 3, 4};"""
    body = """and.b32 %r4, %r1, 3;
    mov.b64 %d2, table;
    mad.wide.u32 %d2, %r4, 4, %d2;
    ld.const.b32 %r5, [%d2];
    mov.b64 %d3, bytes;
    cvt.u64.u32 %d4, %r4;
    add.s64 %d3, %d3, %d4;
    ld.global.s8 %r6, [%d3];
    add.s32 %r3, %r5, %r6;"""
    assert per_thread(body, before=before)[:5].tolist() == [11, 22, 33, 44, 11]


def test_vectors_and_narrow_numbers():
    body = """mad.wide.u32 %d20, %r1, 8, %d1;
    ld.global.v4.u16 {%h1, %h2, %h3, _}, [%d20];
    ld.global.s8 %r2, [%d20+7];
    cvt.s32.s16 %r3, %h3;
    cvt.u32.u16 %r4, %h1;
    add.s32 %r3, %r3, %r4;
    add.s32 %r3, %r3, %r2;
    st.global.v2.b32 [%d20], {%r3, 5};"""
    x = np.random.default_rng(0).integers(-30000, 30000, (32, 4)).astype(np.int16)
    got = run(body, x)[0].reshape(-1).view(np.int32).reshape(32, 2)
    first = x[:, 0].view(np.uint16).astype(np.int64)
    assert (got[:, 0] == first + x[:, 2] + x.view(np.int8)[:, 7]).all()
    assert (got[:, 1] == 5).all()


def test_scalars_structures_and_shared_arrays_are_passed():
    text = kernel_text(
        """ld.param.f32 %r2, [k_f];
        ld.param.b16 %h1, [k_s+4];
        ld.param.b64 %d3, [k_s+8];
        st.global.b32 [%d1], %r2;
        st.global.b16 [%d1+4], %h1;
        st.global.b64 [%d2+8], %d3;""",
        pointers=2,
        extra=".param .f32 k_f, .param .align 8 .b8 k_s[16]",
    )
    x = np.zeros(16, np.uint8)
    structure = np.array([1, 2, 3, 4], np.uint32).tobytes()
    first, second = run_ptx(text, "k", [x, x, 2, structure], (1,), (1,))
    assert (first == second).all()
    assert first.tobytes() == np.float32(2).tobytes() + bytes([2, 0, 0, 0]) + structure[8:]
    assert not x.any()


# Atomics


def test_atomics_come_one_after_the_other():
    body = """setp.eq.u32 %p1, %r1, 0;
    @%p1 atom.global.exch.b32 %r4, [%d1], 0;
    bar.sync 0;
    atom.global.add.u32 %r3, [%d1], 1;
    bar.sync 0;
    mad.wide.u32 %d20, %r3, 4, %d1;
    st.global.b32 [%d20+256], %r1;
    red.global.max.u32 [%d1+4], %r1;
    red.global.min.s32 [%d1+8], -5;
    red.global.or.b32 [%d1+12], %r1;
    atom.global.cas.b32 %r5, [%d1+16], 5, 77;
    atom.global.inc.u32 %r5, [%d1+20], 70;
    atom.global.dec.u32 %r5, [%d1+24], 9;"""
    got = run(body, np.arange(128, dtype=np.uint32), threads=64)[0]
    assert sorted(got[64:].tolist()) == list(range(64))
    assert got[:4].tolist() == [64, 63, np.uint32(-5 & 0xFFFFFFFF), 63]
    assert got[4] == 4  # wasn't 5
    assert got[5] == (5 + 64) % 71
    assert got[6] == (6 - 64) % 10


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("f32", np.float32), ("f64", np.float64), ("noftz.f16", np.float16),
     ("noftz.bf16", ml_dtypes.bfloat16)],
)  # fmt: skip
def test_atomic_sums_of_floats(kind, dtype):
    size = np.dtype(dtype).itemsize
    register = {2: "%h1", 4: "%r4", 8: "%d4"}[size]
    body = f"mad.wide.u32 %d20, %r1, {size}, %d1;\nld.global.b{8 * size} {register}, [%d20];\n"
    body += f"red.global.add.{kind} [%d2], {register};"
    values = np.arange(1, 33).astype(dtype)
    total = run(body, values, np.zeros(1, dtype))[1][0]
    expected = np.zeros((), dtype)
    for value in values:
        expected = (expected + value).astype(dtype)
    assert total == expected


# Copies and matrices


@pytest.mark.parametrize("size", [4, 8, 16])
def test_copies_fill_up_with_zeros(size):
    body = f""".shared .align 16 .b8 near[1024];
    mov.b64 %d2, near;
    mad.wide.u32 %d3, %r1, {size}, %d2;
    mad.wide.u32 %d20, %r1, {size}, %d1;
    rem.u32 %r2, %r1, {size + 1};
    cp.async.ca.shared.global [%d3], [%d20], {size}, %r2;
    cp.async.wait_all;
    ld.shared.b32 %r3, [%d3+{size - 4}];
    st.global.b32 [%d20+{size - 4}], %r3;"""
    x = np.random.default_rng(0).integers(1, 256, 32 * size, np.uint8)
    expected = x.reshape(32, size).copy()
    for thread in range(32):
        last = expected[thread, size - 4 :]
        last[np.arange(size - 4, size) >= thread % (size + 1)] = 0
    assert (run(body, x)[0].reshape(32, size) == expected).all()


@pytest.mark.parametrize("transposed", ["", ".trans"])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_matrices_are_loaded_and_stored_by_warps(count, transposed):
    registers = ", ".join(f"%r{n + 10}" for n in range(count))
    body = f""".shared .align 16 .b8 near[1024];
    mov.b64 %d2, near;
    mad.wide.u32 %d3, %r1, 16, %d2;
    mad.wide.u32 %d20, %r1, 16, %d1;
    ld.global.v4.b32 {{%r2, %r3, %r4, %r5}}, [%d20];
    st.shared.v4.b32 [%d3], {{%r2, %r3, %r4, %r5}};
    st.shared.v4.b32 [%d3+512], {{%r2, %r3, %r4, %r5}};
    bar.sync 0;
    ldmatrix.sync.aligned.m8n8.x{count}{transposed}.shared.b16 {{{registers}}}, [%d3];
    stmatrix.sync.aligned.m8n8.x{count}.shared.b16 [%d3+512], {{{registers}}};
    bar.sync 0;
    ld.shared.v4.b32 {{%r2, %r3, %r4, %r5}}, [%d3+512];
    st.global.v4.b32 [%d20], {{%r2, %r3, %r4, %r5}};"""
    x = np.arange(256, dtype=np.uint16).reshape(4, 8, 8)
    expected = x.copy()
    if transposed:
        expected[:count] = x[:count].transpose(0, 2, 1)
    assert (run(body, x)[0] == expected).all()


@pytest.mark.parametrize(
    ("shape", "kind", "result", "tolerance"),
    [
        ((16, 8, 16), "f16", "f32", 1e-5), ((16, 8, 16), "bf16", "f32", 1e-5),
        ((16, 8, 16), "f16", "f16", 0.02), ((16, 8, 8), "f16", "f32", 1e-5),
        ((16, 8, 8), "bf16", "f32", 1e-5), ((16, 8, 8), "tf32", "f32", 1e-5),
        ((16, 8, 4), "tf32", "f32", 1e-5), ((8, 8, 4), "f64", "f64", 1e-13),
    ],
)  # fmt: skip
def test_products_of_fragments(shape, kind, result, tolerance):
    """The fragments are laid out by the figures of the manual, a number at a time."""
    m, n, k = shape
    dtypes = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "tf32": np.float32,
              "f32": np.float32, "f64": np.float64}  # fmt: skip
    random = np.random.default_rng(m * k)
    a, b = (random.integers(-8, 9, s).astype(dtypes[kind]) / 2 for s in ((m, k), (k, n)))
    a, b = a.astype(dtypes[kind]), b.astype(dtypes[kind])
    c = random.integers(-8, 9, (m, n)).astype(dtypes[result])
    per = max(4 // a.itemsize, 1)
    numbers = [fragment(a, per), fragment(b.T, per), accumulator(c)]
    raws = [part.view(f"u{max(a.itemsize, 4)}") for part in numbers[:2]]
    raws.append(numbers[2].view(f"u{max(c.itemsize, 4)}"))
    body, names = [], []
    for which, raw in enumerate(raws):
        wide = raw.itemsize == 8
        own = [f"%{'d' if wide else 'r'}{10 + 8 * which + i}" for i in range(raw.shape[1])]
        names.append("{" + ", ".join(own) + "}")
        body.append(f"mad.wide.u32 %d9, %r1, {raw[0].nbytes}, %d{which + 1};")
        body += [
            f"ld.global.b{8 * raw.itemsize} {name}, [%d9+{i * raw.itemsize}];"
            for i, name in enumerate(own)
        ]
    instruction = f"mma.sync.aligned.m{m}n{n}k{k}.row.col.{result}.{kind}.{kind}.{result}"
    body.append(f"{instruction} {names[2]}, {names[0]}, {names[1]}, {names[2]};")
    body += [
        f"st.global.b{8 * raws[2].itemsize} [%d9+{i * raws[2].itemsize}], {name};"
        for i, name in enumerate(names[2].strip("{}").split(", "))
    ]
    got = run("\n".join(body), *raws)[2]
    expected = a.astype(np.float64) @ b.astype(np.float64) + c
    result_numbers = got.reshape(32, -1).view(dtypes[result]).astype(np.float64)
    wanted = accumulator(expected)
    np.testing.assert_allclose(result_numbers, wanted, rtol=tolerance, atol=tolerance)


def fragment(matrix, per):
    """Return what each lane holds of the rows of A, or of the columns of B, as (32, numbers)."""
    rows, columns = matrix.shape
    held = [[] for _ in range(32)]
    for lane in range(32):
        group, inside = lane // 4, lane % 4
        for along in range(columns // (4 * per)):
            for down in range(rows // 8):
                for item in range(per):
                    held[lane].append(
                        matrix[group + 8 * down, 4 * per * along + per * inside + item]
                    )
    return np.array(held, matrix.dtype)


def accumulator(matrix):
    """Return what each lane holds of C, as (32, numbers)."""
    held = [
        [
            matrix[lane // 4 + 8 * down, 2 * (lane % 4) + item]
            for down in range(len(matrix) // 8)
            for item in range(2)
        ]
        for lane in range(32)
    ]
    return np.array(held, matrix.dtype)
