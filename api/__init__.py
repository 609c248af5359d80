"""Foldaway: one graph from dynamic Python.

`jit` compiles a function over tensors; `nn`, `ops` and `numpy` are what it may call.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
from foldaway.runtime.numpy_protocols import implemented_by
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.threads import get_num_threads, set_num_threads

from . import context
from .context import GRAPH_MODE, LAX, PYNATIVE_MODE, STRICT, get_context, set_context
from .jit import jit, ms_function

# The others are loaded when they are asked for: a program needs few of them.
if TYPE_CHECKING:
    from . import gpu, nn, numpy, ops
    from .dlpack import from_dlpack
    from .gradients import grad, value_and_grad
    from .initializer import set_seed

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
    "from_dlpack",
    "get_context",
    "get_num_threads",
    "gpu",
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

_LATE = {
    "from_dlpack": "dlpack",
    "grad": "gradients",
    "set_seed": "initializer",
    "value_and_grad": "gradients",
}
"""Where a name is that isn't a module's."""


def __getattr__(name: str) -> Any:
    """Return one of the names above, which is there from now on."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    found: Any = import_module(f".{_LATE.get(name, name)}", __name__)
    return globals().setdefault(name, getattr(found, name) if name in _LATE else found)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


implemented_by(lambda: import_module(".numpy", __name__))
