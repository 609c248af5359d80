"""Compiled code of a GPU as Python calls it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

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
    """Addresses of functions, handles of kernels, addresses of constants."""


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
        self._owned = (code, loaded, constants)
        self._pool = pool
        self._signature = program.signature
        self._sizes = [spec.size * spec.dtype.itemsize for spec in program.signature.outputs]
        self._table = (ctypes.c_void_p * len(program.table))(*program.table)
        arguments = len(program.signature.inputs) + len(program.signature.outputs)
        self._block = ctypes.c_void_p * (2 + arguments)
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._call: Callable[[Any, Any], int] = prototype(code.address)

    def __call__(self, inputs: Sequence[Array], /) -> list[Array]:
        """Return new arrays with the results, when these are computed."""
        return [value.force() for value in self.on_device(inputs)]

    def on_device(self, inputs: Sequence[LazyValue | Array], /) -> list[DeviceValue]:
        """Return new values on the device, perhaps before they are computed."""
        specs = self._signature.inputs
        if len(inputs) != len(specs):
            raise TypeError(f"{len(specs)} inputs were compiled, not {len(inputs)}")
        pool = self._pool
        stream = pool.device.enter()
        # They are held until all is launched; what uses their memory next comes after.
        held = [self._piece(*pair, stream) for pair in zip(inputs, specs, strict=True)]
        outputs = [pool.take(size, stream) for size in self._sizes]
        pieces = [*held, *outputs]
        memory = 0
        if self.program.workspace:
            workspace = pool.take(self.program.workspace, stream)
            pieces.append(workspace)
            memory = workspace.address
        addresses = [piece.address for piece in (*held, *outputs)]
        status = self._call(self._table, self._block(stream, memory, *addresses))
        if status:
            self._fail(status)
        return [
            DeviceValue(spec, piece)
            for spec, piece in zip(self._signature.outputs, outputs, strict=True)
        ]

    def _piece(self, value: LazyValue | Array, spec: TensorSpec, stream: int) -> Piece:
        """Return where an input is on the device, for work in a stream."""
        pool = self._pool
        if isinstance(value, LazyValue):
            piece = value.resident
            if value.spec != spec:
                raise _wrong(value.spec, spec)
            if isinstance(piece, Piece) and piece.pool is pool:
                piece.use(stream)
                return piece
            piece = pool.upload(value.force(), stream)
            if not value.is_of_device:
                value.resident = piece
            return piece
        if value.shape != spec.shape or value.dtype != numpy_dtype(spec.dtype):
            raise _wrong(spec_of_array(value), spec)
        return pool.upload(value, stream)

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
