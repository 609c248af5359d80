"""`mindspore.dtype`: the element types, by MindSpore's names.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.dtype.html>.
"""

from dataclasses import dataclass
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
from foldaway.runtime.arrays import as_dtype, numpy_dtype

__all__ = [
    "DType",
    "Type",
    "bfloat16",
    "bool_",
    "dtype_to_nptype",
    "dtype_to_pytype",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "number",
    "pytype_to_dtype",
    "string",
    "tensor_type",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]


@dataclass(frozen=True)
class Type:
    """A kind of value that is no element type: what `MultitypeFuncGraph.register` takes."""

    name: str


number = Type("Number")
tensor_type = Type("Tensor")
string = Type("String")
list_type = Type("List")
tuple_type = Type("Tuple")
function = Type("Function")
type_none = Type("TypeNone")


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
