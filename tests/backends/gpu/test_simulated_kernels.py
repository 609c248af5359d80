"""What the emitter writes for each op of simt does on the simulator what the op says."""

import ml_dtypes
import numpy as np
import pytest

from foldaway.backends.gpu.sim_errors import BarrierDeadlock, MisalignedAccess, UnawaitedCopy

from .simt_form import constants, one_kernel, run

ORDERS = [None, 1, 2]
orders = pytest.mark.parametrize("order", ORDERS)
DTYPES = {
    "f32": np.float32,
    "f64": np.float64,
    "f16": np.float16,
    "bf16": ml_dtypes.bfloat16,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
}


@orders
@pytest.mark.parametrize(
    ("type", "width"),
    [
        (type, width)
        for type, dtype in DTYPES.items()
        for width in (1, 2, 4, 8, 16)
        if np.dtype(dtype).itemsize * width <= 32
    ],
)
def test_neighbours_in_one_access(type: str, width: int, order: int | None):
    dtype = DTYPES[type]
    types = ", ".join([type] * width)
    add = "arith.addi" if type.startswith("i") else "arith.addf"
    sums = "".join(f"%y{n} = {add} %x{n}, %x{(n + 1) % width} : {type}\n" for n in range(width))
    body = (
        constants(threads=64, width=width, groups=100)
        + f"""
        %before = arith.muli %b, %threads : i32
        %g = arith.addi %before, %t : i32
        %inside = arith.cmpi slt, %g, %groups : i32
        scf.if %inside {{
          %i = arith.muli %g, %width : i32
          {", ".join(f"%x{n}" for n in range(width))} = simt.load %a0[%i]
              : memref<{100 * width}x{type}>, i32 -> {types}
          {sums}
          simt.store %a1[%i], {", ".join(f"%y{n}" for n in range(width))}
              : memref<{100 * width}x{type}>, i32, {types}
        }}
        """
    )
    x = (np.arange(100 * width) % 50).astype(dtype)
    memory = f"memref<{100 * width}x{type}>"
    (y,) = run(one_kernel([memory, memory], body, 64, 2), x, order=order)
    grouped = x.reshape(100, width)
    np.testing.assert_array_equal(y.reshape(100, width), grouped + np.roll(grouped, -1, 1))


@orders
@pytest.mark.parametrize("type", ["f32", "f64", "i32", "i64"])
def test_a_sum_through_warps_and_shared_memory(type: str, order: int | None):
    add = "arith.addi" if type.startswith("i") else "arith.addf"

    def folded(name: str) -> str:
        lines = ""
        for offset in (16, 8, 4, 2, 1):
            lines += (
                f"%{name}o{offset} = arith.constant {offset} : i32\n"
                f'%{name}s{offset} = simt.shuffle "xor" %{name}{2 * offset}, '
                f"%{name}o{offset} : {type}\n"
                f"%{name}{offset} = {add} %{name}{2 * offset}, %{name}s{offset} : {type}\n"
            )
        return lines

    zero = "0" if type.startswith("i") else "0.0"
    body = (
        constants(zero=0, five=5, few=4, none=0, threads=128)
        + f"""
        %shared = simt.shared : memref<4x{type}>
        %nothing = arith.constant {zero} : {type}
        %before = arith.muli %b, %threads : i32
        %i = arith.addi %before, %t : i32
        %v32 = simt.load %a0[%i] : memref<384x{type}>, i32 -> {type}
        {folded("v")}
        %w = arith.shrui %t, %five : i32
        %first = arith.cmpi eq, %lane, %zero : i32
        scf.if %first {{
          simt.store %shared[%w], %v1 : memref<4x{type}>, i32, {type}
        }}
        simt.barrier
        %is_few = arith.cmpi ult, %t, %few : i32
        %w32 = scf.if %is_few -> ({type}) {{
          %p = simt.load %shared[%t] : memref<4x{type}>, i32 -> {type}
          scf.yield %p : {type}
        }} else {{
          scf.yield %nothing : {type}
        }}
        {folded("w")}
        %leads = arith.cmpi eq, %t, %zero : i32
        scf.if %leads {{
          simt.store %a1[%b], %w1 : memref<3x{type}>, i32, {type}
        }}
        """
    )
    x = np.random.default_rng(1).integers(-99, 99, 384).astype(DTYPES[type])
    text = one_kernel([f"memref<384x{type}>", f"memref<3x{type}>"], body, 128, 3)
    (y,) = run(text, x, order=order)
    np.testing.assert_array_equal(y, x.reshape(3, 128).sum(1))


