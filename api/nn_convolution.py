"""Layers that slide a window over images or sequences.

A pool's window is taken apart into its rows and its columns, so that few operations do it.
Channels are axis 1, and the last one where `data_format` is "NHWC".
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.nn.html>.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import reduce

from foldaway.dialects.dtypes import float32
from foldaway.runtime.arrays import as_dtype
from foldaway.runtime.dispatch import apply
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor

from .initializer import initializer, uniform
from .nn_cell import Cell

Pair = int | tuple[int, int]
LAYOUTS = {"NCHW": "first", "NHWC": "last"}
"""Where the channels are, by MindSpore's names of the axes."""


class Conv2d(Cell):
    """A convolution: `weight` has shape (out_channels, in_channels, height, width).

    With `data_format` "NHWC" its channels in are the last axis, as those of images are.
    `pad_mode` is "same", "valid" or "pad"; `padding`, with "pad", is one number or one for each of
    top, bottom, left and right. With `group`, channels in and out are cut into that many parts, and
    the second extent of `weight` is in_channels / group. Raises ValueError for another mode or
    layout, and where `group` doesn't divide both numbers of channels.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Pair,
        stride: Pair = 1,
        pad_mode: str = "same",
        padding: int | tuple[int, int, int, int] = 0,
        dilation: Pair = 1,
        group: int = 1,
        has_bias: bool = False,
        weight_init: str | float | Tensor | None = None,
        bias_init: str | float | Tensor | None = None,
        data_format: str = "NCHW",
        dtype: object = float32,
    ):
        super().__init__()
        if group < 1 or in_channels % group or out_channels % group:
            channels = f"{in_channels} and {out_channels} channels"
            raise ValueError(f"group must divide {channels}, and {group} doesn't")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = _pair(kernel_size)
        self.stride = _pair(stride)
        self.pad_mode = _checked(pad_mode, ("same", "valid", "pad"))
        self.data_format = _checked(data_format, LAYOUTS, "data_format")
        self.padding = (padding,) * 4 if isinstance(padding, int) else padding
        self.dilation = _pair(dilation)
        self.group = group
        self.has_bias = has_bias
        kind = as_dtype(dtype)
        within = (in_channels // group,)
        size = (*self.kernel_size, *within) if data_format == "NHWC" else within + self.kernel_size
        shape = (out_channels, *size)
        limit = 1 / math.sqrt(in_channels // group * math.prod(self.kernel_size))

        def start(init: str | float | Tensor | None, extents: tuple[int, ...]) -> Tensor:
            if init is None:
                return uniform(limit, extents, kind)
            return initializer(init, extents, kind)

        self.weight = Parameter(start(weight_init, shape), name="weight")
        if has_bias:
            self.bias = Parameter(start(bias_init, (out_channels,)), name="bias")

    def construct(self, x: Tensor) -> Tensor:
        """Return the image with `out_channels`.

        Raises `ValueError` where channels or extents don't match.
        """
        window = Window(self.kernel_size, self.stride, self.dilation, LAYOUTS[self.data_format])
        framed = window.framed(x, self.pad_mode, self.padding, 0)
        y = window.convolved(framed, self.weight, self.group)
        if not self.has_bias:
            return y
        return y + (self.bias if self.data_format == "NHWC" else self.bias.reshape((1, -1, 1, 1)))

    def extend_repr(self) -> str:
        """Return the settings."""
        channels = f"input_channels={self.in_channels}, output_channels={self.out_channels}"
        window = f"kernel_size={self.kernel_size}, stride={self.stride}, pad_mode={self.pad_mode}"
        return f"{channels}, {window}, group={self.group}, has_bias={self.has_bias}"


class Conv1d(Conv2d):
    """A convolution of sequences of shape (images, channels, length).

    As in MindSpore, `weight` has shape (out_channels, in_channels / group, 1, length), while a
    tensor that it begins with lacks the 1. All else is as in `Conv2d`; `padding` is one number.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        pad_mode: str = "same",
        padding: int = 0,
        dilation: int = 1,
        group: int = 1,
        has_bias: bool = False,
        weight_init: str | float | Tensor | None = None,
        bias_init: str | float | Tensor | None = None,
        dtype: object = float32,
    ):
        if isinstance(weight_init, Tensor):
            if len(weight_init.shape) != 3:
                raise ValueError(f"the weight of Conv1d has 3 axes, not {weight_init.shape}")
            weight_init = weight_init.reshape((*weight_init.shape[:2], 1, weight_init.shape[2]))
        super().__init__(
            *(in_channels, out_channels, (1, kernel_size), (1, stride), pad_mode),
            *((0, 0, padding, padding), (1, dilation), group, has_bias, weight_init, bias_init),
            dtype=dtype,
        )

    def construct(self, x: Tensor) -> Tensor:
        """Return the sequences with `out_channels`; raises as `Conv2d` does."""
        return _flat(super().construct(_tall(x)))


