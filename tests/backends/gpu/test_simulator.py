"""The simulated GPU: threads, barriers, warps, copies and matrices do what CUDA's do."""

import ctypes
import os
import threading

import ml_dtypes
import numpy as np
import pytest

from foldaway.backends.gpu import sim_memory
from foldaway.backends.gpu.device import Kernel, KernelText
from foldaway.backends.gpu.sim_errors import KernelFault, SimulatorError
from foldaway.backends.gpu.sim_switch import PROCESSORS
from foldaway.backends.gpu.simulator import Simulator, runtime_text, taken

from ..test_other_processors import MACHINES, assembly
from .simulated import Bench, define, indexed, kernel, load, store

BARRIER = "  call void @foldaway_sim_barrier()\n"
SHARED = "  %s = call ptr @foldaway_sim_shared()\n"
ORDERS = [None, 0, 1, 2, 3]


@pytest.fixture(scope="module", params=ORDERS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_each_thread_of_a_grid_runs_once(bench: Bench):
    """Axes run as CUDA's do: x first."""
    parts = [
        f"  %{name}_{axis} = call i32 @foldaway_sim_{name}_{axis}()\n"
        for name in ("thread_id", "block_id", "block_dim", "grid_dim")
        for axis in "xyz"
    ]
    body = "".join(parts) + (
        "  %l1 = mul i32 %thread_id_z, %block_dim_y\n  %l2 = add i32 %l1, %thread_id_y\n"
        "  %l3 = mul i32 %l2, %block_dim_x\n  %l = add i32 %l3, %thread_id_x\n"
        "  %g1 = mul i32 %block_id_z, %grid_dim_y\n  %g2 = add i32 %g1, %block_id_y\n"
        "  %g3 = mul i32 %g2, %grid_dim_x\n  %g = add i32 %g3, %block_id_x\n"
        "  %n1 = mul i32 %block_dim_x, %block_dim_y\n  %n = mul i32 %n1, %block_dim_z\n"
        "  %i1 = mul i32 %g, %n\n  %i = add i32 %i1, %l\n"
        + load("old", "i32", "%a0", "%i")
        + "  %lane = call i32 @foldaway_sim_lane_id()\n"
        "  %up = shl i32 %lane, 16\n  %one = add i32 %up, 1\n  %new = add i32 %old, %one\n"
        + store("new", "i32", "%new", "%a0", "%i")
    )
    how = kernel(["ptr"], (3, 4, 2), (5, 3, 7))
    count = 24 * 105
    address = bench.put(np.zeros(count, np.int32))
    bench.run(define(["ptr"], body), how, [address])
    lanes = np.arange(count) % 105 % 32
    np.testing.assert_array_equal(bench.get(address, count, np.int32), (lanes << 16) + 1)


def reversal(threads: int, barrier: str = BARRIER) -> str:
    """Each block turns its part of an array round."""
    return define(
        ["ptr", "ptr"],
        indexed(threads)
        + SHARED
        + load("v", "float", "%a0", "%i")
        + store("s", "float", "%v", "%s", "%t")
        + barrier
        + f"  %r = sub i32 {threads - 1}, %t\n"
        + load("w", "float", "%s", "%r")
        + store("y", "float", "%w", "%a1", "%i"),
    )


@pytest.mark.parametrize("threads", [1, 7, 32, 33, 256, 1024])
def test_a_barrier_lets_threads_see_what_others_wrote(bench: Bench, threads: int):
    x = np.arange(3 * threads, dtype=np.float32)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    how = kernel(["ptr", "ptr"], 3, threads, 4 * threads)
    bench.run(reversal(threads), how, [source, target])
    expected = x.reshape(3, threads)[:, ::-1].ravel()
    np.testing.assert_array_equal(bench.get(target, x.shape, np.float32), expected)


def test_shared_memory_begins_with_no_value(bench: Bench):
    text = define(
        ["ptr"], indexed(32) + SHARED + load("v", "float", "%s", "%t")
        + store("y", "float", "%v", "%a0", "%i")
    )  # fmt: skip
    target = bench.put(np.zeros(64, np.float32))
    bench.run(text, kernel(["ptr"], 2, 32, 128), [target])
    assert np.isnan(bench.get(target, 64, np.float32)).all()


@pytest.mark.parametrize(
    ("type", "dtype"),
    [("i32", np.int32), ("f32", np.float32), ("i64", np.int64), ("f64", np.float64)],
)
@pytest.mark.parametrize("mode", ["xor", "down", "up", "idx"])
@pytest.mark.parametrize("offset", [0, 1, 5, 16, 31])
def test_a_shuffle_gives_the_value_of_another_lane(
    bench: Bench, type: str, dtype: type, mode: str, offset: int
):
    name = {"f32": "float", "f64": "double"}.get(type, type)
    text = define(
        ["ptr", "i32"],
        indexed(64)
        + load("v", name, "%a0", "%i")
        + f"  %w = call {name} @foldaway_sim_shuffle_{mode}_{type}({name} %v, i32 %a1)\n"
        + store("y", name, "%w", "%a0", "%i"),
    )
    x = (np.arange(128) * 3 + 1000).astype(dtype)
    address = bench.put(x)
    bench.run(text, kernel(["ptr", "i32"], 2, 64), [address, offset])
    lane = np.arange(32)
    other = {"xor": lane ^ offset, "down": lane + offset, "up": lane - offset}.get(mode)
    other = np.full(32, offset) if other is None else other
    other = np.where((other < 0) | (other > 31), lane, other)
    expected = x.reshape(4, 32)[:, other].ravel()
    np.testing.assert_array_equal(bench.get(address, 128, dtype), expected)


@pytest.mark.parametrize("said", [0, 1, 0x80000001, 0xFFFFFFFF, 0x00FF00F0])
def test_a_vote_counts_all_lanes(bench: Bench, said: int):
    text = define(
        ["ptr", "i32"],
        indexed(32) + "  %l = call i32 @foldaway_sim_lane_id()\n  %h = lshr i32 %a1, %l\n"
        "  %bit = and i32 %h, 1\n  %c = icmp ne i32 %bit, 0\n"
        "  %any = call i1 @foldaway_sim_vote_any(i1 %c)\n"
        "  %all = call i1 @foldaway_sim_vote_all(i1 %c)\n"
        "  %ballot = call i32 @foldaway_sim_vote_ballot(i1 %c)\n"
        "  %x = zext i1 %any to i32\n  %y = zext i1 %all to i32\n  %i2 = mul i32 %i, 3\n"
        "  %i3 = add i32 %i2, 1\n  %i4 = add i32 %i2, 2\n"
        + store("1", "i32", "%x", "%a0", "%i2")
        + store("2", "i32", "%y", "%a0", "%i3")
        + store("3", "i32", "%ballot", "%a0", "%i4"),
    )
    target = bench.put(np.zeros(96, np.uint32))
    bench.run(text, kernel(["ptr", "i32"], 1, 32), [target, np.int32(np.uint32(said))])
    expected = np.tile(np.array([said != 0, said == 0xFFFFFFFF, said], np.uint32), 32)
    np.testing.assert_array_equal(bench.get(target, 96, np.uint32), expected)


def test_a_warp_waits_for_its_lanes_alone(bench: Bench):
    """Lane 0 of each warp writes, the others read behind the warp's barrier."""
    text = define(
        ["ptr"],
        indexed(96) + SHARED + "  %w = lshr i32 %t, 5\n  %l = call i32 @foldaway_sim_lane_id()\n"
        "  %first = icmp eq i32 %l, 0\n  br i1 %first, label %write, label %read\n"
        "write:\n"
        + store("s", "i32", "%t", "%s", "%w")
        + "  br label %read\nread:\n  call void @foldaway_sim_warp_barrier()\n"
        + load("v", "i32", "%s", "%w")
        + store("y", "i32", "%v", "%a0", "%i"),
    )
    target = bench.put(np.zeros(96, np.int32))
    bench.run(text, kernel(["ptr"], 1, 96, 16), [target])
    expected = np.arange(96) // 32 * 32
    np.testing.assert_array_equal(bench.get(target, 96, np.int32), expected)


@pytest.mark.parametrize("valid", [0, 3, 4, 12, 16, 99])
@pytest.mark.parametrize("size", [4, 8, 16])
def test_a_copy_that_nobody_waits_for_is_done_at_the_wait(bench: Bench, valid: int, size: int):
    text = define(
        ["ptr", "ptr", "i32"],
        indexed(32) + SHARED + f"  %o = mul i32 %t, {size}\n"
        "  %to = getelementptr i8, ptr %s, i32 %o\n  %from = getelementptr i8, ptr %a0, i32 %o\n"
        f"  call void @foldaway_sim_async_copy_valid_{size}(ptr %to, ptr %from, i32 %a2)\n"
        "  call void @foldaway_sim_async_commit()\n"
        + load("early", "i8", "%s", "%o")
        + store("1", "i8", "%early", "%a1", "%o")
        + "  call void @foldaway_sim_async_wait(i32 0)\n"
        + BARRIER
        + f"  %e = sub i32 31, %t\n  %q = mul i32 %e, {size}\n"
        + load("after", "i8", "%s", "%q")
        + "  %o1 = add i32 %o, 1\n"
        + store("2", "i8", "%after", "%a1", "%o1"),
    )
    x = np.arange(32 * size, dtype=np.uint8)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    bench.run(text, kernel(["ptr", "ptr", "i32"], 1, 32, 32 * size), [source, target, valid])
    found = bench.get(target, (32, size), np.uint8)
    assert (found[:, 0] == 0xFF).all()
    np.testing.assert_array_equal(found[:, 1], x[::size][::-1] if valid else 0)


def test_a_wait_leaves_the_last_groups_alone(bench: Bench):
    copies = "".join(
        f"  %o{n} = add i32 %t, {32 * n}\n"
        f"  %to{n} = getelementptr i32, ptr %s, i32 %o{n}\n"
        f"  %from{n} = getelementptr i32, ptr %a0, i32 %o{n}\n"
        f"  call void @foldaway_sim_async_copy_4(ptr %to{n}, ptr %from{n})\n"
        "  call void @foldaway_sim_async_commit()\n"
        for n in range(3)
    )
    reads = "".join(
        load(f"v{n}", "i32", "%s", f"%o{n}") + store(f"{n}", "i32", f"%v{n}", "%a1", f"%o{n}")
        for n in range(3)
    )
    wait = "  call void @foldaway_sim_async_wait(i32 {})\n"
    text = define(
        ["ptr", "ptr"], indexed(32) + SHARED + copies + wait.format(1) + reads + wait.format(0)
    )
    x = np.arange(96, dtype=np.int32)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    bench.run(text, kernel(["ptr", "ptr"], 1, 32, 384), [source, target])
    expected = np.where(x < 64, x, -1)
    np.testing.assert_array_equal(bench.get(target, 96, np.int32), expected)


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("turned", ["", "_transposed"])
def test_a_matrix_load_spreads_rows_over_a_warp(bench: Bench, count: int, turned: str):
    """Lane l gets elements 2 (l mod 4) and the next of row l div 4 of each matrix."""
    rows = 8 * count
    body = (
        indexed(32) + SHARED + f"  %m = urem i32 %t, {rows}\n  %o = mul i32 %m, 16\n"
        "  %from = getelementptr i8, ptr %a0, i32 %o\n  %row = getelementptr i8, ptr %s, i32 %o\n"
        "  %w = load <4 x i32>, ptr %from, align 16\n  store <4 x i32> %w, ptr %row, align 16\n"
        + BARRIER
        + "  %r = alloca [4 x i32]\n"
        + f"  %to = mul i32 %t, {count}\n"
    )
    name = f"foldaway_sim_matrix_load{turned}_{count}"
    if count == 1:
        body += f"  %v0 = call i32 @{name}(ptr %row)\n" + store("0", "i32", "%v0", "%a1", "%t")
    else:
        body += f"  call void @{name}(ptr %row, ptr %r)\n"
        for n in range(count):
            body += load(f"v{n}", "i32", "%r", str(n)) + f"  %to{n} = add i32 %to, {n}\n"
            body += store(f"{n}", "i32", f"%v{n}", "%a1", f"%to{n}")
    x = np.arange(rows * 8, dtype=np.int16)
    source, target = bench.put(x), bench.put(np.zeros(32 * count, np.int32))
    bench.run(
        define(["ptr", "ptr"], body), kernel(["ptr", "ptr"], 1, 32, 16 * rows), [source, target]
    )
    matrices = x.reshape(count, 8, 8)
    if turned:
        matrices = matrices.transpose(0, 2, 1)
    expected = matrices.reshape(count, 32, 2).transpose(1, 0, 2)
    found = bench.get(target, (32, count, 2), np.int16)
    np.testing.assert_array_equal(found, expected)


def fragments(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return what each lane brings to a product, as the PTX ISA says it for 16-bit elements."""
    lane = np.arange(32)
    g, t = lane // 4, lane % 4
    pairs = [np.stack([2 * t, 2 * t + 1], 1), np.stack([2 * t + 8, 2 * t + 9], 1)]
    a0 = [a[(g + 8 * (r % 2))[:, None], pairs[r // 2]] for r in range(4)]
    b0 = [b[pairs[r], g[:, None]] for r in range(2)]
    c0 = [c[g + 8 * (r // 2), 2 * t + r % 2] for r in range(4)]
    return np.stack(a0, 1), np.stack(b0, 1), np.stack(c0, 1)


def product(kind: str) -> str:
    """Each lane reads ten words and writes four."""
    body = indexed(32) + "  %o = mul i32 %t, 10\n  %r = alloca [4 x float]\n"
    arguments: list[str] = []
    for n in range(10):
        type = "i32" if n < 6 else "float"
        body += f"  %o{n} = add i32 %o, {n}\n" + load(f"v{n}", type, "%a0", f"%o{n}")
        arguments.append(f"{type} %v{n}")
    body += f"  call void @foldaway_sim_mma_{kind}({', '.join(arguments)}, ptr %r)\n"
    body += "  %to = mul i32 %t, 4\n"
    for n in range(4):
        body += load(f"w{n}", "float", "%r", str(n)) + f"  %to{n} = add i32 %to, {n}\n"
        body += store(f"{n}", "float", f"%w{n}", "%a1", f"%to{n}")
    return define(["ptr", "ptr"], body)


@pytest.mark.parametrize(
    ("kind", "dtype"), [("m16n8k16_f16", np.float16), ("m16n8k16_bf16", ml_dtypes.bfloat16)]
)
def test_a_product_of_small_matrices(bench: Bench, kind: str, dtype: type):
    random = np.random.default_rng(5)
    a = random.standard_normal((16, 16)).astype(dtype)
    b = random.standard_normal((16, 8)).astype(dtype)
    c = random.standard_normal((16, 8)).astype(np.float32)
    tiny = np.finfo(np.float16).smallest_subnormal if dtype is np.float16 else 1e-38
    a[0, 0], b[0, 0] = dtype(tiny), dtype(32768)
    parts = fragments(a, b, c)
    words = np.concatenate([p.reshape(32, -1).view(np.uint32) for p in parts], 1)
    source, target = bench.put(words), bench.put(np.zeros(128, np.float32))
    bench.run(product(kind), kernel(["ptr", "ptr"], 1, 32), [source, target])
    found = bench.get(target, (32, 4), np.float32)
    exact = c + a.astype(np.float64) @ b.astype(np.float64)
    expected = fragments(a, b, exact)[2]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_special_halves_keep_their_value(bench: Bench):
    """Times the identity, a matrix comes out as it was: infinite, subnormal and negative too."""
    values = [np.inf, -np.inf, 0.0, 6e-8, -6e-8, 6.1e-5, 65504, -65504, 1, -2, 0.1, 3, 4, 5, 6, 7]
    c = np.zeros((16, 8), np.float32)
    for k, value in enumerate(values):
        a, b = np.zeros((16, 16), np.float16), np.zeros((16, 8), np.float16)
        a[3, k], b[k, 5] = value, 1
        words = np.concatenate([p.reshape(32, -1).view(np.uint32) for p in fragments(a, b, c)], 1)
        source, target = bench.put(words), bench.put(np.zeros(128, np.float32))
        bench.run(product("m16n8k16_f16"), kernel(["ptr", "ptr"], 1, 32), [source, target])
        found = bench.get(target, (32, 4), np.float32)[3 * 4 + 2, 1]
        assert found == np.float32(np.float16(value))


def test_a_product_in_tf32(bench: Bench):
    random = np.random.default_rng(6)
    a = random.integers(-9, 9, (16, 8)).astype(np.float32)
    b = random.integers(-9, 9, (8, 8)).astype(np.float32)
    c = random.integers(-9, 9, (16, 8)).astype(np.float32)
    lane = np.arange(32)
    g, t = lane // 4, lane % 4
    lanes = [a[g + 8 * (r % 2), t + 4 * (r // 2)] for r in range(4)]
    lanes += [b[t + 4 * r, g] for r in range(2)]
    lanes += [c[g + 8 * (r // 2), 2 * t + r % 2] for r in range(4)]
    source = bench.put(np.stack(lanes, 1).astype(np.float32))
    target = bench.put(np.zeros(128, np.float32))
    bench.run(product("m16n8k8_tf32"), kernel(["ptr", "ptr"], 1, 32), [source, target])
    exact = c + a @ b
    expected = np.stack([exact[g + 8 * (r // 2), 2 * t + r % 2] for r in range(4)], 1)
    np.testing.assert_array_equal(bench.get(target, (32, 4), np.float32), expected)


@pytest.mark.parametrize("meeting", ["shuffle", "vote", "barrier"])
def test_lanes_meet_in_one_place_between_two_equal_branches(bench: Bench, meeting: str):
    """LLVM would go from the first branch right to the second, and have the middle twice."""
    middle = {
        "shuffle": "  %m = call i32 @foldaway_sim_shuffle_xor_i32(i32 %x, i32 1)\n",
        "vote": "  %m = call i32 @foldaway_sim_vote_ballot(i1 %c)\n",
        "barrier": BARRIER + "  %m = add i32 %x, 0\n",
    }[meeting]
    text = define(
        ["ptr"],
        indexed(64) + "  %c = icmp slt i32 %t, 9\n  br i1 %c, label %yes, label %on\n"
        "yes:\n"
        + load("v", "i32", "%a0", "%t")
        + "  br label %on\non:\n  %x = phi i32 [ %v, %yes ], [ 7, %entry ]\n"
        + middle
        + "  br i1 %c, label %yes2, label %end\nyes2:\n"
        + store("y", "i32", "%m", "%a0", "%t")
        + "  br label %end\nend:\n",
    )
    x = np.arange(64, dtype=np.int32)
    address = bench.put(x)
    bench.run(text, kernel(["ptr"], 1, 64), [address])
    brought = np.where(x < 9, x, 7)
    other = {"shuffle": brought[x ^ 1], "vote": np.full(64, 511), "barrier": brought}[meeting]
    expected = np.where(x < 9, other, x)
    np.testing.assert_array_equal(bench.get(address, 64, np.int32), expected)


def test_kernels_of_one_text_call_functions_of_their_own():
    """A kernel that only calls another function that waits has stacks, too."""
    text = (
        "declare void @foldaway_sim_barrier()\n"
        "define internal void @inner() noinline {\n  call void @foldaway_sim_barrier()\n"
        "  ret void\n}\n" + reversal(32, "  call void @inner()\n")
    )
    bench = Bench()
    x = np.arange(32, dtype=np.float32)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    bench.run(text, kernel(["ptr", "ptr"], 1, 32, 128), [source, target])
    np.testing.assert_array_equal(bench.get(target, 32, np.float32), x[::-1])


def test_what_cannot_be_loaded_is_refused():
    device = Simulator()
    for how, words in [
        (kernel([], 1, 2048), "2048"),
        (kernel([], 1, (0, 1, 1)), "0"),
        (kernel([], 1, 32, 300000), "300000 bytes"),
    ]:
        with pytest.raises(SimulatorError, match=words):
            device.load(KernelText(define([], ""), {"k": how}))
    with pytest.raises(SimulatorError, match="foldaway_sim_nothing"):
        device.load(
            KernelText(
                define([], "  call void @foldaway_sim_nothing()\n"), {"k": kernel([], 1, 32)}
            )
        )
    with pytest.raises(RuntimeError, match="expected"):
        device.load(KernelText("define nonsense", {"k": kernel([], 1, 32)}))


def test_what_cannot_be_launched_is_refused():
    bench = Bench()
    how = kernel([], 1, 32, 64)
    handle = bench.load(define([], ""), how)
    assert bench.launch(handle, how, []) == 0
    assert bench.launch(handle, how, [], 32) == 1
    assert bench.launch(handle, how, [], 1 << 20) == 1
    for wrong in [kernel([], 0, 32, 64), kernel([], 1, 64, 64), kernel([], (1, 70000, 1), 32, 64)]:
        assert bench.launch(handle, wrong, []) == 1
    assert isinstance(bench.device.error(1), SimulatorError)


def test_memory_and_copies():
    device = Simulator()
    first, second = device.allocate(0), device.allocate(1000)
    assert first % 256 == second % 256 == 0
    data = np.arange(250, dtype=np.int32)
    device.copy_in(second, data.ctypes.data, 1000)
    third = device.allocate(1000)
    device.copy(third, second, 1000)
    found = np.zeros_like(data)
    device.copy_out(found.ctypes.data, third, 1000)
    np.testing.assert_array_equal(found, data)
    with pytest.raises(SimulatorError, match="1001 bytes at byte 0 of the 1000 bytes"):
        device.copy_in(second, data.ctypes.data, 1001)
    with pytest.raises(SimulatorError, match="isn't the device's"):
        device.copy_out(found.ctypes.data, found.ctypes.data, 4)
    word, place = ctypes.c_uint64, ctypes.c_void_p
    to_host = ctypes.CFUNCTYPE(ctypes.c_int, place, place, word)(device.functions["to_host"])
    to_device = ctypes.CFUNCTYPE(ctypes.c_int, place, place, word)(device.functions["to_device"])
    data += 1
    assert to_device(second, data.ctypes.data, 1000) == 0
    assert to_host(found.ctypes.data, second, 1000) == 0
    np.testing.assert_array_equal(found, data)
    assert to_host(found.ctypes.data, second + 4, 1000) == 1
    for address in (first, second, third):
        device.free(address)
    assert to_host(found.ctypes.data, second, 1000) == 1
    with pytest.raises(SimulatorError, match="no memory of the device begins"):
        device.free(second)
    assert device.allocate(1 << 20) % 256 == 0
    with pytest.raises(MemoryError):
        device.allocate(1 << 45)


def test_memory_that_was_given_back_is_used_when_there_is_no_other(monkeypatch: pytest.MonkeyPatch):
    device = Simulator()
    pieces = [device.allocate(10000) for _ in range(10)]
    monkeypatch.setattr(sim_memory, "_LAST", 0)
    with pytest.raises(MemoryError):
        device.allocate(10000)
    for piece in pieces:
        device.free(piece)
    device.allocate(10000)
    small = [device.allocate(100) for _ in range(9)]
    assert len(set(small)) == 9
    with pytest.raises(MemoryError):
        device.allocate(100)


def test_fresh_memory_has_no_value():
    found = np.zeros(64, np.float32)
    device = Simulator()
    device.copy_out(found.ctypes.data, device.allocate(256), 256)
    assert np.isnan(found).all()


def test_threads_of_the_process_take_turns():
    bench = Bench()
    how = kernel(["ptr", "ptr"], 4, 64, 256)
    handle = bench.load(reversal(64), how)
    wrong: list[int] = []

    def work(seed: int) -> None:
        x = np.random.default_rng(seed).standard_normal(256).astype(np.float32)
        source, target = bench.put(x), bench.put(np.zeros_like(x))
        for _ in range(100):
            code = bench.launch(handle, how, [source, target])
            found = bench.get(target, (4, 64), np.float32)
            if code or not np.array_equal(found, x.reshape(4, 64)[:, ::-1]):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_goes_on():
    bench = Bench()
    how = kernel(["ptr", "ptr"], 2, 32, 128)
    handle = bench.load(reversal(32), how)
    x = np.arange(64, dtype=np.float32)
    source, target = bench.put(x), bench.put(np.zeros_like(x))
    # As if another thread were in a launch.
    taken.value = 1
    child = os.fork()
    if not child:
        good = bench.launch(handle, how, [source, target]) == 0
        found = bench.get(target, (2, 32), np.float32)
        os._exit(0 if good and np.array_equal(found, x.reshape(2, 32)[:, ::-1]) else 1)
    taken.value = 0
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_devices_of_one_process_do_not_disturb_each_other():
    """While one is in a launch, another one's kernels may fault."""
    wrong = define(["ptr"], indexed(32) + store("y", "i32", "%t", "%a0", "%t"))
    how = kernel(["ptr", "ptr"], 16, 64, 256)
    found: list[int] = []

    def work(text: str, how: Kernel, count: int) -> None:
        bench = Bench()
        handle = bench.load(text, how)
        x = np.ones(1024, np.float32)
        values = [bench.put(x), bench.put(x)] if len(how.parameters) == 2 else [64]
        for _ in range(count):
            found.append(bench.launch(handle, how, values))
            if found[-1]:
                assert isinstance(bench.device.error(found[-1]), KernelFault)

    threads = [
        threading.Thread(target=work, args=arguments)
        for arguments in [(reversal(64), how, 300), (wrong, kernel(["ptr"], 1, 32), 300)] * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0] * 600 + [700] * 600


def test_the_runtime_for_another_processor():
    """LLVM's generator takes all but the switch: its assembler for that isn't in llvmlite here."""
    text = runtime_text(PROCESSORS["aarch64"])
    for head in ("@switch(ptr %save, ptr %to)", "@resume()"):
        before, _, rest = text.partition(f"define internal void {head}")
        text = f"{before}declare void {head}{rest.partition(chr(10) + '}' + chr(10))[2]}"
    assert "foldaway_sim_launch:" in assembly(text, MACHINES["neon"])
