"""`foldaway.ops` and `foldaway.numpy`, function by function, against NumPy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Parameter, Tensor, float16, int8, int32, ops
from foldaway import numpy as mnp

X = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], np.float32)
M = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
I = np.array([[1, 2, 3], [4, 5, 6]])  # noqa: E741


def check(actual, expected, dtype=None) -> None:
    """Compare shape and numbers, and the dtype where one is given."""
    assert isinstance(actual, Tensor)
    assert actual.shape == np.shape(expected)
    np.testing.assert_allclose(actual.asnumpy(), expected, rtol=1e-5, atol=1e-6)
    if dtype is not None:
        assert actual.asnumpy().dtype == dtype


SAME = [
    ("add", (X, I)),
    ("subtract", (X, I)),
    ("multiply", (I, I)),
    ("divide", (I, X + 7)),
    ("true_divide", (I, I)),
    ("floor_divide", (I, I + 1)),
    ("mod", (I, 4)),
    ("remainder", (X, 2)),
    ("power", (I, 2)),
    ("maximum", (X, 0)),
    ("minimum", (X, 0)),
    ("exp", (X,)),
    ("log", (X + 4,)),
    ("sqrt", (X + 4,)),
    ("tanh", (X,)),
    ("sin", (X,)),
    ("cos", (X,)),
    ("tan", (X,)),
    ("abs", (X,)),
    ("absolute", (I,)),
    ("negative", (X,)),
    ("sign", (X,)),
    ("square", (I,)),
    ("reciprocal", (X + 4,)),
    ("floor", (X,)),
    ("ceil", (X,)),
    ("trunc", (X,)),
    ("rint", (X,)),
    ("round", (X * 1.234, 1)),
    ("around", (X,)),
    ("clip", (X, -1, 1)),
    ("where", (X > 0, X, 0)),
    ("equal", (X, 3)),
    ("not_equal", (X, 3)),
    ("less", (X, 0)),
    ("less_equal", (X, 0)),
    ("greater", (X, 0)),
    ("greater_equal", (X, 0)),
    ("logical_and", (X, I)),
    ("logical_or", (X, I)),
    ("logical_not", (X,)),
    ("logical_xor", (X, I)),
    ("bitwise_and", (I, 3)),
    ("bitwise_or", (I, 3)),
    ("bitwise_xor", (I, 3)),
    ("invert", (I,)),
    ("isnan", (X,)),
    ("isinf", (X,)),
    ("isfinite", (X,)),
    ("sum", (I, 1)),
    ("prod", (X, 0)),
    ("mean", (X, 1)),
    ("average", (X, 0)),
    ("std", (X, 1)),
    ("var", (X,)),
    ("max", (X, 1)),
    ("amax", (X,)),
    ("min", (X, 0)),
    ("amin", (X,)),
    ("ptp", (X, 0)),
    ("argmax", (X, 1)),
    ("argmin", (X,)),
    ("any", (X, 0)),
    ("all", (X, 0)),
    ("dot", (X, X.T)),
    ("dot", (M, np.ones((5, 4, 6)))),
    ("dot", (X, 2)),
    ("dot", (X[0], X[1])),
    ("matmul", (M, M.swapaxes(1, 2))),
    ("matmul", (X[0], X.T)),
    ("matmul", (M, X[0, [0, 1, 2, 0]])),
    ("matmul", (X, np.ones((4, 3, 2)))),
    ("inner", (M, X[:, [0, 1, 2, 0]])),
    ("inner", (X, 3)),
    ("outer", (X, I)),
    ("tensordot", (M, M, 3)),
    ("tensordot", (X, X.T, 1)),
    ("tensordot", (M, M, ([0, 2], [0, 2]))),
    ("tensordot", (M, M, (1, 1))),
    ("tensordot", (X, X, 0)),
    ("reshape", (M, (4, -1))),
    ("reshape", (M, -1)),
    ("transpose", (M,)),
    ("transpose", (M, (1, 2, 0))),
    ("swapaxes", (M, 0, -1)),
    ("moveaxis", (M, 0, -1)),
    ("moveaxis", (M, (0, 1), (-1, 0))),
    ("concatenate", ((X, I), 1)),
    ("concatenate", ((X, M), None)),
    ("stack", ((X, X), -1)),
    ("hstack", ((X, X),)),
    ("hstack", ((X[0], X[1]),)),
    ("vstack", ((X[0], X),)),
    ("squeeze", (M[:, :1], 1)),
    ("expand_dims", (X, (0, 2))),
    ("broadcast_to", (X, (4, 2, 3))),
    ("tile", (X, 2)),
    ("tile", (X, (2, 1))),
    ("tile", (X, (2, 1, 3))),
    ("repeat", (X, 2)),
    ("repeat", (X, 2, 1)),
    ("flip", (M,)),
    ("flip", (M, 1)),
    ("flip", (M, (0, 2))),
    ("ravel", (X,)),
    ("copy", (X,)),
    ("zeros_like", (X,)),
    ("ones_like", (I,)),
    ("full_like", (X, 2)),
]


def tensors(value):
    if isinstance(value, np.ndarray):
        return Tensor(value)
    return tuple(map(tensors, value)) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("name", "arguments"), SAME)
def test_what_numpy_has_too(name, arguments):
    expected = getattr(np, name)(*arguments)
    check(getattr(mnp, name)(*map(tensors, arguments)), expected)


@pytest.mark.parametrize(("name", "arguments"), SAME)
def test_numpys_function_finds_ours(name, arguments):
    function = getattr(np, name)
    check(function(*map(tensors, arguments)), function(*arguments))


@pytest.mark.parametrize("parts", [1, 2, 4, [1, 3], [2], []])
def test_split_as_numpy(parts):
    ours = mnp.split(Tensor(M), parts, 2)
    theirs = np.split(M, parts, 2)
    for a, b in zip(ours, theirs, strict=True):
        check(a, b)
    with pytest.raises(ValueError, match="equal parts"):
        mnp.split(Tensor(M), 3, 2)


def test_split_as_mindspore():
    x = Tensor([1, 2, 3, 4, 5])
    assert [t.tolist() for t in ops.split(x, 2)] == [[1, 2], [3, 4], [5]]
    assert [t.tolist() for t in ops.split(x, [1, 0, 4])] == [[1], [], [2, 3, 4, 5]]
    assert [t.tolist() for t in ops.chunk(x, 2)] == [[1, 2, 3], [4, 5]]
    assert [t.tolist() for t in ops.chunk(x, 9)] == [[1], [2], [3], [4], [5]]
    for parts in ([1, 1], [6, -1]):
        with pytest.raises(ValueError, match="don't make up"):
            ops.split(x, parts)
    with pytest.raises(ValueError, match="positive"):
        ops.split(x, 0)
    with pytest.raises(ValueError, match="positive"):
        ops.chunk(x, 0)


def test_creation():
    check(mnp.arange(1, 7, 2), [1, 3, 5], np.int32)
    check(mnp.arange(5, 0, -2), [5, 3, 1], np.int32)
    check(mnp.arange(0), [], np.int32)
    check(ops.arange(0.0, 1.0, 0.25), np.arange(0, 1, 0.25), np.float32)
    check(mnp.linspace(0, 1, 5, endpoint=False), np.linspace(0, 1, 5, endpoint=False))
    check(mnp.linspace(0, 1, 3, retstep=True)[1], 0.5, np.float32)
    check(mnp.eye(2, 3, 1), np.eye(2, 3, 1), np.float32)
    check(mnp.eye(3, k=-1, dtype=int8), np.eye(3, k=-1), np.int8)
    check(ops.eye(2, 3, int32), np.eye(2, 3), np.int32)
    check(mnp.identity(2), np.eye(2))
    check(mnp.full((2,), Tensor([1, 2])), [1, 2], np.int64)
    check(mnp.zeros(3, int8), np.zeros(3), np.int8)
    check(mnp.array([[1, 2]], ndmin=3), [[[1, 2]]], np.int32)
    check(mnp.array(X), X, np.float32)
    check(mnp.array(np.array([1.5])), [1.5], np.float64)
    check(mnp.empty((2, 0)), np.zeros((2, 0)))
    tensor = Tensor([1])
    assert mnp.asarray(tensor) is tensor
    assert mnp.asarray(tensor, int8) is not tensor
    assert (mnp.pi, mnp.e, mnp.newaxis) == (math.pi, math.e, None)
    assert math.isnan(mnp.nan)
    assert math.isinf(mnp.inf)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: mnp.arange(1, 2, 0), ValueError),
        (lambda: mnp.zeros(-1), ValueError),
        (lambda: mnp.full((1,), 300, int8), OverflowError),
        (lambda: mnp.array([2**40]), OverflowError),
        (lambda: mnp.array(["a"]), TypeError),
        (lambda: mnp.linspace(0, 1, -1), ValueError),
        (lambda: ops.div(Tensor([1]), 2, rounding_mode="up"), ValueError),
        (lambda: ops.gelu(Tensor([1.0]), "erf"), ValueError),
        (lambda: ops.flatten(Tensor([1.0]), "A"), ValueError),
        (lambda: ops.addn([]), ValueError),
        (lambda: ops.concat([]), ValueError),
        (lambda: ops.stack([Tensor([1]), Tensor([1, 2])]), ValueError),
        (lambda: ops.moveaxis(Tensor(X), (0, 1), 0), ValueError),
        (lambda: mnp.tensordot(Tensor(X), Tensor(X), 3), ValueError),
        (lambda: mnp.tensordot(Tensor(X), Tensor(X), ([0, 1], [0])), ValueError),
        (lambda: mnp.tensordot(Tensor(X), Tensor(X), 1), ValueError),
        (lambda: mnp.average(Tensor(X), weights=Tensor([1, 2])), ValueError),
        (lambda: mnp.average(Tensor(X), 0, weights=Tensor([1, 2, 3])), ValueError),
        (lambda: ops.softmax(Tensor(X), 2), ValueError),
        (lambda: ops.reduce_mean(Tensor([True])), TypeError),
    ],
)
def test_errors(make, error):
    with pytest.raises(error):
        make()


def test_averages():
    w = np.array([1.0, 3.0], np.float32)
    check(mnp.average(Tensor(X), 0, Tensor(w)), np.average(X, 0, w), np.float32)
    check(mnp.average(Tensor(X), weights=Tensor(I)), np.average(X, weights=I), np.float32)
    average, total = mnp.average(Tensor(X), 0, returned=True)
    check(average, X.mean(0))
    check(total, [2, 2, 2], np.float32)
    average, total = mnp.average(Tensor(I), 1, Tensor([1, 0, 1]), True)
    check(average, [2, 5], np.int64)
    check(total, [2, 2], np.int64)
    check(
        mnp.average(mnp.array([[1, 2], [3, 4]]), weights=mnp.array([[1, 2], [3, 4]])), 3, np.int32
    )


def softmax(x, axis):
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def test_activations():
    x, erf = X.astype(np.float64), np.vectorize(math.erf)
    expected = {
        ops.relu: np.maximum(x, 0),
        ops.relu6: np.clip(x, 0, 6),
        ops.leaky_relu: np.where(x < 0, 0.2 * x, x),
        ops.sigmoid: 1 / (1 + np.exp(-x)),
        ops.silu: x / (1 + np.exp(-x)),
        ops.softplus: np.log1p(np.exp(x)),
        ops.elu: np.where(x > 0, x, np.expm1(x)),
        ops.gelu: x * 0.5 * (1 + erf(x / 2**0.5)),
        ops.softmax: softmax(x, -1),
        ops.log_softmax: np.log(softmax(x, -1)),
        ops.erfc: 1 - erf(x),
    }
    for function, result in expected.items():
        check(function(Tensor(X)), result, np.float32)
        check(function(Tensor(X).astype("float64")), result, np.float64)
        assert function(Tensor(X).astype(float16)).dtype is float16
    check(ops.softmax(Tensor(X), 0), softmax(x, 0))
    tanh = x * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    check(ops.gelu(Tensor(X), "tanh"), tanh)
    check(ops.GeLU()(Tensor(X)), tanh)
    check(ops.relu(Tensor([-1, 2])), [0, 2], np.int64)
    check(ops.softmax(Tensor([1, 1])), [0.5, 0.5], np.float32)


def test_activations_neither_overflow_nor_drown():
    x = Tensor([1000.0, -1000.0, 0.0])
    assert ops.sigmoid(x).tolist() == [1, 0, 0.5]
    assert ops.softmax(x).tolist() == [1, 0, 0]
    assert ops.log_softmax(x).tolist() == [0, -2000, -1000]
    assert ops.softplus(x).tolist()[:2] == [1000, 0]
    assert ops.silu(x).tolist()[0] == 1000
    half = ops.softmax(ops.zeros((4096,), float16))
    assert half.tolist() == [2.0**-12] * 4096


def test_mindspores_own_names():
    x, i = Tensor(X), Tensor(I)
    check(ops.sub(x, 1), X - 1)
    check(ops.mul(x, i), X * I)
    check(ops.div(i, 2, rounding_mode="floor"), I // 2, np.int64)
    check(ops.div(-i, 2, rounding_mode="trunc"), np.trunc(-I / 2), np.int64)
    check(ops.floor_div(i, 2), I // 2)
    check(ops.floor_mod(i, 2), I % 2)
    check(ops.pow(i, 2), I**2)
    check(ops.neg(x), -X)
    check(ops.rsqrt(i), 1 / np.sqrt(I))
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        check(getattr(ops, name)(x, 0.5), getattr(X, f"__{name}__")(0.5))
    check(ops.clamp(i, 2, 3), I.clip(2, 3))
    check(ops.clip_by_value(i, 2.5), np.maximum(I, 2.5), np.float32)
    check(ops.cast(x, int32), X.astype(np.int32), np.int32)
    check(ops.permute(Tensor(M), (1, 2, 0)), M.transpose(1, 2, 0))
    check(ops.transpose(x, (1, 0)), X.T)
    check(ops.unsqueeze(x, 1), X[:, None])
    check(ops.cat((x, x)), np.concatenate((X, X)))
    check(ops.flatten(Tensor(M)), M.reshape(2, 12))
    check(ops.flatten(Tensor(M), start_dim=0, end_dim=1), M.reshape(6, 4))
    check(ops.flatten(Tensor(M), "F", start_dim=0), M.flatten("F"))
    check(ops.flatten(Tensor(2.0)), [2.0])
    check(ops.reduce_sum(i, 1, True), I.sum(1, keepdims=True))
    check(ops.reduce_sum(i, ()), 21)
    check(ops.reduce_mean(i), 3, np.int64)
    check(ops.reduce_prod(x, 0), X.prod(0))
    check(ops.reduce_max(x, 1), X.max(1))
    check(ops.reduce_min(x), -2)
    check(ops.reduce_all(x, 0), X.all(0))
    check(ops.reduce_any(x, 1), X.any(1))
    check(ops.argmax(x, 1, True), X.argmax(1, keepdims=True))
    check(ops.argmin(x), X.argmin())
    values, indices = ops.max(x, 1)
    check(values, X.max(1))
    check(indices, X.argmax(1), np.int64)
    values, indices = ops.min(x)
    check(values, -2)
    check(indices, 0, np.int64)
    check(ops.masked_fill(x, x > 0, 9.0), np.where(X > 0, 9, X), np.float32)
    check(ops.bias_add(x, Tensor([1.0, 2.0, 3.0])), X + np.array([1, 2, 3]))
    check(ops.addn([x, x, i]), X + X + I)
    assert (ops.size(x), ops.shape(x), ops.rank(x)) == (6, (2, 3), 2)
    parameter = Parameter([1.0])
    assert ops.assign(parameter, Tensor([2.0])) is parameter
    assert parameter.tolist() == [2]


OPERATORS = [
    (ops.Add(), (X, I), X + I),
    (ops.Sub(), (X, I), X - I),
    (ops.Mul(), (X, I), X * I),
    (ops.Div(), (X, I), X / I),
    (ops.RealDiv(), (X, I), X / I),
    (ops.FloorDiv(), (I, 2), I // 2),
    (ops.Mod(), (I, 2), I % 2),
    (ops.Pow(), (I, 2), I**2),
    (ops.Maximum(), (X, 0), np.maximum(X, 0)),
    (ops.Minimum(), (X, 0), np.minimum(X, 0)),
    (ops.Equal(), (X, 3), X == 3),
    (ops.NotEqual(), (X, 3), X != 3),
    (ops.Less(), (X, 0), X < 0),
    (ops.LessEqual(), (X, 0), X <= 0),
    (ops.Greater(), (X, 0), X > 0),
    (ops.GreaterEqual(), (X, 0), X >= 0),
    (ops.LogicalAnd(), (X > 0, I > 1), (X > 0) & (I > 1)),
    (ops.LogicalOr(), (X > 0, I > 1), (X > 0) | (I > 1)),
    (ops.LogicalNot(), (X > 0,), X <= 0),
    (ops.Abs(), (X,), np.abs(X)),
    (ops.Neg(), (X,), -X),
    (ops.Exp(), (X,), np.exp(X)),
    (ops.Log(), (I,), np.log(I)),
    (ops.Sqrt(), (I,), np.sqrt(I)),
    (ops.Rsqrt(), (I,), 1 / np.sqrt(I)),
    (ops.Square(), (I,), I * I),
    (ops.Tanh(), (X,), np.tanh(X)),
    (ops.Sin(), (X,), np.sin(X)),
    (ops.Cos(), (X,), np.cos(X)),
    (ops.Erf(), (X,), np.vectorize(math.erf)(X)),
    (ops.Floor(), (X,), np.floor(X)),
    (ops.Sign(), (X,), np.sign(X)),
    (ops.ReLU(), (X,), np.maximum(X, 0)),
    (ops.Sigmoid(), (X,), 1 / (1 + np.exp(-X))),
    (ops.Softmax(0), (X,), softmax(X, 0)),
    (ops.MatMul(), (X, X.T), X @ X.T),
    (ops.MatMul(transpose_b=True), (X, X), X @ X.T),
    (ops.MatMul(transpose_a=True), (X, X), X.T @ X),
    (ops.Argmax(1), (X,), X.argmax(1)),
    (ops.Concat(1), ((X, X),), np.concatenate((X, X), 1)),
    (ops.Stack(1), ((X, X),), np.stack((X, X), 1)),
    (ops.Squeeze(), (M[:1],), M[0]),
    (ops.Squeeze(0), (M[:1],), M[0]),
    (ops.Reshape(), (X, (3, 2)), X.reshape(3, 2)),
    (ops.Transpose(), (X, (1, 0)), X.T),
    (ops.ExpandDims(), (X, 0), X[None]),
    (ops.Tile(), (X, (1, 2)), np.tile(X, (1, 2))),
    (ops.Flatten(), (M,), M.reshape(2, 12)),
    (ops.Select(), (X > 0, X, -X), np.where(X > 0, X, -X)),
    (ops.OnesLike(), (X,), np.ones_like(X)),
    (ops.ZerosLike(), (X,), np.zeros_like(X)),
    (ops.AddN(), ((X, X),), X + X),
    (ops.ReduceSum(True), (X, 1), X.sum(1, keepdims=True)),
    (ops.ReduceMean(), (X,), X.mean()),
    (ops.ReduceProd(), (X, 0), X.prod(0)),
    (ops.ReduceMax(), (X, 0), X.max(0)),
    (ops.ReduceMin(), (X, 0), X.min(0)),
    (ops.ReduceAll(), (X, 0), X.all(0)),
    (ops.ReduceAny(), (X, 1), X.any(1)),
]


@pytest.mark.parametrize(("operator", "arguments", "expected"), OPERATORS, ids=str)
def test_operators(operator, arguments, expected):
    assert repr(operator) == f"{type(operator).__name__}()"
    check(operator(*map(tensors, arguments)), expected)


def test_other_operators(capsys):
    x = Tensor(X)
    assert (ops.Shape()(x), ops.Rank()(x)) == ((2, 3), 2)
    check(ops.Cast()(x, int32), X.astype(int), np.int32)
    first, second = ops.Split(0, 2)(x)
    check(first, X[:1])
    check(second, X[1:])
    parameter = Parameter([1.0])
    assert ops.Assign()(parameter, Tensor([2.0])).tolist() == [2]
    ops.Print()("a", Tensor([1, 2]), 3)
    assert capsys.readouterr().out == "a\n[1 2]\n3\n"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([(), (1,), (5,), (2, 3), (0, 2), (2, 1, 4)]),
    st.lists(st.integers(0, 3), max_size=3),
)
def test_tile_of_any_shape(shape, repeats):
    array = np.arange(math.prod(shape)).reshape(shape)
    check(ops.tile(Tensor(array), tuple(repeats)), np.tile(array, repeats))


@settings(max_examples=80, deadline=None)
@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-5, 5).filter(bool))
def test_arange_of_any_bounds(start, stop, step):
    check(ops.arange(start, stop, step), np.arange(start, stop, step), np.int64)
    check(ops.arange(start / 2, stop / 2, step / 2), np.arange(start / 2, stop / 2, step / 2))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(1, 2))
def test_matmul_of_empty_and_small_matrices(m, k, n, batch):
    x = np.arange(batch * m * k).reshape(batch, m, k)
    y = np.arange(k * n).reshape(k, n)
    check(ops.matmul(Tensor(x), Tensor(y)), np.matmul(x, y))
    check(
        ops.matmul(Tensor(x.astype(bool)), Tensor(y.astype(bool))), x.astype(bool) @ y.astype(bool)
    )


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_narrow_products_are_summed_wide(name):
    x = ops.full((1, 4096), 0.1, dtype=name)
    wide = x.asnumpy().astype(np.float32)
    expected = Tensor(wide @ wide.T).astype(name)
    assert ops.matmul(x, x.T).tolist() == expected.tolist()
    assert ops.matmul(x, x.T).dtype is x.dtype