ATOMICS = {
    "add": np.add.reduce,
    "max": np.maximum.reduce,
    "min": np.minimum.reduce,
    "and": np.bitwise_and.reduce,
    "or": np.bitwise_or.reduce,
    "xor": np.bitwise_xor.reduce,
}


@orders
@pytest.mark.parametrize(
    ("kind", "type"),
    [(kind, type) for kind in ATOMICS for type in ("i32", "i64")]
    + [(kind, type) for kind in ("add", "max", "min") for type in ("f32", "f64")],
)
def test_atomics(kind: str, type: str, order: int | None):
    zero = "0" if type.startswith("i") else "0.0"
    body = (
        constants(zero=0, threads=64)
        + f"""
        %start = arith.constant {zero} : {type}
        %before = arith.muli %b, %threads : i32
        %i = arith.addi %before, %t : i32
        %leads = arith.cmpi eq, %t, %zero : i32
        scf.if %leads {{
          simt.store %a1[%b], %start : memref<2x{type}>, i32, {type}
        }}
        simt.barrier
        %v = simt.load %a0[%i] : memref<128x{type}>, i32 -> {type}
        %old = simt.atomic "{kind}" %a1[%b], %v : memref<2x{type}>, i32, {type}
        """
    )
    x = np.random.default_rng(2).integers(-999, 999, 128).astype(DTYPES[type])
    text = one_kernel([f"memref<128x{type}>", f"memref<2x{type}>"], body, 64, 2)
    (y,) = run(text, x, order=order)
    rows = np.concatenate([np.zeros((2, 1), x.dtype), x.reshape(2, 64)], 1)
    np.testing.assert_array_equal(y, ATOMICS[kind](rows, axis=1))


@orders
def test_an_exchange_gives_what_was_there(order: int | None):
    """Of all that the threads put there and found, each number is found once."""
    body = """
        %old = simt.atomic "exchange" %a1[%c0], %t : memref<1xi32>, i32, i32
        simt.store %a0[%t], %old : memref<64xi32>, i32, i32
        """
    text = one_kernel(["memref<64xi32>", "memref<1xi32>"], constants(c0=0) + body, 64)
    found, last = run(text, order=order)
    assert sorted([*found[found >= 0].tolist(), int(last[0])]) == list(range(64))


PIPELINE = """
  %s = simt.shared : memref<2x32xf32>
  %zero = arith.constant 0.0 : f32
  simt.async_copy %a0[%lane] to %s[%lane], bytes = 4
      : memref<320xf32>, i32, memref<2x32xf32>, i32
  simt.async_commit
  %sum = scf.for %k = %c0 to %c10 step %c1 iter_args(%so_far = %zero) -> (f32) : i32 {
    %next = arith.addi %k, %c1 : i32
    %half = arith.andi %next, %c1 : i32
    %row = arith.muli %half, %c32 : i32
    %to = arith.addi %row, %lane : i32
    %later = arith.muli %next, %c32 : i32
    %from = arith.addi %later, %lane : i32
    %is_there = arith.cmpi slt, %next, %c10 : i32
    %bytes = arith.select %is_there, %c4, %c0 : i32
    %safe = arith.select %is_there, %from, %lane : i32
    simt.async_copy %a0[%safe] to %s[%to], bytes = 4 valid %bytes
        : memref<320xf32>, i32, memref<2x32xf32>, i32
    simt.async_commit
    WAIT
    simt.barrier
    %this = arith.andi %k, %c1 : i32
    %base = arith.muli %this, %c32 : i32
    %turned = arith.subi %c31, %lane : i32
    %i = arith.addi %base, %turned : i32
    %v = simt.load %s[%i] : memref<2x32xf32>, i32 -> f32
    %more = arith.addf %so_far, %v : f32
    simt.barrier
    scf.yield %more : f32
  }
  simt.async_wait 0
  simt.store %a1[%t], %sum : memref<32xf32>, i32, f32
"""
PIPELINE = constants(c0=0, c1=1, c4=4, c10=10, c31=31, c32=32) + PIPELINE


