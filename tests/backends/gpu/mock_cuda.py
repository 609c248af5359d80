"""A driver library in Python: memory of the host, kernels that are Python functions.

It holds callers to what CUDA's driver demands: a context of the calling thread, memory that was
allocated, launches of functions that exist.
"""

import ctypes
import threading
from ctypes import CFUNCTYPE, c_float, c_int, c_size_t, c_uint, c_uint64, c_void_p

CONTEXT, NO_CONTEXT, INVALID = 7, 201, 1
OUT_OF_MEMORY, NO_DEVICE, BAD_PTX, ILLEGAL = 2, 100, 218, 700
NAMES = {
    1: b"CUDA_ERROR_INVALID_VALUE",
    2: b"CUDA_ERROR_OUT_OF_MEMORY",
    100: b"CUDA_ERROR_NO_DEVICE",
    201: b"CUDA_ERROR_INVALID_CONTEXT",
    218: b"CUDA_ERROR_INVALID_PTX",
    700: b"CUDA_ERROR_ILLEGAL_ADDRESS",
}
ATTRIBUTES = {75: 9, 76: 0, 16: 132, 115: 1}
_POINTER = c_void_p


class MockCuda:
    """`kernels` are functions of the parameters' addresses, by the name in the module."""

    def __init__(self, kernels=(), devices=1, limit=1 << 30):
        self.kernels = dict(kernels)
        self.devices, self.limit = devices, limit
        self.attributes = dict(ATTRIBUTES)
        self.launches, self.calls = [], []
        self.modules, self.unloaded = [], []
        self.memory = {}
        self.pending = 0
        self.local = threading.local()
        self.handles = {}
        for name, takes in _TAKES.items():
            setattr(self, name, CFUNCTYPE(c_int, *takes)(self._checked(name)))

    def _checked(self, name):
        work, needs_context = getattr(self, f"_{name}"), name not in _WITHOUT_CONTEXT

        def call(*arguments):
            self.calls.append(name)
            if needs_context and getattr(self.local, "context", None) != CONTEXT:
                return NO_CONTEXT
            return work(*arguments) or 0

        return call

    @property
    def used(self):
        return sum(len(block) for block in self.memory.values())

    def find(self, address, size):
        """Return whether bytes lie in what was allocated."""
        return any(
            start <= address and address + size <= start + len(block)
            for start, block in self.memory.items()
        )

    def _cuInit(self, flags):
        return 0 if self.devices else NO_DEVICE

    def _cuDriverGetVersion(self, version):
        put(c_int, version, 13000)

    def _cuDeviceGetCount(self, count):
        put(c_int, count, self.devices)

    def _cuDeviceGet(self, device, number):
        put(c_int, device, number)

    def _cuDeviceGetName(self, name, size, device):
        ctypes.memmove(name, b"mock\0", 5)

    def _cuDeviceGetAttribute(self, value, number, device):
        put(c_int, value, self.attributes.get(number, 0))

    def _cuDevicePrimaryCtxRetain(self, context, device):
        put(c_void_p, context, CONTEXT)

    def _cuCtxGetCurrent(self, context):
        put(c_void_p, context, getattr(self.local, "context", None))

    def _cuCtxSetCurrent(self, context):
        self.local.context = context

    def _cuCtxSynchronize(self):
        return self._cuStreamSynchronize(None)

    def _cuStreamSynchronize(self, stream):
        return self.pending

    def _cuStreamWaitEvent(self, stream, event, flags):
        self.calls.append(("wait", stream, event))

    def _cuEventCreate(self, event, flags):
        put(c_void_p, event, 11)

    def _cuEventRecord(self, event, stream):
        self.calls.append(("record", stream, event))

    def _cuEventSynchronize(self, event):
        return 0

    def _cuEventElapsedTime(self, milliseconds, first, second):
        put(c_float, milliseconds, 2.5)

    def _cuEventDestroy_v2(self, event):
        return 0

    def _cuModuleLoadDataEx(self, module, text, count, options, values):
        source = ctypes.string_at(text)
        wanted = (c_int * count).from_address(options)
        given = (c_void_p * count).from_address(values)
        if b"bad" in source:
            log = given[list(wanted).index(5)]
            ctypes.memmove(log, b"line 3: what is 'bad'?\0", 23)
            return BAD_PTX
        self.modules.append(source)
        put(c_void_p, module, len(self.modules))
        return 0

    def _cuModuleUnload(self, module):
        self.unloaded.append(module)

    def _cuModuleGetFunction(self, function, module, name):
        known = ctypes.string_at(name).decode()
        if known not in self.kernels:
            return 500
        handle = 1000 + list(self.kernels).index(known)
        self.handles[handle] = known
        put(c_void_p, function, handle)
        return 0

    def _cuFuncSetAttribute(self, function, attribute, value):
        self.calls.append(("shared", self.handles[function], value))

    def _cuFuncGetAttribute(self, value, attribute, function):
        return 0

    def _cuLaunchKernel(self, handle, gx, gy, gz, bx, by, bz, shared, stream, parameters, extra):
        name = self.handles.get(handle)
        if name is None or 0 in (gx, gy, gz, bx, by, bz):
            return INVALID
        self.launches.append((name, (gx, gy, gz), (bx, by, bz), shared, stream))
        return self.kernels[name](parameters)

    def _cuMemAlloc_v2(self, address, size):
        if self.used + size > self.limit:
            return OUT_OF_MEMORY
        block = (ctypes.c_ubyte * (size + 256))()
        self.memory[ctypes.addressof(block)] = block
        put(c_uint64, address, ctypes.addressof(block))
        return 0

    def _cuMemAllocAsync(self, address, size, stream):
        return self._cuMemAlloc_v2(address, size)

    def _cuMemFree_v2(self, address):
        return 0 if self.memory.pop(address, None) is not None else INVALID

    def _cuMemFreeAsync(self, address, stream):
        return self._cuMemFree_v2(address)

    def _cuPointerGetAttribute(self, data, attribute, pointer):
        return INVALID

    def _copy(self, device, size, to, source):
        if self.pending:
            return self.pending
        if not self.find(device, size):
            return INVALID
        ctypes.memmove(to, source, size)
        return 0

    def _cuMemcpyHtoD_v2(self, to, source, size):
        return self._copy(to, size, to, source)

    def _cuMemcpyDtoH_v2(self, to, source, size):
        return self._copy(source, size, to, source)

    def _cuMemcpyHtoDAsync_v2(self, to, source, size, stream):
        return self._copy(to, size, to, source)

    def _cuMemcpyDtoHAsync_v2(self, to, source, size, stream):
        return self._copy(source, size, to, source)

    def _cuMemcpyDtoDAsync_v2(self, to, source, size, stream):
        return self._copy(to, size, to, source) or self._copy(source, size, to, source)

    def _cuGetErrorName(self, code, text):
        if code not in NAMES:
            return INVALID
        put(c_void_p, text, ctypes.cast(ctypes.c_char_p(NAMES[code]), c_void_p).value)
        return 0

    def _cuGetErrorString(self, code, text):
        return self._cuGetErrorName(code, text)


