"""Ops that move and combine elements, lowered to buffers and run, give what NumPy says."""

import numpy as np
import pytest
from ml_dtypes import bfloat16

from .compiled_graph import compute, compute_all


def counted(*shape, dtype=np.float32):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


def normal(*shape, dtype=np.float32):
    return np.random.default_rng(sum(shape)).normal(0, 3, shape).astype(dtype)


def same(actual, expected):
    __tracebackhide__ = True
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    np.testing.assert_array_equal(actual.astype(float), expected.astype(float))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *[
            ((2, 3), (6,)),
            ((6,), (2, 3)),
            ((2, 3), (3, 2)),
            ((2, 3, 4), (6, 4)),
            ((24,), (2, 3, 4)),
        ],
        *[
            ((), (1, 1)),
            ((1,), ()),
            ((1, 1, 1), ()),
            ((2, 1, 3), (2, 3)),
            ((2, 3), (1, 2, 1, 3, 1)),
        ],
        *[
            ((0, 3), (2, 0)),
            ((0,), (3, 0, 2)),
            ((4, 6), (2, 2, 6)),
            ((4, 6), (3, 8)),
            ((1, 1), (1,)),
        ],
    ],
)
def test_reshape(source, target):
    x = counted(*source)
    same(compute("%r = graph.reshape %0 : {0} -> {r}", [x], shape=target), x.reshape(target))
    body = "%s = graph.neg %0 : {0}\n%r = graph.reshape %s : {0} -> {r}"
    same(compute(body, [x], shape=target), -x.reshape(target))


def test_transpose():
    x = counted(2, 3, 4)
    body = "%r = graph.transpose %0, permutation = [2, 0, 1] : {0} -> {r}"
    same(compute(body, [x], shape=(4, 2, 3)), x.transpose(2, 0, 1))


@pytest.mark.parametrize(
    ("source", "dimensions", "target"),
    [
        *[((), [], (2, 3)), ((3,), [1], (2, 3)), ((2,), [0], (2, 3)), ((2, 1), [0, 1], (2, 3))],
        *[((1, 3), [0, 1], (2, 3)), ((1, 1), [1, 2], (4, 2, 3)), ((2, 3), [0, 1], (2, 3))],
        *[((1,), [0], (0,)), ((2, 1), [0, 2], (2, 5, 3)), ((1,), [0], (1, 1))],
    ],
)
def test_broadcast(source, dimensions, target):
    x = counted(*source) + 1
    aligned = [1] * len(target)
    for extent, axis in zip(source, dimensions, strict=True):
        aligned[axis] = extent
    expected = np.broadcast_to(x.reshape(aligned), target)
    body = f"%r = graph.broadcast %0, dimensions = {dimensions} : {{0}} -> {{r}}"
    same(compute(body, [x], shape=target), expected)


def test_slice():
    x = counted(6, 5)
    body = "%r = graph.slice %0, starts = [1, 0], limits = [6, 4], strides = [2, 3] : {0} -> {r}"
    same(compute(body, [x], shape=(3, 2)), x[1:6:2, 0:4:3])
    body = "%n = graph.neg %0 : {0}\n" + body.replace("%0", "%n")
    same(compute(body, [x], shape=(3, 2)), -x[1:6:2, 0:4:3])


def test_slice_of_a_slice_reshaped():
    x = counted(6, 4)
    body = (
        "%a = graph.slice %0, starts = [1, 0], limits = [6, 4], strides = [2, 1]"
        " : {0} -> tensor<3x4xf32>\n"
        "%b = graph.slice %a, starts = [1, 1], limits = [3, 4], strides = [1, 2]"
        " : tensor<3x4xf32> -> tensor<2x2xf32>\n"
        "%r = graph.reshape %b : tensor<2x2xf32> -> {r}"
    )
    same(compute(body, [x], shape=(4,)), x[1:6:2][1:3, 1:4:2].reshape(4))


def test_update_slice():
    x, v = counted(6, 4), -counted(3, 2) - 1
    body = "%r = graph.update_slice %0, %1, starts = [1, 0], strides = [2, 3] : {0}, {1}"
    expected = x.copy()
    expected[1:6:2, 0:4:3] = v
    same(compute(body, [x, v]), expected)


