"""`SymbolicArray` and `SymbolicScalar`: NumPy arrays and scalars whose data come at run time.

While a function is being compiled they stand for real ones: `type`, `isinstance` and attributes
answer as for those, NumPy's functions and operators add ops to the graph. Whatever needs the data
raises CompileError.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from ..dialects import dtypes
from ..dialects.dtypes import DType
from ..dialects.emitter import WeakNumber
from . import array_functions as functions
from . import array_joins, array_reductions
from . import array_values as values
from .array_calls import call_function, call_ufunc, cast_to
from .array_data import SHARED, ArrayData, holding, tracer_of, value_of
from .array_dtypes import NumPyDType, graph_dtype, number_value
from .array_methods import ArrayMethods
from .array_views import subscript, written
from .arrays import numpy_dtype
from .rows import Rows

if TYPE_CHECKING:
    from .tensor import Tensor


class SymbolicArray(ArrayMethods):
    """Stands for a `numpy.ndarray`."""

    __slots__ = ()

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return np.ndarray

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if _has_tensor(inputs):
            from .numpy_protocols import call_ufunc as call_on_tensors

            return call_on_tensors(ufunc, method, inputs, options)
        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> Any:
        if _has_tensor(types):
            from .numpy_protocols import call_function as call_on_tensors

            return call_on_tensors(function, args, kwargs)
        return call_function(function, args, kwargs)

    # What is known while compiling.

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.sample().size

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self._dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.size * self._dtype.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from an element to the next, along each axis."""
        if self._strides is None or not self.size:
            self.refuse(
                "the strides of an array that exists only at run time aren't known",
                "make a copy first: its elements are in row-major order",
            )
        return () if self.IS_SCALAR else self._strides

    @property
    def T(self) -> Any:
        """The view with the axes reversed."""
        return self if self.IS_SCALAR else functions.transpose(self)

    @property
    def mT(self) -> Any:
        """The view with the last two axes exchanged."""
        return values.matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The elements: they have no imaginary part."""
        return self if self.IS_SCALAR else self[...]

    def __getattr__(self, name: str) -> NoReturn:
        getattr(self.sample(), name)
        self.refuse(
            f"the attribute '{name}' of an array that exists only at run time can't be compiled",
            "use functions of NumPy that can, or do this outside the compiled function",
        )

    def __len__(self) -> int:
        return len(self.sample())

    def __iter__(self) -> Iterator[Any]:
        if not self._shape:
            iter(self.sample())
        return Rows(self, self._shape[0])

    # Elements.

    def __getitem__(self, key: object) -> Any:
        return subscript(self, key)

    def __setitem__(self, key: object, value: object) -> None:
        self.set_value(written(self, key, self._converted(value)))

    def fill(self, value: object) -> None:
        """Set all elements to one number."""
        self[...] = value

    def _converted(self, value: Any) -> Any:
        """Return what is written to elements as a value of this dtype."""
        if isinstance(value, ArrayData):
            if value.IS_SCALAR and value.dtype.kind == "f" and self._dtype.kind in "iu":
                self.refuse(
                    "a float scalar is written to an array of integers: NumPy raises for nan",
                    "convert it with astype first",
                )
            return cast_to(value_of(value), self._dtype)
        if type(value) in (list, tuple) or isinstance(value, np.ndarray):
            return cast_to(value_of(functions.as_array(value)), self._dtype)
        if isinstance(value, WeakNumber) and self._takes(value):
            return value.in_dtype(cast(DType, graph_dtype(self._dtype)))
        if not isinstance(value, bool | int | float | np.generic):
            self.refuse(
                f"a {type(value).__name__} is written to an array that exists only at run time",
                "write numbers and arrays",
            )
        # Assigning converts in another way than `asarray` does: it truncates floats.
        element = np.empty((), self._dtype)
        element[()] = value
        return number_value(tracer_of().builder, element, self._dtype)

    def _takes(self, number: WeakNumber) -> bool:
        """Return whether a run-time number is written without looking at it."""
        kinds = {"f": (int, float), "i": (int,), "u": (int,)}
        return number.kind in kinds.get(self._dtype.kind, ())

    # What needs the data.

    def __bool__(self) -> bool:
        self.ask(bool, "bool()")

    def __int__(self) -> int:
        self.ask(int, "int()")

    def __float__(self) -> float:
        self.ask(float, "float()")

    def __complex__(self) -> complex:
        self.ask(complex, "complex()")

    def __index__(self) -> int:
        self.ask(operator.index, "index()")

    def __contains__(self, value: object) -> bool:
        self.needs_data("'in'")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        self.needs_data("numpy.asarray()")

    def __dlpack__(self, **options: Any) -> Any:
        self.needs_data("__dlpack__()")

    def __str__(self) -> str:
        self.needs_data("str()")

    def __repr__(self) -> str:
        if _is_outlived():
            return f"<array of shape {self._shape} and dtype {self._dtype}, known at run time>"
        self.needs_data("repr()")

    def __format__(self, form: str) -> str:
        self.needs_data("format()")

    def __reduce_ex__(self, protocol: Any) -> Any:
        self.needs_data("pickling")

    def __round__(self, ndigits: Any = None) -> Any:
        self.ask(round, "round()")

    def item(self, *args: Any) -> Any:
        """Refuse: the element is known at run time only."""
        self.needs_data("item()")

    def tolist(self) -> Any:
        """Refuse: the elements are known at run time only."""
        self.needs_data("tolist()")

    __hash__ = None  # pyright: ignore[reportAssignmentType]


class SymbolicScalar(SymbolicArray):
    """Stands for a NumPy scalar: what indexing and reductions give. It never changes."""

    __slots__ = ()
    IS_SCALAR = True

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._dtype.type

    def __setitem__(self, key: object, value: object) -> None:
        raise TypeError(f"'{type(self).__name__}' object does not support item assignment")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"'{type(self).__name__}' object is not iterable")

    def __round__(self, ndigits: Any = None) -> Any:
        if ndigits is None:
            self.ask(round, "round()")
        return np.round(self, ndigits)

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        self.needs_data("hash()")


def _not_in_place(self: SymbolicScalar, other: object) -> Any:
    """Let Python take the operator that makes a new scalar."""
    return NotImplemented


SymbolicArray.__name__ = "numpy.ndarray"
# So that Python's own errors name the class that the program knows.
SCALARS: dict[NumPyDType, type[SymbolicScalar]] = {
    there: type(f"numpy.{there.type.__name__}", (SymbolicScalar,), {"__slots__": ()})
    for there in map(numpy_dtype, (one for one in dtypes.ALL if one is not dtypes.bfloat16))
}
"""The class of scalars of each dtype."""


for _sign in (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("and", "or", "xor", "lshift", "rshift"),
):
    setattr(SymbolicScalar, f"__i{_sign}__", _not_in_place)


def _has_tensor(items: Sequence[Any]) -> bool:
    from .tensor_data import TensorData

    return any(
        issubclass(item, TensorData) if isinstance(item, type) else isinstance(item, TensorData)
        for item in items
    )


def _is_outlived() -> bool:
    from .tracing import current_tracer

    return current_tracer() is None


def memory_of(tensor: Tensor) -> SymbolicArray:
    """Return the array that shares the memory of a symbolic tensor: what `asnumpy` gives."""
    return holding(tensor, SHARED)


REGISTERED = (functions, array_joins, array_reductions, values)
"""The modules that hold NumPy's functions on arrays; importing them registers these."""