def pipeline(wait: str) -> str:
    body = PIPELINE.replace("WAIT", wait)
    return one_kernel(["memref<320xf32>", "memref<32xf32>"], body)


@orders
def test_copies_in_two_stages(order: int | None):
    x = np.arange(320, dtype=np.float32)
    (y,) = run(pipeline("simt.async_wait 1"), x, order=order)
    np.testing.assert_array_equal(y, x.reshape(10, 32).sum(0)[::-1])


def test_a_weakened_wait_gives_another_result():
    x = np.arange(320, dtype=np.float32)
    (y,) = run(pipeline("simt.async_wait 2"), x)
    assert not np.array_equal(y, x.reshape(10, 32).sum(0)[::-1])


def test_a_missing_wait_at_the_end_is_an_error():
    with pytest.raises(UnawaitedCopy):
        run(pipeline("simt.async_wait 1").replace("simt.async_wait 0", ""), np.ones(320, "f4"))


MMA = """
  %sa = simt.shared : memref<16x16xETYPE>
  %sb = simt.shared : memref<16x8xETYPE>
  %i8 = arith.muli %t, %c8 : i32
  %v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7 = simt.load %a0[%i8]
      : memref<16x16xETYPE>, i32 -> ETYPE, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE
  simt.store %sa[%i8], %v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7
      : memref<16x16xETYPE>, i32, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE, ETYPE
  %i4 = arith.muli %t, %c4 : i32
  %w0, %w1, %w2, %w3 = simt.load %a1[%i4] : memref<16x8xETYPE>, i32 -> ETYPE, ETYPE, ETYPE, ETYPE
  simt.store %sb[%i4], %w0, %w1, %w2, %w3 : memref<16x8xETYPE>, i32, ETYPE, ETYPE, ETYPE, ETYPE
  simt.barrier
  %l15 = arith.andi %lane, %c15 : i32
  %l16 = arith.shrui %lane, %c4 : i32
  %row = arith.muli %l15, %c16 : i32
  %col = arith.muli %l16, %c8 : i32
  %ia = arith.addi %row, %col : i32
  %f0, %f1, %f2, %f3 = simt.matrix_load %sa[%ia] : memref<16x16xETYPE>, i32 -> i32, i32, i32, i32
  %ib = arith.muli %l15, %c8 : i32
  %g0, %g1 = simt.matrix_load %sb[%ib] transposed : memref<16x8xETYPE>, i32 -> i32, i32
  %z = arith.constant 1.0 : f32
  %d0, %d1, %d2, %d3 = simt.mma "m16n8k16" "ETYPE" (%f0, %f1, %f2, %f3) (%g0, %g1)
      (%z, %z, %z, %z) : f32, f32, f32, f32
  %g = arith.shrui %lane, %c2 : i32
  %q = arith.andi %lane, %c3 : i32
  %gr = arith.muli %g, %c8 : i32
  %q2 = arith.muli %q, %c2 : i32
  %to = arith.addi %gr, %q2 : i32
  %to8 = arith.addi %to, %c64 : i32
  simt.store %a2[%to], %d0, %d1 : memref<16x8xf32>, i32, f32, f32
  simt.store %a2[%to8], %d2, %d3 : memref<16x8xf32>, i32, f32, f32
"""
MMA = constants(c2=2, c3=3, c4=4, c8=8, c15=15, c16=16, c64=64) + MMA