class _Pool2d(Cell):
    """A window that makes one element of those that it covers."""

    def __init__(
        self,
        kernel_size: Pair = 1,
        stride: Pair = 1,
        pad_mode: str = "valid",
        data_format: str = "NCHW",
    ):
        super().__init__()
        self.data_format = _checked(data_format, LAYOUTS, "data_format")
        self.kernel_size = _pair(kernel_size)
        self.stride = _pair(stride)
        self.pad_mode = _checked(pad_mode.lower(), ("same", "valid"))

    def extend_repr(self) -> str:
        """Return the settings."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, pad_mode={self.pad_mode}"

    def _window(self) -> Window:
        return Window(self.kernel_size, self.stride, channels=LAYOUTS[self.data_format])


class MaxPool2d(_Pool2d):
    """The greatest element of each window; `pad_mode` is "same" or "valid"."""

    def construct(self, x: Tensor) -> Tensor:
        """Return the image with fewer places.

        Raises `ValueError` where it is smaller than the window.
        """
        window = self._window()
        framed = window.framed(x, self.pad_mode, (0, 0, 0, 0), -math.inf)
        return window.joined(framed, _greatest)


class AvgPool2d(_Pool2d):
    """The mean of each window; `pad_mode` is "same" or "valid"."""

    def construct(self, x: Tensor) -> Tensor:
        """Return the image with fewer places, in its dtype; the frame doesn't count.

        Raises `ValueError` where it is smaller than the window.
        """
        window = self._window()

        def total(image: Tensor) -> Tensor:
            framed = window.framed(image, self.pad_mode, (0, 0, 0, 0), 0)
            return window.joined(framed, _sum)

        last = self.data_format == "NHWC"
        extents = (*x.shape[1:3], 1) if last else (1, *x.shape[2:])
        ones = apply("full", (1, *extents), 1, x.dtype)
        return total(x) / total(ones)


class MaxPool1d(MaxPool2d):
    """The greatest element of each window of a sequence; see `MaxPool2d`."""

    def __init__(self, kernel_size: int = 1, stride: int = 1, pad_mode: str = "valid"):
        super().__init__((1, kernel_size), (1, stride), pad_mode)

    def construct(self, x: Tensor) -> Tensor:
        """Return shorter sequences; raises as `MaxPool2d` does."""
        return _flat(super().construct(_tall(x)))


class AvgPool1d(AvgPool2d):
    """The mean of each window of a sequence; see `AvgPool2d`."""

    def __init__(self, kernel_size: int = 1, stride: int = 1, pad_mode: str = "valid"):
        super().__init__((1, kernel_size), (1, stride), pad_mode)

    def construct(self, x: Tensor) -> Tensor:
        """Return shorter sequences; raises as `AvgPool2d` does."""
        return _flat(super().construct(_tall(x)))


class Window:
    """A window of some extents, which moves by steps, and whose own places lie some steps apart."""

    def __init__(
        self,
        size: tuple[int, int],
        stride: tuple[int, int],
        dilation: tuple[int, int] = (1, 1),
        channels: str = "first",
    ):
        self._channels = channels
        self._first = 2 if channels == "first" else 1
        self._size = size
        self._stride = stride
        self._dilation = dilation
        self._reach = [(n - 1) * d + 1 for n, d in zip(size, dilation, strict=True)]

    def framed(self, x: Tensor, mode: str, padding: tuple[int, ...], number: float) -> Tensor:
        """Return the image with a frame of one number; "same" keeps the extents for stride 1."""
        top, bottom, left, right = (padding if mode == "pad" else (0,) * 4)[:4]
        if mode == "same":
            (top, bottom), (left, right) = (self._same(x.shape[self._first + i], i) for i in (0, 1))
        if not any((top, bottom, left, right)):
            return x
        before, behind = (0,) * self._first, (0,) * (2 - self._first)
        low, high = (*before, top, left, *behind), (*before, bottom, right, *behind)
        return apply("pad", x, low, high, number)

    def joined(self, x: Tensor, join: Callable[[list[Tensor]], Tensor]) -> Tensor:
        """Return what `join` makes of the elements at each place, row by row and then by column."""
        for axis in (0, 1):
            x = join([self._at(x, axis, place) for place in range(self._size[axis])])
        return x

    def convolved(self, x: Tensor, weight: Tensor, groups: int = 1) -> Tensor:
        """Return the sums of the products with the weight.

        A group's channels see only the weights of their group. Raises `ValueError` where the
        image's channels aren't those of the groups' weights.
        """
        return apply("conv", x, weight, self._stride, self._dilation, groups, self._channels)

    def _same(self, extent: int, axis: int) -> tuple[int, int]:
        stride, reach = self._stride[axis], self._reach[axis]
        frame = max((-(-extent // stride) - 1) * stride + reach - extent, 0)
        return frame // 2, frame - frame // 2

    def _at(self, x: Tensor, axis: int, place: int) -> Tensor:
        """Return the elements that lie at one place of the window, along one axis."""
        last = x.shape[self._first + axis] - self._reach[axis]
        if last < 0:
            raise ValueError(f"an image of shape {x.shape} is smaller than the window")
        first = place * self._dilation[axis]
        part = slice(first, first + last + 1, self._stride[axis])
        return x[(*[slice(None)] * (self._first + axis), part)]


def _pair(number: Pair) -> tuple[int, int]:
    return (number, number) if isinstance(number, int) else number


def _greatest(places: list[Tensor]) -> Tensor:
    return reduce(Tensor.maximum, places)


def _sum(places: list[Tensor]) -> Tensor:
    return reduce(Tensor.add, places)


def _tall(x: Tensor) -> Tensor:
    """Return sequences as images of one row; raises `ValueError` for another number of axes."""
    if len(x.shape) != 3:
        raise ValueError(f"sequences have 3 axes, not shape {x.shape}")
    return x.reshape((*x.shape[:2], 1, x.shape[2]))


def _flat(x: Tensor) -> Tensor:
    return x.reshape((*x.shape[:2], x.shape[3]))


def _checked(mode: str, modes: Iterable[str], name: str = "pad_mode") -> str:
    if mode not in modes:
        raise ValueError(f"{name} must be one of {tuple(modes)}, not {mode!r}")
    return mode
