"""An NVIDIA GPU through the driver's library alone.

It works in the primary context, which other libraries of the process share, and in the stream that
the caller names, CUDA's default stream if none.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from weakref import WeakValueDictionary

from ...runtime.locks import ForkSafeLock
from .cuda_library import CudaLibrary, GpuError, NoGpu, load_library
from .device import KernelText
from .interop import CUDA

_MAJOR, _MINOR, _PROCESSORS, _POOLS, _READS_HOST = 75, 76, 16, 115, 88
"""CUDA's numbers of attributes of a device."""
_DYNAMIC_SHARED = 8
_USUAL_SHARED = 48 << 10
"""Bytes of shared memory of a block that needn't be asked for."""
_ARCHES = ((90, "sm_90"), (80, "sm_80"))
"""What code is made for, by the first compute capability that runs it."""
_INFO, _INFO_BYTES, _ERROR, _ERROR_BYTES = 3, 4, 5, 6
_LOG = 16 << 10
_NO_TIMING = 2
_MEMORY_TYPE, _OF_HOST = 2, 1
_TAKEN_AT_ONCE = 64 << 10
"""Bytes up to which the driver has copied what it shall send when a call returns."""
_OLD_MODULES = 32

_STREAM: ContextVar[int] = ContextVar("stream", default=0)


@contextmanager
def working_in(stream: int) -> Generator[None]:
    """Let what is computed inside go into a stream of CUDA's, by its handle."""
    token = _STREAM.set(stream)
    try:
        yield
    finally:
        _STREAM.reset(token)


class CudaModule:
    """Kernels in the memory of a device."""

    def __init__(self, device: CudaDevice, handle: int, handles: Mapping[str, int]) -> None:
        self._device = device
        self._handle = handle
        self.handles = handles

    def __del__(self) -> None:
        # Its kernels may still be running.
        self._device.old_modules.append(self._handle)


