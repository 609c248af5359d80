"""The table of one compiled form: what machine code asks of a call, and which kernel it runs.

A table is a row of 64-bit words: a header, steps of a few words each, and what arrays must be like.
The objects whose addresses are in it are kept beside it.
"""

from __future__ import annotations

import ctypes
from array import array
from enum import IntEnum
from functools import partial
from typing import Any

from ..dialects.dtypes import DType, TensorSpec, float32, float64, int32, int64
from .arrays import numpy_dtype
from .native_code import NativeCode
from .object_layout import object_layout


class Header(IntEnum):
    """Words at the beginning of a table."""

    ARGUMENTS = 0
    """How many there must be."""
    REGISTERS = 1
    """Places for objects that the call holds: the arrays of inputs and outputs, then others."""
    WORDS = 2
    """Words that a call needs: registers, as many addresses, and numbers."""
    NUMBERS = 3
    """Where among these the numbers are."""
    INPUTS = 4
    OUTPUTS = 5
    KERNEL = 6
    """The address of `i32 @f(ptr %block)`; see `backends/cpu/emit_llvm.py`."""
    COUNTER = 7
    """The address of the number of calls that were answered."""
    IS_LONG = 8
    """1 where other threads may run meanwhile."""


HEADER = len(Header)


class Step(IntEnum):
    """What one step does: it asks something, or puts an object into the register `to`.

    The object asked is in the register `source`, or is the argument ~`source`.
    """

    DONE = 0
    """All has been asked. This and the steps that follow have the specs of the outputs in `to`.

    Where there is an a, it gives the array.
    """
    TENSOR = 1
    """Asks for an eager tensor of class a with spec b that owns its array: input number `to`."""
    ARRAY = 2
    """Asks for an array with spec b: input number `to`."""
    FLOAT = 3
    """Asks for a float: input number `to`, a float64; a float32 if there is an a."""
    INT = 4
    """Asks for an int of 64 bits: input number `to`, with b a float as for FLOAT.

    Without b it is an int64, with a an int32, which must hold it.
    """
    ITEM_OF_DICT = 5
    """Puts the item b of dict a."""
    ITEM_IS = 6
    """Asks whether the item b of dict a is c; no c: whether there is none."""
    CELL = 7
    """Puts the content of cell a."""
    ATTRIBUTE = 8
    """Puts the attribute a."""
    ITEM = 9
    """Puts the item a."""
    HELD = 10
    """Puts a."""
    FETCH = 11
    """Puts what function a gives."""
    IS = 12
    """Asks whether the object is a."""
    IS_WEAKLY = 13
    """Asks whether the object is the one that the weak reference a refers to."""
    CLASS = 14
    """Asks whether the object's class is a."""
    EQUAL = 15
    """Asks whether the object is a, or else function b."""
    CHECK = 16
    """Asks function b."""
    CODE = 17
    """Asks whether the code of function a is b."""
    ARGUMENTS = 18
    """Puts the tuple of all arguments."""
    UNCHANGED = 19
    """Leaves the next `to` steps out, if the dicts at b are those of the words at a."""
    VERIFIED = 20
    """Says so at a: the steps since have found things as they should be."""


STEP = 6
"""Words of a step: what it is, `to`, `source`, a, b, c."""
MOST_REGISTERS = 256
"""A call has its registers on the stack."""

_CONTIGUOUS, _ALIGNED, _WRITEABLE = 1, 0x100, 0x400
"""NumPy's flags of arrays."""


