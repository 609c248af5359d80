"""Tensors: made, asked, indexed, computed with, and MindSpore's functions of functions."""

import numpy as np

import foldaway.mindspore as ms
import foldaway.mindspore.ops as P
from foldaway.mindspore import Parameter, Tensor, mutable, nn, ops
from foldaway.mindspore import dtype as mstype
from foldaway.mindspore.ops import composite as C
from foldaway.mindspore.ops import functional as F

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, -2.0, 3.0], mstype.float32)
MATRIX = Tensor(np.array([[1, 2, 3], [4, 5, 6]]))
ONE = Tensor([1])


@calls()
def made_of_everything():
    return (
        *(Tensor(1), Tensor(1.5), Tensor(True), Tensor([1, 2]), Tensor((1.0, 2)), Tensor([[True]])),
        *(
            Tensor(1, mstype.float16),
            Tensor([1.7], mstype.int32),
            Tensor(np.arange(3)),
            Tensor(Tensor(3)),
        ),
        *(
            ms.tensor(3),
            ms.tensor([1, 2], mstype.float32),
            Tensor(np.ones((2, 1)), dtype=ms.float64),
        ),
    )


@calls()
def made_of_wrong_things():
    return Tensor("text")


@calls()
def made_of_nothing():
    return Tensor()


@calls((ROW,), (MATRIX,))
def asked(x):
    return (
        *(x.shape, x.dtype, x.ndim, x.size, x.itemsize, x.nbytes, x.strides, x.dim(), len(x)),
        *(x.shape[0], isinstance(x, Tensor), x.dtype == mstype.float32, x.T.shape, x.T.ndim),
    )