def test_update_of_what_is_read_afterwards():
    x, v = counted(4), -counted(2) - 1
    body = (
        "%a = graph.neg %0 : tensor<4xf32>\n"
        "%u = graph.update_slice %a, %1, starts = [1], strides = [1]"
        " : tensor<4xf32>, tensor<2xf32>\n"
        "%s = graph.slice %a, starts = [0], limits = [3], strides = [2]"
        " : tensor<4xf32> -> tensor<2xf32>"
    )
    u, s = compute_all(body, [x, v], {"%u": ((4,), np.float32), "%s": ((2,), np.float32)})
    expected = -x
    expected[1:3] = v
    same(u, expected)
    same(s, -x[0:3:2])


def test_update_with_a_part_of_itself():
    x = counted(6)
    body = (
        "%a = graph.neg %0 : {0}\n"
        "%s = graph.slice %a, starts = [0], limits = [3], strides = [1] : {0} -> tensor<3xf32>\n"
        "%r = graph.update_slice %a, %s, starts = [1], strides = [2] : {0}, tensor<3xf32>"
    )
    expected = -x
    expected[1::2] = -x[:3]
    same(compute(body, [x]), expected)


@pytest.mark.parametrize("computed", [False, True])
def test_concat(computed):
    x, y, z = counted(2, 3), counted(2, 1) + 10, counted(2, 0)
    types = "tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x0xf32>, tensor<2x3xf32>"
    lines = [f"%{name} = graph.neg %{i} : {{{i}}}" for i, name in enumerate("abc")]
    names = "%a, %b, %c, %0" if computed else "%0, %1, %2, %0"
    body = "\n".join([*lines, f"%r = graph.concat axis = 1 of {names} : {types} -> {{r}}"])
    parts = [-x, -y, -z, x] if computed else [x, y, z, x]
    same(compute(body, [x, y, z], shape=(2, 7)), np.concatenate(parts, 1))


def test_concat_of_concats():
    x = counted(2)
    body = (
        "%a = graph.neg %0 : {0}\n%b = graph.exp %0 : {0}\n"
        "%c = graph.concat axis = 0 of %a, %b : {0}, {0} -> tensor<4xf32>\n"
        "%r = graph.concat axis = 0 of %c, %a : tensor<4xf32>, {0} -> {r}"
    )
    same(compute(body, [x], shape=(6,)), np.concatenate([-x, np.exp(x), -x]))


def test_pad():
    x, value = counted(2, 3), np.float32(7)
    body = "%r = graph.pad %0, %1, low = [1, 0], high = [2, 3] : {0}, {1} -> {r}"
    expected = np.pad(x, ((1, 2), (0, 3)), constant_values=7)
    same(compute(body, [x, value], shape=(5, 6)), expected)


def test_reverse():
    x = counted(2, 3, 4)
    same(compute("%r = graph.reverse %0, axes = [0, 2] : {0}", [x]), x[::-1, :, ::-1])
    body = "%n = graph.exp %0 : {0}\n%v = graph.reverse %n, axes = [2] : {0}\n"
    same(compute(body + "%r = graph.add %v, %0 : {0}", [x]), np.exp(x)[..., ::-1] + x)


@pytest.mark.parametrize(
    ("dtype", "count"), [(np.int8, 300), (np.uint8, 5), (np.float16, 9), (np.float64, 3)]
)
def test_iota(dtype, count):
    body = "%r = graph.iota axis = 1 : {r}"
    expected = np.broadcast_to(np.arange(count).astype(dtype), (2, count))
    same(compute(body, [], dtype, (2, count)), expected)


def test_iota_transposed_and_reversed():
    body = (
        "%i = graph.iota axis = 0 : tensor<4x3xi32>\n"
        "%v = graph.reverse %i, axes = [0] : tensor<4x3xi32>\n"
        "%r = graph.transpose %v, permutation = [1, 0] : tensor<4x3xi32> -> {r}"
    )
    expected = np.broadcast_to(np.arange(4, dtype=np.int32)[::-1], (3, 4))
    same(compute(body, [], np.int32, (3, 4)), expected)


def test_constants():
    body = "%r = graph.constant dense<[[1, 200], [3, 255]]> : tensor<2x2xui8>"
    same(compute(body, [], np.uint8, (2, 2)), np.array([[1, 200], [3, 255]], np.uint8))
    body = "%r = graph.constant dense<[true, false]> : tensor<2xi1>"
    same(compute(body, [], np.bool_, (2,)), np.array([True, False]))
    body = "%r = graph.constant dense<[]> : tensor<0xf32>"
    same(compute(body, [], np.float32, (0,)), np.zeros(0, np.float32))
    body = "%r = graph.constant dense<-0.0> : tensor<f32>"
    assert np.signbit(compute(body, [], np.float32, ()))


REDUCTIONS = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}


