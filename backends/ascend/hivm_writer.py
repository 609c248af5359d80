"""Writes the Python of a function of the final HIVM, and what its ops on buffers become."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, cast

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    IntegerAttr,
    MemRefType,
    StringAttr,
)
from xdsl.ir import Attribute, Operation, SSAValue

from .hivm_errors import UnknownOperation
from .hivm_memory import DTYPES
from .hivm_scalars import bits_of
from .hivm_text import attribute, op_name

_DYNAMIC: Final = -9223372036854775808


class Writer:
    """Lines of Python, each with the line of the HIVM that it comes from."""

    def __init__(self, line: int) -> None:
        self.names: dict[SSAValue, str] = {}
        self.lines: list[str] = []
        self.origins: list[int] = []
        self.line = line
        """The line of the HIVM that is being written."""
        self.depth = 1

    def write(self, text: str, depth: int | None = None) -> None:
        """Write a line, indented as the current block is."""
        self.lines.append("  " * (self.depth if depth is None else depth) + text)
        self.origins.append(self.line)

    def assign(self, op: Operation, text: str) -> None:
        """Write an expression as the only result of an op."""
        self.write(f"{self.name(op.results[0])} = {text}")

    def name(self, value: SSAValue) -> str:
        """Return the variable of a value."""
        return self.names.setdefault(value, f"v{len(self.names)}")

    def operands(self, op: Operation) -> list[str]:
        """Return the variables of an op's operands."""
        return [self.name(value) for value in op.operands]


class BufferSteps(Writer):
    """The ops on memrefs."""

    def _pointer(self, op: Operation) -> None:
        type = _memref(op.results[0])
        address, *dynamic = self.operands(op)
        space = re.search(r"address_space<(\w+)>", str(type.memory_space))
        sizes = _mixed(type.get_shape(), dynamic)
        self.assign(
            op, f"core.buffer('{space[1] if space else ''}', {address}, {sizes}, {_dtype(type)})"
        )

    def _view(self, op: Operation) -> None:
        type = _memref(op.results[0])
        source, shift, *dynamic = self.operands(op)
        self.assign(
            op, f"view({source}, {shift}, {_dtype(type)}, {_mixed(type.get_shape(), dynamic)})"
        )

    def _subview(self, op: Operation) -> None:
        source, offsets, sizes, strides = self._parts(op)
        kept = _kept_axes(
            list(_array(op, "static_sizes")), list(_memref(op.results[0]).get_shape())
        )
        self.assign(
            op,
            f"subview({source}, {tuple_text(offsets)}, {tuple_text(sizes)}, {tuple_text(strides)}, "
            f"{tuple_text([str(axis) for axis in kept])})",
        )

    def _reinterpret(self, op: Operation) -> None:
        source, offsets, sizes, strides = self._parts(op)
        self.assign(
            op, f"reinterpret({source}, {offsets[0]}, {tuple_text(sizes)}, {tuple_text(strides)})"
        )

    def _parts(self, op: Operation) -> tuple[str, list[str], list[str], list[str]]:
        source, *dynamic = self.operands(op)
        rest = iter(dynamic)
        offsets, sizes, strides = (
            [next(rest) if one == _DYNAMIC else str(one) for one in _array(op, name)]
            for name in ("static_offsets", "static_sizes", "static_strides")
        )
        return source, offsets, sizes, strides

    def _collapse(self, op: Operation) -> None:
        self.assign(op, f"collapse({self.operands(op)[0]}, {_groups(op)})")

    def _expand(self, op: Operation) -> None:
        source, *dynamic = self.operands(op)
        sizes = _mixed(list(_array(op, "static_output_shape")), dynamic)
        self.assign(op, f"expand({source}, {_groups(op)}, {sizes})")

    def _same(self, op: Operation) -> None:
        self.assign(op, self.operands(op)[0])

    def _bitcast(self, op: Operation) -> None:
        self.assign(op, f"bitcast({self.operands(op)[0]}, {_dtype(_memref(op.results[0]))})")

    def _metadata(self, op: Operation) -> None:
        source = self.operands(op)[0]
        base, *numbers = [self.name(result) for result in op.results]
        self.write(f"{base} = whole_buffer({source})")
        self.write(f"{', '.join(numbers)}, = {source}.offset, *{source}.sizes, *{source}.strides")

    def _dim(self, op: Operation) -> None:
        source, axis = self.operands(op)
        self.assign(op, f"{source}.sizes[{axis}]")

    def _load(self, op: Operation) -> None:
        source, *place = self.operands(op)
        text = f"core.load({source}, {tuple_text(place)})"
        is_integer = bits_of(op.results[0].type) or str(op.results[0].type) == "index"
        self.assign(op, f"int({text})" if is_integer else text)

    def _store(self, op: Operation) -> None:
        value, target, *place = self.operands(op)
        self.write(f"core.store({value}, {target}, {tuple_text(place)})")

    BUFFER_STEPS: ClassVar[dict[str, Callable[[BufferSteps, Operation], None]]] = {
        "hivm.hir.pointer_cast": _pointer,
        "hivm.hir.bitcast": _bitcast,
        "memref.view": _view,
        "memref.subview": _subview,
        "memref.reinterpret_cast": _reinterpret,
        "memref.collapse_shape": _collapse,
        "memref.expand_shape": _expand,
        "memref.cast": _same,
        "memref.memory_space_cast": _same,
        "memref.extract_strided_metadata": _metadata,
        "memref.dim": _dim,
        "memref.load": _load,
        "memref.store": _store,
    }


