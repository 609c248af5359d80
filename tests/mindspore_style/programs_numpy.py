"""NumPy inside of compiled code: made, computed, indexed, returned, and made of tensors."""

import numpy as np

from foldaway.mindspore import Tensor, nn, ops
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])
INTEGERS = Tensor([[1, 2, 3], [4, 5, 6]])


@calls()
def array_added():
    return Tensor(np.array([1, 2, 3]) + np.array([4, 5, 6]))


@calls()
def array_returned():
    return np.add(np.array([1, 2]), 3), np.float32(2.5), np.int64(3)


@calls()
def linspace_arange_ones():
    return Tensor(np.linspace(1, 10, 4)), Tensor(np.arange(1, 10, 3)), Tensor(np.ones((2, 2)))


@calls()
def array_attributes():
    x = np.array([[1, 2, 3], [4, 5, 6]])
    return x.shape, x.ndim, x.size, x.dtype == np.int64, x.T.tolist(), x.itemsize, x.strides


@calls()
def array_methods():
    x = np.array([[3, 1], [2, 4]])
    return x.sum(), x.max(0).tolist(), x.argmax(), x.mean(), x.cumsum().tolist(), x.all(), x.any()


@calls()
def array_indexed():
    x = np.arange(12).reshape(3, 4)
    x[0, 1:3] = 7
    rows, columns = np.ix_([0, 2], [1, 3])
    return (
        x[x > 6].tolist(),
        x[1, -1],
        x[:, ::2].tolist(),
        x[rows, columns].tolist(),
        x[[0, 1]].sum(),
    )


@calls()
def split_and_joined():
    x = np.arange(6)
    parts = np.split(x, 3)
    return (
        len(parts),
        np.concatenate(parts[::-1]).tolist(),
        np.stack(parts).shape,
        np.hstack([x, x]).size,
        np.where(x > 2, x, -x).tolist(),
    )


@calls()
def characters():
    x = np.array(["a", "b"])
    return np.char.add(x, x).tolist(), np.char.upper(x)[0], np.char.multiply("ab", 2).item()


@calls()
def linear_algebra():
    x = np.array([[2.0, 0.0], [0.0, 4.0]])
    return (
        np.linalg.inv(x).tolist(),
        np.linalg.det(x),
        np.dot(x, x).tolist(),
        np.vdot([1, 2], [3, 4]),
    )


@calls()
def allclose_and_isnan():
    x = np.array([1.0, np.nan, np.inf])
    return (
        np.allclose([1.0], [1.0 + 1e-9]),
        np.isnan(x).tolist(),
        np.isfinite(x).tolist(),
        np.nan_to_num(x, posinf=9).tolist(),
    )


@calls((ROW,), (ROW * 3,))
def asnumpy_of_an_argument(x):
    data = x.asnumpy()
    return Tensor(data * 2), data.sum(), np.sqrt(data).tolist()


@calls((INTEGERS,))
def asnumpy_methods(x):
    y = x.asnumpy()
    return y.tolist(), y.astype(np.float32).dtype.name, y.reshape(-1).tolist(), y.flatten()[2]


@calls((ROW,))
def tensor_attributes(x):
    return x.shape, x.dtype, x.ndim, x.size, x.itemsize, x.nbytes, x.strides, x.T


@calls((INTEGERS,))
def tensor_methods(x):
    return (
        x.astype(mstype.float32),
        x.reshape((3, 2)),
        x.flatten(),
        x.sum(0),
        x.max(),
        x.argmax(1),
        x.any(),
        x.all(),
        x.abs(),
        x.tolist(),
        x.transpose(),
        x.mean(),
    )


@calls((INTEGERS,))
def tensor_indexing(x):
    y = x * 1
    y[0, 1] = 9
    return x[0], x[..., -1], x[0, 1:], x[:, None].shape, y, x[1][2]


@calls((ROW,))
def tensor_of_tensors(x):
    return Tensor([1, 2]), Tensor(x), Tensor(np.float64(2)), Tensor([[1.5]], mstype.float16)


@calls((np.array([1, 2, 3]),), (np.array([4, 5, 6]),))
def array_argument(a):
    return a.sum(), a * 2, Tensor(a + 1)


@calls((np.array([1.0, 2.0]), 3), (np.array([1.0, 2.0]), 4))
def array_and_number_arguments(a, n):
    return (a * n).tolist(), np.full(2, n).tolist(), a.shape[0] + n


@calls((np.array([3, 1, 2]),))
def array_argument_changes(a):
    a[0] = 10
    a.sort()
    return a.tolist()


@calls(((np.array(3), 2),))
def array_scalars(pair):
    a, n = pair
    return a + n, int(a), a.item(), a == 3


@calls((ROW,))
def numpy_functions_of_tensors(x):
    return np.square(x), np.exp(x).shape, np.mean(x), np.maximum(x, 2), np.concatenate([x, x])


@calls((ROW,))
def array_and_tensor_mixed(x):
    a = np.array([1.0, 2.0, 3.0])
    return x + Tensor(a), x * a, a - x, x > a


@calls((ROW,))
def in_place_arrays(x):
    a = np.zeros(3)
    for i in range(3):
        a[i] = i * 2
    a += 1
    return Tensor(a), x + Tensor(a.astype(np.float32))


@calls((INTEGERS,))
class NumpyInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.table = np.array([10, 20, 30])

    def construct(self, x):
        y = Tensor(self.table) + x
        z = np.array(y.shape)
        return y, z.tolist(), ops.reduce_sum(x)


@calls((ROW,))
class ModuleAsArgument(nn.Cell):
    def combine(self, module, a, b):
        return module.add(a, b) * module.ones(2)

    def construct(self, x):
        return Tensor(self.combine(np, 1, 2)), x


@calls()
def tensor_of_text():
    return Tensor(np.array(["a"]))


@calls()
def dtype_objects():
    return np.dtype("int32").itemsize, np.iinfo(np.int8).max, np.finfo(np.float32).eps, mstype.int8


@calls((Tensor([1.0, -1.0, 0.5]),))
def random_is_seeded(x):
    rng = np.random.RandomState(7)
    a, b = rng.rand(2), rng.rand(2)
    return a.tolist() == b.tolist(), np.random.RandomState(7).rand(2).tolist() == a.tolist(), x
