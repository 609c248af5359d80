"""`mindspore.common`: what MindSpore's programs import from there."""

from foldaway.initializer import initializer, set_seed
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor

from . import dtype
from .decorators import jit, jit_class, mutable
from .dtype import *  # noqa: F403
from .dtype import __all__ as _dtypes

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    "Parameter",
    "Tensor",
    "dtype",
    "initializer",
    "jit",
    "jit_class",
    "mutable",
    "set_seed",
    *_dtypes,
]
