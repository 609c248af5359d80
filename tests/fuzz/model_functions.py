"""The functions of `ops` on the model's tensors. Two numbers meet in int64 or float32."""

import types

import numpy as np

from .model_tensor import Tensor, binary, convert, float32, int64, promoted, wrap


def where(condition, left, right):
    """Return elements of `left` where the condition holds, else of `right`."""
    return _called(lambda x, y: np.where(_data(condition), x, y), left, right)


def _data(value):
    return value.data if isinstance(value, Tensor) else Tensor(value).data


def _called(function, left, right):
    """Return what a function of two operands gives; an operator would ask the other operand."""
    if isinstance(left, bool | int | float) and isinstance(right, bool | int | float):
        left = Tensor(left, float32 if isinstance(left + right, float) else int64)
    elif not isinstance(left, Tensor) and not isinstance(right, Tensor):
        left = Tensor(left)
    made = binary(function, left, right)
    if made is NotImplemented:
        raise TypeError("not a tensor")
    return made


def _elementwise(function):
    def compute(value):
        tensor = value if isinstance(value, Tensor) else Tensor(value)
        dtype = tensor.dtype if tensor.dtype.kind == "f" else float32
        with np.errstate(all="ignore"):
            return wrap(function(convert(tensor.data, dtype)))

    return compute


def _joined(function):
    def compute(tensors, axis=0):
        dtype = tensors[0].dtype
        for tensor in tensors[1:]:
            dtype = promoted(dtype, tensor.dtype)
        return wrap(function([convert(tensor.data, dtype) for tensor in tensors], axis=axis))

    return compute


ops = types.SimpleNamespace(
    abs=abs,
    exp=_elementwise(np.exp),
    sqrt=_elementwise(np.sqrt),
    tanh=_elementwise(np.tanh),
    maximum=lambda x, y: _called(np.maximum, x, y),
    minimum=lambda x, y: _called(np.minimum, x, y),
    relu=lambda x: _called(np.maximum, x, 0),
    where=where,
    concat=_joined(np.concatenate),
    stack=_joined(np.stack),
)