@pytest.mark.parametrize("kind", REDUCTIONS)
@pytest.mark.parametrize(("shape", "axes"), [((2, 3, 4), (1,)), ((2, 3), (0, 1)), ((5,), ())])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float16, np.float64, bfloat16])
def test_reduce(kind, shape, axes, dtype):
    x = (counted(*shape) % 5 - 1).astype(np.int8).astype(dtype)
    target = tuple(n for i, n in enumerate(shape) if i not in axes)
    body = f'%r = graph.reduce "{kind}" %0, axes = {list(axes)} : {{0}} -> {{r}}'
    wide = x.astype(float) if x.dtype.kind in "fV" else x
    kwargs = {"dtype": wide.dtype} if kind in ("sum", "prod") else {}
    expected = REDUCTIONS[kind](wide, axis=axes, **kwargs).astype(dtype)
    same(compute(body, [x], shape=target), np.asarray(expected))


def test_reduce_in_float32():
    # 2049 is no float16: were each sum rounded, adding 1 to 2048 would change nothing.
    x = np.array([2048, 1, 1, 1, 1], np.float16)
    body = '%r = graph.reduce "sum" %0, axes = [0] : {0} -> {r}'
    assert compute(body, [x], shape=()) == 2052


def test_reduce_bools():
    x = np.array([[True, False], [False, False], [True, True]])
    for kind, meaning in {"any": np.any, "all": np.all, "max": np.max, "min": np.min}.items():
        body = f'%r = graph.reduce "{kind}" %0, axes = [1] : {{0}} -> {{r}}'
        same(compute(body, [x], shape=(3,)), meaning(x, axis=1))


def test_reduce_nothing():
    x = np.zeros((2, 0), np.float32)
    for kind, expected in {"sum": 0, "prod": 1}.items():
        body = f'%r = graph.reduce "{kind}" %0, axes = [1] : {{0}} -> {{r}}'
        same(compute(body, [x], shape=(2,)), np.full(2, expected, np.float32))


def test_reduce_nan():
    x = np.array([[1, np.nan, 2], [3, -np.inf, -1]], np.float32)
    for kind, meaning in {"max": np.max, "min": np.min}.items():
        body = f'%r = graph.reduce "{kind}" %0, axes = [1] : {{0}} -> {{r}}'
        same(compute(body, [x], shape=(2,)), meaning(x, axis=1))


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int16, np.float16, np.float32])
def test_argreduce(dtype):
    x = np.array([[1, 3, 0, 3], [0, 0, 0, 0], [2, 1, 1, 255]]).astype(dtype)
    for kind, meaning in {"max": np.argmax, "min": np.argmin}.items():
        body = f'%r = graph.argreduce "{kind}" %0, axis = 1 : {{0}} -> {{r}}'
        same(compute(body, [x], np.int64, (3,)), meaning(x, 1))
        body = f'%r = graph.argreduce "{kind}" %0, axis = 0 : {{0}} -> {{r}}'
        same(compute(body, [x], np.int64, (4,)), meaning(x, 0))


def test_argreduce_nan():
    x = np.array([[1, np.nan, 2, np.nan], [-np.inf] * 4, [np.inf] * 4], np.float32)
    for kind, meaning in {"max": np.argmax, "min": np.argmin}.items():
        body = f'%r = graph.argreduce "{kind}" %0, axis = 1 : {{0}} -> {{r}}'
        same(compute(body, [x], np.int64, (3,)), meaning(x, 1))


def dot(x, y, batch, contract, shape, dtype=None):
    body = (
        f"%r = graph.dot_general %0, %1, batch = {batch[0]} x {batch[1]},"
        f" contract = {contract[0]} x {contract[1]} : {{0}}, {{1}} -> {{r}}"
    )
    return compute(body, [x, y], dtype, shape)


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, np.float16, bfloat16, np.float64])
def test_products(dtype):
    x, y = counted(2, 3) % 4, counted(3, 4) % 5
    wide = x @ y
    x, y = x.astype(dtype), y.astype(dtype)
    same(dot(x, y, ([], []), ([1], [0]), (2, 4)), wide.astype(dtype))
    same(dot(x, y.T.copy(), ([], []), ([1], [1]), (2, 4)), wide.astype(dtype))
    same(dot(x.T.copy(), y, ([], []), ([0], [0]), (2, 4)), wide.astype(dtype))


def test_product_of_bools():
    x, y = counted(2, 3) % 2 == 0, counted(3, 4) % 3 == 0
    same(dot(x, y, ([], []), ([1], [0]), (2, 4)), (x.astype(int) @ y.astype(int)) > 0)


