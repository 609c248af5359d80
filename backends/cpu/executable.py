"""Compiled code of the CPU as Python calls it; neither IR nor LLVM is needed for that."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from ...runtime.arrays import Array, numpy_dtype
from ...runtime.driver import Signature
from ...runtime.failure import Failure, raise_failure
from ...runtime.native_code import NativeCode
from .result_memory import LARGE, RESULTS


class Code(Protocol):
    """Code in memory, which stays as long as this is referred to."""

    address: int
    """Where the entry is."""


class Program(NamedTuple):
    """What is known of compiled code beside the code itself."""

    name: str
    """The function, and the symbol of its entry."""
    signature: Signature
    constants: Mapping[str, Array]
    """Data that the code reads, by symbol."""
    failures: Sequence[Failure]
    """What a status from 2 on says."""
    is_long: bool
    """Whether a call may take so long that other threads should run meanwhile."""
    image: str
    """The key of its object image in the cache on disk."""
    is_shared: bool
    """Whether threads share some of the work: the code calls the pool."""


class CpuExecutable:
    """A function in memory. What its code reads lives as long as it does."""

    def __init__(self, code: Code, program: Program) -> None:
        self.program = program
        self._code = code
        self._name = program.name
        self._failures = program.failures
        signature = program.signature
        self._inputs = [(spec.shape, numpy_dtype(spec.dtype)) for spec in signature.inputs]
        self._outputs = [(spec.shape, numpy_dtype(spec.dtype)) for spec in signature.outputs]
        self._block = ctypes.c_void_p * (len(self._inputs) + len(self._outputs))
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_void_p))
        self._call: Callable[[Any], int] = prototype(code.address)
        owner = (code, program.constants)
        self.native = NativeCode(code.address, *signature, program.is_long, owner, _empty, LARGE)
        """How machine code calls it."""

    def __call__(self, inputs: Sequence[Array], /) -> list[Array]:
        """Return new arrays with the results."""
        if len(inputs) != len(self._inputs):
            raise TypeError(f"{len(self._inputs)} inputs were compiled, not {len(inputs)}")
        kept: list[Array] = []
        pointers: list[int] = []
        # Their number was compared above; `strict` would take as long as the loop.
        for array, (shape, dtype) in zip(inputs, self._inputs):  # noqa: B905
            if array.shape != shape or (array.dtype is not dtype and array.dtype != dtype):
                raise TypeError(
                    f"an input is {array.dtype.name}{list(array.shape)}, "
                    f"compiled was {dtype.name}{list(shape)}"
                )
            flags = array.flags
            if not (flags.c_contiguous and flags.aligned):
                array = np.array(array, order="C", copy=True)
                kept.append(array)
            pointers.append(address_of(array))
        outputs: list[Array] = [_empty(shape, dtype) for shape, dtype in self._outputs]
        pointers += [address_of(array) for array in outputs]
        block = self._block(*pointers)
        status = self._call(block)
        if status == 1:
            raise MemoryError("there is no memory for what a compiled function needs")
        if status:
            raise_failure(self._failures[status - 2], self._name)
        return outputs


def address_of(array: Array) -> int:
    """Return where the data begin.

    NumPy's C API has that in the first field of an array; its Python takes ten times as long.
    Source: <https://numpy.org/doc/stable/reference/c-api/types-and-structures.html#c.PyArrayObject>.
    """
    return _pointer_at(id(array) + _HEAD).value or 0


def aligned(data: bytes) -> Array:
    """Return an array of bytes whose address is a multiple of 64."""
    room = np.empty(len(data) + 64, np.uint8)
    start = -address_of(room) % 64
    array = room[start : start + len(data)]
    array[:] = np.frombuffer(data, np.uint8)
    return array


_empty = RESULTS.empty
_HEAD = object.__basicsize__
_pointer_at = ctypes.c_void_p.from_address
