"""Device memory shared with other libraries: DLPack capsules and CUDA's array interface.

Sources: <https://dmlc.github.io/dlpack/latest/c_api.html>,
<https://numba.readthedocs.io/en/stable/cuda/cuda_array_interface.html>.
"""

from __future__ import annotations

import ctypes
from typing import Any, cast

from ...dialects import dtypes
from ...dialects.dtypes import DType, TensorSpec
from ...runtime.arrays import numpy_dtype

CUDA = 2
"""DLPack's number of CUDA devices; the host is 1."""
HOST = 1

_KINDS = {"i": 0, "u": 1, "f": 2, "b": 6}
_BFLOAT = 4
LEGACY = 1
"""DLPack's and CUDA's number of the default stream."""


class _Tensor(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    )


class _Managed(ctypes.Structure):
    pass


_Deleter = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Managed))
_Managed._fields_ = (
    ("tensor", _Tensor),
    ("context", ctypes.c_void_p),
    ("deleter", _Deleter),
)

_NAME, _USED_NAME = b"dltensor", b"used_dltensor"
_python = ctypes.pythonapi
_Destructor = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_new_capsule: Any = _python.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_pointer_in: Any = _python.PyCapsule_GetPointer
_pointer_in.restype = ctypes.c_void_p
_pointer_in.argtypes = (ctypes.py_object, ctypes.c_char_p)
_rename: Any = _python.PyCapsule_SetName
_rename.argtypes = (ctypes.py_object, ctypes.c_char_p)
# For a capsule that is being deleted, which must not be an object of ctypes.
_is_valid: Any = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)(
    ("PyCapsule_IsValid", _python)
)
_dying_pointer_in: Any = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", _python)
)

_lent: dict[int, tuple[object, ...]] = {}
"""What a capsule refers to, by the address of its structure."""


def stream_of(wanted: int | None) -> int | None:
    """Return the stream that a consumer's number in `__dlpack__` means, None for none.

    Raises `ValueError` for 0, which DLPack leaves undefined.
    """
    if wanted == -1:
        return None
    if wanted == 0:
        raise ValueError("stream 0 is ambiguous: 1 is CUDA's default stream, 2 that of the thread")
    return 0 if wanted is None or wanted == LEGACY else wanted


def capsule(owner: object, address: int, spec: TensorSpec, device: tuple[int, int]) -> object:
    """Return a DLPack capsule of elements row by row, which keeps their owner alive."""
    rank = len(spec.shape)
    shape = (ctypes.c_int64 * rank)(*spec.shape)
    managed = _Managed()
    tensor = managed.tensor
    tensor.data, tensor.ndim, tensor.lanes = address, rank, 1
    tensor.device_type, tensor.device_id = device
    tensor.code, tensor.bits = _code_of(spec.dtype), spec.dtype.itemsize * 8
    tensor.shape = ctypes.cast(shape, ctypes.POINTER(ctypes.c_int64))
    managed.deleter = _release
    place = ctypes.addressof(managed)
    _lent[place] = (owner, shape, managed)
    return _new_capsule(place, _NAME, ctypes.cast(_delete_unused, ctypes.c_void_p))


class Taken:
    """What a capsule of another library holds, until nothing refers to this."""

    def __init__(self, given: object):
        place = _pointer_in(given, _NAME)
        managed = _Managed.from_address(place)
        tensor = managed.tensor
        self.device: tuple[int, int] = (tensor.device_type, tensor.device_id)
        self.shape = tuple(tensor.shape[n] for n in range(tensor.ndim))
        strides = [tensor.strides[n] for n in range(tensor.ndim)] if tensor.strides else None
        self.is_dense = strides is None or _is_row_major(self.shape, strides)
        """Whether the elements lie row by row without gaps."""
        self.address = (tensor.data or 0) + tensor.byte_offset
        self.dtype = _dtype_of(tensor.code, tensor.bits, tensor.lanes)
        # Until here the capsule is still the giver's, who frees what nobody has taken.
        _rename(given, _USED_NAME)
        self._managed = managed

    def __del__(self) -> None:
        managed: _Managed | None = getattr(self, "_managed", None)
        if managed is not None and managed.deleter:
            managed.deleter(ctypes.byref(managed))


def array_interface(
    address: int, spec: TensorSpec, device: tuple[int, int], stream: int
) -> dict[str, Any]:
    """Return CUDA's array interface, version 3, of elements row by row.

    Raises `AttributeError` for bfloat16, and for memory of another device.
    """
    if device[0] != CUDA:
        raise AttributeError("the elements of this tensor are on a simulated device")
    if spec.dtype is dtypes.bfloat16:
        raise AttributeError("CUDA's array interface has no bfloat16: use DLPack")
    return {
        "shape": spec.shape,
        "typestr": numpy_dtype(spec.dtype).str,
        "data": (address if spec.size else 0, False),
        "strides": None,
        "version": 3,
        "stream": stream or LEGACY,
    }


def _code_of(dtype: DType) -> int:
    return _BFLOAT if dtype is dtypes.bfloat16 else _KINDS[numpy_dtype(dtype).kind]


def _dtype_of(code: int, bits: int, lanes: int) -> DType:
    for dtype in dtypes.ALL:
        if (_code_of(dtype), dtype.itemsize * 8, 1) == (code, bits, lanes):
            return dtype
    raise TypeError(f"a tensor can't hold elements of DLPack's type {code} with {bits} bits")


def _is_row_major(shape: tuple[int, ...], strides: list[int]) -> bool:
    """Return whether elements lie row by row; the stride of an axis of one element says nothing."""
    step = 1
    for extent, stride in zip(reversed(shape), reversed(strides), strict=True):
        if extent > 1 and stride != step:
            return 0 in shape
        step *= extent
    return True


@_Deleter
def _release(managed: Any) -> None:
    """Let go of the memory: the consumer is done with it."""
    _lent.pop(ctypes.addressof(managed.contents), None)


@_Destructor
def _delete_unused(given: int) -> None:
    """Let go of the memory of a capsule that nobody has taken."""
    if _is_valid(given, _NAME):
        _lent.pop(cast(int, _dying_pointer_in(given, _NAME)), None)
