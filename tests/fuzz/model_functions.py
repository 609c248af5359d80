"""The functions of `ops` on the model's tensors. Two numbers meet in int64 or float32."""

import types

import numpy as np

from .model_tensor import Tensor, called, convert, float32, promoted, where, wrap


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
    maximum=lambda x, y: called(np.maximum, x, y),
    minimum=lambda x, y: called(np.minimum, x, y),
    relu=lambda x: called(np.maximum, x, 0),
    where=where,
    concat=_joined(np.concatenate),
    stack=_joined(np.stack),
)
