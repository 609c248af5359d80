"""What MindSpore's programs say to its compiler: options, and functions that run while compiling.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.html>.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from foldaway import context
from foldaway.runtime.tensor import Tensor

Thing = TypeVar("Thing")

_CHOICES: dict[str, tuple[str, ...]] = {
    "jit_level": ("", "O0", "O1", "O2"),
    "exc_mode": ("auto", "sink", "no_sink"),
    "jit_syntax_level": ("", "STRICT", "COMPATIBLE", "LAX"),
    "debug_level": ("RELEASE", "DEBUG"),
    "infer_boost": ("on", "off"),
}


class JitConfig:
    """Options of one compiled function or Cell; `jit_syntax_level` says STRICT or LAX.

    The others are MindSpore's and change nothing here. Raises ValueError for a value that an
    option can't have.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.JitConfig.html>.
    """

    def __init__(
        self,
        jit_level: str = "",
        exc_mode: str = "auto",
        jit_syntax_level: str = "",
        debug_level: str = "RELEASE",
        infer_boost: str = "off",
        **kwargs: object,
    ):
        self.jit_config_dict: dict[str, object] = {
            "jit_level": jit_level,
            "exc_mode": exc_mode,
            "jit_syntax_level": jit_syntax_level,
            "debug_level": debug_level,
            "infer_boost": infer_boost,
            **kwargs,
        }
        for name, choices in _CHOICES.items():
            if self.jit_config_dict[name] not in choices:
                given = self.jit_config_dict[name]
                known = [choice for choice in choices if choice]
                raise ValueError(f"For '{name}' must be one of '{known}', but got {given!r}.")

    @property
    def jit_syntax_level(self) -> object:
        """STRICT, COMPATIBLE or LAX; empty where the context decides."""
        return self.jit_config_dict["jit_syntax_level"]

    def __repr__(self) -> str:
        return f"JitConfig({self.jit_config_dict})"


def lazy_inline(
    fn: Callable[..., Any] | None = None, attrs: object = None, policy: object = None
) -> Any:
    """Return the function, or a decorator that does: when it is inlined doesn't matter."""
    return _same if fn is None else fn


def no_inline(fn: Callable[..., Any] | None = None) -> Any:
    """Return the function, or a decorator that does: when it is inlined doesn't matter."""
    return _same if fn is None else fn


def recompute(block: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a Cell or a function gives: what gradients keep of it doesn't matter.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.recompute.html>.
    """
    return block(*args, **kwargs)


def is_tensor(obj: object) -> bool:
    """Return whether an object is a tensor.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.is_tensor.html>.
    """
    return isinstance(obj, Tensor)


def from_numpy(array: Any) -> Tensor:
    """Return a tensor of an array's elements; see `Tensor.from_numpy`.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.from_numpy.html>.
    """
    return Tensor.from_numpy(array)


def set_recursion_limit(recursion_limit: int = 1000) -> None:
    """Keep how deep calls may be nested in MindSpore's compiler, as `max_call_depth`."""
    context.set_context(max_call_depth=recursion_limit)


def tensor(
    input_data: object = None,
    dtype: object = None,
    shape: int | tuple[int, ...] | None = None,
    init: object = None,
    const_arg: bool = False,
) -> Tensor:
    """Return a new tensor; see `Tensor`.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.tensor.html>.
    """
    if input_data is None:
        return Tensor(dtype=dtype, shape=shape, init=init)
    return Tensor(input_data, dtype, shape, init)


def _same(thing: Thing) -> Thing:
    return thing


__all__ = [
    "JitConfig",
    "from_numpy",
    "is_tensor",
    "lazy_inline",
    "no_inline",
    "recompute",
    "set_recursion_limit",
    "tensor",
]
