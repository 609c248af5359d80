"""Element types of tensors: their names, their place in the IR, and how they promote.

The promotion rules are those of MindSpore 2.10 where it has the type, NumPy's elsewhere.
Sources: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.dtype.html>,
<https://numpy.org/doc/stable/reference/arrays.promotion.html>.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

# Tensors that are computed at once need no IR; loading xDSL takes longer than all else.
if TYPE_CHECKING:
    from xdsl.dialects.builtin import TensorType
    from xdsl.ir import Attribute


class DType:
    """One element type; there is one instance of each, so `is` compares them."""

    def __init__(self, name: str, kind: str, bits: int) -> None:
        self.name: Final = name
        self.kind: Final = kind
        """`b` bool, `i` signed integer, `u` unsigned integer, `f` floating point."""
        self.bits: Final = bits

    @property
    def element(self) -> Attribute:
        """The element type in the IR: `i1`, `i8`, `ui8`, `f32`, …"""
        return _elements()[self]

    @property
    def is_floating(self) -> bool:
        """Whether values have a fraction."""
        return self.kind == "f"

    @property
    def is_integer(self) -> bool:
        """Whether this is a signed or unsigned integer; bool is not."""
        return self.kind in "iu"

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return max(1, self.bits // 8)

    def __str__(self) -> str:
        if self is bfloat16:
            return "BFloat16"
        name = self.name.rstrip("_")
        return f"UI{name[2:]}" if self.kind == "u" else name.capitalize()

    def __repr__(self) -> str:
        return f"foldaway.{self.name}"

    def __reduce__(self) -> tuple[object, ...]:
        return _by_name, (self.name,)


class TensorSpec(NamedTuple):
    """What the compiler knows of a tensor: its shape and its dtype."""

    shape: tuple[int, ...]
    dtype: DType

    @property
    def size(self) -> int:
        """Number of elements."""
        count = 1
        for extent in self.shape:
            count *= extent
        return count


bool_ = DType("bool_", "b", 1)
int8 = DType("int8", "i", 8)
int16 = DType("int16", "i", 16)
int32 = DType("int32", "i", 32)
int64 = DType("int64", "i", 64)
uint8 = DType("uint8", "u", 8)
uint16 = DType("uint16", "u", 16)
uint32 = DType("uint32", "u", 32)
uint64 = DType("uint64", "u", 64)
float16 = DType("float16", "f", 16)
bfloat16 = DType("bfloat16", "f", 16)
float32 = DType("float32", "f", 32)
float64 = DType("float64", "f", 64)

ALL = (
    bool_,
    *(int8, int16, int32, int64),
    *(uint8, uint16, uint32, uint64),
    *(float16, bfloat16, float32, float64),
)
BY_NAME = {dtype.name: dtype for dtype in ALL} | {"bool": bool_}

_SIGNED = {8: int8, 16: int16, 32: int32, 64: int64}
_SPEC = "__foldaway_spec__"
_type_cache: dict[TensorSpec, TensorType[Attribute]] = {}


def tensor_type(spec: TensorSpec) -> TensorType[Attribute]:
    """Return the IR type `tensor<shape x element>`; making one costs 8 µs, so they are kept."""
    found = _type_cache.get(spec)
    if found is None:
        if len(_type_cache) > 10_000:
            _type_cache.clear()
        from xdsl.dialects.builtin import TensorType

        found = _type_cache[spec] = TensorType(spec.dtype.element, spec.shape)
    return found


def spec_of(type: Attribute) -> TensorSpec:
    """Return shape and dtype of a `tensor<…>` type; they are kept on the type.

    Raises `TypeError` for any other type and for element types that no dtype has.
    """
    kept: TensorSpec | None = vars(type).get(_SPEC)
    if kept is not None:
        return kept
    from xdsl.dialects.builtin import TensorType

    if not isinstance(type, TensorType):
        raise TypeError(f"{type} is not a tensor type")
    tensor = cast("TensorType[Attribute]", type)
    dtype = by_element().get(tensor.element_type)
    if dtype is None:
        raise TypeError(f"tensors have no element type {tensor.element_type}")
    spec = TensorSpec(tensor.get_shape(), dtype)
    # Finding out costs 5 µs, and each op asks for a dozen; types are values, and never change.
    vars(type)[_SPEC] = spec
    return spec


@cache
def by_element() -> dict[Attribute, DType]:
    """Return the dtype of each element type in the IR."""
    return {element: dtype for dtype, element in _elements().items()}


@cache
def _elements() -> dict[DType, Attribute]:
    from xdsl.dialects import builtin

    floats: dict[DType, Attribute] = {
        float16: builtin.Float16Type(),
        bfloat16: builtin.BFloat16Type(),
        float32: builtin.Float32Type(),
        float64: builtin.Float64Type(),
    }
    signs = {"u": builtin.Signedness.UNSIGNED}
    return {
        dtype: floats.get(dtype)
        or builtin.IntegerType(dtype.bits, signs.get(dtype.kind, builtin.Signedness.SIGNLESS))
        for dtype in ALL
    }


def promote(a: DType, b: DType) -> DType:
    """Return the dtype that holds the result of arithmetic on `a` and `b`."""
    if a is b or b.kind == "b":
        return a
    if a.kind == "b":
        return b
    if a.is_floating or b.is_floating:
        return _promote_floating(a, b)
    if a.kind == b.kind:
        return a if a.bits >= b.bits else b
    signed, unsigned = (a, b) if a.kind == "i" else (b, a)
    if signed.bits > unsigned.bits:
        return signed
    # No integer holds both uint64 and a negative number: NumPy's answer.
    return _SIGNED[unsigned.bits * 2] if unsigned.bits < 64 else float64


def promote_number(dtype: DType, number: bool | int | float) -> DType:
    """Return the dtype of arithmetic on a tensor of `dtype` and a Python number.

    Python numbers are weak: they take the tensor's dtype unless its kind can't hold them.
    """
    if isinstance(number, bool):
        return dtype
    if isinstance(number, int):
        return int64 if dtype is bool_ else dtype
    return dtype if dtype.is_floating else float32


def number_dtype(number: bool | int | float) -> DType:
    """Return the dtype of a tensor made from a lone Python number: bool, int64 or float32."""
    if isinstance(number, bool):
        return bool_
    return int64 if isinstance(number, int) else float32


def integer_limits(dtype: DType) -> tuple[int, int]:
    """Return the least and the greatest value of an integer or bool dtype."""
    if dtype.kind == "i":
        return -(1 << (dtype.bits - 1)), (1 << (dtype.bits - 1)) - 1
    return 0, (1 << dtype.bits) - 1


def _promote_floating(a: DType, b: DType) -> DType:
    if not b.is_floating:
        return a
    if not a.is_floating:
        return b
    if a.bits != b.bits:
        return a if a.bits > b.bits else b
    # float16 and bfloat16 only meet in float32.
    return float32


def _by_name(name: str) -> DType:
    return BY_NAME[name]
