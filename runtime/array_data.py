"""What stands for a NumPy array, or a scalar of one, whose data exist only at run time.

An array keeps its elements in a symbolic tensor of its own, or is a view of another array: then
reading takes its part of the other's elements, and writing puts the part back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..dialects.dtypes import DType, bfloat16, float64, integer_limits
from ..dialects.emitter import Number, WeakNumber
from .array_dtypes import NumPyDType, array_constant, contiguous_strides, graph_dtype, sample
from .arrays import Array, numpy_dtype
from .tensor_data import OUTLIVED
from .tracing import Tracer, current_tracer

if TYPE_CHECKING:
    from xdsl.ir import Block, SSAValue

    from ..dialects.build import IRBuilder
    from .symbolic_array import SymbolicArray
    from .tensor import Tensor

GIVEN, BORN, SHARED = "given", "born", "shared"
"""Whether an array existed before the call, was made in it, or is the memory of a tensor."""


class Step(Protocol):
    """How a view takes its elements out of another array's, and puts them back."""

    name: str
    """What the host program calls to make the view of a real array: see `host.VIEWS`."""
    argument: Any
    """A literal that it calls it with."""

    def read(self, build: IRBuilder, base: SSAValue) -> SSAValue:
        """Return the view's elements."""
        ...

    def write(self, build: IRBuilder, base: SSAValue, new: SSAValue) -> SSAValue | None:
        """Return the base's elements after new ones were written to the view; None: read-only."""
        ...


