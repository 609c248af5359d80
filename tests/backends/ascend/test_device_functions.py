"""Each device function does to bytes in a memory what NumPy does to arrays."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway.backends.ascend.hivm_casts import cast
from foldaway.backends.ascend.hivm_errors import OutOfBounds, UnknownFunction, WrongOperands
from foldaway.backends.ascend.hivm_functions import device_function
from foldaway.backends.ascend.hivm_memory import DTYPES, Buffer, Memory, byte_count, row_major

RANDOM = np.random.default_rng(2)
NAMES = {"half": "f16", "float": "f32", "bfloat16_t": "bf16", "bool": "i1"}
NAMES |= {f"int{n}_t": f"i{n}" for n in (8, 16, 32, 64)}


class Chip:
    """A memory in which tensors are put one after the other."""

    def __init__(self):
        self.memory = Memory.poisoned("ub", 1 << 20)
        self.end = 0

    def buffer(self, shape, element):
        dtype = DTYPES[NAMES[element]]
        first, self.end = self.end, self.end + byte_count(shape, dtype)
        made = Buffer(self.memory, first, self.end, dtype, 0, tuple(shape), row_major(shape))
        self.end += -self.end % 32
        return made

    def holding(self, array, element):
        made = self.buffer(array.shape, element)
        made.write(array)
        return made


def called(name, shape, element, *operands, types=None):
    """Return what a function with one result makes of arrays and numbers."""
    chip = Chip()
    types = iter(types or [element] * len(operands))
    values = [
        chip.holding(one, next(types)) if isinstance(one, np.ndarray) else one for one in operands
    ]
    result = chip.buffer(shape, element)
    scratch = chip.buffer((8,), "float")
    device_function(name).run([*values, result, scratch])
    return result.values.copy()


def numbers(element, shape=(4, 6)):
    if element == "bool":
        return RANDOM.integers(0, 2, shape).astype(bool)
    dtype = DTYPES[NAMES[element]]
    drawn = RANDOM.standard_normal(shape) * 4
    return (drawn if element in ("half", "float", "bfloat16_t") else drawn * 9).astype(dtype)


@pytest.mark.parametrize("element", ["float", "half", "bfloat16_t", "int32_t", "int16_t"])
@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("vadd", np.add),
        ("vsub", np.subtract),
        ("vmul", np.multiply),
        ("vmax", np.maximum),
        ("vmin", np.minimum),
    ],
)
def test_binary(name, right, element):
    x, y = numbers(element), numbers(element)
    got = called(f"{name}_2d_{element}", (4, 6), element, x, y)
    np.testing.assert_array_equal(got, right(x, y))


def test_binary_broadcasts_a_row():
    x, y = numbers("float"), numbers("float", (1, 6))
    np.testing.assert_array_equal(called("vadd_2d_float", (4, 6), "float", x, y), x + y)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("vadds_vs", lambda x, c: x + c),
        ("vsub_vs", lambda x, c: x - c),
        ("vmuls_vs", lambda x, c: x * c),
        ("vdiv_vs", lambda x, c: x / c),
        ("vmaxs_vs", np.maximum),
    ],
)
def test_with_a_number(name, right):
    x, c = numbers("float"), np.float32(2.5)
    np.testing.assert_array_equal(called(f"{name}_2d_float", (4, 6), "float", x, 2.5), right(x, c))


def test_a_number_first():
    x = numbers("float")
    got = called("vsub_sv_2d_float", (4, 6), "float", 2.5, x)
    np.testing.assert_array_equal(got, np.float32(2.5) - x)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("vexp", np.exp),
        ("vabs", np.abs),
        ("vln", np.log),
        ("vsqrt", np.sqrt),
        ("vrec", lambda x: np.float32(1) / x),
        ("vrelu", lambda x: np.maximum(x, 0)),
        ("vrsqrt", lambda x: 1 / np.sqrt(x)),
    ],
)
def test_unary(name, right):
    x = np.abs(numbers("float")) + np.float32(0.1)
    got = called(f"{name}_2d_float", (4, 6), "float", x)
    np.testing.assert_allclose(got, right(x), 1e-6)


def test_bits():
    x, y = numbers("bool", (21,)), numbers("bool", (21,))
    np.testing.assert_array_equal(called("vand_1d_bool", (21,), "bool", x, y), x & y)
    np.testing.assert_array_equal(called("vor_1d_bool", (21,), "bool", x, y), x | y)
    np.testing.assert_array_equal(called("vnot_1d_bool", (21,), "bool", x), ~x)


def test_bits_lie_in_eighths_of_bytes():
    chip = Chip()
    bits = chip.holding(np.array([1, 0, 0, 0, 0, 0, 0, 0, 1, 1], bool), "bool")
    assert bits.span == (0, 2)
    assert chip.memory.bytes[:2].tolist() == [1, 0xFF]
    part = bits.like(8, (2,), (1,))
    assert part.values.tolist() == [True, True]
    part.write(np.array([False, True]))
    assert chip.memory.bytes[1] == 0xFE


@pytest.mark.parametrize(
    ("name", "right"), [("eq", np.equal), ("lt", np.less), ("ge", np.greater_equal)]
)
def test_comparisons(name, right):
    x, y = np.round(numbers("float", (33,))), np.round(numbers("float", (33,)))
    got = called(f"vcmp_{name}_1d_float", (33,), "bool", x, y, types=["float"] * 2)
    np.testing.assert_array_equal(got, right(x, y))
    got = called(f"vcmps_{name}_1d_float", (33,), "bool", x, 1.0, types=["float"])
    np.testing.assert_array_equal(got, right(x, 1))


def test_choices():
    c, x, y = numbers("bool", (33,)), numbers("float", (33,)), numbers("float", (33,))
    types = ["bool", "float", "float"]
    got = called("vsel_vv_1d_bool_float", (33,), "float", c, x, y, types=types)
    np.testing.assert_array_equal(got, np.where(c, x, y))
    got = called("vsel_sv_1d_float", (33,), "float", c, 2.5, y, types=["bool", "float"])
    np.testing.assert_array_equal(got, np.where(c, np.float32(2.5), y))


def test_shifts_know_signs():
    x = np.array([-8, 8], np.int32)
    assert called("vshrs_vs_1d_int32_t", (2,), "int32_t", x, 1).tolist() == [-4, 4]
    chip = Chip()
    source, target = chip.holding(x, "int32_t"), chip.buffer((2,), "int32_t")
    device_function("vshrs_vs_1d_uint32_t").run([source, 1, target])
    assert target.values.tolist() == [(2**32 - 8) // 2, 4]


@pytest.mark.parametrize(
    ("name", "axis", "right"),
    [
        ("enablevc_reduce_sum_ar_float", 1, np.sum),
        ("reduce_sum_ra_float", 0, np.sum),
        ("enablevc_reduce_max_ar_float", 1, np.max),
        ("reduce_prod_ra_float", 0, np.prod),
    ],
)
def test_reductions(name, axis, right):
    x = numbers("float")
    wanted = right(x, axis=axis, keepdims=True)
    chip = Chip()
    values = [chip.holding(x, "float"), chip.buffer(wanted.shape, "float")]
    device_function(name).run([*values, chip.buffer((8,), "float"), 0.0])
    np.testing.assert_allclose(values[1].values, wanted, 1e-5, 1e-5)


@pytest.mark.parametrize(
    ("name", "axes"),
    [("2d_with", (1, 0)), ("3d_with", (2, 1, 0)), ("3d_without", (1, 0, 2))],
)
def test_transposes(name, axes):
    x = numbers("half", (4, 6, 5)[: len(axes)])
    turned = x.transpose(axes)
    got = called(f"transpose_{name}_last_axis_half", turned.shape, "half", x)
    np.testing.assert_array_equal(got, turned)


def test_fills_and_broadcasts():
    chip = Chip()
    target = chip.buffer((3, 4), "half")
    device_function("broadcast_scalar_half_to_2d").run([1.5, target])
    assert (target.values == 1.5).all()
    column = chip.holding(numbers("half", (3, 1)), "half")
    device_function("broadcast_last_axis_unalign_2d_half").run([column, target])
    np.testing.assert_array_equal(target.values, np.broadcast_to(column.values, (3, 4)))


def test_channels_are_taken_apart():
    x = numbers("float", (7,))
    for channel, wanted in enumerate((x[::2], x[1::2])):
        name = f"deinterleave_channel_{channel}_from_2_channels_1d_float"
        np.testing.assert_array_equal(called(name, wanted.shape, "float", x), wanted)


def test_copies_are_of_one_shape():
    chip = Chip()
    values = [chip.buffer((3,), "float"), chip.buffer((4,), "float")]
    with pytest.raises(WrongOperands, match=r"\[3\] are copied to \[4\]"):
        device_function("load_gm_to_ubuf_1d_float").run([*values, 0])


def test_products_of_fractals():
    chip = Chip()
    x, y = numbers("half", (20, 40)), numbers("half", (40, 30))
    left, right = chip.buffer((3, 2, 16, 16), "half"), chip.buffer((2, 3, 16, 16), "half")
    for source, target in ((x, left), (y, right)):
        device_function("nd2nz_half").run([chip.holding(source, "half"), target])
    result, out = chip.buffer((2, 2, 16, 16), "float"), chip.buffer((20, 30), "float")
    for begins in (1, 0):
        events = [-1] * 4 + [0, -1, -1, 0]
        device_function("mma_tile_half_to_float").run(
            [left, right, begins, 20, 40, 30, result, *events]
        )
    device_function("fixpipe_nz2nd_float_to_float_4d_to_2d").run([result, out, 0, 0, 0, 0])
    wanted = 2 * (x.astype(np.float32) @ y.astype(np.float32))
    np.testing.assert_allclose(out.values, wanted, 1e-5, 1e-4)


def test_buffers_stay_in_their_bytes():
    chip = Chip()
    buffer = chip.buffer((4, 6), "float")
    with pytest.raises(OutOfBounds):
        _ = buffer.like(1, (4, 6), (6, 1)).array
    with pytest.raises(OutOfBounds):
        _ = buffer.like(-1, (1,), (1,)).array
    assert buffer.like(0, (0, 6), (6, 1)).array.size == 0


def test_an_unknown_function_is_named():
    with pytest.raises(UnknownFunction, match="'sort_1d_float'"):
        device_function("sort_1d_float")


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.floats(width=32), st.integers(0, 4))
def test_rounding_to_whole_numbers(number, mode):
    x = np.array([number], np.float32)
    got = cast(x, np.dtype(np.int16), mode).item()
    if math.isnan(number):
        assert got == 0
        return
    clipped = min(max(number, -40000.0), 40000.0)
    away = math.copysign(math.floor(abs(clipped) + 0.5), clipped)
    whole = [round(clipped), away, math.floor(clipped), math.ceil(clipped), math.trunc(clipped)]
    assert got == min(max(int(whole[mode]), -(2**15)), 2**15 - 1)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.floats(-60000, 60000, width=32), st.sampled_from([np.float16, ml_dtypes.bfloat16]))
def test_rounding_to_shorter_floats(number, kind):
    x = np.array([number], np.float32)
    down, up = (float(cast(x, np.dtype(kind), mode)[0]) for mode in (2, 3))
    nearest, away = (float(cast(x, np.dtype(kind), mode)[0]) for mode in (0, 1))
    assert down <= number <= up
    assert {nearest, away} <= {down, up}
    assert abs(nearest - number) == abs(away - number) == min(number - down, up - number)
    assert abs(away) >= abs(nearest)


def test_limits_of_integers():
    x = np.array([np.inf, -np.inf, np.nan, 1e30, 2**63], np.float32)
    got = cast(x, np.dtype(np.int64), 4).tolist()
    assert got == [2**63 - 1, -(2**63), 0, 2**63 - 1, 2**63 - 1]
    got = cast(np.array([255, 256, -1, 128], np.float32), np.dtype(np.int8), 4, True)
    assert got.view(np.uint8).tolist() == [255, 255, 0, 128]
    assert cast(np.array([257], np.int32), np.dtype(np.int8), 6).tolist() == [1]
