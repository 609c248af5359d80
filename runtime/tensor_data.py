"""What a tensor holds: an array now, or a value of the graph that has data only at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from weakref import ref

import numpy as np

from ..dialects.dtypes import DType, TensorSpec, spec_of
from .arrays import Array, array_of, owned, spec_of_array
from .lazy_value import TRANSITION, LazyValue, holders, is_whole, value_of_array
from .tracing import Tracer, current_tracer

if TYPE_CHECKING:
    from xdsl.ir import Block, SSAValue

    from .lazy_trace import LazyTrace
    from .residence import DeviceValue
    from .tensor import Tensor


_VALUE_AND_HERE = _TENSOR_AND_HERE = 2
"""Who may hold an array that a tensor lends, and a value whose array it takes: no one else."""


class TensorData:
    """Shape, dtype and data of a tensor.

    An eager tensor owns an array, or stands for a lazy value until someone wants to have the
    array itself. A symbolic one stands for a value of the graph that its tracer
    builds; it has an array, too, once Python has seen the data of one that is a known constant.
    Asking any other symbolic tensor for data raises `ValueNeeded`.
    """

    __slots__ = ("__weakref__", "_array", "_outside", "_seen", "_tracer", "_value", "lazily")

    _array: Array | None
    lazily: LazyValue | None
    """The value of an eager tensor that doesn't own an array: it is shared, and never changes."""
    _value: SSAValue | None
    _tracer: Tracer | None
    _seen: bytes | None
    """The data of a symbolic tensor when its array was handed out; Python may change the array."""

    _outside: bool
    """Whether others know a symbolic tensor by another name, so that it must not be written to."""

    def _hold_array(self, array: Array) -> None:
        self._hold_new_array(owned(array))

    def _hold_new_array(self, array: Array) -> None:
        self._array = array
        self._value = self._tracer = self._seen = self.lazily = None
        self._outside = False

    def _hold_shared(self, array: Array) -> None:
        self._hold_array(array)
        if array.flags.c_contiguous and array.dtype.isnative:
            self._array = array

    def _hold_value(self, tracer: Tracer, value: SSAValue, outside: bool = False) -> None:
        self._array, self._value, self._tracer = None, value, tracer
        self._seen, self._outside, self.lazily = None, outside, None
        if tracer.watched is not None:
            tracer.watched.append(ref(self))

    def _hold_lazily(self, value: LazyValue) -> None:
        """Stand for a value that code which runs lazily has recorded."""
        self.lazily = value
        self._array = self._value = self._tracer = self._seen = None
        self._outside = False
        if value.array is None and value.trace is not None:
            value.trace.watch(self)

    def _hold_same(self, other: TensorData) -> None:
        """Take the data of an eager tensor that nobody else has, or that is a lazy value."""
        value = other.lazily
        if value is not None:
            self._hold_lazily(value)
        else:
            self._hold_array(other.array("a copy"))

    def snapshot(self) -> object:
        """Return what `restore` needs to undo later writes to a symbolic tensor."""
        return self._value, self._seen

    def restore(self, snapshot: object) -> None:
        """Undo the writes since a snapshot was taken."""
        self._value, self._seen = cast("tuple[SSAValue | None, bytes | None]", snapshot)
        if self._seen is not None:
            array = cast(Array, self._array)
            array[...] = array_of(self._seen, self.spec)

    def _replace_value(self, value: SSAValue, operation: str = "write") -> None:
        """Stand for another value from now on: the tensor has been written to.

        `operation` is "write" where the elements change in place, "assign" where they are replaced.
        """
        tracer = cast(Tracer, self._tracer)
        if self._outside:
            tracer.refuse_write(cast("Tensor", self))
        tracer.before_write(cast("Tensor", self), operation)
        self._value = value

    def stand_for(self, value: SSAValue) -> None:
        """Let a symbolic tensor stand for another value of the same type; it isn't written to."""
        self._value = value

    def is_in(self, block: Block) -> bool:
        """Return whether an op of a block gives the value of a symbolic tensor."""
        return self._value is not None and self._value.owner.parent is block  # pyright: ignore[reportUnknownMemberType]

    def release(self, array: Array) -> None:
        """Become an eager tensor of these data; those that Python has been handed are the data."""
        handed = self._array
        self._hold_array(array.copy() if handed is None else handed)

    def rebind(self, new: TensorData) -> None:
        """Take over the elements of another eager tensor; who shares the old ones keeps them."""
        value = new._on_device()
        if value is not None:
            self._hold_lazily(value)
        else:
            self._hold_array(new.array("an assignment").copy())

    @property
    def is_symbolic(self) -> bool:
        """Whether this stands for a value of a graph that is being built."""
        return self._tracer is not None

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype."""
        if self._value is not None:
            return spec_of(self._value.type)
        while True:
            # Another thread may be about to exchange the one for the other.
            if (array := self._array) is not None:
                return spec_of_array(array)
            if (value := self.lazily) is not None:
                return value.spec

    def lazy_value(self, trace: LazyTrace) -> LazyValue:
        """Return what this tensor is now as an operand in a trace.

        Raises `RuntimeError` for a symbolic tensor.
        """
        value = self.lazily
        if value is None:
            return cast(LazyValue, self._lend())
        if value.array is None and value.trace is not trace:
            value.force()
        return value

    def _lend(self, copied: bool = True) -> LazyValue | None:
        """Return a value of the present array; where anyone else can write to it, of a copy.

        None in that case where it must not be `copied`.
        """
        array = self._array
        if self._tracer is not None or array is None:
            raise RuntimeError(OUTLIVED)
        value = LazyValue(spec_of_array(array), array)
        with TRANSITION:
            if self._array is array:
                self.lazily, self._array = value, None
                # Asked when no other thread can take hold of it any more.
                if is_whole(array) and holders(array) <= _VALUE_AND_HERE:
                    return value
                self._array, self.lazily = array, None
        return value_of_array(array) if copied else None

    def unchanging(self) -> LazyValue | Array:
        """Return the data for one who keeps what is made of them.

        That is a value that never changes, or an array where someone else can write to it.
        Raises `RuntimeError` for a symbolic tensor.
        """
        value = self.lazily
        if value is None:
            value = self._lend(copied=False)
            if value is None:
                return self._own()
        elif value.trace is not None:
            value.force()
        return value

    def _own(self) -> Array:
        """Return the array of a lazy value, as this tensor's own from now on."""
        value = self.lazily
        while value is not None:
            array = value.force()
            with TRANSITION:
                if self.lazily is value:
                    alone = holders(value) <= _TENSOR_AND_HERE
                    self._array = owned(array) if alone else array.copy()
                    self.lazily = None
            value = self.lazily
        return cast(Array, self._array)

    def graph_value(self, tracer: Tracer) -> SSAValue:
        """Return the value that this tensor is in the tracer's graph.

        Raises `RuntimeError` for a symbolic tensor of another trace.
        """
        if self._tracer is None:
            return tracer.lift(cast("Tensor", self))
        if self._tracer is not tracer:
            raise RuntimeError(OUTLIVED)
        if self._seen is not None:
            self._take_back(tracer)
        return cast("SSAValue", self._value)

    def array(self, wanted: str) -> Array:
        """Return the data; `wanted` says in the user's words what for, as in "asnumpy()".

        The array is the tensor's own: what is written to it is written to the tensor.
        Raises `ValueNeeded` where data exists only at run time.
        """
        tracer = current_tracer()
        if tracer is not None and (looked := tracer.peek(self, wanted)) is not None:
            return looked
        if (array := self._array) is not None and self._tracer is tracer:
            return array
        if tracer is None and self._tracer is None:
            return self._own()
        if tracer is None or self._tracer not in (tracer, None):
            raise RuntimeError(OUTLIVED)
        if self._value is None:
            # It existed before, so its data may be others when the compiled code runs.
            raise tracer.refuse(cast("Tensor", self), wanted)
        found = tracer.known(self._value)
        if found is None:
            raise tracer.refuse(cast("Tensor", self), wanted)
        self._array = found.copy()
        self._seen = self._array.tobytes()
        return self._array

    def read(self, wanted: str) -> Array:
        """Return the data, as `array` does, for one who neither changes nor keeps them."""
        value = self.lazily
        return value.force() if value is not None and not current_tracer() else self.array(wanted)

    def _hand_out(self, array: Array) -> None:
        """Share the memory of a known array, as an eager tensor that is made of it does."""
        if type(array) is np.ndarray and array.flags.c_contiguous and array.dtype.isnative:
            self._array, self._seen = array, array.tobytes()

    @property
    def handed_out(self) -> Array | None:
        """The array of a known constant that Python has been handed, None if it has none."""
        return self._array if self._seen is not None else None

    def _take_back(self, tracer: Tracer) -> None:
        """Make the graph see what Python wrote into the array that it was handed."""
        data = cast(Array, self._array).tobytes()
        if data != self._seen:
            self._replace_value(tracer.builder.emitter.constant(data, self.spec))
            self._seen = data

    def asnumpy(self) -> Array:
        """Return the data as an array that shares it: a change of the one changes the other.

        Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/Tensor/mindspore.Tensor.asnumpy.html>.
        """
        memory = self.memory()
        return self.array("asnumpy()") if memory is None else memory

    def numpy(self) -> Array:
        """Return the data as an array that shares it."""
        memory = self.memory()
        return self.array("numpy()") if memory is None else memory

    def memory(self) -> Any:
        """Return the array of run-time data that shares this tensor's memory, if that is one."""
        tracer = current_tracer()
        if tracer is None or self._tracer is not tracer or self._array is not None:
            return None
        if tracer.known(cast("SSAValue", self._value)) is not None:
            return None
        return tracer.memory_of(cast("Tensor", self))

    def item(self, *index: int) -> bool | int | float:
        """Return one element as a Python number: the only one, or the one at `index`.

        Raises `ValueError` without an index unless there is one element.
        """
        return self.read("item()").item(*index)

    def tolist(self) -> Any:
        """Return the elements in nested lists; of a 0-d tensor, its element."""
        return self.read("tolist()").tolist()

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of each axis."""
        return self.spec.shape

    @property
    def dtype(self) -> DType:
        """Type of the elements."""
        return self.spec.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.spec.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.spec.size

    def __bool__(self) -> bool:
        return bool(self._only("bool()"))

    def __int__(self) -> int:
        return int(self._only("int()"))

    def __float__(self) -> float:
        return float(self._only("float()"))

    def __complex__(self) -> complex:
        return complex(self._only("complex()"))

    def __index__(self) -> int:
        if not self.dtype.is_integer or self.size != 1:
            raise TypeError("only a tensor of one integer can be an index")
        return int(self._only("index()"))

    def ask_identity(self) -> None:
        """Tell the tracer that Python asks which object a tensor is; it may refuse."""
        if self._tracer is not None:
            self._tracer.before_identity(cast("Tensor", self))

    def _only(self, wanted: str) -> Any:
        if self.size != 1:
            if wanted == "bool()":
                if self._tracer is not None:
                    self._tracer.before_truth()
                raise ValueError(f"the truth value of a tensor of {self.size} elements is unclear")
            raise ValueError("only a tensor of one element can become a Python number")
        return self.read(wanted).item()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a 0-d tensor has no length")
        return self.shape[0]

    def __array__(self, dtype: np.dtype[Any] | None = None, copy: bool | None = None) -> Array:
        array = self.array("numpy.asarray()")
        if dtype is not None and dtype != array.dtype:
            if copy is False:
                raise ValueError("this dtype can't be had without a copy")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __dlpack__(self, **options: Any) -> Any:
        value = self._on_device()
        if value is not None:
            wanted = options.get("dl_device")
            if not options.get("copy") and wanted in (None, value.memory.dlpack_device()):
                return value.memory.dlpack(value.spec, options.get("stream"))
        return self.array("__dlpack__()").__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        value = self._on_device()
        if value is not None:
            return value.memory.dlpack_device()
        return self.array("__dlpack_device__()").__dlpack_device__()

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """Where the elements are on a CUDA device; `AttributeError` for those on the host.

        Source: <https://numba.readthedocs.io/en/stable/cuda/cuda_array_interface.html>.
        """
        value = self._on_device()
        if value is None:
            raise AttributeError("the elements of this tensor are on the host")
        return value.memory.cuda_array_interface(value.spec)

    @property
    def is_on_device(self) -> bool:
        """Whether the elements are on a device, where compiled code has put them."""
        return self._on_device() is not None

    def _on_device(self) -> DeviceValue | None:
        """Return the value of a tensor that has its elements on a device."""
        value = self.lazily
        return cast("DeviceValue", value) if value is not None and value.is_of_device else None


OUTLIVED = "a tensor outlived the compilation that it belongs to; it has no data here"
