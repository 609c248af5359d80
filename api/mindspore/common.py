"""`mindspore.common`: what MindSpore's programs import from there."""

from foldaway.initializer import get_seed, initializer, set_seed
from foldaway.runtime.parameter import Parameter, ParameterTuple
from foldaway.runtime.tensor import Tensor

from . import dtype
from .decorators import jit, jit_class, mutable
from .dtype import *  # noqa: F403
from .dtype import __all__ as _dtypes
from .language import JitConfig, is_tensor, lazy_inline, no_inline, recompute
from .sparse import COOTensor, CSRTensor

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    "COOTensor",
    "CSRTensor",
    "JitConfig",
    "Parameter",
    "ParameterTuple",
    "Tensor",
    "dtype",
    "get_seed",
    "initializer",
    "is_tensor",
    "jit",
    "jit_class",
    "lazy_inline",
    "mutable",
    "no_inline",
    "recompute",
    "set_seed",
    *_dtypes,
]
