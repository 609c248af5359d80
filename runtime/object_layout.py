"""Where CPython and NumPy keep what compiled code reads of an object: probed, never assumed.

Only public objects are asked, whose contents are known: where one isn't found at the place where
it should be, there is no layout, and calls stay in Python.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, cast

import numpy as np

from .tensor_data import TensorData

_WORD = ctypes.sizeof(ctypes.c_void_p)
_MEMBER, _OFFSET_IN_MEMBER = 40, 16
"""Of a member descriptor, and of the C structure that it points to."""


class Layout(NamedTuple):
    """Offsets in bytes from where an object begins."""

    array_data: int
    array_ndim: int
    array_shape: int
    array_dtype: int
    array_flags: int
    array_strides: int
    array_base: int
    array_weak: int
    tensor_weak: int
    """Of the weak references to a tensor, as `array_weak` of those to an array."""
    tensor_slots: dict[str, int]
    bytes_data: int
    tuple_items: int
    type_flags: int
    new_array: int
    """The address of NumPy's `PyArray_NewFromDescr`."""
    dict_version: int | None
    """Of a number that is another one after each change of a dict; None: there is none."""
    inline_counts: bool
    """Whether reference counts are plain numbers at the beginning of an object."""


@cache
def object_layout() -> Layout | None:
    """Return where things are in this interpreter, None where they aren't as expected."""
    if sys.implementation.name != "cpython" or _WORD != 8 or sys.byteorder != "little":
        return None
    if "free-threading" in sys.version or object.__basicsize__ != 2 * _WORD:
        return None
    arrays, slots, new_array = _array_fields(), _tensor_slots(), _new_array()
    type_flags = member_offset(type, "__flags__")
    bytes_data, tuple_items = bytes.__basicsize__ - 1, tuple.__basicsize__
    if arrays is None or slots is None or new_array is None or type_flags is None:
        return None
    if not (_has_header() and _is_at(b"probed", bytes_data, b"probed")):
        return None
    known = object()
    if _word((known,), tuple_items) != id(known):
        return None
    places = bytes_data, tuple_items, type_flags
    counted = sys.version_info < (3, 12)
    weak = TensorData.__weakrefoffset__
    return Layout(*arrays, weak, slots, *places, new_array, _dict_version(), counted)


def member_offset(owner: type, name: str) -> int | None:
    """Return where the instances of a class keep a slot, None if that isn't known."""
    descriptor = vars(owner).get(name)
    if type(descriptor).__name__ != "member_descriptor":
        return None
    member = _word(descriptor, _MEMBER)
    text = ctypes.c_char_p.from_address(member).value if member else None
    if text != name.encode():
        return None
    return ctypes.c_ssize_t.from_address(member + _OFFSET_IN_MEMBER).value


def free_by(kind: type, address: int) -> None:
    """Let a destructor of the C API free the instances of a class that is written in Python.

    It must free those of subclasses, too: Python has then freed what the subclass adds.
    Nothing changes where the class isn't freed as all such classes are.
    """
    place = ctypes.c_void_p.from_address(id(kind) + _DEALLOC)
    if place.value == _slot_of(kind, _TP_DEALLOC) == _slot_of(Layout, _TP_DEALLOC):
        place.value = address


_TP_DEALLOC, _DEALLOC = 52, 48
"""The number of a slot of classes, and where the slot is."""


def _slot_of(kind: type, slot: int) -> int | None:
    read = ctypes.pythonapi.PyType_GetSlot
    read.restype, read.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_int]
    return read(kind, slot)


def _word(value: object, offset: int) -> int:
    return ctypes.c_void_p.from_address(id(value) + offset).value or 0


def _int(value: object, offset: int) -> int:
    return ctypes.c_int.from_address(id(value) + offset).value


def _is_at(value: object, offset: int, data: bytes) -> bool:
    return ctypes.string_at(id(value) + offset, len(data)) == data


