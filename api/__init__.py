"""Foldaway: one graph from dynamic Python.

`jit` compiles a function over tensors; `nn`, `ops` and `numpy` are what it may call.
"""

from __future__ import annotations

from foldaway.dialects.dtypes import (
    DType,
    bfloat16,
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
from foldaway.dialects.source import CompileError
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.threads import get_num_threads, set_num_threads

from . import context, nn, numpy, ops
from .context import GRAPH_MODE, LAX, PYNATIVE_MODE, STRICT, get_context, set_context
from .gradients import grad, value_and_grad
from .initializer import set_seed
from .jit import jit, ms_function

__all__ = [
    "GRAPH_MODE",
    "LAX",
    "PYNATIVE_MODE",
    "STRICT",
    "CompileError",
    "DType",
    "Parameter",
    "Tensor",
    "bfloat16",
    "bool_",
    "context",
    "float16",
    "float32",
    "float64",
    "get_context",
    "get_num_threads",
    "grad",
    "int8",
    "int16",
    "int32",
    "int64",
    "jit",
    "ms_function",
    "nn",
    "numpy",
    "ops",
    "set_context",
    "set_num_threads",
    "set_seed",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "value_and_grad",
]
