"""Sorting, sets, indices, linear algebra and text of arrays, and arrays that tensors give."""

import math

import numpy as np

from foldaway.mindspore import Tensor, nn
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])


@calls()
def sorting_and_searching():
    x = np.array([3, 1, 2])
    return (
        *(
            np.sort(x).tolist(),
            np.argsort(x).tolist(),
            np.argmax(x),
            np.argmin(x),
            np.where(x > 1)[0].tolist(),
        ),
        *(np.searchsorted([1, 2, 3], 2), np.nonzero(x > 1)[0].tolist(), np.count_nonzero(x > 1)),
        *(
            np.extract(x > 1, x).tolist(),
            np.lexsort((x,)).tolist(),
            np.partition(x, 1)[1],
            np.argwhere(x > 2).tolist(),
        ),
    )


@calls()
def sets_of_arrays():
    x, y = np.array([1, 2, 2, 3]), np.array([2, 3, 4])
    return (
        *(
            np.unique(x).tolist(),
            np.unique(x, return_counts=True)[1].tolist(),
            np.intersect1d(x, y).tolist(),
        ),
        *(np.union1d(x, y).tolist(), np.setdiff1d(x, y).tolist(), np.setxor1d(x, y).tolist()),
        *(np.isin(x, y).tolist(), np.isin(3, y)),
    )


@calls()
def indexing():
    x = np.arange(12).reshape(3, 4)
    return (
        *(
            x[0, 1],
            x[1].tolist(),
            x[:, 1].tolist(),
            x[::2, ::-1].tolist(),
            x[-1, -1],
            x[..., 0].tolist(),
        ),
        *(x[[0, 2]].tolist(), x[x > 9].tolist(), x[np.ix_([0, 1], [1, 3])].tolist(), x[None].shape),
        *(np.take(x, [1, 2], axis=1).tolist(), np.choose([0, 1], [[1, 2], [3, 4]]).tolist()),
        *(
            np.select([x > 5, x > 2], [1, 2], 0).tolist(),
            np.compress([True, False, True], x, 0).tolist(),
        ),
    )


@calls()
def setting_items():
    x = np.arange(6).reshape(2, 3)
    x[0, 0] = 9
    x[:, 1] = [7, 8]
    x[x > 8] = 0
    x[1] += 1
    np.put(x, [5], 100)
    np.fill_diagonal(x, 3)
    np.copyto(x[:, 2:], 1)
    return Tensor(x)


@calls()
def linear_algebra():
    a = np.array([[2.0, 1.0], [1.0, 3.0]])
    q, r = np.linalg.qr(a)
    w, _ = np.linalg.eigh(a)
    _, s, _ = np.linalg.svd(a)
    return (
        *(
            np.linalg.inv(a).round(4).tolist(),
            round(np.linalg.det(a), 4),
            np.linalg.norm(a).round(4),
        ),
        *(np.linalg.solve(a, [1, 2]).round(4).tolist(), np.allclose(q @ r, a), w.round(4).tolist()),
        *(s.round(4).tolist(), np.linalg.matrix_rank(a), np.linalg.matrix_power(a, 2).tolist()),
        *(
            np.inner(a, a).tolist(),
            np.outer([1, 2], [3, 4]).tolist(),
            np.kron([1, 2], [1, 1]).tolist(),
        ),
        *(np.einsum("ij->i", a).tolist(), np.tensordot(a, a).item(), np.trace(a), np.vdot(a, a)),
    )


@calls()
def linear_algebra_that_fails():
    return np.linalg.inv(np.zeros((2, 2)))


@calls()
def characters():
    a, b = np.array(["ab", "Cd"]), np.array(["x", "y"])
    return (
        *(np.char.add(a, b).tolist(), np.char.upper(a).tolist(), np.char.lower(a).tolist()),
        *(
            np.char.capitalize(a).tolist(),
            np.char.multiply(b, 2).tolist(),
            np.char.title(a).tolist(),
        ),
        *(
            np.char.replace(a, "a", "z").tolist(),
            np.char.center("c", 5, "*").item(),
            np.char.strip(" s ").item(),  # noqa: B005
        ),
        *(
            np.char.split("a b").item(),
            np.char.join("-", "xyz").item(),
            np.char.find(a, "b").tolist(),
        ),
        *(
            np.char.count(a, "C").tolist(),
            np.char.isdigit(["1", "a"]).tolist(),
            np.char.equal(a, a).all(),
        ),
        *(
            np.char.encode("a").item(),
            np.char.str_len(a).tolist(),
            np.char.startswith(a, "C").tolist(),
        ),
    )


