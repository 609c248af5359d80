"""`foldaway.nn`: cells and layers, by MindSpore's names.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.nn.html>.
"""

from __future__ import annotations

from .nn_cell import Cell
from .nn_containers import CellList, SequentialCell
from .nn_convolution import AvgPool1d, AvgPool2d, Conv1d, Conv2d, MaxPool1d, MaxPool2d
from .nn_layers import (
    GELU,
    Dense,
    Dropout,
    Flatten,
    Identity,
    LayerNorm,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    get_activation,
)

__all__ = [
    "GELU",
    "AvgPool1d",
    "AvgPool2d",
    "Cell",
    "CellList",
    "Conv1d",
    "Conv2d",
    "Dense",
    "Dropout",
    "Flatten",
    "Identity",
    "LayerNorm",
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "ReLU",
    "SequentialCell",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "get_activation",
]