@calls((ROW,), (MATRIX,))
def operators(x):
    return (
        *(x + 1, 2 - x, x * x, x / 2, x // 2, x % 3, x**2, -x, abs(x), +x, 1 / (x + 10)),
        *(x > 1, x >= 1, x < 1, x <= 1, x == 1, x != 1, x + x * 2 - x / 4),
    )


@calls((Tensor([True, False]), Tensor([True, True])))
def operators_of_bools(a, b):
    return a & b, a | b, ~a, a == b, a.all(), a.any(), ops.logical_and(a, b), a.logical_not()


@calls((MATRIX, 2), (MATRIX * 2, 1))
def operators_with_numbers(x, n):
    return x + n, x * n - n, n * x, x // n, n**2 * x, x > n, x[0] * n, (x + n).sum()


@calls((MATRIX,))
def indexed(x):
    return (
        *(
            x[0],
            x[-1],
            x[0, 1],
            x[:, 1],
            x[..., 0],
            x[0:1, 1:],
            x[::1, ::2],
            x[None].shape,
            x[1][2],
        ),
        *(x[[0, 1]], x[Tensor([1, 0])], x[:, Tensor([0, 2])], x[(0, 2)], x[True].shape),
    )


@calls((MATRIX,))
def items_are_set(x):
    y = x * 1
    y[0] = 0
    y[1, 2] = 100
    y[:, 1] = Tensor([7, 8])
    y[0, 0:2] += 5
    return y, x


@calls((MATRIX, Tensor([0])), (MATRIX, Tensor([1])))
def indexed_by_a_tensor(x, i):
    return x[i], x[i, i], ops.gather(x, i, 0)


@calls((MATRIX,))
def index_too_far(x):
    return x[5]


@calls((MATRIX,))
def methods_of_shapes(x):
    return (
        *(x.reshape(3, 2), x.reshape((6,)), x.reshape(-1), x.view(2, 3), x.flatten(), x.ravel()),
        *(
            x.transpose(),
            x.transpose(1, 0),
            x.swapaxes(0, 1),
            x.expand_dims(0).shape,
            x.unsqueeze(1).shape,
        ),
        *(x.expand_dims(0).squeeze(), x.broadcast_to((2, 2, 3)).shape, x.permute(1, 0), x.T),
    )


@calls((MATRIX,), (MATRIX * 2,))
def methods_of_numbers(x):
    return (
        *(
            x.sum(),
            x.sum(0),
            x.sum(axis=1, keepdims=True),
            x.max(),
            x.min(),
            x.max(axis=0),
            x.prod(),
        ),
        *(x.argmax(), x.argmax(1), x.argmin(), x.all(), x.any(), x.astype(mstype.float32).mean()),
        *(x.astype("float32").std(), x.float().var(), x.clip(2, 4), x.abs(), x.pow(2), x.neg()),
    )


@calls((ROW,), (-ROW,))
def methods_of_elements(x):
    return (
        *(
            x.abs(),
            x.exp(),
            x.tanh(),
            x.floor(),
            x.ceil(),
            x.round(),
            x.sign(),
            x.square(),
            x.sin(),
        ),
        *(x.cos(), x.add(1), x.sub(1), x.mul(2), x.div(2), x.clamp(0, 1), x.erf(), x.isnan()),
    )


@calls((ROW, MATRIX), (-ROW, MATRIX * 2))
def methods_of_logic(x, m):
    return (
        *(x.equal(1), x.not_equal(x), x.less(0), x.less_equal(1), x.greater(0), x.greater_equal(x)),
        *(
            x.logical_and(x > 0),
            x.logical_or(0),
            x.logical_xor(1),
            x.logical_not(),
            m.logical_and(m),
        ),
        *(m.bitwise_and(1), m.bitwise_or(m * 8), m.bitwise_xor(3), x.reciprocal(), m.reciprocal()),
        *(
            x.isnan(),
            x.isinf(),
            (x / 0).isinf(),
            (x / 0).isfinite(),
            m.isnan(),
            m.isinf(),
            m.isfinite(),
        ),
    )


@calls((ROW,), (MATRIX,))
def conversions(x):
    return (
        *(
            x.astype(mstype.int32),
            x.astype("float64"),
            x.astype(np.float16),
            x.to(mstype.int64),
            x.int(),
        ),
        *(
            x.float(),
            x.bool(),
            x.half(),
            x.long(),
            x.copy(),
            x.asnumpy(),
            x.tolist(),
            x.numpy().sum(),
        ),
    )


@calls((Tensor([3]),), (Tensor(-2.5),), (Tensor([[0]]),))
def numbers_of_tensors(x):
    return (
        int(x),
        float(x),
        bool(x),
        x.item(),
        x.asnumpy().item(),
        int(x) + 1,
        float(x) / 2,
        round(x.item()),
    )


@calls((Tensor([1.5, 2.5]),), (Tensor([[3]]),))
def rounded(x):
    return round(x), round(x + 1) * 2


@calls((Tensor(2),), (Tensor([1]),))
def tensors_as_indices(n):
    return [1, 2, 3][n], list(range(n)), "ab" * 2, [0] * n


@calls((ROW,))
def number_of_too_many(x):
    return int(x)


@calls((ROW,))
def bool_of_too_many(x):
    if x:
        return 1
    return 2


@calls((MATRIX,))
def iteration(x):
    rows = [row for row in x]
    first, second = x
    return rows, first, second, [int(v) for row in x for v in row], list(enumerate(x)), tuple(x)


@calls((MATRIX,), (ONE,))
def membership_and_identity(x):
    y = x
    return y is x, x is not None, x is x + 0, 1 in [1, 2], isinstance(x, (int, Tensor)), x in [x]


@calls((ROW, MATRIX))
def functions(x, m):
    f = m.astype(mstype.float32)
    return (
        *(
            ops.relu(x),
            ops.sigmoid(x),
            ops.softmax(x[:1]),
            ops.tanh(x),
            ops.exp(x),
            ops.abs(x),
            ops.square(x),
        ),
        *(
            ops.matmul(f, f.T),
            ops.concat((f, f)),
            ops.concat([f, f], axis=1),
            ops.stack((x, x)),
            ops.addn([x, x]),
        ),
        *(
            ops.reduce_sum(m),
            ops.reduce_mean(f, 0),
            ops.maximum(x, 0),
            ops.select(x > 0, x, -x),
            ops.cast(x, mstype.int32),
        ),
        *(
            ops.zeros_like(m),
            ops.ones_like(x),
            ops.ones((2,), mstype.int32),
            ops.zeros(2),
            ops.eye(2, 2, mstype.int32),
        ),
        *(
            ops.tile(x, (2,)),
            ops.transpose(m, (1, 0)),
            ops.reshape(m, (3, 2)),
            ops.shape(m),
            ops.rank(m),
            ops.size(m),
        ),
        *(
            ops.arange(3),
            ops.full((2,), 3),
            ops.split(f, 1)[1],
            ops.pow(x, 2),
            ops.gather_nd(m, Tensor([[0, 1]])),
        ),
    )


@calls((ROW, MATRIX))
def primitives(x, m):
    f = m.astype(mstype.float32)
    return (
        *(
            P.Add()(x, 1),
            P.Sub()(x, x),
            P.Mul()(x, 2),
            P.Div()(x, 2),
            P.ReLU()(x),
            P.Tanh()(x),
            P.Square()(x),
        ),
        *(
            P.Abs()(x),
            P.Neg()(x),
            P.Exp()(x),
            P.Pow()(x, 2),
            P.Equal()(x, x),
            P.Greater()(x, 0),
            P.Less()(x, 0),
        ),
        *(
            P.Reshape()(m, (3, 2)),
            P.Transpose()(m, (1, 0)),
            P.Concat()((f, f)),
            P.Concat(axis=1)((f, f)),
            P.Stack()((x, x)),
        ),
        *(
            P.MatMul()(f, f.T),
            P.MatMul(transpose_b=True)(f, f),
            P.ReduceSum()(m, 0),
            P.ReduceMean(keep_dims=True)(f),
            P.ReduceMax()(m),
        ),
        *(
            P.Cast()(x, mstype.int32),
            P.ExpandDims()(x, 0),
            P.Squeeze(0)(P.ExpandDims()(x, 0)),
            P.Shape()(m),
            P.Gather()(m, Tensor([0]), 1),
        ),
        *(
            P.Select()(x > 0, x, -x),
            P.OnesLike()(x),
            P.ZerosLike()(m),
            P.Tile()(x, (2,)),
            P.Fill()(mstype.int32, (2,), 3),
            P.Softmax()(x),
        ),
        *(
            P.LogicalNot()(x > 0),
            P.Maximum()(x, 0.0),
            P.AddN()([x, x]),
            P.Unique()(Tensor([1, 2, 1])),
            P.Identity()(x),
        ),
    )


@calls((ROW,))
def hyper_map(x):
    double = C.HyperMap()
    return (
        double(lambda a: a * 2, (x, [x, 1])),
        C.Map()(lambda a, b: a + b, (1, x), (x, 3)),
        ops.HyperMap(F.add)((x,), (x,)),
    )


multi = C.MultitypeFuncGraph("multi")


@multi.register("Tensor", "Tensor")
def multi_of_tensors(a, b):
    return a + b


@multi.register("Number", "Number")
def multi_of_numbers(a, b):
    return a * b


@calls((ROW,))
def multitype_function(x):
    return multi(x, x), multi(2, 3), C.HyperMap(multi)((x, 1), (x, 5))


@calls((ROW,))
def partial_and_depend(x):
    add = F.partial(lambda a, b: a + b, x)
    y = F.depend(x * 2, print("effect"))
    return add(1), y, F.stop_gradient(x)


@ops.constexpr
def computed_while_compiling(shape, n):
    return tuple(s * n for s in shape)


@calls((ROW, 2), (MATRIX, 3))
def constexpr_function(x, n):
    return computed_while_compiling(x.shape, n), ms.ops.ones(
        computed_while_compiling(x.shape, 1), ms.int32
    )


@calls((mutable((ROW, 2)),), (mutable([ROW, 3]),))
def mutable_containers(pair):
    return pair[0] * pair[1], len(pair), [v + 1 for v in pair], pair


@calls((ROW,), (ROW * 2,))
def mutable_inside(x):
    items = mutable([x, 1])
    items.append(mutable(3))
    return items, isinstance(items, list), mutable((1, 2))[0], mutable({"a": x})["a"]


@calls((mutable({"a": ROW, "b": (1, ROW)}),))
def mutable_dict(table):
    return table["a"] + table["b"][1], table["b"][0], list(table)


@calls((ROW,))
class GradientOfACell(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = nn.ReLU()
        self.grad = ops.GradOperation()

    def construct(self, x):
        return self.grad(self.net)(x)


@calls((ROW,), (-ROW,))
def gradient_of_numpy_and_branches(x):
    def f(v):
        scale = np.array([1, 2, 3]).sum()
        if v.sum() > 0:
            return (v * int(scale)).sum()
        return (v * v).sum()

    return ms.grad(f)(x), ops.grad(f, 0)(x), ms.value_and_grad(f)(x)


@calls((ROW,))
def gradients_of_everything(x):
    def f(a, b):
        return a * a * b

    return (
        *(
            C.GradOperation()(f)(x, x),
            C.GradOperation(get_all=True)(f)(x, x),
            F.grad(f, (0, 1))(x, x),
        ),
        *(C.GradOperation(sens_param=True)(f)(x, x, x), ms.value_and_grad(f, 1)(x, x)),
    )


@calls((ROW,), (ROW,))
class OperatorsOnParameters(nn.Cell):
    def __init__(self):
        super().__init__()
        self.w = Parameter(Tensor([1.0, 2.0, 3.0]), name="w")
        self.n = Parameter(3, name="n")
        self.assign, self.add = P.Assign(), P.AssignAdd()

    def construct(self, x):
        y = self.w * x
        self.assign(self.w, y)
        self.add(self.n, Tensor(1, self.n.dtype))
        return (
            y,
            self.w + 0,
            self.n + 0,
            self.w.name,
            self.w.requires_grad,
            isinstance(self.w, Tensor),
        )


@calls((Tensor([[1.0, 2.0]]),))
class SmallNetwork(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(2, 3, weight_init="ones", bias_init="zeros")
        self.flatten = nn.Flatten()
        self.softmax = nn.Softmax()

    def construct(self, x):
        x = self.dense(x)
        return self.softmax(self.flatten(x)), self.dense.weight.shape, len(self.trainable_params())


@calls((Tensor(np.arange(16).reshape((1, 1, 4, 4)), mstype.float32),))
class SmallImageNetwork(nn.Cell):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, has_bias=False, weight_init="ones", pad_mode="same")
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)

    def construct(self, x):
        return self.pool(ops.relu(self.conv(x)))


@calls((Tensor([[0, 1], [1, 2]]), Tensor([1.0, 2.0])))
def sparse_coo(indices, values):
    x = ms.COOTensor(indices, values, (3, 4))
    return (
        x.indices,
        x.values,
        x.shape,
        x.dtype,
        x.size,
        x.ndim,
        x.to_dense(),
        x.astype(ms.float64).dtype,
    )


@calls((Tensor([0, 1, 2]), Tensor([0, 1]), Tensor([1.0, 2.0])))
def sparse_csr(indptr, indices, values):
    x = ms.CSRTensor(indptr, indices, values, (2, 4))
    return x.indptr, x.indices, x.values, x.shape, x.dtype, x.size, x.ndim, x.to_dense()


@calls((ROW,), (MATRIX,))
def types_as_arguments(x):
    def convert(v, kind):
        return v.astype(kind)

    return [convert(x, kind) for kind in (ms.int32, ms.float16, ms.bool_)], type(x) is Tensor


@calls((ROW,))
def functions_as_arguments(x):
    def apply(f, *args):
        return f(*args)

    return (
        apply(ops.relu, x),
        apply(P.Add(), x, 1),
        apply(nn.ReLU(), x),
        apply(lambda a: a + 1, x),
        apply(len, (1, 2)),
    )
