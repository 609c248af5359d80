"""A small kernel in final HIVM, as `bishengir-opt` prints it, for tests that need no compiler."""

import numpy as np

from foldaway.backends.ascend.hivm_decode import decode
from foldaway.backends.ascend.hivm_kernel import Kernel, restored, stored
from foldaway.backends.ascend.hivm_text import read

SIZES = {"ub": 196608, "cbuf": 524288, "ca": 65536, "cb": 65536, "cc": 131072}
GM = "memref<64xf32, strided<[1], offset: ?>, #hivm.address_space<gm>>"
UB = "memref<64xf32, #hivm.address_space<ub>>"
NONE = "memref<0xf32, #hivm.address_space<ub>>"


def flag(what, setter, waiter, event=0):
    return (
        f'    "hivm.hir.{what}_flag"() <{{set_pipe = #hivm.pipe<PIPE_{setter}>, '
        f"static_event_id = #hivm.event<EVENT_ID{event}>, "
        f"wait_pipe = #hivm.pipe<PIPE_{waiter}>}}> : () -> ()"
    )


def call(name, *operands):
    """Return a call; operands are pairs of a value and its type."""
    values = ", ".join(value for value, _ in operands)
    types = ", ".join(type for _, type in operands)
    return f'    "func.call"({values}) <{{callee = @{name}}}> : ({types}) -> ()'


def buffer(value, address, size=64):
    """Return a buffer of floats at a constant address of the unified buffer."""
    return (
        f'    {value}p = "arith.constant"() <{{value = {address} : i64}}> : () -> i64\n'
        f'    {value} = "hivm.hir.pointer_cast"({value}p) '
        f"<{{operandSegmentSizes = array<i32: 1, 0>}}> : (i64) -> "
        f"memref<{size}xf32, #hivm.address_space<ub>>"
    )


def part(value, source, extent, space):
    """Return 64 elements of a tensor, from 64 times the block's number on."""
    return (
        f'    {value} = "memref.subview"({source}, %start) <{{operandSegmentSizes = '
        "array<i32: 1, 1, 0, 0>, static_offsets = array<i64: -9223372036854775808>, "
        "static_sizes = array<i64: 64>, static_strides = array<i64: 1>}> : "
        f"(memref<{extent}xf32, #hivm.address_space<{space}>>, index) -> "
        f"memref<64xf32, strided<[1], offset: ?>, #hivm.address_space<{space}>>"
    )


LINES = [
    buffer("%x", 0),
    buffer("%y", 256),
    buffer("%z", 512),
    buffer("%none", 0, 0),
    part("%gx", "%arg0", 128, "gm"),
    part("%gy", "%arg1", 128, "gm"),
    part("%gz", "%arg2", 128, "gm"),
    call("load_gm_to_ubuf_1d_float", ("%gx", GM), ("%x", UB), ("%zero", "i32")),
    call("load_gm_to_ubuf_1d_float", ("%gy", GM), ("%y", UB), ("%zero", "i32")),
    flag("set", "MTE2", "V"),
    flag("wait", "MTE2", "V"),
    call("vadd_1d_float", ("%x", UB), ("%y", UB), ("%z", UB), ("%none", NONE)),
    flag("set", "V", "MTE3"),
    flag("wait", "V", "MTE3"),
    call("store_ubuf_to_gm_1d_float", ("%z", UB), ("%gz", GM), ("%zero", "i32")),
]
"""Adds two tensors of 128 floats, 64 a block."""


def text_of(lines):
    tensor = "memref<128xf32, #hivm.address_space<gm>>"
    roles = [
        "{hacc.arg_type = #hacc.arg_type<input>}",
        "{hacc.arg_type = #hacc.arg_type<input>}",
        "{hacc.arg_type = #hacc.arg_type<output>}",
    ]
    head = f""""builtin.module"() ({{
  "func.func"() <{{arg_attrs = [{", ".join(roles)}],
    function_type = ({tensor}, {tensor}, {tensor}) -> (), sym_name = "k"}}> ({{
  ^bb0(%arg0: {tensor}, %arg1: {tensor}, %arg2: {tensor}):
    %zero = "arith.constant"() <{{value = 0 : i32}}> : () -> i32
    %c64 = "arith.constant"() <{{value = 64 : index}}> : () -> index
    %block = "hivm.hir.get_block_idx"() : () -> i64
    %at = "arith.index_cast"(%block) : (i64) -> index
    %start = "arith.muli"(%at, %c64) : (index, index) -> index
"""
    foot = """
    "func.return"() : () -> ()
  }) {hacc.entry, hivm.func_core_type = #hivm.func_core_type<AIV>} : () -> ()
}) : () -> ()
"""
    places = [
        f'{line} loc("final.mlir":{number}:1)'
        for number, line in enumerate("\n".join(lines).splitlines(), 1)
    ]
    return head + "\n".join(places) + foot


def kernel(lines=LINES):
    """Return the kernel, after a way to the disk and back."""
    functions, sizes = restored(stored(decode(read(text_of(lines))), SIZES))
    return Kernel("k", functions, sizes, "\n".join(lines))


def run(lines=LINES, blocks=2):
    """Return what the kernel gives, and what it should."""
    x, y = np.arange(128, dtype=np.float32), np.linspace(0, 1, 128, dtype=np.float32)
    result = np.empty(128, np.float32)
    kernel(lines).run([x, y], [result], blocks)
    return result, x + y
