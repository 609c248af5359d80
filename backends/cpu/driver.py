"""The CPU as a machine: compiles a module in buffer form and calls its functions."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from xdsl.dialects import func, memref, scf
from xdsl.dialects.builtin import MemRefType, ModuleOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.exceptions import PassFailedException

from ...dialects.dtypes import TensorSpec, by_element
from ...runtime.arrays import numpy_dtype
from ...runtime.call_table import NativeCode
from ...runtime.driver import Executable, Signature
from ...runtime.failure import Failure, raise_failure
from .emit_llvm import Emitted, emit
from .machine_code import Assembler, Effort, MachineCode
from .result_memory import LARGE, ResultMemory

_SOME_KERNELS, _MANY_KERNELS = 30, 300
"""Above these LLVM takes less time for each kernel, so that compiling doesn't take seconds."""
_LONG_CONSTANT = 4096
"""Bytes; a longer constant is not worth printing and parsing."""
_LONG_WORK = 32768
"""Elements; for fewer, to let other threads run takes as long as the work."""

ASSEMBLER = Assembler()
"""The one of this process: LLVM works for one thread at a time."""

Array = npt.NDArray[Any]


class CpuDriver:
    """Compiles for the processor this runs on."""

    name = "cpu"

    def compile(
        self, module: ModuleOp, entry: str, signature: Signature | None = None
    ) -> Executable:
        """Return the code of a function of a module in buffer form."""
        signature = signature or signature_of(module, entry)
        emitted = emit(module, ASSEMBLER.instructions, _LONG_CONSTANT)
        constants = {name: _aligned(data) for name, data in emitted.constants.items()}
        symbols = {name: _address(array) for name, array in constants.items()}
        code = ASSEMBLER.assemble(emitted.text, entry, symbols, _effort(emitted))
        is_long = _is_long(module, emitted)
        kept = list(constants.values())
        return _CpuExecutable(code, entry, signature, kept, emitted.failures, is_long)


class _CpuExecutable:
    """A function in memory. What its code reads lives as long as it does."""

    def __init__(
        self,
        code: MachineCode,
        name: str,
        signature: Signature,
        constants: list[Array],
        failures: Sequence[Failure],
        is_long: bool,
    ) -> None:
        self._code = code
        self._name = name
        self._constants = constants
        self._failures = failures
        self._inputs = [(spec.shape, numpy_dtype(spec.dtype)) for spec in signature.inputs]
        self._outputs = [(spec.shape, numpy_dtype(spec.dtype)) for spec in signature.outputs]
        self._block = ctypes.c_void_p * (len(self._inputs) + len(self._outputs))
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_void_p))
        self._call: Callable[[Any], int] = prototype(code.address)
        owner = (code, constants)
        self.native = NativeCode(code.address, *signature, is_long, owner, _empty, LARGE)
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
            pointers.append(_address(array))
        outputs: list[Array] = [_empty(shape, dtype) for shape, dtype in self._outputs]
        pointers += [_address(array) for array in outputs]
        block = self._block(*pointers)
        status = self._call(block)
        if status == 1:
            raise MemoryError("there is no memory for what a compiled function needs")
        if status:
            raise_failure(self._failures[status - 2], self._name)
        return outputs


def _is_long(module: ModuleOp, emitted: Emitted) -> bool:
    """Return whether a call may take so long that other threads should run meanwhile."""
    loops = any(isinstance(op, scf.WhileOp | scf.ForOp) for op in module.walk())
    return loops or emitted.work > _LONG_WORK


def _effort(emitted: Emitted) -> Effort:
    if emitted.kernels <= _SOME_KERNELS:
        return Effort(2, 2, interleaved=True, unrolled=emitted.has_variables)
    return Effort(1, int(emitted.kernels <= _MANY_KERNELS), interleaved=False, unrolled=False)


def signature_of(module: ModuleOp, entry: str) -> Signature:
    """Return the inputs and outputs of a function: an output is an argument that is written.

    Raises PassFailedException if there is no such function, or it isn't one of memrefs.
    """
    for op in module.body.block.ops:
        if isinstance(op, func.FuncOp) and op.sym_name.data == entry and not op.is_declaration:
            arguments = list(op.body.block.args)
            written = _written(op)
            first = next((n for n, a in enumerate(arguments) if a in written), len(arguments))
            specs = [_spec_of(argument.type) for argument in arguments]
            return Signature(tuple(specs[:first]), tuple(specs[first:]))
    raise PassFailedException(f"error: the module has no function '{entry}'")


def _written(op: func.FuncOp) -> set[SSAValue]:
    """Return the memrefs of which some part is an output of a loop."""
    views: dict[SSAValue, SSAValue] = {}
    written: set[SSAValue] = set()
    for inner in op.body.block.walk():
        if isinstance(inner, memref.SubviewOp | memref.ReinterpretCastOp):
            views[inner.result] = views.get(inner.source, inner.source)
        elif isinstance(inner, GenericOp):
            written |= {views.get(output, output) for output in inner.outputs}
    return written


def _spec_of(type: Attribute) -> TensorSpec:
    if not isinstance(type, MemRefType):
        raise PassFailedException(f"error: the CPU's functions take memrefs, not {type}")
    memory = cast(MemRefType[Attribute], type)
    return TensorSpec(memory.get_shape(), by_element()[memory.element_type])


def _address(array: Array) -> int:
    """Return where the data begin.

    NumPy's C API has that in the first field of an array; its Python takes ten times as long.
    Source: <https://numpy.org/doc/stable/reference/c-api/types-and-structures.html#c.PyArrayObject>.
    """
    return _pointer_at(id(array) + _HEAD).value or 0


RESULTS = ResultMemory(ASSEMBLER)
_empty = RESULTS.empty
_HEAD = object.__basicsize__
_pointer_at = ctypes.c_void_p.from_address


def _aligned(data: bytes) -> Array:
    """Return an array of bytes whose address is a multiple of 64."""
    room = np.empty(len(data) + 64, np.uint8)
    start = -_address(room) % 64
    array = room[start : start + len(data)]
    array[:] = np.frombuffer(data, np.uint8)
    return array
