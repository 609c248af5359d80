"""State spaces, atomics, copies and matrices in registers, against NumPy."""

import ml_dtypes
import numpy as np
import pytest

from foldaway.backends.gpu.ptx_launch import run_ptx

from .literal_ptx import X, kernel_text, per_thread, run

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