@calls()
def dtypes_of_arrays():
    return (
        *(
            np.array([1]).dtype == np.int64,
            np.dtype(np.float32).name,
            np.result_type(np.int8, np.float32).name,
        ),
        *(
            np.promote_types("i4", "f4").name,
            np.can_cast("i4", "i8"),
            np.issubdtype(np.int32, np.integer),
        ),
        *(
            np.int32(3) + np.int64(4),
            np.float16(1.5).dtype.name,
            np.bool_(True),
            np.uint8(255).item(),
        ),
        *(np.iinfo(np.int32).max, np.finfo(np.float32).max > 1e38, np.array([1, 2.5]).dtype.kind),
        *(
            np.array(["a"]).dtype.kind,
            np.array([None]).dtype.name,
            np.array([1 + 2j]).imag.tolist(),
        ),
    )


@calls()
def random_is_seeded():
    np.random.seed(3)
    a = np.random.rand(2)
    b = np.random.randint(0, 10, 3)
    c = np.random.randn(2).shape, np.random.uniform(0, 1), np.random.choice([1, 2, 3])
    rng = np.random.default_rng(5)
    return a.tolist(), b.tolist(), c, rng.integers(0, 9, 2).tolist(), rng.permutation(3).tolist()


@calls()
def functions_over_arrays():
    x = np.arange(4).reshape(2, 2)
    return (
        *(np.apply_along_axis(sum, 0, x).tolist(), np.vectorize(lambda v: v + 1)(x).tolist()),
        *(
            np.add.reduce(x).tolist(),
            np.multiply.accumulate([1, 2, 3]).tolist(),
            np.add.outer([1], [2, 3]).tolist(),
        ),
        *(np.piecewise([1.0, -1.0], [True, False], [2, 3]).tolist(), list(map(np.sum, x))),
        *(
            np.polyval([1, 2], 3),
            np.poly1d([1, 0])(5),
            np.interp(1.5, [1, 2], [10, 20]),
            np.roots([1, -3, 2]).tolist(),
        ),
    )


@calls((ROW,), (ROW * 2,))
def numpy_of_an_asnumpy(x):
    a = x.asnumpy()
    return (
        *(
            Tensor(np.sin(a)),
            Tensor(a.astype(np.int32)),
            np.sum(a),
            a.mean(),
            a[a > 1].tolist(),
            a.max() > 2,
        ),
        *(
            np.sort(a)[::-1].tolist(),
            np.concatenate([a, a]).shape,
            a.dtype == np.float32,
            list(a)[0],  # noqa: RUF015
        ),
    )


@calls((Tensor([[1, 2], [3, 4]]),), (Tensor([[5, 6], [7, 8]]),))
def numpy_of_an_asnumpy_in_control_flow(x):
    a = x.asnumpy()
    out = []
    for i in range(a.shape[0]):
        if a[i].sum() > 4:
            out.append(a[i] * 2)
        else:
            out.append(a[i])
    total = 0
    while total < a.sum():
        total += a[0, 0]
    return Tensor(np.stack(out)), total


@calls((ROW, 2), (ROW, 3))
class NumpyAttributes(nn.Cell):
    def __init__(self):
        super().__init__()
        self.table = np.array([1, 2, 3])
        self.module = np
        self.function = np.linspace

    def construct(self, x, n):
        a = self.table * n
        b = self.module.concatenate([a, self.function(0, 1, n)])
        return x + Tensor(a.astype(np.float32)), Tensor(b), self.table.max()


@calls((1.5,), (2.5,))
def numpy_of_a_number(v):
    a = np.array([v, 2 * v])
    return (
        Tensor(a),
        np.sqrt(v),
        np.float32(v),
        np.maximum(v, 2.0),
        math.floor(v),
        np.round(a).tolist(),
    )


@calls((3,), (4,))
def shapes_from_a_number(n):
    return (
        Tensor(np.ones((n, 2))),
        np.arange(n).tolist(),
        np.zeros(n).shape,
        np.eye(n)[n - 1].tolist(),
    )


@calls()
def tensors_from_arrays():
    return (
        *(Tensor(np.array(3)), Tensor(np.array([True])), Tensor(np.array([1, 2], np.int8))),
        *(Tensor(np.array([1.5]), mstype.float16), Tensor(np.ones((1, 0))), Tensor(np.float64(2))),
        *(Tensor.from_numpy(np.array([1, 2])), Tensor(np.array([[1, 2]]).T), Tensor([np.int32(1)])),
    )


@calls((ROW,))
def operators_between_arrays_and_tensors(x):
    a = np.array([1, 2, 3], np.float32)
    return x + Tensor(a), Tensor(a) - x, x * 2 + Tensor(a) ** 2, Tensor(a) > x, (Tensor(a) @ x)
