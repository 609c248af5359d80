"""What tests that run the vendor's compiler share: the mark that skips them, and their kernels."""

import numpy as np
import pytest

from foldaway.backends.ascend.chips import DEFAULT, Chip
from foldaway.backends.ascend.programs import is_installed
from foldaway.backends.ascend.simulated import simulated
from foldaway.backends.ascend.toolchain import Source, Toolchain

needs_compiler = pytest.mark.skipif(
    not is_installed(), reason="the compiler for Ascend isn't installed: pip install -e '.[ascend]'"
)
TOOLCHAIN = Toolchain(Chip(DEFAULT))
SIGNATURE = "attributes {hacc.entry, hacc.function_kind = #hacc.function_kind<DEVICE>}"


def vector(parameters, result, body, blocks=40):
    """Return a kernel of whole tensors: types of parameters `%a0`, `%a1` …, its result's type."""
    named = ", ".join(f"%a{n}: tensor<{type}>" for n, type in enumerate(parameters))
    text = f"func.func @k({named}) -> tensor<{result}> {SIGNATURE} {{\n{body}\n}}\n"
    return Source("k", text, blocks, is_tiled=False)


def elementwise(op, shape, element, operands=1):
    """Return a kernel with one op on tensors."""
    type = f"{shape}x{element}"
    names = ", ".join(f"%a{n}" for n in range(operands))
    body = f"  %r = {op} {names} : tensor<{type}>\n  return %r : tensor<{type}>"
    return vector([type] * operands, type, body)


SOFTMAX = vector(
    ["50x130xf32"],
    "50x130xf32",
    """
  %zero = arith.constant 0.0 : f32
  %least = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<50xf32>
  %i0 = linalg.fill ins(%least : f32) outs(%e0 : tensor<50xf32>) -> tensor<50xf32>
  %m = linalg.reduce {arith.maximumf} ins(%a0 : tensor<50x130xf32>) outs(%i0 : tensor<50xf32>) dimensions = [1]
  %e1 = tensor.empty() : tensor<50x130xf32>
  %mb = linalg.broadcast ins(%m : tensor<50xf32>) outs(%e1 : tensor<50x130xf32>) dimensions = [1]
  %d = arith.subf %a0, %mb : tensor<50x130xf32>
  %p = math.exp %d : tensor<50x130xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<50xf32>) -> tensor<50xf32>
  %s = linalg.reduce {arith.addf} ins(%p : tensor<50x130xf32>) outs(%i1 : tensor<50xf32>) dimensions = [1]
  %sb = linalg.broadcast ins(%s : tensor<50xf32>) outs(%e1 : tensor<50x130xf32>) dimensions = [1]
  %r = arith.divf %p, %sb : tensor<50x130xf32>
  return %r : tensor<50x130xf32>""",  # noqa: E501
)


def product(element, mixed):
    """Return 64x48 times 48x80, tiles of 32x16x32 in f32, with a doubled result if it is mixed."""
    tile = "tensor<32x32xf32>"
    doubled = "  %r2 = arith.addf %acc, %acc : tensor<32x32xf32>\n" if mixed else ""
    result = "%r2" if mixed else "%acc"
    text = f"""
func.func @k(%lock: memref<?xi8> {{hacc.arg_type = #hacc.arg_type<sync_block_lock>}}, %ws: memref<?xi8> {{hacc.arg_type = #hacc.arg_type<workspace>}},
    %A: memref<?x{element}> {{tt.divisibility = 16 : i32}}, %B: memref<?x{element}> {{tt.divisibility = 16 : i32}}, %C: memref<?xf32> {{tt.divisibility = 16 : i32}},
    %gx: i32, %gy: i32, %gz: i32, %px: i32, %py: i32, %pz: i32)
    attributes {{SyncBlockLockArgIdx = 0 : i64, WorkspaceArgIdx = 1 : i64, global_kernel = "local", mix_mode = "{"mix" if mixed else "aic"}", parallel_mode = "simd"}} {{
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c48 = arith.constant 48 : index
  %c96 = arith.constant 96 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant 0.0 : f32
  %p = arith.index_cast %px : i32 to index
  %ti = arith.divsi %p, %c3 : index
  %tj = arith.remsi %p, %c3 : index
  %m0 = arith.muli %ti, %c32 : index
  %n0 = arith.muli %tj, %c32 : index
  %e = tensor.empty() : {tile}
  %init = linalg.fill ins(%zero : f32) outs(%e : {tile}) -> {tile}
  %acc = scf.for %k = %c0 to %c48 step %c16 iter_args(%c = %init) -> ({tile}) {{
    %oa0 = arith.muli %m0, %c48 : index
    %oa = arith.addi %oa0, %k : index
    %ra = memref.reinterpret_cast %A to offset: [%oa], sizes: [32, 16], strides: [48, 1] : memref<?x{element}> to memref<32x16x{element}, strided<[48, 1], offset: ?>>
    %la = memref.alloc() : memref<32x16x{element}>
    memref.copy %ra, %la : memref<32x16x{element}, strided<[48, 1], offset: ?>> to memref<32x16x{element}>
    %ta = bufferization.to_tensor %la restrict writable : memref<32x16x{element}>
    %ob0 = arith.muli %k, %c96 : index
    %ob = arith.addi %ob0, %n0 : index
    %rb = memref.reinterpret_cast %B to offset: [%ob], sizes: [16, 32], strides: [96, 1] : memref<?x{element}> to memref<16x32x{element}, strided<[96, 1], offset: ?>>
    %lb = memref.alloc() : memref<16x32x{element}>
    memref.copy %rb, %lb : memref<16x32x{element}, strided<[96, 1], offset: ?>> to memref<16x32x{element}>
    %tb = bufferization.to_tensor %lb restrict writable : memref<16x32x{element}>
    %r = linalg.matmul ins(%ta, %tb : tensor<32x16x{element}>, tensor<16x32x{element}>) outs(%c : {tile}) -> {tile}
    scf.yield %r : {tile}
  }}
{doubled}  %oc0 = arith.muli %m0, %c96 : index
  %oc = arith.addi %oc0, %n0 : index
  %rc = memref.reinterpret_cast %C to offset: [%oc], sizes: [32, 32], strides: [96, 1] : memref<?xf32> to memref<32x32xf32, strided<[96, 1], offset: ?>>
  bufferization.materialize_in_destination {result} in writable %rc : ({tile}, memref<32x32xf32, strided<[96, 1], offset: ?>>) -> ()
  return
}}
"""  # noqa: E501
    return Source("k", text, 6, is_tiled=True)


def computed(source, inputs, shape, dtype=np.float32):
    """Return what a kernel gives in the simulator."""
    final = TOOLCHAIN.compile(source)
    result = np.empty(shape, dtype)
    simulated(final, TOOLCHAIN).run(inputs, [result], final.source.blocks)
    return result