def test_batched_outer_and_double_products():
    x, y = counted(5, 2, 3), counted(3, 5, 4) - 7
    expected = np.einsum("bij,jbk->bik", x, y)
    same(dot(x, y, ([0], [1]), ([2], [0]), (5, 2, 4)), expected)
    a, b = counted(2), counted(3) + 1
    same(dot(a, b, ([], []), ([], []), (2, 3)), np.multiply.outer(a, b))
    same(dot(a, a + 1, ([], []), ([0], [0]), ()), np.asarray(a @ (a + 1)))
    u, v = counted(2, 3, 4), counted(4, 3, 5)
    expected = np.einsum("ijk,kjl->il", u, v)
    same(dot(u, v, ([], []), ([1, 2], [1, 0]), (2, 5)), expected)
    e = np.zeros((3, 0), np.float32)
    same(dot(e, e.T.copy(), ([], []), ([1], [0]), (3, 3)), np.zeros((3, 3), np.float32))


def test_results_that_are_inputs_constants_and_twice_the_same():
    x = counted(3)
    results = {"%0": ((3,), np.float32), "%c": ((2,), np.float32), "%n": ((3,), np.float32)}
    body = (
        "%c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>\n%n = graph.neg %0 : tensor<3xf32>"
    )
    found = compute_all(body, [x], results)
    for actual, expected in zip(found, [x, np.array([1, 2], np.float32), -x], strict=True):
        same(actual, expected)
    twice = compute(body.replace("%n", "%r"), [x])
    same(twice, -x)


def test_a_product_of_what_else_is_computed():
    x, y, b = normal(4, 3), normal(3, 5), normal(5)
    body = (
        "%e = graph.exp %0 : {0}\n"
        "%t = graph.transpose %1, permutation = [1, 0] : {1} -> tensor<5x3xf32>\n"
        "%u = graph.neg %t : tensor<5x3xf32>\n"
        "%d = graph.dot_general %e, %u, batch = [] x [], contract = [1] x [1]"
        " : {0}, tensor<5x3xf32> -> {r}\n"
        "%b = graph.broadcast %2, dimensions = [1] : {2} -> {r}\n"
        "%s = graph.add %d, %b : {r}\n"
        "%z = graph.constant dense<0.0> : {r}\n"
        "%r = graph.maximum %s, %z : {r}"
    )
    expected = np.maximum(np.exp(x) @ -y + b, 0)
    actual = compute(body, [x, y, b], shape=(4, 5))
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)


SOFTMAX = """
%m = graph.reduce "max" %0, axes = [1] : {0} -> tensor<4xf32>
%mb = graph.broadcast %m, dimensions = [0] : tensor<4xf32> -> {0}
%d = graph.sub %0, %mb : {0}
%e = graph.exp %d : {0}
%s = graph.reduce "sum" %e, axes = [1] : {0} -> tensor<4xf32>
%sb = graph.broadcast %s, dimensions = [0] : tensor<4xf32> -> {0}
%r = graph.div %e, %sb : {0}
"""


def test_softmax():
    x = normal(4, 7)
    e = np.exp(x - x.max(1, keepdims=True))
    np.testing.assert_allclose(compute(SOFTMAX, [x]), e / e.sum(1, keepdims=True), rtol=1e-6)


def test_sum_of_what_has_no_operand_of_its_shape():
    x = counted(3) + 1
    body = (
        "%b = graph.broadcast %0, dimensions = [0] : {0} -> tensor<3x4xf32>\n"
        '%r = graph.reduce "sum" %b, axes = [1] : tensor<3x4xf32> -> {r}'
    )
    same(compute(body, [x], shape=(3,)), x * 4)
    body = (
        "%i = graph.iota axis = 0 : tensor<5xf32>\n%c = graph.constant dense<2.0> : tensor<5xf32>\n"
        "%p = graph.mul %i, %c : tensor<5xf32>\n"
        '%r = graph.reduce "sum" %p, axes = [0] : tensor<5xf32> -> {r}'
    )
    same(compute(body, [], np.float32, ()), np.asarray(np.float32(20)))
    body = (
        "%c = graph.constant dense<2.0> : tensor<2x3xf32>\n"
        "%d = graph.constant dense<3.0> : tensor<3x2xf32>\n"
        "%r = graph.dot_general %c, %d, batch = [] x [], contract = [1] x [0]"
        " : tensor<2x3xf32>, tensor<3x2xf32> -> {r}"
    )
    same(compute(body, [], np.float32, (2, 2)), np.full((2, 2), 18, np.float32))
