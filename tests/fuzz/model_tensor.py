"""The expected answer: a small `Tensor` over NumPy, written by hand and sharing nothing with ours.

It has the dtypes, operators and methods that the random programs use. Its rules are MindSpore's:
numbers are weak, integers divide to float32, sums of integers are int64, `//` and `%` floor and
give 0 for a divisor of 0, slices copy, `x += 1` rebinds, `x[i] = v` writes in place.
"""

import numpy as np


class DType:
    """An element type; there is one object of each."""

    def __init__(self, name, kind, rank, native):
        self.name, self.kind, self.rank, self.native = name, kind, rank, np.dtype(native)

    def __str__(self):
        return {"bool_": "Bool"}.get(self.name, self.name.capitalize())

    __repr__ = __str__


bool_ = DType("bool_", "b", 0, "bool")
int32 = DType("int32", "i", 1, "int32")
int64 = DType("int64", "i", 2, "int64")
float32 = DType("float32", "f", 3, "float32")
float64 = DType("float64", "f", 4, "float64")
DTYPES = {dtype.native: dtype for dtype in (bool_, int32, int64, float32, float64)}


def promoted(left, right):
    """Return the dtype in which two tensors meet: the later of bool, int32, …, float64."""
    return left if left.rank >= right.rank else right


def promoted_with_number(dtype, number):
    """Return a tensor's dtype, unless it can't hold the kind of the number."""
    if isinstance(number, bool) or dtype.kind == "f":
        return dtype
    if isinstance(number, int):
        return int64 if dtype.kind == "b" else dtype
    return float32


