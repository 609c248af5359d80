"""MindSpore's names on Foldaway.

`python -m foldaway.mindspore script.py` runs a script that says `import mindspore`; a program may
also say `from foldaway import mindspore`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.html>.
"""

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

from . import common, dtype, modules
from .common import *  # noqa: F403
from .common import __all__ as _common
from .decorators import ms_function

__version__ = "2.10.0"
"""The release of MindSpore whose names and rules these are."""

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    "GRAPH_MODE",
    "LAX",
    "PYNATIVE_MODE",
    "STRICT",
    "common",
    "context",
    "dtype",
    "get_context",
    "ms_function",
    "nn",
    "numpy",
    "ops",
    "set_context",
    "set_device",
    *(name for name in _common if name != "initializer"),
]

modules.provide(__name__)
