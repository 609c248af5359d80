"""What only a real device can say of the runtime: torch's memory and streams, and errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from foldaway.runtime.tensor import Tensor

from . import gpu
from .dlpack import from_dlpack
from .gpu_functions import scaled_relu
from .jit import jit

Check = Callable[[Any, Any], Generator[str]]
_EXTENT = 1 << 20


def runtime_problems(device: Any, torch: Any | None) -> Generator[tuple[str, list[str]]]:
    """Give the name of each check, and what it found wrong."""
    for check in _ALONE if torch is None else (*_ALONE, *_WITH_TORCH):
        name = check.__name__.strip("_").replace("_", " ")
        try:
            yield name, list(check(device, torch))
        except Exception as error:
            yield name, [f"{type(error).__name__}: {str(error)[:300]}"]


def _results_stay_on_the_device(device: Any, torch: Any) -> Generator[str]:
    function, x = jit(scaled_relu), Tensor(np.arange(-9, 9, dtype=np.float32))
    y = function(x, x)
    if not y.is_on_device:
        yield "a result isn't on the device"
    for _ in range(3):
        y = function(y, y)
    if y.tolist() != [float(max(n, 0)) * 81 for n in range(-9, 9)]:
        yield f"the numbers are {y.tolist()}"


def _other_threads(device: Any, torch: Any) -> Generator[str]:
    function, x = jit(scaled_relu), Tensor(np.ones(1000, np.float32))
    y, found = function(x, x), list[object]()
    threads = [
        threading.Thread(target=lambda: found.append(function(y, x).asnumpy().sum()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if found != [7000.0] * 4:
        yield f"threads got {found}"


def _refused_code(device: Any, torch: Any) -> Generator[str]:
    from foldaway.backends.gpu.cuda_library import GpuError

    try:
        device.compile_ptx(".version 7.0\n.target sm_80\n.address_size 64\nnonsense;\n")
    except GpuError as error:
        if "nonsense" not in str(error) and "line" not in str(error):
            yield f"the driver's compiler isn't quoted: {error}"
    else:
        yield "PTX that is none was taken"


def _too_much_memory(device: Any, torch: Any) -> Generator[str]:
    try:
        device.allocate(1 << 50)
    except MemoryError:
        return
    yield "there is a PiB of memory"


def _memory_of_torch(device: Any, torch: Any) -> Generator[str]:
    theirs = torch.arange(_EXTENT, device="cuda", dtype=torch.float32)
    x = from_dlpack(theirs)
    if x.__cuda_array_interface__["data"][0] != theirs.data_ptr():
        yield "the memory isn't shared"
    y = jit(scaled_relu)(x, x)
    back = torch.from_dlpack(y)
    if back.data_ptr() != y.__cuda_array_interface__["data"][0]:
        yield "torch has a copy of ours"
    if not torch.equal(back, theirs * 3):
        yield "torch sees other numbers"
    also = torch.as_tensor(y, device="cuda")
    if also.data_ptr() != back.data_ptr():
        yield "CUDA's array interface gives other memory"
    odd = torch.arange(1001, device="cuda", dtype=torch.float32)[1:]
    if from_dlpack(odd).tolist() != odd.tolist():
        yield "memory that isn't aligned gives other numbers"
    half = torch.ones(8, device="cuda", dtype=torch.bfloat16)
    if torch.from_dlpack(jit(scaled_relu)(from_dlpack(half), from_dlpack(half))).sum() != 24:
        yield "bfloat16 gives other numbers"


def _streams_of_torch(device: Any, torch: Any) -> Generator[str]:
    stream, function = torch.cuda.Stream(), jit(scaled_relu)
    first = Tensor(np.ones(_EXTENT, np.float32))
    early = function(first, first)
    with torch.cuda.stream(stream), gpu.stream(stream.cuda_stream):
        theirs = torch.ones(_EXTENT, device="cuda")
        for _ in range(50):
            theirs = theirs + 1
        late = function(from_dlpack(theirs), early)
    after = function(late, late)
    if set(after.asnumpy()[::1000].tolist()) != {(51 * 2 + 3) * 3.0}:
        yield f"streams give {after.asnumpy()[:3]}"


_ALONE: tuple[Check, ...] = (
    _results_stay_on_the_device,
    _other_threads,
    _refused_code,
    _too_much_memory,
)
_WITH_TORCH: tuple[Check, ...] = (_memory_of_torch, _streams_of_torch)
