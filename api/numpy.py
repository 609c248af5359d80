"""`foldaway.numpy`: NumPy's functions on tensors, with the names and dtypes of `mindspore.numpy`.

They compile where NumPy's own would run in Python. Python integers become int32 and floats float32.
NumPy's functions find these by themselves: `numpy.sum(tensor)` is `sum` of this module.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from foldaway.dialects.dtypes import (
    bool_,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from foldaway.runtime.dispatch import apply
from foldaway.runtime.numpy_protocols import implements
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import Axes

from . import shaping
from .elementwise import (
    Input,
    abs,
    add,
    ceil,
    clip,
    cos,
    exp,
    floor,
    log,
    maximum,
    minimum,
    mod,
    reciprocal,
    sign,
    sin,
    sqrt,
    square,
    tan,
    tanh,
    tensor_of,
    trunc,
)
from .elementwise import div as divide
from .elementwise import floor_div as floor_divide
from .elementwise import mul as multiply
from .elementwise import neg as negative
from .elementwise import pow as power
from .elementwise import round as rounded
from .elementwise import sub as subtract
from .logic import (
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    equal,
    greater,
    greater_equal,
    invert,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    not_equal,
    where,
)
from .numpy_creation import (
    arange,
    array,
    asarray,
    empty,
    empty_like,
    eye,
    full,
    full_like,
    identity,
    linspace,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from .products import dot, inner, matmul, outer, tensordot
from .reductions import (
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    average,
    mean,
    prod,
    ptp,
    std,
    sum,
    var,
)
from .shaping import (
    broadcast_to,
    expand_dims,
    flip,
    hstack,
    moveaxis,
    ravel,
    repeat,
    squeeze,
    stack,
    swapaxes,
    tile,
    vstack,
)

pi = 3.141592653589793
e = 2.718281828459045
inf = float("inf")
nan = float("nan")
newaxis = None
int_ = int32
float_ = float32

absolute = abs
max = amax
min = amin
remainder = mod
true_divide = divide
rint = rounded

__all__ = [
    "Tensor",
    "abs",
    "absolute",
    "add",
    "all",
    "amax",
    "amin",
    "any",
    "arange",
    "argmax",
    "argmin",
    "around",
    "array",
    "asarray",
    "average",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bool_",
    "broadcast_to",
    "ceil",
    "clip",
    "concatenate",
    "copy",
    "cos",
    "divide",
    "dot",
    "e",
    "empty",
    "empty_like",
    "equal",
    "exp",
    "expand_dims",
    "eye",
    "flip",
    "float16",
    "float32",
    "float64",
    "float_",
    "floor",
    "floor_divide",
    "full",
    "full_like",
    "greater",
    "greater_equal",
    "hstack",
    "identity",
    "inf",
    "inner",
    "int8",
    "int16",
    "int32",
    "int64",
    "int_",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "linspace",
    "log",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mod",
    "moveaxis",
    "multiply",
    "nan",
    "ndim",
    "negative",
    "newaxis",
    "not_equal",
    "ones",
    "ones_like",
    "outer",
    "pi",
    "power",
    "prod",
    "ptp",
    "ravel",
    "reciprocal",
    "remainder",
    "repeat",
    "reshape",
    "rint",
    "round",
    "shape",
    "sign",
    "sin",
    "size",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum",
    "swapaxes",
    "tan",
    "tanh",
    "tensordot",
    "tile",
    "transpose",
    "true_divide",
    "trunc",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "var",
    "vstack",
    "where",
    "zeros",
    "zeros_like",
]


def reshape(x: Input, new_shape: int | Sequence[int]) -> Tensor:
    """Return the same elements in another shape; one extent may be -1."""
    return tensor_of(x).reshape(new_shape)


def transpose(a: Input, axes: Sequence[int] | None = None) -> Tensor:
    """Return the tensor with its axes in another order, reversed by default."""
    return apply("transpose", tensor_of(a), axes)


def concatenate(arrays: shaping.Inputs, axis: int | None = 0) -> Tensor:
    """Return the tensors one after the other along an axis; None: all flattened."""
    if axis is None:
        return shaping.concat([tensor_of(x).ravel() for x in arrays], 0)
    return shaping.concat(arrays, axis)


def split(x: Input, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Return so many equal parts, or the parts between the given places.

    Raises `ValueError` for an extent that doesn't divide.
    """
    return list(shaping.split_at(x, indices_or_sections, axis))


def around(a: Input, decimals: int = 0) -> Tensor:
    """Return the nearest numbers of so many decimals; halves go to the even one."""
    return rounded(a, decimals=decimals)


def copy(a: Input) -> Tensor:
    """Return a tensor of the same elements that changes on its own."""
    return Tensor(a)


def shape(a: Input) -> tuple[int, ...]:
    """Return the extent of each axis."""
    return tensor_of(a).shape


def ndim(a: Input) -> int:
    """Return the number of axes."""
    return tensor_of(a).ndim


def size(a: Input, axis: Axes = None) -> int:
    """Return the number of elements, or the extent of an axis."""
    x = tensor_of(a)
    return x.size if not isinstance(axis, int) else x.shape[axis]


round = around

for _there, _here in {
    **{np.sum: sum, np.prod: prod, np.mean: mean, np.var: var, np.std: std, np.average: average},
    **{np.amax: amax, np.amin: amin, np.max: amax, np.min: amin, np.ptp: ptp},
    **{np.argmax: argmax, np.argmin: argmin, np.any: any, np.all: all, np.where: where},
    **{np.transpose: transpose, np.swapaxes: swapaxes, np.moveaxis: moveaxis, np.flip: flip},
    **{np.squeeze: squeeze, np.expand_dims: expand_dims, np.broadcast_to: broadcast_to},
    **{np.ravel: ravel, np.reshape: reshape, np.tile: tile, np.repeat: repeat, np.copy: copy},
    **{np.concatenate: concatenate, np.stack: stack, np.hstack: hstack, np.vstack: vstack},
    **{np.split: split, np.clip: clip, np.around: around, np.round: around},
    **{np.dot: dot, np.inner: inner, np.outer: outer, np.tensordot: tensordot},
    **{np.zeros_like: zeros_like, np.ones_like: ones_like, np.full_like: full_like},
    **{np.shape: shape, np.ndim: ndim, np.size: size},
    **{np.square: square, np.reciprocal: reciprocal, np.tan: tan, np.positive: copy},
    **{np.logical_and: logical_and, np.logical_or: logical_or, np.logical_xor: logical_xor},
    **{np.logical_not: logical_not, np.isnan: isnan, np.isinf: isinf, np.isfinite: isfinite},
}.items():
    implements(_there)(_here)
