"""MindSpore's operators, functions of functions, gradients, networks and sparse tensors."""

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
