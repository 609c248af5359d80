"""How long calls take on the device, by its own marks, and the peers that do the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from statistics import median
from typing import Any, Protocol

from .gpu_cases import Case

_WARM, _GROUPS = 3, 7
_SECONDS_OF_GROUP = 0.02
_MOST_CALLS = 1000


class Mark(Protocol):
    """A mark in the device's stream."""

    def since(self, earlier: Any) -> float:
        """Return the seconds since an earlier one."""
        ...


class Timer:
    """Takes the median of some groups of calls, each between two marks."""

    def __init__(self, mark: Callable[[], Mark]):
        self._mark = mark

    def measure(self, call: Callable[[], object]) -> float:
        """Return the seconds that a call takes, warm."""
        for _ in range(_WARM):
            call()
        once = self._group(call, 3)
        count = min(max(int(_SECONDS_OF_GROUP / max(once, 1e-7)), 1), _MOST_CALLS)
        return median(self._group(call, count) for _ in range(_GROUPS))

    def _group(self, call: Callable[[], object], count: int) -> float:
        # Until the first is under way the device idles, which is no part of the time.
        call()
        first = self._mark()
        for _ in range(count):
            call()
        return self._mark().since(first) / count


@dataclass(frozen=True)
class Peer:
    """Another compiler, or none, for the same functions."""

    name: str
    version: str
    is_compiled: bool
    torch: Any

    def call(self, case: Case, arrays: list[Any]) -> Callable[[], object]:
        """Return a call of a case's function in torch's way."""
        torch: Any = self.torch
        given = [_to_torch(torch, array) for array in arrays]
        theirs: Any = case.torch

        def function(*tensors: Any) -> Any:
            return theirs(torch, *tensors)

        if self.is_compiled:
            torch.compiler.reset()
            function = torch.compile(function)
        return lambda: function(*given)


def _to_torch(torch: Any, array: Any) -> Any:
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.astype("float32")).cuda().bfloat16()
    return torch.from_numpy(array).cuda()


def torch_peers(compiled: bool) -> list[Peer]:
    """Return torch, and torch.compile, where they and a device are there."""
    try:
        torch: Any = import_module("torch")
        if not torch.cuda.is_available():
            return []
    except ImportError:
        return []
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.set_grad_enabled(False)
    version = f"{torch.__version__} for CUDA {torch.version.cuda}, without TF32"
    peers = [Peer("torch", version, False, torch)]
    return [*peers, Peer("torch.compile", version, True, torch)] if compiled else peers