def tuple_text(parts: Sequence[str]) -> str:
    """Return the Python of a tuple."""
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def identifier(symbol: str) -> str:
    """Return the name of the Python function for a symbol."""
    return f"f_{_plain(symbol)}"


def device(symbol: str) -> str:
    """Return the name in Python of a device function."""
    return f"d_{_plain(symbol)}"


def _plain(symbol: str) -> str:
    return re.sub(r"\W", lambda match: f"_{ord(match[0])}_", symbol)


def text_of(value: Attribute | None) -> str:
    """Return the text of a string attribute; nothing if it isn't one."""
    return value.data if isinstance(value, StringAttr) else ""


def _memref(value: SSAValue) -> MemRefType:
    type: Attribute = value.type
    if not isinstance(type, MemRefType):
        raise UnknownOperation("the simulator knows only memrefs here")
    return cast(MemRefType, type)


def _dtype(type: MemRefType) -> str:
    name = str(type.element_type)
    if name not in DTYPES:
        raise UnknownOperation(f"the simulator doesn't know elements of type {name}")
    return f"t_{name}"


def _mixed(shape: Sequence[int], dynamic: Sequence[str]) -> str:
    rest = iter(dynamic)
    return tuple_text([next(rest) if size == _DYNAMIC else str(size) for size in shape])


def _array(op: Operation, name: str) -> tuple[int, ...]:
    value = attribute(op, name)
    if not isinstance(value, DenseArrayBase):
        raise UnknownOperation(f"'{op_name(op)}' has no {name}")
    return tuple(cast(Sequence[int], value.get_values()))


def _groups(op: Operation) -> str:
    value = cast(ArrayAttr[ArrayAttr[IntegerAttr]], attribute(op, "reassociation"))
    groups = [tuple_text([str(axis.value.data) for axis in group]) for group in value]
    return tuple_text(groups)


def _kept_axes(sizes: Sequence[int], shape: Sequence[int]) -> list[int]:
    """Return which axes of a part the result has: axes of one element may be left out."""
    if len(sizes) == len(shape):
        return list(range(len(sizes)))
    kept: list[int] = []
    for axis, size in enumerate(sizes):
        left, wanted = len(sizes) - axis, len(shape) - len(kept)
        if wanted and (size != 1 or shape[len(kept)] == 1 or left == wanted):
            kept.append(axis)
    return kept