class ArrayData(NDArrayOperatorsMixin):
    """Shape, dtype and data of a symbolic array, and whose memory it is."""

    __slots__ = (
        *("__weakref__", "_base", "_dtype", "_held", "_kept", "_locked", "_owner"),
        *("_shape", "_step", "_strides", "is_writeable"),
    )

    IS_SCALAR = False
    """Whether this is a NumPy scalar, which never changes, and not an array."""

    _held: Tensor
    """The tensor that has the elements; of a view, that of its base."""
    _owner: str
    _base: ArrayData | None
    _step: Step | None
    _dtype: NumPyDType
    _shape: tuple[int, ...]
    _strides: tuple[int, ...] | None
    """Bytes from one element to the next along each axis, None where that isn't known."""
    _locked: list[bool]
    """Shared by all arrays on one memory: whether nobody knows who else sees a write to it."""
    is_writeable: bool
    """Whether the elements may be changed, as NumPy's flag of that name says."""
    _kept: tuple[SSAValue, Block, SSAValue] | None
    """A view's elements, for the base's elements and the block that they were read for and in."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of each axis."""
        return self._shape

    @property
    def dtype(self) -> NumPyDType:
        """Type of the elements."""
        return self._dtype

    def hold(self, tensor: Tensor, owner: str, known_layout: bool) -> None:
        """Have the elements of a tensor."""
        self._held, self._owner, self._base, self._step = tensor, owner, None, None
        self._dtype, self._shape = numpy_dtype(tensor.dtype), tensor.shape
        self._locked, self._kept, self.is_writeable = [False], None, True
        strides = contiguous_strides(self._shape, self._dtype.itemsize)
        self._strides = strides if known_layout else None

    @property
    def lies_in_rows(self) -> bool:
        """Whether the elements are known to lie in row-major order without gaps."""
        return self._strides == contiguous_strides(self._shape, self._dtype.itemsize)

    @property
    def held(self) -> Tensor:
        """The tensor that has the elements of the memory that this is, or is a view of."""
        return self._held

    @property
    def owner(self) -> str:
        """`GIVEN`, `BORN` or `SHARED`: whose memory this is."""
        return self._owner

    @property
    def base_view(self) -> tuple[ArrayData, Step] | None:
        """Of a view: the array that it is a view of, and how."""
        return None if self._base is None else (self._base, cast(Step, self._step))

    def graph_value(self, tracer: Tracer) -> SSAValue:
        """Return the value that the array is in the graph now.

        Raises `RuntimeError` for an array of another trace.
        """
        if self._base is None:
            return self._held.graph_value(tracer)
        base = self._base.graph_value(tracer)
        block = tracer.builder.emitter.block
        if self._kept is not None and self._kept[0] is base and self._kept[1] is block:
            return self._kept[2]
        value = cast(Step, self._step).read(tracer.builder, base)
        self._kept = (base, block, value)
        return value

    def set_value(self, value: SSAValue) -> None:
        """Hold other elements from now on, and let all see them that share the memory.

        Raises CompileError where that isn't possible.
        """
        tracer = tracer_of(self)
        if not self.is_writeable:
            raise ValueError("assignment destination is read-only")
        if self._locked[0]:
            self.refuse(
                "an array is written to that may be a view of another one, or have views",
                "write to it before it is reshaped or raveled, or make a copy first",
            )
        if self._base is None:
            self._held._replace_value(value)  # pyright: ignore[reportPrivateUsage]
            return
        step = cast(Step, self._step)
        written = step.write(tracer.builder, self._base.graph_value(tracer), value)
        if written is None:
            raise ValueError("assignment destination is read-only")
        self._base.set_value(written)

    def refuse(self, problem: str, hint: str) -> NoReturn:
        """Raise CompileError for what can't be done with this array at run time."""
        tracer = tracer_of(self)
        tracer.refuse_array([self.graph_value(tracer)], problem, hint)

    def needs_data(self, wanted: str) -> NoReturn:
        """Raise CompileError for asking for the data."""
        self.refuse(
            f"{wanted} needs the data of an array that exists only at run time",
            "compute with array operations, or do this outside the compiled function",
        )

    def as_number(self) -> WeakScalar:
        """Return a scalar as an operand of tensors: there it counts as a Python number."""
        return WeakScalar(self)

    def sample(self) -> Any:
        """Return an array, or a scalar, of this shape and dtype, whose elements mean nothing."""
        found = sample(self._dtype, self._shape)
        return found[()] if self.IS_SCALAR else found

    def laid_out(self) -> Array | None:
        """Return an array of this shape, dtype and strides that must not be read; None: unknown."""
        if self._strides is None:
            return None
        nothing = np.empty(1, self._dtype)
        return np.lib.stride_tricks.as_strided(nothing, self._shape, self._strides)

    def ask(self, function: Callable[..., Any], wanted: str) -> NoReturn:
        """Raise what a function raises for an array of this shape and dtype, or CompileError."""
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(self.sample())
        self.needs_data(wanted)

    def viewed(self, step: Step, strides: tuple[int, ...] | None) -> SymbolicArray:
        """Return a view of this array."""
        from .symbolic_array import SymbolicArray

        made = SymbolicArray.__new__(SymbolicArray)
        made._held, made._owner, made._base, made._step = self._held, self._owner, self, step
        made._dtype, made._locked, made._kept = self._dtype, self._locked, None
        made.is_writeable = self.is_writeable and step.name != "broadcast"
        tracer = tracer_of(self)
        value = made.graph_value(tracer)
        made._shape = tracer.builder.emitter.spec(value).shape
        made._strides = strides
        if self.IS_SCALAR:
            made._locked = [False]
        return made

    def lock(self) -> None:
        """Refuse writes from now on: an array may share this memory, or not."""
        self._locked[0] = True


class WeakScalar(WeakNumber):
    """A NumPy scalar among tensors' operands: it takes the tensor's dtype, as a number does."""

    __slots__ = ("_scalar",)

    def __init__(self, scalar: ArrayData):
        self._scalar = scalar

    @property
    def kind(self) -> type[Number]:
        """The class of the number that the scalar counts as."""
        return {"b": bool, "f": float}.get(self._scalar.dtype.kind, int)

    def in_dtype(self, dtype: DType) -> Any:
        """Return the scalar in a dtype.

        Raises CompileError for an integer that the dtype may not hold: eagerly that is an error.
        """
        tracer = tracer_of(self._scalar)
        build = tracer.builder
        value = self._scalar.graph_value(tracer)
        if self.kind is int and dtype.is_integer and not self._fits(dtype):
            self._refuse(dtype.name)
        if dtype is bfloat16:
            self._refuse(dtype.name)
        if self.kind is int and dtype.is_floating:
            # Python makes it a float first.
            value = build.convert(value, float64)
        return build.convert(value, dtype)

    def _fits(self, dtype: DType) -> bool:
        least, greatest = integer_limits(dtype)
        limits = np.iinfo(self._scalar.dtype)
        return least <= limits.min and limits.max <= greatest

    def _refuse(self, name: str) -> NoReturn:
        self._scalar.refuse(
            f"a {self._scalar.dtype} scalar that exists only at run time becomes {name}",
            "convert it with astype, or make a tensor of it",
        )

    def __lt__(self, other: Any, /) -> bool:
        if self.kind is int and np.iinfo(self._scalar.dtype).min >= other:
            return False
        return self._refuse("an operand whose range isn't known")

    def __gt__(self, other: Any, /) -> bool:
        if self.kind is int and np.iinfo(self._scalar.dtype).max <= other:
            return False
        return self._refuse("an operand whose range isn't known")