def _has_header() -> bool:
    """Return whether an object begins with its reference count and its class."""
    probe = object()
    one = ctypes.c_ssize_t.from_address(id(probe)).value
    held = [probe] * 5
    more = ctypes.c_ssize_t.from_address(id(probe)).value
    return more - one == len(held) and _word(probe, _WORD) == id(object)


def _array_fields() -> tuple[int, int, int, int, int, int, int, int] | None:
    """Return where an array has its data, ndim, shape, dtype, flags, strides, base, weakrefs.

    They are where NumPy's C API has them.

    Source: <https://numpy.org/doc/stable/reference/c-api/types-and-structures.html#c.PyArrayObject>.
    """
    head = object.__basicsize__
    offsets = (0, 8, 16, 40, 48, 24, 32)
    data, ndim, shape, dtype, flags, strides, base = (head + offset for offset in offsets)
    weak = np.ndarray.__weakrefoffset__
    wide = np.zeros((3, 5, 2), np.float32)
    for array in (wide, wide[1], wide.T, wide[::2, 1:], np.zeros((), np.int64), np.zeros((7, 0))):
        interface: dict[str, Any] = array.__array_interface__
        steps = (ctypes.c_ssize_t * array.ndim).from_address(_word(array, strides) or id(array))
        extents = (ctypes.c_ssize_t * array.ndim).from_address(_word(array, shape) or id(array))
        if not (
            _word(array, data) == interface["data"][0]
            and _int(array, ndim) == array.ndim
            and tuple(extents) == array.shape
            and tuple(steps) == array.strides
            and _word(array, base) == (0 if array.base is None else id(array.base))
            and bool(_int(array, flags) & 4) == array.flags.owndata
            and _word(array, dtype) == id(array.dtype)
            and bool(_int(array, flags) & 1) == array.flags.c_contiguous
            and bool(_int(array, flags) & 0x100) == array.flags.aligned
            and bool(_int(array, flags) & 0x400) == array.flags.writeable
        ):
            return None
    return data, ndim, shape, dtype, flags, strides, base, weak


def _tensor_slots() -> dict[str, int] | None:
    """Return where a tensor has its slots."""
    names = [name for name in TensorData.__slots__ if name != "__weakref__"]
    found = {name: member_offset(TensorData, name) for name in names}
    probe = TensorData.__new__(TensorData)
    probe._hold_new_array(np.zeros(1))  # pyright: ignore[reportPrivateUsage]
    for name, offset in found.items():
        if offset is None or _word(probe, offset) != id(getattr(probe, name)):
            return None
    return cast("dict[str, int]", found)


def _dict_version() -> int | None:
    """Return where a dict has its version, which PEP 509 describes."""
    probe: dict[str, int] = {"a": 1}
    seen = set[int]()
    changes: list[Callable[[], object]] = [
        *(lambda: probe.update(b=2), lambda: probe.update(b=3), lambda: probe.pop("b")),
        *(lambda: probe.setdefault("c", 4), lambda: probe.__delitem__("a"), probe.clear),
        lambda: probe.__setitem__("d", 5),
    ]
    for change in changes:
        change()
        version = _word(probe, _VERSION)
        if probe.get("d") == 6 or version != _word(probe, _VERSION) or version in seen:
            return None
        seen.add(version)
    return _VERSION


_VERSION = object.__basicsize__ + _WORD


def _new_array() -> int | None:
    """Return the address of the function of NumPy's C API that makes an array."""
    core: Any = getattr(np, "_core", None) or getattr(np, "core", None)
    capsule = getattr(getattr(core, "_multiarray_umath", None), "_ARRAY_API", None)
    if type(capsule).__name__ != "PyCapsule":
        return None
    content = ctypes.pythonapi.PyCapsule_GetPointer
    content.restype, content.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = (ctypes.c_void_p * (_NEW_FROM_DESCR + 1)).from_address(content(capsule, None))
    return table[_NEW_FROM_DESCR] if table[_ARRAY_TYPE] == id(np.ndarray) else None


_ARRAY_TYPE, _NEW_FROM_DESCR = 2, 94
"""Places in NumPy's table of functions; its ABI keeps them."""
