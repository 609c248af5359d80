"""Memory of a block, accesses to several neighbouring elements, and copies that don't wait.

An index counts elements from the start of the memory: the layout of the memref plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from xdsl.dialects.builtin import (
    I64,
    IndexType,
    IntegerAttr,
    IntegerType,
    MemRefType,
    StringAttr,
    i32,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    AnyAttr,
    AnyOf,
    BaseAttr,
    IRDLOperation,
    VarConstraint,
    irdl_op_definition,
    operand_def,
    opt_operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    var_operand_def,
    var_result_def,
)
from xdsl.utils.exceptions import VerifyException

Index = AnyOf((BaseAttr(IntegerType), BaseAttr(IndexType)))
ATOMICS = ("add", "max", "min", "and", "or", "xor", "exchange")
COPIES = (4, 8, 16)
WIDEST = 16
"""Bytes of the widest access."""


def bytes_of(type: Attribute) -> int:
    """Return how many bytes an element has in memory; a bool has one.

    Raises VerifyException for a type that has no size.
    """
    if isinstance(type, IntegerType):
        return max(1, type.bitwidth // 8)
    size = 8 if isinstance(type, IndexType) else getattr(type, "size", None)
    if not isinstance(size, int):
        raise VerifyException(f"elements of type {type} have no size")
    return size


def _element(memory: SSAValue) -> Attribute:
    return cast("MemRefType[Attribute]", memory.type).element_type


@irdl_op_definition
class SharedOp(IRDLOperation):
    """Memory that the threads of a block share; it begins with no value.

    With an `offset` it lies that many bytes into what the kernel's `shared_bytes` say, where
    others may lie, too.

    ```mlir
    %s = simt.shared : memref<32x33xf32>
    %d = simt.shared offset = 1024 : memref<4096xf32>
    ```
    """

    name = "simt.shared"

    offset = opt_prop_def(IntegerAttr[I64])
    memory = result_def(MemRefType)

    assembly_format = "(`offset` `=` $offset^)? attr-dict `:` type($memory)"

    def __init__(self, type: MemRefType[Attribute], offset: int | None = None) -> None:
        super().__init__(
            properties={"offset": None if offset is None else IntegerAttr(offset, i64)},
            result_types=[type],
        )

    @property
    def bytes(self) -> int:
        """How many bytes it takes."""
        count = 1
        for extent in self.memory.type.get_shape():
            count *= extent
        return count * bytes_of(_element(self.memory))


def _check_wide(op: IRDLOperation, types: Sequence[Attribute], memory: SSAValue) -> None:
    if not types or len(types) & (len(types) - 1) or len(set(types)) > 1:
        raise VerifyException(f"{op.name} needs a power of two of values, all of one type")
    width = len(types) * bytes_of(types[0])
    if width > 2 * WIDEST or width % bytes_of(_element(memory)):
        raise VerifyException(f"{op.name} can't access {width} bytes of {memory.type} at once")


@irdl_op_definition
class LoadOp(IRDLOperation):
    """Reads neighbouring elements from an index on, in one access.

    The address must be a multiple of `align` bytes, of all that is read where nothing is said.
    Results of another type than the memory's elements are the same bytes as such.

    ```mlir
    %a, %b, %c, %d = simt.load %m[%i] : memref<64xf32>, i32 -> f32, f32, f32, f32
    ```
    """

    name = "simt.load"

    memory = operand_def(MemRefType)
    index = operand_def(Index)
    values = var_result_def()
    align = opt_prop_def(IntegerAttr[I64])

    assembly_format = (
        "$memory `[` $index `]` (`align` `=` $align^)? attr-dict"
        " `:` type($memory) `,` type($index) `->` type($values)"
    )

    def __init__(
        self,
        memory: SSAValue,
        index: SSAValue,
        types: Sequence[Attribute],
        align: int | None = None,
    ) -> None:
        super().__init__(
            operands=[memory, index],
            properties={"align": None if align is None else IntegerAttr(align, i64)},
            result_types=[types],
        )

    def verify_(self) -> None:
        """Raise VerifyException for values that no access gives."""
        _check_wide(self, self.result_types, self.memory)


@irdl_op_definition
class StoreOp(IRDLOperation):
    """Writes values to neighbouring elements from an index on, in one access.

    Alignment and types are as in `simt.load`.

    ```mlir
    simt.store %m[%i], %a, %b : memref<64xf32>, i32, f32, f32
    ```
    """

    name = "simt.store"

    memory = operand_def(MemRefType)
    index = operand_def(Index)
    values = var_operand_def()
    align = opt_prop_def(IntegerAttr[I64])

    assembly_format = (
        "$memory `[` $index `]` `,` $values (`align` `=` $align^)? attr-dict"
        " `:` type($memory) `,` type($index) `,` type($values)"
    )

    def __init__(
        self,
        memory: SSAValue,
        index: SSAValue,
        values: Sequence[SSAValue],
        align: int | None = None,
    ) -> None:
        super().__init__(
            operands=[memory, index, values],
            properties={"align": None if align is None else IntegerAttr(align, i64)},
        )

    def verify_(self) -> None:
        """Raise VerifyException for values that no access takes."""
        _check_wide(self, [value.type for value in self.values], self.memory)


@irdl_op_definition
class AtomicOp(IRDLOperation):
    """Changes an element as one step that no other thread of the device comes between.

    Gives what it was before. `exchange` puts the value there.

    ```mlir
    %old = simt.atomic "add" %m[%i], %one : memref<64xi32>, i32, i32
    ```
    """

    T: ClassVar = VarConstraint("T", AnyAttr())

    name = "simt.atomic"

    kind = prop_def(StringAttr)
    memory = operand_def(MemRefType)
    index = operand_def(Index)
    value = operand_def(T)
    result = result_def(T)

    assembly_format = (
        "$kind $memory `[` $index `]` `,` $value attr-dict"
        " `:` type($memory) `,` type($index) `,` type($value)"
    )

    def __init__(self, kind: str, memory: SSAValue, index: SSAValue, value: SSAValue) -> None:
        super().__init__(
            properties={"kind": StringAttr(kind)},
            operands=[memory, index, value],
            result_types=[value.type],
        )

    def verify_(self) -> None:
        """Raise VerifyException for a kind that there isn't, or another type than the memory's."""
        if self.kind.data not in ATOMICS:
            raise VerifyException(f"simt.atomic has no kind {self.kind.data!r}")
        if self.value.type != _element(self.memory):
            raise VerifyException("simt.atomic needs a value of the memory's element type")


@irdl_op_definition
class AsyncCopyOp(IRDLOperation):
    """Starts a copy of `bytes` from global to shared memory; nobody waits for it here.

    Only the first `valid` bytes are read, where that is given; the others become 0. Both
    addresses must be multiples of `bytes`, which is 4, 8 or 16.

    ```mlir
    simt.async_copy %x[%i] to %s[%j], bytes = 16
        : memref<4096xf32>, i32, memref<1024xf32>, i32
    simt.async_copy %x[%i] to %s[%j], bytes = 16 valid %n
        : memref<4096xf32>, i32, memref<1024xf32>, i32
    ```
    """

    name = "simt.async_copy"

    source = operand_def(MemRefType)
    source_index = operand_def(Index)
    target = operand_def(MemRefType)
    target_index = operand_def(Index)
    valid = opt_operand_def(i32)
    bytes = prop_def(IntegerAttr[I64])

    assembly_format = (
        "$source `[` $source_index `]` `to` $target `[` $target_index `]` `,` `bytes` `=` $bytes"
        " (`valid` $valid^)? attr-dict"
        " `:` type($source) `,` type($source_index) `,` type($target) `,` type($target_index)"
    )

    def __init__(
        self,
        source: SSAValue,
        source_index: SSAValue,
        target: SSAValue,
        target_index: SSAValue,
        bytes: int,
        valid: SSAValue | None = None,
    ) -> None:
        super().__init__(
            operands=[source, source_index, target, target_index, valid],
            properties={"bytes": IntegerAttr(bytes, i64)},
        )

    def verify_(self) -> None:
        """Raise VerifyException for a number of bytes that no copy has."""
        if self.bytes.value.data not in COPIES:
            raise VerifyException(f"simt.async_copy can't copy {self.bytes.value.data} bytes")


@irdl_op_definition
class AsyncCommitOp(IRDLOperation):
    """Makes one group of all copies that this thread has started since the last.

    ```mlir
    simt.async_commit
    ```
    """

    name = "simt.async_commit"
    assembly_format = "attr-dict"


@irdl_op_definition
class AsyncWaitOp(IRDLOperation):
    """Waits until all groups of copies of this thread but the last `pending` are done.

    Other threads see what was copied behind a barrier.

    ```mlir
    simt.async_wait 1
    ```
    """

    name = "simt.async_wait"

    pending = prop_def(IntegerAttr[I64])

    assembly_format = "$pending attr-dict"

    def __init__(self, pending: int) -> None:
        super().__init__(properties={"pending": IntegerAttr(pending, i64)})

    def verify_(self) -> None:
        """Raise VerifyException for fewer groups than none."""
        if self.pending.value.data < 0:
            raise VerifyException("simt.async_wait can't leave fewer than 0 groups")
