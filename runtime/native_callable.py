"""A base of classes whose instances machine code may answer for: the call never enters Python.

An instance has a function of the C API's kind `vectorcallfunc`, or none: then, and wherever that
function says so, a call goes to `__call__` of its class.
Source: <https://docs.python.org/3/c-api/call.html#the-vectorcall-protocol>.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from .object_layout import member_offset, object_layout

_BASE_TYPE, _DEFAULT, _VECTORCALL, _METHOD = 1 << 10, 1 << 18, 1 << 11, 1 << 17
"""Flags of classes: may be a base, plain, calls by vectorcall, binds as a function does."""
_TP_CALL, _TP_MEMBERS = 50, 72
_T_PYSSIZET, _READONLY = 19, 1


class _Slot(ctypes.Structure):
    _fields_ = [("slot", ctypes.c_int), ("value", ctypes.c_void_p)]


class _Member(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("type", ctypes.c_int),
        ("offset", ctypes.c_ssize_t),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    ]


class _Spec(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("size", ctypes.c_int),
        ("item_size", ctypes.c_int),
        ("flags", ctypes.c_uint),
        ("slots", ctypes.c_void_p),
    ]


_kept: list[Any] = []
"""What the class refers to for ever."""


def _new_base() -> type | None:
    """Return a class whose instances have room for the address of a function, and no more."""
    if object_layout() is None:
        return None
    offset = object.__basicsize__
    members = (_Member * 2)(
        _Member(b"__vectorcalloffset__", _T_PYSSIZET, offset, _READONLY, None),
        _Member(None, 0, 0, 0, None),
    )
    call = ctypes.cast(ctypes.pythonapi.PyVectorcall_Call, ctypes.c_void_p).value
    slots = (_Slot * 3)(
        _Slot(_TP_CALL, call), _Slot(_TP_MEMBERS, ctypes.addressof(members)), _Slot(0, None)
    )
    size = offset + ctypes.sizeof(ctypes.c_void_p)
    flags = _DEFAULT | _BASE_TYPE | _VECTORCALL
    spec = _Spec(b"foldaway.runtime.native_callable.Base", size, 0, flags, ctypes.addressof(slots))
    _kept.extend([members, slots, spec])
    make = ctypes.pythonapi.PyType_FromSpec
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p]
    return make(ctypes.addressof(spec))


if TYPE_CHECKING:

    class _Base:
        """In truth made by `_new_base`."""
else:
    _made = _new_base()
    _Base = _made or object
    IS_POSSIBLE = _made is not None

if TYPE_CHECKING:
    IS_POSSIBLE: bool
    """Whether instances can have such a function in this interpreter."""


class NativeCallable(_Base):
    """Has the place where machine code finds what it needs to answer a call.

    `native_entries` may be set to what that code takes it for, and to nothing else.
    """

    __slots__ = ("native_entries",)

    native_entries: tuple[object, ...]


def enter_natively(instance: NativeCallable, address: int) -> None:
    """Let calls of an instance go to the function at an address, which must stay for ever."""
    ctypes.c_void_p.from_address(id(instance) + object.__basicsize__).value = address


def call_natively(kind: type[NativeCallable]) -> None:
    """Let instances of just this class be called by their functions, those that have one."""
    layout = object_layout()
    if layout is None or not IS_POSSIBLE:
        return
    # Python sets the flag only for classes that are written in C.
    flags = ctypes.c_ulong.from_address(id(kind) + layout.type_flags)
    assert flags.value == kind.__flags__
    flags.value |= _VECTORCALL | _METHOD


def entries_offset() -> int | None:
    """Return where an instance has its `native_entries`."""
    return member_offset(NativeCallable, "native_entries")
