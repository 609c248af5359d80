"""`Parameter`: a tensor with a name that a Cell owns and training changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..dialects.dtypes import DType, float32, int32
from .tensor import Tensor
from .tracing import current_tracer


class Parameter(Tensor):
    """A tensor with a name. Its data change only by `set_data`, `assign_value` and `x[i] = v`.

    Made of a Python number it is an int32 or a float32. Raises ValueError for a bool, and as a
    tensor does.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Parameter.html>.
    """

    name: str
    """What checkpoints call it; the Cell that it is set on as an attribute gives the default."""
    requires_grad: bool
    """Whether training changes it."""

    def __init__(
        self,
        default_input: object,
        name: str | None = None,
        requires_grad: bool = True,
        layerwise_parallel: bool = False,
        parallel_optimizer: bool = True,
    ):
        super().__init__(default_input, _dtype_of_number(default_input))
        self.name = "Parameter" if name is None else name
        self.requires_grad = requires_grad
        self.layerwise_parallel = layerwise_parallel
        self.parallel_optimizer = parallel_optimizer

    @property
    def has_default_name(self) -> bool:
        """Whether nobody has named it yet."""
        return self.name == "Parameter"

    @property
    def data(self) -> Parameter:
        """The parameter itself."""
        return self

    def value(self) -> Tensor:
        """Return a tensor of the present data."""
        return self.copy()

    def set_data(self, data: object, slice_shape: bool = False) -> Parameter:
        """Take the data of a tensor, whose shape may differ where `slice_shape` allows it.

        Raises `ValueError` for another shape, `TypeError` for a dtype that doesn't convert
        without loss.
        """
        new = data if isinstance(data, Tensor) else Tensor(data)
        if new.shape != self.shape and not slice_shape:
            raise ValueError(f"can't set data of shape {new.shape} to a parameter of {self.shape}")
        if self.dtype.is_integer and new.dtype.is_floating:
            raise TypeError(
                f"can't set data of {new.dtype.name} to a parameter of {self.dtype.name}"
            )
        self._assign(new)
        return self

    def assign_value(self, value: object) -> Parameter:
        """Take the data of a tensor of the same shape; returns the parameter."""
        return self.set_data(value)

    def init_data(self, *options: Any) -> Parameter:
        """Return the parameter: its data are made when it is."""
        return self

    def clone(self, init: object = "same") -> Parameter:
        """Return a new parameter of the same shape and dtype; `init` is "same" or a number."""
        data = (
            self.copy()
            if isinstance(init, str) and init == "same"
            else Tensor(dtype=self.dtype, shape=self.shape, init=init)
        )
        return Parameter(data, self.name, self.requires_grad)

    def _assign(self, new: Tensor) -> None:
        tracer = current_tracer()
        # What is on a device stays there: values don't change.
        stays = tracer is None and new.is_on_device and new.dtype is self.dtype
        converted = new if stays else new.astype(self.dtype)
        if tracer is None:
            self._hold_same(converted)
        elif self.is_symbolic:
            self._replace_value(converted.graph_value(tracer), "assign")
        else:
            tracer.assign(self, converted)

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        what = f"name={self.name}, shape={self.shape}, dtype={self.dtype}"
        return f"Parameter ({what}, requires_grad={self.requires_grad})"


def _dtype_of_number(value: object) -> DType | None:
    """Return what a number is as a parameter, None for other data."""
    if isinstance(value, bool):
        raise ValueError("Parameter data can not be `bool`")
    if isinstance(value, int):
        return int32
    return float32 if isinstance(value, float) else None


class ParameterTuple(tuple[Parameter, ...]):
    """Parameters in a tuple.

    Raises TypeError for other things among them.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.ParameterTuple.html>.
    """

    __slots__ = ()

    def __new__(cls, iterable: Iterable[Parameter]) -> ParameterTuple:
        """Return the tuple of these parameters."""
        made = super().__new__(cls, iterable)
        for item in made:
            if not isinstance(item, Parameter):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"a ParameterTuple holds parameters, not a {type(item).__name__}")
        return made

    def clone(self, prefix: str, init: object = "same") -> ParameterTuple:
        """Return new parameters of the same shapes and dtypes, with a prefix to their names."""
        copies = [parameter.clone(init) for parameter in self]
        for copy in copies:
            copy.name = f"{prefix}.{copy.name}"
        return ParameterTuple(copies)
