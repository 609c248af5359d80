"""Device functions that move elements: to and from the chip, and within it."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from .hivm_errors import WrongOperands
from .hivm_functions import Build, DeviceFunction, Values, on
from .hivm_memory import Buffer
from .hivm_vector import number


def _load(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        source, target = values[0], values[1]
        mode = values[2] if len(values) > 2 else 0
        if mode == 0:
            _copy(source, target)
            return
        # The rest of the last axis is filled with a value, on the left as many as are asked for.
        whole, part = target.array, source.array
        left = values[4] if len(values) > 4 else 0
        whole[...] = number(values[3], target)
        whole[..., left : left + part.shape[-1]] = part

    return on("MTE2", [0], [1], run)


def _store(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        if len(values) > 2 and values[2] != 0:
            raise WrongOperands(f"a store that adds or compares (kind {values[2]}) isn't modelled")
        _copy(values[0], values[1])

    return on("MTE3", [0], [1], run)


def _copy_on_chip(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        if len(values) > 2 and values[2] != 0:
            values[1].write(number(values[3], values[1]))
            source = values[0].values
            values[1].array[tuple(slice(0, size) for size in source.shape)] = source
            return
        _copy(values[0], values[1])

    return on("V", [0], [1], run)


def _copy(source: Buffer, target: Buffer) -> None:
    if source.sizes != target.sizes:
        raise WrongOperands(f"elements {list(source.sizes)} are copied to {list(target.sizes)}")
    if source.dtype != target.dtype:
        raise WrongOperands(f"elements {source.dtype} are copied to {target.dtype}")
    target.write(source.values)


def _broadcast(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        values[1].write(values[0].values)

    return on("V", [0], [1], run, [2])


def _fill(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        values[1].write(np.asarray(number(values[0], values[1])))

    return on("V", [], [1], run)


def _transpose(match: re.Match[str]) -> DeviceFunction:
    axes = {"2d_with": (1, 0), "3d_with": (2, 1, 0), "3d_without": (1, 0, 2)}[match[1]]

    def run(values: Values) -> None:
        turned = values[0].values.transpose(axes)
        if turned.shape != values[1].sizes:
            raise WrongOperands(f"{list(turned.shape)} are put to {list(values[1].sizes)}")
        values[1].write(turned.copy())

    return on("V", [0], [1], run, [2])


def _deinterleave(match: re.Match[str]) -> DeviceFunction:
    channel, channels = int(match[1]), int(match[2])

    def run(values: Values) -> None:
        values[1].write(values[0].values[..., channel::channels].copy())

    return on("V", [0], [1], run, [2])


def _count(match: re.Match[str]) -> DeviceFunction:
    def run(values: Values) -> None:
        target: Buffer = values[0]
        offset, *strides = values[1 : 2 + len(target.sizes)]
        places = np.full(target.sizes, offset, np.int64)
        for axis, stride in enumerate(strides):
            shape = [1] * len(target.sizes)
            shape[axis] = target.sizes[axis]
            places += stride * np.arange(target.sizes[axis]).reshape(shape)
        target.write(places.astype(target.dtype))

    return on("V", [], [0], run)


TRANSFERS: Final[dict[str, Build]] = {
    r"load_gm_to_(?:ubuf|cbuf)_\dd_ELEMENT": _load,
    r"store_ubuf_to_gm_\dd_ELEMENT": _store,
    r"copy_ubuf_to_ubuf_\dd_ELEMENT": _copy_on_chip,
    r"broadcast_scalar_ELEMENT_to_\dd": _fill,
    r"broadcast_(?:(?:first|last|middle)_axis_\w*align_)?\dd_ELEMENT": _broadcast,
    r"transpose_(2d_with|3d_with|3d_without)_last_axis_ELEMENT": _transpose,
    r"deinterleave_channel_(\d+)_from_(\d+)_channels_\dd_ELEMENT": _deinterleave,
    r"arange_\dd_ELEMENT": _count,
}
