"""Compiled code of a GPU as Python calls it."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, NoReturn

from ...dialects.dtypes import TensorSpec
from ...runtime.arrays import Array, numpy_dtype, spec_of_array
from ...runtime.driver import Signature
from ...runtime.failure import Failure, raise_failure
from ...runtime.lazy_value import LazyValue
from ...runtime.residence import DeviceValue
from ..cpu.executable import Code
from .device import Loaded
from .memory import MemoryPool, Piece


class Program(NamedTuple):
    """What is known of compiled code beside the code itself."""

    name: str
    """The function, and the symbol of its entry."""
    signature: Signature
    workspace: int
    """Bytes of device memory that a call needs beside inputs and outputs."""
    failures: Sequence[Failure]
    """What a status from 2 on says."""
    table: Sequence[int]
    """Addresses of functions, the context, handles of kernels, addresses of constants."""


class GpuExecutable:
    """A function in memory, with its kernels and constants on a device."""

    def __init__(
        self,
        code: Code,
        program: Program,
        pool: MemoryPool,
        loaded: Loaded,
        constants: Mapping[str, Piece],
    ) -> None:
        self.program = program
        self._owned = (code, loaded)
        self._constants = tuple(constants.values())
        self._pool = pool
        self._signature = program.signature
        self._workspace = program.workspace
        self._sizes = [spec.size * spec.dtype.itemsize for spec in program.signature.outputs]
        self._outputs = [*zip(program.signature.outputs, self._sizes, strict=True)]
        self._table = (ctypes.c_void_p * len(program.table))(*program.table)
        arguments = len(program.signature.inputs) + len(program.signature.outputs)
        self._pack = struct.Struct(f"={2 + arguments}q").pack
        # Bytes are passed to what only reads them in a third of the time of an array.
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p)
        self._call: Callable[[int, bytes], int] = prototype(code.address)
        self._place = ctypes.addressof(self._table)

    def __call__(self, inputs: Sequence[Array], /) -> list[Array]:
        """Return new arrays with the results, when these are computed."""
        return [value.force() for value in self.on_device(inputs)]

    def on_device(self, inputs: Sequence[LazyValue | Array], /) -> list[DeviceValue]:
        """Return new values on the device, perhaps before they are computed."""
        specs = self._signature.inputs
        if len(inputs) != len(specs):
            raise TypeError(f"{len(specs)} inputs were compiled, not {len(inputs)}")
        pool = self._pool
        stream = pool.device.stream()
        # They are held until all is launched; what uses their memory next comes after.
        held: list[Piece] = []
        words = [stream, 0]
        for value, spec in zip(inputs, specs):  # noqa: B905 - their number was compared above
            piece = self._piece(value, spec, stream)
            held.append(piece)
            words.append(piece.address)
        results: list[DeviceValue] = []
        for spec, size in self._outputs:
            piece = pool.take(size, stream)
            results.append(DeviceValue(spec, piece))
            words.append(piece.address)
        for piece in self._constants:
            if piece.stream != stream:
                piece.use(stream)
        if self._workspace:
            piece = pool.take(self._workspace, stream)
            held.append(piece)
            words[1] = piece.address
        status = self._call(self._place, self._pack(*words))
        if status:
            self._fail(status)
        return results

    def _piece(self, value: LazyValue | Array, spec: TensorSpec, stream: int) -> Piece:
        """Return where an input is on the device, for work in a stream."""
        pool = self._pool
        if not isinstance(value, LazyValue):
            if value.shape != spec.shape or value.dtype != numpy_dtype(spec.dtype):
                raise _wrong(spec_of_array(value), spec)
            return pool.upload(value, stream)
        piece = value.resident
        if value.spec != spec:
            raise _wrong(value.spec, spec)
        if isinstance(piece, Piece) and piece.pool is pool:
            if piece.stream != stream:
                piece.use(stream)
            return piece
        piece = pool.upload(value.force(), stream)
        if not value.is_of_device:
            value.resident = piece
        return piece

    def _fail(self, status: int) -> NoReturn:
        if status < 0:
            raise self._pool.device.error(-status)
        if status == 1:
            raise MemoryError("there is no memory for what a compiled function needs")
        raise_failure(self.program.failures[status - 2], self.program.name)


def _wrong(given: TensorSpec, spec: TensorSpec) -> TypeError:
    return TypeError(
        f"an input is {given.dtype.name}{list(given.shape)}, "
        f"compiled was {spec.dtype.name}{list(spec.shape)}"
    )
