"""The simulator gives a kernel's numbers, and catches what a chip could not do or not alike."""

import re
import threading

import numpy as np
import pytest

from foldaway.backends.ascend.hivm_decode import decode
from foldaway.backends.ascend.hivm_errors import (
    Deadlock,
    FlagError,
    MissingSync,
    OutOfBounds,
    SimulationError,
    UnknownFunction,
    UnknownOperation,
    WrongOperands,
)
from foldaway.backends.ascend.hivm_text import memory_sizes, read

from .hivm_text import LINES, UB, call, flag, kernel, run, text_of

SET_LOADED, WAIT_LOADED = (
    LINES.index(flag("set", "MTE2", "V")),
    LINES.index(flag("wait", "MTE2", "V")),
)


def without(*places):
    return [line for place, line in enumerate(LINES) if place not in places]


def replaced(old, new):
    assert any(old in line for line in LINES)
    return [line.replace(old, new) for line in LINES]


def test_a_kernel_computes():
    result, right = run()
    np.testing.assert_array_equal(result, right)


def test_what_no_block_writes_is_poison():
    result, right = run(blocks=1)
    np.testing.assert_array_equal(result[:64], right[:64])
    assert np.isnan(result[64:]).all()


def test_a_dropped_set_is_a_deadlock():
    with pytest.raises(Deadlock, match="flag 0 from MTE2 to V is waited for") as caught:
        run(without(SET_LOADED))
    assert "hivm.hir.wait_flag" in str(caught.value)
    assert caught.value.line is not None


def test_a_dropped_wait_is_a_race():
    with pytest.raises(MissingSync, match=r"V reads bytes .* MTE2 may still be writing"):
        run(without(WAIT_LOADED))


def test_a_dropped_pair_is_a_race():
    with pytest.raises(MissingSync):
        run(without(SET_LOADED, WAIT_LOADED))


def test_a_flag_that_is_left_is_an_error():
    with pytest.raises(FlagError, match="still set when the kernel ends"):
        run([*LINES, flag("set", "MTE3", "MTE2")])


def test_a_flag_that_is_set_twice_is_an_error():
    twice = flag("set", "MTE3", "MTE2")
    with pytest.raises(FlagError, match="nobody has waited"):
        run([*LINES, twice, twice, flag("wait", "MTE3", "MTE2")])


def test_overlapping_buffers_give_wrong_numbers_or_a_race():
    overlapped = replaced(
        '%yp = "arith.constant"() <{value = 256', '%yp = "arith.constant"() <{value = 128'
    )
    with pytest.raises(MissingSync, match="MTE2 writes"):
        run(overlapped)


def test_a_result_that_overlaps_an_operand_is_refused():
    with pytest.raises(WrongOperands, match="overlaps an operand"):
        run(
            replaced(
                '%zp = "arith.constant"() <{value = 512', '%zp = "arith.constant"() <{value = 128'
            )
        )


def test_overlapping_buffers_that_are_ordered_give_wrong_numbers():
    """What no flag tells shows in the numbers."""
    loads = [line for line in LINES if "load_gm" in line]
    first, second = (LINES.index(line) for line in loads)
    barrier = '    "hivm.hir.pipe_barrier"() <{pipe = #hivm.pipe<PIPE_MTE2>}> : () -> ()'
    lines = [*LINES[: first + 1], barrier, *LINES[second:]]
    result, right = run([line.replace("value = 256 : i64", "value = 128 : i64") for line in lines])
    assert not np.array_equal(result, right)


def test_a_buffer_past_the_end_of_its_memory():
    with pytest.raises(OutOfBounds, match="'ub' at 196608"):
        run(
            replaced(
                '%zp = "arith.constant"() <{value = 512',
                '%zp = "arith.constant"() <{value = 196400',
            )
        )


def test_a_part_past_the_end_of_its_tensor():
    with pytest.raises(OutOfBounds, match=r"a part at \[128\] of \[64\] isn't in \[128\]"):
        run(blocks=3)


def test_a_wrong_operator_gives_wrong_numbers():
    result, right = run(replaced("vadd_1d_float", "vmul_1d_float"))
    assert not np.array_equal(result, right)


def test_scratch_memory_is_lost():
    result, _ = run(replaced("memref<0xf32", "memref<8xf32"))
    assert np.isnan(result[:8]).all()
    assert not np.isnan(result[8:64]).any()


def test_an_unknown_device_function_is_named():
    with pytest.raises(UnknownFunction, match="'vfrobnicate_1d_float'"):
        kernel(replaced("vadd_1d_float", "vfrobnicate_1d_float"))


def test_an_unknown_op_is_named():
    with pytest.raises(UnknownOperation, match=r"'hivm\.hir\.frobnicate'"):
        kernel([*LINES, '    "hivm.hir.frobnicate"() : () -> ()'])


def test_errors_have_the_line_of_the_hivm():
    with pytest.raises(OutOfBounds) as caught:
        run(blocks=3)
    number = int(re.search(r"line (\d+)", str(caught.value))[1])
    assert number == caught.value.line
    assert "memref.subview" in "\n".join(LINES).splitlines()[number - 1]


def test_a_tensor_of_another_size_is_refused():
    with pytest.raises(WrongOperands):
        kernel().run([np.zeros(127, np.float32)] * 2, [np.zeros(128, np.float32)], 2)


def test_too_few_tensors_are_refused():
    with pytest.raises(SimulationError):
        kernel().run([np.zeros(128, np.float32)] * 3, [np.zeros(128, np.float32)], 2)


def test_threads_share_a_kernel():
    shared = kernel()
    x = np.arange(128, dtype=np.float32)
    results = [np.empty(128, np.float32) for _ in range(8)]
    threads = [
        threading.Thread(target=shared.run, args=([x, x * n], [result], 2))
        for n, result in enumerate(results)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n, result in enumerate(results):
        np.testing.assert_array_equal(result, x + x * n)


def test_sizes_of_memories_are_read():
    text = '#dlti.dl_entry<"UB_SIZE", 1572864 : i32>, #dlti.dl_entry<"L0C_SIZE", 1048576 : i32>'
    assert memory_sizes(text) == {"ub": 196608, "cc": 131072}


def test_decoding_says_the_parameters():
    (function,) = decode(read(text_of(LINES)))
    assert [parameter.role for parameter in function.parameters] == ["input", "input", "output"]
    assert function.core == "AIV"
    assert set(function.devices) == {
        "load_gm_to_ubuf_1d_float",
        "vadd_1d_float",
        "store_ubuf_to_gm_1d_float",
    }


def test_a_call_with_wrong_operands_is_no_error_of_ours():
    wrong = [
        call("vadd_1d_float", ("%x", UB), ("%zero", "i32"), ("%y", UB)) if "vadd" in line else line
        for line in LINES
    ]
    with pytest.raises(SimulationError):
        run(wrong)


def test_inputs_can_t_be_written():
    x = np.zeros(128, np.float32)
    swapped = replaced('"memref.subview"(%arg2, %start)', '"memref.subview"(%arg0, %start)')
    with pytest.raises(WrongOperands, match="read-only"):
        kernel(swapped).run([x, x], [np.empty(128, np.float32)], 2)
    assert not x.any()
