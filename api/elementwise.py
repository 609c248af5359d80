"""Functions that compute each element of their result from the elements at the same place.

Operands are tensors, arrays, numbers and lists; shapes broadcast, dtypes promote, and Python
numbers take the tensor's dtype where its kind can hold them. Functions of real numbers give
float32 for integers and bools. Shapes that don't broadcast are a `ValueError`, dtypes without
such an operation a `TypeError`, an integer that the dtype can't hold an `OverflowError`.
Sources: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>,
<https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>.
"""

from __future__ import annotations

from foldaway.dialects.emitter import WeakNumber
from foldaway.runtime.dispatch import Operand, apply
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import wide_dtype

Input = object
"""A tensor, or what one can be made of: a number, an array, nested lists."""


def tensor_of(data: Input) -> Tensor:
    """Return `data` itself if it is a tensor, else a tensor made of it."""
    return data if isinstance(data, Tensor) else Tensor(data)


def operand(data: Input) -> Operand:
    """Return a number as it is, since numbers are weak, and all else as a tensor."""
    return data if isinstance(data, bool | int | float | WeakNumber) else tensor_of(data)


def add(input: Input, other: Input) -> Tensor:
    """Return sums; bools are or-ed."""
    return apply("binary", "add", operand(input), operand(other))


def sub(input: Input, other: Input) -> Tensor:
    """Return differences; not defined for bools."""
    return apply("binary", "sub", operand(input), operand(other))


def mul(input: Input, other: Input) -> Tensor:
    """Return products; bools are and-ed."""
    return apply("binary", "mul", operand(input), operand(other))


def div(input: Input, other: Input, *, rounding_mode: str | None = None) -> Tensor:
    """Return quotients, as floating point numbers; "floor" and "trunc" round them.

    Raises `ValueError` for another rounding mode.
    """
    if rounding_mode is None:
        return apply("binary", "div", operand(input), operand(other))
    if rounding_mode == "floor":
        return floor_div(input, other)
    if rounding_mode != "trunc":
        raise ValueError(f"rounding_mode must be None, 'floor' or 'trunc', not {rounding_mode!r}")
    return trunc(div(input, other)).astype(add(input, other).dtype)


def floor_div(input: Input, other: Input) -> Tensor:
    """Return quotients rounded down; an integer divided by 0 gives 0."""
    return apply("binary", "floordiv", operand(input), operand(other))


def mod(input: Input, other: Input) -> Tensor:
    """Return remainders with the divisor's sign; an integer modulo 0 gives 0."""
    return apply("binary", "mod", operand(input), operand(other))


def pow(input: Input, exponent: Input) -> Tensor:
    """Return powers.

    Raises `ValueError` for integers to a power that is a negative Python integer.
    """
    return apply("binary", "pow", operand(input), operand(exponent))


def maximum(input: Input, other: Input) -> Tensor:
    """Return the greater of each two elements; nan if one is nan."""
    return apply("binary", "maximum", operand(input), operand(other))


def minimum(input: Input, other: Input) -> Tensor:
    """Return the lesser of each two elements; nan if one is nan."""
    return apply("binary", "minimum", operand(input), operand(other))


def clip(input: Input, min: Input | None = None, max: Input | None = None) -> Tensor:
    """Return the elements, those below `min` and above `max` replaced by it.

    Raises `ValueError` when both are None.
    """
    low = None if min is None else operand(min)
    high = None if max is None else operand(max)
    return tensor_of(input).clip(low, high)


def abs(input: Input) -> Tensor:
    """Return absolute values, in the dtype of the input; the least integer stays itself."""
    return apply("unary", "abs", tensor_of(input))


def neg(input: Input) -> Tensor:
    """Return the negatives, in the dtype of the input; not defined for bools."""
    return apply("unary", "neg", tensor_of(input))


def sign(input: Input) -> Tensor:
    """Return -1, 0 or 1, in the dtype of the input; nan stays nan."""
    return apply("unary", "sign", tensor_of(input))


def square(input: Input) -> Tensor:
    """Return squares, in the dtype of the input."""
    x = tensor_of(input)
    return x * x


def reciprocal(input: Input) -> Tensor:
    """Return 1 / x, as floating point numbers."""
    return 1 / tensor_of(input)


def exp(input: Input) -> Tensor:
    """Return e to the power of each element."""
    return apply("unary", "exp", tensor_of(input))


def log(input: Input) -> Tensor:
    """Return natural logarithms: -inf at 0, nan below."""
    return apply("unary", "log", tensor_of(input))


def sqrt(input: Input) -> Tensor:
    """Return square roots; nan below 0."""
    return apply("unary", "sqrt", tensor_of(input))


def rsqrt(input: Input) -> Tensor:
    """Return reciprocals of square roots."""
    return apply("unary", "rsqrt", tensor_of(input))


def tanh(input: Input) -> Tensor:
    """Return hyperbolic tangents."""
    return apply("unary", "tanh", tensor_of(input))


def erf(input: Input) -> Tensor:
    """Return the error function of each element."""
    return apply("unary", "erf", tensor_of(input))


def erfc(input: Input) -> Tensor:
    """Return 1 - erf of each element."""
    return 1 - erf(input)


def sin(input: Input) -> Tensor:
    """Return sines of angles in radians."""
    return apply("unary", "sin", tensor_of(input))


def cos(input: Input) -> Tensor:
    """Return cosines of angles in radians."""
    return apply("unary", "cos", tensor_of(input))


def tan(input: Input) -> Tensor:
    """Return tangents of angles in radians."""
    x = tensor_of(input)
    wide = x.astype(wide_dtype(x.dtype))
    quotient = sin(wide) / cos(wide)
    return quotient.astype(x.dtype) if x.dtype.is_floating else quotient


def floor(input: Input) -> Tensor:
    """Return the greatest whole numbers not above the elements; integers stay integers."""
    return apply("unary", "floor", tensor_of(input))


def ceil(input: Input) -> Tensor:
    """Return the least whole numbers not below the elements; integers stay integers."""
    return apply("unary", "ceil", tensor_of(input))


def trunc(input: Input) -> Tensor:
    """Return the elements without their fraction; integers stay integers."""
    return apply("unary", "trunc", tensor_of(input))


def round(input: Input, *, decimals: int = 0) -> Tensor:
    """Return the nearest numbers of so many decimals; halves go to the even one."""
    x = tensor_of(input)
    if not decimals or not x.dtype.is_floating:
        return apply("unary", "round", x)
    return apply("unary", "round", x * 10.0**decimals) / 10.0**decimals
