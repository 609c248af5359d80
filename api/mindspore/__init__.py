"""MindSpore's names on Foldaway.

`python -m foldaway.mindspore script.py` runs a script that says `import mindspore`; a program may
also say `from foldaway import mindspore`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.html>.
"""

import sys
from typing import NoReturn

from foldaway import context, nn, numpy, ops
from foldaway.context import (
    GRAPH_MODE,
    LAX,
    PYNATIVE_MODE,
    STRICT,
    get_context,
    set_context,
    set_device,
)
from foldaway.gradients import get_grad
from foldaway.gradients import mindspore_grad as grad
from foldaway.gradients import mindspore_value_and_grad as value_and_grad
from foldaway.ops import constexpr

from . import common, dtype, log, modules
from .common import *  # noqa: F403
from .common import __all__ as _common
from .decorators import ms_function
from .language import from_numpy, set_recursion_limit, tensor

__version__ = "2.10.0"
"""The release of MindSpore whose names and rules these are."""

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    "GRAPH_MODE",
    "LAX",
    "PYNATIVE_MODE",
    "STRICT",
    "common",
    "constexpr",
    "context",
    "dtype",
    "from_numpy",
    "get_context",
    "get_grad",
    "grad",
    "log",
    "ms_function",
    "nn",
    "numpy",
    "ops",
    "set_context",
    "set_device",
    "set_recursion_limit",
    "tensor",
    "value_and_grad",
    *(name for name in _common if name != "initializer"),
]

modules.provide(__name__)


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"'mindspore.{name}' isn't part of Foldaway, which has the language, tensors, and the"
        " cells and operators in nn, ops and numpy",
        name=name,
        obj=sys.modules[__name__],
    )