def put(type, address, value):
    """Store a result where the caller wants it."""
    type.from_address(address).value = value


_TAKES = {
    "cuInit": (c_uint,),
    "cuDriverGetVersion": (_POINTER,),
    "cuDeviceGetCount": (_POINTER,),
    "cuDeviceGet": (_POINTER, c_int),
    "cuDeviceGetName": (_POINTER, c_int, c_int),
    "cuDeviceGetAttribute": (_POINTER, c_int, c_int),
    "cuDevicePrimaryCtxRetain": (_POINTER, c_int),
    "cuCtxGetCurrent": (_POINTER,),
    "cuCtxSetCurrent": (_POINTER,),
    "cuCtxSynchronize": (),
    "cuStreamSynchronize": (_POINTER,),
    "cuStreamWaitEvent": (_POINTER, _POINTER, c_uint),
    "cuEventCreate": (_POINTER, c_uint),
    "cuEventRecord": (_POINTER, _POINTER),
    "cuEventSynchronize": (_POINTER,),
    "cuEventElapsedTime": (_POINTER, _POINTER, _POINTER),
    "cuEventDestroy_v2": (_POINTER,),
    "cuModuleLoadDataEx": (_POINTER, _POINTER, c_uint, _POINTER, _POINTER),
    "cuModuleUnload": (_POINTER,),
    "cuModuleGetFunction": (_POINTER, _POINTER, _POINTER),
    "cuFuncSetAttribute": (_POINTER, c_int, c_int),
    "cuFuncGetAttribute": (_POINTER, c_int, _POINTER),
    "cuLaunchKernel": (_POINTER, *(c_uint,) * 7, _POINTER, _POINTER, _POINTER),
    "cuMemAlloc_v2": (_POINTER, c_size_t),
    "cuMemFree_v2": (c_uint64,),
    "cuMemAllocAsync": (_POINTER, c_size_t, _POINTER),
    "cuMemFreeAsync": (c_uint64, _POINTER),
    "cuPointerGetAttribute": (_POINTER, c_int, c_uint64),
    "cuMemcpyHtoD_v2": (c_uint64, _POINTER, c_size_t),
    "cuMemcpyDtoH_v2": (_POINTER, c_uint64, c_size_t),
    "cuMemcpyHtoDAsync_v2": (c_uint64, _POINTER, c_size_t, _POINTER),
    "cuMemcpyDtoHAsync_v2": (_POINTER, c_uint64, c_size_t, _POINTER),
    "cuMemcpyDtoDAsync_v2": (c_uint64, c_uint64, c_size_t, _POINTER),
    "cuGetErrorName": (c_int, _POINTER),
    "cuGetErrorString": (c_int, _POINTER),
}
_WITHOUT_CONTEXT = {
    *("cuInit", "cuDriverGetVersion", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName"),
    *("cuDeviceGetAttribute", "cuDevicePrimaryCtxRetain", "cuCtxGetCurrent", "cuCtxSetCurrent"),
    *("cuGetErrorName", "cuGetErrorString"),
}
