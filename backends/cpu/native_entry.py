"""The machine code that answers calls of compiled functions, loaded once for the process."""

from __future__ import annotations

import ctypes
import logging
from functools import cache

import numpy as np

from ...runtime.guards import LOST
from ...runtime.locks import ForkSafeLock
from ...runtime.native_callable import IS_POSSIBLE, entries_offset
from ...runtime.object_layout import Layout, free_by, object_layout
from ...runtime.tensor import Tensor
from ...runtime.tensor_data import TensorData
from ...runtime.tracing import TRACER
from .effort import Effort
from .entry_code import ENTRY, FUNCTIONS, entry_text
from .machine_code import ASSEMBLER, MachineCode

_log = logging.getLogger("foldaway")

_EFFORT = Effort(optimizer=0, generator=2, interleaved=False, unrolled=False)
"""It is written as it is to be; only its calls of itself are inlined."""


def entry_address() -> int | None:
    """Return where the function is that instances are called by; None: calls stay in Python.

    From then on tensors are freed by machine code, too.
    """
    with _lock:
        code = _code()
        return None if code is None else _addresses(code)[0]


_lock = ForkSafeLock()


@cache
def _code() -> MachineCode | None:
    layout, entries = object_layout(), entries_offset()
    if layout is None or entries is None or not IS_POSSIBLE:
        _log.info("this Python is laid out in another way; calls go through Python")
        return None
    try:
        code = assemble_entry(layout, entries)
    except RuntimeError as error:
        _log.info("calls go through Python: %s", error)
        return None
    if layout.inline_counts:
        free_by(TensorData, _addresses(code)[1])
    return code


def assemble_entry(layout: Layout, entries: int) -> MachineCode:
    """Return the machine code for things at these places; it stays until the process ends.

    Raises `RuntimeError` where the C API lacks a function.
    """
    functions = {name: getattr(ctypes.pythonapi, name, None) for name in FUNCTIONS}
    objects = {
        **{"TENSOR": Tensor, "ARRAY": np.ndarray, "NONE": None, "FALSE": False},
        **{"FLOAT": float, "INT": int, "TRACER": TRACER, "LOST": LOST},
    }
    symbols = {name: _address(there) for name, there in functions.items() if there is not None}
    symbols |= {name: id(one) for name, one in objects.items()}
    symbols["new_array"] = layout.new_array
    code = ASSEMBLER.assemble(entry_text(layout, entries), ENTRY, symbols, _EFFORT)
    # Tensors may end when the interpreter has ended: what frees them stays.
    for needed in (code, ASSEMBLER, *objects.values()):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(needed))
    return code


def _addresses(code: MachineCode) -> list[int]:
    """Return where the functions are."""
    return list((ctypes.c_size_t * 2).from_address(code.address))


def _address(function: object) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0  # pyright: ignore[reportArgumentType]
