"""Kernels as LLVM IR, and the PTX that LLVM makes of them, in a process of its own.

LLVM ends the process where it can't select an instruction, so a mistake must not end the tests.
"""

import subprocess
import sys
from functools import lru_cache

_EMIT = """
import sys, llvmlite.binding as llvm
llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()
target = llvm.Target.from_triple("nvptx64-nvidia-cuda")
machine = target.create_target_machine(cpu=sys.argv[1], opt=3)
module = llvm.parse_assembly('target triple = "nvptx64-nvidia-cuda"\\n' + sys.stdin.read())
module.verify()
builder = llvm.create_pass_builder(
    machine, llvm.create_pipeline_tuning_options(speed_level=3)
)
builder.getModulePassManager().run(module, builder)
print(machine.emit_assembly(module))
"""


@lru_cache
def emit(ir, arch="sm_80"):
    """Return the PTX of LLVM IR."""
    done = subprocess.run(
        [sys.executable, "-c", _EMIT, arch], input=ir, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


INTRINSICS = """
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.tid.y()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
declare i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare <4 x float> @llvm.fma.v4f32(<4 x float>, <4 x float>, <4 x float>)
declare <4 x float> @llvm.maxnum.v4f32(<4 x float>, <4 x float>)
"""
BARRIER = "call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)"

ELEMENTWISE = (
    INTRINSICS
    + """
define ptx_kernel void @scale(ptr addrspace(1) noalias readonly %x, ptr addrspace(1) noalias %o,
                              float %a, i32 %n) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %nt = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %nb = call i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
  %first = mul i32 %b, %nt
  %i0 = add i32 %first, %t
  %step = mul i32 %nb, %nt
  %a1 = insertelement <4 x float> poison, float %a, i32 0
  %a4 = shufflevector <4 x float> %a1, <4 x float> poison, <4 x i32> zeroinitializer
  %some = icmp ult i32 %i0, %n
  br i1 %some, label %loop, label %done
loop:
  %i = phi i32 [ %i0, %entry ], [ %next, %loop ]
  %px = getelementptr <4 x float>, ptr addrspace(1) %x, i32 %i
  %po = getelementptr <4 x float>, ptr addrspace(1) %o, i32 %i
  %v = load <4 x float>, ptr addrspace(1) %px, align 16, !invariant.load !0
  %m = call <4 x float> @llvm.fma.v4f32(<4 x float> %a4, <4 x float> %v, <4 x float> %v)
  %r = call <4 x float> @llvm.maxnum.v4f32(<4 x float> %m, <4 x float> zeroinitializer)
  store <4 x float> %r, ptr addrspace(1) %po, align 16
  %next = add i32 %i, %step
  %more = icmp ult i32 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}
!0 = !{}
"""
)
"""o = max(a*x + x, 0) of n vectors of four f32, in a loop over the grid."""


def _butterfly(value, prefix):
    lines = []
    for distance in (16, 8, 4, 2, 1):
        other, total = f"%{prefix}s{distance}", f"%{prefix}t{distance}"
        lines.append(
            f"  {other} = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float {value},"
            f" i32 {distance}, i32 31)\n  {total} = fadd float {value}, {other}"
        )
        value = total
    return "\n".join(lines), value


_IN_WARP, _WARP_SUM = _butterfly("%v", "w")
_IN_BLOCK, _BLOCK_SUM = _butterfly("%part", "b")

REDUCTION = (
    INTRINSICS
    + f"""
@parts = internal addrspace(3) global [32 x float] poison, align 16
define ptx_kernel void @total(ptr addrspace(1) %x, ptr addrspace(1) %o) #0 {{
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %b, 128
  %i = add i32 %first, %t
  %px = getelementptr float, ptr addrspace(1) %x, i32 %i
  %v = load float, ptr addrspace(1) %px
{_IN_WARP}
  %warp = lshr i32 %t, 5
  %lane = and i32 %t, 31
  %leads = icmp eq i32 %lane, 0
  br i1 %leads, label %keep, label %meet
keep:
  %pp = getelementptr [32 x float], ptr addrspace(3) @parts, i32 0, i32 %warp
  store float {_WARP_SUM}, ptr addrspace(3) %pp
  br label %meet
meet:
  {BARRIER}
  %in = icmp ult i32 %t, 32
  br i1 %in, label %last, label %done
last:
  %there = icmp ult i32 %t, 4
  br i1 %there, label %fetch, label %sum
fetch:
  %pl = getelementptr [32 x float], ptr addrspace(3) @parts, i32 0, i32 %t
  %got = load float, ptr addrspace(3) %pl
  br label %sum
sum:
  %part = phi float [ 0.0, %last ], [ %got, %fetch ]
{_IN_BLOCK}
  %is = icmp eq i32 %t, 0
  br i1 %is, label %write, label %done
write:
  %po = getelementptr float, ptr addrspace(1) %o, i32 %b
  store float {_BLOCK_SUM}, ptr addrspace(1) %po
  br label %done
done:
  ret void
}}
attributes #0 = {{ "nvvm.reqntid"="128" }}
"""
)
"""o[b] = the sum of 128 f32 of block b, by shuffles and shared memory."""

TRANSPOSE = (
    INTRINSICS
    + f"""
@tile = internal addrspace(3) global [32 x [33 x float]] poison, align 16
define ptx_kernel void @turn(ptr addrspace(1) %x, ptr addrspace(1) %o, i32 %n) {{
entry:
  %tx = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ty = call i32 @llvm.nvvm.read.ptx.sreg.tid.y()
  %bx = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %by = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
  %cx = shl i32 %bx, 5
  %cy = shl i32 %by, 5
  %column = add i32 %cx, %tx
  %column2 = add i32 %cy, %tx
  br label %read
read:
  %k = phi i32 [ 0, %entry ], [ %k1, %read ]
  %r = add i32 %ty, %k
  %row = add i32 %cy, %r
  %o1 = mul i32 %row, %n
  %o2 = add i32 %o1, %column
  %p = getelementptr float, ptr addrspace(1) %x, i32 %o2
  %v = load float, ptr addrspace(1) %p
  %s = getelementptr [32 x [33 x float]], ptr addrspace(3) @tile, i32 0, i32 %r, i32 %tx
  store float %v, ptr addrspace(3) %s
  %k1 = add i32 %k, 8
  %more = icmp ult i32 %k1, 32
  br i1 %more, label %read, label %meet
meet:
  {BARRIER}
  br label %write
write:
  %j = phi i32 [ 0, %meet ], [ %j1, %write ]
  %r2 = add i32 %ty, %j
  %s2 = getelementptr [32 x [33 x float]], ptr addrspace(3) @tile, i32 0, i32 %tx, i32 %r2
  %w = load float, ptr addrspace(3) %s2
  %row2 = add i32 %cx, %r2
  %q1 = mul i32 %row2, %n
  %q2 = add i32 %q1, %column2
  %q = getelementptr float, ptr addrspace(1) %o, i32 %q2
  store float %w, ptr addrspace(1) %q
  %j1 = add i32 %j, 8
  %again = icmp ult i32 %j1, 32
  br i1 %again, label %write, label %done
done:
  ret void
}}
"""
)
"""o = the transpose of an n x n matrix of f32, in tiles of 32 x 32, blocks of 32 x 8 threads."""


def _place(number):
    """Return how far a number of the two results' fragments is from the lane's first one."""
    return number % 2 + number // 2 % 2 * 128 + number // 4 * 8


_FOUR = "{ i32, i32, i32, i32 }"
_SUMS = "{ float, float, float, float }"

MATMUL = (
    f"""
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)
declare void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32)
declare {_FOUR} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(ptr addrspace(3))
declare {_FOUR} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.trans.b16.p3(ptr addrspace(3))
declare {_SUMS} @llvm.nvvm.mma.m16n8k16.row.col.bf16(i32, i32, i32, i32, i32, i32,
                                                     float, float, float, float)
@tiles = external addrspace(3) global [0 x i8], align 128
define ptx_kernel void @product(ptr addrspace(1) %a, ptr addrspace(1) %b, ptr addrspace(1) %c,
                                i32 %k) #0 {{
entry:
  %lane = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %row = lshr i32 %lane, 1
  %half = and i32 %lane, 1
  %col = shl i32 %half, 3
  %to1 = shl i32 %row, 5
  %to2 = shl i32 %half, 4
  %to = add i32 %to1, %to2
  %ra = mul i32 %row, %k
  %ia = add i32 %ra, %col
  %pa0 = getelementptr i16, ptr addrspace(1) %a, i32 %ia
  %rb = shl i32 %row, 4
  %ib = add i32 %rb, %col
  %pb0 = getelementptr i16, ptr addrspace(1) %b, i32 %ib
  %sa0 = getelementptr i8, ptr addrspace(3) @tiles, i32 %to
  %sb0 = getelementptr i8, ptr addrspace(3) %sa0, i32 512
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sa0, ptr addrspace(1) %pa0)
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sb0, ptr addrspace(1) %pb0)
  call void @llvm.nvvm.cp.async.commit.group()
  %low = and i32 %lane, 15
  %m1 = shl i32 %low, 5
  %high = lshr i32 %lane, 4
  %m2 = shl i32 %high, 4
  %from = add i32 %m1, %m2
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %use ]
  %stage = phi i32 [ 0, %entry ], [ %other, %use ]
  %c0 = phi float [ 0.0, %entry ], [ %d0, %use ]
  %c1 = phi float [ 0.0, %entry ], [ %d1, %use ]
  %c2 = phi float [ 0.0, %entry ], [ %d2, %use ]
  %c3 = phi float [ 0.0, %entry ], [ %d3, %use ]
  %c4 = phi float [ 0.0, %entry ], [ %d4, %use ]
  %c5 = phi float [ 0.0, %entry ], [ %d5, %use ]
  %c6 = phi float [ 0.0, %entry ], [ %d6, %use ]
  %c7 = phi float [ 0.0, %entry ], [ %d7, %use ]
  %next = add i32 %i, 16
  %other = xor i32 %stage, 1024
  %more = icmp ult i32 %next, %k
  br i1 %more, label %fetch, label %ready
fetch:
  %pa = getelementptr i16, ptr addrspace(1) %pa0, i32 %next
  %down = shl i32 %next, 4
  %pb = getelementptr i16, ptr addrspace(1) %pb0, i32 %down
  %sa = getelementptr i8, ptr addrspace(3) %sa0, i32 %other
  %sb = getelementptr i8, ptr addrspace(3) %sb0, i32 %other
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sa, ptr addrspace(1) %pa)
  call void @llvm.nvvm.cp.async.cg.shared.global.16(ptr addrspace(3) %sb, ptr addrspace(1) %pb)
  br label %ready
ready:
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 1)
  {BARRIER}
  br label %use
use:
  %at = add i32 %from, %stage
  %sma = getelementptr i8, ptr addrspace(3) @tiles, i32 %at
  %smb = getelementptr i8, ptr addrspace(3) %sma, i32 512
  %fa = call {_FOUR} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.b16.p3(ptr addrspace(3) %sma)
  %fb = call {_FOUR} @llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4.trans.b16.p3(ptr addrspace(3) %smb)
"""
    + "\n".join(
        f"  %{name}{n} = extractvalue {_FOUR} %f{name}, {n}" for name in "ab" for n in range(4)
    )
    + "".join(
        f"""
  %p{n} = call {_SUMS} @llvm.nvvm.mma.m16n8k16.row.col.bf16(
      i32 %a0, i32 %a1, i32 %a2, i32 %a3, i32 %b{2 * n}, i32 %b{2 * n + 1},
      float %c{4 * n}, float %c{4 * n + 1}, float %c{4 * n + 2}, float %c{4 * n + 3})
"""
        + "\n".join(f"  %d{4 * n + e} = extractvalue {_SUMS} %p{n}, {e}" for e in range(4))
        for n in range(2)
    )
    + f"""
  {BARRIER}
  br i1 %more, label %loop, label %done
done:
  %g = lshr i32 %lane, 2
  %q = and i32 %lane, 3
  %q2 = shl i32 %q, 1
  %g16 = shl i32 %g, 4
  %base = add i32 %g16, %q2
  %pc = getelementptr float, ptr addrspace(1) %c, i32 %base
"""
    + "\n".join(
        f"  %pc{n} = getelementptr float, ptr addrspace(1) %pc, i32 {_place(n)}\n"
        f"  store float %d{n}, ptr addrspace(1) %pc{n}"
        for n in range(8)
    )
    + """
  ret void
}
attributes #0 = { "nvvm.reqntid"="32" }
"""
)
"""c (16 x 16 f32) = a (16 x k bf16) times b (k x 16 bf16), by one warp, in two stages of 16."""