class CallTable:
    """A table while it is being made. The first registers are those of inputs and outputs."""

    def __init__(self, arguments: int, code: NativeCode, counter: ctypes.c_int64):
        self._arguments = arguments
        self._code = code
        self._counter = counter
        self._registers = len(code.inputs) + len(code.outputs)
        self._steps: list[tuple[int, ...]] = []
        self._seldom: list[tuple[int, ...]] = []
        self._watched: list[dict[Any, Any]] = []
        self._specs: list[list[int]] = []
        self._kept: list[object] = [code.owner, counter]

    def new_register(self) -> int:
        """Return a register that nothing else uses."""
        self._registers += 1
        return self._registers - 1

    def watch(self, items: dict[Any, Any]) -> None:
        """Ask what is asked `seldom` again when an item of this dict has changed."""
        if not any(one is items for one in self._watched):
            self._watched.append(items)

    def add(
        self,
        step: Step,
        to: int = 0,
        source: int = 0,
        a: object = None,
        b: object = None,
        seldom: bool = False,
    ) -> None:
        """Add a step; a and b are objects, which are kept.

        One that is asked seldom depends on items of watched dicts and on nothing else.
        """
        steps = self._seldom if seldom else self._steps
        steps.append((step, to, source, self._address(a), self._address(b), 0))

    def add_item_is(self, items: dict[Any, Any], key: object) -> None:
        """Ask whether an item of a dict is the one that it is now, or is still missing."""
        missing = object()
        value = items.get(key, missing)
        expected = 0 if value is missing else self._address(value)
        self.watch(items)
        self._seldom.append(
            (Step.ITEM_IS, 0, 0, self._address(items), self._address(key), expected)
        )

    def add_array(
        self, to: int, source: int, spec: TensorSpec, writeable: bool | None = None
    ) -> None:
        """Take an array as input `to`, in row-major order and of just this dtype and shape."""
        offset = self._spec(spec, writeable)
        self._steps.append((Step.ARRAY, to, source, 0, offset, 0))

    def add_number(self, to: int, source: int, kind: type, dtype: DType) -> bool:
        """Take a float or an int as input `to`; return whether there is a step that does."""
        step = {float: Step.FLOAT, int: Step.INT}[kind]
        is_short = dtype in (float32, int32)
        if dtype in (float64, float32):
            self._steps.append((step, to, source, is_short, 1, 0))
        elif kind is int and dtype in (int64, int32):
            self._steps.append((step, to, source, is_short, 0, 0))
        else:
            return False
        return True

    def add_tensor(self, to: int, source: int, kind: type, spec: TensorSpec) -> None:
        """Take the array of a tensor of just this class; `to` may be no input, but a register."""
        self._steps.append((Step.TENSOR, to, source, self._address(kind), self._spec(spec), 0))

    def _address(self, value: object) -> int:
        self._kept.append(value)
        return id(value)

    def _spec(self, spec: TensorSpec, writeable: bool | None = None) -> int:
        """Return the number of a description of arrays."""
        dtype = numpy_dtype(spec.dtype)
        mask = flags = _CONTIGUOUS | _ALIGNED
        if writeable is not None:
            mask |= _WRITEABLE
            flags |= _WRITEABLE if writeable else 0
        self._specs.append([self._address(dtype), len(spec.shape), flags, mask, *spec.shape])
        return len(self._specs) - 1

    def finish(self) -> tuple[bytes, list[object]] | None:
        """Return the table and what it refers to; None if calls need too much of the stack."""
        code, registers = self._code, self._registers
        if registers > MOST_REGISTERS:
            return None
        outputs = [self._output(spec) for spec in code.outputs]
        steps = [*self._steps_of_dicts(), *self._steps, *outputs]
        places, end = list[int](), 8 * (HEADER + STEP * len(steps))
        for spec in self._specs:
            places.append(end)
            end += 8 * len(spec)
        words = 2 * registers + len(code.inputs)
        header = [self._arguments, registers, words, 2 * registers, len(code.inputs)]
        header += [len(code.outputs), code.address, ctypes.addressof(self._counter), code.is_long]
        table = array("q", header)
        for step, to, source, a, b, c in steps:
            if step == Step.DONE:
                to = places[to]
            elif step in _WITH_SPEC:
                b = places[b]
            table.extend((step, to, source, a, b, c))
        for spec in self._specs:
            table.extend(spec)
        return table.tobytes(), self._kept

    def _output(self, spec: TensorSpec) -> tuple[int, ...]:
        make = 0
        if spec.size * spec.dtype.itemsize >= self._code.large:
            make = self._address(partial(self._code.new_array, spec.shape, numpy_dtype(spec.dtype)))
        return (Step.DONE, self._spec(spec), 0, make, 0, 0)

    def _steps_of_dicts(self) -> list[tuple[int, ...]]:
        """Return what is asked where a watched dict has changed."""
        layout = object_layout()
        if layout is None or layout.dict_version is None or not self._watched:
            return self._seldom
        known = (ctypes.c_int64 * (1 + len(self._watched)))()
        self._kept.append(known)
        self._specs.append([*map(self._address, self._watched), 0])
        address, dicts = ctypes.addressof(known), len(self._specs) - 1
        unchanged = (Step.UNCHANGED, len(self._seldom) + 2, 0, address, dicts, 0)
        return [unchanged, *self._seldom, (Step.VERIFIED, 0, 0, address, 0, 0)]


_WITH_SPEC = (Step.TENSOR, Step.ARRAY, Step.UNCHANGED)
"""Steps for which b is a place in the table."""
