"""`mindspore.dtype`: the element types, by MindSpore's names.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.dtype.html>.
"""

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

__all__ = [
    "DType",
    "bfloat16",
    "bool_",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]