@orders
@pytest.mark.parametrize("type", ["f16", "bf16"])
def test_a_product_by_a_warp(type: str, order: int | None):
    random = np.random.default_rng(3)
    a = random.standard_normal((16, 16)).astype(DTYPES[type])
    b = random.standard_normal((16, 8)).astype(DTYPES[type])
    types = [f"memref<16x16x{type}>", f"memref<16x8x{type}>", "memref<16x8xf32>"]
    (c,) = run(one_kernel(types, MMA.replace("ETYPE", type)), a, b, order=order)
    expected = 1 + a.astype(np.float64) @ b.astype(np.float64)
    np.testing.assert_allclose(c, expected, rtol=1e-5, atol=1e-5)


@orders
@pytest.mark.parametrize("limit", [0, 1, 17, 32])
def test_votes_in_a_loop_that_the_warp_leaves_together(limit: int, order: int | None):
    body = """
      %n, %last = scf.while (%k = %c0, %m = %c0) : (i32, i32) -> (i32, i32) {
        %sum = arith.addi %lane, %k : i32
        %low = arith.cmpi slt, %sum, %limit : i32
        %some = simt.vote "any" %low : i1
        %bits = simt.vote "ballot" %low : i32
        scf.condition(%some) %k, %bits : i32, i32
      } do {
      ^bb0(%k: i32, %m: i32):
        %more = arith.addi %k, %c1 : i32
        simt.warp_barrier
        scf.yield %more, %m : i32, i32
      }
      simt.store %a0[%t], %n : memref<64xi32>, i32, i32
      simt.store %a1[%t], %last : memref<64xi32>, i32, i32
    """
    text = one_kernel(
        ["memref<64xi32>", "memref<64xi32>"], constants(c0=0, c1=1, limit=limit) + body, 64
    )
    n, last = run(text, order=order)
    assert (n == limit).all()
    assert (last == 0).all()


def test_a_wide_access_that_is_not_aligned():
    body = """
      %v, %w = simt.load %a0[%lane] : memref<64xf32>, i32 -> f32, f32
      simt.store %a1[%lane], %v : memref<64xf32>, i32, f32
    """
    with pytest.raises(MisalignedAccess, match="multiple of 8"):
        run(one_kernel(["memref<64xf32>"] * 2, body), np.ones(64, np.float32))


def test_a_barrier_that_some_do_not_reach():
    body = """
      %low = arith.cmpi slt, %t, %c16 : i32
      scf.if %low {
        simt.barrier
      }
      simt.store %a0[%t], %t : memref<32xi32>, i32, i32
    """
    with pytest.raises(BarrierDeadlock, match="16 wait at the barrier, 0 for their warp, 16 have"):
        run(one_kernel(["memref<32xi32>"], constants(c16=16) + body))


@orders
def test_shared_memory_that_a_launch_asks_for(order: int | None):
    body = """
      %s = simt.shared offset = 0 : memref<64xi32>
      %r = simt.shared offset = 256 : memref<64xi32>
      %d = simt.shared : memref<64xi32>
      %turned = arith.subi %c63, %t : i32
      simt.store %s[%t], %t : memref<64xi32>, i32, i32
      simt.store %r[%turned], %t : memref<64xi32>, i32, i32
      simt.store %d[%t], %c63 : memref<64xi32>, i32, i32
      simt.barrier
      %x = simt.load %s[%turned] : memref<64xi32>, i32 -> i32
      %y = simt.load %r[%t] : memref<64xi32>, i32 -> i32
      %z = simt.load %d[%turned] : memref<64xi32>, i32 -> i32
      %xy = arith.addi %x, %y : i32
      %xyz = arith.addi %xy, %z : i32
      simt.store %a0[%t], %xyz : memref<64xi32>, i32, i32
    """
    text = one_kernel(["memref<64xi32>"], constants(c63=63) + body, 64)
    text = text.replace("grid = [1, 1, 1]", "grid = [1, 1, 1] shared_bytes = 512")
    (x,) = run(text, order=order)
    np.testing.assert_array_equal(x, 2 * (63 - np.arange(64)) + 63)