class Tensor:
    """Numbers of one dtype. Raises TypeError and ValueError as the product does."""

    __slots__ = ("data",)
    __module__ = "foldaway.runtime.tensor"
    __array_priority__ = 1000

    def __init__(self, data, dtype=None):
        if isinstance(data, Tensor):
            array = data.data.copy()
        elif isinstance(data, np.ndarray | np.generic):
            array = np.array(data)
        elif isinstance(data, bool | int | float | list | tuple):
            try:
                array = np.array(_plain(data))
            except ValueError as error:
                raise TypeError("a tensor can't be made of rows of several lengths") from error
            if array.dtype == np.float64:
                array = array.astype(np.float32)
        else:
            raise TypeError(f"a tensor can't be made of a {type(data).__name__}")
        if array.dtype not in DTYPES:
            raise TypeError(f"a tensor can't hold {array.dtype}")
        self.data = array if dtype is None else convert(array, dtype)

    @property
    def shape(self):
        return self.data.shape

    @property
    def ndim(self):
        return self.data.ndim

    @property
    def size(self):
        return self.data.size

    @property
    def dtype(self):
        return DTYPES[self.data.dtype]

    @property
    def T(self):
        return wrap(self.data.T)

    def astype(self, dtype):
        return wrap(convert(self.data, dtype))

    def copy(self):
        return wrap(self.data)

    def reshape(self, *shape):
        return wrap(self.data.reshape(*shape))

    def flatten(self):
        return wrap(self.data.reshape(-1))

    def asnumpy(self):
        return self.data

    def __array__(self, dtype=None, copy=None):
        return np.array(self.data, dtype, copy=copy)

    def item(self, *index):
        return self.data.item(*index)

    def tolist(self):
        return self.data.tolist()

    def sum(self, axis=None, keepdims=False):
        self._check_axis(axis)
        data = self.data.astype(np.int64) if self.dtype.kind != "f" else self.data
        return wrap(np.sum(data, axis=axis, keepdims=keepdims, dtype=data.dtype))

    def prod(self, axis=None, keepdims=False):
        self._check_axis(axis)
        data = self.data.astype(np.int64) if self.dtype.kind != "f" else self.data
        return wrap(np.prod(data, axis=axis, keepdims=keepdims, dtype=data.dtype))

    def mean(self, axis=None, keepdims=False):
        self._check_axis(axis)
        if self.dtype is bool_:
            raise TypeError("mean is not defined for a tensor of bool_")
        if self.dtype.kind == "i":
            count = self.size if axis is None else self.shape[axis]
            total = np.sum(self.data, axis=axis, keepdims=keepdims, dtype=np.int64)
            return wrap((np.sign(total) * (np.abs(total) // count)).astype(self.data.dtype))
        return wrap(np.mean(self.data, axis=axis, keepdims=keepdims, dtype=self.data.dtype))

    def max(self, axis=None, keepdims=False):
        self._check_axis(axis)
        return wrap(np.max(self.data, axis=axis, keepdims=keepdims))

    def min(self, axis=None, keepdims=False):
        self._check_axis(axis)
        return wrap(np.min(self.data, axis=axis, keepdims=keepdims))

    def any(self, axis=None):
        self._check_axis(axis)
        return wrap(np.any(self.data, axis=axis))

    def all(self, axis=None):
        self._check_axis(axis)
        return wrap(np.all(self.data, axis=axis))

    def argmax(self, axis=None):
        self._check_axis(axis)
        return wrap(np.argmax(self.data, axis=axis).astype(np.int64))

    def _check_axis(self, axis):
        # NumPy takes 0 and -1 there.
        axes = () if axis is None else axis if isinstance(axis, tuple) else (axis,)
        if any(not -len(self.shape) <= one < len(self.shape) for one in axes):
            raise ValueError("the tensor has no such axis")

    def abs(self):
        return abs(self)

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        arithmetic = (np.add, np.subtract, np.multiply, np.maximum, np.minimum)
        if method != "__call__" or ufunc not in (*arithmetic, *_COMPARISONS):
            raise TypeError(f"{ufunc} of a tensor is not in the model")
        # An array that is written to, as in `array -= tensor`, stays one.
        return ufunc(*map(_arrays, inputs), **options) if options else binary(ufunc, *inputs)

    def __array_function__(self, function, types, args, kwargs):
        if function is not np.where:
            raise TypeError(f"{function} of a tensor is not in the model")
        return where(*args, **kwargs)

    def __add__(self, other):
        return binary(np.add, self, other)

    def __radd__(self, other):
        return binary(np.add, other, self)

    def __sub__(self, other):
        return binary(np.subtract, self, other)

    def __rsub__(self, other):
        return binary(np.subtract, other, self)

    def __mul__(self, other):
        return binary(np.multiply, self, other)

    def __rmul__(self, other):
        return binary(np.multiply, other, self)

    def __truediv__(self, other):
        return binary(np.divide, self, other, division=True)

    def __rtruediv__(self, other):
        return binary(np.divide, other, self, division=True)

    def __matmul__(self, other):
        return wrap(np.matmul(self.data, other.data))

    def __floordiv__(self, other):
        return binary(np.floor_divide, self, other)

    def __rfloordiv__(self, other):
        return binary(np.floor_divide, other, self)

    def __mod__(self, other):
        return binary(np.mod, self, other)

    def __rmod__(self, other):
        return binary(np.mod, other, self)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __pow__(self, other):
        return binary(np.power, self, other)

    def __rpow__(self, other):
        return binary(np.power, other, self)

    def __and__(self, other):
        return binary(np.bitwise_and, self, other)

    def __or__(self, other):
        return binary(np.bitwise_or, self, other)

    def __xor__(self, other):
        return binary(np.bitwise_xor, self, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __neg__(self):
        return wrap(-self.data)

    def __pos__(self):
        return wrap(self.data)

    def __abs__(self):
        return wrap(np.abs(self.data))

    def __invert__(self):
        return wrap(~self.data)

    def __eq__(self, other):
        return _compared(np.equal, self, other)

    def __ne__(self, other):
        return _compared(np.not_equal, self, other)

    def __lt__(self, other):
        return _compared(np.less, self, other)

    def __le__(self, other):
        return _compared(np.less_equal, self, other)

    def __gt__(self, other):
        return _compared(np.greater, self, other)

    def __ge__(self, other):
        return _compared(np.greater_equal, self, other)

    __hash__ = object.__hash__

    def __bool__(self):
        if self.size != 1:
            raise ValueError(f"the truth value of a tensor of {self.size} elements is unclear")
        return bool(self._only())

    def __int__(self):
        return int(self._only())

    def __float__(self):
        return float(self._only())

    def __index__(self):
        if self.dtype.kind != "i" or self.size != 1:
            raise TypeError("only a tensor of one integer can be an index")
        return int(self._only())

    def _only(self):
        if self.size != 1:
            raise ValueError("only a tensor of one element can become a Python number")
        return self.data.item()

    def __len__(self):
        if not self.shape:
            raise TypeError("a 0-d tensor has no length")
        return self.shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("a 0-d tensor can't be iterated over")
        return (self[row] for row in range(self.shape[0]))

    def __contains__(self, value):
        return bool((self == value).any())

    def __getitem__(self, key):
        return wrap(np.asarray(self.data[_arrays(key)]))

    def __setitem__(self, key, value):
        if isinstance(value, str | dict | set) or value is None:
            raise TypeError(f"a tensor can't be made of a {type(value).__name__}")
        new = value.data if isinstance(value, Tensor) else np.asarray(value)
        self.data[_arrays(key)] = convert(new, self.dtype)

    def __str__(self):
        return str(self.data)

    def __format__(self, form):
        if not form:
            return str(self)
        if self.shape:
            raise TypeError("only a 0-d tensor can be formatted as a number")
        return format(self.item(), form)

    def __repr__(self):
        numbers = self.data
        if self.dtype.kind != "f":
            value = np.array2string(numbers, separator=", ")
        elif self.shape:
            form = {"all": lambda number: f"{float(number): .8e}"}
            value = np.array2string(numbers, separator=", ", formatter=form)
        else:
            value = f"{float(numbers):g}"
        lead = "\n" if self.ndim > 1 else " "
        return f"Tensor(shape={list(self.shape)}, dtype={self.dtype}, value={lead}{value})"


def _plain(data):
    """Return nested lists with arrays for tensors; beside tensors only numbers may stand."""
    if not isinstance(data, list | tuple) or not _holds_tensor(data):
        return data.data if isinstance(data, Tensor) else data
    for item in data:
        if not isinstance(
            item, Tensor | bool | int | float | np.ndarray | np.generic | list | tuple
        ):
            raise TypeError(f"a tensor can't hold a {type(item).__name__}")
    return [_plain(item) for item in data]


def _holds_tensor(data):
    return isinstance(data, Tensor) or (
        isinstance(data, list | tuple) and any(map(_holds_tensor, data))
    )


def wrap(array):
    """Return a tensor of a copy of an array."""
    made = Tensor.__new__(Tensor)
    made.data = np.array(array)
    return made


def _arrays(key):
    if isinstance(key, tuple | list):
        return type(key)(_arrays(item) for item in key)
    return key.data if isinstance(key, Tensor) else key


def convert(array, dtype):
    """Return an array in a dtype; floats outside of integers give the nearest one."""
    if dtype.kind == "i" and array.dtype.kind == "f":
        limits = np.iinfo(dtype.native)
        wide = np.nan_to_num(array.astype(np.float64), nan=0.0)
        clipped = [min(max(int(number), limits.min), limits.max) for number in wide.reshape(-1)]
        return np.array(clipped, dtype.native).reshape(array.shape)
    return array.astype(dtype.native)


_COMPARISONS = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)


def binary(function, left, right, *, division=False):
    """Return a function of two operands, promoted; NotImplemented for what is no operand."""
    other = right if isinstance(left, Tensor) else left
    tensor = left if isinstance(left, Tensor) else right
    if isinstance(other, list | tuple):
        other = Tensor(other)
        left, right = (left, other) if tensor is left else (other, right)
    if isinstance(other, np.ndarray):
        dtype = promoted(tensor.dtype, DTYPES[other.dtype])
    elif isinstance(other, Tensor):
        dtype = promoted(left.dtype, right.dtype)
    elif isinstance(other, bool | int | float | np.generic):
        number = other.item() if isinstance(other, np.generic) else other
        dtype = promoted_with_number(tensor.dtype, number)
        if dtype.kind == "i" and not -(2 ** (8 * dtype.native.itemsize - 1)) <= number < 2 ** (
            8 * dtype.native.itemsize - 1
        ):
            if function in _COMPARISONS:
                # NumPy compares integers with any int exactly; for tensors bools are integers here.
                data = tensor.data.astype(dtype.native)
                plain = [data if one is tensor else number for one in (left, right)]
                return wrap(np.asarray(function(*plain)))
            raise OverflowError("a number that the tensor's dtype can't hold")
    else:
        return NotImplemented
    if division and dtype.kind != "f":
        dtype = float32
    operands = [
        convert(one.data if isinstance(one, Tensor) else np.asarray(one), dtype)
        for one in (left, right)
    ]
    with np.errstate(all="ignore"):
        return wrap(_computed(function, dtype, *operands))


def _compared(function, left, right):
    return NotImplemented if isinstance(right, list | tuple) else binary(function, left, right)


def _computed(function, dtype, left, right):
    if dtype.kind == "b" and function in (np.add, np.multiply):
        return (np.logical_or if function is np.add else np.logical_and)(left, right)
    if dtype.kind == "i" and function in (np.floor_divide, np.mod):
        return np.where(right == 0, 0, function(left, np.where(right == 0, 1, right)))
    return function(left, right)


def where(condition, left, right):
    """Return elements of `left` where the condition holds, else of `right`."""
    return called(lambda x, y: np.where(_data(condition), x, y), left, right)


def _data(value):
    return value.data if isinstance(value, Tensor) else Tensor(value).data


def called(function, left, right):
    """Return what a function of two operands gives; an operator would ask the other operand."""
    if isinstance(left, bool | int | float) and isinstance(right, bool | int | float):
        left = Tensor(left, float32 if isinstance(left + right, float) else int64)
    elif not isinstance(left, Tensor) and not isinstance(right, Tensor):
        left = Tensor(left)
    made = binary(function, left, right)
    if made is NotImplemented:
        raise TypeError("not a tensor")
    return made
