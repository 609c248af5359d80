"""NVIDIA's driver library: where it is, what its functions take, and its errors as exceptions.

Nothing but the driver is needed: no toolkit, no runtime library.
Source: <https://docs.nvidia.com/cuda/cuda-driver-api/>.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_float, c_int, c_size_t, c_uint, c_uint64, c_void_p
from typing import Any

_NAMES = ("libcuda.so.1", "libcuda.so", "nvcuda.dll")
_FOLDERS = (
    *("/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/x86_64-linux-gnu"),
    *("/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib", "/run/opengl-driver/lib"),
)
_OUT_OF_MEMORY = 2
_NO_DEVICE = 100
_STICKY = frozenset((214, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 720))
"""Errors after which the context is of no use any more."""

_launch = (c_void_p, *(c_uint,) * 7, c_void_p, c_void_p, c_void_p)
_TAKES: dict[str, tuple[Any, ...]] = {
    "cuInit": (c_uint,),
    "cuDriverGetVersion": (POINTER(c_int),),
    "cuDeviceGetCount": (POINTER(c_int),),
    "cuDeviceGet": (POINTER(c_int), c_int),
    "cuDeviceGetName": (c_char_p, c_int, c_int),
    "cuDeviceGetAttribute": (POINTER(c_int), c_int, c_int),
    "cuDevicePrimaryCtxRetain": (POINTER(c_void_p), c_int),
    "cuCtxGetCurrent": (POINTER(c_void_p),),
    "cuCtxSetCurrent": (c_void_p,),
    "cuCtxSynchronize": (),
    "cuStreamSynchronize": (c_void_p,),
    "cuStreamWaitEvent": (c_void_p, c_void_p, c_uint),
    "cuEventCreate": (POINTER(c_void_p), c_uint),
    "cuEventRecord": (c_void_p, c_void_p),
    "cuEventSynchronize": (c_void_p,),
    "cuEventElapsedTime": (POINTER(c_float), c_void_p, c_void_p),
    "cuEventDestroy_v2": (c_void_p,),
    "cuModuleLoadDataEx": (POINTER(c_void_p), c_char_p, c_uint, POINTER(c_int), POINTER(c_void_p)),
    "cuModuleUnload": (c_void_p,),
    "cuModuleGetFunction": (POINTER(c_void_p), c_void_p, c_char_p),
    "cuFuncSetAttribute": (c_void_p, c_int, c_int),
    "cuFuncGetAttribute": (POINTER(c_int), c_int, c_void_p),
    "cuLaunchKernel": _launch,
    "cuMemAlloc_v2": (POINTER(c_uint64), c_size_t),
    "cuMemFree_v2": (c_uint64,),
    "cuMemAllocAsync": (POINTER(c_uint64), c_size_t, c_void_p),
    "cuMemFreeAsync": (c_uint64, c_void_p),
    "cuPointerGetAttribute": (c_void_p, c_int, c_uint64),
    "cuMemcpyHtoD_v2": (c_uint64, c_void_p, c_size_t),
    "cuMemcpyDtoH_v2": (c_void_p, c_uint64, c_size_t),
    "cuMemcpyHtoDAsync_v2": (c_uint64, c_void_p, c_size_t, c_void_p),
    "cuMemcpyDtoHAsync_v2": (c_void_p, c_uint64, c_size_t, c_void_p),
    "cuMemcpyDtoDAsync_v2": (c_uint64, c_uint64, c_size_t, c_void_p),
}


class GpuError(RuntimeError):
    """What CUDA's driver refused, with its own name and text for it."""

    def __init__(self, message: str, code: int = 0):
        super().__init__(message)
        self.code = code
        """CUDA's number, 0 where the driver said nothing."""


class GpuMemoryError(GpuError, MemoryError):
    """The device has no memory for what was asked."""


class NoGpu(GpuError):
    """There is no driver of NVIDIA's, or no device."""


class CudaLibrary:
    """The functions of the driver, each of which raises for what it refuses."""

    def __init__(self, functions: Any) -> None:
        """`functions` is the loaded library, or what has functions of the same names."""
        self._functions = functions
        for name, takes in _TAKES.items():
            function = getattr(functions, name, None)
            if function is None:
                raise NoGpu(f"the driver of NVIDIA is too old: it has no {name}")
            function.argtypes = takes
            function.restype = c_int

    def __call__(self, name: str, *arguments: object) -> None:
        """Call a function.

        Raises `GpuError`, for lack of memory `GpuMemoryError`, without a device `NoGpu`.
        """
        code: int = getattr(self._functions, name)(*arguments)
        if code:
            raise self.error(code, name)

    def says(self, name: str, *arguments: object) -> bool:
        """Call a function that answers a question; return whether it had an answer."""
        return not getattr(self._functions, name)(*arguments)

    def address(self, name: str) -> int:
        """Return where a function is."""
        return ctypes.cast(getattr(self._functions, name), c_void_p).value or 0

    def error(self, code: int, during: str = "") -> GpuError:
        """Return the exception for the number that a function returned."""
        where = f" in {during}" if during else ""
        lost = "; nothing more can be computed on it in this process" if code in _STICKY else ""
        name, text = self._said("cuGetErrorName", code), self._said("cuGetErrorString", code)
        kind = {_OUT_OF_MEMORY: GpuMemoryError, _NO_DEVICE: NoGpu}.get(code, GpuError)
        return kind(
            f"{name or code}{where}: {text or 'an error that it has no text for'}{lost}", code
        )

    def _said(self, function: str, code: int) -> str:
        text = c_char_p()
        ask = getattr(self._functions, function, None)
        if ask is None or ask(c_int(code), ctypes.byref(text)) or text.value is None:
            return ""
        return text.value.decode(errors="replace")


def load_library() -> CudaLibrary:
    """Return the driver's library.

    Raises `NoGpu` where there is none.
    """
    for name in (*_NAMES, *(f"{folder}/{_NAMES[0]}" for folder in _FOLDERS), _found()):
        try:
            if name:
                return CudaLibrary(ctypes.CDLL(name))
        except OSError:
            continue
    raise NoGpu(f"there is no driver of NVIDIA on this machine ({_NAMES[0]})")


def _found() -> str | None:
    from ctypes.util import find_library

    return find_library("cuda")
