"""`Tensor`: many numbers of one dtype, with the interface of MindSpore's.

Outside of compiled functions operations are computed at once; while a function is being compiled
they become ops of its graph. Tensors are values: slices copy and `x += 1` rebinds the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from ..dialects.dtypes import DType
from . import construction, dispatch
from .arrays import Array, as_dtype
from .dynamic_tensor import OpenExtents, has_open_extents, template
from .numpy_protocols import call_function, call_ufunc
from .tensor_data import TensorData
from .tensor_indexing import TensorIndexing
from .tensor_printing import tensor_representation, tensor_text, unknown_representation
from .tracing import Tracer, current_tracer

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

Kind = TypeVar("Kind", bound="Tensor")


class _Missing:
    """Stands for an argument that was not given, where None means something else."""


_MISSING = _Missing()


class Tensor(TensorIndexing):
    """Numbers of one dtype in a box of any number of axes.

    Made of a number, an array, another tensor, or nested lists of these; or filled with one number
    by `shape`, `dtype` and `init`. Integers become int64, floats float32, arrays keep their dtype.

    Raises `TypeError` for None, text, complex numbers and other objects, and for lists whose rows
    differ in length, `ValueError` where neither data nor `init` is given.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
    """

    __slots__ = ()

    __array_priority__ = 1000

    def __init__(
        self,
        input_data: object = _MISSING,
        dtype: object = None,
        shape: int | Sequence[int] | None = None,
        init: object = None,
    ):
        named = None if dtype is None else as_dtype(dtype)
        if input_data is not _MISSING and (shape is not None or init is not None):
            raise ValueError("a tensor is made of data or of shape and init, not of both")
        if input_data is _MISSING and init is None and has_open_extents(shape):
            if named is None:
                raise ValueError("a tensor with open extents needs its dtype")
            self._hold_array(template(cast("Sequence[Any]", shape), named))
            self.__class__ = cast(Any, _OpenTensor)
        elif input_data is _MISSING:
            self._hold(_filled(shape, init, named))
        elif isinstance(input_data, TensorData) or construction.holds_tensor(input_data):
            self._share(input_data, named)
        elif construction.is_run_time(input_data):
            tracer = cast(Tracer, current_tracer())
            self._hold_value(tracer, construction.run_time_value(input_data, named, tracer))
        else:
            self._hold(construction.array_from(input_data, named))

    @classmethod
    def symbolic(
        cls, tracer: Tracer, value: SSAValue, like: Tensor | None = None, fixed: bool = False
    ) -> Tensor:
        """Return the symbolic tensor that stands for one from outside; `like` gives its class.

        Who writes to a fixed one asks the tracer, which refuses.
        """
        made = Tensor.__new__(cls if like is None else type(like))
        made._hold_value(tracer, value, outside=fixed)
        for name, attribute in getattr(like, "__dict__", {}).items():
            setattr(made, name, attribute)
        return made

    @staticmethod
    def from_numpy(array: Array) -> Tensor:
        """Return a tensor that shares an array's data where it is in row-major order.

        Raises `TypeError` for anything but an array.
        """
        if not isinstance(cast(object, array), np.ndarray):
            raise TypeError(f"from_numpy takes an array, not a {type(array).__name__}")
        if current_tracer() is not None:
            made = dispatch.constant(array)
            made._hand_out(array)
            return made
        made = Tensor.__new__(Tensor)
        made._hold_shared(array)
        return made

    def _hold(self, array: Array) -> None:
        """Take over a new array: as it is, or as a constant of the graph."""
        tracer = current_tracer()
        if tracer is None:
            self._hold_array(array)
        else:
            self._hold_value(tracer, dispatch.array_value(array, tracer))

    def _share(self, data: object, dtype: DType | None) -> None:
        """Take the elements of tensors."""
        tensor = data if isinstance(data, Tensor) else construction.stack(cast(Any, data))
        fresh = cast(Tensor, tensor).astype(dtype or cast(Tensor, tensor).dtype)
        tracer = current_tracer()
        if tracer is None:
            self._hold_same(fresh)
        else:
            self._hold_value(tracer, fresh.graph_value(tracer))

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: object, **options: object
    ) -> Any:
        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> Any:
        return call_function(function, args, kwargs)

    def __str__(self) -> str:
        return tensor_text(self.read("str()"))

    def __repr__(self) -> str:
        if self.is_symbolic and self._tracer is not current_tracer():
            return unknown_representation(self.spec)
        return tensor_representation(self.read("repr()"), self.spec)

    def __format__(self, form: str) -> str:
        if not form:
            return str(self)
        if self.shape:
            raise TypeError("only a 0-d tensor can be formatted as a number")
        return format(self.item(), form)

    def __copy__(self) -> Tensor:
        return self._duplicate(lambda attribute: attribute)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        from copy import deepcopy

        return self._duplicate(lambda attribute: deepcopy(attribute, memo))

    def _duplicate(self, duplicate: Callable[[Any], Any]) -> Tensor:
        made = Tensor.__new__(type(self))
        Tensor.__init__(made, self)
        for name, attribute in getattr(self, "__dict__", {}).items():
            setattr(made, name, duplicate(attribute))
        return made

    def __reduce__(self) -> Any:
        state = getattr(self, "__dict__", None)
        return _restored, (type(self), self.array("pickling")), state


class _OpenTensor(OpenExtents, Tensor):
    """What `Tensor(shape=[None, 3], dtype=...)` becomes."""

    __slots__ = ()


_OpenTensor.__name__ = _OpenTensor.__qualname__ = "Tensor"


def _restored(kind: type[Kind], array: Array) -> Kind:
    made = kind.__new__(kind)
    Tensor.__init__(made, array)
    return made


def _filled(shape: int | Sequence[int] | None, init: object, dtype: DType | None) -> Array:
    if init is None:
        raise ValueError("input_data and init can not be None at the same time.")
    if shape is None or dtype is None:
        raise ValueError("a tensor made by init needs its shape and its dtype")
    return construction.array_filled(shape, init, dtype)