def tracer_of(array: ArrayData | None = None) -> Tracer:
    """Return the tracer of the fold that runs.

    Raises `RuntimeError` outside a fold: the array outlived its own.
    """
    tracer = current_tracer()
    if tracer is None:
        raise RuntimeError(OUTLIVED.replace("a tensor", "an array"))
    return tracer


def holding(
    tensor: Tensor, owner: str, scalar: bool = False, known_layout: bool = True
) -> SymbolicArray:
    """Return the array that has its elements in a tensor; `TypeError` for a dtype it can't have."""
    from .symbolic_array import SCALARS, SymbolicArray

    dtype = numpy_dtype(tensor.dtype)
    if graph_dtype(dtype) is None:
        raise TypeError(f"an array can't hold elements of {dtype}")
    kind = SCALARS[dtype] if scalar else SymbolicArray
    made = kind.__new__(kind)
    made.hold(tensor, owner, known_layout)
    return made


def born(value: SSAValue, scalar: bool = False, like: Sequence[object] = ()) -> SymbolicArray:
    """Return a new array, or a scalar, with elements of the graph.

    `like` are the arrays whose layout NumPy would follow.
    """
    from .dispatch import from_value

    tensor = from_value(tracer_of(), value)
    known = all(_in_rows(operand, tensor.shape) for operand in like)
    return holding(tensor, BORN, scalar, known)


def result(value: SSAValue, like: Sequence[object] = ()) -> SymbolicArray:
    """Return what ufuncs and reductions give: a scalar if there are no axes."""
    shape = tracer_of().builder.emitter.spec(value).shape
    return born(value, not shape, like)


def _in_rows(operand: object, shape: tuple[int, ...]) -> bool:
    """Return whether an operand makes a result of `shape` lie in row-major order."""
    if isinstance(operand, ArrayData):
        return not operand.shape or (operand.shape == shape and operand.lies_in_rows)
    if isinstance(operand, np.ndarray):
        array = cast(Array, operand)
        return not array.shape or (array.shape == shape and bool(array.flags.c_contiguous))
    return True


def value_of(operand: object) -> SSAValue:
    """Return an array, symbolic or known, or a number, as a value of the graph."""
    tracer = tracer_of()
    if isinstance(operand, ArrayData):
        return operand.graph_value(tracer)
    array = np.asarray(operand)
    if graph_dtype(array.dtype) is None:
        unsupported(f"an array of {array.dtype} and one that exists only at run time", operand)
    return array_constant(tracer.builder, array)


def unsupported(what: str, *operands: object, hint: str = "") -> NoReturn:
    """Raise CompileError: the graph has no such function of these arrays."""
    tracer = tracer_of()
    values = [x.graph_value(tracer) for x in arrays_among(operands)]
    tracer.refuse_array(
        values,
        f"{what} can't be compiled",
        hint or "use functions that can, or call it outside the compiled function",
    )


def arrays_among(values: object) -> list[ArrayData]:
    """Return the symbolic arrays in a value, inside lists, tuples and dicts, too."""
    found: list[ArrayData] = []
    waiting: list[object] = [values]
    seen = set[int]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, ArrayData):
            found.append(value)
        elif type(value) in _NESTING and id(value) not in seen:
            seen.add(id(value))
            held = cast("dict[object, object]", value)
            items = held.values() if type(value) is dict else held
            # Of long lists of numbers and texts, class by class.
            if not _SIMPLE.issuperset(map(type, items)):
                waiting.extend(items)
    return found


_NESTING = frozenset((list, tuple, dict))
_SIMPLE = frozenset((int, float, bool, complex, str, bytes, type(None)))
