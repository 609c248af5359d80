"""NumPy's functions by their kinds: creation, manipulation, logic, math, statistics, sets, text."""

import numpy as np

from foldaway.mindspore import Tensor

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls


@calls()
def creation_filled():
    a = np.ones((2, 3))
    b = np.zeros(4, np.int32)
    c = np.full((2, 2), 7.5)
    d = np.empty((0, 2))
    e = np.ones_like(b), np.zeros_like(a), np.full_like(b, 3)
    return Tensor(a), Tensor(b), Tensor(c), d.shape, [Tensor(v) for v in e]


@calls()
def creation_ranges():
    a = np.arange(0, 10, 3)
    b = np.linspace(0, 1, 5)
    c = np.logspace(0, 2, 3)
    d = np.geomspace(1, 8, 4)
    return Tensor(a), Tensor(b), Tensor(c), Tensor(d), np.arange(3.0).dtype.name


@calls()
def creation_of_matrices():
    a = np.eye(2), np.identity(3), np.diag([1, 2]), np.tri(2, 3), np.tril(np.ones((2, 2)))
    b = np.vander([1, 2, 3], 2), np.triu(np.arange(4).reshape(2, 2)), np.diagflat([1, 2])
    return [Tensor(v) for v in a + b]


@calls()
def creation_from_things():
    a = np.array([[1, 2], [3, 4]], dtype=np.float32)
    b = np.asarray((1, 2, 3))
    c = np.array([1, 2], copy=True, ndmin=2)
    d = np.fromiter((i * i for i in range(4)), np.int64)
    e = np.frombuffer(b"\x01\x02", np.uint8)
    f = np.fromfunction(lambda i, j: i + j, (2, 2))
    return [Tensor(v) for v in (a, b, c, d, e, f)]


@calls()
def creation_grids():
    x, y = np.meshgrid([1, 2], [3, 4, 5])
    grid = np.mgrid[0:2, 0:3]
    a, b = np.ogrid[0:2, 0:2]
    return x.tolist(), y.tolist(), grid.shape, (a + b).tolist(), np.indices((1, 2)).tolist()


@calls()
def array_attributes():
    x = np.array([[1.5, 2.5, 3.5]])
    return (
        x.shape,
        x.ndim,
        x.size,
        x.itemsize,
        x.nbytes,
        x.dtype.name,
        x.strides,
        x.T.shape,
        x.flat[1],
    )


@calls()
def array_flags_and_views():
    x = np.arange(4)
    y = x.reshape(2, 2)
    return x.flags.c_contiguous, y.base is x, y.T.flags.f_contiguous, x.view(np.uint64).tolist()


@calls()
def array_methods():
    x = np.array([[3, 1], [2, 4]])
    return (
        *(x.sum(), x.sum(axis=0).tolist(), x.min(), x.max(1).tolist(), x.argmax(), x.prod()),
        *(
            x.mean(),
            x.std(),
            x.var(),
            x.cumsum().tolist(),
            x.cumprod(0).tolist(),
            x.ptp if 0 else 0,
        ),
        *(x.ravel().tolist(), x.flatten().tolist(), x.transpose().tolist(), x.swapaxes(0, 1)[0, 1]),
        *(x.clip(2, 3).tolist(), x.repeat(2).tolist(), x.take([0, 3]).tolist(), x.trace()),
        *(x.astype(np.float32).dtype.name, x.all(), x.any(), x.nonzero()[0].tolist(), x.item(1)),
        *(x.diagonal().tolist(), x.dot(x).tolist(), x.round(), x.copy().tolist(), x.tolist()),
    )


@calls()
def changing_shapes():
    x = np.arange(6)
    return (
        *(x.reshape(2, 3).tolist(), np.reshape(x, (3, -1)).shape, np.ravel(x.reshape(2, 3)).shape),
        *(
            np.expand_dims(x, 0).shape,
            np.squeeze(np.ones((1, 2, 1))).shape,
            np.moveaxis(x.reshape(1, 2, 3), 0, -1).shape,
        ),
        *(np.swapaxes(x.reshape(2, 3), 0, 1).shape, np.transpose(x.reshape(2, 3)).shape),
        *(np.atleast_1d(3).shape, np.atleast_2d(x).shape, np.broadcast_to(x, (2, 6)).shape),
    )


@calls()
def joining_and_splitting():
    a, b = np.array([[1, 2]]), np.array([[3, 4]])
    return (
        *(
            np.concatenate((a, b), axis=1).tolist(),
            np.stack((a, b)).shape,
            np.vstack((a, b)).tolist(),
        ),
        *(
            np.hstack((a, b)).tolist(),
            np.dstack((a, b)).shape,
            np.column_stack((a[0], b[0])).tolist(),
        ),
        *([p.tolist() for p in np.split(np.arange(4), 2)], len(np.array_split(np.arange(5), 3))),
        *(np.tile(a, 2).tolist(), np.repeat(a, 2, axis=0).tolist(), np.append(a, b).tolist()),
        *(
            np.insert([1, 2], 1, 9).tolist(),
            np.delete([1, 2, 3], 0).tolist(),
            np.resize(a, 3).tolist(),
        ),
    )


