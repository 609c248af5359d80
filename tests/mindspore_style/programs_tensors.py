"""Tensors: made, asked, indexed, computed with, and MindSpore's functions of functions."""

import numpy as np

import foldaway.mindspore as ms
from foldaway.mindspore import Tensor, ops
from foldaway.mindspore import dtype as mstype

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
