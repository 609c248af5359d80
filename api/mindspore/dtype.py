"""`mindspore.dtype`: the element types, by MindSpore's names.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.dtype.html>.
"""

from dataclasses import dataclass
from types import FunctionType
from typing import Any

from foldaway.dialects.dtypes import (
    DType,
    bfloat16,
    bool_,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from foldaway.nn_cell import Cell
from foldaway.operators import Primitive
from foldaway.runtime.arrays import as_dtype, numpy_dtype
from foldaway.runtime.tensor import Tensor

__all__ = [
    "DType",
    "TensorType",
    "Type",
    "bfloat16",
    "bool_",
    "byte",
    "double",
    "dtype_to_nptype",
    "dtype_to_pytype",
    "float16",
    "float32",
    "float64",
    "float_",
    "get_py_obj_dtype",
    "half",
    "int8",
    "int16",
    "int32",
    "int64",
    "int_",
    "intc",
    "intp",
    "list_",
    "long",
    "number",
    "pytype_to_dtype",
    "short",
    "single",
    "string",
    "tensor_type",
    "tuple_",
    "type_none",
    "ubyte",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintc",
    "uintp",
    "ushort",
]

byte, short, intc, long, intp = int8, int16, int32, int64, int64
ubyte, ushort, uintc, uintp = uint8, uint16, uint32, uint64
half, single, double = float16, float32, float64


@dataclass(frozen=True)
class Type:
    """A kind of value that is no element type: what `MultitypeFuncGraph.register` takes."""

    name: str


@dataclass(frozen=True)
class TensorType:
    """What a tensor of such elements is."""

    element: DType

    def element_type(self) -> DType:
        """Return the type of the elements."""
        return self.element

    def __repr__(self) -> str:
        return f"mindspore.tensor[{self.element.name}]"


number = Type("Number")
int_ = Type("Int")
float_ = Type("Float")
tensor_type = Type("Tensor")
string = Type("String")
list_type = list_ = Type("List")
tuple_type = tuple_ = Type("Tuple")
function = Type("Function")
type_none = Type("TypeNone")
type_type = Type("TypeType")


def dtype_to_nptype(type_: DType) -> Any:
    """Return NumPy's type of the same elements."""
    return numpy_dtype(type_).type


def dtype_to_pytype(type_: DType) -> type[bool] | type[int] | type[float]:
    """Return Python's type of such numbers."""
    if type_.kind == "b":
        return bool
    return float if type_.is_floating else int


def pytype_to_dtype(obj: object) -> DType:
    """Return the dtype of a Python or NumPy type; `TypeError` for one that no tensor holds."""
    return as_dtype(obj)


def get_py_obj_dtype(obj: object) -> DType | Type | TensorType:
    """Return the type that MindSpore's compiler gives to an object.

    Raises NotImplementedError for an object of another kind.
    """
    if isinstance(obj, Tensor):
        return TensorType(obj.dtype)
    if isinstance(obj, Cell | Primitive | FunctionType):
        return function
    if isinstance(obj, DType | Type | TensorType):
        return type_type
    kind = obj if isinstance(obj, type) else type(obj)
    if kind not in _OF_PYTHON:
        raise NotImplementedError(f"The python type {kind} cannot be converted to MindSpore type.")
    return _OF_PYTHON[kind]


_OF_PYTHON: dict[type[Any], DType | Type] = {
    **{bool: bool_, int: int64, float: float64, str: string},
    **{list: list_, tuple: tuple_, type(None): type_none},
}