@calls()
def turning():
    x = np.arange(4).reshape(2, 2)
    return (
        *(np.flip(x).tolist(), np.fliplr(x).tolist(), np.flipud(x).tolist(), np.rot90(x).tolist()),
        *(np.roll(x, 1).tolist(), np.pad([1], 1).tolist(), np.trim_zeros([0, 1, 0])[0]),
    )


@calls()
def comparing():
    x, y = np.array([1, 2, 3]), np.array([1, 3, 2])
    return (
        *(
            np.equal(x, y).tolist(),
            np.not_equal(x, y).any(),
            np.less(x, y).tolist(),
            (x >= y).all(),
        ),
        *(
            np.array_equal(x, x),
            np.array_equiv(x, [x, x]),
            np.allclose(x, x + 1e-9),
            np.isclose(1, 2),
        ),
        *(np.greater(x, y).sum(), np.less_equal(x, 2).tolist(), np.all(x > 0), np.any(y > 5)),
    )


@calls()
def logic():
    x, y = np.array([True, False]), np.array([True, True])
    return (
        *(np.logical_and(x, y).tolist(), np.logical_or(x, y).tolist(), np.logical_not(x).tolist()),
        *(np.logical_xor(x, y).tolist(), (x & y).tolist(), (x | ~y).tolist(), np.isreal(1.0)),
        *(
            np.isnan([np.nan, 1]).tolist(),
            np.isinf([np.inf]).all(),
            np.isfinite(1.0),
            np.isscalar(3),
        ),
        *(np.iscomplex(1j), np.isneginf(-np.inf), np.isposinf(1.0)),
    )


@calls()
def arithmetic():
    x, y = np.array([7, -7, 8]), np.array([2, 2, 3])
    return [
        *(Tensor(v) for v in (np.add(x, y), np.subtract(x, y), np.multiply(x, y), np.divide(x, y))),
        *(
            Tensor(v)
            for v in (np.floor_divide(x, y), np.mod(x, y), np.remainder(x, y), np.fmod(x, y))
        ),
        *(
            Tensor(v)
            for v in (np.power(y, 2), np.negative(x), np.abs(x), np.sign(x), np.divmod(x, y)[1])
        ),
        *(Tensor(v) for v in (x // 2, x % 3, x**2, -x, x @ y, +x, x << 1, x >> 1, x ^ y, ~x)),
    ]


@calls()
def mathematics():
    x = np.array([0.5, 1.0, 2.0])
    functions = (
        *(np.sin, np.cos, np.tan, np.arctan, np.sinh, np.cosh, np.tanh, np.exp, np.expm1, np.exp2),
        *(np.log, np.log2, np.log10, np.log1p, np.sqrt, np.cbrt, np.square, np.reciprocal),
        *(np.floor, np.ceil, np.trunc, np.rint, np.degrees, np.radians, np.positive, np.fabs),
    )
    return [Tensor(f(x).astype(np.float32)) for f in functions]


@calls()
def mathematics_of_two():
    x, y = np.array([3.0, -4.0]), np.array([4.0, 3.0])
    functions = (
        np.hypot,
        np.arctan2,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
        np.copysign,
        np.logaddexp,
    )
    return [Tensor(f(x, y).astype(np.float32)) for f in functions]


@calls()
def sums_and_differences():
    x = np.array([1, 2, 4, 7])
    return (
        *(
            np.sum(x),
            np.prod(x),
            np.cumsum(x).tolist(),
            np.cumprod(x).tolist(),
            np.diff(x).tolist(),
        ),
        *(
            np.ediff1d(x).tolist(),
            np.gradient(x.astype(float)).tolist(),
            np.cross([1, 0, 0], [0, 1, 0]).tolist(),
        ),
        *(np.nansum([1, np.nan]), np.trapezoid([1, 2]) if hasattr(np, "trapezoid") else 1.5),
    )


@calls()
def statistics():
    x = np.array([[4, 1], [3, 2]])
    return (
        *(
            np.mean(x),
            np.median(x),
            np.std(x),
            np.var(x, axis=0).tolist(),
            np.average(x, weights=x),
        ),
        *(
            np.amax(x),
            np.amin(x, 1).tolist(),
            np.ptp(x),
            np.percentile(x, 50),
            np.quantile(x, 0.25),
        ),
        *(np.corrcoef(x)[0, 1].round(3), np.cov(x).tolist(), np.histogram(x, 2)[0].tolist()),
        *(
            np.bincount([1, 1, 2]).tolist(),
            np.digitize([1, 5], [0, 3]).tolist(),
            np.nanmax([np.nan, 1]),
        ),
    )