class CudaDevice:
    """One NVIDIA GPU. Any number of threads may use it at once."""

    target = "nvptx"
    is_simulated = False

    def __init__(self, library: CudaLibrary, number: int = 0) -> None:
        """Raises `NoGpu` where there is no such device, or it is too old."""
        self._library = library
        self._process = os.getpid()
        library("cuInit", 0)
        count = ctypes.c_int()
        library("cuDeviceGetCount", ctypes.byref(count))
        if number >= count.value:
            raise NoGpu(f"there is no GPU {number}: there are {count.value}")
        device = ctypes.c_int()
        library("cuDeviceGet", ctypes.byref(device), number)
        self._device = device.value
        name = ctypes.create_string_buffer(256)
        library("cuDeviceGetName", name, len(name), device)
        self.name = name.value.decode(errors="replace")
        self.capability = self.attribute(_MAJOR) * 10 + self.attribute(_MINOR)
        self.arch = self._arch()
        self.processors = self.attribute(_PROCESSORS)
        self.dlpack_device = (CUDA, number)
        self._has_pools = bool(self.attribute(_POOLS))
        self._reads_host = bool(self.attribute(_READS_HOST))
        context = ctypes.c_void_p()
        library("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self.context = context.value or 0
        self.functions: Mapping[str, int] = {
            "launch": library.address("cuLaunchKernel"),
            "to_host": library.address("cuMemcpyDtoH_v2"),
            "to_device": library.address("cuMemcpyHtoD_v2"),
            "wait": library.address("cuStreamSynchronize"),
            "get_context": library.address("cuCtxGetCurrent"),
            "set_context": library.address("cuCtxSetCurrent"),
        }
        self.old_modules: list[int] = []
        self._modules: WeakValueDictionary[str, CudaModule] = WeakValueDictionary()
        self._lock = ForkSafeLock()

    @property
    def driver_version(self) -> str:
        """The newest CUDA that the driver knows: `13.0`."""
        version = ctypes.c_int()
        self._library("cuDriverGetVersion", ctypes.byref(version))
        return f"{version.value // 1000}.{version.value % 1000 // 10}"

    def attribute(self, number: int) -> int:
        """Return an attribute of the device, by CUDA's number."""
        value = ctypes.c_int()
        self._library("cuDeviceGetAttribute", ctypes.byref(value), number, self._device)
        return value.value

    def _arch(self) -> str:
        for capability, arch in _ARCHES:
            if self.capability >= capability:
                return arch
        raise NoGpu(
            f"'{self.name}' has compute capability {self.capability / 10}; 8.0 is the least"
        )

    def stream(self) -> int:
        """Return the stream in which the calling thread works.

        Raises `GpuError` in a child of the process that has begun to use the device.
        """
        if os.getpid() != self._process:
            raise GpuError("a forked child can't use the GPU of its parent: start it with 'spawn'")
        return _STREAM.get()

    def enter(self) -> int:
        """Let the calling thread call the driver; return its stream. Raises as `stream` does."""
        stream = self.stream()
        current = ctypes.c_void_p()
        self._library("cuCtxGetCurrent", ctypes.byref(current))
        if current.value != self.context:
            self._library("cuCtxSetCurrent", self.context)
        return stream

    def order(self, first: int, then: int) -> None:
        """Let what will be put into one stream wait for what another has now."""
        self.enter()
        event = ctypes.c_void_p()
        self._library("cuEventCreate", ctypes.byref(event), _NO_TIMING)
        try:
            self._library("cuEventRecord", event, first)
            self._library("cuStreamWaitEvent", then, event, 0)
        finally:
            # It is destroyed when nothing waits for it any more.
            self._library("cuEventDestroy_v2", event)

    def load(self, kernels: KernelText) -> CudaModule:
        """Return loaded kernels; the same text is loaded once.

        Raises `GpuError` with what the driver's compiler says of PTX that it refuses.
        """
        from .ptx import to_ptx

        self.enter()
        ptx = to_ptx(kernels.text, self.arch)
        with self._lock:
            self._unload()
            found = self._modules.get(ptx)
            if found is None:
                found = self._modules[ptx] = self._load(ptx, kernels)
        return found

    def _load(self, ptx: str, kernels: KernelText) -> CudaModule:
        module = self.compile_ptx(ptx)
        handles: dict[str, int] = {}
        # From here on it is unloaded, whatever happens.
        loaded = CudaModule(self, module.value or 0, handles)
        for name, kernel in kernels.kernels.items():
            function = ctypes.c_void_p()
            self._library("cuModuleGetFunction", ctypes.byref(function), module, name.encode())
            if kernel.shared_bytes > 0:
                self._library("cuFuncSetAttribute", function, _DYNAMIC_SHARED, kernel.shared_bytes)
            handles[name] = function.value or 0
        return loaded

    def compile_ptx(self, ptx: str) -> ctypes.c_void_p:
        """Return the module of a text in PTX.

        Raises `GpuError` with what the driver's compiler says of a text that it refuses.
        """
        self.enter()
        module = ctypes.c_void_p()
        info, error = ctypes.create_string_buffer(_LOG), ctypes.create_string_buffer(_LOG)
        options = (ctypes.c_int * 4)(_INFO, _INFO_BYTES, _ERROR, _ERROR_BYTES)
        values = (ctypes.c_void_p * 4)(ctypes.addressof(info), _LOG, ctypes.addressof(error), _LOG)
        arguments = (ctypes.byref(module), ptx.encode() + b"\0", 4, options, values)
        try:
            self._library("cuModuleLoadDataEx", *arguments)
        except GpuError as refused:
            said = error.value.decode(errors="replace").strip()
            raise type(refused)(f"{refused}\n{said}".strip(), refused.code) from None
        return module

    def _unload(self) -> None:
        """Unload modules that nobody refers to, when they are many: that waits for the device."""
        if len(self.old_modules) >= _OLD_MODULES:
            old, self.old_modules = self.old_modules, []
            self.synchronize()
            for handle in old:
                self._library("cuModuleUnload", handle)

    def allocate(self, size: int) -> int:
        """Return the address of new memory, a multiple of 256."""
        stream = self.enter()
        address = ctypes.c_uint64()
        size = max(size, 1)
        if self._has_pools:
            self._library("cuMemAllocAsync", ctypes.byref(address), size, stream)
        else:
            self._library("cuMemAlloc_v2", ctypes.byref(address), size)
        return address.value

    def free(self, address: int) -> None:
        """Give memory back; what was launched before may still use it."""
        stream = self.enter()
        if self._has_pools:
            self._library("cuMemFreeAsync", address, stream)
        else:
            self._library("cuMemFree_v2", address)

    def copy_in(self, to: int, source: int, size: int) -> None:
        """Copy from the host; the source may change when this returns."""
        stream = self.enter()
        self._library("cuMemcpyHtoDAsync_v2", to, source, size, stream)
        # From page-locked memory the device may not have it by now; nor from ordinary memory,
        # if it is one that reads that by itself.
        is_long = size > _TAKEN_AT_ONCE
        if (is_long and self._reads_host) or self._is_page_locked(source):
            self._library("cuStreamSynchronize", stream)

    def copy_out(self, to: int, source: int, size: int) -> None:
        """Copy to the host, when all that was launched before is done."""
        stream = self.enter()
        self._library("cuMemcpyDtoHAsync_v2", to, source, size, stream)
        self._library("cuStreamSynchronize", stream)

    def copy(self, to: int, source: int, size: int) -> None:
        """Copy on the device, after what was launched before."""
        self._library("cuMemcpyDtoDAsync_v2", to, source, size, self.enter())

    def synchronize(self) -> None:
        """Wait until all is done; raises what went wrong meanwhile."""
        self.enter()
        self._library("cuCtxSynchronize")

    def error(self, code: int) -> Exception:
        """Return the exception for the number that one of the functions returned."""
        return self._library.error(code)

    def new_event(self) -> CudaEvent:
        """Return a mark in the stream of the calling thread, where it is now."""
        return CudaEvent(self._library, self.enter())

    def _is_page_locked(self, address: int) -> bool:
        kind = ctypes.c_int()
        asked = (ctypes.byref(kind), _MEMORY_TYPE, address)
        return self._library.says("cuPointerGetAttribute", *asked) and kind.value == _OF_HOST


class CudaEvent:
    """A mark in a stream."""

    def __init__(self, library: CudaLibrary, stream: int) -> None:
        self._library = library
        self._event = ctypes.c_void_p()
        library("cuEventCreate", ctypes.byref(self._event), 0)
        library("cuEventRecord", self._event, stream)

    def since(self, earlier: CudaEvent) -> float:
        """Return the seconds from an earlier mark to this one; waits for it."""
        self._library("cuEventSynchronize", self._event)
        milliseconds = ctypes.c_float()
        marks = (earlier._event, self._event)
        self._library("cuEventElapsedTime", ctypes.byref(milliseconds), *marks)
        return milliseconds.value / 1e3

    def __del__(self) -> None:
        if self._event:
            self._library.says("cuEventDestroy_v2", self._event)


@cache
def cuda_device(number: int = 0) -> CudaDevice:
    """Return a GPU of this machine.

    Raises `NoGpu` where there is none that the code could run on.
    """
    return CudaDevice(load_library(), number)
